"""Metrics, baselines and nested validation."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from anolyte.datasets.measurements.lce import coulombic_efficiency, log_coulombic_efficiency
from anolyte.models import CoulombicEfficiencyModel
from anolyte.models.efficiency.metrics import BASELINE, OURS, metrics
from anolyte.models.efficiency.validation import (
    BASELINES,
    Contender,
    Validation,
    baseline_predictions,
    compare,
    learning_curve,
    refitted,
)

TREES = Contender(("composition",), ("random_forest",))


def table(lce: np.ndarray) -> pd.DataFrame:
    """Return measurements of given LCE, each from its own source."""
    sources = [f"source {number}" for number in range(len(lce))]
    return pd.DataFrame({"ce_pct": coulombic_efficiency(lce), "source": sources})


@pytest.fixture(scope="module")
def validation(lithium: pd.DataFrame) -> Validation:
    model = CoulombicEfficiencyModel("Li", scopes=("own",), folds=4, singles=False)
    return compare(model, lithium, repeats=1)


def test_metrics_of_a_perfect_prediction() -> None:
    observed = np.linspace(0, 3, 40)
    scores = metrics(table(observed), observed)
    assert scores["rmse"] == pytest.approx(0, abs=1e-9)
    assert scores["r2"] == pytest.approx(1)
    assert scores["spearman"] == pytest.approx(1)
    assert scores["precision_top10"] == 1


def test_metrics_of_known_errors() -> None:
    observed = np.array([0.5, 1.0, 2.0, 3.0])
    scores = metrics(table(observed), observed + np.array([1.0, -1.0, 1.0, -1.0]))
    assert scores["rmse"] == pytest.approx(1)
    assert scores["mae"] == pytest.approx(1)
    assert scores["r2"] == pytest.approx(1 - 1 / np.var(observed))


def test_a_constant_ranks_nothing() -> None:
    observed = np.linspace(0.1, 2, 20)
    scores = metrics(table(observed), np.full(20, observed.mean()))
    assert np.isnan(scores["spearman"])
    assert scores["precision_top10"] == pytest.approx(0.1)


def test_precision_counts_the_best_tenth() -> None:
    observed = np.linspace(0.1, 2, 20)
    predicted = observed.copy()
    predicted[19] = -1
    assert metrics(table(observed), predicted)["precision_top10"] == pytest.approx(0.5)


def test_baselines_do_not_see_their_fold(lithium: pd.DataFrame) -> None:
    """Changing the values of one fold leaves the predictions for that fold as they are."""
    fold = CoulombicEfficiencyModel("Li").fold_of_row(lithium)
    changed = lithium.copy()
    changed.loc[fold == 0, "ce_pct"] = 10.0
    before = baseline_predictions(lithium, TREES, fold)
    after = baseline_predictions(changed, TREES, fold)
    assert np.allclose(before[fold == 0], after[fold == 0])
    assert not np.allclose(before[fold != 0], after[fold != 0])


def test_comparison_ranks_ours_above_the_baselines(validation: Validation) -> None:
    scores = validation.table
    assert list(scores.index) == [*BASELINES, OURS]
    assert scores["rmse"][OURS] < scores["rmse"][BASELINE] < scores["rmse"]["constant"]
    assert scores["spearman"][OURS] > scores["spearman"].drop(OURS).max()
    assert validation.skill < 0.75
    assert sum(validation.recipes.values()) == len(validation.predictions[OURS])


def test_nested_intervals_cover_unseen_sources(validation: Validation) -> None:
    assert 0.85 <= validation.table["coverage_90"][OURS] <= 0.96


def test_nested_validation_does_not_see_its_fold(magnesium: pd.DataFrame) -> None:
    """Neither the choice of the recipe nor the calibration may know the outer fold."""
    model = CoulombicEfficiencyModel("Mg", ("composition",), scopes=("own",), folds=3)
    fold = model.fold_of_row(magnesium)
    changed = magnesium.copy()
    changed.loc[fold == 0, "ce_pct"] = 55.0
    first, second = (compare(model, rows, repeats=1) for rows in (magnesium, changed))
    mask = fold == 0
    assert np.allclose(first.predictions[OURS][mask], second.predictions[OURS][mask])
    assert np.allclose(first.intervals[0.9][mask], second.intervals[0.9][mask])


def test_any_folds_can_be_left_out(magnesium: pd.DataFrame) -> None:
    model = CoulombicEfficiencyModel("Mg", ("composition",), scopes=("own",), singles=False)
    even, odd = np.arange(0, len(magnesium), 2), np.arange(1, len(magnesium), 2)
    frame = refitted(model, magnesium, None, [(even, odd), (odd, even[:5])])
    assert frame.index.tolist() == [*odd, *even[:5]]
    assert frame[["predicted", 0.9]].notna().all().all()


def test_too_few_rows_are_refused(lithium: pd.DataFrame) -> None:
    with pytest.raises(ValueError, match="too few"):
        compare(CoulombicEfficiencyModel("Li"), lithium.head(5))


def test_learning_curve_falls_with_more_sources(lithium: pd.DataFrame) -> None:
    curve = learning_curve(lithium, TREES, steps=3)
    assert curve["sources"].is_monotonic_increasing
    assert curve["rmse"].iloc[-1] < curve["rmse"].iloc[0]
    assert log_coulombic_efficiency(99.0) == pytest.approx(2)
