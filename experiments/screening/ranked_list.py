"""RankedList: the best candidates of a space, each with what a chemist wants to know of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from anolyte.models.efficiency.evidence import REMOTE
from anolyte.models.efficiency.model import CoulombicEfficiencyModel
from anolyte.models.prediction import CE_BOUNDS, SEI, Column, Prediction
from anolyte.models.properties.registry import PROPERTIES
from anolyte.models.property_columns import ROOM_CELSIUS

from ..ranking.diversity import diverse
from ..ranking.ranking import Ranking, by_score
from ..spaces.candidates import Candidates
from .engine import Part
from .list_columns import enriched
from .student import Student

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# The first columns; those that a list lacks are left out, those not named here come last.
COLUMNS = (
    "rank",
    Column.ELECTROLYTE,
    *CE_BOUNDS,
    "probability",
    "front",
    "family",
    *(name for what in PROPERTIES.values() for name in what.columns),
    "cycles_to_80",
    "cycles_to_80_low",
    "cycles_to_80_excess",
    *SEI,
    Column.EVIDENCE,
    Column.DOMAIN_SCORE,
    Column.NEAREST,
    "reasons",
    Column.REMARKS,
    "flags",
    "fluorine_wt_pct",
    "critical_elements",
    "cost_per_l",
)


@dataclass(frozen=True)
class RankedList:
    """The best candidates of a space, best first.

    Attributes
    ----------
    frame
        One row a candidate: rank, electrolyte, CE with its interval, cycles, SEI, evidence,
        nearest measured electrolytes, flags, ... (see `COLUMNS`).
    metal, criterion, coverage
        What was asked: the metal, the ranking criterion, the coverage of the interval.
    screened
        How many candidates were looked at.
    space
        The space in words.
    caveat
        What the reader has to know before the list, such as that it ranks no predictions.
    predicted
        How many of the candidates were predicted in full; None if it is not known.
    student
        Which told that the others cannot reach the list, see `student.Student`.

    Examples
    --------
    >>> from anolyte.datasets import shipped_compounds
    >>> from anolyte.experiments import CandidateSpace, screen
    >>> from anolyte.models import load_model
    >>> known = shipped_compounds()
    >>> salts, solvents = [known["ZnSO4"], known["Zn(OTf)2"]], [known["H2O"], known["DME"]]
    >>> space = CandidateSpace.of("Zn", salts, solvents)

    >>> ranked = screen(space, load_model("anolyte-models/Zn"), top=3)
    >>> ranked.title
    'Zn: the best 3 of 60 candidates by lower-bound, CE in % with the 90% interval'
    >>> ranked.to_frame().columns[:5].tolist()
    ['rank', 'electrolyte', 'ce_pct', 'ce_low', 'ce_high']
    >>> figure = ranked.plot("bars")
    """

    frame: pd.DataFrame
    metal: str
    criterion: str
    coverage: float
    screened: int
    space: dict[str, str | int | list[str]] = field(default_factory=dict)
    caveat: str = ""
    predicted: int | None = None
    student: Student | None = None

    def to_frame(self) -> pd.DataFrame:
        """Return a copy of the list as a table."""
        return self.frame.copy()

    def __len__(self) -> int:
        return len(self.frame)

    @property
    def title(self) -> str:
        """One line that says what this is."""
        return (
            f"{self.metal}: the best {len(self)} of {self.screened:,} candidates "
            f"by {self.criterion}, CE in % with the {self.coverage:.0%} interval"
        )

    @property
    def effort(self) -> str:
        """One line that says what was predicted, or nothing if it was every candidate."""
        if self.student is None or self.predicted is None:
            return ""
        return f"{self.predicted:,} predicted in full, the others left out by {self.student}"

    def plot(self, kind: str = "bars", most: int = 25) -> Figure:
        """Draw the list: one of `plots.LIST_PLOTS` (bars, pareto, map)."""
        from ..plots.figures import LIST_PLOTS

        if kind not in LIST_PLOTS:
            raise ValueError(f"unknown plot {kind!r}; use one of {', '.join(LIST_PLOTS)}")
        return LIST_PLOTS[kind](self.frame, most)

    def _repr_html_(self) -> str:
        from .list_html import to_html

        return to_html(self.frame, self.title, self.caveat)


def assemble(
    space: Candidates,
    model: CoulombicEfficiencyModel,
    found: Part,
    ranking: Ranking,
    celsius: float = ROOM_CELSIUS,
) -> RankedList:
    """Make the ranked list of the candidates that a screening kept.

    Parameters
    ----------
    space, model
        What was screened with what.
    found
        The pool and the counts.
    ranking
        What was asked.
    celsius
        Temperature of what else is predicted.
    """
    pool = found.best.reset_index(drop=True)
    mixtures = space.take(pool["candidate"].to_numpy())
    predicted = model.assess(mixtures, ranking.coverage, celsius)
    frame, predicted = _chosen(pool, predicted, model, ranking)
    frame["rank"] = np.arange(1, len(frame) + 1)
    texts = [str(space.electrolyte(int(index))) for index in frame["candidate"]]
    frame[Column.ELECTROLYTE] = texts
    frame = enriched(frame.drop(columns="family", errors="ignore"), predicted, space, model)
    first = [column for column in COLUMNS if column in frame]
    return RankedList(
        frame[[*first, *frame.columns.difference(first, sort=False)]],
        space.metal,
        str(ranking.criterion),
        ranking.coverage,
        found.screened,
        space.describe(),
        ranking.criterion.caveat,
        found.predicted,
    )


def _chosen(
    pool: pd.DataFrame, predicted: Prediction, model: CoulombicEfficiencyModel, ranking: Ranking
) -> tuple[pd.DataFrame, Prediction]:
    """Return the rows of the list from the pool, best first, and what is predicted of them."""
    criterion = ranking.criterion
    settled = criterion.settle(pool, predicted).assign(place=np.arange(len(pool)))
    ordered = by_score(settled)
    places = ordered.pop("place").to_numpy()
    rows = np.arange(min(ranking.top, len(pool)))
    if ranking.spreads:
        best_first = predicted.take(places)
        scores, unit = ordered["score"].to_numpy(), criterion.unit(model)
        remote = best_first.domain_score < REMOTE
        rows = diverse(scores, best_first.mixtures, ranking.top, ranking.diversity, unit, remote)
    return ordered.iloc[rows].reset_index(drop=True), predicted.take(places[rows])
