"""Partitions screened by processes of this machine, without a cluster.

The screening lies in a file of this program's own while they work; each process reads it once.
"""

from __future__ import annotations

import pickle
import tempfile
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

from anolyte.datasets.files.processes import in_processes

from .engine import Part, Range, Screening


def screened(
    screening: Screening, partitions: Sequence[Range], processes: int
) -> Iterator[tuple[Range, Part]]:
    """Yield partitions as they are finished."""
    with tempfile.TemporaryDirectory(prefix="anolyte-") as folder:
        packed = Path(folder) / "screening"
        packed.write_bytes(pickle.dumps(screening.portable()))
        calls = [(str(packed), *partition) for partition in partitions]
        for number, part in in_processes(_part, calls, processes):
            yield partitions[number], part


def _part(packed: str, start: int, stop: int) -> Part:
    return _screening(packed).part(start, stop)


@lru_cache(maxsize=1)
def _screening(packed: str) -> Screening:
    screening = pickle.loads(Path(packed).read_bytes())
    assert isinstance(screening, Screening)
    return screening
