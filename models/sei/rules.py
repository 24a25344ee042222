"""Rules of SEI formation: which ingredient meets the metal, and what it turns into there.

Nothing is learned here. An *ingredient* is an anion, an organic cation or a neutral molecule.
Its weight, normalised over the ingredients of an electrolyte, is

    w_j ~ (SHELL q_j + (1 - SHELL) x_j) * R_j,
    R_j = exp(clip((L - lumo_j) / LUMO_SCALE, -LUMO_LIMIT, LUMO_LIMIT)) * factors

with q_j its share of the cation's first shell: the anions have the share p that
`features.pairing` gives and divide it, like the solvents the rest, by amount x sites x
exp(strength / THETA). x_j is its share of all ingredients (what is free also touches the metal),
L the typical LUMO of its class (gas-phase orbitals of anions and molecules do not compare; where
the table has none the factor is 1).
A species s then scores sum_j w_j c_js, where c_js = 1 - prod(1 - confidence) over the entries of
``decomposition.csv`` that say that j gives s on this metal. Where none does, entries of other
metals are carried over (LiF becomes NaF), and at last the class of the ingredient decides.

Parameters, set by hand so that the statements of the reviews hold, not fitted:

SHELL          what is bound to the cation is carried to the surface and reduced there [1, 2]
LUMO_SCALE     eV; a lower LUMO is reduced first, by a factor of at most exp(LUMO_LIMIT) = 2:
               gas-phase orbitals order poorly (PF6 would never react)
FILM_FORMER    FEC, VC, BOB, nitrate act at a few per cent: they are reduced before the rest [2]
ANION          of other anions: the layers they leave are denser and dissolve less [2]
GAS            a gas is a product, but little of it stays in the film
STABLE         the table says that the ingredient was found stable on this metal

[1] Li et al., The contrast between monovalent and multivalent metal battery anodes (review).
[2] Xiang et al., Joule 3 (2019) 2334, doi:10.1016/j.joule.2019.07.027.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple, cast

import numpy as np
from anolyte.datasets.compounds.metals import Metal
from anolyte.datasets.compounds.registry import fragment_charge
from anolyte.features.arrays import Flags, Floats
from anolyte.features.blocks.quantum import quantum_rows
from anolyte.features.blocks.solvation import cation_count
from anolyte.features.mixtures import Mixtures, divide
from anolyte.features.molecules.anions import binding_anions
from anolyte.features.molecules.pairing import anion_binding, shell, solvent_binding

from .products import (
    Ingredient,
    Sources,
    describe_products,
    film_former,
    ingredients,
    products,
)

SHELL = 0.8
LUMO_SCALE = 3.0
LUMO_LIMIT = 0.7
# Medians in eV over the registry's molecules (False) and anions (True), table `quantum`.
TYPICAL_LUMO = {False: -4.9, True: 0.5}
FILM_FORMER = 6.0
ANION = 3.0
STABLE = 0.2
# Anion-derived inorganic films block Mg2+, Ca2+ and Al3+ [1]; zinc is not in that contrast.
PROTECTED: tuple[Metal, ...] = ("Li", "Na", "K")
BLOCKED: tuple[Metal, ...] = ("Mg", "Ca", "Al")


class Shares(NamedTuple):
    """Per row what the rules see of the SEI; each (n,), between 0 and 1.

    Attributes
    ----------
    inorganic
        Share of inorganic products.
    anion_derived
        Weight of anions and salts.
    fluoride
        Share of metal fluorides.
    anion_shell
        Anions' share of the first shell.
    """

    inorganic: Floats
    anion_derived: Floats
    fluoride: Floats
    anion_shell: Floats


@dataclass(frozen=True)
class RuleScores:
    """What the rules say of n electrolytes with m ingredients and s species.

    Attributes
    ----------
    ingredients
        The m ingredients.
    weights
        Array (n, m), rows add up to 1 (or 0 for bare metal salts without an ingredient).
    in_shell
        Array (n, m): share of the first shell.
    species
        Array (n, s) in the order of `sei_products.SPECIES`.
    tables
        Products (m, s) on each metal.
    shares
        The quantities behind the species.
    """

    ingredients: tuple[Ingredient, ...]
    weights: Floats
    in_shell: Floats
    species: Floats
    tables: dict[str, Floats]
    shares: Shares


def rule_scores(mixtures: Mixtures, excluded: Sources = frozenset()) -> RuleScores:
    """Apply the rules.

    Parameters
    ----------
    mixtures
        The n electrolytes.
    excluded
        Publications whose entries of the decomposition table must not be used.
    """
    columns, amounts = _amounts(mixtures)
    anionic = np.array([each.role in ("anion", "salt") for each in columns], dtype=bool)
    cations = mixtures.total(cation_count, mixtures.salts)[:, 0]
    share = shell(mixtures, cations)[:, 0]
    in_shell, weights = np.zeros_like(amounts), np.zeros_like(amounts)
    described = np.zeros((len(mixtures), 2))
    tables: dict[str, Floats] = {}
    species = None
    for metal in cast("list[Metal]", sorted(set(mixtures.metals.tolist()))):
        rows = mixtures.metals == metal
        tables[metal] = np.array([products(each, metal, excluded) for each in columns])
        in_shell[rows] = _first_shell(amounts[rows], share[rows], columns, anionic, metal)
        met = SHELL * in_shell[rows] + (1 - SHELL) * _normalised(amounts[rows])
        reactive = np.array([_reactivity(each, metal, excluded) for each in columns])
        weights[rows] = _normalised(met * reactive)
        if species is None:
            species = np.zeros((len(mixtures), tables[metal].shape[1]))
        species[rows] = weights[rows] @ tables[metal]
        natures = np.array([describe_products(each, metal, excluded) for each in columns])
        described[rows] = weights[rows] @ natures
    anion_derived = weights @ anionic.astype(float)
    shares = Shares(described[:, 0], anion_derived, described[:, 1], share)
    return RuleScores(columns, weights, in_shell, cast("Floats", species), tables, shares)


def _amounts(mixtures: Mixtures) -> tuple[tuple[Ingredient, ...], Floats]:
    """Return the distinct ingredients present, and their moles per mole of mixture (n, m)."""
    present = np.asarray((mixtures.mole_fractions > 0).any(axis=0))
    index: dict[Ingredient, int] = {}
    entries = []
    for row in np.flatnonzero(present):
        for ingredient, count in ingredients(mixtures.compounds[row]):
            entries.append((row, index.setdefault(ingredient, len(index)), count))
    counts = np.zeros((len(present), len(index)))
    for row, column, count in entries:
        counts[row, column] = count
    return tuple(index), mixtures.mole_fractions @ counts


def _normalised(values: Floats) -> Floats:
    return divide(values, values.sum(axis=1, keepdims=True))


def _first_shell(
    amounts: Floats, share: Floats, columns: tuple[Ingredient, ...], anionic: Flags, metal: Metal
) -> Floats:
    binding = np.array([_binding(each, metal) for each in columns])
    anions = _normalised(amounts * binding * anionic)
    molecules = _normalised(amounts * binding * ~anionic)
    return anions * share[:, None] + molecules * (1 - share)[:, None]


@lru_cache(maxsize=65536)
def _binding(ingredient: Ingredient, metal: Metal) -> float:
    """Return sites times the Boltzmann factor of the strength, as `features.pairing` has it."""
    if ingredient.role == "cation":
        return 0.0
    if ingredient.role == "molecule":
        return solvent_binding(ingredient.compound, metal)[1]
    if ingredient.role == "anion":
        return anion_binding(ingredient.compound.smiles, metal)
    parts = binding_anions(ingredient.compound)
    return sum(count * anion_binding(smiles, metal) for smiles, count in parts)


def _reactivity(ingredient: Ingredient, metal: Metal, excluded: Sources) -> float:
    """Return how readily an ingredient is reduced, 1 for a typical molecule."""
    factor = ANION if ingredient.role in ("anion", "salt") else 1.0
    factor = FILM_FORMER if film_former(ingredient) else factor
    if not products(ingredient, metal, excluded).any():
        factor *= STABLE
    known = [
        TYPICAL_LUMO[fragment_charge(part) < 0] - quantum_rows()[part]["lumo_eV"]
        for part in ingredient.compound.smiles.split(".")
        if "lumo_eV" in quantum_rows().get(part, {})
    ]
    if known:
        factor *= float(np.exp(np.clip(max(known) / LUMO_SCALE, -LUMO_LIMIT, LUMO_LIMIT)))
    return factor
