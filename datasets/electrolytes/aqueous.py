"""Density of salt solutions in water, from measured solutions.

The correlation of Laliberte and Cooper (doi:10.1021/je0498659), with the coefficients of
Laliberte (doi:10.1021/je8008123) that come with the package `chemicals`: each dissolved salt
has an apparent density, and specific volumes add up by mass. Salts without coefficients, and
solutions stronger than those measured, have no value here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from math import exp

from ..compounds.densities import ROOM, density
from ..compounds.registry import Compound

WATER = "O"
# Of the fixed point below; a strong solution gains a tenth of what is left in each step.
_STEPS, _CLOSE = 200, 1e-10


@dataclass(frozen=True, slots=True)
class _Salt:
    """Coefficients of one salt, and the mass fraction up to which it was measured."""

    c0: float
    c1: float
    c2: float
    c3: float
    c4: float
    most: float

    def density(self, water: float) -> float:
        """Return the apparent density in g/cm3 in a solution with a mass fraction of water."""
        square = exp(1e-6 * (ROOM + self.c4) ** 2)
        rest = 1 - water + self.c2 + self.c3 * ROOM
        return (self.c0 * (1 - water) + self.c1) * square / rest / 1000


@lru_cache(maxsize=1)
def _salts() -> Mapping[str, _Salt]:
    """Return the coefficients by CAS number."""
    import pandas as pd

    path = files("chemicals") / "Electrolytes" / "Laliberte2009.tsv"
    with path.open(encoding="utf-8") as stream:
        table = pd.read_csv(stream, sep="\t")
    table = table.dropna(subset=["c0", "Max w"])
    numbers = table[["c0", "c1", "c2", "c3", "c4", "Max w"]].astype(float).to_numpy()
    return {str(cas).strip(): _Salt(*row) for cas, row in zip(table["CASRN"], numbers, strict=True)}


def solution_density(mass_fractions: Mapping[Compound, float]) -> float | None:
    """Return the density in g/cm3 at 25 degrees C of salts in water; None if unmeasured.

    Parameters
    ----------
    mass_fractions
        Of the salts in the whole solution; water is the rest.
    """
    water = 1 - sum(mass_fractions.values())
    volume = 0.0
    for compound, fraction in mass_fractions.items():
        salt = _salts().get(compound.cas)
        if salt is None or fraction > salt.most:
            return None
        volume += fraction / salt.density(water)
    return 1 / (volume + water / _water_density())


@lru_cache(maxsize=1)
def _water_density() -> float:
    return density(Compound("water", WATER)).value


def litres_of_solution(molarities: Mapping[Compound, float]) -> float | None:
    """Return the litres of solution that one litre of water makes; None if unmeasured.

    Parameters
    ----------
    molarities
        Moles of each salt per litre of solution.
    """
    water = _water_density()
    litres = 1.0
    for _ in range(_STEPS):
        masses = {
            compound: amount * litres * compound.molar_mass / 1000
            for compound, amount in molarities.items()
        }
        whole = water + sum(masses.values())
        found = solution_density({compound: mass / whole for compound, mass in masses.items()})
        if found is None:
            return None
        before, litres = litres, whole / found
        if abs(litres - before) < _CLOSE:
            break
    return litres
