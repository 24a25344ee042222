"""Acquisition: which experiments to do next, from what a model believes of the candidates.

Plain arithmetic on beliefs (a mean and a deviation for each candidate, and the descriptors
that say how alike two of them are); knows neither spaces nor models. All in LCE.

The batch is chosen one by one: after each choice the deviations shrink as they would if it
had been measured with the result that was predicted (the kriging believer,
doi:10.1007/978-3-642-10701-6_6; hallucinated observations, doi:10.48550/arXiv.1206.6402),
so that near copies of what is in the batch lose their appeal.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from anolyte.datasets.measurements.lce import NOISE_BETWEEN_SOURCES
from anolyte.features.arrays import Floats, Integers
from anolyte.models.efficiency.families import fitted_ranks
from scipy.spatial.distance import cdist
from scipy.special import ndtr

# Deviations that the upper confidence bound adds to the mean.
KAPPA = 1.0
# Distance in descriptors at which the correlation of two candidates has fallen to 1/e; two
# drawn at random are about 1.4 apart. From 0.5 to 4 simulated campaigns are alike; 2 makes
# for batches that a chemist would call diverse.
LENGTH = 2.0


@dataclass(frozen=True)
class Beliefs:
    """What a model believes of n candidates.

    Attributes
    ----------
    mean, deviation
        Of the LCE (n,), as of a normal distribution.
    points
        Descriptors (n, d) as from `place`: the nearer two candidates, the more the result of
        one says of the other.
    best
        The highest mean among the electrolytes that were measured: what is to be improved on.
        The means and not the measured values, which are noisy (doi:10.1007/s00158-013-0919-4).
    """

    mean: Floats
    deviation: Floats
    points: Floats
    best: float

    def __len__(self) -> int:
        return len(self.mean)


def place(features: Floats, reference: Floats) -> Floats:
    """Return descriptors (n, d) as points whose Euclidean distances can be compared.

    Each descriptor becomes its rank among the rows of `reference` (m, d), from 0 to 1, divided
    by the root of the number of descriptors.
    """
    scaling = fitted_ranks(reference)
    return np.asarray(scaling.transform(features) / np.sqrt(features.shape[1]), dtype=float)


def expected_improvement(mean: Floats, deviation: Floats, best: float) -> Floats:
    """Return by how much (n,) the LCE is expected to exceed `best`, falling short as nothing.

    (mean - best) Phi(z) + deviation phi(z) with z = (mean - best) / deviation
    (doi:10.1023/A:1008306431147).
    """
    z = (mean - best) / deviation
    density = np.exp(-0.5 * z**2) / np.sqrt(2 * np.pi)
    return np.asarray((mean - best) * ndtr(z) + deviation * density)


def upper_confidence_bound(mean: Floats, deviation: Floats, best: float = 0.0) -> Floats:
    """Return the mean and `KAPPA` deviations (n,), see doi:10.1109/TIT.2011.2182033."""
    return np.asarray(mean + KAPPA * deviation)


Score = Callable[[Floats, Floats, float], Floats]
SCORES: Mapping[str, Score] = {
    "expected-improvement": expected_improvement,
    "ucb": upper_confidence_bound,
}
THOMPSON = "thompson"
CRITERIA = (*SCORES, THOMPSON)
DEFAULT = "expected-improvement"


def checked_criterion(by: str) -> str:
    """Return the name of a criterion, or raise ValueError."""
    if by not in CRITERIA:
        raise ValueError(f"unknown criterion {by!r}; use one of {', '.join(CRITERIA)}")
    return by


def scores(by: str, mean: Floats, deviation: Floats, best: float) -> Floats:
    """Return how much (n,) each candidate alone is worth, the higher the better.

    For Thompson sampling, which scores nothing, the upper confidence bound: a draw seldom
    has its maximum far below the highest bounds.
    """
    return SCORES.get(checked_criterion(by), upper_confidence_bound)(mean, deviation, best)


def choose_batch(
    beliefs: Beliefs, count: int, by: str = DEFAULT, seed: int = 0, under_way: Sequence[int] = ()
) -> Integers:
    """Return the rows (up to `count`) of a batch, in the order in which they were chosen.

    Parameters
    ----------
    beliefs
        Of the candidates; those already measured are not among them.
    count
        Size of the batch.
    by
        One of `CRITERIA`. Thompson sampling draws all candidates jointly, once for each
        experiment, and takes the best of each draw (doi:10.48550/arXiv.1705.09236).
    seed
        Of the draws; the other criteria leave nothing to chance.
    under_way
        Rows whose experiments have begun: never chosen, and believed as the batch is.
    """
    checked_criterion(by)
    batch = _Batch(beliefs)
    for row in under_way:
        batch.add(row)
    count = min(count, len(beliefs) - len(batch.rows))
    if by == THOMPSON:
        for draw in batch.draws(count, seed).T:
            draw[batch.rows] = -np.inf
            batch.rows.append(int(np.argmax(draw)))
    else:
        for _ in range(count):
            values = SCORES[by](beliefs.mean, np.sqrt(batch.variance), batch.best)
            values[batch.rows] = -np.inf
            batch.add(int(np.argmax(values)))
    return np.array(batch.rows[len(batch.rows) - count :], dtype=np.int64)


class _Batch:
    """Beliefs while a batch is chosen: what is in it counts as measured, with its mean."""

    def __init__(self, beliefs: Beliefs) -> None:
        self.beliefs = beliefs
        self.rows: list[int] = []
        self.best = beliefs.best
        self.variance = np.square(beliefs.deviation)
        self.known = np.zeros((len(beliefs), 0))

    def add(self, row: int) -> None:
        """Believe the mean of a row: one step of a Cholesky factorisation of the covariance."""
        column = self.covariance([row])[:, 0] - self.known @ self.known[row]
        column /= np.sqrt(max(float(column[row]), 0.0) + NOISE_BETWEEN_SOURCES**2)
        self.known = np.column_stack([self.known, column])
        self.variance = np.maximum(self.variance - np.square(column), 1e-12)
        self.best = max(self.best, float(self.beliefs.mean[row]))
        self.rows.append(int(row))

    def covariance(self, rows: list[int] | slice) -> Floats:
        """Return the covariance (n, k) with some rows before anything of the batch is known."""
        points, deviation = self.beliefs.points, self.beliefs.deviation
        correlation = np.exp(-cdist(points, points[rows]) / LENGTH)
        return np.asarray(deviation[:, None] * correlation * deviation[rows])

    def draws(self, count: int, seed: int) -> Floats:
        """Return joint draws (n, count) of the LCE of all candidates."""
        covariance = self.covariance(slice(None)) - self.known @ self.known.T
        # Rounding must not make a variance negative.
        covariance[np.diag_indices_from(covariance)] += 1e-8
        generator = np.random.Generator(np.random.PCG64(seed))
        normal = generator.standard_normal((len(covariance), count))
        return np.asarray(self.beliefs.mean[:, None] + np.linalg.cholesky(covariance) @ normal)


def space_filling(points: Floats, count: int, known: Floats | None = None) -> Integers:
    """Return rows (up to `count`) that stand for all n points, in the order of choice.

    Each is the one that brings the points nearest, on average, to a point that is chosen or
    known (greedy facility location, within 1 - 1/e of the best: doi:10.1007/BF01588971).
    Farthest-point designs would choose the oddest candidates; this one the most typical.

    Parameters
    ----------
    points
        Candidates (n, d); n times n distances are kept.
    known
        Points (m, d) that are already measured or pending.
    """
    between = cdist(points, points)
    # Before anything is known all are equally far: the first choice is the most central.
    nearest = np.full(len(points), between.max(initial=0.0))
    if known is not None and len(known):
        nearest = cdist(points, known).min(axis=1)
    chosen: list[int] = []
    for _ in range(min(count, len(points))):
        gain = np.maximum(nearest[:, None] - between, 0.0).sum(axis=0)
        gain[chosen] = -np.inf
        chosen.append(int(np.argmax(gain)))
        nearest = np.minimum(nearest, between[:, chosen[-1]])
    return np.array(chosen, dtype=np.int64)
