"""Figures of an evaluation: calibration, interval width against error (no display needed)."""

from __future__ import annotations

import numpy as np
import pandas as pd
from anolyte.models.intervals import COVERAGES
from anolyte.models.weights import residuals
from matplotlib.figure import Figure


def calibration_curve(
    measurements: pd.DataFrame, held_out: dict[str, pd.DataFrame], title: str
) -> Figure:
    """Draw observed against nominal coverage of the intervals, one line a split.

    Parameters
    ----------
    measurements
        The rows (n) that were held out.
    held_out
        By split, for each row ``predicted`` and the half-width at each coverage.
    title
        Shown above.
    """
    figure = Figure(figsize=(4.6, 4.4), dpi=110, layout="constrained")
    axes = figure.add_subplot()
    axes.plot([0, 1], [0, 1], color="0.4", linewidth=1)
    for name, frame in held_out.items():
        miss = np.abs(residuals(measurements, frame["predicted"].to_numpy()))
        observed = [float((miss <= frame[coverage].to_numpy()).mean()) for coverage in COVERAGES]
        axes.plot(COVERAGES, observed, marker="o", label=name)
    axes.legend(fontsize=7)
    axes.set(xlabel="nominal coverage", ylabel="observed coverage", title=title)
    axes.set(xlim=(0.4, 1.0), ylim=(0.0, 1.02))
    axes.grid(alpha=0.3)
    return figure


def width_against_error(
    measurements: pd.DataFrame, held_out: pd.DataFrame, coverage: float = 0.9
) -> Figure:
    """Draw the half-width of each interval against the error; above the line it misses."""
    miss = np.abs(residuals(measurements, held_out["predicted"].to_numpy()))
    half = held_out[coverage].to_numpy()
    figure = Figure(figsize=(4.6, 4.4), dpi=110, layout="constrained")
    axes = figure.add_subplot()
    outside = miss > half
    axes.scatter(half[~outside], miss[~outside], s=16, linewidths=0, label="inside")
    axes.scatter(half[outside], miss[outside], s=16, linewidths=0, color="tab:red", label="outside")
    end = float(max(half.max(), miss.max()))
    axes.plot([0, end], [0, end], color="0.4", linewidth=1)
    axes.legend(fontsize=7)
    axes.set(
        xlabel=f"half-width of the {coverage:.0%} interval in LCE",
        ylabel="absolute error in LCE, source not seen",
        title="wide where it is wrong?",
    )
    return figure
