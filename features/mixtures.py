"""Mixtures: electrolytes as rows of one matrix of mole fractions.

The single mechanism behind every mixture descriptor: what depends on a molecule alone is
computed once per compound into a table; a mixture descriptor is the product of the two
matrices under a mask. No loop over rows.

`ElectrolyteFeaturizer` puts this behind the interface of scikit-learn: a featurizer of mixtures
of any number of compounds with their amounts, for use in any pipeline.

Arrays (n, d) of descriptors are stored column after column (Fortran order): the arithmetic
of the blocks goes along columns, and one that is contiguous costs a fraction of a strided one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from anolyte.datasets.compounds.densities import density
from anolyte.datasets.compounds.metals import Metal, as_metal
from anolyte.datasets.compounds.registry import Compound
from anolyte.datasets.electrolytes.composition import Composition, resolve
from anolyte.datasets.electrolytes.grammar import Electrolyte, parse
from anolyte.datasets.measurements.table import commonest_salt

from .arrays import Flags, Floats, Positions, Words

Describe = Callable[[Compound], Sequence[float]]
# By function and, where a mask blanks some compounds, the bytes of that mask.
DescriptorTables = dict[tuple[Describe, bytes | None], Floats]
Rows = slice | Flags


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
        Descriptor tables (k, d) computed so far, whole and under the masks that totals were
        asked for; mixtures of the same compounds share them.

    Examples
    --------
    >>> from anolyte.features import Mixtures
    >>> mixtures = Mixtures.from_electrolytes(["LiFSI/DME/TTE (1:1.2:3 mol/mol)"], "Li")
    >>> [str(compound) for compound in mixtures.compounds]
    ['LiFSI', 'DME', 'TTE']
    >>> mixtures.mole_fractions.round(3)
    array([[0.192, 0.231, 0.577]])
    """

    compounds: tuple[Compound, ...]
    mole_fractions: Floats
    metals: Words
    amounts_assumed: Flags
    salt_assumed: Flags
    density_estimated: Flags
    conditions: pd.DataFrame | None = None
    tables: DescriptorTables = field(default_factory=dict, repr=False)
    derived: dict[Callable[..., Floats], Floats] = field(
        default_factory=dict, init=False, repr=False
    )

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

    def take(self, rows: npt.NDArray[Any] | slice) -> Mixtures:
        """Return the mixtures of some rows (of a slice without copying them)."""
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

    def table(self, describe: Describe) -> Floats:
        """Return the descriptor table (k, d) of the compounds, computed once for each."""
        key = (describe, None)
        if key not in self.tables:
            rows = [describe(compound) for compound in self.compounds]
            self.tables[key] = np.asarray(rows, dtype=float).reshape(len(rows), -1)
        return self.tables[key]

    @cached_property
    def salts(self) -> Flags:
        """Mask (k,) of the salts and ionic liquids."""
        return np.array([compound.is_salt for compound in self.compounds], dtype=bool)

    @cached_property
    def solvents(self) -> Flags:
        """Mask (k,) of the neutral compounds: solvents, diluents, molecular additives."""
        return ~self.salts

    @cached_property
    def rows_by_metal(self) -> dict[str, Rows]:
        """The rows of each metal, as a mask (n,), or as a slice where all are of one metal."""
        if len(self) and (self.metals == self.metals[0]).all():
            return {str(self.metals[0]): slice(None)}
        return {str(metal): self.metals == metal for metal in np.unique(self.metals)}

    def total(self, describe: Describe, mask: Flags | None = None) -> Floats:
        """Return the sum (n, d) of a descriptor per mole of mixture, over a mask's compounds.

        The result is read-only: it is kept for whoever asks again.
        """
        chosen = np.ones(len(self.compounds), dtype=bool) if mask is None else mask
        key = (describe, chosen.tobytes())
        if key not in self._totals:
            # Blanking the few rows of the table is cheaper than copying columns of the matrix.
            self.tables[key] = self.table(describe) * chosen[:, None]
            self._totals[key] = self._products([self.tables[key]])[0]
        return self._totals[key]

    def total_by_metal(
        self, describe: Mapping[Metal, Describe], mask: Flags | None = None
    ) -> Floats:
        """Return the total (n, d) of a descriptor that differs between metals."""
        parts = [
            (rows, self.total(describe[as_metal(metal)], mask))
            for metal, rows in self.rows_by_metal.items()
        ]
        if len(parts) == 1:
            return parts[0][1]
        result = np.zeros_like(parts[0][1])
        for rows, total in parts:
            result[rows] = total[rows]
        return result

    @cached_property
    def _totals(self) -> dict[tuple[Describe, bytes | None], Floats]:
        """Totals by function and mask, at first those that mixtures sharing the tables needed.

        One product of all tables side by side takes half the time of one product for each.
        """
        tables = {key: table for key, table in list(self.tables.items()) if key[1] is not None}
        return dict(zip(tables, self._products(list(tables.values())), strict=True))

    def _products(self, tables: list[Floats]) -> list[Floats]:
        """Return the matrix times each table (k, d), as read-only arrays (n, d)."""
        if not tables:
            return []
        product = np.hstack(tables).T @ self.mole_fractions.T
        product.flags.writeable = False
        ends = np.cumsum([table.shape[1] for table in tables])
        return [part.T for part in np.split(product, ends[:-1])]

    def mean(self, describe: Describe, mask: Flags | None = None) -> Floats:
        """Return the mole-fraction mean (n, d) over a mask's compounds; 0 where it has none."""
        return divide(self.total(describe, mask), self.amount(mask)[:, None])

    def extreme(self, describe: Describe, mask: Flags, largest: bool) -> Floats:
        """Return the largest or smallest value (n, d) among the compounds present; else 0."""
        table = self.table(describe)[mask]
        sets, set_of_row = self._sets
        present = sets[mask]
        result = np.zeros((table.shape[1], sets.shape[1]))
        fill = -np.inf if largest else np.inf
        for column in range(table.shape[1]):
            values = np.where(present, table[:, column, None], fill)
            best = values.max(0, initial=fill) if largest else values.min(0, initial=fill)
            result[column] = np.where(np.isfinite(best), best, 0.0)
        return result.take(set_of_row, axis=1).T

    @cached_property
    def _sets(self) -> tuple[Flags, Positions]:
        """The distinct sets (k, s) of compounds that occur together, and that of each row (n,).

        Many rows differ in amounts alone, so extremes are looked for in few sets.
        """
        present = self.mole_fractions > 0
        n, k = present.shape
        n_words = -(-k // 64)
        padded = np.zeros((n, n_words * 64), dtype=bool)
        padded[:, :k] = present
        words = np.packbits(padded).view(np.uint64).reshape(n, n_words)
        set_of_row = pd.factorize(words[:, 0])[0]
        for word in words.T[1:]:
            codes, distinct = pd.factorize(word)
            set_of_row = pd.factorize(set_of_row * len(distinct) + codes)[0]
        member = np.zeros(set_of_row.max(initial=-1) + 1, dtype=np.intp)
        member[set_of_row] = np.arange(len(self))
        return np.ascontiguousarray(present[member].T), set_of_row

    def amount(self, mask: Flags | None = None) -> Floats:
        """Return the mole fraction (n,) of a mask's compounds together."""
        return np.asarray(self.total(_one, mask)[:, 0])

    @property
    def solvent_litres(self) -> Floats:
        """Volume (n,) of the neutral compounds in litres per mole of mixture, mixed ideally."""
        return np.asarray(self.total(molar_litres, self.solvents)[:, 0])


def divide(numerator: Floats, denominator: Floats, empty: float = 0.0) -> Floats:
    """Divide, giving `empty` where the denominator is 0."""
    nothing = denominator == 0
    if not nothing.any():
        return np.asarray(numerator / denominator)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(nothing, empty, numerator / denominator)


def limited_ratio(numerator: Floats, denominator: Floats, limit: float) -> Floats:
    """Divide, giving at most `limit`, also where the denominator is 0; 0 over 0 is 0."""
    ratio = np.minimum(divide(numerator, denominator, empty=limit), limit)
    return np.asarray(ratio * (numerator != 0))


def side_by_side(columns: Sequence[Floats | Flags], out: Floats | None = None) -> Floats:
    """Return columns (n,) and groups of them (n, d) as one array (n, d), written to `out`."""
    parts = [column.T if column.ndim > 1 else column[None] for column in columns]
    return np.asarray(np.concatenate(parts, out=None if out is None else out.T), dtype=float).T


def _electrolyte(given: Electrolyte | str, row: int) -> Electrolyte:
    if isinstance(given, str):
        return parse(given)
    if not isinstance(given, Electrolyte):
        raise ValueError(f"electrolyte {row}: {given!r} is no formulation")
    return given


def _one(compound: Compound) -> tuple[float]:
    return (1.0,)


def molar_litres(compound: Compound) -> tuple[float]:
    """Return the volume of a compound as a liquid in L/mol."""
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
