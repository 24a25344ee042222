"""Interrupts: the program and its worker processes end at once when Ctrl-C comes.

Ctrl-C reaches all processes of a terminal. Each worker would end with a traceback of its own,
and none before it has finished what it is at.
"""

from __future__ import annotations

import atexit
import os
import signal
import sys
import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from typing import NoReturn

# The exit code of a program that was interrupted.
INTERRUPTED = 130
# Seconds for what is registered to be done at the end, and for killed processes to be gone.
FAREWELL = 1.0


def kill(numbers: Iterable[int | None]) -> None:
    """Kill those processes among the given ones that `multiprocessing` started here."""
    from multiprocessing import active_children

    wanted = set(numbers)
    for process in active_children():
        if process.pid in wanted:
            process.kill()


def leave() -> NoReturn:
    """End an interrupted program that has unwound, with one line; nothing of it stays.

    What is registered with `atexit` is done: semaphores, locks and temporary folders go.
    The interpreter does not take its modules apart, which lasts a second or two with those
    of MLflow and scikit-learn. Nor does anything wait for what a worker process is at.
    """
    # The end is near; who interrupts again shall not stop the tidying up.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    limit = threading.Timer(FAREWELL, os._exit, (INTERRUPTED,))
    limit.daemon = True
    limit.start()
    # Nobody may be there to read any more.
    with suppress(OSError, ValueError):
        print("interrupted", file=sys.stderr, flush=True)
    _kill_all()
    _await_threads()
    atexit._run_exitfuncs()
    with suppress(OSError, ValueError):
        sys.stdout.flush()
    os._exit(INTERRUPTED)


def _kill_all() -> None:
    """Kill all worker processes, and see them gone."""
    from multiprocessing import active_children

    workers = active_children()
    for worker in workers:
        worker.kill()
    for worker in workers:
        worker.join(FAREWELL)


def _await_threads() -> None:
    """Let those threads finish that saw to the killed processes: they remove semaphores."""
    end = time.monotonic() + FAREWELL / 2
    for thread in threading.enumerate():
        if not thread.daemon and thread is not threading.current_thread():
            thread.join(max(0.0, end - time.monotonic()))
