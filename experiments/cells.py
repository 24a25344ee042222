"""How a value is written in a table: on a terminal, in a report, on a page."""

from __future__ import annotations

from typing import Any

# What stands where nothing is known; a page may have a longer dash.
MISSING = "-"


def cell(value: Any, number: str = "", missing: str = MISSING) -> str:
    """Return a value of a table as text.

    Parameters
    ----------
    value
        A text, a figure, or nothing: None, NaN and pandas' own word for it.
    number
        How a float is written, as in ``format``: ``.3f``; as it is by default.
    missing
        What is written for nothing.
    """
    import pandas as pd

    if pd.api.types.is_scalar(value) and pd.isna(value):
        return missing
    return format(value, number) if isinstance(value, float) else str(value)
