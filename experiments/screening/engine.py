"""Screening: the best candidates of one partition of a space, and how partitions merge.

A partition is a range of candidate numbers, always the same whatever machine or process
screens it, and what comes out does not depend on what was screened before: so the list is the
same, byte for byte, from one process, from many, and after an interruption. What a student (see
`student`) leaves out depends on the candidate alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from threading import Lock
from typing import Any

import numpy as np
import pandas as pd
from anolyte.features.arrays import Floats, Integers
from anolyte.features.mixtures import Mixtures
from anolyte.models.efficiency.model import CoulombicEfficiencyModel
from anolyte.models.prediction import CE_BOUNDS, LCE_BOUNDS
from anolyte.models.property_columns import ROOM_CELSIUS, Properties
from anolyte.models.threads import one_thread

from ..ranking.ranking import Ranking
from ..spaces.candidates import Candidates
from .student import TREES, Student, calibrated, fitted, held_out_rows, scores_of

# Matrices of this many rows stay in the processor's cache.
CHUNK = 10_000
# What a worker screens in a second, and what is lost with a worker.
CHUNKS_PER_PARTITION = 25
# One candidate in so many teaches the student, at least and at most so many.
SAMPLED, LEAST_SAMPLED, MOST_SAMPLED = 50, 1_000, 20_000
# So many are looked through by a first student; of them so many times what the list demands
# are predicted, and at least so many.
SCANNED, LEADERS, LEAST_LEADERS = 200_000, 4, 2_000
# A student that keeps more than this costs more than it saves.
MOST_KEPT = 0.6
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
    predicted
        How many of these were predicted in full.
    """

    best: pd.DataFrame
    screened: int
    predicted: int

    def joined(self, other: Part, ranking: Ranking) -> Part:
        """Return the best of both."""
        frames = [part.best for part in (self, other) if len(part.best)]
        return Part(
            ranking.best(pd.concat(frames)) if frames else self.best,
            self.screened + other.screened,
            self.predicted + other.predicted,
        )


NOTHING = Part(pd.DataFrame(), 0, 0)


@dataclass(frozen=True)
class Screening:
    """Everything that a process has to know to screen any partition.

    Attributes
    ----------
    space, model, ranking
        What is screened with what, and what is asked.
    exact
        Whether to predict every candidate in full.
    celsius
        Temperature of what else is predicted, such as the conductivity.
    student
        Which tells what need not be predicted, see `prepared`.
    """

    space: Candidates
    model: CoulombicEfficiencyModel
    ranking: Ranking
    exact: bool = False
    celsius: float = ROOM_CELSIUS
    student: Student | None = None

    def partitions(self) -> list[Range]:
        """Return the ranges of numbers that cover the space."""
        return list(self.space.chunks(self._size * CHUNKS_PER_PARTITION))

    def part(self, start: int, stop: int) -> Part:
        """Screen the candidates numbered `start` to `stop` (exclusive)."""
        return self._screened(np.arange(start, stop))

    def prepared(self) -> Screening:
        """Return the screening with a student, or as exact where a student would not pay."""
        if self.exact or self.student is not None:
            return self
        student = self._taught() if len(self.space) >= SAMPLED * LEAST_SAMPLED else None
        pays = student is not None and student.kept <= MOST_KEPT
        return replace(self, student=student) if pays else replace(self, exact=True)

    def portable(self) -> Screening:
        """Return an equal screening without what was computed on the way."""
        return replace(self, space=self.space.renewed())

    def _taught(self) -> Student | None:
        """Return a student taught on a sample of the candidates."""
        sample = self.space.sample(min(len(self.space) // SAMPLED, MOST_SAMPLED))
        with one_thread():
            self._prime()
            sample, mixtures = self._allowed(sample)
            if len(sample) < LEAST_SAMPLED // 2:
                return None
            found = self._predicted(sample)
            scores, descriptors = found["score"].to_numpy(), self._descriptors(mixtures)
            out = held_out_rows(len(sample))
            # Of many more candidates, those that a first student holds for the best tell what
            # the list will demand, and teach where it matters.
            scout = fitted(descriptors[~out], scores[~out], TREES // 2)
            scanned = np.setdiff1d(self.space.sample(min(len(self.space) // 4, SCANNED), 1), sample)
            leaders = self._leaders(scanned, scout)
            known = pd.concat([found[~out], self._predicted(leaders)], ignore_index=True)
            seen = np.vstack([descriptors[~out], self._descriptors(self.space.take(leaders))])
            booster = fitted(seen, known["score"].to_numpy(), TREES)
            floor = self.ranking.floor(self.ranking.best(known))
            return calibrated(booster, floor, scores[~out], descriptors[out], scores[out])

    def _leaders(self, numbers: Integers, booster: Any) -> Integers:
        """Return the candidates that a student holds for the best, one of each family."""
        kept, scores = [numbers[:0]], [np.empty(0)]
        for chunk in self._chunks(numbers):
            allowed, mixtures = self._allowed(chunk)
            kept.append(allowed)
            if len(allowed):
                scores.append(scores_of(booster, self._descriptors(mixtures)))
        ordered = np.concatenate(kept)[np.argsort(-np.concatenate(scores), kind="stable")]
        if not self.ranking.all_amounts:
            _, first = np.unique(self.space.families(ordered), return_index=True)
            ordered = ordered[np.sort(first)]
        return ordered[: max(LEADERS * self.ranking.demands, LEAST_LEADERS)]

    def _screened(self, numbers: Integers) -> Part:
        # One thread: the same bits on every machine, and a process for each core.
        with one_thread():
            self._prime()
            screened, kept = 0, [numbers[:0]]
            for chunk in self._chunks(numbers):
                allowed, mixtures = self._allowed(chunk)
                screened += len(allowed)
                if self.student is not None and len(allowed):
                    allowed = allowed[self.student.promising(self._descriptors(mixtures))]
                kept.append(allowed)
            part = Part(NOTHING.best, screened, sum(map(len, kept)))
            for chunk in self._chunks(np.concatenate(kept)):
                part = part.joined(replace(NOTHING, best=self._full(chunk)), self.ranking)
        return part

    def _allowed(self, numbers: Integers) -> tuple[Integers, Mixtures]:
        """Return those of some candidates that satisfy the constraints of the space."""
        mixtures = self.space.take(numbers)
        keep = self.space.constraints.mask(mixtures)
        keep &= self.space.constraints.admits(mixtures, self._properties, keep)
        return (numbers, mixtures) if keep.all() else (numbers[keep], mixtures.take(keep))

    @property
    def _properties(self) -> Properties:
        return Properties(self.model.properties_, self.celsius)

    def _prime(self) -> None:
        """Compute the descriptor tables of the space.

        Mixtures multiply by all tables that they find at once: found all at once from the
        first, the last bits of the products do not depend on what was screened before.
        """
        with _PRIMING:
            self.space.constraints.mask(self.space.mixtures(0, _PRIMED))
            self._full(np.arange(min(_PRIMED, len(self.space))))

    def _descriptors(self, mixtures: Mixtures) -> Floats:
        """Return what the student sees of candidates (n, d)."""
        return self.model.featurizer.transform(mixtures)

    def _predicted(self, numbers: Integers) -> pd.DataFrame:
        """Return `_full` of many candidates."""
        return pd.concat([self._full(chunk) for chunk in self._chunks(numbers)], ignore_index=True)

    @property
    def _size(self) -> int:
        return min(CHUNK, self.space.chunk_rows)

    def _chunks(self, numbers: Integers) -> Iterator[Integers]:
        firsts = range(0, len(numbers), self._size)
        return (numbers[first : first + self._size] for first in firsts)

    def _full(self, numbers: Integers) -> pd.DataFrame:
        """Return what the model says of candidates (n rows)."""
        predicted = self.model.assess(self.space.take(numbers), self.ranking.coverage)
        frame = predicted.bounds
        frame["score"] = np.round(
            self.ranking.criterion.scores(predicted, self.model), SCORE_DIGITS
        )
        frame["candidate"] = numbers
        if not self.ranking.all_amounts:
            frame["family"] = self.space.families(numbers)
        return frame


def rounded(best: pd.DataFrame) -> pd.DataFrame:
    """Return predictions to the digits that are the same on every machine."""
    return best.round(dict.fromkeys((*CE_BOUNDS, *LCE_BOUNDS), DIGITS)).reset_index(drop=True)
