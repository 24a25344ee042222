"""Metrics, baselines and folds of the validation."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from anolyte.datasets.measurements import efficiencies, load_measurements
from anolyte.models.validation import (
    BASELINE,
    CONTENDERS,
    Contender,
    compare,
    held_out_predictions,
    learning_curve,
    metrics,
)

TREES = Contender(("composition",), ("random_forest",))


@pytest.fixture(scope="module")
def lithium() -> pd.DataFrame:
    return efficiencies(load_measurements("Li"))


def test_metrics_of_a_perfect_prediction() -> None:
    observed = np.linspace(0, 3, 40)
    scores = metrics(observed, observed)
    assert scores["rmse"] == scores["mae"] == 0
    assert scores["r2"] == scores["spearman"] == scores["precision_top10"] == 1


def test_metrics_of_known_errors() -> None:
    observed = np.array([0.0, 1.0, 2.0, 3.0])
    scores = metrics(observed, observed + np.array([1.0, -1.0, 1.0, -1.0]))
    assert scores["rmse"] == pytest.approx(1)
    assert scores["mae"] == pytest.approx(1)
    assert scores["r2"] == pytest.approx(1 - 1 / 1.25)


def test_a_constant_ranks_nothing() -> None:
    observed = np.arange(20.0)
    scores = metrics(observed, np.full(20, observed.mean()))
    assert np.isnan(scores["spearman"])
    assert scores["precision_top10"] == pytest.approx(0.1)


def test_precision_counts_the_best_tenth() -> None:
    observed = np.arange(20.0)
    predicted = observed.copy()
    predicted[19] = -1
    assert metrics(observed, predicted)["precision_top10"] == pytest.approx(0.5)


def test_held_out_predictions_do_not_see_their_source(lithium: pd.DataFrame) -> None:
    """Changing the values of one source leaves the predictions for that source as they are."""
    source = lithium["source"].value_counts().index[0]
    rows = (lithium["source"] == source).to_numpy()
    changed = lithium.copy()
    changed.loc[rows, "ce_pct"] = 10.0
    before = held_out_predictions(lithium, TREES)
    after = held_out_predictions(changed, TREES)
    assert np.allclose(before[rows], after[rows])
    assert not np.allclose(before[~rows], after[~rows])


def test_comparison_ranks_ours_above_the_baselines(lithium: pd.DataFrame) -> None:
    table, predictions = compare(lithium, repeats=1)
    assert list(table.index) == list(CONTENDERS)
    assert table["rmse"]["anolyte"] < table["rmse"][BASELINE] < table["rmse"]["constant"]
    assert table["spearman"]["anolyte"] > 0.7
    assert all(len(values) == len(lithium) for values in predictions.values())


def test_learning_curve_falls_with_more_sources(lithium: pd.DataFrame) -> None:
    curve = learning_curve(lithium, TREES, steps=3)
    assert curve["sources"].is_monotonic_increasing
    assert curve["rmse"].iloc[-1] < curve["rmse"].iloc[0]
