"""HELENA and the tables of its authors (S4): components as ``SMILES:mol/L``.

HELENA names each amount in a column of its own and the paper by its DOI; the S4 tables spell
some columns with their units and count the papers.
"""

from __future__ import annotations

import re

from ..compounds.registry import Compound
from ..measurements.schema import CellError, is_empty, read_number
from .importer import Cells, Importer, by_moles, compound_of, method_of, source_of

_COMPONENT = re.compile(r"(Solvent|Salt)(_\d)?")


def _components(cells: Cells) -> list[tuple[Compound, float]]:
    found = []
    for column, text in sorted(cells.items()):
        if not _COMPONENT.fullmatch(column) or is_empty(text):
            continue
        smiles, _, amount = text.rpartition(":")
        if not smiles:
            raise CellError(f"{column} holds no SMILES:mol/L", "write e.g. COCCOC:9.6")
        # Such tables fill their empty places with water of 0 mol/L.
        if read_number(amount) > 0:
            found.append((compound_of(smiles, column), read_number(amount)))
    return found


def _converted(cells: Cells, ce: str, current: str, capacity: str, cycles: str) -> Cells:
    written = cells.get("Electrolyte", "")
    return {
        "metal": cells.get("Metal") or "Li",
        "electrolyte": by_moles(_components(cells)),
        "ce_pct": cells[ce],
        "ce_method": method_of(cells.get("Method", "")),
        "cycles": cells.get(cycles, ""),
        "current_mA_cm2": cells.get(current, ""),
        "capacity_mAh_cm2": cells.get(capacity, ""),
        "notes": f"written there as {written}" if written else "",
    }


def _helena(cells: Cells, number: int) -> Cells:
    row = _converted(cells, "CE", "Current", "Capacity", "Cycle")
    reference = cells["Reference"]
    # The authors' working table counts its papers.
    return row | (_numbered(reference) if reference.isdecimal() else source_of(reference))


def _s4(cells: Cells, number: int) -> Cells:
    row = _converted(cells, "CE (%)", "Current (mA/cm2)", "Capacity (mAh/cm2)", "Cycle")
    return row | _numbered(cells["Reference"])


def _numbered(reference: str) -> Cells:
    return {"source": f"S4 reference {reference}"}


HELENA = Importer(
    "helena",
    "HELENA: Solvent_1..5 and Salt_1..3 as SMILES:mol/L, CE, Reference",
    ("Electrolyte", "CE", "Solvent_1", "Salt_1", "Reference"),
    _helena,
)
S4 = Importer(
    "s4",
    "the S4 tables of HELENA's authors: Solvent and Salt as SMILES:mol/L, CE (%), Reference",
    ("Electrolyte", "CE (%)", "Reference"),
    _s4,
)
