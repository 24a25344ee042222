"""What is known: compounds, ions, measurements, and how an electrolyte is written."""

from __future__ import annotations

from .compounds.metals import METALS, Metal
from .compounds.registry import Compound, CompoundRegistry, shipped_compounds
from .electrolytes.electrolyte import Electrolyte
from .electrolytes.grammar import parse
from .errors import (
    AnolyteError,
    FormulationError,
    InputError,
    ModelFileError,
    TableError,
    UnknownCompoundError,
)
from .measurements.lce import coulombic_efficiency, log_coulombic_efficiency
from .measurements.table import efficiencies, load_measurements, read_measurements

__all__ = [
    "METALS",
    "AnolyteError",
    "Compound",
    "CompoundRegistry",
    "Electrolyte",
    "FormulationError",
    "InputError",
    "Metal",
    "ModelFileError",
    "TableError",
    "UnknownCompoundError",
    "coulombic_efficiency",
    "efficiencies",
    "load_measurements",
    "log_coulombic_efficiency",
    "parse",
    "read_measurements",
    "shipped_compounds",
]
