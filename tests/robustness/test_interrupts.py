"""Ctrl-C ends a command with one clear line, and nothing of it goes on."""

from __future__ import annotations

import os
import random
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import psutil
import pytest
from anolyte.experiments.tracking import TrackingError, sending
from anolyte.experiments.tracking.mlflow_store import MlflowStore
from anolyte.experiments.tracking.sending import TrackedRun, tracked

Start = Callable[..., subprocess.Popen[str]]
HANG_SECONDS = 120
SHARED_MEMORY = Path("/dev/shm")
MODEL = ("--metal", "Zn", "--model", "MODEL")
# Commands and how long they are at it on a machine of their own, seconds.
COMMANDS = {
    "imports": (("predict", "1 M LiFSI in DME"), 1.0),
    "training": (("train", "--metal", "Li", "--quick"), 8.0),
    "screening": (("screen", *MODEL, "--no-tracking"), 12.0),
    "workers": (("screen", *MODEL, "--no-tracking", "--workers", "2"), 20.0),
    "evaluation": (("evaluate", "--metal", "K", "--quick"), 8.0),
    "suggestion": (("suggest", *MODEL, "--batch", "4", "--no-tracking"), 8.0),
}


@pytest.fixture
def watched(environment: dict[str, str], tmp_path: Path) -> dict[str, str]:
    """An environment with a folder of its own for temporary files."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    return {**environment, "TMPDIR": str(folder)}


def until(ready: Callable[[], object], process: subprocess.Popen[str]) -> None:
    """Wait until a command has come so far."""
    end = time.monotonic() + HANG_SECONDS
    while not ready():
        assert process.poll() is None
        assert time.monotonic() < end
        time.sleep(0.05)


def interrupted(
    process: subprocess.Popen[str], watched: dict[str, str], may_be_done: bool = False
) -> str:
    """Interrupt a command as a terminal does, and return what it wrote to standard error.

    One that may be done has perhaps nothing left to interrupt.
    """
    children = psutil.Process(process.pid).children(recursive=True)
    numbers = {process.pid, *(child.pid for child in children)}
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=HANG_SECONDS)
    if not (may_be_done and process.returncode == 0):
        assert process.returncode == 130, err
        assert err.splitlines()[-1] == "interrupted"
    assert "Traceback" not in err
    _, left = psutil.wait_procs(children, HANG_SECONDS)
    assert left == []
    assert list(Path(watched["TMPDIR"]).iterdir()) == []
    shared = [path.name for path in SHARED_MEMORY.glob("*")]
    assert [n for n in shared if any(str(i) in re.split("[-_]", n) for i in numbers)] == []
    return err


def test_while_it_predicts_a_stream(
    start: Start, zinc_folder: Path, watched: dict[str, str], tmp_path: Path
) -> None:
    given = ("predict", "-", "--metal", "Zn", "--model", str(zinc_folder))
    process = start(tmp_path, *given, stdin=subprocess.PIPE, env=watched)
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write("1 M ZnSO4 in H2O\n" * 1500)
    process.stdin.flush()
    assert process.stdout.readline().startswith("row,")
    assert interrupted(process, watched).splitlines() == ["interrupted"]


def statuses(database: Path) -> list[str]:
    if not database.exists():
        return []
    try:
        with closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)) as store:
            return [status for (status,) in store.execute("SELECT status FROM runs")]
    except sqlite3.OperationalError:
        # The tables are being made.
        return []


def test_while_a_tracked_training_runs(
    start: Start, watched: dict[str, str], tmp_path: Path
) -> None:
    process = start(tmp_path, "train", "--metal", "Li", "--quick", env=watched)
    until(lambda: statuses(tmp_path / "mlflow.db") == ["RUNNING"], process)
    until(lambda: psutil.Process(process.pid).children(), process)
    interrupted(process, watched)
    assert statuses(tmp_path / "mlflow.db") == ["KILLED"]
    assert not (tmp_path / "anolyte-models").exists()


def test_while_the_page_starts(start: Start, watched: dict[str, str], tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    process = start(tmp_path, "ui", "--no-browser", "--port", port, env=watched)
    until(lambda: psutil.Process(process.pid).children(), process)
    interrupted(process, watched)


def ended(environment: dict[str, str], command: str) -> tuple[int, str, str]:
    """Return code, standard output and standard error of a program whose command is replaced."""
    code = (
        "from anolyte.experiments.cli import app, start\n"
        f"def command():\n    {command}\n"
        "app.main = command\nstart.main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=environment,
        capture_output=True,
        text=True,
        timeout=HANG_SECONDS,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def test_what_is_due_at_the_end_is_done(environment: dict[str, str]) -> None:
    command = (
        "import atexit; atexit.register(print, 'tidied', end=''); print('kept', end=', ');"
        " raise KeyboardInterrupt"
    )
    assert ended(environment, command) == (130, "kept, tidied", "interrupted\n")


def test_an_interrupt_in_a_finaliser_is_not_lost(environment: dict[str, str]) -> None:
    command = (
        "import signal, time;"
        " Odd = type('Odd', (), {'__del__': lambda self: signal.raise_signal(signal.SIGINT)});"
        " Odd(); time.sleep(600)"
    )
    assert ended(environment, command) == (130, "", "interrupted\n")


def test_a_server_that_lingers_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    answer, asked = threading.Event(), threading.Event()

    class Lingering(MlflowStore):
        def __init__(self, uri: str) -> None:
            asked.set()
            answer.wait(HANG_SECONDS)
            raise TrackingError(uri)

    def begun(run: TrackedRun) -> None:
        run.run_id = "0123456789abcdef"
        monkeypatch.setattr(sending, "MlflowStore", Lingering)

    monkeypatch.setattr(TrackedRun, "begin", begun)
    server = "http://127.0.0.1:9"
    with pytest.raises(KeyboardInterrupt), tracked("anolyte/Li", "training", {}, server, tmp_path):
        raise KeyboardInterrupt
    assert asked.is_set()
    assert not answer.is_set()
    answer.set()


# Read at the start of every process: a calculation that lasts, in the place of the real one.
QUANTUM = """
import time
from anolyte.experiments import quantum_table
from anolyte.features.xtb import tight_binding
from anolyte.features.xtb.species import QuantumRow

def describe(smiles, charge):
    time.sleep(0.01 if smiles == "O" else 600)
    return QuantumRow(homo_eV=-1.0)

quantum_table.describe_species = describe
tight_binding.require = lambda: None
tight_binding.versions = lambda: {"tblite_version": "1.0", "rdkit_version": "2"}
"""


def test_while_processes_compute(start: Start, watched: dict[str, str], tmp_path: Path) -> None:
    table = tmp_path / "table.csv"
    (tmp_path / "sitecustomize.py").write_text(QUANTUM)
    given = ("quantum", "compute", "--compounds", "H2O,EC,DMC", "--out", str(table))
    process = start(tmp_path, *given, env={**watched, "PYTHONPATH": str(tmp_path)})
    # Water is done, the others last.
    until(table.exists, process)
    interrupted(process, watched)
    assert table.read_text().count("ok") == 1


@pytest.mark.parametrize("command", COMMANDS)
def test_at_any_moment(
    command: str,
    start: Start,
    zinc_folder: Path,
    moments: int,
    watched: dict[str, str],
    tmp_path: Path,
) -> None:
    if not moments:
        pytest.skip("the whole campaign is `make test-robustness`")
    arguments, lasts = COMMANDS[command]
    given = [str(zinc_folder) if each == "MODEL" else each for each in arguments]
    chance = random.Random(command)
    for number in range(max(1, moments // 10)):
        folder = tmp_path / str(number)
        folder.mkdir()
        process = start(folder, *given, stdout=subprocess.DEVNULL, env=watched)
        # Python itself, before it reads the program, ends with a traceback.
        time.sleep(0.2 + chance.random() * lasts)
        if process.poll() is None:
            interrupted(process, watched, may_be_done=True)
            assert "RUNNING" not in statuses(folder / "mlflow.db")
        assert list(folder.rglob(".Li-*")) == []
