"""What is known: compounds, ions, measurements, and how an electrolyte is written."""

from __future__ import annotations

from .compounds.metals import METALS, Metal
from .compounds.registry import Compound, CompoundRegistry, shipped_compounds
from .electrolytes.grammar import Electrolyte, parse
from .errors import AnolyteError, FormulationError, InputError, TableError, UnknownCompoundError
from .measurements.table import load_measurements, read_measurements

__all__ = [
    "METALS",
    "AnolyteError",
    "Compound",
    "CompoundRegistry",
    "Electrolyte",
    "FormulationError",
    "InputError",
    "Metal",
    "TableError",
    "UnknownCompoundError",
    "load_measurements",
    "parse",
    "read_measurements",
    "shipped_compounds",
]
