"""The amounts in mixtures that gates judge: one product of matrices, no loop over rows."""

from __future__ import annotations

from functools import cached_property, lru_cache

import numpy as np
from anolyte.datasets.compounds.registry import Compound
from anolyte.features.arrays import Flags, Floats
from anolyte.features.mixtures import Mixtures
from anolyte.features.solubility import (
    CLASSES,
    class_flags,
    concentrations,
    limit,
    salt_columns,
)

from .substances import AMOUNTS, ROOM, amounts_of, fusion

# A gate speaks only this far (in mol/mol) beyond a limit: published molarities may count the
# litre of solution, and solutions stay supersaturated.
LENIENCE = 1.5
# How far (degrees C) a melt is known to stay liquid below where an ideal one freezes.
UNDERCOOLING = 20.0
# Known solubilities are those at room temperature; hydrates melt above.
WARM = 40.0
_ZERO_CELSIUS = 273.15
_GAS_CONSTANT = 8.314462618e-3  # kJ/(mol K), CODATA 2018


class Amounts:
    """What mixtures hold of each of `AMOUNTS`, per mole of mixture.

    Parameters
    ----------
    mixtures
        The n mixtures.
    """

    def __init__(self, mixtures: Mixtures) -> None:
        self.mixtures = mixtures
        table = mixtures.table(amounts_of)
        present = np.flatnonzero(table.any(axis=0))
        totals = (table[:, present].T @ mixtures.mole_fractions.T).astype(float)
        self._totals = {AMOUNTS[column]: row for column, row in zip(present, totals, strict=True)}
        self._nothing = np.zeros(len(mixtures))

    def __getitem__(self, name: str) -> Floats:
        """Return the amount (n,) of one of `AMOUNTS`."""
        return np.asarray(self._totals.get(name, self._nothing))

    def has(self, *names: str) -> bool:
        """Whether any compound of the mixtures brings one of these."""
        return any(name in self._totals for name in names)

    def total(self, *names: str) -> Floats:
        """Return the amounts (n,) of several together."""
        return np.asarray(sum((self[name] for name in names if self.has(name)), self._nothing))

    @cached_property
    def liquid(self) -> Floats:
        """Molecules and ion pairs (n,) that make the liquid: solvents and ionic liquids."""
        return self["neutral"] + self["organic_cation"]

    def above(self, share: float, *names: str) -> Flags:
        """Whether these make more than a share (mol/mol) of the liquid."""
        if not self.has(*names):
            return np.zeros(len(self.mixtures), dtype=bool)
        return np.asarray(self.total(*names) > share * self.liquid)

    @cached_property
    def temperature(self) -> Floats:
        """Temperature (n,) in degrees C: the conditions', else room temperature."""
        conditions = self.mixtures.conditions
        if conditions is None or "temperature_C" not in conditions:
            return np.full(len(self.mixtures), ROOM)
        given = np.asarray(conditions["temperature_C"], dtype=float)
        return np.where(np.isfinite(given), given, ROOM)

    def beyond_solubility(self) -> Flags:
        """Whether most of the cations (n,) belong to salts beyond their known solubility."""
        result = np.zeros(len(self.mixtures), dtype=bool)
        # Few rows come near any limit; what their main solvent is matters for those alone.
        near = result.copy()
        for column, least in _least_limits(self.mixtures):
            moles = self.mixtures.mole_fractions[:, column]
            near |= moles > LENIENCE * least * self["litres"]
        # Where amounts were assumed, the salt's is the default and says nothing.
        near &= ~self.mixtures.amounts_assumed & (self["lewis_acid"] == 0)
        near &= self.temperature < WARM
        rows = np.flatnonzero(near)
        if len(rows):
            result[rows] = _most_beyond(self.mixtures.take(rows))
        return result

    def frozen(self) -> Flags:
        """Whether a solvent (n,) is above its ideal solubility as a solid.

        ln x = -(H/R) (1/T - 1/Tm) with H the enthalpy of fusion, the ions of the salts
        counted one by one and `UNDERCOOLING` allowed for.
        """
        result = np.zeros(len(self.mixtures), dtype=bool)
        particles = self["neutral"] + self["ions"]
        for celsius in np.unique(self.temperature):
            limits = _stays_dissolved(self.mixtures.table(fusion), float(celsius))
            for column in np.flatnonzero(limits < 1):
                part = self.mixtures.mole_fractions[:, column]
                solid = part > limits[column] * particles
                result |= solid & (self.temperature == celsius)
        return result


def _most_beyond(mixtures: Mixtures) -> Flags:
    """Return whether more than half of the cations (n,) are those of salts beyond a limit."""
    salts = salt_columns(mixtures)
    table = mixtures.table(amounts_of)[salts, AMOUNTS.index("to_bind")]
    found, main = concentrations(mixtures)
    limits = _limits(tuple(mixtures.compounds[column] for column in salts))
    amounts = mixtures.mole_fractions[:, salts] * table
    beyond = (amounts * (found > LENIENCE * limits[:, main].T)).sum(axis=1)
    return np.asarray(beyond > 0.5 * amounts.sum(axis=1))


@lru_cache(maxsize=64)
def _limits(salts: tuple[Compound, ...]) -> Floats:
    """Return known solubilities (s, c + 1) in mol/L, the last column for no solvent at all."""
    limits = np.full((len(salts), len(CLASSES) + 1), np.inf)
    for slot, salt in enumerate(salts):
        for place in range(len(CLASSES)):
            known = limit(salt, place)
            limits[slot, place] = np.inf if known is None else known
    return limits


def _least_limits(mixtures: Mixtures) -> list[tuple[int, float]]:
    """Return the columns of salts that have a limit in any solvent here, with the lowest."""
    here = np.flatnonzero(mixtures.table(class_flags)[mixtures.solvents].any(axis=0)).tolist()
    salts = [column for column, each in enumerate(mixtures.compounds) if each.kind == "salt"]
    least = [_least_limit(mixtures.compounds[column], tuple(here)) for column in salts]
    return [(column, low) for column, low in zip(salts, least, strict=True) if np.isfinite(low)]


@lru_cache(maxsize=512)
def _least_limit(salt: Compound, classes: tuple[int, ...]) -> float:
    return float(_limits((salt,))[0, list(classes)].min(initial=np.inf))


def _stays_dissolved(fusions: Floats, celsius: float) -> Floats:
    """Return the share of particles (k,) up to which each compound stays in the liquid.

    Of melting points (degrees C) and enthalpies of fusion (k, 2); where one is unknown, 1.
    """
    limits = np.ones(len(fusions))
    kelvin = celsius + UNDERCOOLING + _ZERO_CELSIUS
    solid = np.flatnonzero(fusions[:, 0] > celsius + UNDERCOOLING)
    melting, enthalpy = fusions[solid].T
    per_kelvin = 1 / kelvin - 1 / (melting + _ZERO_CELSIUS)
    limits[solid] = np.exp(-enthalpy / _GAS_CONSTANT * per_kelvin)
    return limits
