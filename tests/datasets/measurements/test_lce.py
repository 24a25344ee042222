"""The logarithmic scale of the Coulombic efficiency."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from anolyte.datasets.measurements.lce import (
    CE_CEILING,
    NOISE_BETWEEN_SOURCES,
    NOISE_WITHIN_LABORATORY,
    coulombic_efficiency,
    explained_share,
    log_coulombic_efficiency,
)
from anolyte.datasets.measurements.table import efficiencies, load_measurements
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


def test_noise_is_that_of_the_reports_in_the_shipped_table() -> None:
    """One electrolyte in two sources: the difference has twice the variance of one label."""
    rows = efficiencies(load_measurements("Li"))
    rows["lce"] = log_coulombic_efficiency(rows["ce_pct"])
    means = rows.groupby(["electrolyte", "source"])["lce"].mean()
    differences = [
        first - second
        for _, reports in means.groupby("electrolyte")
        for first, second in combinations(reports, 2)
    ]
    assert len(differences) >= 8
    deviation = np.sqrt(np.mean(np.square(differences)) / 2)
    assert deviation == pytest.approx(NOISE_BETWEEN_SOURCES, rel=0.2)
    assert deviation > 2 * NOISE_WITHIN_LABORATORY


def test_share_of_the_variance_that_can_be_explained() -> None:
    measured = log_coulombic_efficiency([80.0, 90.0, 95.0, 98.0, 99.0, 99.5, 99.9])
    as_good_as_a_report = measured + NOISE_BETWEEN_SOURCES * np.array([1, -1, 1, -1, 1, -1, 1])
    assert explained_share(measured, as_good_as_a_report) == pytest.approx(1)
    assert explained_share(measured, np.full(7, measured.mean())) == pytest.approx(0)
    assert explained_share(measured, measured[::-1]) < 0
    assert np.isnan(explained_share([2.0, 2.1, 2.2], [2.0, 2.1, 2.2]))
