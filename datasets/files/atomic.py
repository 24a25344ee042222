"""Files that appear complete or not at all, whatever interrupts the writing."""

from __future__ import annotations

import errno
import glob
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

# What a system says that takes no more of a file; which file it does not always say.
_REFUSALS = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO)
ABANDONED_SECONDS = 3600


@contextmanager
def staged(path: Path) -> Iterator[Path]:
    """Give a hidden file beside `path` to write to; it takes the place of `path` at the end.

    Readers see the old file or the new one, never a part; after an error the old one stays.

    Raises
    ------
    OSError
        If the system refuses to write; its file is `path`, not the hidden one.
    """
    remove_abandoned(path)
    with naming(path):
        handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.absolute().parent)
    os.close(handle)
    staging = Path(name)
    try:
        with naming(path):
            yield staging
            flush(staging)
            # mkstemp makes private files; these are as readable as any other output.
            staging.chmod(0o644)
            os.replace(staging, path)
    finally:
        staging.unlink(missing_ok=True)


def remove_abandoned(path: Path) -> None:
    """Remove hidden files and folders beside `path` that killed runs left long ago.

    Of one that is younger the writer may be at work.
    """
    # As `tempfile` ends its names.
    pattern = f".{glob.escape(path.name)}-{'[a-z0-9_]' * 8}"
    for left in path.absolute().parent.glob(pattern):
        with suppress(OSError):
            if left.lstat().st_mtime < time.time() - ABANDONED_SECONDS:
                shutil.rmtree(left) if left.is_dir() else left.unlink()


def flush(path: Path) -> None:
    """Have a written file on the disk, so that its name can be given to it safely."""
    with path.open("r+b") as stream:
        os.fsync(stream.fileno())


@contextmanager
def naming(path: Path) -> Iterator[None]:
    """Let the errors of hidden files beside `path`, and those of none, name `path`."""
    try:
        yield
    except OSError as error:
        if error.filename is None:
            ours = error.errno in _REFUSALS
        else:
            ours = any(
                part.startswith(f".{path.name}-") for part in Path(str(error.filename)).parts
            )
        if not ours:
            raise
        reason = os.strerror(error.errno or 0)
        raise OSError(error.errno, reason, str(path)) from error


def write_bytes(data: bytes, path: Path) -> Path:
    """Write a file in one step, see `staged`."""
    with staged(path) as staging:
        staging.write_bytes(data)
    return path
