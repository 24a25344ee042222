"""What is known: compounds, ions, measurements, and how an electrolyte is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .compounds.metals import METALS, Metal
    from .compounds.registry import Compound, CompoundRegistry, shipped_compounds
    from .electrolytes.electrolyte import Electrolyte
    from .electrolytes.grammar import parse, read
    from .errors import (
        AnolyteError,
        FormulationError,
        InputError,
        ModelFileError,
        TableError,
        UnknownCompoundError,
    )
    from .formats.convert import convert
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
    "convert",
    "coulombic_efficiency",
    "efficiencies",
    "load_measurements",
    "log_coulombic_efficiency",
    "parse",
    "read",
    "read_measurements",
    "shipped_compounds",
]

# Loaded when asked for: the command line reaches its help through this package.
_HOMES = {
    "compounds.metals": ("METALS", "Metal"),
    "compounds.registry": ("Compound", "CompoundRegistry", "shipped_compounds"),
    "electrolytes.electrolyte": ("Electrolyte",),
    "electrolytes.grammar": ("parse", "read"),
    "errors": (
        "AnolyteError",
        "FormulationError",
        "InputError",
        "ModelFileError",
        "TableError",
        "UnknownCompoundError",
    ),
    "formats.convert": ("convert",),
    "measurements.lce": ("coulombic_efficiency", "log_coulombic_efficiency"),
    "measurements.table": ("efficiencies", "load_measurements", "read_measurements"),
}

# Hidden from type checkers, which would take any name for one that is there.
if not TYPE_CHECKING:
    import lazy_loader

    __getattr__, __dir__, _ = lazy_loader.attach(__name__, submod_attrs=_HOMES)
