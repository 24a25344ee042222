"""The block `metal`: the working ion, its companions, and the size of its counter-ions."""

from __future__ import annotations

from functools import lru_cache
from typing import ClassVar

import numpy as np
from anolyte.datasets.compounds.ions import metal_cations
from anolyte.datasets.compounds.metals import METALS, ion_property, working_ion
from anolyte.datasets.compounds.registry import Compound, fragment_charge

from ..arrays import Floats
from ..mixtures import Mixtures, divide
from ..molecules.anions import anion_donor_number, anion_radius, binding_anions
from .base import Descriptor, DescriptorBlock

_OTHER_ALKALI = ("Rb", "Cs")
_PER_METAL = (
    ("ionic_radius_Shannon_CN6", "A", "Shannon radius of the working ion, CN 6"),
    ("ionic_potential_z_over_r", "1/A", "charge over radius of the working ion"),
    ("surface_charge_density", "e/A^2", "charge over surface of the working ion"),
    ("chemical_hardness", "eV", "hardness of the working ion, half its next ionisation step"),
    ("standard_reduction_potential", "V", "standard potential of the metal"),
    ("usual_coordination_number", "1", "usual coordination number of the working ion"),
)


@lru_cache(maxsize=8)
def metal_properties(metal: str) -> tuple[float, ...]:
    """Return charge and the properties of `_PER_METAL` of a working ion."""
    ion = working_ion(metal)
    return (ion_property(ion, "charge"), *(ion_property(ion, name) for name, _, _ in _PER_METAL))


def anion_sizes(compound: Compound) -> tuple[float, float, float, float]:
    """Return number of anions, then added up: radii, donor numbers, charge over surface."""
    anions = binding_anions(compound)
    return (
        *_sizes(anions),
        sum(
            count * -fragment_charge(smiles) / (4 * np.pi * anion_radius(smiles) ** 2)
            for smiles, count in anions
        ),
    )


def _sizes(anions: list[tuple[str, float]]) -> tuple[float, float, float]:
    return (
        sum(count for _, count in anions),
        sum(count * anion_radius(smiles) for smiles, count in anions),
        sum(count * anion_donor_number(smiles) for smiles, count in anions),
    )


def cation_kinds(compound: Compound) -> tuple[float, ...]:
    """Return metal cations per formula unit: each of `METALS`, other alkali, all others."""
    counts = dict(metal_cations(compound))
    working = [counts.pop(metal, 0) for metal in METALS]
    alkali = sum(counts.pop(symbol, 0) for symbol in _OTHER_ALKALI)
    return (*working, alkali, sum(counts.values()))


class MetalBlock(DescriptorBlock):
    """The working ion, secondary cations per working ion, anion size and donor strength."""

    name: ClassVar[str] = "metal"
    descriptors: ClassVar[tuple[Descriptor, ...]] = (
        Descriptor("metal_charge", "e", "charge of the working ion", "definition"),
        *(Descriptor(f"metal_{name}", unit, text, "ions.csv") for name, unit, text in _PER_METAL),
        Descriptor("secondary_monovalent", "1", "other alkali ions per cation"),
        Descriptor("secondary_multivalent", "1", "other multivalent ions per cation"),
        Descriptor("working_ion_fraction", "1", "working ions per mole of mixture"),
        Descriptor("working_ion_concentration", "mol/L", "per litre of neutral liquid, at most 20"),
        Descriptor("anion_radius_mean", "A", "radius of the anions, from the Labute surface"),
        Descriptor("anion_donor_number_mean", "kcal/mol", "see features.anions"),
        Descriptor("anion_surface_charge", "e/A^2", "charge over surface: small if delocalised"),
    )

    def columns(self, mixtures: Mixtures) -> list[Floats]:
        """Return the 14 descriptors."""
        fixed = np.empty((1 + len(_PER_METAL), len(mixtures))).T
        kinds = mixtures.total(cation_kinds, mixtures.salts)
        metals = kinds[:, : len(METALS)]
        working = np.empty(len(mixtures))
        alkali = metals[:, :3].sum(axis=1) + kinds[:, -2]
        multivalent = metals[:, 3:].sum(axis=1) + kinds[:, -1]
        for metal, rows in mixtures.rows_by_metal.items():
            index = METALS.index(metal)
            fixed[rows] = metal_properties(metal)
            working[rows] = metals[rows, index]
            secondary = alkali if index < 3 else multivalent
            secondary[rows] -= working[rows]
        total = working + alkali + multivalent
        sizes = mixtures.total(anion_sizes, mixtures.salts)
        concentration = divide(working, mixtures.solvent_litres, empty=20.0)
        return [
            fixed,
            divide(alkali, total),
            divide(multivalent, total),
            working,
            np.minimum(concentration, 20.0),
            divide(sizes[:, 1:], sizes[:, :1]),
        ]
