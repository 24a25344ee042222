"""What the shipped measurements of a metal use most: the raw material of a space."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from ..compounds.ions import holds
from ..compounds.metals import Metal
from ..compounds.registry import Compound
from ..electrolytes.grammar import Electrolyte, parse
from .table import load_measurements

# Known to the tables by at least so many electrolytes: one report is not a habit.
MIN_ELECTROLYTES = 2
# The commonest salts, solvents and additives: a space is their product, and must stay one that
# a laptop screens in minutes.
MOST_SALTS, MOST_SOLVENTS, MOST_ADDITIVES = 10, 27, 9

Uses = Mapping[Compound, set[tuple[str, str]]]


def known_electrolytes(metal: Metal) -> list[Electrolyte]:
    """Return the distinct electrolytes of a metal's shipped measurements."""
    return [parse(text) for text in load_measurements(metal)["electrolyte"].unique()]


def default_compounds(metal: Metal) -> tuple[list[Compound], list[Compound], list[Compound]]:
    """Return salts, solvents (diluents included) and additives of the metal's measurements.

    Those that most sources use, first; a source with a hundred electrolytes counts once, and
    an electrolyte of which only the SEI was looked at does not.
    """
    salts: defaultdict[Compound, set[tuple[str, str]]] = defaultdict(set)
    solvents: defaultdict[Compound, set[tuple[str, str]]] = defaultdict(set)
    additives: defaultdict[Compound, set[tuple[str, str]]] = defaultdict(set)
    table = load_measurements(metal)
    measured = table[table["ce_pct"].notna()][["source", "electrolyte"]].drop_duplicates()
    for source, text in measured.itertuples(index=False):
        electrolyte = parse(text)
        for compound in electrolyte.named_salts:
            if holds(compound, metal):
                salts[compound.anhydrous or compound].add((source, text))
        for compound in electrolyte.solvents:
            solvents[compound].add((source, text))
        for compound in electrolyte.named_additives:
            additives[compound].add((source, text))
    return (
        _commonest(salts, MOST_SALTS),
        _commonest(solvents, MOST_SOLVENTS),
        _commonest(additives, MOST_ADDITIVES),
    )


def _commonest(uses: Uses, most: int) -> list[Compound]:
    electrolytes = {c: len({text for _, text in pairs}) for c, pairs in uses.items()}
    sources = {c: len({source for source, _ in pairs}) for c, pairs in uses.items()}
    kept = [c for c, count in electrolytes.items() if count >= MIN_ELECTROLYTES] or list(uses)
    order = sorted(kept, key=lambda c: (-sources[c], -electrolytes[c], c.abbreviation))
    return order[:most]
