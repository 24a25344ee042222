"""What models, gates and filters ask of a molecule alone, computed for many in processes.

A function that describes a compound (see `anolyte.features.mixtures.Describe`) is known by its
name and version, so that what it said of a structure can be kept in files.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from functools import lru_cache, partial
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from anolyte.datasets.compounds.registry import Compound, shipped_compounds
from anolyte.datasets.files.processes import OverdueError, in_processes
from anolyte.features.arrays import Floats
from anolyte.features.mixtures import Describe
from anolyte.features.molecules.donor import impute_together

# What a descriptor rests on: this code with its tables, and these packages.
_ROOMS = ("anolyte.datasets", "anolyte.features", "anolyte.models.gates",
          "anolyte.experiments.libraries")  # fmt: skip
_PACKAGES = ("rdkit", "chemicals", "scikit-learn", "numpy")
# Molecules of one call, and how many seconds it may take; one alone may take as long as
# `ALONE`. A molecule takes some milliseconds.
TOGETHER, SECONDS, ALONE = 256, 90.0, 15.0


@lru_cache(maxsize=1)
def code_version() -> str:
    """Return a digest of all that a descriptor, or the reading of a text, depends on."""
    digest = hashlib.sha256(repr([version(name) for name in _PACKAGES]).encode())
    for room in _ROOMS:
        folder = Path(str(files(room)))
        for path in sorted(folder.rglob("*")):
            if path.suffix in {".py", ".csv"} and not path.name.startswith("measurements"):
                digest.update(path.relative_to(folder).as_posix().encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def name_of(function: Describe) -> str:
    """Return the name of a function that describes a compound, with what is fixed of it.

    Examples
    --------
    >>> from anolyte.experiments.libraries.describing import name_of
    >>> from anolyte.features.blocks.fluorination import element_counts
    >>> name_of(element_counts)
    'blocks.fluorination.element_counts'
    """
    if isinstance(function, partial):
        fixed = "-".join(f"{key}_{value}" for key, value in sorted(function.keywords.items()))
        return f"{name_of(function.func)}-{fixed}"
    module = function.__module__.split(".", 2)[-1]
    return f"{module}.{function.__qualname__}"


def compound_of(smiles: str) -> Compound:
    """Return the compound of a SMILES as `standardising` gives it, without reading it again."""
    known = _registered().get(smiles)
    return Compound(f"{{{smiles}}}", smiles, "solvent") if known is None else known


@lru_cache(maxsize=1)
def _registered() -> dict[str, Compound]:
    return {compound.smiles: compound for compound in shipped_compounds()}


def described(smiles: Sequence[str], functions: Sequence[Describe]) -> list[Floats]:
    """Return what each function says of each molecule: arrays (m, d), one a function."""
    impute_together(smiles)
    # Molecule by molecule, so that what the functions share is computed once.
    rows = [[function(compound) for function in functions] for compound in map(compound_of, smiles)]
    return [
        np.asarray([row[place] for row in rows], dtype=float).reshape(len(rows), -1)
        for place in range(len(functions))
    ]


def in_parts(
    function: Any, items: Sequence[Any], workers: int, *rest: Any
) -> Iterator[tuple[Sequence[Any], Any]]:
    """Yield parts of many items with what a function returns of each, in order.

    A part that takes too long, or that ends its process, is tried again item by item; of an item
    that does so alone the result is an `OverdueError`. With no workers this process does it,
    however long it takes.
    """
    parts = [items[first : first + TOGETHER] for first in range(0, len(items), TOGETHER)]
    if not workers:
        yield from ((part, function(part, *rest)) for part in parts)
        return
    calls = [(part, *rest) for part in parts]
    results = dict(in_processes(function, calls, workers, SECONDS))
    for number, part in enumerate(parts):
        if not isinstance(results[number], OverdueError):
            yield part, results[number]
            continue
        single = [([item], *rest) for item in part]
        alone = dict(in_processes(function, single, workers, ALONE))
        yield from (([item], alone[place]) for place, item in enumerate(part))
