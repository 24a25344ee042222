"""What one ingredient turns into on one metal, from the decomposition table or by analogy."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from anolyte.datasets.compounds.ions import atom_counts, metal_atoms
from anolyte.datasets.compounds.metals import METALS, Metal
from anolyte.datasets.compounds.registry import Compound, fragment_charge, molecule
from anolyte.datasets.files.shipped import shipped_table
from anolyte.datasets.interphases.decomposition import Decomposition, decompositions
from anolyte.datasets.interphases.vocabulary import sei_vocabulary
from anolyte.features.arrays import Floats

Sources = frozenset[str]

SPECIES = tuple(sei_vocabulary())
_INDEX = {name: index for index, name in enumerate(SPECIES)}
CONFIDENCE = {"high": 0.9, "medium": 0.6, "low": 0.3}
# An entry of another metal counts half. What its class alone lets expect of an ingredient
# (a fluoride from a fluorinated anion, something organic from a solvent) adds a little.
OTHER_METAL = 0.5
CLASS_ONLY = 0.2
GAS = 0.3
# Ingredients that the reviews name as additives that make the film: Xiang et al.,
# doi:10.1016/j.joule.2019.07.027; Brunklaus et al., Nature Reviews Electrical Engineering.
FILM_FORMERS = frozenset(("FEC", "VC", "BOB", "NO3"))

_SYMBOL = re.compile("|".join(sorted(METALS, key=len, reverse=True)))
_INORGANIC = {"inorganic": 1.0, "organic": 0.0, "either": 0.5}
# Solvents leave organic, anions inorganic films (Li et al., The contrast between monovalent and
# multivalent metal battery anodes). The table names products without amounts, so that this
# statement weighs as much as three certain products.
BELIEF = 3.0
_BELIEVED = {"molecule": 0.2, "anion": 0.9, "salt": 0.9, "cation": 0.2}


@dataclass(frozen=True)
class Ingredient:
    """An anion, an organic cation, a molecule, or a salt that the table knows by name.

    Attributes
    ----------
    name
        As a chemist would call it: ``FSI-``, ``FEC``.
    role
        anion, cation, molecule or salt.
    compound
        Its structure; for an ion the fragment alone.
    """

    name: str
    role: str
    compound: Compound


@lru_cache(maxsize=65536)
def ingredients(compound: Compound) -> tuple[tuple[Ingredient, float], ...]:
    """Return what a compound brings to the metal, and how many per formula unit.

    Cations of metals are left out: they are plated or stay in solution.
    """
    if not compound.ions:
        role = "salt" if compound.is_salt else "molecule"
        return ((Ingredient(str(compound), role, compound), 1.0),)
    found = []
    for smiles, count in compound.ions.items():
        charge = fragment_charge(smiles)
        if charge > 0 and metal_atoms(smiles):
            continue
        role = "anion" if charge < 0 else "cation"
        name = _ion_names().get(smiles) or f"{'anion' if charge < 0 else 'cation'} of {compound}"
        # An ion has no abbreviation of its own: only structural families match it.
        found.append((Ingredient(name, role, Compound("", smiles, "salt")), float(count)))
    if any(entry.by_name for entry in decompositions(compound)):
        found.append((Ingredient(str(compound), "salt", compound), 1.0))
    return tuple(found)


@lru_cache(maxsize=1)
def _ion_names() -> dict[str, str]:
    from rdkit.Chem import MolToSmiles

    table = shipped_table("ions")
    rows = table[table["smiles"] != ""].drop_duplicates("ion")
    return {
        str(MolToSmiles(molecule(smiles))): str(ion)
        for ion, smiles in zip(rows["ion"], rows["smiles"], strict=True)
    }


@lru_cache(maxsize=4096)
def film_former(ingredient: Ingredient) -> bool:
    """Whether the reviews name an ingredient as an additive that makes the film."""
    return any(entry.ingredient in FILM_FORMERS for entry in _known(ingredient))


@lru_cache(maxsize=65536)
def _keys(ingredient: Ingredient) -> Sources:
    keys = (source_keys(entry.source, *entry.keys) for entry in _known(ingredient))
    return frozenset[str]().union(*keys)


def _known(ingredient: Ingredient) -> list[Decomposition]:
    entries = decompositions(ingredient.compound)
    if ingredient.role == "salt" and ingredient.compound.ions:
        # The ions of this salt are ingredients of their own, with the families' entries.
        return [entry for entry in entries if entry.by_name]
    return entries


def _allowed(ingredient: Ingredient, excluded: Sources) -> list[Decomposition]:
    return [
        entry
        for entry in _known(ingredient)
        if not excluded or excluded.isdisjoint(source_keys(entry.source, *entry.keys))
    ]


def source_keys(source: str, doi: str = "", seen_in: str = "") -> Sources:
    """Return all names under which a publication may stand in two tables."""
    page = seen_in if seen_in.startswith("http") else ""
    words = (source, doi, page)
    return frozenset(word.removeprefix("doi:").casefold() for word in words if word)


def products(ingredient: Ingredient, metal: Metal, excluded: Sources = frozenset()) -> Floats:
    """Return how sure each species (s,) of `SPECIES` is as a product on a metal, 0 to 1."""
    return _products(ingredient, metal, excluded & _keys(ingredient))[0]


def is_by_analogy(ingredient: Ingredient, metal: Metal) -> bool:
    """Whether no entry is about this ingredient on this metal."""
    return _products(ingredient, metal, frozenset())[1]


@lru_cache(maxsize=65536)
def _products(ingredient: Ingredient, metal: Metal, excluded: Sources) -> tuple[Floats, bool]:
    entries = _allowed(ingredient, excluded)
    here = [entry for entry in entries if entry.metal == metal]
    doubt = np.ones(len(SPECIES))
    for entry in here or entries:
        certainty = CONFIDENCE[entry.confidence] * (1.0 if here else OTHER_METAL)
        # One statement counts once, though other metals may translate to the same species.
        names = {translate(name, metal) for name in entry.products}
        for name in names - {None}:
            doubt[_INDEX[name]] *= 1 - certainty * _stays(name)  # type: ignore[index,arg-type]
    if not entries or any(entry.products for entry in here or entries):
        for name in _by_class(ingredient, metal):
            doubt[_INDEX[name]] *= 1 - CLASS_ONLY
    sure = 1 - doubt
    sure.flags.writeable = False
    return sure, not here


def _stays(name: str) -> float:
    return GAS if sei_vocabulary()[name].family == "gas" else 1.0


def _by_class(ingredient: Ingredient, metal: Metal) -> list[str]:
    symbols = atom_counts(ingredient.compound.smiles)
    fluoride = translate("LiF", metal)
    if ingredient.role in ("anion", "salt"):
        return [fluoride] if "F" in symbols and fluoride else []
    if "C" not in symbols:
        return []
    return ["organic species", "fluorinated organics"] if "F" in symbols else ["organic species"]


@lru_cache(maxsize=4096)
def translate(name: str, metal: Metal) -> str | None:
    """Return the species that stands for another metal's: LiF on Na is NaF; None if there is none.

    Sought among the species of its family that hold the metal: the same formula apart from the
    metal's own number, else the first; then the family's general word.
    """
    vocabulary = sei_vocabulary()
    family = vocabulary[name].family
    held = set(_SYMBOL.findall(name))
    if not held or metal in held:
        return name
    if family in ("metal or alloy", "lithium species", "potassium species"):
        return None
    relatives = [other for other, each in vocabulary.items() if each.family == family]
    own = [other for other in relatives if metal in _SYMBOL.findall(other)]
    same = [other for other in own if _skeleton(other) == _skeleton(name)]
    general = [other for other in relatives if not _SYMBOL.search(other)]
    return next(iter([*same, *own, *general]), None)


def _skeleton(name: str) -> str:
    return re.sub(rf"({_SYMBOL.pattern})[0-9x]*", "M", name).replace("(", "").replace(")2", "")


def describe_products(
    ingredient: Ingredient, metal: Metal, excluded: Sources
) -> tuple[float, float]:
    """Return the inorganic share and the fluoride share of an ingredient's solid products."""
    return _describe_products(ingredient, metal, excluded & _keys(ingredient))


@lru_cache(maxsize=65536)
def _describe_products(
    ingredient: Ingredient, metal: Metal, excluded: Sources
) -> tuple[float, float]:
    sure = products(ingredient, metal, excluded)
    symbols = atom_counts(ingredient.compound.smiles)
    # A molecule without carbon, like water, leaves nothing organic.
    carbon_free = "C" not in symbols and ingredient.role == "molecule"
    inorganic = BELIEF * (1.0 if carbon_free else _BELIEVED[ingredient.role])
    fluoride = 0.5 * BELIEF * float("F" in symbols and ingredient.role in ("anion", "salt"))
    total = BELIEF
    for name, certainty in zip(SPECIES, sure, strict=True):
        species = sei_vocabulary()[name]
        if species.family == "gas" or not certainty:
            continue
        total += certainty
        inorganic += certainty * _INORGANIC[species.nature]
        fluoride += certainty * (species.family == "fluoride")
    return inorganic / total, fluoride / total
