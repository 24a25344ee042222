"""Read a workbook (XLSX) as text cells, as they would stand in a CSV of its table.

Undoes what a spreadsheet does to numbers (percent formats), finds the sheet that holds the
table, and keeps to limits on size, whatever the file claims.
"""

from __future__ import annotations

import datetime
import io
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from itertools import repeat
from pathlib import Path
from typing import Any

from ..errors import Fault, TableError

# What the parts of a workbook may add up to; a zip archive packs zeros a thousandfold.
MAX_UNPACKED = 1024**3
# As many as a spreadsheet has.
MAX_ROWS = 1_048_576
MAX_COLUMNS = 500
WORKBOOKS = (".xlsx", ".xlsm")

Line = tuple[int, list[str]]
_OLD = b"\xd0\xcf\x11\xe0"
_MERGED = re.compile(rb'<mergeCell[^s>][^>]*ref="([A-Z]+[0-9]+:[A-Z]+[0-9]+)"')
# That are told; any one is a fault.
MAX_MERGED = 20
_LITERAL = re.compile(r'"[^"]*"|\\.')


def workbook_lines(
    path: Path, data: bytes, is_header: Callable[[list[str]], bool]
) -> Iterator[Line]:
    """Yield row number and cells of the one sheet whose first row is a header, else of the first.

    Raises
    ------
    TableError
        If it is no workbook, too large, several of its sheets hold such a table, or cells of the
        sheet are merged: only the first of them has the value.
    """
    from openpyxl import load_workbook

    try:
        has_formulas = _look_inside(path, data)
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        name = _sheet_name(path, book, is_header)
        if is_header(_texts(next(_rows(book[name]), ()), ())):
            # Else what is above the table is the first thing to mend.
            _refuse_merged(path, data, book[name])
        formulas: Iterator[Sequence[Any]] = repeat(())
        if has_formulas:
            # A second reading, since openpyxl gives either formulas or their stored values.
            formulas = _rows(load_workbook(io.BytesIO(data), read_only=True)[name])
        for number, (cells, written) in enumerate(
            zip(_rows(book[name]), formulas, strict=False), start=1
        ):
            if number > MAX_ROWS or len(cells) > MAX_COLUMNS:
                raise _error(path, f"more than {MAX_ROWS:,} rows or {MAX_COLUMNS} columns",
                             "delete what is empty, or split the table")  # fmt: skip
            yield number, _texts(cells, written)
    except TableError:
        raise
    except Exception as error:  # zip, zlib, XML and openpyxl each raise their own
        reason = f"no readable workbook ({str(error)[:200]})"
        raise _error(path, reason, "save it as CSV") from error


def _error(path: Path, reason: str, remedy: str) -> TableError:
    return TableError(f"table {path}", [Fault("file", path.name, reason, remedy)])


def _look_inside(path: Path, data: bytes) -> bool:
    """Check the archive before anything is unpacked; return whether a sheet holds formulas."""
    if data.startswith(_OLD):
        reason = "no readable workbook (an old .xls, or one with a password)"
        raise _error(path, reason, "save it as XLSX without a password, or as CSV")
    if not data.startswith(b"PK"):
        reason = "no readable workbook (not a zip archive)"
        raise _error(path, reason, "save it as CSV, or name it .csv if it is text")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = archive.infolist()
        if sum(part.file_size for part in parts) > MAX_UNPACKED:
            reason = f"unpacks to more than {MAX_UNPACKED // 1024**2} MiB"
            raise _error(path, reason, "save the table alone, as CSV")
        sheets = [part for part in parts if part.filename.startswith("xl/worksheets/")]
        return any(_mentions(archive, part, b"<f") for part in sheets)


def _mentions(archive: zipfile.ZipFile, part: zipfile.ZipInfo, word: bytes) -> bool:
    with archive.open(part) as stream:
        rest = b""
        while block := stream.read(1 << 20):
            if word in rest + block:
                return True
            rest = block[-len(word) :]
    return False


def _refuse_merged(path: Path, data: bytes, sheet: Any) -> None:
    """Raise TableError if cells are merged; who reads rows sees nothing of it."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        # Where the part lies only the sheet knows; openpyxl says so under a private name.
        places = _found(archive, archive.getinfo(sheet._worksheet_path.lstrip("/")), _MERGED)
    if places:
        reason = "merged cells: only the first of them has the value"
        remedy = "unmerge them and write the value into each"
        raise TableError(
            f"table {path}",
            [Fault(f"cells {place.decode()}", "", reason, remedy) for place in places[:MAX_MERGED]],
        )


def _found(
    archive: zipfile.ZipFile, part: zipfile.ZipInfo, pattern: re.Pattern[bytes]
) -> list[bytes]:
    found: dict[bytes, None] = {}
    with archive.open(part) as stream:
        rest = b""
        while block := stream.read(1 << 20):
            text = rest + block
            found |= dict.fromkeys(pattern.findall(text))
            rest = text[-200:]
    # By rows, as a reader meets them.
    return sorted(found, key=lambda place: (int(re.findall(rb"[0-9]+", place)[0]), place))


def _rows(sheet: Any) -> Iterator[Sequence[Any]]:
    # Some programs state a smaller range than they write; what is stated would cut rows off.
    sheet.reset_dimensions()
    return iter(sheet.iter_rows())


def _sheet_name(path: Path, book: Any, is_header: Callable[[list[str]], bool]) -> str:
    names = [sheet.title for sheet in book.worksheets]
    found = []
    for sheet in book.worksheets:
        first = next(_rows(sheet), ())
        if is_header(_texts(first, ())):
            found.append(sheet.title)
    if len(found) > 1:
        reason = f"{len(found)} sheets hold such a table: {', '.join(found)}"
        raise _error(path, reason, "keep one, or save each as a file of its own")
    return str(found[0] if found else names[0])


def _texts(cells: Sequence[Any], written: Sequence[Any]) -> list[str]:
    texts = [_text(cell) for cell in cells]
    # A formula that was never computed has no value: its text stands for it, and is refused.
    for place, cell in enumerate(written[: len(texts)]):
        if cell.data_type == "f" and not texts[place]:
            texts[place] = str(getattr(cell.value, "text", cell.value))
    while texts and not texts[-1]:
        texts.pop()
    return texts


def _text(cell: Any) -> str:
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, (datetime.datetime, datetime.date, datetime.time)):
        return value.isoformat(*([" "] if isinstance(value, datetime.datetime) else []))
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if is_number and "%" in _LITERAL.sub("", cell.number_format or ""):
        # Stored as a fraction, shown and meant in percent.
        return f"{round(value * 100, 10)!r} %"
    return str(value).strip()
