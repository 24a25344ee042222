"""The criteria by name, and `Ranking`: what is asked of a screening."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from anolyte.models.efficiency.model import CoulombicEfficiencyModel

from .criteria import Criterion, Expected, LowerBound, Precedent, Probability
from .diversity import DIVERSITY, WINDOW
from .multi_objective import Pareto, Weighted

# Among so many of the best, at least, objectives and diversity decide.
POOL = 2000
POOL_PER_ROW = 4
CRITERIA: dict[str, Callable[[], Criterion]] = {
    each.name: each for each in (LowerBound, Expected, Probability, Weighted, Pareto, Precedent)
}


def as_criterion(criterion: str | Criterion) -> Criterion:
    """Return the criterion of a name, with its defaults.

    Raises
    ------
    ValueError
        If it is none of `CRITERIA`.
    """
    if isinstance(criterion, Criterion):
        return criterion
    if criterion not in CRITERIA:
        raise ValueError(f"unknown criterion {criterion!r}; use one of {', '.join(CRITERIA)}")
    return CRITERIA[criterion]()


@dataclass(frozen=True)
class Ranking:
    """What is asked of a screening.

    Attributes
    ----------
    top
        Length of the list.
    criterion
        What decides; ties go to the lower candidate number.
    coverage
        Of the interval, one of `anolyte.models.efficiency.intervals.COVERAGES`.
    all_amounts
        Whether to list every amount and additive of one salt in the same solvents, best first;
        by default only the best of them, and diversity has its say.
    diversity
        From 0 (the best, however alike) to 1, see `diversity.diverse`.
    window
        How far behind the best diversity chooses from, in scores; None if it is not known,
        see `fitting`, or diversity has no say.

    Raises
    ------
    ValueError
        If the list would be empty or diversity is out of range.

    Examples
    --------
    >>> from anolyte.experiments import Probability, Ranking
    >>> asked = Ranking(top=20, criterion=Probability(99.5))
    >>> str(asked.criterion), asked.coverage, asked.spreads
    ('probability of more than 99.5 %', 0.9, True)
    """

    top: int = 100
    criterion: Criterion = field(default_factory=LowerBound)
    coverage: float = 0.9
    all_amounts: bool = False
    diversity: float = DIVERSITY
    window: float | None = None

    def __post_init__(self) -> None:
        if self.top < 1:
            raise ValueError("a ranked list has at least one row")
        if not 0 <= self.diversity <= 1:
            raise ValueError(f"diversity is from 0 to 1, not {self.diversity:g}")

    def fitting(self, model: CoulombicEfficiencyModel) -> Ranking:
        """Return the ranking that a model can serve, see `Criterion.fitting`."""
        criterion = self.criterion.fitting(model, self.coverage)
        chooses = self.spreads and self.diversity < 1 and not criterion.by_pool
        window = WINDOW * criterion.unit(model) if chooses else None
        return replace(self, criterion=criterion, window=window)

    @property
    def spreads(self) -> bool:
        """Whether near copies give way to others."""
        return self.diversity > 0 and not self.all_amounts

    @property
    def pool(self) -> int:
        """How many of the best a screening has to keep."""
        if self.criterion.by_pool or self.spreads:
            return max(POOL, POOL_PER_ROW * self.top)
        return self.top

    @property
    def demands(self) -> int:
        """How many candidates have to reach a score before lower ones are of no interest."""
        return self.pool if self.window is None else self.top

    def floor(self, best: pd.DataFrame) -> float:
        """Return the score below which no further candidate can change the list.

        Parameters
        ----------
        best
            Ordered candidates, of each family one, see `best`.
        """
        scores = best["score"].to_numpy()
        if len(scores) < self.demands:
            return -np.inf
        if self.window is None:
            return float(scores[self.demands - 1])
        # Whatever is further behind follows by its score alone.
        floor = min(scores[self.top - 1], scores[0] - self.window)
        return float(max(floor, scores[self.pool - 1]) if len(scores) >= self.pool else floor)

    def best(self, candidates: pd.DataFrame) -> pd.DataFrame:
        """Return the pool of candidates with the columns score, candidate and perhaps family."""
        ordered = by_score(candidates)
        if not self.all_amounts:
            ordered = ordered.drop_duplicates("family")
        return ordered[ordered["score"] >= self.floor(ordered)].head(self.pool)


def by_score(candidates: pd.DataFrame) -> pd.DataFrame:
    """Return candidates by falling score; ties go to the lower number."""
    by = ["score", "candidate"]
    return candidates.sort_values(by, ascending=[False, True], kind="stable", ignore_index=True)


__all__ = ["CRITERIA", "POOL", "Criterion", "Ranking", "as_criterion", "by_score"]
