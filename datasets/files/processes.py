"""Worker processes that Ctrl-C does not reach; whoever started them stops them."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager


def shield() -> None:
    """Keep interrupts from this thread and the processes that it starts from now on."""
    if os.name == "posix":
        from multiprocessing import resource_tracker

        # Started later, by the first process, it would let interrupts in again.
        resource_tracker.ensure_running()
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})


@contextmanager
def shielded() -> Iterator[None]:
    """Keep interrupts from the processes that are started in the block.

    One that comes meanwhile is raised at the end of the block.
    """
    if os.name != "posix":
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    shield()
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
