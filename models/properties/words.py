"""Further properties of a table of predictions in words, for those who print it."""

from __future__ import annotations

import pandas as pd

from ..property_columns import figures
from .registry import PROPERTIES

# Of the columns that are printed, by the property.
HEADINGS = {f"{what.name} / {what.unit}": what for what in PROPERTIES.values()}


def told_properties(frame: pd.DataFrame) -> dict[str, list[str]]:
    """Return for each property that a table has its heading and the rows (n) in words.

    Where none is predicted the words are ``not predicted``, with the reason in a single row.
    """
    found = {}
    for heading, what in HEADINGS.items():
        if what.column in frame:
            words = figures(frame, what.column)
            if len(frame) == 1 and (reason := str(frame[what.reason].iloc[0])):
                words = [f"{words[0]}: {reason}"]
            found[heading] = words
    return found
