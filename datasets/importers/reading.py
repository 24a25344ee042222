"""Read a published table with the importer of its layout, named or found by its columns."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ..electrolytes.grammar import parse
from ..errors import Fault, InputError, TableError
from ..files.tables import read_rows
from ..interphases.vocabulary import split_character
from ..measurements.schema import FORMER_CHARACTER, CellError, is_empty, vocabulary_check
from .calisol import CALISOL
from .edb2 import CLEANED, PUBLISHED
from .helena import HELENA, S4
from .importer import MEASUREMENT_COLUMNS, Cells, Importer
from .lce_tables import IBM, KIM_RATIOS

__all__ = ["IMPORTERS", "Importer", "detect", "import_rows", "named_importer"]


def _own(cells: Cells, number: int) -> Cells:
    """Return the row of a table that has the schema's columns already."""
    row = {column: cells.get(column, "") for column in MEASUREMENT_COLUMNS}
    former = cells.get(FORMER_CHARACTER, "")
    if not is_empty(former):
        composition, function = split_character(vocabulary_check(FORMER_CHARACTER)(former))
        row["sei_composition"] = row["sei_composition"] or composition
        row["sei_function"] = row["sei_function"] or function
    return row


OWN = Importer(
    "anolyte",
    "the columns of this project's own tables",
    ("metal", "electrolyte", "ce_pct", "source"),
    _own,
)
IMPORTERS: Mapping[str, Importer] = {
    importer.name: importer
    for importer in (HELENA, S4, PUBLISHED, CLEANED, IBM, KIM_RATIOS, CALISOL, OWN)
}


def detect(path: str | Path) -> Importer:
    """Return the importer whose columns a file has.

    Raises
    ------
    InputError
        If none fits.
    """
    columns = {name for _, row in read_rows(path, ())[:1] for name in row}
    for importer in IMPORTERS.values():
        if set(importer.required) <= columns:
            return importer
    formats = "; ".join(f"{one.name} needs {', '.join(one.required)}" for one in IMPORTERS.values())
    fault = Fault("row 1 (header)", ", ".join(sorted(columns)), "no known format", formats)
    raise InputError(f"cannot import {path}", [fault])


def import_rows(
    path: str | Path, importer: Importer | str | None = None
) -> tuple[list[Cells], list[Fault]]:
    """Convert a published table to rows of its importer's columns.

    Parameters
    ----------
    path
        CSV, TSV or XLSX.
    importer
        One of `IMPORTERS` or its name, or one made by `general.general`; detected from the
        columns by default.

    Returns
    -------
    rows
        Text rows of `Importer.columns`: the measurement schema unless said otherwise.
    skipped
        Why each other row could not be converted.
    """
    if importer is None:
        importer = detect(path)
    elif isinstance(importer, str):
        importer = named_importer(importer)
    rows: list[Cells] = []
    skipped: list[Fault] = []
    for number, cells in read_rows(path, importer.required):
        try:
            row = importer.convert(cells, number)
            row["electrolyte"] = str(parse(row["electrolyte"]))
            rows.append(row)
        except CellError as error:
            text = cells.get("electrolyte") or cells.get("Electrolyte") or ""
            skipped.append(Fault(f"row {number}", text, error.reason, error.remedy))
        except InputError as error:
            skipped += [
                Fault(f"row {number}, {each.place}", each.value, each.reason, each.remedy)
                for each in error.faults
            ]
    return rows, skipped


def named_importer(name: str) -> Importer:
    """Return the importer of a name.

    Raises
    ------
    TableError
        If there is none, with the known names.
    """
    if name not in IMPORTERS:
        fault = Fault("format", name, "unknown", f"use one of {', '.join(IMPORTERS)}")
        raise TableError("cannot import", [fault])
    return IMPORTERS[name]
