"""Figures say what they show."""

from __future__ import annotations

import pandas as pd
from anolyte.experiments import plots
from anolyte.experiments.train import TrainingResult


def test_parity_shows_every_measurement(trained: TrainingResult) -> None:
    figure = plots.parity(trained.measurements, trained.validation.predictions["anolyte"], "Li")
    axes = figure.axes[0]
    assert len(axes.collections[0].get_offsets()) == len(trained.measurements)
    ticks = [label.get_text() for label in axes.get_xticklabels()]
    assert {"80", "98", "99.5"} <= set(ticks)


def test_residuals_name_the_largest_sources(trained: TrainingResult) -> None:
    predicted = trained.validation.predictions["anolyte"]
    figure = plots.residuals_by_source(trained.measurements, predicted, 5)
    largest = trained.measurements["source"].value_counts().index[:5]
    labels = {label.get_text() for label in figure.axes[0].get_yticklabels()}
    assert labels == set(largest)


def test_ranked_bars_names_each_candidate() -> None:
    frame = pd.DataFrame(
        {
            "rank": [1, 2],
            "electrolyte": ["1 M LiFSI in F5DEE", "1 M LiFSI in DME"],
            "ce_pct": [99.6, 98.5],
            "ce_low": [99.0, 97.0],
            "ce_high": [99.8, 99.2],
        }
    )
    labels = [label.get_text() for label in plots.ranked_bars(frame).axes[0].get_yticklabels()]
    assert labels == ["2  1 M LiFSI in DME", "1  1 M LiFSI in F5DEE"]
