"""Read a text table (CSV, TSV) as cells, whatever its encoding, line ends and separator."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

from ..errors import Fault, TableError

MAX_COLUMNS = 500
MAX_CELL = 131_072
_NOT_TEXT = "neither UTF-8, UTF-16 nor Windows-1252 text"
_AS_TEXT = "save the table as CSV in UTF-8, or as XLSX"
# First bytes of what is often misnamed, what it is, and what to do.
_FOREIGN = (
    (b"PK", "a workbook or zip archive", "name it .xlsx if it is a workbook, else unpack it"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook (.xls)", "save it as XLSX or CSV"),
    (b"\x1f\x8b", "packed with gzip", "unpack it"),
    (b"%PDF", "a PDF", "copy its table into a spreadsheet and save that as CSV"),
    (b"PAR1", "a parquet file", "save it as CSV"),
)
# An exported text that begins like a formula has one apostrophe more before it.
_GUARDED = re.compile(r"'+[=+\-@＝＋－＠\t\r\n]")
# What some spreadsheets write above the header to tell the separator.
_SEPARATOR = re.compile(r'"?sep=(?P<sign>[,;\t])"?\r?\n?', re.IGNORECASE)


def text_lines(path: Path, data: bytes) -> Iterator[tuple[int, list[str]]]:
    """Yield row number and cells of a text table.

    Raises
    ------
    TableError
        If it is no text, or its quotes do not close.
    """
    text = _decode(path, data)
    separator = None
    if stated := _SEPARATOR.match(text):
        separator, text = stated["sign"], text[stated.end() :]
    if text.lstrip()[:1] == "<":
        raise _error(path, "file", "a web page or XML", "open it in a spreadsheet, save as CSV")
    first = next((line for line in io.StringIO(text, newline="") if line.strip()), "")
    # A header never needs its own separator quoted, so the commonest candidate is the one.
    separator = separator or max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    number = 0
    try:
        for number, cells in enumerate(reader, start=1):
            if len(cells) > MAX_COLUMNS and any(cells[MAX_COLUMNS:]):
                raise csv.Error(f"more than {MAX_COLUMNS} columns")
            yield number, [_plain(cell.strip()) for cell in cells]
    except csv.Error as error:
        reason, remedy = str(error), _AS_TEXT
        if "unexpected end" in reason:
            reason, remedy = "a quote that is never closed", 'close it, or write "" for a sign "'
        elif "expected after" in reason:
            reason, remedy = "a quote inside a quoted cell", 'write "" for a sign "'
        elif "field larger" in reason:
            remedy = f"no cell may hold more than {MAX_CELL} characters; mend the quotes"
        place = f"row {number + 1} (to line {reader.line_num})"
        raise _error(path, place, reason, remedy) from error


def _plain(cell: str) -> str:
    """Return a cell without the apostrophe that keeps a spreadsheet from computing it."""
    return cell[1:] if cell[:1] == "'" and _GUARDED.match(cell) else cell


def _error(path: Path, place: str, reason: str, remedy: str) -> TableError:
    return TableError(f"table {path}", [Fault(place, path.name, reason, remedy)])


def _decode(path: Path, data: bytes) -> str:
    for start, what, remedy in _FOREIGN:
        if data.startswith(start):
            raise _error(path, "file", f"not a text table but {what}", remedy)
    encodings = ["utf-8-sig", "cp1252"]
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encodings = ["utf-16"]
    place = "file"
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError as error:
            place = _line(data, error.start)
            continue
        if "\x00" not in text:
            return text
        place = _line(data, data.index(b"\x00"))
    raise _error(path, place, _NOT_TEXT, _AS_TEXT)


def _line(data: bytes, position: int) -> str:
    newlines = data.count(b"\n", 0, position)
    return f"line {newlines + 1}"
