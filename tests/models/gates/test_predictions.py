"""What gates do to predictions and advice: the figure stays, the evidence is capped."""

from __future__ import annotations

import numpy as np
import pytest
from anolyte.features.mixtures import Mixtures
from anolyte.models import CoulombicEfficiencyModel
from anolyte.models.efficiency.evidence import LEVELS, prediction_evidence
from anolyte.models.explanations.counterfactual import counterfactuals
from anolyte.models.gates.verdicts import Verdicts

WEAK = LEVELS.index("weak")


def test_cap_lowers_what_is_better_than_weak_alone() -> None:
    score, held_back = np.array([0.9, 0.2, 0.01, 0.9]), np.array([True, True, True, False])
    levels = [prediction_evidence(each, score, held_back).tolist() for each in LEVELS]
    assert levels[0] == ["prior only"] * 4
    assert levels[1] == ["weak"] * 4
    assert levels[3] == ["weak", "weak", "weak", "strong"]


@pytest.mark.parametrize(
    ("electrolyte", "reason"),
    [
        ("1 M LiFSI in TTE", "does not dissolve"),
        ("1 M LiPF6 in MeOH", "reacts with the metal"),
        ("1 M LiPF6 in EC/DMC (1:1 v/v) + 5 wt% H2O", "reacts with the metal"),
        ("21 m LiTFSI in H2O", "reacts with the metal"),
        ("1000 M LiFSI in DME", "not possible"),
    ],
)
def test_gated_is_never_better_than_weak(
    lithium_model: CoulombicEfficiencyModel, electrolyte: str, reason: str
) -> None:
    said = lithium_model.assess([electrolyte, "1 M LiFSI in DME"])
    gated, fine = said.evidence
    assert LEVELS.index(gated) <= WEAK
    assert LEVELS.index(fine) > WEAK
    assert reason in said.remarks[0]
    assert reason not in said.remarks[1]
    # The figure is the model's all the same.
    assert said.ce_pct[0] == pytest.approx(lithium_model.predict([electrolyte])[0])


def test_liquefied_gas_keeps_its_evidence_and_says_pressure(
    lithium_model: CoulombicEfficiencyModel,
) -> None:
    said = lithium_model.assess(["1.2 M LiTFSI in FM + 1 M AN"])
    assert not said.verdicts.weak.any()
    assert "liquid only under pressure" in said.remarks[0]


@pytest.mark.parametrize(
    "electrolyte",
    ["1 M LiPF6 in EC/DMC (1:1 v/v)", "1 M LiTFSI in DME", "1 M LiFSI in MeOH"],
)
def test_no_advice_leads_behind_a_gate(
    lithium_model: CoulombicEfficiencyModel, electrolyte: str
) -> None:
    advised = counterfactuals(lithium_model, electrolyte, count=50, per_place=50)["electrolyte"]
    assert len(advised) > 3
    assert not Verdicts.of(Mixtures.from_electrolytes(advised, "Li")).gated.any()
