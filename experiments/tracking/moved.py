"""Stores that were moved or copied with their project: MLflow keeps whole paths in them.

The files of the runs lie beside the store. MLflow has no call to say that they are elsewhere
now, neither for an experiment nor for a run or the version of a model, so the paths are
rewritten in the store's own file, in one transaction.
"""

from __future__ import annotations

import sqlite3
import warnings
from collections.abc import Callable
from contextlib import AbstractContextManager, closing
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from .address import ARTIFACTS, TrackingError, artifact_place

# Where MLflow keeps a place: table and column.
PLACES = (
    ("experiments", "artifact_location"),
    ("runs", "artifact_uri"),
    ("model_versions", "source"),
    ("model_versions", "storage_location"),
)


def mend(database: Path, lock: Callable[[], AbstractContextManager[None]]) -> None:
    """Let a store find the files beside it where it was moved or copied together with them.

    Raises
    ------
    TrackingError
        If it was, and cannot be written.
    """
    if not _foreign(database):
        return
    with lock():
        for old in _foreign(database):
            _rewrite(database, old, artifact_place(database))
            former = Path(_local(old)).parent
            warnings.warn(
                f"the store {database} was moved or copied here from {former}: the files of its "
                f"runs are found beside it now",
                stacklevel=2,
            )


def _foreign(database: Path) -> list[str]:
    """Return the places that a store names although the files lie beside it."""
    beside = database.resolve().parent / ARTIFACTS
    if not beside.is_dir():
        return []
    query = "SELECT DISTINCT artifact_location FROM experiments WHERE artifact_location LIKE ?"
    try:
        with closing(sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True)) as store:
            named = [str(place) for (place,) in store.execute(query, (f"file:%/{ARTIFACTS}",))]
    except sqlite3.Error:
        # What is wrong with it MLflow will say.
        return []
    return [place for place in named if not _is_same(Path(_local(place)), beside)]


def _local(place: str) -> str:
    return url2pathname(urlsplit(place).path)


def _is_same(one: Path, other: Path) -> bool:
    # By another name, a link or a mount, it is the same folder.
    return one == other or (one.exists() and one.samefile(other))


def _rewrite(database: Path, old: str, new: str) -> None:
    try:
        with closing(sqlite3.connect(database)) as store, store:
            for table, column in PLACES:
                store.execute(
                    f"UPDATE {table} SET {column} = ? || substr({column}, ?) "
                    f"WHERE {column} = ? OR substr({column}, 1, ?) = ?",
                    (new, len(old) + 1, old, len(old) + 1, f"{old}/"),
                )
    except sqlite3.Error as error:
        former = Path(_local(old)).parent
        raise TrackingError(
            f"the store {database} was moved or copied here from {former}, and the paths in it "
            f"cannot be rewritten ({error}); see to the permissions, or copy the project"
        ) from error
