"""Worker processes that Ctrl-C does not reach; whoever started them stops them."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def shielded() -> Iterator[None]:
    """Keep interrupts from the processes that are started in the block.

    One that comes meanwhile is raised at the end of the block.
    """
    if os.name != "posix":
        yield
        return
    from multiprocessing import resource_tracker

    # Started by the first process, it would let interrupts in again.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
