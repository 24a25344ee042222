"""The formulations to predict: read from arguments, lines and tables, each with its row."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from anolyte.datasets.electrolytes.electrolyte import MAX_LENGTH
from anolyte.datasets.files.tables import read_rows
from anolyte.datasets.measurements.schema import HEADINGS

_READ = ("electrolyte", "metal")
_TABLES = (".csv", ".tsv", ".xlsx", ".xlsm")


@dataclass(frozen=True)
class Request:
    """One formulation to predict.

    Attributes
    ----------
    row
        Its number: of the argument, the line, or the row that a spreadsheet shows.
    text
        The formulation as written.
    metal
        The metal that its row names; empty if none.
    further
        The other cells of its row, which go through to the predictions.
    """

    row: int
    text: str
    metal: str = ""
    further: Mapping[str, str] = field(default_factory=dict)


def requests_of_file(path: Path) -> list[Request]:
    """Return the formulations of a file.

    Parameters
    ----------
    path
        A table (CSV, TSV, XLSX) with the column electrolyte and perhaps metal, or any other
        text file with one formulation a line.

    Raises
    ------
    TableError
        If the table cannot be read or has no column electrolyte.
    OSError
        If the text file cannot be read.
    """
    if path.suffix.lower() in _TABLES:
        return [
            Request(number, cells["electrolyte"], cells.get("metal", ""), _further(cells))
            for number, cells in read_rows(path, ("electrolyte",), ("metal",), HEADINGS)
        ]
    with path.open(encoding="utf-8-sig", errors="replace") as stream:
        return list(requests_of_lines(stream))


def requests_of_lines(lines: Iterable[str]) -> Iterator[Request]:
    """Yield the formulations of a stream of lines, blank ones left out.

    If the first line is a CSV or TSV header with the column electrolyte, that column (and
    metal) is read and the others go along, else every line is one formulation.
    """
    numbered = enumerate(lines, start=1)
    first = next(((number, line) for number, line in numbered if line.strip()), None)
    if first is None:
        return
    separator = max(",;\t", key=first[1].count)
    names = [cell.strip().strip('"') for cell in first[1].lstrip("\ufeff").split(separator)]
    header = [n.casefold() if n.casefold() in _READ else n for n in names]
    if "electrolyte" in header:
        yield from _cells(first[0], header, separator, (line for _, line in numbered))
        return
    yield Request(first[0], _cut(first[1]))
    for number, line in numbered:
        if line.strip():
            yield Request(number, _cut(line))


def _cells(row: int, header: list[str], separator: str, lines: Iterable[str]) -> Iterator[Request]:
    reader = csv.DictReader(lines, header, delimiter=separator)
    try:
        for cells in reader:
            text, metal = cells["electrolyte"] or "", cells.get("metal") or ""
            yield Request(row + reader.line_num, _cut(text), metal.strip(), _further(cells))
    except csv.Error as error:
        raise ValueError(f"line {row + reader.line_num}: {error}; save it as CSV") from error


def _further(cells: Mapping[str, str]) -> dict[str, str]:
    """Return the cells that are not read here; a column without a name has none."""
    return {n: cell or "" for n, cell in cells.items() if n and n not in _READ}


def _cut(text: str) -> str:
    """Return a text without blanks around it, cut where it is too long anyway."""
    return text.strip()[: MAX_LENGTH + 1]
