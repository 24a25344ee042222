"""The block `fingerprints`: which atoms with which neighbours solvents and salts have."""

from __future__ import annotations

from collections.abc import Container
from functools import lru_cache
from typing import Any, ClassVar

import numpy as np
from anolyte.datasets.compounds.registry import Compound, molecule

from ..arrays import Floats
from ..mixtures import Mixtures
from .base import Descriptor, DescriptorBlock

# An atom with its neighbours: what a model of some hundred rows meets often enough to learn.
BITS, RADIUS = 64, 1
# More, to tell molecules apart.
DISTINCT_BITS, DISTINCT_RADIUS = 128, 2
# Many, for the compounds of one screening set.
COUNTS = 1024


@lru_cache(maxsize=8)
def _generator(radius: int, size: int) -> Any:
    from rdkit.Chem.rdFingerprintGenerator import GetMorganGenerator

    return GetMorganGenerator(radius=radius, fpSize=size)


@lru_cache(maxsize=8192)
def _bits(smiles: str, radius: int, size: int) -> tuple[float, ...]:
    bits = _generator(radius, size).GetFingerprintAsNumPy(molecule(smiles))
    return tuple(map(float, bits))


def fragment_bits(compound: Compound) -> tuple[float, ...]:
    """Return the Morgan fingerprint (radius 1, 64 bits) of a compound."""
    return _bits(compound.smiles, RADIUS, BITS)


def morgan_bits(compound: Compound) -> tuple[float, ...]:
    """Return the Morgan fingerprint (radius 2, 128 bits) of a compound."""
    return _bits(compound.smiles, DISTINCT_RADIUS, DISTINCT_BITS)


@lru_cache(maxsize=8192)
def _counts(smiles: str) -> tuple[float, ...]:
    counts = _generator(DISTINCT_RADIUS, COUNTS).GetCountFingerprintAsNumPy(molecule(smiles))
    return tuple(map(float, counts))


def uncommon_counts(mixtures: Mixtures, common: Container[str]) -> Floats:
    """Return how often the compounds of each mixture have each fragment, whatever their amount.

    Parameters
    ----------
    mixtures
        The electrolytes (n).
    common
        Structures (SMILES) that are left out of account.

    Returns
    -------
    numpy.ndarray
        Counts of Morgan fragments (radius 2, 1024 bits) summed over the other compounds, and
        their mole fraction, (n, 1025).
    """
    kept = np.array([compound.smiles not in common for compound in mixtures.compounds])
    table = np.array([_counts(compound.smiles) for compound in mixtures.compounds])
    amounts = mixtures.mole_fractions * kept
    return np.hstack([(amounts > 0) @ table, amounts.sum(axis=1, keepdims=True)])


class FingerprintsBlock(DescriptorBlock):
    """Mole-fraction means of Morgan bits over the solvents, then over the salts."""

    name: ClassVar[str] = "fingerprints"
    descriptors: ClassVar[tuple[Descriptor, ...]] = tuple(
        Descriptor(f"{kind}_bit_{bit}", "1", f"share of {kind}s with Morgan bit {bit}", "RDKit")
        for kind in ("solvent", "salt")
        for bit in range(BITS)
    )

    def columns(self, mixtures: Mixtures) -> list[Floats]:
        """Return the bits of solvents, then of salts."""
        masks = (mixtures.solvents, mixtures.salts)
        return [mixtures.mean(fragment_bits, mask) for mask in masks]
