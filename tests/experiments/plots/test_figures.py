"""Figures say what they show."""

from __future__ import annotations

import pandas as pd
from anolyte.experiments.plots import figures as plots
from anolyte.experiments.training.train import TrainingResult


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


def test_ranked_bars_keep_title_and_legend_apart() -> None:
    frame = pd.DataFrame(
        {
            "rank": [1, 2, 3, 4],
            "electrolyte": [
                f"{m} M LiFSI in F5DEE/TTE (1:1 v/v) + 2 wt% LiNO3" for m in range(1, 5)
            ],
            "ce_pct": [99.6, 98.5, 98.0, 97.0],
            "ce_low": [99.0, 97.0, 96.0, 95.0],
            "ce_high": [99.8, 99.2, 99.0, 98.5],
            "evidence": ["strong", "moderate", "weak", "prior only"],
        }
    )
    figure = plots.ranked_bars(frame)
    figure.canvas.draw()
    (legend,) = figure.legends
    assert not legend.get_window_extent().overlaps(figure.axes[0].title.get_window_extent())
    assert len(legend.get_texts()) == 4


def test_parity_has_one_scale(trained: TrainingResult) -> None:
    predicted = trained.validation.predictions["anolyte"]
    axes = plots.parity(trained.measurements, predicted, "Li").axes[0]
    assert axes.get_xlim() == axes.get_ylim()
    dots = axes.collections[0].get_offsets()
    assert axes.get_xlim()[0] < dots.min() <= dots.max() < axes.get_xlim()[1]
