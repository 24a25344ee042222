"""Figures of an evaluation: calibration, widths against errors, what was said of the SEI."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from anolyte.features.arrays import Floats
from anolyte.models.efficiency.intervals import COVERAGES
from anolyte.models.efficiency.weights import residuals
from matplotlib.figure import Figure

# Apart, so that the error bars of several splits can be told from each other.
_SHIFT = 0.8


def calibration_curve(measurements: pd.DataFrame, held_out: Mapping[str, pd.DataFrame]) -> Figure:
    """Draw observed against nominal coverage of the intervals, one line a split.

    The bars are standard errors over sources.

    Parameters
    ----------
    measurements
        The rows (n) that were held out.
    held_out
        By split, for each row ``predicted`` and the half-width at each coverage, indexed by
        the position of the row.
    """
    figure = Figure(figsize=(5.4, 5.0), dpi=120, layout="constrained")
    axes = figure.add_subplot()
    axes.plot([0, 100], [0, 100], color="0.4", linewidth=1, label="as promised")
    nominal = 100 * np.array(COVERAGES)
    for at, (name, frame) in enumerate(held_out.items()):
        rows = measurements.iloc[frame.index]
        miss = np.abs(residuals(rows, frame["predicted"].to_numpy()))
        inside = [(miss <= frame[coverage].to_numpy()).astype(float) for coverage in COVERAGES]
        observed = np.array([100 * each.mean() for each in inside])
        spread = [100 * _error_over_sources(each, rows["source"]) for each in inside]
        shift = _SHIFT * (at - (len(held_out) - 1) / 2)
        axes.errorbar(nominal + shift, observed, spread, marker="o", capsize=3, label=name)
        if len(held_out) == 1:
            for x, y in zip(nominal, observed, strict=True):
                axes.annotate(f"{y:.0f} %", (x, y), xytext=(8, -12), textcoords="offset points")
    axes.legend(fontsize=8, loc="lower right")
    axes.set(
        xlabel="nominal coverage of the interval / %",
        ylabel="held-out measurements inside / %",
        title="do the intervals hold what they promise?",
        xlim=(40, 100),
        ylim=(20, 103),
    )
    axes.grid(alpha=0.3)
    return figure


def width_against_error(
    measurements: pd.DataFrame, held_out: pd.DataFrame, coverage: float = 0.9
) -> Figure:
    """Draw the half-width of each interval against the error; above the line it misses."""
    miss = np.abs(residuals(measurements, held_out["predicted"].to_numpy()))
    half = held_out[coverage].to_numpy()
    figure = Figure(figsize=(5.4, 4.8), dpi=120, layout="constrained")
    axes = figure.add_subplot()
    outside = miss > half
    for chosen, colour, label in (
        (~outside, "tab:blue", "inside"),
        (outside, "tab:red", "outside"),
    ):
        count = f"{label} ({chosen.sum()})"
        axes.scatter(half[chosen], miss[chosen], s=20, linewidths=0, color=colour, label=count)
    end = float(max(half.max(), miss.max())) * 1.05
    axes.plot([0, end], [0, end], color="0.4", linewidth=1)
    axes.legend(fontsize=8, loc="upper left")
    axes.set(
        xlabel=f"half-width of the {coverage:.0%} interval / LCE",
        ylabel="absolute error, source not seen / LCE",
        title=f"{1 - outside.mean():.0%} of the measurements lie in their {coverage:.0%} interval",
        xlim=(0, float(half.max()) * 1.05),
        ylim=(0, end),
    )
    return figure


def reliability_curve(reliability: pd.DataFrame) -> Figure:
    """Draw how often what was said of the SEI held against how surely it was said.

    The bars are standard errors of a share; on the line it held as often as was said.

    Parameters
    ----------
    reliability
        See `anolyte.models.sei.validation.reliability`.
    """
    figure = Figure(figsize=(5.4, 5.0), dpi=120, layout="constrained")
    axes = figure.add_subplot()
    axes.plot([0, 100], [0, 100], color="0.4", linewidth=1, label="as said")
    for task, rows in reliability.groupby("task", sort=False):
        held = rows["held"].to_numpy(dtype=float)
        count = rows["count"].to_numpy(dtype=float)
        # Laplace: none or all of a few still leaves a doubt.
        share = (held * count + 1) / (count + 2)
        spread = 100 * np.sqrt(share * (1 - share) / (count + 2))
        label = f"{task} ({count.sum():.0f})"
        axes.errorbar(100 * rows["said"], 100 * held, spread, marker="o", capsize=3, label=label)
    axes.legend(fontsize=8, loc="upper left")
    axes.set(
        xlabel="said of publications not seen / %",
        ylabel="held / %",
        title="SEI: how often does it hold?",
        xlim=(0, 100),
        ylim=(0, 100),
    )
    axes.grid(alpha=0.3)
    return figure


def _error_over_sources(values: Floats, sources: pd.Series) -> float:
    """Return the standard error of a mean over rows whose sources are what is independent."""
    parts = pd.Series(values - values.mean()).groupby(sources.to_numpy()).sum()
    count = len(parts)
    if count < 2:
        return 0.0
    return float(np.sqrt(count / (count - 1) * np.sum(parts.to_numpy() ** 2)) / len(values))
