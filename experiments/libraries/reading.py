"""Read molecules from SMILES, CSV and SDF files, plain or packed with gzip, in bounded memory.

Knows files and their lines alone; what a text stands for is `standardising`'s business. A file of
a stranger is text and nothing else: no part of it is ever run.
"""

from __future__ import annotations

import csv
import gzip
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import IO, NamedTuple

from anolyte.datasets.errors import Fault, InputError

# Beyond this a line, or an entry of an SDF file, is no molecule of an electrolyte.
MAX_LINE = 20_000
MAX_ENTRY = 200_000
# See `screening.MOST_MOLECULES`; more is read part by part.
MOST_RECORDS = 1_000_000
SUFFIXES = {".smi": "smiles", ".smiles": "smiles", ".txt": "smiles", ".ism": "smiles",
            ".csv": "csv", ".tsv": "csv", ".sdf": "sdf", ".sd": "sdf"}  # fmt: skip
_STRUCTURE = ("smiles", "canonical_smiles", "canonicalsmiles", "isomeric_smiles", "structure")
_NAME = ("name", "abbreviation", "id", "title", "compound", "cas")
_END = "$$$$"


class Record(NamedTuple):
    """One entry of a file as it is written there.

    Attributes
    ----------
    line
        Its first line in the file, counted from 1.
    text
        A SMILES, or a mol block of an SDF file; empty if it is too long to be one.
    name
        What the file calls it; perhaps nothing.
    """

    line: int
    text: str
    name: str = ""


def read_records(path: str | Path) -> Iterator[Record]:
    r"""Yield the entries of a file of molecules, read as they are asked for.

    Parameters
    ----------
    path
        By its name ``.smi`` (a SMILES and perhaps a name in a line), ``.csv`` or ``.tsv`` (with a
        column ``smiles``), or ``.sdf``; each perhaps with ``.gz`` after it.

    Raises
    ------
    InputError
        If the file cannot be read, is none of these, or has more than a million entries.

    Examples
    --------
    >>> from pathlib import Path
    >>> from anolyte.experiments.libraries.reading import read_records
    >>> _ = Path("ethers.smi").write_text("COCCOC DME\nCCOCC\n")
    >>> list(read_records("ethers.smi"))
    [Record(line=1, text='COCCOC', name='DME'), Record(line=2, text='CCOCC', name='')]
    """
    path = Path(path)
    kind = _kind(path)
    with _opened(path) as stream:
        try:
            records = islice(_READERS[kind](path, stream), MOST_RECORDS + 1)
            for count, record in enumerate(records):
                if count == MOST_RECORDS:
                    told, remedy = f"more than {MOST_RECORDS:,} molecules", "split the file"
                    raise _error(path, "file", told, remedy)
                yield record
        except (OSError, EOFError, zlib.error) as error:
            raise _error(path, "file", f"cannot be read: {error}", "pack it anew") from None


def _kind(path: Path) -> str:
    name = path.name.removesuffix(".gz")
    kind = SUFFIXES.get(Path(name).suffix.lower())
    if kind is None:
        known = ", ".join(SUFFIXES)
        raise _error(
            path, "name", "no known file of molecules", f"use one of {known}, or .gz of it"
        )
    if not path.is_file():
        raise _error(path, "file", "there is no such file", "check the path")
    return kind


@contextmanager
def _opened(path: Path) -> Iterator[IO[str]]:
    if path.suffix == ".gz":
        with gzip.open(path, "rt", encoding="utf-8", errors="replace", newline=None) as packed:
            yield packed
    else:
        with path.open(encoding="utf-8-sig", errors="replace") as stream:
            yield stream


def _error(path: Path, place: str, reason: str, remedy: str) -> InputError:
    return InputError("cannot read the library", [Fault(f"{place} of {path}", "", reason, remedy)])


def _lines(stream: IO[str]) -> Iterator[tuple[int, str | None]]:
    """Yield number and text of each line, None for one that is too long."""
    number = 0
    while line := stream.readline(MAX_LINE):
        number += 1
        kept: str | None = line.rstrip("\r\n")
        while len(line) == MAX_LINE and not line.endswith("\n"):
            kept, line = None, stream.readline(MAX_LINE)
        yield number, kept


def _smiles(path: Path, stream: IO[str]) -> Iterator[Record]:
    for number, line in _lines(stream):
        if line is None:
            yield Record(number, "")
            continue
        words = line.split(None, 1)
        if words and not words[0].startswith("#") and words[0].casefold() not in _STRUCTURE:
            yield Record(number, words[0], words[1].strip() if len(words) > 1 else "")


def _csv(path: Path, stream: IO[str]) -> Iterator[Record]:
    lines = _lines(stream)
    header = next((line for _, line in lines if line and line.strip()), "")
    separator = max(",;\t", key=header.count)
    names = [name.strip().strip('"').casefold() for name in header.split(separator)]
    at = _column(names, _STRUCTURE)
    if at is None:
        told = f"no column of structures among {', '.join(names[:8])}"
        raise _error(path, "header", told, "name the column of SMILES smiles")
    called = _column(names, _NAME)
    for number, line in lines:
        if line is not None and not line.strip():
            continue
        cells = _cells(line, separator)
        text = cells[at].strip() if at < len(cells) else ""
        name = cells[called].strip() if called is not None and called < len(cells) else ""
        yield Record(number, text, name)


def _cells(line: str | None, separator: str) -> list[str]:
    try:
        return [] if line is None else next(csv.reader([line], delimiter=separator), [])
    except csv.Error:
        return []


def _column(names: Sequence[str], known: Sequence[str]) -> int | None:
    return next((names.index(name) for name in known if name in names), None)


def _sdf(path: Path, stream: IO[str]) -> Iterator[Record]:
    entry: list[str] = []
    first, length = 1, 0
    for number, line in _lines(stream):
        if line is None or line.strip() != _END:
            entry.append((line or "") if length <= MAX_ENTRY else "")
            length += MAX_ENTRY + 1 if line is None else len(line) + 1
            continue
        yield _entry(first, entry, length)
        entry, first, length = [], number + 1, 0
    if any(map(str.strip, entry)):
        yield _entry(first, entry, length)


def _entry(first: int, entry: list[str], length: int) -> Record:
    title = entry[0].strip()[:200] if entry else ""
    return Record(first, "\n".join(entry) if length <= MAX_ENTRY else "", title)


_READERS = {"smiles": _smiles, "csv": _csv, "sdf": _sdf}
