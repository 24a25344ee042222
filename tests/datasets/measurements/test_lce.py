"""The logarithmic scale of the Coulombic efficiency."""

from __future__ import annotations

import numpy as np
import pytest
from anolyte.datasets.measurements.lce import (
    CE_CEILING,
    coulombic_efficiency,
    log_coulombic_efficiency,
)
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(("ce_pct", "lce"), [(0, 0), (90, 1), (99, 2), (99.5, 2.30103), (99.9, 3)])
def test_lce_counts_the_nines(ce_pct: float, lce: float) -> None:
    assert log_coulombic_efficiency(ce_pct) == pytest.approx(lce, abs=1e-5)


@given(st.lists(st.floats(0, CE_CEILING), min_size=1, max_size=20))
def test_efficiency_survives_the_round_trip(ce_pct: list[float]) -> None:
    back = coulombic_efficiency(log_coulombic_efficiency(ce_pct))
    np.testing.assert_allclose(back, ce_pct, rtol=0, atol=1e-9)


@given(st.floats(0, 200), st.floats(0, 200))
def test_lce_keeps_the_order(first: float, second: float) -> None:
    low, high = sorted((first, second))
    assert log_coulombic_efficiency(low) <= log_coulombic_efficiency(high)


@pytest.mark.parametrize("ce_pct", [99.95, 99.99, 100.0, 104.0])
def test_efficiency_above_the_ceiling_is_censored(ce_pct: float) -> None:
    assert log_coulombic_efficiency(ce_pct) == pytest.approx(-np.log10(0.0005))


@given(st.floats(-300, 300))
def test_efficiency_of_any_lce_stays_in_range(lce: float) -> None:
    assert 0 <= coulombic_efficiency(lce) <= CE_CEILING


def test_negative_efficiency_is_refused_and_named() -> None:
    with pytest.raises(ValueError, match=r"below 0: -3"):
        log_coulombic_efficiency([95.0, -3.0])


def test_missing_efficiency_stays_missing_and_shape_is_kept() -> None:
    lce = log_coulombic_efficiency(np.array([[np.nan, 90.0], [99.0, 0.0]]))
    np.testing.assert_allclose(lce, [[np.nan, 1.0], [2.0, 0.0]], atol=1e-12)
    assert np.isnan(coulombic_efficiency(np.nan))
