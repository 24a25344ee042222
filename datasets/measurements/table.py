"""Measurement tables: load the shipped ones, read and check a user's.

One row is one observation of an electrolyte on a metal: a Coulombic efficiency, the
character and species of the SEI, or both, with its source. The schema is in `schema`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import cast

import pandas as pd

from ..compounds.ions import holds
from ..compounds.metals import METALS, Metal, as_metal
from ..compounds.registry import Compound, CompoundRegistry
from ..electrolytes.grammar import parse
from ..errors import Fault, TableError
from ..files.shipped import shipped_table
from ..files.tables import read_table
from ..interphases.vocabulary import split_character
from .schema import (
    COLUMNS,
    FORMER_CHARACTER,
    HEADINGS,
    NUMBER_COLUMNS,
    TEXT_COLUMNS,
    CellError,
    check_cells,
    check_cycles,
    check_electrolyte,
    check_metal,
    check_plain,
    check_positive,
    check_species,
    check_spread,
    check_temperature,
    check_year,
    is_empty,
    read_efficiency,
    vocabulary_check,
)
from .sources import with_years

Row = dict[str, str | float | None]
Checks = Mapping[str, Callable[[str], str | float]]

# In percent: names of columns this much alike are one name misspelt.
MISNAMED = 85

# What distinguishes two observations of one electrolyte from one source.
IDENTITY = (
    "metal",
    "electrolyte",
    "source",
    "ce_pct",
    "ce_method",
    "cell",
    "cycles",
    "substrate",
    "current_mA_cm2",
    "capacity_mAh_cm2",
    "temperature_C",
    "sei_composition",
    "sei_function",
    "sei_species",
)
# At least one of them must say something.
OBSERVED = ("ce_pct", "sei_composition", "sei_function", "sei_species")
PLATING_METHODS = ("average", "aurbach", "unknown")


def load_measurements(metal: Metal | str) -> pd.DataFrame:
    """Return the shipped measurements of a metal.

    Parameters
    ----------
    metal
        Symbol of the metal, or ``"all"``.

    Returns
    -------
    pandas.DataFrame
        The columns of `schema.COLUMNS`; text columns hold ``""`` and number columns NaN
        where the source is silent. ``year`` is that of the source in ``sources.csv``.

    Examples
    --------
    >>> from anolyte.datasets import load_measurements
    >>> lithium = load_measurements("Li")
    >>> bool((lithium["metal"] == "Li").all() and lithium["source"].all())
    True
    >>> lithium.columns[:4].tolist()
    ['measurement_id', 'metal', 'electrolyte', 'ce_pct']
    """
    if metal == "all":
        return pd.concat([load_measurements(each) for each in METALS], ignore_index=True)
    return _frame(shipped_table(f"measurements_{as_metal(metal)}"))


def efficiencies(measurements: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that report a plating/stripping Coulombic efficiency.

    Left out: rows without a CE, first-cycle and full-cell values, cells with a graphite
    substrate (co-intercalation counts there) and deposition-only efficiencies. They
    measure something else.

    Examples
    --------
    >>> from anolyte.datasets import efficiencies, load_measurements
    >>> rows = efficiencies(load_measurements("Mg"))
    >>> bool(rows["ce_pct"].notna().all()), len(rows) < len(load_measurements("Mg"))
    (True, True)
    """
    keep = (
        measurements["ce_pct"].notna()
        & measurements["ce_method"].isin(["", *PLATING_METHODS])
        & (measurements["substrate"] != "graphite")
        & ~measurements["notes"].str.contains("DEPOSITION-ONLY")
    )
    return measurements[keep].reset_index(drop=True)


@lru_cache(maxsize=8)
def commonest_salt(metal: Metal) -> Compound:
    """Return the salt that most shipped measurements of a metal use (ties: first named)."""
    count: Counter[Compound] = Counter()
    for text in shipped_table(f"measurements_{metal}")["electrolyte"]:
        electrolyte = parse(text)
        count.update(salt for salt in electrolyte.named_salts if holds(salt, metal))
    return count.most_common(1)[0][0]


def read_measurements(
    path: str | Path,
    metal: Metal | str | None = None,
    registry: CompoundRegistry | None = None,
) -> pd.DataFrame:
    """Read and check a user's measurement table (CSV, TSV or XLSX).

    Parameters
    ----------
    path
        The file. Columns electrolyte, source and ce_pct are required, metal too unless
        `metal` is given; the others of `schema.COLUMNS` are optional, further ones ignored.
        Rows that differ in ``cell`` alone, or name no cell, are replicates. A column
        ``sei_character`` of an older table is split into composition and function.
    metal
        The metal of all rows, where the table has no such column.
    registry
        Known compounds; the shipped ones by default.

    Returns
    -------
    pandas.DataFrame
        In the form of `load_measurements`, electrolytes in canonical text.

    Raises
    ------
    TableError
        With every fault: row, column, value, reason and remedy.

    Examples
    --------
    >>> import pandas as pd
    >>> from anolyte.datasets import read_measurements
    >>> cells = {"electrolyte": "1M LiFSI in DME", "ce_pct": [">98.4"], "source": "notebook 12"}
    >>> pd.DataFrame(cells).to_csv("my_cells.csv", index=False)
    >>> read_measurements("my_cells.csv", "Li")[["electrolyte", "ce_pct", "ce_qualifier"]]
            electrolyte  ce_pct ce_qualifier
    0  1 M LiFSI in DME    98.4            >
    """
    required = ("electrolyte", "source", "ce_pct", *(() if metal else ("metal",)))
    rows, faults = read_table(path, required, (*COLUMNS, FORMER_CHARACTER), HEADINGS)
    if not rows and not faults:
        faults.append(Fault("file", str(path), "no rows below the header", "add measurements"))
    faults += _misnamed_columns(rows[0][1] if rows else ())
    checks = _checks(registry)
    records: list[tuple[int, Row]] = []
    faulty: set[int] = set()
    for number, cells in rows:
        if metal:
            cells["metal"] = cells.get("metal") or as_metal(metal)
        record, found = _check_row(cells, f"row {number}", checks)
        records.append((number, record))
        faults += found
        faulty |= {number} if found else set()
    faults += _fraction_faults(records)
    faults += _duplicate_faults(records, faulty)
    if faults:
        raise TableError(f"measurement table {path}", faults)
    return _frame(pd.DataFrame([record for _, record in records], columns=list(COLUMNS)))


def _frame(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table of text cells or numbers with the schema's columns and kinds."""
    frame = table.reindex(columns=list(COLUMNS))
    for column in NUMBER_COLUMNS:
        frame[column] = pd.to_numeric(frame[column].replace("", None)).astype(float)
    text = list(TEXT_COLUMNS)
    frame[text] = frame[text].astype(object).fillna("").astype("str")
    return with_years(frame)


def _misnamed_columns(columns: Iterable[str]) -> Iterator[Fault]:
    """Find further columns that are almost one of the schema: their cells would be ignored."""
    from rapidfuzz import fuzz

    for name in columns:
        if name in COLUMNS or not name:
            continue
        for column in COLUMNS:
            likeness = fuzz.ratio(_folded(name), _folded(column))
            if column not in columns and likeness >= MISNAMED:
                remedy = f"rename it {column} (mind the unit), or name it quite otherwise"
                yield Fault("header", name, f"is this {column}?", remedy)


def _folded(name: str) -> str:
    return re.sub(r"[\W_]", "", name.casefold())


def _checks(registry: CompoundRegistry | None) -> Checks:
    return {
        "metal": check_metal,
        "electrolyte": lambda text: check_electrolyte(text, registry),
        "ce_qualifier": vocabulary_check("ce_qualifier"),
        "ce_method": vocabulary_check("ce_method"),
        "cycles": check_cycles,
        "sei_composition": vocabulary_check("sei_composition"),
        "sei_function": vocabulary_check("sei_function"),
        "sei_species": check_species,
        "confidence": vocabulary_check("confidence"),
        "ce_sd": check_spread,
        "cells": check_cells,
        "current_mA_cm2": check_positive,
        "capacity_mAh_cm2": check_positive,
        "temperature_C": check_temperature,
        "year": check_year,
    }


def _check_row(cells: dict[str, str], place: str, checks: Checks) -> tuple[Row, list[Fault]]:
    faults: list[Fault] = []
    record: Row = dict.fromkeys(TEXT_COLUMNS, "")
    record.update((column, None) for column in NUMBER_COLUMNS)
    for column in COLUMNS:
        text = cells.get(column, "")
        if _is_blank(column, text):
            continue
        try:
            check_plain(text)
            if column == "ce_pct":
                record["ce_pct"], qualifier = read_efficiency(text)
                record["ce_qualifier"] = qualifier or "="
                _check_qualifiers(qualifier, cells.get("ce_qualifier", ""))
            else:
                record[column] = checks[column](text) if column in checks else text
        except CellError as error:
            faults.append(Fault(f"{place}, column {column}", text, error.reason, error.remedy))
            record[column] = None
    faults += _split_character(cells, record, place)
    faults += _missing(cells, place)
    return record, faults


def _split_character(cells: Mapping[str, str], record: Row, place: str) -> Iterator[Fault]:
    """Put the word of an older table's column where its two answers belong."""
    text = cells.get(FORMER_CHARACTER, "")
    if is_empty(text):
        return
    place = f"{place}, column {FORMER_CHARACTER}"
    try:
        word = vocabulary_check(FORMER_CHARACTER)(text)
    except CellError as error:
        yield Fault(place, text, error.reason, error.remedy)
        return
    for column, said in zip(
        ("sei_composition", "sei_function"), split_character(word), strict=True
    ):
        if said and record[column] and record[column] != said:
            yield Fault(place, text, f"contradicts {column}", "keep the right one")
        record[column] = record[column] or said


def _check_qualifiers(in_value: str, in_column: str) -> None:
    if in_value and not is_empty(in_column) and in_column.strip() != in_value:
        raise CellError(
            f"qualifier {in_value} here, {in_column} in its own column", "keep the right one"
        )


def _is_blank(column: str, text: str) -> bool:
    # "Na" is a metal in these two columns, not a missing value.
    is_sodium = column in ("metal", "substrate") and text.strip().casefold() == "na"
    return is_empty(text) and not is_sodium


def _missing(cells: Mapping[str, str], place: str) -> Iterator[Fault]:
    for column in ("metal", "electrolyte", "source"):
        if _is_blank(column, cells.get(column, "")):
            remedy = "name the publication or notebook" if column == "source" else "fill it in"
            yield Fault(f"{place}, column {column}", "", "empty", remedy)
    if all(is_empty(cells.get(name, "")) for name in (*OBSERVED, FORMER_CHARACTER)):
        yield Fault(
            f"{place}, column ce_pct",
            "",
            "neither a Coulombic efficiency nor an SEI observation",
            f"fill in {', '.join(OBSERVED[:-1])} or {OBSERVED[-1]}, or delete the row",
        )


def _fraction_faults(records: list[tuple[int, Row]]) -> Iterator[Fault]:
    """Find a column whose values all lie between 0 and 1: fractions, not percent."""
    values = [cast("float", record["ce_pct"]) for _, record in records if record["ce_pct"]]
    if values and max(values) <= 1.05:
        yield Fault(
            "column ce_pct",
            f"all values between {min(values):g} and {max(values):g}",
            "looks like fractions",
            "multiply them by 100: the column is in %",
        )


def _duplicate_faults(records: list[tuple[int, Row]], faulty: set[int]) -> Iterator[Fault]:
    """Find the same cell twice; alike rows without a cell's name may well be replicates."""
    first: dict[tuple[str | float | None, ...], int] = {}
    for number, record in records:
        identity = tuple(record[column] for column in IDENTITY)
        # A row with a faulty cell says nothing of what it observed.
        if number in faulty or not record["cell"]:
            continue
        earlier = first.setdefault(identity, number)
        if earlier != number:
            yield Fault(
                f"row {number}",
                f"{record['electrolyte']}, cell {record['cell']}",
                f"same cell and observation as row {earlier}",
                "delete one of them, or tell them apart by their conditions",
            )
