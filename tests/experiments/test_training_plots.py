"""Figures of a training say what they show."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from anolyte.experiments import training_plots


@pytest.fixture
def held_out_rows() -> pd.DataFrame:
    errors = np.array([0.1, -0.2, 0.3, -0.6])
    widths = {"half_width_50": 0.15, "half_width_90": 0.5}
    return pd.DataFrame({"source": ["a", "a", "b", "c"], "error": errors}).assign(**widths)


def test_calibration_shows_each_coverage(held_out_rows: pd.DataFrame) -> None:
    axes = training_plots.calibration(held_out_rows).axes[0]
    assert [text.get_text() for text in axes.texts] == ["25 %", "75 %"]


def test_width_against_error_counts_what_is_inside(held_out_rows: pd.DataFrame) -> None:
    axes = training_plots.width_against_error(held_out_rows).axes[0]
    assert axes.get_title().startswith("75%")
    assert len(axes.collections[0].get_offsets()) == 4


def test_recipe_scores_marks_the_chosen() -> None:
    scores = pd.Series({"own: ridge": 0.3, "prior only": 0.5, "own: xgboost": np.nan})
    axes = training_plots.recipe_scores(scores, "own: ridge").axes[0]
    labels = [label.get_text() for label in axes.get_yticklabels()]
    colours = dict(zip(labels, [bar.get_facecolor() for bar in axes.patches], strict=True))
    assert set(labels) == {"own: ridge", "prior only"}
    assert colours["own: ridge"] != colours["prior only"]
