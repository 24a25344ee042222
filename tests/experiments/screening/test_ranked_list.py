"""RankedList: what stands beside each row, and how it is shown."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from anolyte.datasets import parse, shipped_compounds
from anolyte.experiments.constraints.constraint import Constraint, Constraints
from anolyte.experiments.ranking.criteria import Probability
from anolyte.experiments.ranking.diversity import similarity
from anolyte.experiments.screening.list_columns import cycles_to
from anolyte.experiments.screening.list_html import to_html
from anolyte.experiments.screening.ranked_list import COLUMNS, RankedList
from anolyte.experiments.screening.screen import screen
from anolyte.experiments.spaces.candidate_space import CandidateSpace
from anolyte.experiments.training.train import TrainingResult, gather
from anolyte.features.mixtures import Mixtures
from anolyte.models import CoulombicEfficiencyModel
from anolyte.models.properties import of_metal
from anolyte.models.sei.model import shipped_sei_model
from hypothesis import given
from hypothesis import strategies as st


@pytest.fixture(scope="module")
def ranked(space: CandidateSpace, trained: TrainingResult) -> RankedList:
    return screen(space, trained.model, top=25)


def test_every_row_carries_what_it_should(ranked: RankedList) -> None:
    frame = ranked.to_frame()
    absent = set(COLUMNS) - set(frame.columns)
    zinc = {name for what in of_metal("Zn")[1:] for name in what.columns}
    assert absent <= {"probability", "front", "cost_per_l"} | zinc
    told = {name for what in of_metal("Li") for name in what.columns}
    whole = frame[[name for name in COLUMNS if name in frame and name not in told]]
    assert not whole.isna().any().any()
    assert (frame["nearest"].str.contains(r"\[.+\]")).all()
    assert frame["sei_composition_probability"].between(1 / 3, 1).all()
    assert frame["sei_function_probability"].between(0.5, 1).all()
    high, passivates = frame["ce_pct"] > 80, frame["sei_function"] == "passivates"
    assert not (high & passivates).any()
    assert frame["electrolyte"].map(lambda text: str(parse(text)) == text).all()


def test_a_copy_is_handed_out(ranked: RankedList) -> None:
    ranked.to_frame()["rank"] = 0
    assert ranked.to_frame()["rank"].min() == 1


def test_diversity_spreads_the_top(space: CandidateSpace, trained: TrainingResult) -> None:
    def nearest_before(table: pd.DataFrame) -> float:
        moles = Mixtures.from_electrolytes(table["electrolyte"], "Li").mole_fractions
        each = [similarity(moles[:row], moles[row]).max() for row in range(1, len(moles))]
        return float(np.mean(each))

    plain = screen(space, trained.model, top=4, diversity=0).to_frame()
    spread = screen(space, trained.model, top=4, diversity=0.8).to_frame()
    assert plain["lce_low"].is_monotonic_decreasing
    assert nearest_before(spread) <= nearest_before(plain)
    assert spread["candidate"].tolist() != plain["candidate"].tolist()
    assert spread["candidate"].iloc[0] == plain["candidate"].iloc[0]


def test_probability_is_a_column(space: CandidateSpace, trained: TrainingResult) -> None:
    found = screen(space, trained.model, top=9, criterion=Probability(99), diversity=0)
    frame = found.to_frame()
    assert frame["probability"].is_monotonic_decreasing
    assert found.criterion == "probability of more than 99 %"
    # Half of the distribution is above the prediction.
    assert ((frame["probability"] > 0.5) == (frame["ce_pct"] > 99)).all()


def test_constraints_mask_and_flag(space: CandidateSpace, trained: TrainingResult) -> None:
    limits = (Constraint("max_fluorine_wt_pct", 15.0), Constraint("max_viscosity_mPa_s", 2.0))
    narrow = space.constrained(Constraints(limits))
    found = screen(narrow, trained.model, top=12)
    frame = found.to_frame()
    assert found.screened < len(space)
    assert (frame["fluorine_wt_pct"] <= 15).all()
    assert "flags" in frame


def test_no_candidate_left_is_said(space: CandidateSpace, trained: TrainingResult) -> None:
    nothing = replace(space, constraints=Constraints((Constraint("max_components", 1),)))
    with pytest.raises(ValueError, match="at most 1 components"):
        screen(nothing, trained.model)


def test_prior_only_says_so() -> None:
    compounds = shipped_compounds()
    space = CandidateSpace.of(
        "Ca",
        [compounds["Ca(TFSI)2"], compounds["Ca(BF4)2"]],
        [compounds[name] for name in ("DME", "EC", "PC")],
    )
    model = CoulombicEfficiencyModel("Ca").fit(gather("Ca"))
    found = screen(space, model, top=5)
    assert found.criterion == "precedent"
    assert "no prediction" in found.caveat
    assert found.caveat in found._repr_html_().replace("&#39;", "'")
    assert "Ca(BF4)2" in found.to_frame()["electrolyte"].iloc[0]


@given(st.floats(50, 99.95), st.floats(0.1, 0.99), st.floats(0, 5))
def test_cycles_end_where_the_capacity_does(ce: float, retained: float, excess: float) -> None:
    cycles = float(cycles_to(ce, retained, excess))
    assert (1 + excess) * (ce / 100) ** cycles >= retained * (1 - 1e-6)
    assert (1 + excess) * (ce / 100) ** (cycles + 1) < retained * (1 + 1e-6)


def test_cycles_of_the_review_and_of_nothing() -> None:
    # Xiang et al., Joule 3 (2019) 2334: 2 x 0.998^500 = 0.735.
    assert cycles_to([99.8], retained=0.735, excess=1.0) == pytest.approx(500, abs=1)
    assert cycles_to([0.0]) == 0


def test_what_is_good_on_one_metal_is_bad_on_another() -> None:
    model = shipped_sei_model()

    def desirability(metal: str, *electrolytes: str) -> tuple[float, float]:
        values = model.desirability(Mixtures.from_electrolytes(electrolytes, metal))
        return float(values[0]), float(values[1])

    concentrated, dilute = desirability("Na", "4 M NaFSI in DME", "1 M NaBPh4 in DME")
    assert concentrated > dilute
    anion, bulky = desirability("Mg", "0.5 M Mg(TFSI)2 in DME", "0.3 M Mg[B(hfip)4]2 in DME")
    assert anion < bulky


def test_html_is_escaped_and_draws_the_compounds(ranked: RankedList) -> None:
    html = ranked._repr_html_()
    assert html.count("<tr>") == 21
    assert "5 more rows" in html
    assert "<figcaption>LiFSI</figcaption>" in html
    evil = ranked.to_frame().head(2)
    evil["electrolyte"] = "<script>alert(1)</script>"
    evil["nearest"] = '"><img src=x onerror=alert(1)>'
    shown = to_html(evil, "<script>", "a & b")
    assert "<script" not in shown
    assert "<img" not in shown
    assert "a &amp; b" in shown


@pytest.mark.parametrize("kind", ["bars", "pareto", "map"])
def test_plots_are_drawn(ranked: RankedList, kind: str, tmp_path: Path) -> None:
    ranked.plot(kind).savefig(tmp_path / "plot.png")
    assert (tmp_path / "plot.png").stat().st_size > 5000


def test_an_unknown_plot_is_refused(ranked: RankedList) -> None:
    with pytest.raises(ValueError, match="bars, pareto, map"):
        ranked.plot("pie")
