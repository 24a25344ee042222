"""Families of electrolytes: what a chemist would call one, by stated rules on its composition.

A family is derived and never stored. Each electrolyte has one medium (`MEDIA`), where that is no
ionic liquid and no melt one of `CONCENTRATIONS`, and any of the others. What depends on amounts
is left open where the amounts are.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

import numpy as np
from anolyte.datasets.compounds.densities import density
from anolyte.datasets.compounds.ions import atom_counts, holds, metal_cations
from anolyte.datasets.compounds.metals import METALS, ion_property, working_ion
from anolyte.datasets.compounds.properties import property_value
from anolyte.datasets.compounds.registry import Compound, molecule, shipped_compounds
from anolyte.datasets.electrolytes.electrolyte import Electrolyte
from anolyte.datasets.electrolytes.medium import MEDIA, liquid_of
from anolyte.datasets.errors import choice

from .arrays import Flags, Floats
from .mixtures import Mixtures
from .molecules.groups import group_count
from .molecules.pairing import solvent_binding
from .solubility import WATER, solvent_class

# Moles of salt in a litre of what dissolves it: more is an HCE.
HIGH_CONCENTRATION = 3.0
# A share below this makes no family: of diluent in the liquid, of strong solvents, of chloride.
NOTABLE = 0.1
# Of a salt among the salts: below it, as of a per cent of LiNO3, it is an additive.
SECOND_SALT = 0.2
# Below the relative permittivities of DME (7.2), DOL (7.1) and THF (7.5), which dissolve well.
WEAK_PERMITTIVITY = 7.0
ROOM = 25.0
# Deep eutectics are up to so many molecules for a salt.
MOST_LIGANDS = 9.0
_OTHER_IONS = 6.0

CONCENTRATIONS = ("dilute", "HCE", "LHCE")


@dataclass(frozen=True)
class Family:
    """What makes an electrolyte one of a family, and where the notion is from."""

    rule: str
    source: str


FAMILIES: Mapping[str, Family] = MappingProxyType(
    {
        "aqueous": Family("water is most of the liquid, by mass", "BattINFO electrolyte schema"),
        "organic": Family(
            "molecules other than water are most of the liquid", "BattINFO electrolyte schema"
        ),
        "ionic liquid": Family(
            "salts of organic cations are most of the liquid", "BattINFO electrolyte schema"
        ),
        "molten salt": Family("metal salts and nothing that dissolves them", "the word"),
        "hydrate melt": Family(
            "aqueous, and no more water than the metal ions hold in their first shells",
            "doi:10.1038/nenergy.2016.129 (all water takes part in hydration shells)",
        ),
        "dilute": Family("at most 3 mol of salt per litre of solvents", "as HCE"),
        "HCE": Family(
            "more than 3 mol of salt per litre of solvents, diluents and water included",
            "doi:10.5796/electrochemistry.24-00071 (exceeding 3 mol/L)",
        ),
        "LHCE": Family(
            "more than 3 mol of salt per litre of solvents, and diluents that are a tenth or more "
            "of the liquid",
            "WO 2018/160209 (a salt, a solvent of it, a diluent that hardly dissolves it)",
        ),
        "weakly solvating": Family(
            "dilute, and the solvents, to nine tenths, ethers with a permittivity below 7; where "
            "none was measured, with no firmer hold of the cation than 1,2-diethoxyethane has",
            "doi:10.1021/jacs.1c09006, doi:10.1016/j.cclet.2024.109556; the limits are ours",
        ),
        "dual salt": Family(
            "two or more salts of the metal, each a fifth or more of them by mole", "the word"
        ),
        "eutectic": Family(
            "a salt and up to nine molecules of it that melt above 25 C, or several salts alone",
            "doi:10.1039/d5cp01828e (amides and lithium salts, 4:1); the limits are ours",
        ),
        "chloro-complex": Family(
            "not aqueous, with chloride that magnesium or aluminium can bind",
            "doi:10.1039/c3cc47896c; arXiv:1511.02504 (MgCl+ and AlCl4-)",
        ),
    }
)
_ALIASES = {
    "wse": "weakly solvating",
    "des": "eutectic",
    "deep eutectic": "eutectic",
    "il": "ionic liquid",
    "water": "aqueous",
    "lce": "dilute",
}


def as_family(text: str) -> str:
    """Return the family of a name, whatever its case and whatever joins its words.

    Raises
    ------
    ValueError
        If there is none of that name.

    Examples
    --------
    >>> from anolyte.features.families import as_family
    >>> as_family("lhce"), as_family("Ionic_Liquid"), as_family("WSE")
    ('LHCE', 'ionic liquid', 'weakly solvating')
    """
    plain = _plain(text)
    known = {_plain(name): name for name in FAMILIES} | _ALIASES
    if plain not in known:
        raise ValueError(f"unknown family {text!r}: {choice(text, tuple(FAMILIES))}")
    return known[plain]


def _plain(text: str) -> str:
    return " ".join(re.split(r"[\s_-]+", text.strip().casefold()))


def families(mixtures: Mixtures) -> dict[str, Flags]:
    """Return for each of `FAMILIES` which mixtures (n,) belong to it.

    What depends on amounts is False of a mixture whose amounts had to be assumed.
    """
    found = _Amounts(mixtures)
    known = ~mixtures.amounts_assumed
    masses = np.stack([found["water_g"], found["organic_g"], found["ionic_g"]])
    largest = masses.argmax(axis=0)
    liquid = masses.sum(axis=0) > 0
    medium = {name: liquid & (largest == place) for place, name in enumerate(MEDIA[:3])}
    medium["molten salt"] = ~liquid
    molecular = medium["aqueous"] | medium["organic"]
    high = found["salts"] > (HIGH_CONCENTRATION + 1e-6) * found["litres"]
    thinned = found["diluent_litres"] >= NOTABLE * (found["litres"] + found["diluent_litres"])
    answers = {
        **medium,
        "hydrate melt": known & medium["aqueous"] & (found["water"] <= found["sites"] + 1e-9),
        "dilute": known & molecular & ~high,
        "HCE": known & molecular & high & ~thinned,
        "LHCE": known & molecular & high & thinned,
        "weakly solvating": known & medium["organic"] & ~high & _weak(found),
        "eutectic": known & (_with_ligands(found) | (medium["molten salt"] & _several(mixtures))),
        "chloro-complex": ~medium["aqueous"] & _chlorides(found),
    }
    answers["dual salt"] = known & (_salts(mixtures) > 1) & ~answers["chloro-complex"]
    return {name: answers[name] for name in FAMILIES}


def family_names(mixtures: Mixtures) -> list[str]:
    """Return the families of each mixture (n,) in words, its medium first.

    Examples
    --------
    >>> from anolyte.features.families import family_names
    >>> from anolyte.features import Mixtures
    >>> texts = ["LiFSI/DME/TTE (1:1.2:3 mol/mol)", "1 M LiFSI in CPME"]
    >>> family_names(Mixtures.from_electrolytes(texts, "Li"))
    ['organic, LHCE', 'organic, dilute, weakly solvating']
    """
    masks = families(mixtures)
    rows = zip(*masks.values(), strict=True)
    return [", ".join(n for n, member in zip(masks, row, strict=True) if member) for row in rows]


def family_of(electrolyte: Electrolyte | str, metal: str) -> str:
    """Return the families of one electrolyte in words.

    Examples
    --------
    >>> from anolyte.features.families import family_of
    >>> family_of("MgCl2/AlCl3/DME (2:1:30 mol/mol)", "Mg")
    'organic, dilute, chloro-complex'
    """
    return family_names(Mixtures.from_electrolytes([electrolyte], metal))[0]


def in_families(mixtures: Mixtures, names: Sequence[str]) -> Flags:
    """Return which mixtures (n,) belong to any of some families."""
    masks = families(mixtures)
    return np.asarray(np.any([masks[as_family(name)] for name in names], axis=0))


_COLUMNS = (
    *("litres", "diluent_litres", "salts", "water_g", "organic_g", "ionic_g", "water", "sites"),
    *("molecules", "solid", "solvents", "weak", "ionic", "chloride", "acid"),
)


class _Amounts:
    """What mixtures hold of each of `_COLUMNS`, per mole of mixture."""

    def __init__(self, mixtures: Mixtures) -> None:
        totals = mixtures.mole_fractions @ mixtures.table(_amounts)
        self._totals = dict(zip(_COLUMNS, totals.T, strict=True))

    def __getitem__(self, name: str) -> Floats:
        return np.asarray(self._totals[name])


@lru_cache(maxsize=8192)
def _amounts(compound: Compound) -> tuple[float, ...]:
    """Return what a mole of a compound brings of each of `_COLUMNS`."""
    values = dict.fromkeys(_COLUMNS, 0.0)
    if compound.is_salt:
        values |= _of_salt(compound)
    else:
        values |= _of_molecule(compound)
    return tuple(values[name] for name in _COLUMNS)


def _of_salt(compound: Compound) -> dict[str, float]:
    acid = float(sum(atom_counts(compound.smiles).get(metal, 0) for metal in ("Mg", "Al")))
    values = {"chloride": _chloride(compound.smiles), "acid": acid}
    cations = metal_cations(compound)
    if liquid_of(compound):
        litres = compound.molar_mass / density(compound).value / 1000
        return {**values, "ionic": 1.0, "ionic_g": compound.molar_mass, "litres": litres}
    sites = sum(count * _shell(symbol) for symbol, count in cations.items())
    return {**values, "salts": 1.0, "sites": sites}


def _of_molecule(compound: Compound) -> dict[str, float]:
    litres = compound.molar_mass / density(compound).value / 1000
    if compound.smiles == WATER:
        return {"litres": litres, "water": 1.0, "water_g": compound.molar_mass, "solvents": 1.0}
    values = {"organic_g": compound.molar_mass, "molecules": 1.0, "solid": _melts(compound)}
    if compound.kind == "diluent":
        return {**values, "diluent_litres": litres}
    return {**values, "litres": litres, "solvents": 1.0, "weak": float(is_weak(compound))}


def _shell(symbol: str) -> float:
    """Return how many water molecules a metal ion holds around it."""
    if symbol not in METALS:
        return _OTHER_IONS
    return ion_property(working_ion(symbol), "usual_coordination_number")


def _melts(compound: Compound) -> float:
    found = property_value(compound, "melting_point")
    return float(found is not None and found.origin == "measured" and found.value > ROOM)


@lru_cache(maxsize=8192)
def _chloride(smiles: str) -> float:
    """Return the chlorine atoms that are ions or bound to a metal alone."""
    chlorine = [atom for atom in molecule(smiles).GetAtoms() if atom.GetSymbol() == "Cl"]
    metals = ("Mg", "Al", "Zn", "Ca")
    return float(
        sum(all(n.GetSymbol() in metals for n in atom.GetNeighbors()) for atom in chlorine)
    )


def is_weak(compound: Compound) -> bool:
    """Whether a molecule is a weakly solvating ether, see `FAMILIES`.

    Examples
    --------
    >>> from anolyte.datasets import shipped_compounds
    >>> from anolyte.features.families import is_weak
    >>> known = shipped_compounds()
    >>> [is_weak(known[name]) for name in ("DEE", "CPME", "FDMB", "DME", "DMC")]
    [True, True, True, False, False]
    """
    if compound.is_salt or solvent_class(compound) != "ether" or group_count(compound, "hydroxyl"):
        return False
    found = property_value(compound, "relative_permittivity")
    if found is not None and found.origin == "measured":
        return found.value < WEAK_PERMITTIVITY
    return _hold(compound) <= _hold(shipped_compounds()["DEE"])


def _hold(compound: Compound) -> float:
    sites, total = solvent_binding(compound, "Li")
    return total / sites if sites else 0.0


def _weak(found: _Amounts) -> Flags:
    solvents = found["solvents"]
    return np.asarray((solvents > 0) & (found["weak"] >= (1 - NOTABLE) * solvents - 1e-9))


def _with_ligands(found: _Amounts) -> Flags:
    """Salts and molecules that are solid alone, few for each salt."""
    # Water that the ions hold is crystal water, as in the perchlorate hexahydrate of zinc.
    free = np.maximum(found["water"] - found["sites"], 0.0)
    molecules = found["molecules"] + free
    few = molecules <= MOST_LIGANDS * (found["salts"] + found["ionic"]) + 1e-9
    solid = found["solid"] >= (1 - NOTABLE) * molecules - 1e-9
    return np.asarray((molecules > 0) & solid & few)


def _several(mixtures: Mixtures) -> Flags:
    return np.asarray((mixtures.mole_fractions > 0) @ mixtures.salts.astype(float) > 1)


def _chlorides(found: _Amounts) -> Flags:
    acid = found["acid"]
    return np.asarray((acid > 0) & (found["chloride"] >= NOTABLE * acid - 1e-12))


def _salts(mixtures: Mixtures) -> Floats:
    """Return how many salts (n,) of the metal are a fifth or more of them."""
    result = np.zeros(len(mixtures))
    for metal, rows in mixtures.rows_by_metal.items():
        of_metal = [c.kind == "salt" and holds(c, metal) for c in mixtures.compounds]
        fractions = mixtures.mole_fractions[rows] * np.array(of_metal, dtype=float)
        shares = fractions >= SECOND_SALT * fractions.sum(axis=1, keepdims=True) - 1e-12
        result[rows] = (shares & (fractions > 0)).sum(axis=1)
    return result
