"""Figures of a training say what they show."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from anolyte.experiments.plots import training as training_plots
from anolyte.experiments.training.ablation import COLUMNS


def test_recipe_scores_marks_the_chosen() -> None:
    scores = pd.Series({"own: ridge": 0.3, "prior only": 0.5, "own: xgboost": np.nan})
    axes = training_plots.recipe_scores(scores, "own: ridge").axes[0]
    labels = [label.get_text() for label in axes.get_yticklabels()]
    colours = dict(zip(labels, [bar.get_facecolor() for bar in axes.patches], strict=True))
    assert set(labels) == {"own: ridge", "prior only"}
    assert colours["own: ridge"] != colours["prior only"]


def test_ablation_puts_the_block_that_is_missed_most_on_top() -> None:
    rows = [
        ("all", "", 0.30, 0.7, 0.0, 0.0),
        ("alone", "ions", 0.33, 0.6, 0.03, 0.01),
        ("alone", "shell", 0.36, 0.5, 0.06, 0.02),
        ("without", "ions", 0.35, 0.6, 0.05, 0.01),
        ("without", "shell", 0.31, 0.7, 0.01, 0.02),
    ]
    figure = training_plots.ablation_bars(pd.DataFrame(rows, columns=list(COLUMNS)), "Li")
    axes = figure.axes[0]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["shell", "ions"]
    widths = [bar.get_width() for bar in axes.patches]
    assert widths == pytest.approx([0.31, 0.35, 0.36, 0.33])
    assert {text.get_text() for text in figure.legends[0].get_texts()} == {
        "all blocks 0.300",
        "all but this block",
        "this block alone",
    }
