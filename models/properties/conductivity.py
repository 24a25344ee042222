"""The ionic conductivity of liquid electrolytes: of lithium (CALiSol-23, S4), of aqueous zinc."""

from __future__ import annotations

from .property import Property
from .zinc_window import MIXED

CONDUCTIVITY = Property(
    name="conductivity",
    unit="mS/cm",
    column="conductivity_mS_cm",
    tables={"Li": "conductivity_Li", "Zn": "conductivity_Zn"},
    meaning="ionic conductivity of the liquid electrolyte",
    per_concentration=True,
    rises_with_temperature=True,
    least_salts=MIXED,
)
