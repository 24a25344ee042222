"""A library as a page with each molecule drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from anolyte.datasets.compounds.drawing import structure_svg
from anolyte.datasets.compounds.registry import Compound

from ..pages import page

if TYPE_CHECKING:
    import pandas as pd

# More is no page to look at.
ROWS = 2000
_COLUMNS = {"molecule": "molecule", "smiles": "SMILES", "parent": "from", "edit": "edit",
            "known_as": "known as"}  # fmt: skip


def library_page(table: pd.DataFrame, title: str, rows: int = ROWS) -> str:
    """Return the first molecules of a table as a page of its own; all text is escaped.

    Parameters
    ----------
    table
        See `neighbours.as_table`.
    title
        Of the page.
    rows
        How many molecules to show.
    """
    head = table.head(rows)
    drawn = [structure_svg(Compound(smiles, smiles)) for smiles in head["smiles"]]
    shown = head.assign(molecule=drawn)
    return page(
        "ranked_list_page",
        title=title,
        said=[f"{len(table):,} {title}"],
        columns={name: told for name, told in _COLUMNS.items() if name in shown},
        rows=shown.to_dict("records"),
        more=len(table) - len(head),
        width=0,
        ticks=[],
        drawings=[],
    )
