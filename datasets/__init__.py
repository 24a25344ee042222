"""What is known: compounds, ions, measurements, and how an electrolyte is written."""

from __future__ import annotations

from .compounds import Compound, CompoundRegistry, shipped_compounds
from .electrolyte import Electrolyte, parse
from .errors import AnolyteError, FormulationError, InputError, TableError, UnknownCompoundError
from .ions import METALS, Metal
from .measurements import load_measurements, read_measurements

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
