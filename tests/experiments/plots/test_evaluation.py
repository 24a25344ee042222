"""Figures of an evaluation count what they say."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from anolyte.datasets.measurements.lce import log_coulombic_efficiency
from anolyte.experiments.plots.evaluation import (
    calibration_curve,
    reliability_curve,
    width_against_error,
)


@pytest.fixture
def measurements() -> pd.DataFrame:
    sources = ["a", "a", "b", "c"]
    return pd.DataFrame({"electrolyte": "1 M LiFSI in DME", "ce_pct": 98.0, "source": sources})


@pytest.fixture
def held_out(measurements: pd.DataFrame) -> pd.DataFrame:
    errors = np.array([0.1, -0.2, 0.3, -0.6])
    predicted = log_coulombic_efficiency(measurements["ce_pct"]) - errors
    return pd.DataFrame({"predicted": predicted, 0.5: 0.15, 0.8: 0.25, 0.9: 0.5})


def test_calibration_shows_each_coverage(
    measurements: pd.DataFrame, held_out: pd.DataFrame
) -> None:
    axes = calibration_curve(measurements, {"leave-source-out": held_out}).axes[0]
    assert [text.get_text() for text in axes.texts] == ["25 %", "50 %", "75 %"]


def test_calibration_keeps_splits_apart(measurements: pd.DataFrame, held_out: pd.DataFrame) -> None:
    both = {"leave-source-out": held_out, "random": held_out}
    axes = calibration_curve(measurements, both).axes[0]
    shown = {text.get_text() for text in axes.get_legend().get_texts()}
    assert {"leave-source-out", "random"} <= shown
    first, second = (container[0].get_xdata() for container in axes.containers)
    assert not np.allclose(first, second)


def test_width_against_error_counts_what_is_inside(
    measurements: pd.DataFrame, held_out: pd.DataFrame
) -> None:
    axes = width_against_error(measurements, held_out).axes[0]
    assert axes.get_title().startswith("75%")
    assert [len(dots.get_offsets()) for dots in axes.collections] == [3, 1]


def test_reliability_draws_each_answer_with_its_count() -> None:
    reliability = pd.DataFrame(
        {
            "task": ["composition", "composition", "function"],
            "said": [0.3, 0.7, 0.9],
            "held": [0.25, 1.0, 0.85],
            "count": [40, 5, 60],
        }
    )
    (axes,) = reliability_curve(reliability).axes
    labels = [text.get_text() for text in axes.get_legend().get_texts()]
    assert labels == ["as said", "composition (45)", "function (60)"]
