"""Runs whose process is gone without a word: found by machine and process number."""

from __future__ import annotations

import os
import platform

from .address import TrackingError
from .mlflow_store import MlflowStore
from .run_record import PROCESS_TAG, now_ms
from .stored import StoredRun


def settle_abandoned(store: MlflowStore, experiments: str = "anolyte/%") -> list[StoredRun]:
    """Mark runs as killed whose process on this machine is gone, and return them."""
    settled = []
    try:
        for run in store.runs(experiments, "attributes.status = 'RUNNING'"):
            if _is_gone(run.tags.get(PROCESS_TAG, "")):
                store.end(run.run_id, "KILLED", now_ms())
                settled.append(run)
    except TrackingError:
        # Tidying up must not be what stops a training.
        pass
    return settled


def _is_gone(process: str) -> bool:
    machine, _, number = process.rpartition(":")
    # On Windows asking after a process this way would end it.
    if os.name != "posix" or machine != platform.node() or not number.isdigit():
        return False
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except OSError:
        pass
    return False
