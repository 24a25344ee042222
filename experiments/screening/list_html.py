"""A ranked list as HTML for notebooks: interval bars, and drawings of the compounds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from anolyte.datasets.compounds.drawing import structure_svg
from anolyte.datasets.compounds.registry import Compound
from anolyte.datasets.electrolytes.grammar import parse
from anolyte.datasets.errors import InputError
from anolyte.datasets.measurements.lce import log_coulombic_efficiency
from anolyte.models.prediction import Column, sei_words
from anolyte.models.properties.words import HEADINGS, told_properties

from ..pages import page

ROWS = 20
_DRAWINGS = 40
_BAR = 160
# The scale of the bars, in CE %.
_TICKS = (0, 90, 99, 99.9)
_COLUMNS = {
    "rank": "",
    "molecule": "molecule",
    "electrolyte": "electrolyte",
    "family": "family",
    "bar": "CE / %",
    **{heading: heading for heading in HEADINGS},
    "sei": "SEI",
    "cycles_to_80": "cycles to 80 %",
    "evidence": "evidence",
    "reasons": "reasons",
    "nearest": "nearest measured",
    "flags": "flags",
    "ranked_by": "ranked by",
    "scaffold": "scaffold",
    "parent": "parent",
    "edit": "edit",
    "known_as": "known as",
}


def to_html(frame: pd.DataFrame, title: str = "", caveat: str = "", rows: int = ROWS) -> str:
    """Return the first rows of a ranked list as HTML; all text in it is escaped.

    Parameters
    ----------
    frame
        See `ranked_list.RankedList`.
    title, caveat
        What to say above the table.
    rows
        How many rows to show.
    """
    return page("ranked_list", **_values(frame, title, caveat, rows))


def to_page(frame: pd.DataFrame, title: str = "", caveat: str = "", rows: int = ROWS) -> str:
    """Return `to_html` as a page of its own."""
    return page("ranked_list_page", title=title, **_values(frame, title, caveat, rows))


def _values(frame: pd.DataFrame, title: str, caveat: str, rows: int) -> dict[str, Any]:
    """Return what the template tells of a list."""
    head = frame.head(rows)
    bars = pd.Series(_bars(head), head.index, dtype=object)
    shown = head.assign(bar=bars, sei=_characters(head), **told_properties(head))
    if "smiles" in head:
        # Each row is of one molecule, which is drawn in it.
        shown["molecule"] = list(map(_structure, head["smiles"]))
    if "nearest" in head:
        # The others are in the table.
        shown["nearest"] = [str(value).split("; ", 1)[0] for value in head["nearest"]]
    filled = {name for name in shown if name in ("bar", "sei") or shown[name].astype(str).any()}
    return {
        "said": [text for text in (title, caveat) if text],
        "columns": {name: told for name, told in _COLUMNS.items() if name in filled},
        "rows": shown.to_dict("records"),
        "more": len(frame) - len(head),
        "width": _BAR,
        "ticks": _places(_TICKS),
        "drawings": [] if "smiles" in head else list(_drawings(head)),
    }


def _structure(smiles: str) -> str:
    return structure_svg(Compound(smiles, smiles))


def _characters(head: pd.DataFrame) -> list[str]:
    return sei_words(head) if Column.SEI_FUNCTION in head else [""] * len(head)


def _bars(head: pd.DataFrame) -> list[dict[str, object]]:
    """Return of each interval where its ends and middle stand on the scale, and its figures."""
    bounds = head[["ce_low", "ce_pct", "ce_high"]].to_numpy(dtype=float)
    return [
        {
            **dict(zip(("low", "middle", "high"), _places(row), strict=True)),
            "text": f"{row[1]:.2f} ({row[0]:.2f} to {row[2]:.2f})",
        }
        for row in bounds
    ]


def _places(ce_pct: npt.ArrayLike) -> list[float]:
    """Return where CEs stand on the logarithmic scale of the bars, in pixels."""
    share = log_coulombic_efficiency(ce_pct) / log_coulombic_efficiency(99.95)
    return [round(float(x), 1) for x in _BAR * np.clip(share, 0, 1)]


def _drawings(head: pd.DataFrame) -> Iterator[tuple[str, str]]:
    """Yield each compound of the rows once, its name and its drawing."""
    known: dict[Compound, None] = {}
    for text in head["electrolyte"]:
        try:
            value = parse(str(text))
        except InputError:
            # With compounds of the user's own: the text says what it is.
            continue
        known |= dict.fromkeys(value.compounds)
    for compound in list(known)[:_DRAWINGS]:
        yield str(compound), structure_svg(compound)
