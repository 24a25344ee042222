"""The choice of a recipe on held-out rows."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from anolyte.datasets.measurements.lce import coulombic_efficiency
from anolyte.models.efficiency.members import Member
from anolyte.models.efficiency.recipes import DEFAULT, PRIOR, Choice, all_members, choose, recipes

COUNT = 80
GENERATOR = np.random.default_rng(1)
OBSERVED = GENERATOR.normal(1.5, 0.4, COUNT).clip(0.1, 2.9)
ROWS = pd.DataFrame(
    {
        "ce_pct": coulombic_efficiency(OBSERVED),
        "source": [f"laboratory {number // 2}" for number in range(COUNT)],
    }
)
OWN = recipes(("own",))


def chosen(noise: dict[str, float], share: float = 1.0) -> Choice:
    """Choose among members whose error is a given noise; unnamed ones know nothing."""
    predictions = {}
    for member in all_members(OWN):
        error = GENERATOR.normal(0, noise.get(member.family, 5.0), COUNT)
        predictions[member] = 1.5 + (OBSERVED - 1.5) / share + error
    spread = np.full(COUNT, 0.2)
    return choose(ROWS, np.full(COUNT, 1.5), predictions, spread, OWN)


def test_names_are_scope_and_family() -> None:
    assert DEFAULT in OWN
    assert set(OWN) < set(recipes())
    assert OWN["own: ridge"] == (Member("own", "ridge"),)


def test_clearly_better_member_replaces_the_blend() -> None:
    assert chosen({"ridge": 0.05}).recipe == "own: ridge"


def test_among_equals_the_blend_stays() -> None:
    noise = dict.fromkeys(("support_vector", "extra_trees", "gaussian_process", "ridge"), 0.2)
    assert chosen(noise).recipe == DEFAULT


def test_nothing_better_than_the_mean_is_said_so() -> None:
    choice = chosen({})
    assert choice.recipe == PRIOR
    assert choice.skill == 1
    assert choice.combine(np.array([1.5, 1.7]), {}).tolist() == [1.5, 1.7]


def test_exaggerated_predictions_are_drawn_to_the_mean() -> None:
    """A member that doubles every deviation is right after halving it."""
    choice = chosen({"ridge": 0.05}, share=0.5)
    assert choice.recipe == "own: ridge"
    assert choice.slope == pytest.approx(0.5, abs=0.03)


def test_skill_compares_with_the_mean() -> None:
    assert 0 < chosen({"ridge": 0.1}).skill < 0.4
