"""Conformal calibration."""

from __future__ import annotations

import numpy as np
import pytest
from anolyte.models.efficiency.intervals import COVERAGES, ConformalScale


def test_quantiles_of_known_scores() -> None:
    residuals = np.arange(1.0, 100.0)
    scale = ConformalScale.fit(residuals, np.ones(99))
    assert scale.quantiles == {0.5: 50.0, 0.8: 80.0, 0.9: 90.0}


def test_half_width_follows_the_spread() -> None:
    scale = ConformalScale.fit(np.arange(1.0, 100.0), np.full(99, 2.0))
    assert scale.half_width(np.array([1.0, 4.0]), 0.9) == pytest.approx([45.0, 180.0])


@pytest.mark.parametrize("coverage", COVERAGES)
def test_covers_new_data_of_varying_noise(coverage: float) -> None:
    generator = np.random.default_rng(1)
    spread = generator.uniform(0.1, 2.0, 4000)
    residuals = generator.normal(0, spread)
    scale = ConformalScale.fit(residuals[:2000], spread[:2000])
    inside = np.abs(residuals[2000:]) <= scale.half_width(spread[2000:], coverage)
    assert inside.mean() == pytest.approx(coverage, abs=0.04)


def test_each_source_counts_once() -> None:
    """Ten rows of one good laboratory do not narrow the interval for the next laboratory."""
    residuals = np.concatenate([np.full(10, 0.1), np.arange(1.0, 10.0)])
    weights = np.concatenate([np.full(10, 0.1), np.ones(9)])
    scale = ConformalScale.fit(residuals, np.ones(19), weights)
    assert scale.quantiles[0.5] == pytest.approx(5.0)
    assert ConformalScale.fit(residuals, np.ones(19)).quantiles[0.5] == pytest.approx(0.1)
