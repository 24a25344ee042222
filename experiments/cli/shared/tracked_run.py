"""A command's work covered by a run in MLflow, or by none."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol, TypeVar

from .console import tell


class OpenRun(Protocol):
    """A run that is under way."""

    @property
    def problem(self) -> str:
        """Why its results will be kept in the outbox; "" if the store answers."""


Run = TypeVar("Run", bound=OpenRun)


@contextmanager
def covered(run: AbstractContextManager[Run], untracked: bool) -> Iterator[Run | None]:
    """Open a run and say if the store does not answer; give None where none is wanted."""
    if untracked:
        yield None
        return
    with run as opened:
        if opened.problem:
            tell(f"{opened.problem}; the results will be kept in anolyte-outbox.")
        yield opened
