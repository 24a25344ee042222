"""Figures of explanations show what was given, or say why there is nothing to show."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from anolyte.experiments.plots.explanation import dependence_curves, importance_bars, shap_summary

NAMES = ["F_to_O", "anion_FSI", "donor_number_mean"]


def test_summary_has_a_dot_an_electrolyte_where_it_pushes() -> None:
    pushes = np.array([[0.1, 0.0, -0.3], [-0.1, 0.0, 0.2], [0.1, 0.0, -0.3]])
    values = np.array([[1.0, 0.0, 5.0], [0.2, 0.0, 2.0], [1.0, 0.0, 5.0]])
    axes = shap_summary(pushes, values, NAMES, "Li").axes[0]
    # The largest on top; what pushes nothing is left out.
    assert [label.get_text() for label in axes.get_yticklabels()] == ["F_to_O", "donor_number_mean"]
    dots = np.asarray(axes.collections[1].get_offsets())
    assert dots[:, 0] == pytest.approx([-0.3, 0.2, -0.3])
    # Equal ones stand beside each other, and none in another's row.
    assert dots[0, 1] != dots[2, 1]
    assert np.abs(dots[:, 1] - 1).max() < 0.5
    ranks = np.asarray(axes.collections[1].get_array())
    assert ranks[1] < ranks[0] == ranks[2]


def test_importance_lists_no_more_than_asked_for() -> None:
    frame = pd.DataFrame({"group": list("abcd"), "mean_push_lce": [0.4, 0.3, 0.2, 0.1]})
    axes = importance_bars(frame, "Li", most=3).axes[0]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["c", "b", "a"]
    assert [bar.get_width() for bar in axes.patches] == pytest.approx([0.2, 0.3, 0.4])


def test_prior_only_says_so() -> None:
    nothing = np.zeros((4, 3))
    drawn = (
        shap_summary(nothing, nothing, NAMES, "K"),
        importance_bars(pd.DataFrame({"group": ["a"], "mean_push_lce": [0.0]}), "K"),
        dependence_curves(pd.DataFrame(), "K"),
    )
    for figure in drawn:
        assert not figure.axes
        assert "K: no model for this metal beats its mean" in figure.texts[0].get_text()
