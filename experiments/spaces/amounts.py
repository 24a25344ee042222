"""GridAmounts: candidate numbers of a grid to moles of each compound, by array arithmetic.

The conventions are those of `datasets.composition`, which does the same for one electrolyte;
loops run over the few components a candidate has, never over candidates.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from anolyte.datasets.compounds.densities import density
from anolyte.datasets.compounds.registry import Compound
from anolyte.datasets.electrolytes.composition import pieces, swelling
from anolyte.datasets.electrolytes.grammar import Share
from anolyte.features.arrays import Flags, Floats, Integers

from .axes import Base, Doses
from .grid import Grid

Columns = Mapping[Compound, int]

_LITRE = {"M": 1.0, "mM": 1e-3}
# What a share is a share of, and the factor of its unit.
MEASURES = {"wt%": (0, 1e-2), "ppm": (0, 1e-6), "mol%": (1, 1e-2), "vol%": (2, 1e-2)}
_VOLUME = 2


@dataclass(frozen=True, eq=False)
class _DoseArrays:
    """Doses as arrays (entries, slots), and per entry the measure of its shares (-1: none)."""

    columns: Integers
    per_litre: Floats
    per_kilogram: Floats
    shares: Floats
    measure: Integers

    @classmethod
    def of(cls, axis: Sequence[Doses], columns: Columns) -> _DoseArrays:
        slots = max((len(doses) for doses in axis), default=0)
        where = np.zeros((len(axis), slots), dtype=np.int64)
        amounts = np.zeros((3, len(axis), slots))
        measure = np.full(len(axis), -1)
        for row, doses in enumerate(axis):
            for slot, dose in enumerate(doses):
                if dose.pure is None or dose.amount is None:
                    raise ValueError(f"{dose}: a candidate has no unknown amounts")
                if dose.pure.anhydrous is not None:
                    raise ValueError(f"{dose}: name the salt of a space without its crystal water")
                where[row, slot] = columns[dose.pure]
                if dose.unit in _LITRE:
                    amounts[0, row, slot] = dose.amount * _LITRE[dose.unit]
                elif dose.unit == "m":
                    amounts[1, row, slot] = dose.amount
                else:
                    measure[row], factor = MEASURES[dose.unit]
                    amounts[2, row, slot] = dose.amount * factor
        return cls(where, amounts[0], amounts[1], amounts[2], measure)

    @property
    def need_volume(self) -> Flags:
        """Entries (e,) whose amounts rest on the volume of the base or of the whole."""
        return np.asarray(self.per_litre.any(axis=1) | (self.measure == _VOLUME))


class GridAmounts:
    """The amounts of one grid in the columns of its space.

    Parameters
    ----------
    grid
        The part of the space.
    columns
        Column of each compound of the space.
    """

    def __init__(self, grid: Grid, columns: Columns) -> None:
        self.grid = grid
        compounds = list(columns)
        self._masses = np.array([compound.molar_mass for compound in compounds])
        self._salts = _DoseArrays.of(grid.salts, columns)
        self._additives = _DoseArrays.of(grid.additives, columns)
        measures = set(self._additives.measure.tolist()) - {-1}
        self._measures = {each: _measure(each, compounds) for each in measures}
        self._estimated_columns = np.array(
            [c.kind != "salt" and density(c).origin == "estimated" for c in compounds]
        )
        self._read_bases(grid.bases, columns)

    def _read_bases(self, bases: Sequence[Base], columns: Columns) -> None:
        slots = max(len(base.compounds) for base in bases)
        self._base_columns = np.zeros((len(bases), slots), dtype=np.int64)
        self._base_moles = np.zeros((len(bases), slots))
        self._litres = np.zeros(len(bases))
        self._kilograms = np.zeros(len(bases))
        self._estimated = np.zeros(len(bases), dtype=bool)
        self._by_volume = np.array([base.kind == "v/v" for base in bases])
        self._swelling = np.array(
            [[swelling(base.compounds, salts) for salts in self.grid.salts] for base in bases]
        )
        for row, base in enumerate(bases):
            # A solid salt in a ratio takes no part in the litre or kilogram of solvent.
            liquid = [share.pure.kind != "salt" for share in base.shares]
            liquid = liquid if any(liquid) else [True] * len(liquid)
            for slot, (compound, moles, counts) in enumerate(_pieces(base, liquid)):
                self._base_columns[row, slot] = columns[compound]
                self._base_moles[row, slot] = moles
                if counts:
                    known = density(compound)
                    self._litres[row] += moles * compound.molar_mass / known.value / 1000
                    self._kilograms[row] += moles * compound.molar_mass / 1000
                    self._estimated[row] |= known.origin == "estimated"

    def moles(self, numbers: Integers) -> tuple[Floats, Flags]:
        """Return moles (n, k) up to a factor per row, and whether a density was estimated (n,)."""
        at_base, at_salt, at_additive = self.grid.positions(numbers)
        rows = np.arange(len(numbers))
        moles = np.zeros((len(numbers), len(self._masses)))
        for slot in range(self._base_columns.shape[1]):
            columns = self._base_columns[at_base, slot]
            moles[rows, columns] += self._base_moles[at_base, slot]
        litres, kilograms = self._litres[at_base], self._kilograms[at_base]
        litres = litres * self._swelling[at_base, at_salt]
        for doses, at in ((self._salts, at_salt), (self._additives, at_additive)):
            for slot in range(doses.columns.shape[1]):
                dissolved = doses.per_litre[at, slot] * litres
                dissolved += doses.per_kilogram[at, slot] * kilograms
                moles[rows, doses.columns[at, slot]] += dissolved
        estimated = self._by_volume[at_base] | self._salts.need_volume[at_salt]
        estimated |= self._additives.need_volume[at_additive]
        estimated &= self._estimated[at_base]
        if self._measures:
            self._add_shares(moles, at_additive)
            by_volume = self._additives.measure[at_additive] == _VOLUME
            if by_volume.any():
                estimated |= by_volume & ((moles > 0) @ self._estimated_columns)
        return moles, estimated

    def _add_shares(self, moles: Floats, at: Integers) -> None:
        """Add what is given as a share of the whole, itself included.

        With the shares s_j of one measure u: n_j u_j = s_j U / (1 - sum of s), where U is the
        measure of everything else.
        """
        shares = self._additives.shares[at]
        rest = 1 - shares.sum(axis=1)
        rows = np.arange(len(at))
        others = {each: moles @ unit for each, unit in self._measures.items()}
        for each, unit in self._measures.items():
            chosen = self._additives.measure[at] == each
            whole = np.where(chosen, others[each] / rest, 0.0)
            for slot in range(shares.shape[1]):
                columns = self._additives.columns[at, slot]
                # An empty slot points to any column, which may have no volume.
                per_mole = np.where(shares[:, slot] > 0, unit[columns], 1.0)
                moles[rows, columns] += shares[:, slot] * whole / per_mole


def _pieces(base: Base, liquid: list[bool]) -> Iterator[tuple[Compound, float, bool]]:
    """Yield compound, moles and whether it counts as liquid, hydrates as salt and water."""
    for share, counts in zip(base.shares, liquid, strict=True):
        for compound, number in pieces(share.pure):
            yield compound, number * _moles(share, base), counts


def _moles(share: Share, base: Base) -> float:
    """Return moles of a component for its part: per cm3, per gram, or the part itself."""
    part = 1.0 if share.part is None else share.part
    if base.kind == "v/v":
        return part * density(share.pure).value / share.pure.molar_mass
    return part / share.pure.molar_mass if base.kind == "w/w" else part


def _measure(which: int, compounds: Sequence[Compound]) -> Floats:
    """Return gram, mole or cm3 of liquid per mole (k,) of each compound."""
    if which == 0:
        return np.array([compound.molar_mass for compound in compounds])
    if which == 1:
        return np.ones(len(compounds))
    return np.array([0 if c.kind == "salt" else c.molar_mass / density(c).value for c in compounds])
