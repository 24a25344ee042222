"""The outbox: runs that a tracking server could not take, as plain files until it can.

One folder a run: ``record.json`` and ``files/``. A run appears whole or not at all, and is
removed only after the server has it.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from anolyte.datasets.files.atomic import remove_abandoned

from .address import absolute, relative
from .run_record import RecordError, RunRecord

RECORD = "record.json"
FILES = "files"
_LOCK = ".lock"
_STAGING, _SENT = "staging", ".sent-"


@dataclass(frozen=True)
class Waiting:
    """A run in the outbox.

    Attributes
    ----------
    folder
        Where it lies.
    uri
        The store that it was meant for, without a password.
    """

    folder: Path
    record: RunRecord
    uri: str

    @property
    def files(self) -> Path:
        """Folder of the run's files."""
        return self.folder / FILES


def put(record: RunRecord, files: Path, uri: str, outbox: Path) -> Path:
    """Keep a run and the files of a folder in the outbox, and return where.

    Parameters
    ----------
    uri
        The store that it is meant for, without a password.
    """
    outbox.mkdir(parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(prefix=f".{_STAGING}-", dir=outbox))
    try:
        _copy(files, staging / FILES)
        with (staging / RECORD).open("w", encoding="utf-8") as stream:
            stream.write(record.to_json(uri=relative(uri, outbox.parent)))
            stream.flush()
            os.fsync(stream.fileno())
        staging.chmod(0o755)
        place = outbox / f"{record.name}-{record.id[:8]}"
        os.replace(staging, place)
    except OSError as error:
        raise OSError(error.errno, os.strerror(error.errno or 0), str(outbox)) from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)
        # Only an empty one goes: where nothing could be kept there is no outbox either.
        with suppress(OSError):
            outbox.rmdir()
    return place


def _copy(source: Path, target: Path) -> None:
    # Not `shutil.copytree`, which gathers all that fails in an error without a number.
    target.mkdir()
    for path in sorted(source.rglob("*")):
        place = target / path.relative_to(source)
        if path.is_dir():
            place.mkdir()
        else:
            shutil.copyfile(path, place)


def waiting(outbox: Path) -> tuple[list[Waiting], list[str]]:
    """Return the runs of the outbox, oldest first, and what is wrong with unreadable ones."""
    found: list[Waiting] = []
    faults: list[str] = []
    for path in sorted(outbox.glob(f"[!.]*/{RECORD}")):
        try:
            found.append(_read(path))
        except (RecordError, OSError, ValueError) as error:
            faults.append(f"{path}: {error}")
    return sorted(found, key=lambda each: each.record.started_ms), faults


def _read(path: Path) -> Waiting:
    import json

    text = path.read_text("utf-8")
    record = RunRecord.from_json(text)
    project = path.parent.parent.parent
    return Waiting(path.parent, record, absolute(str(json.loads(text).get("uri", "")), project))


def remove(item: Waiting) -> None:
    """Remove a run from the outbox; half removed it is invisible."""
    hidden = item.folder.with_name(f"{_SENT}{item.folder.name}")
    os.replace(item.folder, hidden)
    shutil.rmtree(hidden, ignore_errors=True)


@contextmanager
def locked(outbox: Path) -> Iterator[None]:
    """Hold the outbox, so that no two processes send it at once."""
    from filelock import FileLock

    if not outbox.is_dir():
        yield
        return
    with FileLock(outbox / _LOCK, timeout=600):
        for left in outbox.glob(f"{_SENT}*"):
            shutil.rmtree(left, ignore_errors=True)
        remove_abandoned(outbox / _STAGING)
        yield
