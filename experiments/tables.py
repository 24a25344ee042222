"""Write tables for spreadsheets: lossless, and safe from cells that start a formula."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pandas as pd

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def guard(text: object) -> object:
    """Return a cell that a spreadsheet will not take for a formula."""
    return f"'{text}" if isinstance(text, str) and text.startswith(_FORMULA) else text


def write_csv(frame: pd.DataFrame, path: str | Path) -> Path:
    """Write a table as CSV; the file appears complete or not at all.

    Text that starts with ``= + - @`` gets a leading apostrophe, as spreadsheets expect.
    """
    path = Path(path)
    guarded = frame.copy()
    for column in guarded.columns:
        if not pd.api.types.is_numeric_dtype(guarded[column]):
            guarded[column] = guarded[column].map(guard)
    handle, staging = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as stream:
            guarded.to_csv(stream, index=False, lineterminator="\n")
        Path(staging).chmod(0o644)
        os.replace(staging, path)
    finally:
        Path(staging).unlink(missing_ok=True)
    return path
