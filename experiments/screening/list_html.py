"""A ranked list as HTML for notebooks: interval bars, and drawings of the compounds."""

from __future__ import annotations

from html import escape

import numpy as np
import pandas as pd
from anolyte.datasets.compounds.drawing import structure_svg
from anolyte.datasets.compounds.registry import Compound
from anolyte.datasets.electrolytes.grammar import parse
from anolyte.datasets.errors import InputError
from anolyte.datasets.measurements.lce import log_coulombic_efficiency

ROWS = 20
_DRAWINGS = 40
_BAR = 160
# The scale of the bars, in CE %.
_TICKS = (0, 90, 99, 99.9)
_STYLE = (
    "<style>.anolyte td,.anolyte th{text-align:left;padding:3px 8px;vertical-align:middle;"
    "max-width:24em}.anolyte td.nearest{overflow-wrap:anywhere;min-width:14em}"
    ".anolyte td.reasons{min-width:18em}.anolyte td.electrolyte{min-width:11em}"
    ".anolyte svg{display:block}.anolyte figure{display:inline-block;margin:4px;"
    "text-align:center;font-size:85%;background:white;color:black}</style>"
)


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
    head = frame.head(rows)
    columns = {"rank": "", "electrolyte": "electrolyte", "bar": "CE / %", "sei": "SEI"}
    columns |= {"cycles_to_80": "cycles to 80 %", "evidence": "evidence", "reasons": "reasons"}
    columns |= {"nearest": "nearest measured", "flags": "flags"}
    cells = {
        name: _cells(head, name)
        for name in columns
        if name in ("bar", "sei") or (name in head and head[name].astype(str).any())
    }
    heads = "".join(f"<th>{escape(columns[name])}</th>" for name in cells)
    tags = [f'<td class="{name}">' for name in cells]
    lines = [zip(tags, line, strict=True) for line in zip(*cells.values(), strict=True)]
    body = "".join(f"<tr>{''.join(f'{tag}{cell}</td>' for tag, cell in row)}</tr>" for row in lines)
    more = f"<p>{len(frame) - len(head)} more rows</p>" if len(frame) > len(head) else ""
    said = "".join(f"<p>{escape(text)}</p>" for text in (title, caveat) if text)
    table = f"<table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>"
    return f'{_STYLE}<div class="anolyte">{said}{table}{more}{_drawings(head)}</div>'


def to_page(frame: pd.DataFrame, title: str = "", caveat: str = "", rows: int = ROWS) -> str:
    """Return `to_html` as a page of its own."""
    head = f'<meta charset="utf-8"><title>{escape(title)}</title>'
    style = "<style>body{font:12px system-ui,sans-serif;margin:16px}</style>"
    body = to_html(frame, title, caveat, rows)
    return f'<!doctype html><html lang="en"><head>{head}{style}</head><body>{body}</body></html>'


def _cells(head: pd.DataFrame, name: str) -> list[str]:
    if name == "bar":
        bounds = head[["ce_low", "ce_pct", "ce_high"]].to_numpy(dtype=float)
        return [_bar(*map(float, row)) for row in bounds]
    if name == "sei":
        if "sei_character" not in head:
            return [""] * len(head)
        pairs = zip(head["sei_character"], head["sei_probability"], strict=True)
        return [escape(f"{character} ({share:.0%})") for character, share in pairs]
    if name == "nearest":
        # The others are in the table.
        return [escape(str(value).split("; ", 1)[0]) for value in head[name]]
    return [escape(str(value)) for value in head[name]]


def _bar(low: float, middle: float, high: float) -> str:
    """Draw an interval on a logarithmic scale, with its figures."""
    whole = log_coulombic_efficiency(99.95)
    at = _BAR * np.clip(log_coulombic_efficiency([low, middle, high]) / whole, 0, 1)
    ticks = "".join(
        f'<line x1="{x:.1f}" x2="{x:.1f}" y1="0" y2="12" stroke="#bbb"/>'
        for x in np.abs(_BAR * log_coulombic_efficiency(list(_TICKS)) / whole)
    )
    text = f"{middle:.2f} ({low:.2f} to {high:.2f})"
    return (
        f'{text}<svg width="{_BAR + 4}" height="12" viewBox="0 0 {_BAR + 4} 12" role="img" '
        f'aria-label="{text}">{ticks}'
        f'<line x1="{at[0]:.1f}" x2="{at[2]:.1f}" y1="6" y2="6" stroke="#4c8cc4" '
        f'stroke-width="6" stroke-opacity="0.5"/><circle cx="{at[1]:.1f}" cy="6" r="4" '
        'fill="#1f5f99"/></svg>'
    )


def _drawings(head: pd.DataFrame) -> str:
    """Draw each compound of the rows once, under its name."""
    known: dict[Compound, None] = {}
    for text in head["electrolyte"]:
        try:
            value = parse(str(text))
        except InputError:
            # With compounds of the user's own: the text says what it is.
            continue
        doses = (*value.salts, *value.additives)
        met = [dose.compound for dose in doses if dose.compound is not None]
        known |= dict.fromkeys([*met, *(share.compound for share in value.base)])
    figures = (
        f"<figure>{structure_svg(compound)}<figcaption>{escape(str(compound))}</figcaption></figure>"
        for compound in list(known)[:_DRAWINGS]
    )
    return f"<div>{''.join(figures)}</div>"
