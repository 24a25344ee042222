"""Whether a salt dissolves in an amount: known limits, and what was reported to be used.

A limit of `salt_limits.csv` fails what lies above it. Up to the highest concentration that
the shipped measurements of the metal report for the salt in solvents of the same class, it
passes. In between nobody knows, and the answer says so.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from anolyte.datasets.compounds.densities import density
from anolyte.datasets.compounds.metals import as_metal
from anolyte.datasets.compounds.registry import Compound, shipped_compounds
from anolyte.datasets.files.shipped import shipped_table
from anolyte.datasets.measurements.usual_compounds import known_electrolytes
from anolyte.features.arrays import Floats, Positions, Verdicts
from anolyte.features.mixtures import Mixtures
from anolyte.features.molecules.groups import group_count

# The class of a solvent: the first of these groups that it holds. Ether comes last, since
# many of the others contain its pattern.
CLASSES = ("carbonate", "ester", "nitrile", "sulfone", "sulfoxide", "phosphate", "amide", "ether")
_WATER = "O"
_ALL = (*CLASSES, "water", "other")
# Rounding of published amounts.
_MARGIN = 1.01


@lru_cache(maxsize=8192)
def solvent_class(compound: Compound) -> str:
    """Return the class of a solvent: one of `CLASSES`, water or other."""
    if compound.smiles == _WATER:
        return "water"
    return next((name for name in CLASSES if group_count(compound, name)), "other")


@lru_cache(maxsize=64)
def _vectors(compounds: tuple[Compound, ...]) -> tuple[Positions, Floats, Floats]:
    """Return columns of salts, litres per mole of liquids (k,), classes of solvents (k, c)."""
    salts = np.flatnonzero([compound.kind == "salt" for compound in compounds])
    litres = np.zeros(len(compounds))
    classes = np.zeros((len(compounds), len(_ALL)))
    for column, compound in enumerate(compounds):
        if compound.kind == "salt":
            continue
        litres[column] = compound.molar_mass / density(compound).value / 1000
        # A diluent takes up room and dissolves nothing.
        if not compound.is_salt and compound.kind != "diluent":
            classes[column, _ALL.index(solvent_class(compound))] = 1
    return salts, litres, classes


def concentrations(mixtures: Mixtures) -> tuple[Floats, Positions]:
    """Return moles of each salt per litre of liquid (n, s), and the main solvent class (n,).

    The class is a place in `CLASSES` and what follows; -1 where no solvent is present.
    """
    salts, litres, classes = _vectors(mixtures.compounds)
    volume = mixtures.mole_fractions @ litres
    with np.errstate(divide="ignore", invalid="ignore"):
        found = mixtures.mole_fractions[:, salts] / volume[:, None]
    shares = mixtures.mole_fractions @ classes
    return np.nan_to_num(found, posinf=np.inf), np.where(shares.any(1), shares.argmax(1), -1)


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
    salts, _, _ = _vectors(mixtures.compounds)
    for row, slot in zip(*np.nonzero(np.isfinite(amounts) & (amounts > 0)), strict=True):
        key = (mixtures.compounds[salts[slot]].smiles, int(main[row]))
        highest[key] = max(highest.get(key, 0.0), float(amounts[row, slot]))
    return highest


@lru_cache(maxsize=1)
def _limits() -> dict[tuple[str, int], float]:
    """Return the known limits by SMILES of the salt and solvent class."""
    table = shipped_table("salt_limits")
    rows = table[table["quantity"] == "solubility"].to_dict("records")
    registry = shipped_compounds()
    return {
        (registry[row["salt"]].smiles, _ALL.index(row["solvent_group"])): float(row["value"])
        for row in rows
    }


@lru_cache(maxsize=64)
def _bounds(compounds: tuple[Compound, ...], metal: str) -> tuple[Floats, Floats]:
    """Return per salt and class (s, c): used up to this amount, limited to that one."""
    salts = _vectors(compounds)[0]
    used = np.zeros((len(salts), len(_ALL) + 1))
    limited = np.full_like(used, np.inf)
    for slot, column in enumerate(salts):
        for which in range(len(_ALL)):
            key = (compounds[column].smiles, which)
            limit = _limits().get(key)
            used[slot, which] = max(_reported(metal).get(key, 0.0), limit or 0.0)
            if limit is not None:
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
