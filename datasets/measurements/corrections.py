"""Correct the project's own measurements: remove rows, or change cells of one.

Every change keeps a copy of the table as it was; a change is checked as an addition is.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from ..errors import Fault, TableError, choice
from .own import TABLE, locked, own_measurements, replace_own, write_table
from .schema import COLUMNS
from .table import read_measurements

ID = "measurement_id"


@dataclass(frozen=True, slots=True)
class Correction:
    """What `remove_measurements` or `edit_measurement` did.

    Attributes
    ----------
    before, after
        The rows that were changed, as they were and as they are; of removed rows none is left.
    table, backup
        Where the measurements are, and the copy of the table as it was.
    """

    before: pd.DataFrame
    after: pd.DataFrame
    table: Path
    backup: Path


def remove_measurements(ids: Sequence[str], store: str | Path) -> Correction:
    """Remove rows of a project's own measurements.

    Parameters
    ----------
    ids
        Their ``measurement_id``, such as ``own-00003``.
    store
        Folder of own measurements.

    Raises
    ------
    TableError
        If there is no row of an id; then nothing is removed.
    """
    folder = Path(store)
    with locked(folder):
        own = _own(folder)
        chosen = _rows(own, ids)
        backup = _replaced(own[~chosen], folder)
        return Correction(own[chosen], own[:0], folder / TABLE, backup)


def edit_measurement(identifier: str, changes: Mapping[str, str], store: str | Path) -> Correction:
    """Change cells of one row of a project's own measurements.

    Parameters
    ----------
    identifier
        Its ``measurement_id``.
    changes
        New texts by column; an empty one empties the cell.
    store
        Folder of own measurements.

    Raises
    ------
    TableError
        If there is no such row or column, or the row would have faults; then nothing changes.
    """
    folder = Path(store)
    columns = [name for name in COLUMNS if name != ID]
    faults = [
        Fault("column", name, "unknown or not to be changed", choice(name, columns))
        for name in changes
        if name not in columns
    ]
    if faults:
        raise TableError("nothing was changed", faults)
    with locked(folder):
        own = _own(folder)
        chosen = _rows(own, [identifier])
        texts = own[chosen].astype(object).where(own[chosen].notna(), "").astype(str)
        if "ce_pct" in changes and "ce_qualifier" not in changes:
            # A value without a sign is an exact one.
            texts["ce_qualifier"] = ""
        row = _checked(texts.assign(**changes), folder)
        merged = pd.concat([own[~chosen], row.set_axis(own.index[chosen])]).sort_index()
        backup = _replaced(merged, folder)
        return Correction(own[chosen], row, folder / TABLE, backup)


def _own(folder: Path) -> pd.DataFrame:
    own = own_measurements(folder)
    if own is None:
        fault = Fault("folder", str(folder), "no own measurements", "add some: anolyte data add")
        raise TableError("nothing to correct", [fault])
    return own


def _rows(own: pd.DataFrame, ids: Sequence[str]) -> pd.Series:
    known = set(own[ID])
    faults = [
        Fault("measurement_id", each, "no such row", "anolyte data export shows the ids")
        for each in ids
        if each not in known
    ]
    if faults:
        raise TableError("nothing was changed", faults)
    return own[ID].isin(list(ids))


def _checked(row: pd.DataFrame, folder: Path) -> pd.DataFrame:
    """Return a row of texts as `read_measurements` reads it."""
    with tempfile.TemporaryDirectory() as scratch:
        path = write_table(row, Path(scratch, TABLE))
        try:
            return read_measurements(path)
        except TableError as error:
            raise TableError(f"nothing was changed in {folder / TABLE}", error.faults) from None


def _replaced(table: pd.DataFrame, folder: Path) -> Path:
    backup = replace_own(table, folder)
    assert backup is not None  # what is corrected was there
    return backup
