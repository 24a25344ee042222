"""The block `ions`: which anions and which secondary cations the electrolyte holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
from anolyte.datasets.compounds.ions import organic_cations
from anolyte.datasets.compounds.registry import Compound, fragment_charge
from scipy.special import entr

from ..arrays import Floats
from ..mixtures import Mixtures, divide
from .base import Descriptor, DescriptorBlock

ANIONS: Mapping[str, str] = {
    "FSI": "O=S(=O)(F)[N-]S(=O)(=O)F",
    "TFSI": "O=S(=O)([N-]S(=O)(=O)C(F)(F)F)C(F)(F)F",
    "PF6": "F[P-](F)(F)(F)(F)F",
    "BF4": "F[B-](F)(F)F",
    "ClO4": "[O-][Cl+3]([O-])([O-])[O-]",
    "NO3": "O=[N+]([O-])[O-]",
    "DFOB": "O=C1O[B-](F)(F)OC1=O",
    "BOB": "O=C1O[B-]2(OC1=O)OC(=O)C(=O)O2",
    "DFP": "O=P([O-])(F)F",
    "OTf": "O=S(=O)([O-])C(F)(F)F",
    "chloride": "[Cl-]",
}
_ORDER = tuple(ANIONS)
_BY_SMILES = {smiles: index for index, smiles in enumerate(ANIONS.values())}


def anion_counts(compound: Compound) -> tuple[float, ...]:
    """Return the anions per formula unit: those of `ANIONS` in order, then all others."""
    counts = [0.0] * (len(_ORDER) + 1)
    for part, count in compound.ions.items():
        if fragment_charge(part) < 0:
            counts[_BY_SMILES.get(part, len(_ORDER))] += count
    if compound.kind == "salt" and not any(counts):
        counts[-1] = 1.0
    return tuple(counts)


def organic_cation_count(compound: Compound) -> tuple[float]:
    """Return the organic (ionic-liquid) cations per formula unit."""
    return (float(sum(organic_cations(compound).values())),)


class IonsBlock(DescriptorBlock):
    """Share of each anion among the anions, anions per solvent, organic cations."""

    name: ClassVar[str] = "ions"
    descriptors: ClassVar[tuple[Descriptor, ...]] = (
        *(Descriptor(f"anion_{name}", "1", f"share of {name} among the anions") for name in _ORDER),
        Descriptor("anion_other", "1", "share of all other anions among the anions"),
        Descriptor("anions_per_solvent", "1", "anions per neutral molecule, at most 4"),
        Descriptor("anion_kinds", "1", "effective number of anions, exp of their entropy"),
        Descriptor("nitrate_per_solvent", "1", "nitrate per neutral molecule, at most 4"),
        Descriptor("organic_cation_fraction", "1", "ionic-liquid cations per mole of mixture"),
    )

    def columns(self, mixtures: Mixtures) -> list[Floats]:
        """Return the 16 descriptors."""
        anions = mixtures.total(anion_counts, mixtures.salts)
        total = anions.sum(axis=1)
        shares = divide(anions, total[:, None])
        solvent = mixtures.amount(mixtures.solvents)
        nitrate = anions[:, _ORDER.index("NO3")]
        return [
            shares,
            np.minimum(divide(total, solvent, 4.0), 4.0),
            np.exp(entr(shares).sum(axis=1)),
            np.minimum(divide(nitrate, solvent, 4.0), 4.0),
            mixtures.total(organic_cation_count, mixtures.salts),
        ]
