"""A grid of the molecules of a list: drawing, rank, CE with its interval (no display needed)."""

from __future__ import annotations

import io
import textwrap

import pandas as pd
from anolyte.datasets.compounds.drawing import SIZE, structure_png
from anolyte.datasets.compounds.registry import Compound
from matplotlib.figure import Figure

# Inches of a card, and of the words below its molecule.
_WIDTH, _HEIGHT, _WORDS = 2.3, 2.3 * SIZE[1] / SIZE[0], 0.62
_ACROSS = 6
_LETTERS = 40


def molecule_cards(frame: pd.DataFrame, most: int = 24) -> Figure:
    """Draw the first molecules of a table in a grid.

    Parameters
    ----------
    frame
        With the column smiles; rank, ce_pct, ce_low, ce_high and edit, name or scaffold are said
        where they are there.
    most
        How many rows of it.

    Raises
    ------
    ValueError
        If the table is of no molecules.
    """
    from matplotlib.image import imread

    if "smiles" not in frame or not len(frame):
        raise ValueError("there is no molecule to draw: the list is not of a library")
    rows = frame.head(most).to_dict("records")
    across = min(_ACROSS, len(rows))
    down = -(-len(rows) // across)
    width, height = across * _WIDTH, down * (_HEIGHT + _WORDS)
    figure = Figure(figsize=(width, height), dpi=110)
    for at, row in enumerate(rows):
        smiles = str(row["smiles"])
        left = at % across * _WIDTH / width
        bottom = 1 - ((at // across + 1) * (_HEIGHT + _WORDS) - _WORDS) / height
        axes = figure.add_axes((left, bottom, _WIDTH / width, _HEIGHT / height))
        axes.imshow(imread(io.BytesIO(structure_png(Compound(smiles, smiles))), format="png"))
        axes.set_axis_off()
        middle = left + _WIDTH / width / 2
        figure.text(middle, bottom, _words({str(k): v for k, v in row.items()}), ha="center",
                    va="top", fontsize=7.5)  # fmt: skip
    return figure


def _words(row: dict[str, object]) -> str:
    lines = []
    if "ce_pct" in row:
        figures = f"CE {row['ce_pct']:.2f} ({row['ce_low']:.2f} to {row['ce_high']:.2f})"
        lines.append(f"{row.get('rank', '')}  {figures}".strip())
    lines.append(str(row["smiles"])[:_LETTERS])
    more = row.get("edit") or row.get("name") or row.get("scaffold") or ""
    lines.append(textwrap.shorten(str(more), _LETTERS, placeholder="..."))
    return "\n".join(lines)
