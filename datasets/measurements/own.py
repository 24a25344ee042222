"""The project's own measurements: a local table beside the shipped ones, safe to add to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
from filelock import FileLock

from ..compounds.metals import METALS
from ..compounds.registry import CompoundRegistry
from ..errors import Fault, TableError
from ..files.atomic import write_bytes
from .table import IDENTITY, load_measurements, read_measurements

TABLE = "measurements.csv"
BACKUPS = "backups"
# How the ids of own measurements begin.
_OWN = "own-"
_LOCK = ".lock"


@dataclass(frozen=True, slots=True)
class Addition:
    """What `add_measurements` did.

    Attributes
    ----------
    added
        Number of new rows by metal.
    table
        Where the project's own measurements are now.
    backup
        The copy of the table as it was before; None for a first addition.
    measurements
        The new rows, as `read_measurements` read them.
    """

    added: dict[str, int]
    table: Path
    backup: Path | None
    measurements: pd.DataFrame


def own_measurements(store: str | Path) -> pd.DataFrame | None:
    """Return the measurements of a project's own folder, or None where there are none.

    Raises
    ------
    TableError
        If the table was damaged by hand.
    """
    path = Path(store) / TABLE
    return read_measurements(path) if path.exists() else None


def own_count(measurements: pd.DataFrame) -> int:
    """Return how many rows of a table come from a project's own folder."""
    return int(measurements["measurement_id"].str.startswith(_OWN).sum())


def add_measurements(
    path: str | Path,
    store: str | Path,
    metal: str | None = None,
    registry: CompoundRegistry | None = None,
) -> Addition:
    """Check a table and merge it into the measurements of a project's own folder.

    The new table replaces the old one in one step, after a copy of the old one was kept;
    the shipped tables are never touched.

    Raises
    ------
    TableError
        With all faults of the table, and every row that is already known (shipped or own).
    """
    read = read_measurements(path, metal, registry)
    new = read.copy()
    folder = Path(store)
    with locked(folder):
        own = own_measurements(folder)
        known = [load_measurements(each) for each in METALS if each in set(new["metal"])]
        faults = _known_rows(new, pd.concat([*known, *([] if own is None else [own])]))
        if faults:
            raise TableError(f"nothing was added from {path}", faults)
        start = 0 if own is None else _last_number(own)
        new["measurement_id"] = [f"{_OWN}{start + n + 1:05d}" for n in range(len(new))]
        merged = new if own is None else pd.concat([own, new], ignore_index=True)
        backup = replace_own(merged, folder)
    added = {str(key): int(count) for key, count in new["metal"].value_counts().items()}
    return Addition(added, folder / TABLE, backup, read)


def _last_number(own: pd.DataFrame) -> int:
    """Return the highest number of an id; ids of removed rows are not given again."""
    numbers = own["measurement_id"].str.removeprefix(_OWN)
    return max([len(own), *(int(number) for number in numbers if number.isdigit())])


def replace_own(table: pd.DataFrame, folder: Path) -> Path | None:
    """Put a table in the place of a folder's own measurements, which has to be locked.

    Returns
    -------
    pathlib.Path or None
        The copy of the table as it was; None where there was none.
    """
    backup = _back_up(folder) if (folder / TABLE).exists() else None
    try:
        if table.empty:
            # A table without rows is no table: it reads as one that lost them.
            (folder / TABLE).unlink(missing_ok=True)
        else:
            write_table(table, folder / TABLE)
    except BaseException:
        if backup is not None:
            backup.unlink(missing_ok=True)
        raise
    return backup


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold a store, which is made on first use, and not where the system refuses to write."""
    folder.mkdir(parents=True, exist_ok=True)
    lock = folder / _LOCK
    with FileLock(lock, timeout=60):
        try:
            yield
        except OSError:
            with suppress(OSError):
                (folder / BACKUPS).rmdir()
            if {path.name for path in folder.iterdir()} <= {_LOCK}:
                # Who waits for it notices that it is gone.
                with suppress(OSError):
                    lock.unlink()
                    folder.rmdir()
            raise


def _known_rows(new: pd.DataFrame, known: pd.DataFrame) -> list[Fault]:
    seen = set(_identities(known))
    faults = []
    for index, row in enumerate(_identities(new)):
        if row in seen:
            remedy = "delete the row, or tell it apart by its conditions or its cell"
            text = str(new["electrolyte"].iloc[index])
            faults.append(Fault(f"measurement {index + 1}", text, "already known", remedy))
    return faults


def _identities(measurements: pd.DataFrame) -> list[tuple[object, ...]]:
    # NaN is not equal to itself; an empty text is.
    cells = measurements[list(IDENTITY)].astype(object)
    return list(cells.where(cells.notna(), "").itertuples(index=False, name=None))


def _back_up(folder: Path) -> Path:
    backups = folder / BACKUPS
    backups.mkdir(exist_ok=True)
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
    return write_bytes((folder / TABLE).read_bytes(), backups / f"measurements-{stamp}.csv")


def write_table(measurements: pd.DataFrame, path: Path) -> Path:
    """Write a measurement table as CSV; it appears complete or not at all."""
    text = measurements.to_csv(index=False, lineterminator="\n")
    return write_bytes(text.encode(), path)
