"""Seen: within which compounds, concentrations and temperatures a property was measured.

Outside nothing is predicted. An electrolyte is inside if each of its compounds was measured, if its
salts together, and each by itself, are as much of the mixture as in the rows with each of the
compounds, and the temperature is within that of these rows. A little of a neutral compound that
was never measured is let pass: an additive of a few per cent moves a conductivity by less than the
interval.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from anolyte.features.arrays import Flags, Floats, Objects
from anolyte.features.mixtures import Mixtures

# Mole fraction of all compounds together that were never measured, neutral and salts.
IGNORED, IGNORED_SALT = 0.03, 0.005
# What is below does not make a row one of the compound.
PRESENT = 0.005
# Beyond the ends of a range by so much is still inside, in kelvin and as a factor.
KELVIN, FACTOR = 5.0, 1.1
Range = tuple[float, float, float, float]


@dataclass(frozen=True)
class Seen:
    """What was measured.

    Attributes
    ----------
    ranges
        By structure (SMILES): lowest and highest temperature (K) and concentration (mol/L).
    most
        By structure of a salt: its largest share, moles per mole of neutral compounds.
    least_salts
        How many salts there were at least.
    """

    ranges: Mapping[str, Range]
    most: Mapping[str, float]
    least_salts: int = 1

    @classmethod
    def fit(
        cls, mixtures: Mixtures, concentration: Floats, kelvin: Floats, least_salts: int
    ) -> Seen:
        """Learn from mixtures (n) at concentrations (n,) and temperatures (n,)."""
        ranges: dict[str, Range] = {}
        most: dict[str, float] = {}
        present = mixtures.mole_fractions > PRESENT
        shares = salt_shares(mixtures)
        for column, compound in enumerate(mixtures.compounds):
            rows = present[:, column]
            if compound.is_salt and shares[:, column].any():
                rows = mixtures.mole_fractions[:, column] > 0
                most[compound.smiles] = float(shares[:, column].max())
            if rows.any():
                ends = (np.min, np.max)
                low, high = (float(end(kelvin[rows])) for end in ends)
                least, largest = (float(end(concentration[rows])) for end in ends)
                ranges[compound.smiles] = (low, high, least, largest)
        return cls(ranges, most, least_salts)

    def outside(self, mixtures: Mixtures, concentration: Floats, kelvin: Floats) -> Objects:
        """Return why nothing is predicted of each mixture (n,), or nothing."""
        reasons = np.full(len(mixtures), "", dtype=object)
        unknown = np.array([c.smiles not in self.ranges for c in mixtures.compounds])
        for compound_kind, limit in ((mixtures.solvents, IGNORED), (mixtures.salts, IGNORED_SALT)):
            columns = unknown & compound_kind
            share = mixtures.mole_fractions[:, columns].sum(axis=1)
            for row in np.flatnonzero(share > limit):
                reasons[row] = reasons[row] or self._never(mixtures, int(row), columns)
        self._tell(reasons, self._out_of_range(mixtures, concentration, kelvin))
        few = np.count_nonzero(mixtures.mole_fractions * mixtures.salts, axis=1) < self.least_salts
        self._tell(reasons, {f"measured for mixtures of {self.least_salts} salts or more": few})
        return reasons

    def _out_of_range(
        self, mixtures: Mixtures, concentration: Floats, kelvin: Floats
    ) -> dict[str, Flags]:
        """Return the flags (n,) of what is outside, by what to say."""
        wide: Range = (-np.inf, np.inf, -np.inf, np.inf)
        table = np.array([self.ranges.get(c.smiles, wide) for c in mixtures.compounds])
        inside = mixtures.mole_fractions > PRESENT
        coldest, lowest = (_extreme(inside, table[:, at], -np.inf) for at in (0, 2))
        hottest, highest = (-_extreme(inside, -table[:, at], -np.inf) for at in (1, 3))
        most = np.array([self.most.get(c.smiles, np.inf) for c in mixtures.compounds])
        too_much = (salt_shares(mixtures) > FACTOR * most).any(axis=1)
        return {
            "no neutral liquid": mixtures.amount(mixtures.solvents) <= 0,
            "colder than measured": kelvin < coldest - KELVIN,
            "hotter than measured": kelvin > hottest + KELVIN,
            "more dilute than measured": concentration < lowest / FACTOR,
            "more concentrated than measured": (concentration > FACTOR * highest) | too_much,
        }

    @staticmethod
    def _tell(reasons: Objects, flags: Mapping[str, Flags]) -> None:
        for words, flag in flags.items():
            for row in np.flatnonzero(flag):
                reasons[row] = reasons[row] or words

    @staticmethod
    def _never(mixtures: Mixtures, row: int, columns: Flags) -> str:
        held = np.flatnonzero(columns & (mixtures.mole_fractions[row] > 0))
        return "not measured with " + ", ".join(str(mixtures.compounds[at]) for at in held)

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain values."""
        ranges = {smiles: list(ends) for smiles, ends in self.ranges.items()}
        return {"ranges": ranges, "most": dict(self.most), "least_salts": self.least_salts}

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Seen:
        """Return what `to_dict` gave.

        Raises
        ------
        ValueError, TypeError, KeyError
            If it is something else.
        """
        ranges: dict[str, Range] = {}
        for smiles, ends in stored["ranges"].items():
            low, high, least, largest = (float(each) for each in ends)
            ranges[str(smiles)] = (low, high, least, largest)
        most = {str(smiles): float(share) for smiles, share in stored["most"].items()}
        return cls(ranges, most, int(stored["least_salts"]))


def salt_shares(mixtures: Mixtures) -> Floats:
    """Return the moles of each salt per mole of neutral compounds (n, k); 0 for these."""
    neutral = np.maximum(mixtures.amount(mixtures.solvents), 1e-12)
    return np.asarray(mixtures.mole_fractions * mixtures.salts / neutral[:, None])


def _extreme(present: Flags, values: Floats, empty: float) -> Floats:
    """Return the largest value (n,) of the compounds present (n, k)."""
    return np.asarray(np.where(present, values, empty).max(axis=1, initial=empty))
