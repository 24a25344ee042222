"""Predictions for one laboratory: its level and its ways, learned from its own rows.

Between laboratories one electrolyte's LCE scatters by 0.26, within one by 0.07; outside lithium
the levels differ by far more. A Gaussian process over all measurements of the metal takes the
laboratory into account: with h(x, x') the Matern kernel (nu = 3/2) of two electrolytes and d = 1
for rows of one laboratory, else 0, the covariance of two measurements is

    k = a h(x, x') + d (v + b h(x, x')),     and n more on the diagonal,

where v is the variance among laboratories' levels, b that of how each orders electrolytes, a what
they share, n the noise (a random effect of the group beside the fixed ones, as in C. E. Rasmussen,
C. K. I. Williams, Gaussian Processes for Machine Learning, 2006, section 2.7). Amplitudes, length
and noise are those of the largest posterior. Sources of one row each cannot teach v: it has a floor
of `LEVELS` times the variance of the metal's rows.

A laboratory of `SCREENING` rows or more has a language of its own: half of the answer is then that
of extra trees grown on its rows alone, which also see the fragments (Morgan, radius 2) and the
amount of the compounds that not nearly every row holds. And its intervals are stretched to hold
nine tenths of its rows, each predicted by the process without all rows of the same compounds
(the closed form of leaving groups out: Rasmussen and Williams, section 5.4.2, of blocks).

Whether what orders its electrolytes carries over to further compounds is asked in the same way:
process and trees predict each set of compounds without it. Unless that beats the laboratory's mean
by more than the standard error of the gain over the sets, the answer for compounds that it has not
had is its mean, with the deviation of its rows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from anolyte.datasets.measurements.lce import log_coulombic_efficiency
from anolyte.datasets.measurements.splits import group_folds
from anolyte.features.arrays import Flags, Floats, Integers
from anolyte.features.blocks.fingerprints import uncommon_counts
from anolyte.features.mixtures import Mixtures
from scipy.linalg import cho_factor, cho_solve
from scipy.optimize import minimize
from scipy.spatial.distance import cdist
from scipy.stats import t as student
from sklearn.preprocessing import QuantileTransformer

from ..threads import one_thread
from .families import Estimator, fit_family, fitted_ranks, median_square

LEVELS = 3.0
SCREENING = 30
# So many own rows show the level of a laboratory.
LEAST_ROWS = 3
# A compound in more of its rows than this share tells a laboratory's electrolytes apart no more.
COMMON = 0.9
# Folds of the judgement on further compounds.
FOLDS = 8
# Degrees of freedom of the interval before the first own row.
DEGREES = 8
_SQRT3 = float(np.sqrt(3.0))
# Logarithms of a, b, v and n, in variances of the rows, and of the length, in median distances:
# where the search begins, and how far it may go.
_START = np.log([0.5, 0.1, LEVELS, 0.2, 1.0])
_LOWEST = np.log([1e-2, 1e-3, LEVELS, 0.02, 0.1])
_HIGHEST = np.log([20.0, 5.0, 20.0, 2.0, 8.0])
# Of the log-normal priors, around the start.
_PRIOR_WIDTHS = np.array([3.0, 2.0, 3.0, 1.5, 1.0])


@dataclass(frozen=True)
class Laboratory:
    """What the measurements of a metal say for one laboratory.

    Attributes
    ----------
    name
        Of the laboratory.
    rows
        How many measurements are its own.
    """

    name: str
    rows: int
    _placed: QuantileTransformer
    _points: Floats
    _own: Flags
    _parameters: Floats
    _length: float
    _weights: Floats
    _factor: tuple[Floats, bool]
    _mean: float
    _scale: float
    _trees: Estimator | None
    _common: frozenset[str]
    _stretch: float
    _had: frozenset[frozenset[str]]
    _level: tuple[float, float] | None

    @classmethod
    def fit(
        cls,
        name: str,
        features: Floats,
        measurements: pd.DataFrame,
        mixtures: Mixtures,
        seed: int = 0,
    ) -> Laboratory:
        """Learn from all measurements of a metal.

        Parameters
        ----------
        name
            Of the laboratory; without rows of it, the answer is that for a new one.
        features
            Descriptors (n, d) of the measurements, without the metal's.
        measurements
            With the columns ce_pct and laboratory (n rows).
        mixtures
            Their electrolytes (n).
        seed
            Of the trees.
        """
        laboratories = measurements["laboratory"].to_numpy(dtype=object)
        own = np.asarray(laboratories == name)
        target = log_coulombic_efficiency(measurements["ce_pct"])
        mean, scale = float(target.mean()), float(target.std()) or 1.0
        placed = fitted_ranks(features)
        points = np.asarray(placed.transform(features))
        same = (laboratories[:, None] == laboratories[None, :]).astype(float)
        length = float(np.sqrt(median_square(points)))
        with one_thread():
            distances = cdist(points, points) / length
            values = (target - mean) / scale
            parameters = _most_likely(distances, same, values)
            covariance = _covariance(distances, same, parameters)
            covariance[np.diag_indices(len(values))] += parameters[3]
            factor = cho_factor(covariance, lower=True)
            weights = cho_solve(factor, values)
        trees, common, stretch = None, frozenset[str](), 1.0
        had, level = frozenset[frozenset[str]](), None
        if own.sum() >= SCREENING:
            screened = mixtures.take(own)
            common = _common(screened)
            seen = np.hstack([features[own], uncommon_counts(screened, common)])
            trees = fit_family("extra_trees", seen, target[own], seed=seed)
            sets = np.array(_sets(screened, common), dtype=object)
            had, number = frozenset(sets), pd.factorize(sets)[0]
            inverse = cho_solve(factor, np.eye(len(values)))[np.ix_(own, own)]
            stretch = _stretch(inverse, weights[own], number)
            judged = _held_out(seen, target[own], inverse, scale * weights[own], number, seed)
            if not _better(*judged, target[own], number):
                level = float(target[own].mean()), float(target[own].std(ddof=1))
        return cls(
            name,
            int(own.sum()),
            placed,
            points,
            own,
            parameters,
            length,
            weights,
            factor,
            mean,
            scale,
            trees,
            common,
            stretch,
            had,
            level,
        )

    def predict(self, features: Floats, mixtures: Mixtures) -> tuple[Floats, Floats]:
        """Return LCE and spread (n,) of electrolytes with descriptors (n, d) in the laboratory."""
        with one_thread():
            placed = np.asarray(self._placed.transform(features))
            distances = cdist(placed, self._points) / self._length
            same = np.broadcast_to(self._own.astype(float), distances.shape)
            covariance = _covariance(distances, same, self._parameters)
            lce = self._mean + self._scale * (covariance @ self._weights)
            shared, ways, levels, noise, _ = self._parameters
            known = np.einsum("ij,ji->i", covariance, cho_solve(self._factor, covariance.T))
        variance = np.maximum(shared + ways + levels - known, 0.0) + noise
        if self._trees is not None:
            seen = np.hstack([features, uncommon_counts(mixtures, self._common)])
            lce = (lce + self._trees.predict(seen)) / 2
        spread = np.sqrt(variance) * self._scale
        if self._level is not None:
            new = self.level_only(mixtures)
            lce[new], deviation = self._level
            spread[new] = deviation * np.sqrt(1 + 1 / self.rows) / self._stretch
        return lce, spread

    def level_only(self, mixtures: Mixtures) -> Flags:
        """Return for which electrolytes (n,) the laboratory's mean is all that can be told.

        Those of compounds that it has not had, where its rows teach no order of such.
        """
        if self._level is None:
            return np.zeros(len(mixtures), dtype=bool)
        return np.array([each not in self._had for each in _sets(mixtures, self._common)])

    def half_width(self, coverage: float, spread: Floats) -> Floats:
        """Return the half-width (n,) in LCE of intervals: Student's, with the rows' degrees."""
        quantile = float(student.ppf((1 + coverage) / 2, DEGREES + self.rows))
        return np.asarray(quantile * self._stretch * spread)


def _covariance(distances: Floats, same: Floats, parameters: Floats) -> Floats:
    """Return the covariances of rows at some distances, of one laboratory or not."""
    shared, ways, levels, _, length = parameters
    far = _SQRT3 / length * distances
    return np.asarray((shared + ways * same) * ((1 + far) * np.exp(-far)) + levels * same)


def _most_likely(distances: Floats, same: Floats, values: Floats) -> Floats:
    """Return the parameters (a, b, v, n, length) of the largest posterior."""

    def loss(logs: Floats) -> float:
        parameters = np.exp(logs)
        covariance = _covariance(distances, same, parameters)
        covariance[np.diag_indices(len(values))] += parameters[3]
        factor = cho_factor(covariance, lower=True)
        fit = 0.5 * values @ cho_solve(factor, values) + np.log(np.diag(factor[0])).sum()
        return float(fit + 0.5 * np.sum(np.square((logs - _START) / _PRIOR_WIDTHS)))

    found = minimize(
        loss,
        _START,
        method="L-BFGS-B",
        bounds=list(zip(_LOWEST, _HIGHEST, strict=True)),
        options={"maxiter": 30},
    )
    return np.asarray(np.exp(found.x))


def _common(mixtures: Mixtures) -> frozenset[str]:
    """Return the structures that nearly all electrolytes of a laboratory hold."""
    share = (mixtures.mole_fractions > 0).mean(axis=0)
    each = zip(mixtures.compounds, share, strict=True)
    return frozenset(compound.smiles for compound, part in each if part > COMMON)


def _sets(mixtures: Mixtures, common: frozenset[str]) -> list[frozenset[str]]:
    """Return of each electrolyte (n) the structures in it but for the common ones."""
    names = np.array([compound.smiles for compound in mixtures.compounds], dtype=object)
    kept = np.array([name not in common for name in names])
    patterns, which = np.unique((mixtures.mole_fractions > 0) & kept, axis=0, return_inverse=True)
    sets = [frozenset(names[pattern]) for pattern in patterns]
    return [sets[each] for each in which.ravel()]


def _stretch(inverse: Floats, weights: Floats, number: Integers) -> float:
    """Return by what 90 % intervals must be stretched to hold that share of held-out rows."""
    scores = []
    for each in range(number.max() + 1):
        group = np.flatnonzero(number == each)
        left_out = np.linalg.inv(inverse[np.ix_(group, group)])
        scores.append(np.abs(left_out @ weights[group]) / np.sqrt(np.diag(left_out)))
    return max(1.0, float(np.quantile(np.concatenate(scores), 0.9) / student.ppf(0.95, 1e6)))


def _held_out(
    seen: Floats, target: Floats, inverse: Floats, weights: Floats, number: Integers, seed: int
) -> tuple[Floats, Floats]:
    """Return of a laboratory's rows (n,) what is said of them, and their mean, without their set.

    Parameters
    ----------
    seen, target
        Descriptors (n, d) of its trees, and LCE (n,).
    inverse, weights
        Of the process's covariance (n, n), and its weights (n,) in LCE.
    number
        Set of compounds (n,) of each row.
    seed
        Of the trees and the folds.
    """
    predicted, level = target.copy(), np.full(len(target), target.mean())
    if number.max() == 0:
        return level, level
    for known, left in group_folds(number.astype(object), FOLDS, seed):
        process = target[left] - np.linalg.solve(inverse[np.ix_(left, left)], weights[left])
        trees = fit_family("extra_trees", seen[known], target[known], seed=seed)
        predicted[left] = (process + trees.predict(seen[left])) / 2
        level[left] = target[known].mean()
    return predicted, level


def _better(predicted: Floats, level: Floats, target: Floats, number: Integers) -> bool:
    """Whether predictions beat the mean by more than the standard error over the sets."""
    gain = np.square(target - level) - np.square(target - predicted)
    by_set = np.bincount(number, gain)
    return bool(by_set.sum() > np.sqrt(len(by_set)) * by_set.std())
