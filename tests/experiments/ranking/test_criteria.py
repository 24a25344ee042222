"""Criteria: what scores mean, and what they fall back on."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from anolyte.experiments.ranking.criteria import Expected, LowerBound, Precedent, Probability
from anolyte.experiments.ranking.multi_objective import Pareto, Weighted
from anolyte.experiments.ranking.ranking import CRITERIA, Ranking, as_criterion
from anolyte.experiments.spaces.candidate_space import CandidateSpace
from anolyte.experiments.training.train import TrainingResult, gather
from anolyte.models import CoulombicEfficiencyModel
from anolyte.models.efficiency.intervals import COVERAGES, ConformalScale
from hypothesis import given
from hypothesis import strategies as st

widths = st.lists(st.floats(0.01, 20), min_size=3, max_size=3).map(sorted)


@given(widths, st.sampled_from(COVERAGES))
def test_probability_agrees_with_the_intervals(quantiles: list[float], unit: float) -> None:
    scale = ConformalScale(dict(zip(COVERAGES, quantiles, strict=True)))
    criterion = Probability().calibrated(scale.quantiles, unit)
    distances = np.array(quantiles) / scale.quantiles[unit]
    distinct = np.diff([0.0, *distances]) > 1e-3
    above = criterion.exceeding(distances)
    wanted = (1 - np.array(COVERAGES)) / 2
    # Equal widths cannot mean different probabilities.
    if distinct.all():
        assert above == pytest.approx(wanted, abs=1e-6)
    assert criterion.exceeding(-distances) == pytest.approx(1 - above)
    assert criterion.exceeding(np.zeros(1)) == pytest.approx(0.5)


@given(widths, st.lists(st.floats(-50, 50), min_size=2, max_size=30))
def test_probability_falls_with_the_target(quantiles: list[float], at: list[float]) -> None:
    scale = ConformalScale(dict(zip(COVERAGES, quantiles, strict=True)))
    found = Probability().calibrated(scale.quantiles, 0.9).exceeding(np.array(sorted(at)))
    assert (np.diff(found) <= 1e-12).all()
    assert ((found >= 0) & (found <= 1)).all()


@pytest.mark.parametrize("target", [0, 99.95, 100, -3])
def test_a_target_beyond_the_scale_is_refused(target: float) -> None:
    with pytest.raises(ValueError, match=r"99\.95"):
        Probability(target)


def test_probability_of_the_prediction_itself_is_half(trained: TrainingResult) -> None:
    predicted = trained.model.assess(["1 M LiFSI in DME"])
    target = float(predicted.ce_pct[0])
    criterion = Probability(target).fitting(trained.model, 0.9)
    assert criterion.scores(predicted, trained.model) == pytest.approx(0.5)


@pytest.fixture(scope="module")
def prior() -> CoulombicEfficiencyModel:
    return CoulombicEfficiencyModel("Ca").fit(gather("Ca"))


def test_lower_bounds_that_tables_show_as_nothing_are_told_apart(trained: TrainingResult) -> None:
    texts = ["1 M LiFSI in DME", "1 M LiPF6 in EC/DMC (1:1 v/v)"]
    predicted = replace(trained.model.assess(texts), lce=np.array([0.02, 0.01]))
    assert predicted.bounds["lce_low"].tolist() == [0, 0]
    scores = LowerBound().scores(predicted, trained.model)
    assert scores.max() < 0
    assert len(set(scores.tolist())) == 2


@pytest.mark.parametrize("criterion", [LowerBound(), Expected(), Probability(90)])
def test_a_prior_ranks_by_precedent(prior: CoulombicEfficiencyModel, criterion: Expected) -> None:
    assert prior.is_prior
    fitted = criterion.fitting(prior, 0.9)
    assert fitted == Precedent(instead=True)
    assert "same CE" in fitted.caveat
    assert Pareto().fitting(prior, 0.9).caveat == fitted.caveat
    assert LowerBound().caveat == Precedent(instead=False).caveat.replace(Precedent().caveat, "")


def test_precedent_is_highest_for_what_was_measured_to_be_good(
    prior: CoulombicEfficiencyModel,
) -> None:
    texts = [
        "0.5 M Ca(CB11H12)2 in DME/THF (1:1 v/v)",
        "0.5 M Ca(CB11H12)2 in G2",
        "0.5 M Ca(TFSI)2 in DME",
        "1 M Ca(ClO4)2 in H2O",
    ]
    predicted = prior.assess(texts)
    scores = Precedent().scores(predicted, prior)
    assert scores.argmax() == 0
    assert scores[1] > scores[2]
    few = Precedent().scores(predicted.take(np.array([2, 0])), prior)
    assert few == pytest.approx(scores[[2, 0]])


def test_criteria_have_names() -> None:
    for name in CRITERIA:
        assert as_criterion(name).name == name
        assert str(as_criterion(name)).startswith(name)
    assert as_criterion(Weighted.read("ce=1")) == Weighted((("ce", 1.0),))
    with pytest.raises(ValueError, match="lower-bound, expected"):
        as_criterion("luck")


@pytest.mark.parametrize("text", ["luck=1", "ce", "ce=much", "ce=0", "", "ce=nan"])
def test_wrong_weights_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"objective|weight"):
        Weighted.read(text)


def test_a_pareto_front_needs_two_known_objectives() -> None:
    for names in (("ce",), ("ce", "ce"), ("ce", "luck")):
        with pytest.raises(ValueError, match="objective"):
            Pareto(names)


def test_ranking_checks_itself() -> None:
    with pytest.raises(ValueError, match="at least one row"):
        Ranking(top=0)
    with pytest.raises(ValueError, match="from 0 to 1"):
        Ranking(diversity=1.5)
    assert Ranking(top=7, diversity=0).pool == 7
    assert Ranking(top=7, all_amounts=True).pool == 7
    assert Ranking(top=7).pool > 7
    assert Ranking(top=7, criterion=Pareto(), all_amounts=True).pool > 7


def test_fronts_hold_no_dominated_candidate(space: CandidateSpace, trained: TrainingResult) -> None:
    from anolyte.experiments.ranking.multi_objective import objective_columns

    predicted = trained.model.assess(space.mixtures(0, 200))
    pool = predicted.bounds.assign(score=predicted.bounds["lce_low"])
    names = ("ce", "sei", "fluorine", "critical")
    settled = Pareto(names).settle(pool, predicted)
    columns = objective_columns(predicted)
    points = np.column_stack(
        [
            pool["lce_low"],
            columns["sei_desirability"],
            -columns["fluorine_wt_pct"],
            -columns["critical_elements"],
        ]
    )
    first = points[settled["front"] == 1]
    for point in first:
        assert not ((points >= point).all(axis=1) & (points > point).any(axis=1)).any()
    assert settled["front"].min() == 1
    assert len(first) < len(points)
    # Whatever the CE, an earlier front comes first.
    fronts = settled.sort_values("score", ascending=False)["front"]
    assert fronts.is_monotonic_increasing


def test_weights_pull(space: CandidateSpace, trained: TrainingResult) -> None:
    predicted = trained.model.assess(space.mixtures(0, 200))
    pool = predicted.bounds.assign(score=predicted.bounds["lce_low"])
    alone = Weighted.read("ce=2").settle(pool, predicted)["score"]
    assert (alone.rank() == pool["lce_low"].rank()).all()
    without = Weighted.read("ce=0.01,fluorine=-1").settle(pool, predicted)["score"]
    best = predicted.take(np.array([int(without.argmax())])).mixtures
    assert best.mole_fractions[0][[c.abbreviation == "TTE" for c in best.compounds]] == 0


def test_fitted_criteria_are_equal_and_plain(trained: TrainingResult) -> None:
    one = Ranking(criterion=Probability(99)).fitting(trained.model)
    assert one == replace(one)
    assert hash(one.criterion) == hash(Probability(99).fitting(trained.model, 0.9))
