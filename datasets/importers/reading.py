"""Read published data formats into the measurement schema, through one small registry.

Each importer is a function from text rows to schema rows; it converts and drops nothing
silently: a row it cannot convert becomes a fault.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..compounds.registry import shipped_compounds
from ..electrolytes.electrolyte import Electrolyte, Share
from ..electrolytes.grammar import parse
from ..errors import Fault, InputError, TableError
from ..files.tables import read_rows
from .schema import COLUMNS, CellError, is_empty, read_number

Cells = dict[str, str]


@dataclass(frozen=True)
class Importer:
    """A published format.

    Attributes
    ----------
    name, description
        Short name for the command line, and what the format is.
    required
        Columns that identify it.
    convert
        From one row (and its number) to a row of the schema.
    """

    name: str
    description: str
    required: tuple[str, ...]
    convert: Callable[[Cells, int], Cells]


def _edb2(cells: Cells, number: int) -> Cells:
    if not is_empty(cells.get("issues", "")):
        raise CellError(cells["issues"], "leave the row out, or correct it in its source")
    return {
        "metal": "Li",
        "electrolyte": cells["electrolyte"],
        "ce_pct": cells["ce_pct"],
        "ce_method": "unknown",
        "current_mA_cm2": cells.get("current_mA_cm2", ""),
        "source": f"EDB-2 row {cells.get('source_row') or number}",
        "confidence": "medium",
        "notes": "protocol code " + (cells.get("protocol") or "?"),
    }


def _kim_ratios(cells: Cells, number: int) -> Cells:
    ce = 100 * (1 - np.power(10.0, -read_number(cells["LCE"])))
    return {
        "metal": "Li",
        "electrolyte": cells["electrolyte"],
        "ce_pct": f"{ce:.4g}",
        "source": "kim2023",
        "doi": "10.1073/pnas.2214357120",
        "confidence": "medium",
        "notes": f"row {number} of the published ratios; CE from LCE",
    }


def _curated(cells: Cells, number: int) -> Cells:
    """Return the row of a table that has the schema's columns already."""
    return {column: cells.get(column, "") for column in COLUMNS if column != "measurement_id"}


_HELENA_METHODS = (("aurbach", "aurbach"), ("full", "full_cell"), ("average", "average"))


def _helena(cells: Cells, number: int) -> Cells:
    """Return a row of HELENA: components as ``SMILES:mol/L``, so their ratio is molar."""
    shares = []
    for column, text in cells.items():
        if re.fullmatch(r"(Solvent|Salt)_\d", column) and not is_empty(text):
            smiles, _, amount = text.rpartition(":")
            if not smiles:
                raise CellError(f"{column} holds no SMILES:mol/L", "write e.g. COCCOC:9.6")
            # Such tables fill their empty places with water of 0 mol/L.
            if read_number(amount) == 0:
                continue
            try:
                compound = shipped_compounds().from_smiles(smiles.strip())
            except ValueError as error:
                raise CellError(f"{column}: {error}", "correct the SMILES") from error
            shares.append((column, Share(read_number(amount), compound)))
    ordered = [share for _, share in sorted(shares, key=lambda each: each[0])]
    electrolyte = Electrolyte((), tuple(ordered), "mol/mol")
    method = cells.get("Method", "").casefold()
    return {
        "metal": cells.get("Metal") or "Li",
        "electrolyte": str(electrolyte),
        "ce_pct": cells["CE"],
        "ce_method": next((word for key, word in _HELENA_METHODS if key in method), "unknown"),
        "cycles": cells.get("Cycle", ""),
        "current_mA_cm2": cells.get("Current", ""),
        "capacity_mAh_cm2": cells.get("Capacity", ""),
        "source": cells["Reference"],
        "notes": f"written there as {cells['Electrolyte']}" if cells.get("Electrolyte") else "",
    }


IMPORTERS: Mapping[str, Importer] = {
    importer.name: importer
    for importer in (
        Importer(
            "helena",
            "HELENA: Solvent_1..5 and Salt_1..3 as SMILES:mol/L, CE, Reference",
            ("Electrolyte", "CE", "Solvent_1", "Salt_1", "Reference"),
            _helena,
        ),
        Importer(
            "edb2",
            "EDB-2, cleaned: electrolyte, ce_pct, protocol, issues",
            ("electrolyte", "ce_pct", "protocol", "issues"),
            _edb2,
        ),
        Importer(
            "kim-ratios",
            "the published ratios of Kim et al. 2023: electrolyte, 13 ratios, LCE",
            ("electrolyte", "FC", "sF", "LCE"),
            _kim_ratios,
        ),
        Importer(
            "anolyte",
            "the columns of this project's own tables",
            ("metal", "electrolyte", "ce_pct", "source"),
            _curated,
        ),
    )
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
    formats = "; ".join(f"{each.name} needs {', '.join(each.required)}" for each in _all())
    fault = Fault("row 1 (header)", ", ".join(sorted(columns)), "no known format", formats)
    raise InputError(f"cannot import {path}", [fault])


def _all() -> list[Importer]:
    return list(IMPORTERS.values())


def import_rows(path: str | Path, name: str | None = None) -> tuple[list[Cells], list[Fault]]:
    """Convert a published table to rows of the measurement schema.

    Parameters
    ----------
    path
        CSV, TSV or XLSX.
    name
        One of `IMPORTERS`; detected from the columns by default.

    Returns
    -------
    rows
        Text rows of the schema.
    skipped
        Why each other row could not be converted.
    """
    importer = detect(path) if name is None else _importer(name)
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


def _importer(name: str) -> Importer:
    if name not in IMPORTERS:
        fault = Fault("format", name, "unknown", f"use one of {', '.join(IMPORTERS)}")
        raise TableError("cannot import", [fault])
    return IMPORTERS[name]
