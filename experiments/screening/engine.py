"""Screening: the best candidates of one partition of a space, and how partitions merge.

A partition is a range of candidate numbers, always the same whatever machine or process
screens it, and what comes out does not depend on what was screened before: so the list is the
same, byte for byte, from one process, from many, and after an interruption.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from threading import Lock

import numpy as np
import pandas as pd
from anolyte.features.arrays import Floats, Integers
from anolyte.features.mixtures import Mixtures
from anolyte.models.efficiency.model import CoulombicEfficiencyModel
from anolyte.models.efficiency.staged import Staged
from anolyte.models.prediction import CE_BOUNDS, LCE_BOUNDS, Column
from anolyte.models.sei.rules import BLOCKED
from threadpoolctl import threadpool_limits

from ..ranking.criteria import LowerBound
from ..ranking.ranking import Ranking
from ..spaces.candidate_space import CandidateSpace

# Matrices of this many rows stay in the processor's cache.
CHUNK = 10_000
# What a worker screens in a second, and what is lost with a worker.
CHUNKS_PER_PARTITION = 25
# One candidate in so many is predicted beforehand, to know what the list will demand.
SAMPLED, MOST_SAMPLED = 50, 100_000
# Scores are told apart down to here: another machine may give other last bits.
SCORE_DIGITS = 9
DIGITS = 6
Range = tuple[int, int]
_PRIMING = Lock()
_PRIMED = 10


@dataclass(frozen=True)
class Part:
    """What a partition contributes.

    Attributes
    ----------
    best
        At most `Ranking.pool` rows: the columns of `predict_interval`, score, candidate and,
        unless all amounts are asked for, family.
    screened
        How many of its candidates satisfy the constraints of the space.
    """

    best: pd.DataFrame
    screened: int

    def joined(self, other: Part, ranking: Ranking) -> Part:
        """Return the best of both."""
        frames = [part.best for part in (self, other) if len(part.best)]
        screened = self.screened + other.screened
        return Part(ranking.best(pd.concat(frames)) if frames else self.best, screened)


NOTHING = Part(pd.DataFrame(), 0)


@dataclass(frozen=True)
class Screening:
    """Everything that a process has to know to screen any partition.

    Attributes
    ----------
    space, model, ranking
        What is screened with what, and what is asked.
    floor
        A score that so many candidates are known to reach that no lower one is of interest.
    exact
        Whether to predict every candidate in full; else those left out that provably cannot
        reach the list, see `anolyte.models.efficiency.staged`.
    """

    space: CandidateSpace
    model: CoulombicEfficiencyModel
    ranking: Ranking
    floor: float = -np.inf
    exact: bool = False

    def partitions(self) -> list[Range]:
        """Return the ranges of numbers that cover the space."""
        return list(self.space.chunks(CHUNK * CHUNKS_PER_PARTITION))

    def part(self, start: int, stop: int) -> Part:
        """Screen the candidates numbered `start` to `stop` (exclusive)."""
        return self._screened(
            np.arange(first, min(first + CHUNK, stop)) for first in range(start, stop, CHUNK)
        )

    def prepared(self) -> Screening:
        """Return the screening with the floor that a sample of the candidates sets."""
        count = min(len(self.space) // SAMPLED, MOST_SAMPLED)
        if self._staged() is None or count < self.ranking.pool:
            return self
        sample = self.space.sample(count)
        chunks = (sample[i : i + CHUNK] for i in range(0, len(sample), CHUNK))
        return replace(self, floor=self._demanded(self._screened(chunks).best))

    def portable(self) -> Screening:
        """Return an equal screening without what was computed on the way."""
        return replace(self, space=replace(self.space))

    def _staged(self) -> Staged | None:
        by_bound = type(self.ranking.criterion) is LowerBound
        # On some metals the SEI lowers a CE, of which the stages know nothing.
        by_sei = self.model.metal in BLOCKED
        if self.exact or by_sei or not by_bound or not Staged.applies(self.model):
            return None
        return Staged(self.model, self.ranking.coverage)

    def _screened(self, chunks: Iterable[Integers]) -> Part:
        staged, part = self._staged(), NOTHING
        # One thread: the same bits on every machine, and a process for each core.
        with threadpool_limits(1):
            with _PRIMING:
                self._prime()
            for numbers in chunks:
                mixtures = self.space.take(numbers)
                keep = np.flatnonzero(self.space.constraints.mask(mixtures))
                if not len(keep):
                    continue
                if len(keep) < len(numbers):
                    mixtures = mixtures.take(keep)
                found = self._predicted(numbers[keep], mixtures, staged, part)
                part = part.joined(found, self.ranking)
        return part

    def _prime(self) -> None:
        """Compute the descriptor tables of the space.

        Mixtures multiply by all tables that they find at once: found all at once from the
        first, the last bits of the products do not depend on what was screened before.
        """
        mixtures = self.space.mixtures(0, _PRIMED)
        self.space.constraints.mask(mixtures)
        self._full(np.arange(len(mixtures)), mixtures)

    def _predicted(
        self, numbers: Integers, mixtures: Mixtures, staged: Staged | None, so_far: Part
    ) -> Part:
        """Return what is predicted of some candidates."""
        if staged is None:
            return Part(self._full(numbers, mixtures), len(numbers))
        families = None if self.ranking.all_amounts else self.space.families(numbers)
        floor = self._floors(len(numbers), families, so_far.best)
        features = self.model.descriptors(mixtures)
        rows, frame = staged.predict_interval(features, floor, families)
        frame["score"] = frame[Column.LCE_LOW].round(SCORE_DIGITS)
        frame["candidate"] = numbers[rows]
        if families is not None:
            frame["family"] = families[rows]
        return Part(frame, len(numbers))

    def _full(self, numbers: Integers, mixtures: Mixtures) -> pd.DataFrame:
        predicted = self.model.assess(mixtures, self.ranking.coverage)
        frame = predicted.bounds
        frame["score"] = np.round(
            self.ranking.criterion.scores(predicted, self.model), SCORE_DIGITS
        )
        frame["candidate"] = numbers
        if not self.ranking.all_amounts:
            frame["family"] = self.space.families(numbers)
        return frame

    def _floors(self, count: int, families: Integers | None, best: pd.DataFrame) -> Floats:
        """Return what each candidate (n,) has to reach: the list, and the best of its family."""
        floors = np.full(count, max(self.floor, self._demanded(best)))
        if families is not None and len(best):
            reached = best.set_index("family")["score"].reindex(families).to_numpy()
            floors = np.fmax(floors, reached)
        return floors

    def _demanded(self, best: pd.DataFrame) -> float:
        full = len(best) >= self.ranking.pool
        return float(best["score"].iloc[-1]) if full else -np.inf


def rounded(best: pd.DataFrame) -> pd.DataFrame:
    """Return predictions to the digits that are the same on every machine."""
    return best.round(dict.fromkeys((*CE_BOUNDS, *LCE_BOUNDS), DIGITS)).reset_index(drop=True)
