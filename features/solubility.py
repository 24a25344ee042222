"""How much of a salt is in a litre of liquid, and how much of it is known to dissolve.

A limit holds for one salt in one class of solvents: from ``salt_limits.csv``, and in water from
``aqueous_solubility.csv``.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

import numpy as np
from anolyte.datasets.compounds.densities import density
from anolyte.datasets.compounds.registry import Compound, molar_mass, shipped_compounds
from anolyte.datasets.files.shipped import shipped_table

from .arrays import Floats, Positions
from .mixtures import Mixtures
from .molecules.groups import group_count

# The class of a solvent: the first of these groups that it holds. Ether comes last, since
# many of the others contain its pattern.
GROUP_CLASSES = (
    "carbonate",
    "ester",
    "nitrile",
    "sulfone",
    "sulfoxide",
    "phosphate",
    "amide",
    "ether",
)
WATER = "O"
CLASSES = (*GROUP_CLASSES, "water", "other")
_IN_WATER = CLASSES.index("water")
# What water dissolves less of than this (g in 100 g) no aprotic liquid of this field dissolves.
_INSOLUBLE = 1.5


@lru_cache(maxsize=8192)
def solvent_class(compound: Compound) -> str:
    """Return the class of a solvent: one of `CLASSES`."""
    if compound.smiles == WATER:
        return "water"
    return next((name for name in GROUP_CLASSES if group_count(compound, name)), "other")


def class_flags(compound: Compound) -> tuple[float, ...]:
    """Return of which of `CLASSES` a compound is, as 0 and 1; a salt is of none."""
    if compound.is_salt:
        return (0.0,) * len(CLASSES)
    own = solvent_class(compound)
    return tuple(float(name == own) for name in CLASSES)


@lru_cache(maxsize=64)
def _vectors(compounds: tuple[Compound, ...]) -> tuple[Positions, Floats, Floats]:
    """Return columns of salts, litres per mole of liquids (k,), classes of solvents (k, c)."""
    salts = np.flatnonzero([compound.kind == "salt" for compound in compounds])
    litres = np.zeros(len(compounds))
    classes = np.zeros((len(compounds), len(CLASSES)))
    for column, compound in enumerate(compounds):
        if compound.kind == "salt":
            continue
        litres[column] = compound.molar_mass / density(compound).value / 1000
        # A diluent takes up room and dissolves nothing.
        if not compound.is_salt and compound.kind != "diluent":
            classes[column, CLASSES.index(solvent_class(compound))] = 1
    return salts, litres, classes


def salt_columns(mixtures: Mixtures) -> Positions:
    """Return the columns (s,) of the salts that `concentrations` counts."""
    return _vectors(mixtures.compounds)[0]


def concentrations(mixtures: Mixtures) -> tuple[Floats, Positions]:
    """Return moles of each salt per litre of liquid (n, s), and the main solvent class (n,).

    The class is a place in `CLASSES`; -1 where no solvent is present.
    """
    salts, litres, classes = _vectors(mixtures.compounds)
    volume = mixtures.mole_fractions @ litres
    with np.errstate(divide="ignore", invalid="ignore"):
        found = mixtures.mole_fractions[:, salts] / volume[:, None]
    shares = mixtures.mole_fractions @ classes
    return np.nan_to_num(found, posinf=np.inf), np.where(shares.any(1), shares.argmax(1), -1)


@lru_cache(maxsize=4096)
def anhydrous(smiles: str) -> str:
    """Return a salt's SMILES without its water of crystallisation."""
    return ".".join(part for part in smiles.split(".") if part != WATER)


@lru_cache(maxsize=1)
def aqueous_limits() -> Mapping[str, float]:
    """Return the grams of a salt that 100 g of water dissolve, by SMILES without its water.

    At 25 degrees C where the table has it. Of a salt and its hydrates the highest counts.
    """
    table = shipped_table("aqueous_solubility")
    values = table["solubility_g_per_100g_water"].astype(float)
    highest = values.groupby(table["smiles"]).max()
    return MappingProxyType({str(smiles): float(grams) for smiles, grams in highest.items()})


@lru_cache(maxsize=1)
def known_limits() -> Mapping[tuple[str, int], float]:
    """Return known solubilities in mol per litre of liquid, by SMILES and place in `CLASSES`."""
    table = shipped_table("salt_limits")
    registry = shipped_compounds()
    limits = {
        (registry[row["salt"]].smiles, CLASSES.index(row["solvent_group"])): float(row["value"])
        for row in table[table["quantity"] == "solubility"].to_dict("records")
    }
    water = shipped_compounds()["H2O"]
    for smiles, grams in aqueous_limits().items():
        moles = 10 * grams / molar_mass(smiles) * density(water).value
        for place in range(len(CLASSES)) if grams < _INSOLUBLE else (_IN_WATER,):
            limits.setdefault((smiles, place), moles)
    return MappingProxyType(limits)


def limit(compound: Compound, place: int) -> float | None:
    """Return the known solubility of a salt in a class of solvents in mol/L, or None."""
    return known_limits().get((anhydrous(compound.smiles), place))
