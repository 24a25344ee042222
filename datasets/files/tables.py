"""Read a user's table (CSV, TSV or XLSX) as text cells, tolerant of what spreadsheets write.

Knows headers, rows and files only; what the cells mean is for the callers.
"""

from __future__ import annotations

import re
import stat
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path

from ..errors import Fault, TableError
from .text_tables import MAX_COLUMNS, text_lines
from .workbooks import MAX_ROWS, WORKBOOKS, workbook_lines

__all__ = ["MAX_BYTES", "MAX_COLUMNS", "MAX_ROWS", "read_rows", "read_table"]

MAX_BYTES = 200 * 1024 * 1024
# How far down a header is looked for, to say where it is.
_TITLES = 20
_INVISIBLE = re.compile("[\u200b-\u200d\u2060\ufeff\u00ad]")

Row = tuple[int, dict[str, str]]
# What else people call a column.
Headings = Mapping[str, Sequence[str]]


def read_rows(
    path: str | Path,
    required: Sequence[str],
    known: Sequence[str] = (),
    headings: Headings | None = None,
) -> list[Row]:
    """Return the rows of a table as ``(row number, {column: text})``.

    Row numbers are those a spreadsheet shows (the header is row 1). Blank rows are
    skipped. Column names are matched without regard to case and surrounding blanks.

    Parameters
    ----------
    headings
        Other headings of a column, which are offered as it where it is missing.

    Raises
    ------
    TableError
        If the file cannot be read as a table, lacks a required column or repeats one.
    """
    rows, faults = read_table(path, required, known, headings)
    if faults:
        raise TableError(f"table {path}", faults)
    return rows


def read_table(
    path: str | Path,
    required: Sequence[str],
    known: Sequence[str] = (),
    headings: Headings | None = None,
) -> tuple[list[Row], list[Fault]]:
    """Return the rows as `read_rows` does, and the faults of those with too many cells.

    So that a caller who checks the cells can tell all faults of a table at once.

    Raises
    ------
    TableError
        If the file as a whole or its header cannot be used.
    """
    path = Path(path)
    canonical = {name.casefold(): name for name in (*required, *known)}

    def named(cells: Sequence[str]) -> list[str]:
        plain = (" ".join(_INVISIBLE.sub("", cell).split()) for cell in cells)
        return [canonical.get(name.casefold(), name) for name in plain]

    def is_header(cells: Sequence[str]) -> bool:
        return bool(required) and set(required) <= set(named(cells))

    data = _read_bytes(path)
    is_workbook = path.suffix.lower() in WORKBOOKS
    lines = workbook_lines(path, data, is_header) if is_workbook else text_lines(path, data)
    start, header = next(((number, cells) for number, cells in lines if any(cells)), (1, []))
    columns = named(header)
    faults = list(_header_faults(start, columns, required, headings or {}))
    if faults:
        if any(name not in columns for name in required):
            below = islice(lines, _TITLES)
            faults += [_title_fault(number) for number, cells in below if is_header(cells)][:1]
        raise TableError(f"table {path}", faults)
    return _rows(path, lines, columns)


def _rows(
    path: Path, lines: Iterator[tuple[int, list[str]]], columns: list[str]
) -> tuple[list[Row], list[Fault]]:
    rows: list[Row] = []
    faults = []
    for number, cells in lines:
        if not any(cells):
            continue
        if len(rows) >= MAX_ROWS:
            fault = Fault(f"row {number}", "", f"more than {MAX_ROWS:,} rows", "split the table")
            raise TableError(f"table {path}", [fault])
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
    return rows, faults


def _header_faults(
    number: int, columns: list[str], required: Sequence[str], headings: Headings
) -> Iterator[Fault]:
    place = f"row {number} (header)"
    found = ", ".join(columns) or "nothing"
    found = found if len(found) <= 300 else f"{found[:300]}..."
    for name in required:
        if name not in columns:
            meant = _meant(columns, headings.get(name, ()))
            remedy = f"rename {meant!r}, if that is it" if meant else "add it"
            yield Fault(place, name, "column is missing", f"{remedy}; found: {found}")
    for name, count in Counter(columns).items():
        if name and count > 1:
            yield Fault(place, name, "column occurs more than once", "keep one of them")


def _meant(columns: list[str], headings: Sequence[str]) -> str:
    """Return the first column that is one of some headings, their signs and case left out."""
    known = {_letters(heading) for heading in headings}
    return next((name for name in columns if _letters(name) in known), "")


def _letters(heading: str) -> str:
    return re.sub(r"[\W_]", "", heading.casefold())


def _title_fault(number: int) -> Fault:
    remedy = f"delete the rows above row {number}"
    return Fault(f"row {number}", "", "the header seems to stand here", remedy)


def _read_bytes(path: Path) -> bytes:
    remedy = "name a readable CSV, TSV or XLSX file"
    try:
        status = path.stat()
        # Reading a pipe or a device might never end.
        if not stat.S_ISREG(status.st_mode) and not stat.S_ISDIR(status.st_mode):
            reason = "no plain file (a pipe or a device)"
        elif status.st_size > MAX_BYTES:
            reason, remedy = f"larger than {MAX_BYTES // 1024**2} MiB", "split the table"
        else:
            return path.read_bytes()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error) or "unreadable"
    raise TableError(f"table {path}", [Fault("file", path.name, reason, remedy)])
