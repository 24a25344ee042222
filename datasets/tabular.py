"""Read a user's table (CSV, TSV or XLSX) as text cells, tolerant of what spreadsheets write.

Knows the container formats only; what the cells mean is for the callers.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from .errors import Fault, TableError

MAX_BYTES = 200 * 1024 * 1024
MAX_COLUMNS = 500
_NOT_TEXT = "neither UTF-8, UTF-16 nor Windows-1252 text"


def read_rows(
    path: str | Path, required: Sequence[str], known: Sequence[str] = ()
) -> list[tuple[int, dict[str, str]]]:
    """Return the rows of a table as ``(row number, {column: text})``.

    Row numbers are those a spreadsheet shows (the header is row 1). Blank rows are
    skipped. Column names are matched without regard to case and surrounding blanks.

    Raises
    ------
    TableError
        If the file cannot be read as a table, lacks a required column or repeats one.
    """
    path = Path(path)
    lines = _spreadsheet(path) if path.suffix.lower() in (".xlsx", ".xlsm") else _text(path)
    header = next(lines, (0, []))[1]
    canonical = {name.casefold(): name for name in (*required, *known)}
    columns = [canonical.get(cell.strip().casefold(), cell.strip()) for cell in header]
    _check_header(path, columns, required)
    rows = []
    faults = []
    for number, cells in lines:
        if not any(cells):
            continue
        if len(cells) > len(columns) and any(cells[len(columns) :]):
            faults.append(
                Fault(
                    f"row {number}",
                    " | ".join(cells),
                    f"{len(cells)} cells under {len(columns)} columns",
                    "quote cells that hold the separator",
                )
            )
            continue
        padded = [*cells, *[""] * (len(columns) - len(cells))]
        rows.append((number, dict(zip(columns, padded, strict=False))))
    if faults:
        raise TableError(f"table {path}", faults)
    return rows


def _check_header(path: Path, columns: list[str], required: Sequence[str]) -> None:
    place = "row 1 (header)"
    faults = [
        Fault(place, name, "column is missing", f"add it; found: {', '.join(columns) or 'nothing'}")
        for name in required
        if name not in columns
    ]
    faults += [
        Fault(place, name, "column occurs more than once", "keep one of them")
        for name, count in Counter(columns).items()
        if name and count > 1
    ]
    if faults:
        raise TableError(f"table {path}", faults)


def _text(path: Path) -> Iterator[tuple[int, list[str]]]:
    text = _decode(path, _read_bytes(path))
    first = text.splitlines()[0] if text.strip() else ""
    # A header never needs its own separator quoted, so the commonest candidate is the one.
    separator = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        for number, cells in enumerate(reader, start=1):
            if len(cells) > MAX_COLUMNS:
                raise csv.Error(f"more than {MAX_COLUMNS} columns")
            yield number, [cell.strip() for cell in cells]
    except csv.Error as error:
        fault = Fault(f"line {reader.line_num}", "", str(error), "save it as CSV in UTF-8")
        raise TableError(f"table {path}", [fault]) from error


def _read_bytes(path: Path) -> bytes:
    remedy = "name a readable CSV, TSV or XLSX file"
    try:
        if path.stat().st_size > MAX_BYTES:
            fault = Fault(
                "file", path.name, f"larger than {MAX_BYTES // 1024**2} MiB", "split the table"
            )
            raise TableError(f"table {path}", [fault])
        return path.read_bytes()
    except OSError as error:
        fault = Fault("file", path.name, error.strerror or "unreadable", remedy)
        raise TableError(f"table {path}", [fault]) from error


def _decode(path: Path, data: bytes) -> str:
    encodings = ["utf-8-sig", "cp1252"]
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encodings = ["utf-16"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    fault = Fault("file", path.name, _NOT_TEXT, "save the table as CSV in UTF-8, or as XLSX")
    raise TableError(f"table {path}", [fault])


def _spreadsheet(path: Path) -> Iterator[tuple[int, list[str]]]:
    from openpyxl import load_workbook

    data = _read_bytes(path)
    try:
        sheet = load_workbook(io.BytesIO(data), read_only=True, data_only=True).worksheets[0]
        for number, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
            yield number, ["" if cell is None else str(cell).strip() for cell in cells]
    except Exception as error:  # zip, zlib, XML and openpyxl each raise their own
        fault = Fault("file", path.name, f"no readable workbook ({error})", "save it as CSV")
        raise TableError(f"table {path}", [fault]) from error
