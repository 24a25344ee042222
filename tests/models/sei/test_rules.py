"""The rules of SEI formation: the statements of the reviews, and what must hold of any rules."""

from __future__ import annotations

import numpy as np
import pytest
from anolyte.datasets.compounds.metals import METALS, Metal
from anolyte.datasets.compounds.registry import shipped_compounds
from anolyte.features.mixtures import Mixtures
from anolyte.models.sei.products import (
    SPECIES,
    ingredients,
    is_by_analogy,
    products,
    source_keys,
    translate,
)
from anolyte.models.sei.rules import Shares, rule_scores

COMPOUNDS = shipped_compounds()


def shares(text: str, metal: str) -> Shares:
    return rule_scores(Mixtures.from_electrolytes([text], metal)).shares


def test_anions_take_part_at_high_concentration() -> None:
    """Li et al.: from solvent-dominated at 1 M to anion-dominated above 3 M; diluents keep it."""
    texts = ["1 M LiFSI in DME", "4 M LiFSI in DME", "LiFSI/DME/TTE (1:1.2:3 mol/mol)"]
    dilute, concentrated, localised = (shares(text, "Li") for text in texts)
    assert concentrated.anion_derived > 1.5 * dilute.anion_derived
    assert localised.anion_derived > 1.5 * dilute.anion_derived
    assert concentrated.inorganic > dilute.inorganic


def test_more_fluoride_from_anions_on_multivalent_metals_at_equal_amount() -> None:
    """The stronger attraction of the cation brings more anions into its shell."""
    lithium = shares("0.5 M LiTFSI in DME", "Li")
    calcium = shares("0.5 M Ca(TFSI)2 in DME", "Ca")
    assert calcium.anion_shell > 2 * lithium.anion_shell
    assert calcium.fluoride > lithium.fluoride


def test_weights_add_up_and_film_formers_count_for_more() -> None:
    texts = ["1 M LiPF6 in EC/DMC (1:1 v/v) + 5 wt% FEC", "2 M LiFSI in DME/DOL (1:1 v/v)"]
    scores = rule_scores(Mixtures.from_electrolytes(texts, "Li"))
    np.testing.assert_allclose(scores.weights.sum(axis=1), 1)
    np.testing.assert_allclose(scores.in_shell.sum(axis=1), 1)
    names = [each.name for each in scores.ingredients]
    additive = names.index("FEC")
    amount = 0.05
    assert scores.weights[0, additive] > amount
    assert (scores.species >= 0).all()
    assert (scores.species <= 1).all()


def test_ingredients_of_salts_are_their_ions() -> None:
    found = {each.name: each.role for each, _ in ingredients(COMPOUNDS["LiFSI"])}
    assert found == {"FSI-": "anion"}
    liquid = {each.role for each, _ in ingredients(COMPOUNDS["[Pyr13]FSI"])}
    assert liquid == {"anion", "cation"}
    assert [each.role for each, _ in ingredients(COMPOUNDS["AlCl3"])] == ["salt"]


@pytest.mark.parametrize("metal", METALS)
def test_every_compound_of_the_registry_has_an_answer(metal: Metal) -> None:
    for compound in COMPOUNDS:
        for ingredient, count in ingredients(compound):
            sure = products(ingredient, metal)
            assert count > 0
            assert sure.shape == (len(SPECIES),)
            assert ((sure >= 0) & (sure < 1)).all()


@pytest.mark.parametrize(
    ("name", "metal", "other"),
    [
        ("LiF", "Na", "NaF"),
        ("Li2SO3", "Na", "Na2SO3"),
        ("ROLi", "K", "ROK"),
        ("Li2O", "Mg", "MgO"),
        ("MgO", "Li", "Li2O"),
        ("polymer", "Zn", "polymer"),
        ("K-Ca species", "Li", None),
        ("NaF", "Na", "NaF"),
    ],
)
def test_species_of_another_metal(name: str, metal: Metal, other: str | None) -> None:
    assert translate(name, metal) == other


def test_analogy_only_where_the_table_is_silent() -> None:
    ((anion, _),) = ingredients(COMPOUNDS["LiPF6"])
    assert not is_by_analogy(anion, "Na")
    assert is_by_analogy(anion, "K")
    assert products(anion, "K")[SPECIES.index("KF")] > 0
    assert products(anion, "K")[SPECIES.index("KF")] < products(anion, "Na")[SPECIES.index("NaF")]


def test_excluded_publications_are_not_used() -> None:
    ((solvent, _),) = ingredients(COMPOUNDS["Cl-EMC"])
    chloride = SPECIES.index("NaCl")
    own = source_keys("doi:10.1002/adma.202402702")
    assert products(solvent, "Na")[chloride] > 0.5
    assert products(solvent, "Na", own)[chloride] == 0
