"""CALiSol-23 (CC BY 4.0): conductivities of lithium electrolytes.

Not efficiencies: the converted table has the electrolyte, its conductivity and temperature.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..electrolytes.electrolyte import RatioKind, Unit
from ..measurements.schema import CellError, is_empty, read_number
from .importer import Cells, Importer, compound_of, solution, source_of

ABSOLUTE_ZERO = -273.15
COLUMNS = ("electrolyte", "conductivity_mS_cm", "temperature_C", "source", "doi")
_UNITS: Mapping[str, Unit] = {"mol/kg": "m", "mol/l": "M", "mol/dm3": "M"}
_KINDS: Mapping[str, RatioKind] = {"w": "w/w", "v": "v/v", "mol": "mol/mol", "m": "mol/mol"}
_OTHER = {"", "doi", "k", "t", "c", "salt", "c units", "solvent ratio type"}


def _converted(cells: Cells, number: int) -> Cells:
    unit = _UNITS.get(cells["c units"].strip().casefold())
    if unit is None:
        raise CellError(f"c units: {cells['c units']!r}", f"use one of {', '.join(_UNITS)}")
    kind = _KINDS.get(cells["solvent ratio type"].strip().casefold())
    if kind is None:
        remedy = f"use one of {', '.join(_KINDS)}"
        raise CellError(f"solvent ratio type: {cells['solvent ratio type']!r}", remedy)
    parts = {
        column: read_number(text)
        for column, text in cells.items()
        if column.casefold() not in _OTHER and not is_empty(text)
    }
    solvents = [(compound_of(name, name), part) for name, part in parts.items() if part]
    salt = compound_of(cells["salt"], "salt")
    return source_of(cells["doi"]) | {
        "electrolyte": solution([(salt, read_number(cells["c"]))], unit, solvents, kind),
        "conductivity_mS_cm": cells["k"],
        "temperature_C": f"{read_number(cells['T']) + ABSOLUTE_ZERO:.2f}",
    }


CALISOL = Importer(
    "calisol",
    "CALiSol-23: salt, c, c units, solvent ratio type, a column a solvent; conductivities",
    ("doi", "k", "T", "c", "salt", "c units", "solvent ratio type"),
    _converted,
    COLUMNS,
)
