"""Files that appear complete or not at all, whatever interrupts the writing."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def staged(path: Path) -> Iterator[Path]:
    """Give a hidden file beside `path` to write to; it takes the place of `path` at the end.

    Readers see the old file or the new one, never a part; after an error the old one stays.
    """
    handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.absolute().parent)
    os.close(handle)
    staging = Path(name)
    try:
        yield staging
        with staging.open("r+b") as stream:
            os.fsync(stream.fileno())
        # mkstemp makes private files; these are as readable as any other output.
        staging.chmod(0o644)
        os.replace(staging, path)
    finally:
        staging.unlink(missing_ok=True)


def write_bytes(data: bytes, path: Path) -> Path:
    """Write a file in one step, see `staged`."""
    with staged(path) as staging:
        staging.write_bytes(data)
    return path
