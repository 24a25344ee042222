"""Explanations: they add up, they are said in words, and they say what chemists know."""

from __future__ import annotations

import numpy as np
import pytest
from anolyte.features.mixtures import as_mixtures
from anolyte.models import CoulombicEfficiencyModel
from anolyte.models.efficiency.members import Member
from anolyte.models.explanations.contributions import (
    NO_MODEL,
    NOT_TREES,
    contributions,
    explained_members,
    importance,
    push_in_points,
    pushes,
    reasons,
)
from anolyte.models.explanations.wording import group_of

FORMULATIONS = [
    "1 M LiPF6 in EC/DMC (1:1 v/v)",
    "1 M LiFSI in DME",
    "LiFSI/DME/TTE (1:1.2:3 mol/mol)",
]


def test_contributions_add_up_to_the_prediction(lithium_model: CoulombicEfficiencyModel) -> None:
    table = contributions(lithium_model, FORMULATIONS, most=5)
    predicted = lithium_model.predict_lce(FORMULATIONS)[0]
    total = table.groupby("row")["push_lce"].sum() + lithium_model.mean_lce
    assert total.to_numpy() == pytest.approx(predicted)
    assert table.groupby("row").size().tolist() == [7, 7, 7]
    assert table["electrolyte"].unique().tolist() == FORMULATIONS
    # What the trees cannot say is a small part of it, or they would explain nothing.
    beyond = table.loc[table["words"] == NOT_TREES, "push_lce"].abs()
    assert beyond.max() < 0.2


def test_pushes_are_those_of_the_trees(lithium_model: CoulombicEfficiencyModel) -> None:
    (member,) = explained_members(lithium_model)
    features = lithium_model.layout.seen(lithium_model.descriptors(FORMULATIONS), member)
    predicted = lithium_model.ensemble_.estimators[member].predict(features)
    given = pushes(lithium_model, FORMULATIONS).sum(axis=1)
    slope = lithium_model.slope
    assert np.diff(given) == pytest.approx(slope * np.diff(predicted))


def test_points_of_ce_depend_on_where_the_prediction_is() -> None:
    assert push_in_points(np.array([1.0, 2.0]), np.array([1.0, 1.0])) == pytest.approx([90, 9])
    assert push_in_points(1.0, np.array(-1.0)) == pytest.approx(-9)


def test_carbonates_lower_and_fsi_raises(lithium_model: CoulombicEfficiencyModel) -> None:
    carbonate, _, localised = reasons(lithium_model, FORMULATIONS)
    assert "carbonate solvent: lowers CE" in carbonate
    assert "FSI anion: raises CE" in localised
    assert all(text.count(";") <= 2 for text in (carbonate, localised))


def test_no_reason_twice(lithium_model: CoulombicEfficiencyModel) -> None:
    for text in reasons(lithium_model, FORMULATIONS, count=8):
        words = [part.split(" (")[0].removesuffix(": raises CE") for part in text.split("; ")]
        assert len(set(words)) == len(words)


def test_reasons_of_mixtures_and_of_texts_agree(lithium_model: CoulombicEfficiencyModel) -> None:
    mixtures = as_mixtures(FORMULATIONS, "Li")
    assert reasons(lithium_model, mixtures, 2) == reasons(lithium_model, FORMULATIONS, 2)


def test_a_prior_gives_no_reasons(potassium_model: CoulombicEfficiencyModel) -> None:
    assert reasons(potassium_model, ["1 M KFSI in DME"]) == [NO_MODEL]
    assert not pushes(potassium_model, ["1 M KFSI in DME"]).any()
    assert contributions(potassium_model, ["1 M KFSI in DME"])["push_lce"].tolist() == [0.0] * 14


def test_boosted_trees_explain_themselves(zinc_model: CoulombicEfficiencyModel) -> None:
    from anolyte.models.efficiency.families import fit_family
    from anolyte.models.explanations.contributions import _tree_values

    texts = zinc_model.domain_.measured["electrolyte"].tolist()
    features = zinc_model.descriptors(texts)
    target = np.arange(len(features)) % 3.0
    for family in ("extra_trees", "xgboost"):
        fitted = fit_family(family, features, target)
        values = _tree_values(family, fitted, features).sum(axis=1)
        base = fitted.predict(features) - values
        assert np.ptp(base) < 1e-4


def test_importance_by_group(lithium_model: CoulombicEfficiencyModel) -> None:
    table = importance(lithium_model)
    assert {"FSI anion", "carbonate solvent"} <= set(table["group"].head(6))
    assert table["mean_push_lce"].is_monotonic_decreasing
    single = importance(lithium_model, grouped=False)
    assert set(single["descriptor"]) == set(lithium_model.feature_names)


def test_members_of_the_recipe_are_explained(lithium_model: CoulombicEfficiencyModel) -> None:
    assert explained_members(lithium_model) == [Member("own", "extra_trees")]


@pytest.mark.parametrize(
    ("descriptor", "value", "state"),
    [
        ("donor_number_mean", 5.0, "weakly coordinating solvent"),
        ("donor_number_mean", 15.0, "moderately coordinating solvent"),
        ("donor_number_mean", 25.0, "strongly coordinating solvent"),
        ("shell_carbonate", 0.0, "no carbonate solvent"),
        ("anion_FSI", 0.5, "FSI anion"),
        ("PFAS_wt_pct", 0.0, "solvent without fluorine"),
    ],
)
def test_states(descriptor: str, value: float, state: str) -> None:
    assert group_of(descriptor).state(value, 10, 20) == state


def test_a_descriptor_without_words_is_called_by_its_definition() -> None:
    assert group_of("lumo_mean", "mean LUMO of the solvents").name == "mean LUMO of the solvents"
