"""Commands as processes, children that are killed at a file operation, and how many moments.

`make test-robustness` kills at fifty moments and before all changes of files. With MOMENTS=0 it
runs a short form of each case: it kills before two or three changes, and commands once, when they
write.
"""

from __future__ import annotations

import itertools
import os
import random
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from threadpoolctl import threadpool_limits

MOMENTS = int(os.environ.get("ANOLYTE_MOMENTS", "0"))
FEW = 3
# A hang would be a fault; seconds are the load of the machine.
HANG_SECONDS = 300
CHANGES = frozenset({"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.chmod", "os.truncate"})
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT

KilledAtEach = Callable[[Callable[[], object], Callable[[], object], Callable[[], object]], int]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave all of this folder to `make test-robustness`."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def moments() -> int:
    """How many moments of each command to try; 0 in the short form."""
    return MOMENTS


@pytest.fixture(scope="session")
def environment() -> dict[str, str]:
    return {key: value for key, value in os.environ.items() if "MLFLOW" not in key}


@pytest.fixture(scope="session")
def start(environment: dict[str, str]) -> Callable[..., subprocess.Popen[str]]:
    """Start a command of the command line in a folder, in a session of its own.

    The file `begun` is there as soon as the command has begun.
    """

    def begin(
        folder: Path, *arguments: str, begun: Path | None = None, **how: object
    ) -> subprocess.Popen[str]:
        given: dict[str, object] = {
            "stdin": subprocess.DEVNULL,
            "stdout": subprocess.PIPE,
            "stderr": subprocess.PIPE,
            "env": environment,
        }
        given.update(how)
        told = "" if begun is None else f"open({str(begun)!r}, 'w').close(); "
        entry = f"from anolyte.experiments.cli.start import main; {told}main()"
        return subprocess.Popen(
            [sys.executable, "-c", entry, *arguments],
            cwd=folder,
            text=True,
            start_new_session=True,
            # A shell in the background would leave the interrupt ignored.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509
            **given,  # type: ignore[call-overload]
        )

    return begin


@pytest.fixture(scope="session")
def run(start: Callable[..., subprocess.Popen[str]]) -> Callable[..., str]:
    """Run a command to its end, which has to be a good one, and return what it printed."""

    def done(folder: Path, *arguments: str, **how: object) -> str:
        process = start(folder, *arguments, **how)
        out, err = process.communicate(timeout=HANG_SECONDS)
        assert process.returncode == 0, err
        return str(out)

    return done


def _child(work: Callable[[], object], last: int) -> tuple[int, int]:
    """Do some work in a child that is killed before its `last`-th change.

    Returns its status and how many changes it made.
    """
    ours, theirs = os.pipe()
    number = os.fork()
    if not number:
        status, count = 1, itertools.count(1)
        try:
            signal.alarm(HANG_SECONDS)

            def hook(event: str, values: tuple[object, ...]) -> None:
                writes = event == "open" and isinstance(values[2], int) and values[2] & _WRITING
                if event in CHANGES or writes:
                    os.write(theirs, b".")
                    if next(count) == last:
                        os.kill(os.getpid(), signal.SIGKILL)

            # A child has none of its parent's threads, and would wait for them.
            with threadpool_limits(1):
                sys.addaudithook(hook)
                work()
            status = 0
        finally:
            os._exit(status)
    os.close(theirs)
    with open(ours, "rb") as told:
        changes = len(told.read())
    return os.waitpid(number, 0)[1], changes


@pytest.fixture
def killed_at_each() -> KilledAtEach:
    """Kill a piece of work before each of its changes of files, or before a few of them.

    Before every attempt `reset` is called and after it `check`. Returns how many were killed.
    """
    if not hasattr(os, "fork"):
        pytest.skip("this system cannot fork")

    def attempt(
        work: Callable[[], object], reset: Callable[[], object], check: Callable[[], object]
    ) -> int:
        reset()
        status, changes = _child(work, 0)
        assert (status, changes > 0) == (0, True)
        places = list(range(1, changes + 1))
        if not MOMENTS and changes > FEW:
            places = sorted({*random.Random(changes).sample(places[:-1], FEW - 1), changes})
        for place in places:
            reset()
            status, _ = _child(work, place)
            assert os.WIFSIGNALED(status), f"change {place} of {changes}"
            assert os.WTERMSIG(status) == signal.SIGKILL
            check()
        return len(places)

    return attempt


@pytest.fixture
def restore(tmp_path: Path) -> Callable[[Path, Path], None]:
    """Make a folder a copy of another."""

    def put_back(source: Path, target: Path) -> None:
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(source, target)

    return put_back
