"""All about one prediction, as values and as figures."""

from __future__ import annotations

import json

import pytest
from anolyte.experiments.plots.explanation import (
    contribution_bars,
    dependence_curves,
    importance_bars,
)
from anolyte.experiments.predictions.explanation import Explanation, explain
from anolyte.experiments.training.train import TrainingResult
from anolyte.models.explanations.contributions import importance
from anolyte.models.explanations.dependence import partial_dependence


@pytest.fixture(scope="module")
def explanation(trained: TrainingResult) -> Explanation:
    return explain("1 M LiPF6 in EC/DMC (1:1 v/v)", "Li", trained.model, most=4)


def test_the_whole_story(explanation: Explanation) -> None:
    told = explanation.prediction
    assert told["ce_low"] < told["ce_pct"] < told["ce_high"]
    assert told["evidence"] in ("weak", "moderate", "strong")
    assert "LiPF6" in told["nearest"]
    assert len(explanation.contributions) == 6
    total = explanation.mean_lce + explanation.contributions["push_lce"].sum()
    assert total == pytest.approx(told["lce"])
    for answer in (explanation.composition, explanation.function):
        assert sum(answer.values()) == pytest.approx(1)
        assert list(answer.values()) == sorted(answer.values(), reverse=True)
    assert "LiF" in explanation.species["species"].tolist()
    assert not explanation.counterfactuals.empty


def test_as_json(explanation: Explanation) -> None:
    told = json.loads(json.dumps(explanation.to_dict()))
    assert told["electrolyte"] == "1 M LiPF6 in EC/DMC (1:1 v/v)"
    assert told["contributions"][-1]["value"] is None
    assert set(told["sei_composition"]) == {"inorganic-rich", "mixed", "organic-rich"}
    assert set(told["sei_function"]) == {"conducts", "passivates"}


def test_figures(explanation: Explanation, trained: TrainingResult) -> None:
    bars = contribution_bars(explanation.contributions)
    assert len(bars.axes[0].patches) == len(explanation.contributions)
    assert importance_bars(importance(trained.model), "Li").axes[0].patches
    curves = dependence_curves(partial_dependence(trained.model, points=3))
    assert len(curves.axes) == 3
