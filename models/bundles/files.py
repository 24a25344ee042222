"""The files of a stored model: read once, within limits, and only as they were saved.

Knows files, JSON and hashes; what they make together is for `bundle`.
"""

from __future__ import annotations

import hashlib
import io
import json
import math
import stat
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from anolyte.datasets.errors import ModelFileError

MAX_MANIFEST_BYTES = 20 * 1024 * 1024
MAX_TABLE_BYTES = 50 * 1024 * 1024
MAX_FILE_BYTES = 500 * 1024 * 1024
# skops stores without compression; a file that grows much when unpacked was not saved here.
MAX_UNPACKED_BYTES = 1024 * 1024 * 1024
# Ends the name of a new file until it takes the place of the old one, see `writer`.
NEXT = ".next"
REMEDY = "train the model again, or fetch it anew"


def plain_bytes(path: Path, limit: int) -> bytes:
    """Return the content of a file: no link, pipe or device, and not larger than `limit`.

    Raises
    ------
    ModelFileError
        If it is anything else, missing or unreadable.
    """
    try:
        status = path.lstat()
        if not stat.S_ISREG(status.st_mode):
            raise ModelFileError(f"{path} is no plain file (a link, a folder or a pipe); {REMEDY}")
        if status.st_size > limit:
            raise ModelFileError(f"{path} is larger than {limit // 1024**2} MiB; {REMEDY}")
        return path.read_bytes()
    except FileNotFoundError:
        raise ModelFileError(f"{path} is missing; {REMEDY}") from None
    except OSError as error:
        raise ModelFileError(f"{path} cannot be read: {error.strerror}; {REMEDY}") from error


def saved_bytes(
    folder: Path, name: str, files: Mapping[str, Mapping[str, str]], limit: int = MAX_FILE_BYTES
) -> bytes:
    """Return the content of a file of a bundle, which is the very content that was saved.

    The bytes that are hashed are those returned: nobody can change the file in between.
    """
    path = folder / name
    if name in files and (waiting := folder / f"{name}{NEXT}").is_file():
        # A save that is under way, or was killed, after its manifest was in place. Under way,
        # the file may just get its name: then it is read under that.
        with suppress(ModelFileError):
            data = plain_bytes(waiting, limit)
            if hashlib.sha256(data).hexdigest() == files[name]["sha256"]:
                return data
    data = plain_bytes(path, limit)
    if name not in files:
        raise ModelFileError(f"{path} is not in the manifest: it is incomplete; {REMEDY}")
    if hashlib.sha256(data).hexdigest() != files[name]["sha256"]:
        raise ModelFileError(
            f"{path} is not the file that was saved (SHA-256 differs from the manifest); {REMEDY}"
        )
    return data


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def check_unpacked(data: bytes) -> None:
    """Raise ValueError if a zip archive unpacks to more than `MAX_UNPACKED_BYTES`."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if sum(part.file_size for part in archive.infolist()) > MAX_UNPACKED_BYTES:
            raise ValueError(f"unpacks to more than {MAX_UNPACKED_BYTES // 1024**2} MiB")


def strict_json(data: bytes) -> Any:
    """Return the value of a JSON text in which nothing is ambiguous.

    Raises
    ------
    ValueError
        If it is no JSON in UTF-8, repeats a key, or holds a number that is not finite.
    RecursionError
        If it is nested too deeply.
    """
    return json.loads(
        data.decode("utf-8"),
        object_pairs_hook=_unique,
        parse_constant=_finite,
        parse_float=_finite,
        parse_int=_integer,
    )


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"the key {twice!r} stands twice")
    return found


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{text} is no finite number")
    return value


def _integer(text: str) -> int:
    if len(text) > 18:
        raise ValueError(f"an integer of {len(text)} digits")
    return int(text)
