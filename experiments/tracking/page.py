"""MLflow's page of a store, served on this machine only."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.request import urlopen

from anolyte.datasets.files.processes import running

from .address import TrackingError, absolute, artifact_place, is_server, shown, sqlite_file
from .finding import list_runs
from .mlflow_store import MlflowStore

HOST = "127.0.0.1"
# MLflow takes its time to start, more on a busy machine.
START_SECONDS = 300.0
# Of a server that is asked to stop: it would wait for the browser to hang up.
STOP_SECONDS = 1.0
LIST = "experiments"
_VIEW = "workflowType=machine_learning"


def server_command(uri: str, port: int) -> list[str]:
    """Return the arguments for Python that serve a store's MLflow page on this machine only.

    Raises
    ------
    TrackingError
        If the store is itself a server: its page is at its own address.
    """
    if is_server(uri):
        raise TrackingError(f"{shown(uri)} is a server already: open it in a browser")
    MlflowStore(uri)
    listen = ["--host", HOST, "--port", str(port), "--workers", "1"]
    database = sqlite_file(uri)
    # What others send to this server lies beside what is logged directly.
    place = [] if database is None else ["--artifacts-destination", artifact_place(database)]
    return ["-m", "mlflow", "server", "--backend-store-uri", absolute(uri), *place, *listen]


def page_address(port: int, path: str = LIST) -> str:
    """Return the address of the served page, in its view for models instead of GenAI.

    Not so the list of experiments: MLflow's own links forget the view that an address asks
    for, and its switch is remembered only where it changes something.
    """
    view = "" if path == LIST else f"{'&' if '?' in path else '?'}{_VIEW}"
    return f"http://{HOST}:{port}/#/{path}{view}"


def newest_run_path(uri: str) -> str:
    """Return the path of the newest run's page; the list of experiments where there is none."""
    store = MlflowStore(uri)
    newest = list_runs(store, most=1)
    if not newest:
        return LIST
    run = newest[0]
    return f"experiments/{store.experiment_id(run.experiment)}/runs/{run.run_id}"


@contextmanager
def served(uri: str, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """Serve a store's page; healthy when the block begins, stopped when it ends.

    Raises
    ------
    TrackingError
        If the port is taken or the server does not come up.
    """
    arguments = [sys.executable, *server_command(uri, port)]
    _check_free(port)
    with tempfile.TemporaryDirectory(prefix="anolyte-ui-") as folder:
        log = Path(folder) / "server.log"
        with (
            log.open("wb") as stream,
            running(arguments, STOP_SECONDS, stdout=stream, stderr=stream) as process,
        ):
            _wait_until_healthy(process, port, log)
            yield process


def _check_free(port: int) -> None:
    with socket.socket() as probe:
        if os.name == "posix":
            # As the server will: what merely lingers from a former one is free.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise TrackingError(f"port {port} is taken ({error}); try --port {port + 1}") from None


def _wait_until_healthy(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        with suppress(OSError), urlopen(f"http://{HOST}:{port}/health", timeout=2) as answer:
            if answer.status == 200:
                return
        time.sleep(0.3)
    said = " | ".join(log.read_text("utf-8", "replace").splitlines()[-5:])
    raise TrackingError(f"MLflow's server did not start: {said or 'it said nothing'}")
