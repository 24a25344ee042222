"""The page that `anolyte ui` serves: to this machine alone, without jobs, and gone at Ctrl-C."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import psutil
import pytest
from anolyte.experiments.benchmarks.browser import free_port
from anolyte.experiments.tracking.mlflow_store import MlflowStore

HANG_SECONDS = 120
LISTENS = "0A"
LOOPBACK = "0100007F"
OFF = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "DO_NOT_TRACK": "true",
    "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
}
JOBS = "/ajax-api/3.0/jobs"

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="what a process listens on is read from /proc"
)


@dataclass(frozen=True)
class Served:
    """A running `anolyte ui` of a project with one run; `server`: MLflow's processes below it."""

    port: int
    command: psutil.Process
    server: list[psutil.Process]
    run: str

    def answer(self, path: str, host: str = "", data: object = None) -> tuple[int, str]:
        """Return the status and the text that the server answers."""
        headers = {"Host": host} if host else {}
        body = None if data is None else json.dumps(data).encode()
        if body is not None:
            headers["Content-Type"] = "application/json"
        try:
            with urlopen(
                Request(f"http://127.0.0.1:{self.port}{path}", body, headers), timeout=HANG_SECONDS
            ) as told:
                return int(told.status), told.read().decode()
        except HTTPError as error:
            return error.code, error.read().decode()


@pytest.fixture(scope="module")
def served(
    start: Callable[..., subprocess.Popen[str]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    folder, port = tmp_path_factory.mktemp("served"), free_port()
    former, folder = folder / "former", folder / "project"
    store = MlflowStore(f"sqlite:///{former}/mlflow.db")
    number = store.start("anolyte/Li/screening", "Li-screen", {}, 1)
    (folder / "files").mkdir(parents=True)
    (folder / "files" / "note.txt").write_text("1 M LiFSI in DME")
    store.write_files(number, folder / "files", ())
    # The project has moved since.
    for path in former.iterdir():
        path.rename(folder / path.name)
    former.rmdir()
    process = start(folder, "ui", "--no-browser", "--port", str(port))
    assert process.stdout is not None
    assert process.stderr is not None
    try:
        # Printed as soon as the server is healthy; the command itself gives up in time.
        assert process.stdout.readline(), process.stderr.read()
        command = psutil.Process(process.pid)
        yield Served(port, command, command.children(recursive=True), number)
    finally:
        if process.poll() is None:
            os.kill(process.pid, signal.SIGINT)
        process.communicate(timeout=HANG_SECONDS)


def listening(process: psutil.Process) -> set[tuple[str, str, int]]:
    """Return the table, the address and the port of each socket that a process listens on."""
    inodes = set()
    for descriptor in Path(f"/proc/{process.pid}/fd").iterdir():
        try:
            inodes.add(os.readlink(descriptor))
        except FileNotFoundError:
            continue
    found = set()
    for table in ("tcp", "tcp6"):
        path = Path(f"/proc/{process.pid}/net/{table}")
        for line in path.read_text().splitlines()[1:] if path.exists() else ():
            words = line.split()
            if words[3] == LISTENS and f"socket:[{words[9]}]" in inodes:
                address, _, port = words[1].partition(":")
                found.add((table, address, int(port, 16)))
    return found


def test_listens_on_this_machine_alone(served: Served) -> None:
    assert served.server
    found = set[tuple[str, str, int]]().union(
        *(listening(each) for each in (served.command, *served.server))
    )
    assert ("tcp", LOOPBACK, served.port) in found
    assert {(table, address) for table, address, _ in found} == {("tcp", LOOPBACK)}


@pytest.mark.parametrize("path", ["/", "/ajax-api/2.0/mlflow/experiments/search?max_results=1"])
def test_refuses_a_foreign_host(served: Served, path: str) -> None:
    assert served.answer(path)[0] == 200
    assert served.answer(path, "electrolytes.example")[0] == 403


def test_telemetry_and_jobs_are_off_in_all_its_processes(served: Served) -> None:
    for each in served.server:
        environment = each.environ()
        if "multiprocessing.resource_tracker" not in " ".join(each.cmdline()):
            assert {key: environment.get(key) for key in OFF} == OFF, each.cmdline()


def test_refuses_jobs(served: Served) -> None:
    status, told = served.answer(f"{JOBS}/", data={"job_name": "invoke_scorer", "params": {}})
    assert status >= 400
    assert "not enabled" in told
    assert served.answer(f"{JOBS}/search", data={}) == (200, '{"jobs":[]}')


def test_shows_the_files_of_runs_though_the_project_has_moved(served: Served) -> None:
    place = f"/get-artifact?run_uuid={served.run}&path=note.txt"
    assert served.answer(place) == (200, "1 M LiFSI in DME")


def test_interrupt_leaves_no_process(served: Served) -> None:
    served.command.send_signal(signal.SIGINT)
    _, left = psutil.wait_procs([served.command, *served.server], HANG_SECONDS)
    assert left == []
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", served.port))
