"""How `anolyte screen` reads a criterion and prints a ranked list."""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING, Any

from .console import print_table

if TYPE_CHECKING:
    import pandas as pd

    from ...ranking.criteria import Criterion
    from ...screening.ranked_list import RankedList

_RANGE = re.compile(r"(?<=\d) to (?=-?\d)")
# The columns that `--details` prints below each row, and how they are introduced.
DETAILS = {
    "reasons": "why",
    "nearest": "nearest measured",
    "sei_species": "SEI species",
    "remarks": "careful",
    "flags": "not known",
}


def criterion_of(by: str, target: float | None, weights: str) -> Criterion:
    """Return the criterion of the options; a target or weights say which is meant.

    Raises
    ------
    ValueError
        If the options contradict each other or name no criterion.
    """
    from ...ranking.criteria import Probability
    from ...ranking.multi_objective import Pareto, Weighted
    from ...ranking.ranking import as_criterion

    meant = {"probability": target is not None, "weighted": bool(weights)}
    for name, given in meant.items():
        if given and by not in ("", name) and not (name == "weighted" and by == "pareto"):
            option = "--target" if name == "probability" else "--weights"
            raise ValueError(f"{option} belongs to --by {name}, not to --by {by}")
    if by == "pareto" and weights:
        # The weights only say which objectives there are: each has its better end.
        return Pareto(tuple(name for name, _ in Weighted.read(weights).weights))
    if target is not None and weights:
        raise ValueError("give --target or --weights, not both")
    if target is not None:
        return Probability(target)
    return Weighted.read(weights) if weights else as_criterion(by or "lower-bound")


def print_ranked(ranked: RankedList, show: int, details: bool) -> None:
    """Print the first rows of a ranked list, as wide as a terminal, with or without details."""
    frame = ranked.to_frame().head(show)
    if ranked.caveat:
        print(f"{ranked.metal}: {ranked.caveat}")
    if show:
        title = ranked.title.replace(f"best {len(ranked)}", f"best {len(frame)}", 1)
        print_table(_short(frame), title)
    if ranked.effort:
        print(ranked.effort)
    if details:
        for row in frame.to_dict("records"):
            print("\n".join([f"{row['rank']}  {row['electrolyte']}", *_details(row)]))


def _short(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the columns that fit side by side, as text."""
    import pandas as pd
    from anolyte.models.prediction import sei_words
    from anolyte.models.properties.words import told_properties

    shown = pd.DataFrame({"rank": frame["rank"], "electrolyte": frame["electrolyte"]})
    if "family" in frame:
        shown["family"] = frame["family"]
    shown["CE"] = frame["ce_pct"].map("{:.2f}".format)
    shown["interval"] = [
        f"{low:.2f} to {high:.2f}"
        for low, high in zip(frame["ce_low"], frame["ce_high"], strict=True)
    ]
    if "probability" in frame:
        shown["probability"] = frame["probability"].map("{:.0%}".format)
    if "front" in frame:
        shown["front"] = frame["front"]
        shown["F / wt%"] = frame["fluorine_wt_pct"].map("{:.0f}".format)
    if "cost_per_l" in frame:
        shown["cost / L"] = frame["cost_per_l"].map("{:.3g}".format).replace("nan", "?")
    for heading, words in told_properties(frame).items():
        # Narrow, so that the electrolytes keep to one line.
        shown[heading.replace(" / ", "\n/ ")] = [_RANGE.sub("–", word) for word in words]
    shown["SEI"] = sei_words(frame)
    shown["evidence"] = frame["evidence"]
    if frame["flags"].any():
        shown["flags"] = frame["flags"]
    return shown


def _details(row: Mapping[Hashable, Any]) -> list[str]:
    """Return what else is known of a row, a line each."""
    from anolyte.models.efficiency.recipes import PRIOR

    lines = [f"{row['fluorine_wt_pct']:.1f} wt% fluorine, domain {row['domain_score']:.2f}"]
    said = DETAILS
    if row["evidence"] == PRIOR:
        # The same for every candidate: no news of this one.
        said = {name: what for name, what in DETAILS.items() if name != "reasons"}
    else:
        lines.append(
            f"cycles to 80 % without excess metal: {row['cycles_to_80']} "
            f"(at the lower bound {row['cycles_to_80_low']}), "
            f"with as much again: {row['cycles_to_80_excess']}"
        )
    lines += [f"{what}: {row[name]}" for name, what in said.items() if row.get(name)]
    return [f"   {line}" for line in lines]
