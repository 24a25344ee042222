"""What current, capacity and counting change in a prediction, where they are given.

A model of the electrolyte alone answers for conditions as papers have them. What its held-out
predictions get wrong, y - f(x), is here a linear function of the logarithms of current density
and capacity and of the method (1 for Aurbach's, 0 for the average of cycles), by ridge regression
with its penalty from generalised cross-validation. Each set of given conditions has a fit of its
own, to the rows that tell all of them: nothing is filled in for what is not known. Outside what
was measured the edge counts.

A fit is used only if predictions with it are no worse: without the sources of each fold, and on
rows published after a middle year by a fit to those before; both count half.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from anolyte.datasets.measurements.splits import group_folds
from anolyte.features.arrays import Flags, Floats
from sklearn.linear_model import RidgeCV

from .crossfit import HeldOut
from .recipes import PRIOR, Choice
from .weights import residuals

CURRENT, CAPACITY, METHOD = "current_mA_cm2", "capacity_mAh_cm2", "ce_method"
GIVEN = (CURRENT, CAPACITY, METHOD)
METHODS = ("average", "aurbach")
# Words of tables of measurements that are no such way of counting.
NOT_GIVEN = ("", "?", "nan", "unknown", "first_cycle", "full_cell")
UNUSED = "the given conditions change nothing that held-out predictions bear out"
_WORDS = dict(zip(GIVEN, ("current", "capacity", "method"), strict=True))
_PENALTIES = np.logspace(0, 4, 20)
# With fewer rows or sources nothing is learned.
_LEAST_ROWS, _LEAST_SOURCES = 60, 20
_FOLDS = 8


def checked(values: Mapping[str, Any]) -> dict[str, float | str]:
    """Return those of `GIVEN` that a mapping holds, as numbers and words.

    Raises
    ------
    ValueError
        If a current or capacity is no number above 0, or the method is unknown.

    Examples
    --------
    >>> from anolyte.models.efficiency.conditions import checked
    >>> checked({"current_mA_cm2": "0.5", "capacity_mAh_cm2": "", "ce_method": "Aurbach"})
    {'current_mA_cm2': 0.5, 'ce_method': 'aurbach'}
    """
    found: dict[str, float | str] = {}
    for name in GIVEN:
        text = "" if values.get(name) is None else str(values[name]).strip()
        if text.casefold() in NOT_GIVEN:
            continue
        if name == METHOD:
            if text.casefold() not in METHODS:
                raise ValueError(f"{name} {text!r}: use {' or '.join(METHODS)}")
            found[name] = text.casefold()
            continue
        try:
            number = float(text)
        except ValueError:
            number = float("nan")
        if not 0 < number < float("inf"):
            raise ValueError(f"{name} {text!r}: give a number above 0")
        found[name] = number
    return found


@dataclass(frozen=True)
class ConditionFit:
    """How LCE goes with one set of given conditions.

    Attributes
    ----------
    columns
        Which of `GIVEN`.
    slopes, offset
        Of the columns as in `_numbers`, and the constant.
    lowest, highest
        What was measured of each column.
    before, after
        Held-out RMSE in LCE of the rows that tell these conditions, without and with the fit.
    """

    columns: tuple[str, ...]
    slopes: tuple[float, ...]
    offset: float
    lowest: tuple[float, ...]
    highest: tuple[float, ...]
    before: float
    after: float

    @classmethod
    def of(cls, columns: Sequence[str], numbers: Floats, errors: Floats) -> ConditionFit:
        """Fit errors (n,) to numbers (n, c)."""
        centre, scale = numbers.mean(axis=0), np.maximum(numbers.std(axis=0), 1e-9)
        ridge = RidgeCV(_PENALTIES).fit((numbers - centre) / scale, errors)
        slopes = np.atleast_1d(ridge.coef_) / scale
        lowest, highest = numbers.min(axis=0), numbers.max(axis=0)
        return cls(
            tuple(columns),
            tuple(map(float, slopes)),
            float(ridge.intercept_ - centre @ slopes),
            tuple(map(float, lowest)),
            tuple(map(float, highest)),
            np.nan,
            np.nan,
        )

    def predict(self, numbers: Floats) -> Floats:
        """Return what is to be added (n,) to LCE."""
        inside = np.clip(numbers, self.lowest, self.highest)
        return np.asarray(inside @ np.array(self.slopes) + self.offset)

    @property
    def told(self) -> str:
        """What the fit is worth, in words."""
        names = " and ".join(_WORDS[name] for name in self.columns)
        worth = f"held-out error {self.after:.3f} LCE, {self.before:.3f} without"
        return f"for the given {names} ({worth})"


@dataclass(frozen=True)
class Conditions:
    """The fits that are used, by what is given."""

    fits: tuple[ConditionFit, ...] = ()

    @classmethod
    def fit(
        cls,
        measurements: pd.DataFrame,
        errors: Floats,
        cut: int | None = None,
        later: tuple[pd.DataFrame, Floats] | None = None,
        seed: int = 0,
    ) -> Conditions:
        """Learn from held-out errors of a model of the electrolyte alone.

        Parameters
        ----------
        measurements, errors
            Rows (n), and measured less predicted LCE (n,) without their sources.
        cut, later
            A year, and what came after it: rows, and errors of models fitted up to it.
        seed
            Of the folds.
        """
        found = []
        for count in range(len(GIVEN), 0, -1):
            for columns in combinations(GIVEN, count):
                numbers, known = _numbers(measurements, columns)
                sources = measurements["source"].to_numpy(dtype=object)[known]
                if known.sum() < _LEAST_ROWS or len(set(sources)) < _LEAST_SOURCES:
                    continue
                numbers, wrong = numbers[known], errors[known]
                judged = [_left_out(columns, numbers, wrong, sources, seed)]
                if cut is not None and later is not None:
                    earlier = (measurements["year"] <= cut).to_numpy()[known]
                    judged += _after(columns, numbers[earlier], wrong[earlier], *later)
                before, after = np.sqrt(np.mean(judged, axis=0))
                if after < before:
                    fitted = ConditionFit.of(columns, numbers, wrong)
                    found.append(replace(fitted, before=float(before), after=float(after)))
        return cls(tuple(found))

    def corrections(self, given: pd.DataFrame) -> tuple[Floats, list[str]]:
        """Return what is to be added to LCE (n,), and what that is worth, in words.

        Parameters
        ----------
        given
            Rows (n) with some of the columns `GIVEN`.
        """
        added, told = np.zeros(len(given)), [""] * len(given)
        flags = {name: _numbers(given, [name])[1] for name in GIVEN}
        by_columns = {fitted.columns: fitted for fitted in self.fits}
        patterns = list(zip(*flags.values(), strict=True))
        for pattern in set(patterns):
            columns = tuple(name for name, has in zip(GIVEN, pattern, strict=True) if has)
            if not columns:
                continue
            rows = np.array([each == pattern for each in patterns])
            words = UNUSED
            if (fitted := by_columns.get(columns)) is not None:
                added[rows] = fitted.predict(_numbers(given[rows], columns)[0])
                words = fitted.told
            for row in np.flatnonzero(rows):
                told[row] = words
        return added, told


def learned_conditions(
    measurements: pd.DataFrame,
    choice: Choice,
    held_out: HeldOut,
    later: HeldOut | None,
    cut: int | None,
    seed: int = 0,
) -> Conditions:
    """Return what the held-out predictions of a chosen recipe get wrong by conditions.

    Parameters
    ----------
    measurements
        The metal's rows.
    choice, held_out, later
        See `recipes.choose`; the metal's mean goes with no conditions.
    cut, seed
        See `Conditions.fit`.
    """
    if choice.recipe == PRIOR:
        return Conditions()
    parts = []
    for part in (held_out, later):
        if part is not None:
            rows = measurements.iloc[part.rows]
            parts.append((rows, residuals(rows, choice.combine(part.means, part.predictions))))
    return Conditions.fit(*parts[0], cut, parts[1] if len(parts) > 1 else None, seed)


def conditions_of(plain: Sequence[Mapping[str, Any]]) -> Conditions:
    """Return the fits that ``dataclasses.asdict`` made plain.

    Raises
    ------
    ValueError
        If a part is missing, unknown, no finite number, or of another length than the others.
    """
    fits = []
    for each in plain:
        columns = tuple(str(name) for name in each["columns"])
        lists = [tuple(map(float, each[name])) for name in ("slopes", "lowest", "highest")]
        single = [float(each[name]) for name in ("offset", "before", "after")]
        alike = {len(columns), *map(len, lists)} == {len(columns)} and set(columns) <= set(GIVEN)
        if not alike or not np.isfinite([*single, *sum(lists, ())]).all():
            raise ValueError("conditions that do not fit each other")
        slopes, lowest, highest = lists
        fits.append(ConditionFit(columns, slopes, single[0], lowest, highest, *single[1:]))
    return Conditions(tuple(fits))


def _numbers(table: pd.DataFrame, columns: Sequence[str]) -> tuple[Floats, Flags]:
    """Return conditions as numbers (n, c), and which rows (n,) tell them all."""
    values = np.full((len(table), len(columns)), np.nan)
    for at, name in enumerate(columns):
        if name not in table:
            continue
        if name == METHOD:
            method = table[name].astype(object).str.casefold()
            values[:, at] = method.map({"average": 0.0, "aurbach": 1.0}).to_numpy(dtype=float)
        else:
            number = pd.to_numeric(table[name], errors="coerce").to_numpy(dtype=float)
            values[:, at] = np.log10(np.where(number > 0, number, np.nan))
    return values, np.isfinite(values).all(axis=1)


def _left_out(
    columns: Sequence[str], numbers: Floats, errors: Floats, sources: Any, seed: int
) -> tuple[float, float]:
    """Return the mean squared errors without and with a fit that has not seen the sources."""
    added = np.zeros(len(errors))
    for seen, left in group_folds(sources, _FOLDS, seed):
        added[left] = ConditionFit.of(columns, numbers[seen], errors[seen]).predict(numbers[left])
    return float(np.mean(errors**2)), float(np.mean((errors - added) ** 2))


def _after(
    columns: Sequence[str], numbers: Floats, errors: Floats, later: pd.DataFrame, unseen: Floats
) -> list[tuple[float, float]]:
    """Return the same of later rows, by a fit to the earlier; nothing where there are too few."""
    tested, known = _numbers(later, columns)
    if len(errors) < _LEAST_SOURCES or not known.any():
        return []
    added = ConditionFit.of(columns, numbers, errors).predict(tested[known])
    wrong = unseen[known]
    return [(float(np.mean(wrong**2)), float(np.mean((wrong - added) ** 2)))]
