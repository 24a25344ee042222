"""The choice of a recipe on held-out rows."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from anolyte.datasets.measurements.lce import coulombic_efficiency
from anolyte.models.efficiency.crossfit import HeldOut
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


def said(noise: dict[str, float], share: float = 1.0) -> HeldOut:
    """Return predictions whose error is a given noise; unnamed members know nothing."""
    predictions = {}
    for member in all_members(OWN):
        error = GENERATOR.normal(0, noise.get(member.family, 5.0), COUNT)
        predictions[member] = 1.5 + (OBSERVED - 1.5) / share + error
    rows, spread = np.arange(COUNT), np.full(COUNT, 0.2)
    return HeldOut(rows, np.full(COUNT, 1.5), predictions, spread)


def chosen(noise: dict[str, float], share: float = 1.0) -> Choice:
    return choose(ROWS, said(noise, share), OWN)


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


def test_what_may_be_luck_is_not_drawn_to_the_mean() -> None:
    """Least squares always falls a little short of 1 where predictions have errors."""
    choice = chosen({"ridge": 0.05})
    assert choice.recipe == "own: ridge"
    assert choice.slope == 1.0


def test_skill_compares_with_the_mean() -> None:
    assert 0 < chosen({"ridge": 0.1}).skill < 0.4


def test_later_literature_counts_as_much_as_sources_left_out() -> None:
    """What is right by source and wrong on what came after is not chosen, and the reverse."""
    blend = dict.fromkeys(("support_vector", "extra_trees", "gaussian_process"), 0.3)
    right, wrong = said(blend | {"ridge": 0.05}), said(blend | {"ridge": 0.6})
    assert choose(ROWS, right, OWN).recipe == "own: ridge"
    assert choose(ROWS, right, OWN, wrong).recipe == DEFAULT
    assert choose(ROWS, wrong, OWN, right).recipe == DEFAULT
    assert choose(ROWS, right, OWN, right).recipe == "own: ridge"


def test_what_fails_on_later_literature_is_drawn_to_the_mean() -> None:
    good, bad = said({"ridge": 0.05}), said({"ridge": 0.5})
    choice = choose(ROWS, good, {"own: ridge": OWN["own: ridge"]}, bad)
    assert 0.3 < choice.slope < 0.8
    # The intervals are those of sources left out.
    alone = choose(ROWS, good, {"own: ridge": OWN["own: ridge"]})
    assert choice.scale.quantiles[0.9] > alone.scale.quantiles[0.9]


def test_the_best_of_a_few_sources_is_luck() -> None:
    """Better by a tenth, but owing to one source: the default stays."""
    noise = dict.fromkeys(("support_vector", "extra_trees", "gaussian_process", "ridge"), 0.2)
    held_out = said(noise)
    helped = held_out.predictions[Member("own", "ridge")]
    helped[:] = np.mean([held_out.predictions[each] for each in OWN[DEFAULT]], axis=0)
    worst = np.argsort(-np.abs(helped - OBSERVED))[:1]
    helped[worst] = OBSERVED[worst]
    choice = choose(ROWS, held_out, OWN)
    assert choice.scores["own: ridge"] < choice.scores[DEFAULT]
    assert choice.recipe == DEFAULT
