"""Where water is split in aqueous zinc, mixtures of salts only: onsets of hydrogen and oxygen."""

from __future__ import annotations

from .property import Property

_TABLE = {"Zn": "conductivity_Zn"}
# Nearly all rows are mixtures of three to five salts: one alone is no mixture of them.
MIXED = {"Zn": 3}

HYDROGEN_ONSET = Property(
    name="hydrogen-onset",
    unit="V",
    column="hydrogen_onset_V",
    tables=_TABLE,
    meaning="onset of hydrogen evolution, as the source counts it",
    least_salts=MIXED,
)
OXYGEN_ONSET = Property(
    name="oxygen-onset",
    unit="V",
    column="oxygen_onset_V",
    tables=_TABLE,
    meaning="onset of oxygen evolution, as the source counts it",
    least_salts=MIXED,
)
