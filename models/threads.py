"""Computing on one thread: the same bits on every machine, whatever the number of its cores."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

from threadpoolctl import get_cached_controller


def one_thread() -> AbstractContextManager[Any]:
    """Hold the numerical libraries to one thread within a block; no slower on small matrices.

    Which libraries there are is looked up again only after further imports.
    """
    limited: AbstractContextManager[Any] = get_cached_controller().limit(limits=1)
    return limited
