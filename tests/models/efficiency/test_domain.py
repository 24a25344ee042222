"""How near an electrolyte is to what was measured."""

from __future__ import annotations

import numpy as np
from anolyte.models import CoulombicEfficiencyModel
from anolyte.models.efficiency.evidence import LEVELS, metal_evidence, prediction_evidence


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
