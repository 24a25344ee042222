"""Mixtures: electrolytes as rows of one matrix of mole fractions.

The single mechanism behind every mixture descriptor: what depends on a molecule alone is
computed once per compound into a table; a mixture descriptor is the product of the two
matrices under a mask. No loop over rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from anolyte.datasets.composition import Composition, resolve
from anolyte.datasets.compounds import Compound
from anolyte.datasets.densities import density
from anolyte.datasets.electrolyte import Electrolyte, parse
from anolyte.datasets.ions import Metal, as_metal
from anolyte.datasets.measurements import commonest_salt

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
DescriptorTables = dict[Callable[[Compound], Sequence[float]], Floats]


@dataclass(frozen=True, eq=False)
class Mixtures:
    """Electrolytes as a matrix.

    Attributes
    ----------
    compounds
        The k distinct compounds, one per column.
    mole_fractions
        Array (n, k); each row adds up to 1.
    metals
        Array (n,) of metal symbols.
    amounts_assumed, salt_assumed, density_estimated
        Arrays (n,): what had to be assumed to write the row, see `composition.resolve`.
    conditions
        How each row was measured, columns of the measurement schema; None if unknown.
    tables
        Descriptor tables (k, d) computed so far; mixtures of the same compounds share them.
    """

    compounds: tuple[Compound, ...]
    mole_fractions: Floats
    metals: npt.NDArray[np.str_]
    amounts_assumed: Flags
    salt_assumed: Flags
    density_estimated: Flags
    conditions: pd.DataFrame | None = None
    tables: DescriptorTables = field(default_factory=dict, repr=False)

    @classmethod
    def from_electrolytes(
        cls, electrolytes: Iterable[Electrolyte | str], metals: Iterable[str] | str
    ) -> Mixtures:
        """Build the matrix of electrolytes, given as values or as texts.

        Parameters
        ----------
        electrolytes
            The n formulations.
        metals
            One metal for all, or one for each.

        Raises
        ------
        FormulationError
            For the first text that does not parse.
        ValueError
            If there are none, or one is neither text nor `Electrolyte`.
        """
        values = [_electrolyte(each, row) for row, each in enumerate(electrolytes, start=1)]
        if not values:
            raise ValueError("no electrolytes were given")
        each_metal = [metals] * len(values) if isinstance(metals, str) else list(metals)
        symbols = [as_metal(metal) for metal in each_metal]
        rows = [_resolved(value, metal) for value, metal in zip(values, symbols, strict=True)]
        columns: dict[Compound, int] = {}
        for row in rows:
            for compound in row.compounds:
                columns.setdefault(compound, len(columns))
        fractions = np.zeros((len(rows), len(columns)))
        for index, row in enumerate(rows):
            fractions[index, [columns[compound] for compound in row.compounds]] = row.mole_fractions
        return cls(
            compounds=tuple(columns),
            mole_fractions=fractions,
            metals=np.array(symbols, dtype=str),
            amounts_assumed=np.array([row.amounts_assumed for row in rows], dtype=bool),
            salt_assumed=np.array([row.salt_assumed for row in rows], dtype=bool),
            density_estimated=np.array([bool(row.densities_estimated) for row in rows], dtype=bool),
        )

    def __len__(self) -> int:
        return len(self.mole_fractions)

    def take(self, rows: npt.NDArray[Any]) -> Mixtures:
        """Return the mixtures of some rows."""
        return Mixtures(
            self.compounds,
            self.mole_fractions[rows],
            self.metals[rows],
            self.amounts_assumed[rows],
            self.salt_assumed[rows],
            self.density_estimated[rows],
            None if self.conditions is None else self.conditions.iloc[rows],
            self.tables,
        )

    def table(self, describe: Callable[[Compound], Sequence[float]]) -> Floats:
        """Return the descriptor table (k, d) of the compounds, computed once for each."""
        if describe not in self.tables:
            rows = [describe(compound) for compound in self.compounds]
            self.tables[describe] = np.asarray(rows, dtype=float).reshape(len(rows), -1)
        return self.tables[describe]

    @cached_property
    def salts(self) -> Flags:
        """Mask (k,) of the salts and ionic liquids."""
        return np.array([compound.is_salt for compound in self.compounds], dtype=bool)

    @cached_property
    def solvents(self) -> Flags:
        """Mask (k,) of the neutral compounds: solvents, diluents, molecular additives."""
        return ~self.salts

    def total(
        self, describe: Callable[[Compound], Sequence[float]], mask: Flags | None = None
    ) -> Floats:
        """Return the sum (n, d) of a descriptor per mole of mixture, over a mask's compounds."""
        table = self.table(describe)
        # Blanking the few rows of the table is cheaper than copying columns of the matrix.
        masked = table if mask is None else table * mask[:, None]
        return np.asarray(self.mole_fractions @ masked)

    def mean(
        self, describe: Callable[[Compound], Sequence[float]], mask: Flags | None = None
    ) -> Floats:
        """Return the mole-fraction mean (n, d) over a mask's compounds; 0 where it has none."""
        weight = self.amount(mask)
        return divide(self.total(describe, mask), weight[:, None])

    def extreme(
        self, describe: Callable[[Compound], Sequence[float]], mask: Flags, largest: bool
    ) -> Floats:
        """Return the largest or smallest value (n, d) among the compounds present; else 0."""
        table = self.table(describe)[mask]
        present = self.mole_fractions[:, mask] > 0
        result = np.zeros((len(self), table.shape[1]))
        fill = -np.inf if largest else np.inf
        for column in range(table.shape[1]):
            values = np.where(present, table[:, column], fill)
            best = values.max(1, initial=fill) if largest else values.min(1, initial=fill)
            result[:, column] = np.where(np.isfinite(best), best, 0.0)
        return result

    def amount(self, mask: Flags | None = None) -> Floats:
        """Return the mole fraction (n,) of a mask's compounds together."""
        chosen = np.ones(len(self.compounds)) if mask is None else mask.astype(float)
        return np.asarray(self.mole_fractions @ chosen)

    @property
    def solvent_litres(self) -> Floats:
        """Volume (n,) of the neutral compounds in litres per mole of mixture, mixed ideally."""
        return self.total(_molar_volume, self.solvents)[:, 0]


def divide(numerator: Floats, denominator: Floats, empty: float = 0.0) -> Floats:
    """Divide, giving `empty` where the denominator is 0."""
    shape = np.broadcast_shapes(numerator.shape, denominator.shape)
    result = np.full(shape, empty)
    np.divide(numerator, denominator, out=result, where=np.broadcast_to(denominator != 0, shape))
    return result


def _electrolyte(given: Electrolyte | str, row: int) -> Electrolyte:
    if isinstance(given, str):
        return parse(given)
    if not isinstance(given, Electrolyte):
        raise ValueError(f"electrolyte {row}: {given!r} is no formulation")
    return given


def _molar_volume(compound: Compound) -> tuple[float]:
    return (compound.molar_mass / density(compound).value / 1000,)


@lru_cache(maxsize=20_000)
def _resolved(electrolyte: Electrolyte, metal: Metal) -> Composition:
    default = commonest_salt(metal) if electrolyte.has_unknown_salt else None
    return resolve(electrolyte, default)


def as_mixtures(X: Any, metal: str) -> Mixtures:
    """Return `X` as mixtures.

    Parameters
    ----------
    X
        Mixtures, a DataFrame with the column ``electrolyte`` (and perhaps ``metal``), or a
        sequence of formulations (texts or `Electrolyte`).
    metal
        The metal where `X` does not name one.
    """
    if isinstance(X, Mixtures):
        return X
    if isinstance(X, pd.DataFrame):
        if "electrolyte" not in X.columns:
            raise ValueError("a DataFrame of electrolytes needs the column 'electrolyte'")
        metals = X["metal"] if "metal" in X.columns else metal
        mixtures = Mixtures.from_electrolytes(X["electrolyte"], metals)
        return replace(mixtures, conditions=X)
    if isinstance(X, str):
        raise ValueError("give a sequence of formulations, not one text")
    values = np.asarray(X, dtype=object)
    if values.ndim > 1 and values.shape[1] != 1:
        raise ValueError(f"electrolytes come in one column, not in {values.shape[1]}")
    return Mixtures.from_electrolytes(values.ravel(), metal)
