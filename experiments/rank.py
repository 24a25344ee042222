"""Screen a candidate space: predict chunk by chunk, keep the best, return a ranked list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from anolyte.models.efficiency import CoulombicEfficiencyModel

from .candidates import CandidateSpace

# Matrices of this many rows stay in the processor's cache.
CHUNK = 10_000
Progress = Callable[[str, int, int], None]

COLUMNS = ("rank", "electrolyte", "ce_pct", "ce_low", "ce_high", "lce", "lce_low", "candidate")
# What a list may be ranked by: the column that decides.
CRITERIA = {"lower-bound": "lce_low", "expected": "lce"}


@dataclass(frozen=True)
class RankedList:
    """The best candidates of a space, best first.

    Attributes
    ----------
    frame
        One row a candidate with the columns `COLUMNS`.
    metal, criterion, coverage
        What was asked: the metal, the ranking criterion, the coverage of the interval.
    screened
        How many candidates were predicted.
    """

    frame: pd.DataFrame
    metal: str
    criterion: str
    coverage: float
    screened: int
    space: dict[str, str | int | list[str]] = field(default_factory=dict)

    def to_frame(self) -> pd.DataFrame:
        """Return a copy of the list as a table."""
        return self.frame.copy()

    def __len__(self) -> int:
        return len(self.frame)


def screen(
    space: CandidateSpace,
    model: CoulombicEfficiencyModel,
    top: int = 100,
    criterion: str = "lower-bound",
    coverage: float = 0.9,
    all_amounts: bool = False,
    progress: Progress | None = None,
) -> RankedList:
    """Rank the candidates of a space.

    Parameters
    ----------
    space
        The candidates; they are predicted in chunks, so memory does not grow with it.
    model
        A fitted model of the same metal.
    top
        Length of the list.
    criterion
        One of `CRITERIA`; ties go to the lower candidate number.
    coverage
        Of the interval, see `CoulombicEfficiencyModel.predict_interval`.
    all_amounts
        Whether to list every amount and additive of one salt in the same solvents; by
        default only the best of them, so that the top is no row of near copies.

    Raises
    ------
    ValueError
        If the model is of another metal or the criterion is unknown.
    """
    if model.metal != space.metal:
        raise ValueError(f"the model is for {model.metal}, the candidates are for {space.metal}")
    if criterion not in CRITERIA:
        raise ValueError(f"unknown criterion {criterion!r}; use one of {', '.join(CRITERIA)}")
    if top < 1:
        raise ValueError("a ranked list has at least one row")
    best = pd.DataFrame()
    for start, stop in space.chunks(CHUNK):
        if progress is not None:
            progress("screening candidates", start, len(space))
        chunk = model.predict_interval(space.mixtures(start, stop), coverage)
        chunk["candidate"] = np.arange(start, stop)
        if not all_amounts:
            chunk["family"] = space.families(chunk["candidate"].to_numpy())
        best = _best(pd.concat([best, chunk]) if len(best) else chunk, criterion, top)
    if progress is not None:
        progress("screening candidates", len(space), len(space))
    best["rank"] = np.arange(1, len(best) + 1)
    best["electrolyte"] = [str(space.electrolyte(int(index))) for index in best["candidate"]]
    frame = best[list(COLUMNS)].reset_index(drop=True)
    return RankedList(frame, space.metal, criterion, coverage, len(space), space.describe())


def _best(candidates: pd.DataFrame, criterion: str, top: int) -> pd.DataFrame:
    by = CRITERIA[criterion]
    ordered = candidates.sort_values([by, "candidate"], ascending=[False, True], kind="stable")
    if "family" in ordered.columns:
        ordered = ordered.drop_duplicates("family")
    return ordered.head(top)
