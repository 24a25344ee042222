"""What the shipped measurements of a metal use more than once: the raw material of a space."""

from __future__ import annotations

from collections import Counter

from ..compounds.ions import holds
from ..compounds.metals import Metal
from ..compounds.registry import Compound
from ..electrolytes.grammar import Electrolyte, parse
from .table import load_measurements

# Known to the tables by at least so many measurements: one report is not a habit.
MIN_MEASUREMENTS = 2


def known_electrolytes(metal: Metal) -> list[Electrolyte]:
    """Return the distinct electrolytes of a metal's shipped measurements."""
    return [parse(text) for text in load_measurements(metal)["electrolyte"].unique()]


def default_compounds(metal: Metal) -> tuple[list[Compound], list[Compound], list[Compound]]:
    """Return salts, solvents (diluents included) and additives of the metal's measurements."""
    salts: Counter[Compound] = Counter()
    solvents: Counter[Compound] = Counter()
    additives: Counter[Compound] = Counter()
    for electrolyte in known_electrolytes(metal):
        salts.update(dose.compound for dose in electrolyte.salts if dose.compound)
        salts.update(s.compound for s in electrolyte.base if s.compound.kind == "salt")
        solvents.update(s.compound for s in electrolyte.base if not s.compound.is_salt)
        additives.update(dose.compound for dose in electrolyte.additives if dose.compound)
    own = Counter({salt: n for salt, n in salts.items() if holds(salt, metal)})
    return tuple(_frequent(count) for count in (own, solvents, additives))  # type: ignore[return-value]


def _frequent(count: Counter[Compound]) -> list[Compound]:
    kept = [compound for compound, n in count.items() if n >= MIN_MEASUREMENTS]
    return sorted(kept or count, key=lambda compound: (-count[compound], compound.abbreviation))
