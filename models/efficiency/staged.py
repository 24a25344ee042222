"""Staged: the default blend member by member, leaving out what cannot reach a floor.

A screening wants the candidates with the largest lower bound of the interval,

    L = mu + a (m - mu) - q s,   m = mean of the members' p,   s^2 = v + variance of the p,

where v is the variance of the Gaussian process, mu the mean of the metal, a the slope and q the
multiple of the spread. Members yet unknown can raise m, but only by differing from the known
ones, which raises s as well. With k of K members known (mean c, sum of squared deviations
w), the unknown ones best all lie at c + t, so that

    m = c + (K - k) t / K,   variance = w / K + k (K - k) t^2 / K^2,

and L is a concave function of t: its largest value, at the t where the derivative vanishes or
at an end of the range that t can have, bounds L from above. So nothing is lost by
predicting the cheapest member first and going on with the rows whose bound reaches the floor.
"""

from __future__ import annotations

from typing import NamedTuple, cast

import numpy as np
import pandas as pd
from anolyte.features.arrays import Floats, Integers, Positions

from ..prediction import Column, interval_columns
from .fast import FastMachine, FastProcess, FastTrees
from .members import SPREAD, Member
from .model import CoulombicEfficiencyModel
from .recipes import DEFAULT

# More than rounding can change; a row is left out only if it misses the floor by this.
MARGIN = 1e-7


class Line(NamedTuple):
    """What makes a lower bound of mean and spread: mu, a and q of the module's first lines."""

    mean: float
    slope: float
    multiple: float


def largest_lower_bound(
    line: Line, known: list[Floats], members: int, variance: Floats | float, top: float = np.inf
) -> Floats:
    """Return what the lower bound (n,) in LCE cannot exceed, whatever the other members say.

    Parameters
    ----------
    line
        Mean, slope and multiple of the spread.
    known
        Predictions (n,) of k members.
    members
        The number of members K, more than k.
    variance
        The variance of the Gaussian process (n,), or what it is not below.
    top
        What the unknown members do not exceed.
    """
    count, unknown = len(known), members - len(known)
    centre = np.mean(known, axis=0)
    constant = variance + np.sum(np.square(known - centre), axis=0) / members
    gain = line.slope * unknown / members
    growth = count * unknown / members**2
    # The derivative of gain t - q sqrt(constant + growth t^2) vanishes at this t.
    below = (line.multiple * growth) ** 2 - gain**2 * growth
    at = gain * np.sqrt(constant / below) if below > 0 else np.full(len(centre), np.inf)
    at = np.minimum(at, top - centre)
    with np.errstate(invalid="ignore"):
        spread = np.sqrt(constant + growth * at**2)
        bound = line.mean + line.slope * (centre - line.mean) + gain * at - line.multiple * spread
    # A range without end where the spread does not grow fast enough.
    return np.maximum(np.where(np.isfinite(at), bound, np.inf), 0.0)


class Staged:
    """The default blend of one model, for screenings by the lower bound.

    Parameters
    ----------
    model
        A model of which `applies` is true.
    coverage
        Of the interval.
    """

    def __init__(self, model: CoulombicEfficiencyModel, coverage: float) -> None:
        if not self.applies(model):
            raise ValueError("the model is not the default blend")
        members = _members(model)
        self.model, self.coverage = model, coverage
        self.machine = cast(FastMachine, members[0])
        self.trees = cast(FastTrees, members[1])
        self.process = cast(FastProcess, members[2])
        choice = model.choice_
        multiple = float(model.half_width(coverage)[0])
        self.line = Line(model.mean_lce, choice.slope, multiple)

    @staticmethod
    def applies(model: CoulombicEfficiencyModel) -> bool:
        """Whether a model is the default blend of members that `fast` knows."""
        if model.recipe != DEFAULT:
            return False
        kinds = (FastMachine, FastTrees, FastProcess)
        return all(map(isinstance, _members(model), kinds))

    def predict_interval(
        self, features: Floats, floor: Floats, families: Integers | None = None
    ) -> tuple[Positions, pd.DataFrame]:
        """Predict the rows whose lower bound may reach their floor, and perhaps some others.

        The caller limits the threads of matrix products: to do it for each chunk costs more
        than the chunk.

        Parameters
        ----------
        features
            Descriptors (n, d) as of `CoulombicEfficiencyModel.descriptors`.
        floor
            Lower bounds (n,) in LCE that are of interest.
        families
            Numbers (n,); of each family only the best matters.

        Returns
        -------
        numpy.ndarray
            Positions of the predicted rows, rising.
        pandas.DataFrame
            Their predictions, as of `CoulombicEfficiencyModel.predict_interval`.
        """
        own = self.model.without_metal(features)
        mean, variance, bound = self._first(own, floor)
        rows = np.flatnonzero(bound >= floor - MARGIN)
        if families is None:
            return self._finish(own, (mean, variance), rows, floor)
        leaders = _leaders(rows, bound[rows], families)
        found, frame = self._finish(own, (mean, variance), leaders, floor)
        floor = _raised(floor, families, found, frame[Column.LCE_LOW].to_numpy())
        rest = np.setdiff1d(rows[bound[rows] >= floor[rows] - MARGIN], leaders)
        more, others = self._finish(own, (mean, variance), rest, floor)
        both = np.concatenate([found, more])
        order = np.argsort(both, kind="stable")
        return both[order], pd.concat([frame, others], ignore_index=True).iloc[order]

    def _first(self, own: Floats, floor: Floats) -> tuple[Floats, Floats, Floats]:
        """Return mean and variance (n,) of the Gaussian process, and the bound with it alone.

        The variance is computed where the mean with the least variance reaches the floor.
        """
        count = len(SPREAD)
        kernel = self.process.kernel(own)
        mean = self.process.mean(kernel)
        variance = np.full(len(own), self.process.least_variance)
        bound = largest_lower_bound(self.line, [mean], count, variance)
        rows = np.flatnonzero(bound >= floor - MARGIN)
        variance[rows] = self.process.variance(kernel[rows])
        bound[rows] = largest_lower_bound(self.line, [mean[rows]], count, variance[rows])
        return mean, variance, bound

    def _finish(
        self,
        own: Floats,
        first: tuple[Floats, Floats],
        rows: Positions,
        floor: Floats,
    ) -> tuple[Positions, pd.DataFrame]:
        """Predict rows with the second member, and with the third where that may matter."""
        mean, variance = (each[rows] for each in first)
        known = [self.machine.predict(own[rows]), mean]
        bound = largest_lower_bound(self.line, known, len(SPREAD), variance, self.trees.largest)
        kept = bound >= floor[rows] - MARGIN
        rows, variance = rows[kept], variance[kept]
        machine, process = (each[kept] for each in known)
        members = [
            machine,
            self.trees.predict(own[rows, : own.shape[1] - self.model.layout.fragments]),
            process,
        ]
        named = {Member("own", family): each for family, each in zip(SPREAD, members, strict=True)}
        lce = self.model.choice_.combine(self.model.ensemble_.mean, named)
        spread = np.sqrt(variance + np.var(members, axis=0))
        return rows, interval_columns(lce, self.model.half_width(self.coverage, spread))


def _members(model: CoulombicEfficiencyModel) -> list[object]:
    ensemble = model.ensemble_
    each = (ensemble.estimators[Member("own", family)] for family in SPREAD)
    return [ensemble.predictor(estimator) for estimator in each]


def _leaders(rows: Positions, promise: Floats, families: Integers) -> Positions:
    """Return of each family the row that promises most: it soon raises the family's floor."""
    order = np.argsort(-promise, kind="stable")
    _, place = np.unique(families[rows[order]], return_index=True)
    return np.sort(rows[order[place]])


def _raised(floor: Floats, families: Integers, rows: Positions, reached: Floats) -> Floats:
    """Return the floor (n,) after some rows, one a family, reached a lower bound."""
    raised = floor.copy()
    if len(rows):
        order = np.argsort(families[rows])
        sorted_families = families[rows][order]
        place = np.minimum(np.searchsorted(sorted_families, families), len(rows) - 1)
        same = sorted_families[place] == families
        raised[same] = np.maximum(raised[same], reached[order][place[same]])
    return raised
