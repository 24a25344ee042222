"""Lists and suggestions of what conducts."""

from __future__ import annotations

import pandas as pd
import pytest
from anolyte.experiments import CandidateSpace, Constraint, Constraints, Pareto, screen, suggest
from anolyte.experiments.screening.list_html import to_html
from anolyte.models.efficiency.model import CoulombicEfficiencyModel
from anolyte.models.properties import shipped_properties

LIMIT = Constraints((Constraint("min_conductivity_mS_cm", 5.0, "drop"),))


@pytest.fixture(scope="module")
def model(trained: object) -> CoulombicEfficiencyModel:
    found: CoulombicEfficiencyModel = trained.model  # type: ignore[attr-defined]
    return found.with_properties(shipped_properties("Li"))


@pytest.fixture(scope="module")
def every(space: CandidateSpace, model: CoulombicEfficiencyModel) -> pd.DataFrame:
    return screen(space, model, top=len(space), all_amounts=True, diversity=0).to_frame()


def test_a_list_with_a_limit_is_the_list_of_what_conducts(
    space: CandidateSpace, model: CoulombicEfficiencyModel, every: pd.DataFrame
) -> None:
    limited = space.constrained(LIMIT)
    found = screen(limited, model, top=10, all_amounts=True, diversity=0).to_frame()
    expected = every[every["conductivity_mS_cm"] >= 5].head(10)
    assert found["electrolyte"].tolist() == expected["electrolyte"].tolist()
    assert not (every["conductivity_mS_cm"].head(10) >= 5).all()


def test_no_figure_stands_where_nothing_was_measured(every: pd.DataFrame) -> None:
    unknown = every["conductivity_not_predicted"] != ""
    assert unknown.any()
    assert every.loc[unknown, "conductivity_mS_cm"].isna().all()
    assert every.loc[~unknown, "conductivity_mS_cm"].notna().all()
    page = to_html(pd.concat([every[unknown].head(1), every[~unknown].head(1)]))
    assert "conductivity / mS/cm" in page
    assert "not predicted" in page


def test_a_front_of_efficiency_and_conductivity(
    space: CandidateSpace, model: CoulombicEfficiencyModel
) -> None:
    frame = screen(space, model, top=20, criterion=Pareto(("ce", "conductivity"))).to_frame()
    first = frame[frame["front"] == 1].dropna(subset="conductivity_mS_cm")
    ordered = first.sort_values("lce_low", ascending=False)["conductivity_mS_cm"]
    assert ordered.is_monotonic_increasing
    with pytest.raises(ValueError, match="leave out that objective"):
        screen(space, model.with_properties({}), criterion=Pareto(("ce", "conductivity")))


def test_suggestions_conduct(space: CandidateSpace, model: CoulombicEfficiencyModel) -> None:
    found = suggest(space.constrained(LIMIT), model, [], batch=3, celsius=10).frame
    assert len(found) == 3
    assert (found["conductivity_mS_cm"] >= 5).all()


def test_a_model_that_predicts_no_conductivity_takes_no_limit(
    space: CandidateSpace, model: CoulombicEfficiencyModel
) -> None:
    with pytest.raises(ValueError, match="no model predicts the conductivity of Li"):
        screen(space.constrained(LIMIT), model.with_properties({}))
