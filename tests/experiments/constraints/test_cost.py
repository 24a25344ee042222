"""Costs by the user's prices: read, computed, a limit and an objective."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from anolyte.datasets import shipped_compounds
from anolyte.datasets.compounds.densities import density
from anolyte.datasets.compounds.prices import read_prices
from anolyte.datasets.errors import TableError
from anolyte.experiments.constraints.constraint import Constraint, Constraints
from anolyte.experiments.constraints.cost import cost_per_litre
from anolyte.experiments.ranking.multi_objective import Pareto, Weighted
from anolyte.experiments.screening.screen import screen
from anolyte.experiments.spaces.candidate_space import CandidateSpace
from anolyte.experiments.training.train import TrainingResult

# Invented round numbers: there is no sourced price list.
TABLE = "Compound,Price per kg\nEC,3\nDMC,2\nDME,10\nLiPF6,20\nLiFSI,60\nTTE,100\nF5DEE,500\n"


@pytest.fixture
def prices(tmp_path: Path) -> dict[str, float]:
    path = tmp_path / "prices.csv"
    path.write_text(TABLE.replace("Price per kg", "price_per_kg"))
    return read_prices(path)


def test_a_litre_costs_what_its_kilograms_cost(
    space: CandidateSpace, prices: dict[str, float]
) -> None:
    own = replace(space, prices=prices)
    number = own.index("1 M LiPF6 in EC/DMC (1:1 v/v)")
    known = shipped_compounds()
    salt = known["LiPF6"].molar_mass / 1000
    litres = 1 + salt / density(known["LiPF6"]).value
    grams = 0.5 * density(known["EC"]).value * 3 + 0.5 * density(known["DMC"]).value * 2
    expected = (grams + 20 * salt) / litres
    cost = cost_per_litre(own.take(np.array([number])))
    assert cost == pytest.approx([expected], rel=1e-9)
    # Without a price for FEC nobody knows; without any price neither.
    additive = own.index("1 M LiPF6 in EC/DMC (1:1 v/v) + 2 wt% FEC")
    assert np.isnan(cost_per_litre(own.take(np.array([additive])))).all()
    assert np.isnan(cost_per_litre(space.take(np.array([number])))).all()


def test_a_limit_fails_what_costs_more_and_flags_what_is_unknown(
    space: CandidateSpace, prices: dict[str, float]
) -> None:
    own = replace(space, prices=prices)
    limit = Constraint("max_cost_per_l", 20.0)
    mixtures = own.mixtures(0, len(own))
    cost = cost_per_litre(mixtures)
    verdicts = limit.verdicts(mixtures)
    assert (verdicts[np.isnan(cost)] == -1).all()
    known = ~np.isnan(cost)
    assert (verdicts[known] == (cost[known] <= 20)).all()
    assert 0 < (verdicts == 1).sum() < known.sum()
    doubts = [each for each in limit.doubts(mixtures) if each]
    assert {"cost unknown: FEC", "cost unknown: LiNO3"} == set(doubts)


def test_lists_show_the_cost_and_can_go_by_it(
    space: CandidateSpace, trained: TrainingResult, prices: dict[str, float]
) -> None:
    own = replace(space, prices=prices)
    cheap = own.constrained(Constraints((Constraint("max_cost_per_l", 30.0, "drop"),)))
    ranked = screen(cheap, trained.model, top=5).to_frame()
    assert (ranked["cost_per_l"] <= 30).all()
    weights = Weighted((("ce", 1e-6), ("cost", -1.0)))
    by_cost = screen(own, trained.model, top=5, criterion=weights, all_amounts=True)
    by_cost = by_cost.to_frame()
    assert by_cost["cost_per_l"].is_monotonic_increasing
    front = screen(own, trained.model, top=5, criterion=Pareto(("ce", "cost"))).to_frame()
    assert front["front"].iloc[0] == 1
    assert "cost_per_l" not in screen(space, trained.model, top=2).to_frame()
    with pytest.raises(ValueError, match="needs prices"):
        screen(space, trained.model, top=2, criterion=weights)


def test_all_faults_of_a_table_of_prices(tmp_path: Path) -> None:
    path = tmp_path / "prices.csv"
    path.write_text("compound,price_per_kg\nEC,3\nethylene carbonate,4\nDMCC,2\nDME,free\n")
    with pytest.raises(TableError) as caught:
        read_prices(path)
    assert [fault.place for fault in caught.value.faults] == [
        "row 3, column compound",
        "row 4, column compound",
        "row 5, column price_per_kg",
    ]
    path.write_text(TABLE)
    with pytest.raises(TableError, match="rename 'Price per kg'"):
        read_prices(path)
