"""Processes: calls answered by several, groups ended as a whole, interrupts that wait."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from math import factorial
from pathlib import Path

import psutil
import pytest
from anolyte.datasets.errors import AnolyteError
from anolyte.datasets.files.processes import in_processes, running, terminable, uninterrupted

HANG_SECONDS = 120
# Starts a process of its own, says so, and ignores that it is asked to end.
STUBBORN = """
import signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print(child.pid, flush=True)
time.sleep(600)
"""

posix = pytest.mark.skipif(os.name != "posix", reason="signals")


def is_gone(number: int) -> bool:
    """Whether a process is gone, or is waited for by none that is left."""
    end = time.monotonic() + HANG_SECONDS
    while time.monotonic() < end:
        try:
            if psutil.Process(number).status() == psutil.STATUS_ZOMBIE:
                return True
        except psutil.NoSuchProcess:
            return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize("workers", [1, 2, 9])
def test_every_call_is_answered_once(workers: int) -> None:
    answers = dict(in_processes(factorial, ((number,) for number in range(6)), workers))
    assert answers == {number: factorial(number) for number in range(6)}


def test_processes_stay_for_more() -> None:
    answers = [{answer for _, answer in in_processes(os.getppid, [()] * 4, 2)}]
    children = set(psutil.Process().children())
    answers.append({answer for _, answer in in_processes(os.getppid, [()] * 4, 2)})
    assert answers == [{os.getpid()}] * 2
    assert set(psutil.Process().children()) == children


def test_an_error_is_raised_here_with_where_it_came_from() -> None:
    with pytest.raises(ValueError, match="not defined for negative values") as raised:
        list(in_processes(factorial, [(3,), (-1,)], 2))
    assert "Traceback" in raised.value.__notes__[0]


@posix
def test_a_process_that_is_killed_is_an_error() -> None:
    with pytest.raises(AnolyteError, match="killed"):
        list(in_processes(os.abort, [(), ()], 2))


@posix
def test_a_loop_that_is_left_leaves_no_process() -> None:
    workers = set()
    with suppress(KeyboardInterrupt):
        for _, number in in_processes(os.getpid, [()] * 4, 2):
            workers.add(number)
            raise KeyboardInterrupt
    assert all(map(is_gone, workers))


@posix
@pytest.mark.parametrize("patience", [0.0, 0.3])
def test_a_group_is_gone_as_a_whole(patience: float) -> None:
    command = [sys.executable, "-c", STUBBORN]
    with (
        suppress(KeyboardInterrupt),
        running(command, patience, stdout=subprocess.PIPE) as process,
    ):
        assert process.stdout is not None
        child = int(process.stdout.readline())
        assert os.getsid(process.pid) == os.getsid(child) == process.pid
        raise KeyboardInterrupt
    assert process.returncode == -signal.SIGKILL
    assert is_gone(child)


@posix
def test_a_group_has_time_to_tidy_up(tmp_path: Path) -> None:
    script = (
        "import signal, sys, time; from pathlib import Path\n"
        "signal.signal(signal.SIGTERM, lambda *_: sys.exit(Path('tidy').touch()))\n"
        "print(flush=True); time.sleep(600)"
    )
    how = {"stdout": subprocess.PIPE, "cwd": tmp_path}
    with running([sys.executable, "-c", script], HANG_SECONDS, **how) as process:
        assert process.stdout is not None
        process.stdout.readline()
    assert process.returncode == 0
    assert (tmp_path / "tidy").exists()


@posix
def test_an_interrupt_waits_for_the_end_of_the_block() -> None:
    done = []

    def interrupted() -> None:
        with uninterrupted():
            signal.raise_signal(signal.SIGINT)
            done.append("whole")

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert done == ["whole"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


@posix
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_request_to_terminate_unwinds(number: signal.Signals) -> None:
    before = signal.getsignal(number)
    with pytest.raises(SystemExit) as end, terminable():
        signal.raise_signal(number)
    assert end.value.code == 128 + number
    assert signal.getsignal(number) is before
