"""The schema of a measurement table: its columns, vocabularies and the check of one cell."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from ..compounds.metals import as_metal
from ..compounds.registry import CompoundRegistry
from ..electrolytes.grammar import parse
from ..errors import FormulationError
from ..interphases.vocabulary import (
    SEI_CHARACTERS,
    SEI_COMPOSITIONS,
    SEI_FUNCTIONS,
    SEPARATOR,
    nearest_species,
    normalise_species,
)

NUMBER_COLUMNS = (
    "ce_pct",
    "ce_sd",
    "cells",
    "current_mA_cm2",
    "capacity_mAh_cm2",
    "temperature_C",
    "year",
)
COLUMNS = (
    "measurement_id",
    "metal",
    "electrolyte",
    "ce_pct",
    "ce_qualifier",
    "ce_method",
    "ce_sd",
    "cells",
    "cell",
    "cycles",
    "substrate",
    "current_mA_cm2",
    "capacity_mAh_cm2",
    "temperature_C",
    "sei_composition",
    "sei_function",
    "sei_species",
    "sei_species_text",
    "sei_method",
    "source",
    "year",
    "laboratory",
    "statement",
    "doi",
    "seen_in",
    "where",
    "confidence",
    "notes",
)
# What tables call the columns that they need, as published ones do.
HEADINGS: Mapping[str, tuple[str, ...]] = {
    "electrolyte": ("formulation", "electrolyte composition", "composition", "electrolytes"),
    "ce_pct": (
        *("CE", "CE (%)", "CE / %", "Coulombic efficiency", "Coulombic efficiency (%)"),
        *("average CE", "average CE (%)", "ACE", "CE_avg", "efficiency", "efficiency (%)"),
    ),
    "source": ("reference", "references", "ref", "ref.", "DOI", "paper", "publication", "notebook"),
    "metal": ("anode", "metal anode", "working metal"),
}
# One word for composition and function together: tables of before are read by it.
FORMER_CHARACTER = "sei_character"
TEXT_COLUMNS = tuple(column for column in COLUMNS if column not in NUMBER_COLUMNS)
VOCABULARIES: Mapping[str, tuple[str, ...]] = {
    "ce_qualifier": ("=", ">", "<", "~"),
    "ce_method": ("average", "aurbach", "first_cycle", "full_cell", "unknown"),
    "sei_composition": SEI_COMPOSITIONS,
    "sei_function": SEI_FUNCTIONS,
    "confidence": ("high", "medium", "low"),
}
CE_LIMIT = 105.0

_QUALIFIED = re.compile(r"(?P<qualifier>>=|<=|[<>~=≥≤≈]?)\s*(?P<number>.*?)\s*%?")
# The same signs as East Asian keyboards write them, and the mathematical tilde.
_WIDE_SIGNS = str.maketrans("＞＜＝～∼％", "><=~~%")
_DATE = re.compile(
    r"\d{4}-\d\d?-\d\d?|\d\d?:\d\d|\d\d?[./]\d\d?[./]\d{2,4}"
    r"|(?i:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*[-. ]\d\d?"
    r"|\d\d?[-. ](?i:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
)
_RANGE = re.compile(r"[\d.,]+\s*%?\s*(?:-|–|—|\bto\b|\.\.+)\s*[\d.,]+")
_SPREADSHEET_ERROR = re.compile(r"#(?:DIV/0!|N/A|NAME\?|NULL!|NUM!|REF!|VALUE!|SPILL!|CALC!)")
_FORMULA = re.compile(r"=\s*[-+$]?[A-Za-z$'(][^=]*[\d(]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_QUALIFIERS = {"≥": ">", "≤": "<", ">=": ">", "<=": "<", "≈": "~"}
_EMPTY = {
    *("", "nan", "na", "n/a", "n.a.", "none", "null", "-", "–", "—"),
    *("not reported", "not given", "n.r."),
}


class CellError(ValueError):
    """What is wrong with one cell, and what to do about it."""

    def __init__(self, reason: str, remedy: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.remedy = remedy


def is_empty(text: str) -> bool:
    """Whether a cell says nothing (blank, NaN, n/a, a dash)."""
    return text.strip().casefold() in _EMPTY


def read_number(text: str) -> float:
    """Return the number of a cell; a decimal comma is understood where it cannot mislead."""
    plain = text.strip().replace("\u2212", "-")
    if re.fullmatch(r"-?\d+,\d{3}", plain):
        raise CellError("thousands or decimals?", "write a decimal point")
    if re.fullmatch(r"-?\d+,\d+", plain):
        plain = plain.replace(",", ".")
    try:
        # Python's digit separator is no part of a measurement.
        value = float(plain.replace("_", "?"))
    except ValueError:
        raise _no_number(plain) from None
    if not abs(value) < float("inf"):
        raise CellError("not a finite number", "give a number or leave the cell empty")
    return value


def _no_number(text: str) -> CellError:
    """Return what a cell is instead of a number."""
    if "±" in text or "+/-" in text or "+-" in text:
        return CellError(
            "not a number but one with its spread",
            "write the number; the spread of cells into ce_sd",
        )
    if _DATE.search(text):
        remedy = "format the column as text and write the number again"
        return CellError(
            "not a number but a date or time: the spreadsheet has converted it", remedy
        )
    if _RANGE.fullmatch(text):
        return CellError(
            "not a number but a range", "write one number, its middle as ~98.5 or its end as >98"
        )
    return CellError("not a number", "write a plain number without its unit")


def check_positive(text: str) -> float:
    """Return a number above 0."""
    value = read_number(text)
    if value <= 0:
        raise CellError("not above 0", "give a positive number or leave the cell empty")
    return value


def check_temperature(text: str) -> float:
    """Return a temperature in degrees Celsius at which a cell could run."""
    value = read_number(text)
    # Above the hottest chloroaluminates and below what kelvin would give.
    if not -150 < value <= 200:
        raise CellError("no plausible temperature", "give degrees Celsius: kelvin less 273.15")
    return value


def check_spread(text: str) -> float:
    """Return a standard deviation in % CE."""
    value = read_number(text)
    if not 0 <= value < 100:
        raise CellError("no standard deviation of a CE", "give it in %, 0 or more")
    return value


def check_cells(text: str) -> float:
    """Return a number of cells."""
    value = read_number(text)
    if value < 1 or value != int(value):
        raise CellError("no number of cells", "give how many cells the value is the mean of")
    return value


def check_year(text: str) -> float:
    """Return a year of publication."""
    value = read_number(text)
    if not 1800 <= value <= 2100 or value != int(value):
        raise CellError("no year", "give the year of publication, e.g. 2021")
    return value


def check_plain(text: str) -> None:
    """Refuse what no cell should hold: formulas and errors of a spreadsheet, control signs."""
    if _SPREADSHEET_ERROR.fullmatch(text):
        raise CellError("an error of the spreadsheet", "mend its formula or leave the cell empty")
    if _FORMULA.match(text):
        remedy = "save the workbook in a spreadsheet, which computes it, or write the value"
        raise CellError("a formula without its value", remedy)
    if _CONTROL.search(text):
        raise CellError("holds control characters", "write the cell again as plain text")


def check_cycles(text: str) -> str:
    """Return a cycles cell; refuse a range that a spreadsheet took for a date."""
    if _DATE.search(text):
        remedy = "format the column as text and write e.g. 1-50 again"
        raise CellError("a date: the spreadsheet has converted the cell", remedy)
    return text


def read_efficiency(text: str) -> tuple[float, str]:
    """Return Coulombic efficiency in % and its qualifier from a cell such as ``>99.5 %``."""
    match = _QUALIFIED.fullmatch(" ".join(text.translate(_WIDE_SIGNS).split()))
    assert match is not None  # every part of the pattern is optional
    value = read_number(match["number"])
    if value < 0:
        raise CellError("below 0", "give the Coulombic efficiency in %, from 0 to 100")
    if value > CE_LIMIT:
        raise CellError(
            f"above {CE_LIMIT:g} %",
            "give it in %; values a little above 100 are kept and count as 99.95",
        )
    qualifier = match["qualifier"]
    return value, _QUALIFIERS.get(qualifier, qualifier)


def check_metal(text: str) -> str:
    """Return the canonical symbol of a metal cell."""
    try:
        return as_metal(text)
    except ValueError as error:
        raise CellError("unknown metal", str(error)) from None


def check_electrolyte(text: str, registry: CompoundRegistry | None) -> str:
    """Return the canonical text of an electrolyte cell."""
    try:
        return str(parse(text, registry))
    except FormulationError as error:
        reasons = "; ".join(f"{fault.place} {fault.reason}" for fault in error.faults)
        remedies = "; ".join(dict.fromkeys(fault.remedy for fault in error.faults))
        raise CellError(reasons, remedies) from None


def check_species(text: str) -> str:
    """Return the SEI species of a cell in the vocabulary's words."""
    known, unknown = normalise_species(text)
    if unknown:
        near = ", ".join(nearest_species(unknown[0]))
        raise CellError(
            f"not in the vocabulary of SEI species: {', '.join(unknown)}",
            f"nearest: {near}; or move the text to the column sei_species_text",
        )
    return SEPARATOR.join(known)


def vocabulary_check(column: str) -> Callable[[str], str]:
    """Return the check of a column with a closed vocabulary."""
    words = SEI_CHARACTERS if column == FORMER_CHARACTER else VOCABULARIES[column]

    def check(text: str) -> str:
        word = text.strip().casefold().replace(" ", "_" if column == "ce_method" else "-")
        if word not in words:
            raise CellError("not in the vocabulary", f"use one of {', '.join(words)}")
        return word

    return check
