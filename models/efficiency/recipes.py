"""Recipes: which members make the prediction, and the choice among them on held-out rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from anolyte.features.arrays import Floats
from scipy.stats import t as student

from .crossfit import HeldOut
from .intervals import ConformalScale
from .members import SPREAD, TRANSFER, Member, Rows
from .weights import residuals, row_weights, source_sizes

# The families of the spread are fitted anyway.
BLEND = SPREAD
PRIOR = "prior only"
DEFAULT = "own: blend"
# What replaces the default must be better by a gain over the sources that chance alone has this
# rarely (Student's t, one side): the best of a dozen that are no better has it in one of a hundred.
CHANCE = 0.001
# What replaces the mean of the metal must be better by this share.
MARGIN = 0.02
# What falls short by fewer standard errors over the sources is luck.
ERRORS = 2.0
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


def recipes(
    scopes: Sequence[str] = tuple(_SINGLES), singles: bool = True
) -> dict[str, tuple[Member, ...]]:
    """Return the recipes of some scopes: their names and the members whose mean they are.

    Without single families only the blends.
    """
    found: dict[str, tuple[Member, ...]] = {}
    for scope in scopes:
        found[f"{scope}: blend"] = tuple(Member(scope, family) for family in _BLENDS[scope])
        for family in _SINGLES[scope] if singles else ():
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
        where the recipe is sure to promise more than it holds.
    scale
        Calibrated intervals.
    scores
        Held-out RMSE in LCE of every recipe and of `PRIOR`, best first; rows count by
        their weights, so that no single laboratory decides, and sources left out as much as
        later literature.
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
    held_out: HeldOut,
    among: Mapping[str, Sequence[Member]],
    later: HeldOut | None = None,
) -> Choice:
    """Choose the recipe with the smallest held-out error, and calibrate it.

    The default stays unless another is better by more than luck, see `CHANCE`; and the mean of
    the metal stays unless what is chosen is better by `MARGIN`.

    Parameters
    ----------
    measurements
        The metal's rows (n) with ce_pct, source and perhaps qualifier and confidence.
    held_out
        Predictions of rows by models that have not seen their sources; the intervals are
        calibrated on them.
    among
        The recipes to choose from.
    later
        Predictions of rows by models fitted to what was published before; they then count
        as much as those without the sources.
    """
    parts = [held_out] if later is None or not len(later.rows) else [held_out, later]
    tables = [measurements.iloc[part.rows] for part in parts]
    judged = pd.concat(tables, ignore_index=True)
    weights = np.concatenate([row_weights(table) / len(table) for table in tables])
    means = np.concatenate([part.means for part in parts])
    slopes: dict[str, float] = {PRIOR: 0.0}
    errors = {PRIOR: residuals(judged, means)}
    for name, members in among.items():
        blends = [np.mean([part.predictions[m] for m in members], axis=0) for part in parts]
        deviation = np.concatenate(blends) - means
        slopes[name] = _kept(weights * deviation, deviation, errors[PRIOR], judged["source"])
        errors[name] = residuals(judged, means + slopes[name] * deviation)
    squares = {name: weights * error**2 / len(parts) for name, error in errors.items()}
    scores = pd.Series({name: float(np.sqrt(each.sum())) for name, each in squares.items()})
    scores = scores.sort_values(kind="stable")
    best = _beyond_luck(scores, squares, judged["source"])
    calibrated = errors[best][: len(held_out.rows)]
    spreads = np.ones(len(calibrated)) if best == PRIOR else held_out.spread
    # For a measurement of a further source: each that was seen counts once.
    scale = ConformalScale.fit(calibrated, spreads, 1.0 / source_sizes(tables[0]))
    return Choice(best, slopes[best], scale, scores)


def _kept(pulls: Floats, deviation: Floats, errors: Floats, sources: pd.Series) -> float:
    """Return the share of a recipe's deviation from the mean to keep, from 0 to 1.

    That of least squares, as far as it is sure to be less than 1: what it falls short by is
    multiplied by the positive-part factor of James and Stein (4th Berkeley Symposium 1 (1961)
    361) with `ERRORS` standard errors over the sources.

    Parameters
    ----------
    pulls
        Weight times deviation (n,) of the held-out rows.
    deviation, errors
        Of the recipe from the mean (n,), and of the measurements from it.
    sources
        Of the rows (n,), which are what is independent.
    """
    norm = max(float(pulls @ deviation), 1e-12)
    slope = float(pulls @ errors) / norm
    by_source = pd.Series(pulls * (errors - slope * deviation)).groupby(sources.to_numpy()).sum()
    error = ERRORS * float(np.sqrt((by_source**2).sum())) / norm
    short = 1.0 - slope
    sure = max(0.0, 1.0 - (error / short) ** 2) if short > 0 else 0.0
    return float(np.clip(1.0 - sure * short, 0.0, 1.0))


def _beyond_luck(scores: pd.Series, squares: Mapping[str, Floats], sources: pd.Series) -> str:
    """Return the recipe to use: the default, or what is better by more than chance.

    Parameters
    ----------
    scores
        Error of every recipe, best first.
    squares
        Their weighted squared errors (n,), and ``sources`` (n,), which are what is
        independent.
    """
    best = str(scores.index[0])
    if DEFAULT in scores:
        gains = {name: squares[DEFAULT] - squares[name] for name in scores.index}
        best = next(name for name in scores.index if name == DEFAULT or _sure(gains[name], sources))
    return PRIOR if scores[best] > (1 - MARGIN) * scores[PRIOR] else str(best)


def _sure(gains: Floats, sources: pd.Series) -> bool:
    """Whether a sum of gains (n,) is more than chance over the sources, see `CHANCE`."""
    by_source = pd.Series(gains).groupby(sources.to_numpy()).sum()
    count = len(by_source)
    error = np.sqrt(count) * by_source.std(ddof=1)
    return bool(by_source.sum() > student.isf(CHANCE, count - 1) * error)


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
