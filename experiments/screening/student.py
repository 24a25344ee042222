"""Student: boosted trees that learned a score from the model, to tell what need not be predicted.

The model scores a random sample of the candidates. The student learns from three quarters of
them, and from what seemed the best among many more; the rest of the sample, held out, tells how
far it may be below the score. A candidate whose student's score with that margin misses what the
list demands is left out; every other is predicted by the model, so that all that is printed is
the model's.

What is promised: take the candidates that score at least t, where t, known from the rest, is what
the list demands or, where the sample holds too few of them, the best tenth of it. With m such
held out, the largest of their m underestimates is exceeded by that of a further one with a
probability of at most 1/(m + 1) (split conformal prediction within a class). The margin is
`SAFETY` times that, because the very best are underestimated more than the others of the tenth.
It is no promise for each list: how many of the best are found is measured by ``make bench``.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from anolyte.features.arrays import Flags, Floats

SAFETY = 1.5
# One in so many of the sample is held out.
HELD_OUT = 4
# The share of the sample whose underestimates make the margin, at least.
BEST = 0.1
# Deep enough for interactions, few enough to cost less than the descriptors.
TREES, DEPTH, RATE = 100, 6, 0.15
_BINS, _COLUMNS = 64, 0.3


@dataclass(frozen=True, eq=False)
class Student:
    """A student of one screening.

    Attributes
    ----------
    booster
        The trees, an `xgboost.Booster`.
    floor
        A score that so many candidates are known to reach that no lower one is of interest.
    margin
        How far it may be below the score.
    error
        Root mean squared error on the sample held out.
    held_out
        How many of that sample made the margin.
    kept
        Share of that sample that is not left out.
    """

    booster: Any
    floor: float
    margin: float
    error: float
    held_out: int
    kept: float

    def promising(self, descriptors: Floats) -> Flags:
        """Return of which candidates with descriptors (n, d) the list may have need."""
        return np.asarray(scores_of(self.booster, descriptors) + self.margin >= self.floor)

    @property
    def digest(self) -> bytes:
        """Bytes that tell it from another."""
        told = repr((self.floor, self.margin)).encode()
        return hashlib.sha256(bytes(self.booster.save_raw("ubj")) + told).digest()

    def facts(self) -> dict[str, float]:
        """Return what a record keeps."""
        return {
            "student_error": self.error,
            "student_margin": self.margin,
            "student_held_out": self.held_out,
        }

    def __str__(self) -> str:
        return f"a student with an error of {self.error:.3f}, by a margin of {self.margin:.3f}"


def held_out_rows(count: int) -> Flags:
    """Return which of a random sample (n,), sorted or not, are held out."""
    order = np.random.default_rng(0).permutation(count)
    return np.asarray(order % HELD_OUT == 0)


def fitted(descriptors: Floats, scores: Floats, trees: int) -> Any:
    """Return trees that learned scores (n,) from descriptors (n, d), the same on each call."""
    import xgboost

    regressor = xgboost.XGBRegressor(
        n_estimators=trees,
        max_depth=DEPTH,
        learning_rate=RATE,
        max_bin=_BINS,
        colsample_bytree=_COLUMNS,
        reg_lambda=0.1,
        tree_method="hist",
        random_state=0,
        n_jobs=1,
    )
    return regressor.fit(_single(descriptors), scores).get_booster()


def calibrated(
    booster: Any, floor: float, learned: Floats, descriptors: Floats, scores: Floats
) -> Student:
    """Return the student with the margin that held-out candidates demand.

    Parameters
    ----------
    booster
        See `fitted`.
    floor
        What the list demands, known without the held-out ones.
    learned
        The scores (n,) that the trees learned from.
    descriptors, scores
        Of the candidates held out, (m, d) and (m,).
    """
    below = scores - scores_of(booster, descriptors)
    among = scores >= min(floor, float(np.quantile(learned, 1 - BEST)))
    margin = SAFETY * float(np.max(below[among], initial=0.0))
    # With none to learn from nothing is left out.
    margin = margin if among.any() else np.inf
    kept = float(np.mean(scores - below + margin >= floor))
    return Student(
        booster, floor, margin, float(np.sqrt(np.mean(below**2))), int(among.sum()), kept
    )


def scores_of(booster: Any, descriptors: Floats) -> Floats:
    """Return the scores (n,) that trees predict from descriptors (n, d)."""
    return np.asarray(booster.inplace_predict(_single(descriptors)), dtype=float)


def _single(descriptors: Floats) -> npt.NDArray[np.float32]:
    return np.ascontiguousarray(descriptors, dtype=np.float32)
