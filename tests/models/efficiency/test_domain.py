"""How near an electrolyte is to what was measured."""

from __future__ import annotations

import numpy as np
from anolyte.datasets.measurements.lce import NOISE_BETWEEN_SOURCES
from anolyte.models import CoulombicEfficiencyModel
from anolyte.models.efficiency.evidence import LEVELS, Steps, metal_evidence, prediction_evidence


def test_measured_electrolyte_is_its_own_neighbour(
    lithium_model: CoulombicEfficiencyModel,
) -> None:
    found = lithium_model.assess(["1 M LiFSI in DME"]).nearest()
    assert found[0].startswith("1 M LiFSI in DME: ")
    assert "kim2023" in found[0]


def test_familiar_before_strange(lithium_model: CoulombicEfficiencyModel) -> None:
    texts = ["1 M LiPF6 in EC/DMC (1:1 v/v)", "6 M LiI in {SCCS}"]
    found = lithium_model.assess(texts)
    assert found.domain_score[0] > 0.5 > found.domain_score[1]
    order = [LEVELS.index(level) for level in found.evidence]
    assert order[0] > order[1]
    assert "donor number estimated" in found.remarks[1]


def test_more_concentrated_than_any_is_remarked(lithium_model: CoulombicEfficiencyModel) -> None:
    found = lithium_model.assess(["1 M LiFSI in DME", "19 M LiFSI in DME"])
    assert found.remarks[0] == ""
    assert "more concentrated" in found.remarks[1]


def test_evidence_of_a_metal_follows_sources_and_skill() -> None:
    assert metal_evidence("own: blend", 96, 0.62) == "strong"
    assert metal_evidence("own: ridge", 29, 0.75) == "moderate"
    assert metal_evidence("own: ridge", 12, 0.5) == "weak"
    assert metal_evidence("prior only", 200, 0.1) == "prior only"


def test_evidence_of_a_prediction_sinks_with_distance() -> None:
    levels = prediction_evidence("strong", np.array([0.9, 0.2, 0.01]))
    assert list(levels) == ["strong", "moderate", "weak"]
    assert list(prediction_evidence("prior only", np.array([0.9]))) == ["prior only"]


def test_steps_are_where_held_out_errors_were_small() -> None:
    scores = np.linspace(0, 1, 401)
    errors = np.where(scores < 0.3, 0.6, np.where(scores < 0.6, 0.35, 0.2))
    steps = Steps.fit(scores, errors, deviation=0.5)
    assert 0.5 <= steps.strong <= 0.65
    assert 0.2 <= steps.moderate <= 0.35
    levels = prediction_evidence("strong", np.array([0.9, 0.4, 0.1]), steps=steps)
    assert list(levels) == ["strong", "moderate", "weak"]
    assert list(prediction_evidence("moderate", np.array([0.9]), steps=steps)) == ["moderate"]


def test_no_word_without_a_measured_error() -> None:
    scores = np.linspace(0, 1, 401)
    assert Steps.fit(scores, np.full(401, 0.45), 0.5) == (np.inf, np.inf)
    assert Steps.fit(scores[:5], np.zeros(5), 0.5) == (np.inf, np.inf)
    levels = prediction_evidence("strong", np.array([1.0]), steps=Steps(np.inf, np.inf))
    assert list(levels) == ["weak"]


def test_strong_predictions_were_as_right_as_another_report(
    lithium_model: CoulombicEfficiencyModel,
) -> None:
    features = lithium_model.descriptors(lithium_model.domain_.measured["electrolyte"].tolist())
    scores = lithium_model.domain_.held_out_score(lithium_model.without_metal(features))
    held_out = lithium_model.calibration_
    errors = (held_out["observed"] - held_out["predicted"]).to_numpy()
    strong = scores >= lithium_model.steps_.strong
    if strong.any():
        assert np.sqrt(np.mean(errors[strong] ** 2)) <= 1.05 * NOISE_BETWEEN_SOURCES
    assert lithium_model.steps_.moderate <= lithium_model.steps_.strong
