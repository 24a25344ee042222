"""Campaigns: results of suggested experiments, logged into the runs that suggested them.

What was measured is found by composition among the project's own measurements, so results may
come back months later and from any table. Logging them again changes nothing but what is new.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from anolyte.datasets.measurements.own import own_measurements

from ..suggestions.results import figures, hit_above, progress, results
from .address import TrackingError, sqlite_file, tracking_uri
from .contents import finite
from .lists import SUGGESTED, write_list
from .mlflow_store import MlflowStore
from .run_record import now_ms
from .stored import StoredRun

RESULTS, PROGRESS = "results", "campaign"
TASK = "suggestions"


@dataclass(frozen=True)
class Campaign:
    """The batches of a metal and how they fared.

    Attributes
    ----------
    progress
        See `suggestions.results.progress`.
    logged
        The runs into which results were logged, oldest first.
    """

    progress: pd.DataFrame
    logged: tuple[StoredRun, ...]


def is_tracked(uri: str | None = None) -> bool:
    """Whether there may be runs: a server, or a file that is there."""
    database = sqlite_file(tracking_uri(uri))
    return database is None or database.is_file()


def log_results(
    metal: str, store: str | Path, uri: str | None = None, tracked: MlflowStore | None = None
) -> Campaign:
    """Log what was measured of a metal's suggestions into the runs that suggested them.

    Parameters
    ----------
    metal
        Symbol of the metal.
    store
        Folder of own measurements.
    uri
        Tracking store; default that of the project.
    tracked
        The store, where it is open already.

    Raises
    ------
    TrackingError
        If the tracking store cannot be used.
    """
    own = own_measurements(store)
    if own is None or not (own["metal"] == metal).any():
        return Campaign(pd.DataFrame(), ())
    tracked = tracked or MlflowStore(tracking_uri(uri), create=False)
    batches = [
        (run, suggested, results(suggested, own, metal))
        for run, suggested in _suggestions(tracked, metal)
    ]
    told = progress([(run.name, len(suggested), found) for run, suggested, found in batches])
    logged = []
    for run, suggested, found in batches:
        if len(found):
            _write(tracked, run, suggested, found, told, metal)
            logged.append(run)
    return Campaign(told, tuple(logged))


def _suggestions(store: MlflowStore, metal: str) -> Iterator[tuple[StoredRun, pd.DataFrame]]:
    """Yield the runs of suggestions of a metal with their lists, oldest first."""
    for run in reversed(store.runs(f"anolyte/{metal}/{TASK}")):
        with tempfile.TemporaryDirectory() as folder:
            try:
                path = store.fetch(run, f"{SUGGESTED}.parquet", Path(folder))
                yield run, pd.read_parquet(path)
            except TrackingError:
                # A run that was stopped before its list was there.
                continue


def _write(
    store: MlflowStore,
    run: StoredRun,
    suggested: pd.DataFrame,
    found: pd.DataFrame,
    told: pd.DataFrame,
    metal: str,
) -> None:
    from ..plots.campaign import campaign

    with tempfile.TemporaryDirectory() as folder:
        files = Path(folder)
        write_list(found, RESULTS, files)
        write_list(told, PROGRESS, files)
        campaign(found, told, metal, hit_above(metal)).savefig(files / f"{PROGRESS}.png")
        tables = (f"{SUGGESTED}.json", f"{RESULTS}.json", f"{PROGRESS}.json")
        store.write_files(run.run_id, files, tables)
    metrics = finite(figures(found, len(suggested)).items())
    store.write(run.run_id, {}, metrics, {}, now_ms())


def read_results(store: MlflowStore, run: StoredRun) -> tuple[pd.DataFrame, pd.DataFrame] | None:
    """Return the results of a run and its campaign so far; None where nothing came back."""
    tables = []
    for name in (RESULTS, PROGRESS):
        with tempfile.TemporaryDirectory() as folder:
            try:
                tables.append(pd.read_parquet(store.fetch(run, f"{name}.parquet", Path(folder))))
            except TrackingError:
                return None
    return tables[0], tables[1]
