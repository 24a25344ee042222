"""The file of an MLflow store without runs, which takes MLflow seconds to make."""

from __future__ import annotations

import functools
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path


def empty_store(artifacts: str) -> bytes:
    """Return the file of a store without runs, which keeps artifacts in a place."""
    with tempfile.TemporaryDirectory(prefix="anolyte-store-") as folder:
        database = Path(folder) / "mlflow.db"
        database.write_bytes(_migrated())
        # MLflow would keep those of its own first experiment wherever this process stands.
        with closing(sqlite3.connect(database)) as opened, opened:
            opened.execute("UPDATE experiments SET artifact_location = ?", (artifacts,))
        return database.read_bytes()


@functools.cache
def _migrated() -> bytes:
    """Return the file of a store as MLflow makes it; a process needs it once."""
    from mlflow import MlflowClient

    # Where MLflow's file is still open, as Windows minds, it stays until the system tidies up.
    with tempfile.TemporaryDirectory(prefix="anolyte-store-", ignore_cleanup_errors=True) as folder:
        database = Path(folder) / "mlflow.db"
        MlflowClient(f"sqlite:///{database.as_posix()}").search_experiments(max_results=1)
        return database.read_bytes()
