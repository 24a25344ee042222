"""Any table with a row an electrolyte: which columns hold components, amounts and efficiency.

Components may be names or SMILES. What the table does not say in cells, such as the kind of
its ratios, the mapping says for all rows; nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from ..compounds.registry import Compound
from ..electrolytes.electrolyte import (
    PERCENT_UNITS,
    RATIO_KINDS,
    SALT_UNITS,
    Dose,
    RatioKind,
    Unit,
)
from ..errors import Fault, InputError
from ..measurements.schema import CellError, is_empty, read_number
from .importer import (
    MEASUREMENT_COLUMNS,
    Cells,
    Importer,
    amount_of,
    by_moles,
    compound_of,
    percent,
    solution,
)

Scale = Literal["percent", "fraction", "lce"]
SCALES: tuple[Scale, ...] = ("percent", "fraction", "lce")
# Salts that stand in one ratio with everything else.
IN_RATIO = "mol/mol"
ADDITIVE_UNITS: tuple[Unit, ...] = (*PERCENT_UNITS, "ppm", *SALT_UNITS)


Slot = tuple[str, str]


@dataclass(frozen=True)
class ColumnMap:
    """Which columns of a table mean what.

    Attributes
    ----------
    solvents, salts, additives
        Pairs of columns: the component's name or SMILES, and its amount (``""``: none).
    ratio, salt_unit, additive_unit
        What the amounts count: one of `RATIO_KINDS`; M, m, mM or mol/mol; one of
        `ADDITIVE_UNITS`.
    ce, scale
        The column of the efficiency and what it holds, one of `SCALES`.
    metal
        Symbol of the metal of all rows, or ``""`` if the table has a column metal.
    source
        A column, or the source of all rows where there is no column of that name.
    more
        Further columns of the schema and where they stand, e.g. ``{"cycles": "Cycle no."}``.
    """

    solvents: Sequence[Slot]
    salts: Sequence[Slot]
    ce: str
    source: str
    metal: str = ""
    additives: Sequence[Slot] = ()
    ratio: RatioKind = "v/v"
    salt_unit: str = "M"
    additive_unit: Unit = "wt%"
    scale: Scale = "percent"
    more: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        faults = []
        for what, value, allowed in (
            ("ratio", self.ratio, RATIO_KINDS),
            ("salt unit", self.salt_unit, (*SALT_UNITS, IN_RATIO)),
            ("additive unit", self.additive_unit, ADDITIVE_UNITS),
            ("scale", self.scale, SCALES),
        ):
            if value not in allowed:
                faults.append(Fault(what, value, "unknown", f"use one of {', '.join(allowed)}"))
        for column in self.more:
            if column not in MEASUREMENT_COLUMNS:
                remedy = f"use one of {', '.join(MEASUREMENT_COLUMNS)}"
                faults.append(Fault("column", column, "not in the schema", remedy))
        if not self.solvents or not self.salts:
            faults.append(Fault("columns", "", "no solvents or no salts", "name their columns"))
        if faults:
            raise InputError("cannot map the table", faults)


def column_map(parts: Mapping[str, str], more: Sequence[str], **told: str) -> ColumnMap:
    """Return a map from the words of a command line.

    Parameters
    ----------
    parts
        Columns of ``solvents``, ``salts`` and ``additives``, see `slots`.
    more
        Further columns as ``cycles=Cycle no.``.
    told
        The other attributes of `ColumnMap`.
    """
    further: dict[str, str] = {}
    for pair in more:
        name, sign, column = pair.partition("=")
        if not sign or not column.strip():
            remedy = "write the schema's name, = and the table's, e.g. cycles=Cycle"
            raise InputError("cannot map", [Fault("column", pair, "not a pair", remedy)])
        further[name.strip()] = column.strip()
    pairs = {name: slots(text) for name, text in parts.items()}
    return ColumnMap(**pairs, **told, more=further)  # type: ignore[arg-type]


def slots(text: str) -> list[Slot]:
    """Return column pairs from text such as ``Solvent 1:Part 1, Solvent 2:Part 2``."""
    pairs = (part.strip().partition(":") for part in text.split(",") if part.strip())
    return [(name.strip(), amount.strip()) for name, _, amount in pairs]


def general(columns: ColumnMap) -> Importer:
    """Return the importer of a table whose columns mean what a map says."""
    pairs = (*columns.solvents, *columns.salts, *columns.additives)
    named = [name for pair in pairs for name in pair if name]
    return Importer(
        "general",
        "any table, its columns mapped by options",
        tuple(dict.fromkeys([*named, columns.ce, *columns.more.values()])),
        lambda cells, number: _converted(cells, columns),
    )


def _components(cells: Cells, pairs: Sequence[Slot]) -> list[tuple[Compound, float | None]]:
    """Return compounds and amounts of the filled slots; an amount of 0 fills none."""
    found = []
    for name, amount in pairs:
        if is_empty(cells.get(name, "")):
            continue
        value = amount_of(cells.get(amount, ""), amount) if amount else None
        if value != 0:
            found.append((compound_of(cells[name], name), value))
    return found


def _converted(cells: Cells, columns: ColumnMap) -> Cells:
    solvents = _components(cells, columns.solvents)
    salts = _components(cells, columns.salts)
    additives = [
        Dose(amount, columns.additive_unit, compound)
        for compound, amount in _components(cells, columns.additives)
    ]
    if not solvents or not salts:
        raise CellError("no solvent or no salt", "fill in their cells, or leave the row out")
    row = {name: cells.get(column, "") for name, column in columns.more.items()}
    return row | {
        "metal": columns.metal or cells.get("metal", ""),
        "electrolyte": _electrolyte(solvents, salts, additives, columns),
        "ce_pct": _efficiency(cells[columns.ce], columns.scale),
        "source": cells.get(columns.source) or columns.source,
    }


def _electrolyte(
    solvents: Sequence[tuple[Compound, float | None]],
    salts: Sequence[tuple[Compound, float | None]],
    additives: Sequence[Dose],
    columns: ColumnMap,
) -> str:
    if columns.salt_unit != IN_RATIO:
        unit: Unit = columns.salt_unit  # type: ignore[assignment]
        return solution(salts, unit, solvents, columns.ratio, additives)
    known = [(compound, amount) for compound, amount in (*salts, *solvents) if amount is not None]
    if len(known) < len(salts) + len(solvents) or additives:
        remedy = "give every amount, additives among the solvents"
        raise CellError("an amount is missing from a ratio of everything", remedy)
    return by_moles(known)


def _efficiency(text: str, scale: Scale) -> str:
    if scale == "percent":
        return text
    value = read_number(text)
    return percent(value) if scale == "lce" else f"{100 * value:.6g}"
