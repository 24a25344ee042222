"""What the liquid of an electrolyte is: water, organic molecules, or an ionic liquid."""

from __future__ import annotations

from ..compounds.ions import metal_cations, organic_cations
from ..compounds.registry import Compound
from .aqueous import WATER
from .composition import Composition

MEDIA = ("aqueous", "organic", "ionic liquid", "molten salt")


def liquid_of(compound: Compound) -> str:
    """Return which medium a compound makes; of a metal's salt, which makes none, nothing.

    Examples
    --------
    >>> from anolyte.datasets.electrolytes.medium import liquid_of
    >>> from anolyte.datasets import shipped_compounds
    >>> known = shipped_compounds()
    >>> [liquid_of(known[name]) for name in ("H2O", "DME", "[EMIm]Cl", "LiFSI")]
    ['aqueous', 'organic', 'ionic liquid', '']
    """
    if not compound.is_salt:
        return "aqueous" if compound.smiles == WATER else "organic"
    without_metal = organic_cations(compound) and not metal_cations(compound)
    return "ionic liquid" if compound.kind == "ionic_liquid" or without_metal else ""


def medium_masses(composition: Composition) -> dict[str, float]:
    """Return the mass fraction that each liquid medium has of an electrolyte's liquid."""
    masses = dict.fromkeys(MEDIA[:3], 0.0)
    for compound, fraction in zip(composition.compounds, composition.mass_fractions, strict=True):
        if liquid := liquid_of(compound):
            masses[liquid] += float(fraction)
    whole = sum(masses.values())
    return {name: mass / whole if whole else 0.0 for name, mass in masses.items()}
