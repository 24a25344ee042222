"""Weights of rows, and bounds that a prediction may satisfy."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from anolyte.datasets.measurements.lce import log_coulombic_efficiency
from anolyte.models.efficiency.weights import bounds, residuals, row_weights

ROWS = pd.DataFrame(
    {
        "ce_pct": [98.0, 99.0, 90.0, 99.95],
        "ce_qualifier": ["=", ">", "<", "="],
        "confidence": ["high", "high", "low", "high"],
        "source": ["a", "b", "c", "d"],
    }
)


def test_weights_average_to_one() -> None:
    assert row_weights(ROWS).mean() == pytest.approx(1)


def test_a_bound_and_a_doubtful_reading_count_less() -> None:
    weights = row_weights(ROWS)
    assert weights[0] > weights[1] > weights[2]
    assert weights[1] == pytest.approx(weights[0] / 2)


def test_many_rows_of_one_source_count_less_each() -> None:
    rows = pd.DataFrame({"ce_pct": 98.0, "source": ["a"] * 11 + ["b"]})
    weights = row_weights(rows)
    assert weights[-1] == pytest.approx(2 * weights[0])


def test_rows_that_repeat_one_statement_count_as_one_together() -> None:
    rows = pd.DataFrame(
        {"ce_pct": 99.0, "source": list("abcd"), "statement": ["Mg-0065", "Mg-0065", "", ""]}
    )
    weights = row_weights(rows)
    assert weights[:2].sum() == pytest.approx(weights[2]) == pytest.approx(weights[3])


def test_ceiling_is_a_lower_bound() -> None:
    below, above = bounds(ROWS)
    assert list(below) == [False, False, True, False]
    assert list(above) == [False, True, False, True]


def test_a_satisfied_bound_is_no_error() -> None:
    high = residuals(ROWS, log_coulombic_efficiency([98.0, 99.9, 99.9, 99.95]))
    assert high[[0, 1, 3]] == pytest.approx([0, 0, 0])
    assert high[2] == pytest.approx(1 - 3)
    low = residuals(ROWS, log_coulombic_efficiency([0.0, 90.0, 0.0, 0.0]))
    assert low[0] == pytest.approx(log_coulombic_efficiency(98.0))
    assert low[1] == pytest.approx(1)
    assert low[2] == 0
    assert np.all(low >= 0)
