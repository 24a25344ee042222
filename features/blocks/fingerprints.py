"""The block `fingerprints`: mean Morgan fingerprints of solvents and salts (off by default)."""

from __future__ import annotations

from functools import lru_cache
from typing import ClassVar

from anolyte.datasets.compounds.registry import Compound, molecule

from ..arrays import Floats
from ..mixtures import Mixtures
from .base import Descriptor, DescriptorBlock

BITS = 128
RADIUS = 2


@lru_cache(maxsize=8192)
def _bits(smiles: str) -> tuple[float, ...]:
    from rdkit.Chem.rdFingerprintGenerator import GetMorganGenerator

    generator = GetMorganGenerator(radius=RADIUS, fpSize=BITS)
    return tuple(map(float, generator.GetFingerprintAsNumPy(molecule(smiles))))


def morgan_bits(compound: Compound) -> tuple[float, ...]:
    """Return the Morgan fingerprint (radius 2, 128 bits) of a compound."""
    return _bits(compound.smiles)


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
        return [mixtures.mean(morgan_bits, mask) for mask in masks]
