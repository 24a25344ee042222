"""The likeliest species of each electrolyte as a table: score, share of the film, origin."""

from __future__ import annotations

from typing import cast

import numpy as np
import pandas as pd
from anolyte.datasets.compounds.ions import atom_counts
from anolyte.datasets.compounds.metals import Metal
from anolyte.datasets.interphases.vocabulary import sei_vocabulary
from anolyte.features.arrays import Floats, Integers, Objects
from anolyte.features.mixtures import Mixtures, divide

from .products import GAS, SPECIES, Ingredient, is_by_analogy
from .rules import RuleScores
from .species import gases

# An anion is said to be in the first shell above this share of it.
IN_SHELL = 0.05
# A second origin is named if it gives at least this part of the first.
SECOND_ORIGIN = 0.25
# The likeliest gas is told as a by-product where the rules are as sure of it.
BY_PRODUCT = 0.2
# An organic species stems from an anion, where no product is known, so much less than from others.
ORGANIC_ANION = 0.1
UNNAMED = "the salt, which is not named"


def ranked(mixtures: Mixtures, rules: RuleScores, scores: Floats, top: int) -> pd.DataFrame:
    """Return the species of each electrolyte, see `SEIModel.predict_species`.

    Parameters
    ----------
    rules
        What the rules say of the n mixtures: they give origins, shares and gases.
    scores
        Array (n, s); what scores 0 is not listed.
    top
        How many species of the film to list; a gas comes after them.
    """
    gas = gases()
    film, beside = (
        np.where(gas, 0.0, scores),
        np.where(gas, np.minimum(rules.species / GAS, 1.0), 0.0),
    )
    parts = [_best(film, top, 0.0), _best(beside, 1, BY_PRODUCT)]
    rows, species, given = (np.concatenate(each) for each in zip(*parts, strict=True))
    order = np.argsort(rows, kind="stable")
    rows, species, given = rows[order], species[order], given[order]
    first = np.searchsorted(rows, np.arange(len(scores)))
    origins = np.empty(len(rows), dtype=object)
    shares = _shares(rules, mixtures)
    for metal in set(mixtures.metals.tolist()):
        here = np.flatnonzero(mixtures.metals[rows] == metal)
        origins[here] = _origins(rules, rows[here], species[here], cast("Metal", metal))
    return pd.DataFrame(
        {
            "row": rows,
            "rank": np.arange(len(rows)) - first[rows] + 1,
            "species": np.array(SPECIES, dtype=object)[species],
            "score": given,
            "share": shares[rows, species],
            "origin": origins,
        }
    )


def _best(scores: Floats, count: int, above: float) -> tuple[Integers, Integers, Floats]:
    """Return row, species and score of the best of each row that score above a limit."""
    order = np.argsort(-scores, axis=1, kind="stable")[:, :count]
    rows = np.repeat(np.arange(len(scores)), order.shape[1])
    species = order.ravel()
    found = scores[rows, species]
    return rows[found > above], species[found > above], found[found > above]


def _shares(rules: RuleScores, mixtures: Mixtures) -> Floats:
    """Return the share of the solid film that each species has by the rules (n, s).

    An ingredient's weight is divided among its solid products by how sure they are. NaN where
    the rules do not give the species.
    """
    solid = ~gases()
    shares = np.zeros_like(rules.species)
    for metal, table in rules.tables.items():
        rows = mixtures.metals == metal
        products = table * solid
        shares[rows] = rules.weights[rows] @ divide(products, products.sum(axis=1, keepdims=True))
    shares = divide(shares, shares.sum(axis=1, keepdims=True))
    return np.where(shares > 0, shares, np.nan)


def _origins(rules: RuleScores, rows: Integers, species: Integers, metal: Metal) -> Objects:
    """Return a text each (n,) that names the one or two ingredients that give most of a species.

    By the products that are known of them; else by the elements that they bring.
    """
    names = np.array([_wordings(each, metal) for each in rules.ingredients], dtype=object)
    known = rules.weights[rows] * rules.tables[metal][:, species].T
    unknown = known.max(axis=1, initial=0.0) == 0
    brought = rules.weights[rows] * _brought(rules.ingredients, metal)[:, species].T
    given = np.where(unknown[:, None], brought, known)
    each = np.arange(len(rows))
    texts: list[Objects] = []
    largest = given.max(axis=1, initial=0.0)
    for place in range(2):
        chosen = given.argmax(axis=1)
        amount = given[each, chosen]
        shown = (rules.in_shell[rows, chosen] >= IN_SHELL).astype(int) + 2 * unknown
        named = names[chosen, shown]
        worth = (amount > 0) & (amount >= (SECOND_ORIGIN if place else 0.0) * largest)
        texts.append(np.where(worth, named if place == 0 else ", " + named, ""))
        given[each, chosen] = 0.0
    joined = np.asarray(texts[0] + texts[1], dtype=object)
    return np.where(joined == "", UNNAMED, joined)


def _brought(ingredients: tuple[Ingredient, ...], metal: Metal) -> Floats:
    """Return the share of each species' elements that an ingredient brings (m, s)."""
    held = [frozenset(atom_counts(each.compound.smiles)) for each in ingredients]
    needed = [species.elements - {metal} for species in sei_vocabulary().values()]
    table = [[len(has & need) / len(need) if need else 1.0 for need in needed] for has in held]
    shares = np.array(table, dtype=float).reshape(len(ingredients), len(SPECIES))
    organic = np.array([each.nature == "organic" for each in sei_vocabulary().values()])
    anionic = np.array([each.role in ("anion", "salt") for each in ingredients], dtype=bool)
    return np.where(anionic[:, None] & organic, ORGANIC_ANION * shares, shares)


def _wordings(ingredient: Ingredient, metal: Metal) -> tuple[str, str, str, str]:
    """Return how an ingredient is named outside and inside the first shell, and by its elements.

    That a solvent is in the shell goes without saying; of an anion it is the point.
    """
    analogy = ["by analogy"] if is_by_analogy(ingredient, metal) else []
    shell = ["in the first shell"] if ingredient.role in ("anion", "salt") else []
    outside, inside, apart, within = (
        f"{ingredient.name} ({'; '.join(words)})" if words else ingredient.name
        for words in (analogy, shell + analogy, ["by its elements"], [*shell, "by its elements"])
    )
    return outside, inside, apart, within
