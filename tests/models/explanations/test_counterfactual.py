"""Counterfactual neighbours: one change each, known compounds, a gain."""

from __future__ import annotations

import pytest
from anolyte.datasets.electrolytes.grammar import parse
from anolyte.models import CoulombicEfficiencyModel
from anolyte.models.explanations.counterfactual import LEAST_GAIN, counterfactuals


def test_a_carbonate_electrolyte_can_be_bettered(lithium_model: CoulombicEfficiencyModel) -> None:
    text = "1 M LiPF6 in EC/DMC (1:1 v/v)"
    table = counterfactuals(lithium_model, text)
    assert 1 <= len(table) <= 5
    assert (table["ce_low"] > table["ce_low_before"]).all()
    assert (table["gain_lce"] >= LEAST_GAIN).all()
    assert table["gain_per_size"].is_monotonic_decreasing
    assert table["nearest"].str.len().min() > 0
    before = set(parse(text).compounds)
    for row in table.itertuples():
        after = set(parse(row.electrolyte).compounds)
        assert len(after - before) == (0 if row.change == "concentration" else 1)


def test_figures_are_those_of_the_model(lithium_model: CoulombicEfficiencyModel) -> None:
    table = counterfactuals(lithium_model, "1 M LiPF6 in PC", coverage=0.8)
    predicted = lithium_model.predict_interval(table["electrolyte"].tolist(), 0.8)
    assert table["ce_low"].tolist() == pytest.approx(predicted["ce_low"].tolist())
    assert table["ce_pct"].tolist() == pytest.approx(predicted["ce_pct"].tolist())


@pytest.mark.parametrize(
    "text", ["LiPF6/DMC (1:8 mol/mol)", "? M ? in EC/DMC (? v/v)", "1 M LiPF6 in EC + 1 M LiNO3"]
)
def test_any_form_of_electrolyte(lithium_model: CoulombicEfficiencyModel, text: str) -> None:
    table = counterfactuals(lithium_model, text, count=8, per_place=8)
    for electrolyte in table["electrolyte"]:
        assert str(parse(electrolyte)) == electrolyte


def test_at_most_so_many_of_one_thing(lithium_model: CoulombicEfficiencyModel) -> None:
    table = counterfactuals(lithium_model, "1 M LiPF6 in EC/DMC (1:1 v/v)", count=9, per_place=1)
    swaps = table[table["change"] != "concentration"]
    assert not swaps["from"].duplicated().any()


def test_nothing_helps_a_prior(potassium_model: CoulombicEfficiencyModel) -> None:
    assert counterfactuals(potassium_model, "1 M KFSI in DME").empty
