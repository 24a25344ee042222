"""The published forms of the compilation of Kim et al. 2023: mole percents, or 13 ratios.

IBM's copy (doi:10.1021/acs.jcim.3c01030) writes a formulation as ``SMILES<sep>mol%`` pairs
between tags.
"""

from __future__ import annotations

import re

from ..measurements.schema import CellError, read_number
from .importer import Cells, Importer, by_moles, compound_of, percent

COMPILATION = {"source": "kim2023", "doi": "10.1073/pnas.2214357120"}
_TAGS = re.compile(r"<formulation_start>|<formulation_end>|<smiles>")


def _mole_percents(cells: Cells, number: int) -> Cells:
    parts = [part.strip() for part in _TAGS.sub("", cells["FORMULATION"]).split("<sep>")]
    if len(parts) < 2 or len(parts) % 2:
        raise CellError("FORMULATION holds no SMILES<sep>mol% pairs", "see the published file")
    pairs = [
        (compound_of(smiles, "FORMULATION"), read_number(amount))
        for smiles, amount in zip(parts[::2], parts[1::2], strict=True)
    ]
    return COMPILATION | {
        "metal": "Li",
        "electrolyte": by_moles([(compound, amount) for compound, amount in pairs if amount]),
        "ce_pct": percent(read_number(cells["LCE"])),
        "confidence": "medium",
        "notes": f"row {number} of the published mole percents; CE from LCE",
    }


def _ratios(cells: Cells, number: int) -> Cells:
    return COMPILATION | {
        "metal": "Li",
        "electrolyte": cells["electrolyte"],
        "ce_pct": percent(read_number(cells["LCE"])),
        "confidence": "medium",
        "notes": f"row {number} of the published ratios; CE from LCE",
    }


IBM = Importer(
    "ibm-lce",
    "IBM's LCE files: FORMULATION as SMILES<sep>mol% pairs, LCE",
    ("FORMULATION", "LCE"),
    _mole_percents,
)
KIM_RATIOS = Importer(
    "kim-ratios",
    "the published ratios of Kim et al. 2023: electrolyte, 13 ratios, LCE",
    ("electrolyte", "FC", "sF", "LCE"),
    _ratios,
)
