"""Neighbours of the known: libraries made by edits of molecules, the same on every machine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING

import pandas as pd
from anolyte.datasets.compounds.registry import Compound, molecule
from anolyte.datasets.errors import Fault, InputError
from anolyte.models.efficiency.crossfit import Progress

from .describing import compound_of
from .filters import MOST_ATOMS
from .library import MoleculeLibrary
from .moves import chosen_moves, reaction

if TYPE_CHECKING:
    from rdkit.Chem import Mol

# What one edit makes of one molecule, at most; and a library holds.
MOST_PRODUCTS, MOST = 100, 100_000
MOST_TIMES = 3
# Sizes of rings that form by themselves and are not strained.
_RINGS = range(5, 9)
# What no edit may leave: bonds of two heteroatoms that hold no molecule together, and carbons with
# three oxygens or an OH beside another heteroatom.
_UNSTABLE = (
    "[OX2,SX2,NX3]-[OX2]",
    "[SX2,NX3;!$(*S(=O)=O);!$(*P=O)]-[SX2,NX3]",
    "[CX4]([OX2,SX2])([OX2,SX2])[OX2,SX2]",
    "[CX4]([OX2,SX2,NX3])[OX2;H1]",
    "[SX2][CX3]=O",
)


def make_library(
    parents: Sequence[Compound],
    moves: Sequence[str] = (),
    times: int = 1,
    most: int = MOST,
    max_atoms: int = MOST_ATOMS,
    progress: Progress | None = None,
) -> MoleculeLibrary:
    """Return what edits make of molecules, each structure once, its first parent and edit kept.

    Parameters
    ----------
    parents
        Molecules to start from; they are not in the library.
    moves
        Names of `moves.MOVES`; all by default.
    times
        How many edits, one after the other; 1 to 3.
    most
        How many molecules at most: the first ones, those of fewer edits before others.
    max_atoms
        Atoms other than hydrogen, at most.
    progress
        Told what is done.

    Raises
    ------
    InputError
        If a parent is a salt or polymer, or a move is unknown.

    Examples
    --------
    >>> from anolyte.datasets import shipped_compounds
    >>> from anolyte.experiments import make_library
    >>> made = make_library([shipped_compounds()["DME"]], ["lengthen"])
    >>> list(zip(made.smiles, made.edits))
    [('CCOCCOC', 'lengthen an end'), ('COCCCOC', 'lengthen a chain')]
    """
    from rdkit.rdBase import BlockLogs

    if not 1 <= times <= MOST_TIMES:
        raise ValueError(f"edits are made 1 to {MOST_TIMES} times, not {times}")
    faults = [
        Fault("from", str(each), "no single molecule", "name a solvent, diluent or additive")
        for each in parents
        if each.is_salt or "*" in each.smiles or "." in each.smiles
    ]
    if faults or not parents:
        nothing = Fault("from", "", "no molecule to start from", "name one, e.g. DME")
        raise InputError("cannot make a library", faults or [nothing])
    edits = chosen_moves(moves)
    seen = dict.fromkeys(parent.smiles for parent in parents)
    shown = {parent.smiles: str(parent) for parent in parents}
    # Of each molecule, its first ancestor and the edits since.
    found: dict[str, tuple[str, str]] = {}
    generation = {parent.smiles: (parent.smiles, "") for parent in parents}
    for _ in range(times):
        following: dict[str, tuple[str, str]] = {}
        for done, (smiles, (root, path)) in enumerate(generation.items()):
            if progress is not None:
                progress("making molecules", done, len(generation))
            if len(found) + len(following) >= most:
                break
            with BlockLogs():
                made = list(_products(smiles, edits, max_atoms))
            for new, edit in made:
                if new not in seen:
                    seen[new] = None
                    following[new] = (root, f"{path}; {edit}" if path else edit)
        found |= following
        generation = following
    kept = dict(islice(found.items(), most))
    roots = tuple(shown[root] for root, _ in kept.values())
    paths = tuple(path for _, path in kept.values())
    names = tuple(f"{root}: {path}" for root, path in zip(roots, paths, strict=True))
    whose = ", ".join(shown.values())
    return MoleculeLibrary(
        tuple(kept), names, f"neighbours of {whose}", len(kept), parents=roots, edits=paths
    )


def _products(smiles: str, edits: dict[str, str], max_atoms: int) -> Iterator[tuple[str, str]]:
    """Yield what the edits make of a molecule, each structure once, in the order of the edits."""
    mol = molecule(smiles)
    seen = set()
    for edit, smarts in edits.items():
        made = set()
        for (product,) in reaction(smarts).RunReactants((mol,), maxProducts=MOST_PRODUCTS):
            new = _kept(product, max_atoms)
            if new and new not in seen:
                made.add(new)
        seen |= made
        yield from ((each, edit) for each in sorted(made))


def _kept(product: Mol, max_atoms: int) -> str:
    """Return the SMILES of a product, or nothing if it is no molecule to try."""
    from rdkit.Chem import MolToSmiles, RemoveStereochemistry, SanitizeFlags, SanitizeMol

    if product.GetNumHeavyAtoms() > max_atoms:
        return ""
    if SanitizeMol(product, catchErrors=True) != SanitizeFlags.SANITIZE_NONE:
        return ""
    rings = product.GetRingInfo().AtomRings()
    if any(len(ring) not in _RINGS for ring in rings):
        return ""
    if any(product.HasSubstructMatch(pattern) for pattern in _unstable()):
        return ""
    RemoveStereochemistry(product)
    smiles = str(MolToSmiles(product))
    return "" if "." in smiles else smiles


_PATTERNS: list[Mol] = []


def _unstable() -> list[Mol]:
    from rdkit.Chem import MolFromSmarts

    if not _PATTERNS:
        _PATTERNS.extend(map(MolFromSmarts, _UNSTABLE))
    return _PATTERNS


def as_table(library: MoleculeLibrary) -> pd.DataFrame:
    """Return a library as a table: smiles, name, parent, edit, and what the registry calls each."""
    known = [compound_of(smiles) for smiles in library.smiles]
    columns = {"smiles": library.smiles, "name": library.names}
    if library.edits:
        columns |= {"parent": library.parents, "edit": library.edits}
    table = pd.DataFrame({name: list(values) for name, values in columns.items()})
    table["known_as"] = ["" if str(each).startswith("{") else str(each) for each in known]
    return table
