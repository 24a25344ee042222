"""Interrupts and worker processes: workers do not see Ctrl-C, and end at once when it comes.

Ctrl-C reaches all processes of a terminal. Each worker would end with a traceback of its own,
and none before it has finished what it is at.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from multiprocessing import active_children


def shield() -> None:
    """Keep interrupts from this thread and the processes that it starts from now on."""
    if os.name == "posix":
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})


@contextmanager
def shielded() -> Iterator[None]:
    """Keep interrupts from the processes that are started in the block."""
    if os.name != "posix":
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def kill(numbers: Iterable[int | None]) -> None:
    """Kill those processes among the given ones that `multiprocessing` started here."""
    wanted = set(numbers)
    for process in active_children():
        if process.pid in wanted:
            process.kill()
