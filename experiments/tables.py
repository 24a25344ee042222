"""Write tables for spreadsheets: lossless, and safe from cells that start a formula."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from anolyte.datasets.files import write_bytes

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def guard(text: object) -> object:
    """Return a cell that a spreadsheet will not take for a formula."""
    return f"'{text}" if isinstance(text, str) and text.startswith(_FORMULA) else text


def guarded(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table in which no text is a formula to a spreadsheet."""
    safe = frame.copy()
    for column in safe.columns:
        if not pd.api.types.is_numeric_dtype(safe[column]):
            safe[column] = safe[column].map(guard)
    return safe


def write_csv(frame: pd.DataFrame, path: str | Path) -> Path:
    """Write a table as CSV; the file appears complete or not at all.

    Text that starts with ``= + - @`` gets a leading apostrophe, as spreadsheets expect.
    """
    text = guarded(frame).to_csv(index=False, lineterminator="\n")
    return write_bytes(text.encode(), Path(path))


def write_table_file(frame: pd.DataFrame, path: str | Path) -> Path:
    """Write a table as ``.csv`` (see `write_csv`) or ``.parquet``, by the name of the file.

    Raises
    ------
    ValueError
        If the name ends otherwise or its folder does not exist.
    """
    path = checked_table_path(path)
    if path.suffix == ".csv":
        return write_csv(frame, path)
    return write_bytes(frame.to_parquet(index=False), path)


def checked_table_path(path: str | Path) -> Path:
    """Return a path that `write_table_file` can write to, or raise ValueError."""
    path = Path(path)
    if path.suffix not in (".csv", ".parquet"):
        raise ValueError(f"{path}: the name must end in .csv or .parquet")
    if not path.absolute().parent.is_dir():
        raise ValueError(f"{path}: there is no folder {path.absolute().parent}")
    return path
