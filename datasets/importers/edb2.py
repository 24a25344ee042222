"""EDB-2 as published with electrolytomics (SMILES columns), and cleaned.

The published table gives CE as a fraction; its column ``log(1-CE)`` is a natural logarithm in
one file and a decimal one in another and is not read. Kinds of solvent ratios and the amounts
of additives are not stated there.
"""

from __future__ import annotations

from ..electrolytes.electrolyte import Dose
from ..measurements.schema import CellError, is_empty, read_number
from .importer import Cells, Importer, amount_of, compound_of, solution

REPOSITORY = "github:AmanchukwuLab/electrolytomics"


def _slots(cells: Cells, name: str, amounts: str, count: int) -> list[tuple[str, str]]:
    """Return SMILES and amount of each filled slot."""
    columns = [(name.format(n), amounts.format(n)) for n in range(1, count + 1)]
    return [(one, two) for one, two in columns if not is_empty(cells.get(one, ""))]


def _published(cells: Cells, number: int) -> Cells:
    solvents = [
        (compound_of(cells[smiles], smiles), amount_of(cells.get(part, ""), part))
        for smiles, part in _slots(cells, "solvent_{}_smiles", "solv_{}_ratio", 3)
    ]
    salts = [
        (compound_of(cells[smiles], smiles), amount_of(cells.get(amount, ""), amount))
        for smiles, amount in _slots(cells, "salt_{}_smiles", "salt_{}_conc", 2)
    ]
    if not solvents or not salts:
        raise CellError("no solvent or no salt", "complete the row, or leave it out")
    additive = cells.get("additive_smiles", "")
    # A solvent that is an additive too is one component here.
    known = {compound for compound, _ in solvents}
    extra = [] if is_empty(additive) else [compound_of(additive, "additive_smiles")]
    doses = [Dose(None, "wt%", compound) for compound in extra if compound not in known]
    notes = [f"protocol code {cells.get('protocol') or '?'}"]
    notes += ["kind of the solvent ratio not stated there, taken as v/v"] * (len(solvents) > 1)
    notes += ["amount of the additive not stated there"] * bool(doses)
    return {
        "metal": "Li",
        "electrolyte": solution(salts, "M", solvents, "v/v", doses),
        "ce_pct": f"{100 * read_number(cells['CE']):.6g}",
        "ce_method": "unknown",
        "current_mA_cm2": cells.get("current_density", ""),
        "source": f"EDB-2 row {number}, {REPOSITORY}",
        "confidence": "low" if len(solvents) > 1 or doses else "medium",
        "notes": "; ".join(notes),
    }


def _cleaned(cells: Cells, number: int) -> Cells:
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


PUBLISHED = Importer(
    "electrolytomics",
    "EDB-2 as published with electrolytomics: solvent_1_smiles, salt_1_smiles, ..., CE",
    ("solvent_1_smiles", "salt_1_smiles", "solv_1_ratio", "salt_1_conc", "CE"),
    _published,
)
CLEANED = Importer(
    "edb2",
    "EDB-2, cleaned: electrolyte, ce_pct, protocol, issues",
    ("electrolyte", "ce_pct", "protocol", "issues"),
    _cleaned,
)
