"""Recipes: which members make the prediction, and the choice among them on held-out rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from anolyte.features.arrays import Floats

from .intervals import ConformalScale
from .members import SPREAD, TRANSFER, Member, Rows
from .weights import residuals, row_weights

# The families of the spread are fitted anyway.
BLEND = SPREAD
PRIOR = "prior only"
DEFAULT = "own: blend"
# What replaces the default, or the mean of the metal, must be better by this share: with
# few sources the best of many is best by luck.
MARGIN = 0.02
# The spread of a metal with few sources is drawn towards that of the others, as if it had
# been seen on so many sources.
PRIOR_SOURCES = 3

_SINGLES = {
    "own": ("ridge", "support_vector", "gaussian_process", "extra_trees", "xgboost"),
    "corrected": ("ridge", "support_vector", "extra_trees"),
    "pooled": ("ridge", "support_vector", "extra_trees"),
}
_BLENDS = {
    "own": BLEND,
    "corrected": TRANSFER,
    "pooled": TRANSFER,
}


def recipes(scopes: Sequence[str] = tuple(_SINGLES)) -> dict[str, tuple[Member, ...]]:
    """Return the recipes of some scopes: their names and the members whose mean they are."""
    found: dict[str, tuple[Member, ...]] = {}
    for scope in scopes:
        found[f"{scope}: blend"] = tuple(Member(scope, family) for family in _BLENDS[scope])
        for family in _SINGLES[scope]:
            found[f"{scope}: {family}"] = (Member(scope, family),)
    return found


def all_members(of: Mapping[str, Sequence[Member]]) -> tuple[Member, ...]:
    """Return the distinct members of some recipes and of the spread."""
    spread = (Member("own", family) for family in SPREAD)
    return tuple(dict.fromkeys([*(m for members in of.values() for m in members), *spread]))


@dataclass(frozen=True)
class Choice:
    """A recipe with what was learned from held-out rows about using it.

    Attributes
    ----------
    recipe
        Name in `recipes`, or `PRIOR`.
    slope
        Share of the recipe's deviation from the mean that is kept, from 0 to 1; below 1
        where the recipe promises more than it holds.
    scale
        Calibrated intervals.
    scores
        Held-out RMSE in LCE of every recipe and of `PRIOR`, best first; rows count by
        their weights, so that no single laboratory decides.
    """

    recipe: str
    slope: float
    scale: ConformalScale
    scores: pd.Series

    def combine(self, mean: Floats | float, predictions: Mapping[Member, Floats]) -> Floats:
        """Return the LCE (n,) from the mean of the metal and the members' predictions."""
        if self.recipe == PRIOR:
            return np.asarray(mean, dtype=float)
        members = recipes()[self.recipe]
        blend = np.mean([predictions[member] for member in members], axis=0)
        return np.asarray(mean + self.slope * (blend - mean))

    def spread(self, spread: Floats) -> Floats:
        """Return the spread (n,) that the intervals are multiples of."""
        return np.ones_like(spread) if self.recipe == PRIOR else spread

    @property
    def skill(self) -> float:
        """Held-out RMSE relative to predicting the metal's mean; 1 for the prior."""
        # Equal for what never varies: nothing to be better at.
        own, prior = float(self.scores[self.recipe]), float(self.scores[PRIOR])
        return own / prior if prior > 0 else 1.0


def choose(
    measurements: pd.DataFrame,
    means: Floats,
    predictions: Mapping[Member, Floats],
    spread: Floats,
    among: Mapping[str, Sequence[Member]],
) -> Choice:
    """Choose the recipe with the smallest held-out error, and calibrate it.

    Parameters
    ----------
    measurements
        The held-out rows (n) with ce_pct, source and perhaps qualifier and confidence.
    means
        For each row (n,) the mean LCE of the rows that its models were fitted to.
    predictions, spread
        Held-out predictions (n,) of every member, and their spread (n,).
    among
        The recipes to choose from.
    """
    weights = row_weights(measurements)
    slopes: dict[str, float] = {PRIOR: 0.0}
    errors = {PRIOR: residuals(measurements, means)}
    for name, members in among.items():
        deviation = np.mean([predictions[member] for member in members], axis=0) - means
        norm = float(np.sum(weights * deviation**2))
        slope = float(np.sum(weights * deviation * errors[PRIOR])) / max(norm, 1e-12)
        slopes[name] = float(np.clip(slope, 0.0, 1.0))
        errors[name] = residuals(measurements, means + slopes[name] * deviation)
    scores = pd.Series(
        {
            name: float(np.sqrt(np.average(error**2, weights=weights)))
            for name, error in errors.items()
        }
    ).sort_values(kind="stable")
    best = str(scores.index[0])
    if DEFAULT in scores and scores[best] > (1 - MARGIN) * scores[DEFAULT]:
        best = DEFAULT
    if scores[best] > (1 - MARGIN) * scores[PRIOR]:
        best = PRIOR
    spreads = np.ones_like(spread) if best == PRIOR else spread
    # Wide enough for a further measurement, and for a further source: each seen counts once.
    each = 1.0 / measurements.groupby("source")["source"].transform("size").to_numpy(float)
    scale = ConformalScale.fit(errors[best], spreads).wider(
        ConformalScale.fit(errors[best], spreads, each)
    )
    return Choice(best, slopes[best], scale, scores)


def few_sources(rows: Rows) -> tuple[float, Choice]:
    """Return the mean LCE of a metal with too few sources to choose on, and how it varies.

    Its sources scatter about the mean with a variance that is drawn towards the usual one, that
    of other metals' rows, by `PRIOR_SOURCES`; see `ConformalScale.student`.
    """
    own, others = rows.take(rows.own), rows.take(~rows.own)
    mean = float(np.average(own.target, weights=own.weights))
    by_source = pd.Series(own.target).groupby(own.sources).mean()
    count = len(by_source)
    usual = float(np.std(others.target)) if len(others.target) else 0.5
    squares = float(((by_source - mean) ** 2).sum()) + PRIOR_SOURCES * usual**2
    degrees = max(count - 1, 0) + PRIOR_SOURCES
    scale = ConformalScale.student(float(np.sqrt(squares / degrees)), count, degrees)
    return mean, Choice(PRIOR, 0.0, scale, pd.Series({PRIOR: float("nan")}))
