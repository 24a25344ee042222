"""Write tables for spreadsheets: lossless, and safe from cells that start a formula."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Literal

import pandas as pd

from .atomic import write_bytes

# Apostrophes before it count, so that a reader who takes one away finds what was there.
_FORMULA = re.compile(r"'*[=+\-@＝＋－＠\t\r\n]")


def guard(text: object) -> object:
    """Return a cell that a spreadsheet will not take for a formula."""
    return f"'{text}" if isinstance(text, str) and _FORMULA.match(text) else text


def guarded(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table in which no text is a formula to a spreadsheet."""
    safe = frame.copy()
    for column in safe.columns:
        if not pd.api.types.is_numeric_dtype(safe[column]):
            safe[column] = safe[column].map(guard)
    safe.columns = pd.Index([guard(column) for column in safe.columns])
    return safe


def quoting(frame: pd.DataFrame) -> Literal[0, 2]:
    """Return how to quote a table: all texts where one holds a carriage return.

    Unquoted it would end the row.
    """
    texts = frame.select_dtypes(exclude="number")
    broken = any(texts[column].astype(str).str.contains("\r").any() for column in texts)
    return csv.QUOTE_NONNUMERIC if broken else csv.QUOTE_MINIMAL


def write_csv(frame: pd.DataFrame, path: str | Path) -> Path:
    """Write a table as CSV; the file appears complete or not at all.

    Text that starts with ``= + - @``, column names included, gets a leading apostrophe, as
    spreadsheets expect; `datasets` takes it away again.
    """
    safe = guarded(frame)
    text = safe.to_csv(index=False, lineterminator="\n", quoting=quoting(safe))
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
