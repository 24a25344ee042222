"""Whether a salt dissolves in an amount: known limits, and what was reported to be used.

A known limit (see `anolyte.features.solubility`) fails what lies above it. Up to the highest
concentration that the shipped measurements of the metal report for the salt in solvents of the
same class, it passes. In between nobody knows, and the answer says so.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from anolyte.datasets.compounds.metals import as_metal
from anolyte.datasets.compounds.registry import Compound
from anolyte.datasets.measurements.usual_compounds import known_electrolytes
from anolyte.features.arrays import Floats, Verdicts
from anolyte.features.mixtures import Mixtures
from anolyte.features.solubility import CLASSES, concentrations, limit, salt_columns

# Rounding of published amounts.
_MARGIN = 1.01


@lru_cache(maxsize=16)
def _reported(metal: str) -> dict[tuple[str, int], float]:
    """Return the highest reported concentration by SMILES of the salt and solvent class."""
    known = [
        electrolyte
        for electrolyte in known_electrolytes(as_metal(metal))
        if not electrolyte.has_unknown_amounts and not electrolyte.has_unknown_salt
    ]
    if not known:
        return {}
    mixtures = Mixtures.from_electrolytes(known, metal)
    amounts, main = concentrations(mixtures)
    highest: dict[tuple[str, int], float] = {}
    salts = salt_columns(mixtures)
    for row, slot in zip(*np.nonzero(np.isfinite(amounts) & (amounts > 0)), strict=True):
        key = (mixtures.compounds[salts[slot]].smiles, int(main[row]))
        highest[key] = max(highest.get(key, 0.0), float(amounts[row, slot]))
    return highest


@lru_cache(maxsize=64)
def _bounds(compounds: tuple[Compound, ...], metal: str) -> tuple[Floats, Floats]:
    """Return per salt and class (s, c): used up to this amount, limited to that one."""
    salts = [compound for compound in compounds if compound.kind == "salt"]
    used = np.zeros((len(salts), len(CLASSES) + 1))
    limited = np.full_like(used, np.inf)
    for slot, salt in enumerate(salts):
        for which in range(len(CLASSES)):
            known = limit(salt, which)
            reported = _reported(metal).get((salt.smiles, which), 0.0)
            used[slot, which] = max(reported, known or 0.0)
            if known is not None:
                limited[slot, which] = used[slot, which]
    return used * _MARGIN, limited * _MARGIN


def solubility(mixtures: Mixtures, _limit: float = 1.0) -> Verdicts:
    """Return 1 (dissolves), 0 (does not) or -1 (unknown) for each mixture (n,)."""
    amounts, main = concentrations(mixtures)
    verdicts = np.ones(len(mixtures), dtype=np.int8)
    for metal in np.unique(mixtures.metals):
        rows = np.flatnonzero(mixtures.metals == metal)
        used, limited = _bounds(mixtures.compounds, str(metal))
        here = amounts[rows]
        unknown = (here > used[:, main[rows]].T).any(axis=1)
        failed = (here > limited[:, main[rows]].T).any(axis=1)
        verdicts[rows] = np.where(failed, 0, np.where(unknown, -1, 1))
    return verdicts
