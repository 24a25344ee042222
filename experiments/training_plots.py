"""Figures of a training that say whether its intervals and its choice can be trusted."""

from __future__ import annotations

import numpy as np
import pandas as pd
from anolyte.features.mixtures import Floats
from matplotlib.figure import Figure

_CHOSEN, _OTHER = "tab:blue", "0.75"


def calibration(held_out: pd.DataFrame) -> Figure:
    """Draw the share of rows inside the interval against its nominal coverage.

    Parameters
    ----------
    held_out
        One row a measurement: source, error, and half_width_50, ... (LCE); see
        `tracking.contents.held_out_table`. The bars are standard errors over sources.
    """
    figure = Figure(figsize=(5.2, 5.0), dpi=120, layout="constrained")
    axes = figure.add_subplot()
    axes.plot([0, 100], [0, 100], color="0.5", linewidth=1)
    for column in [name for name in held_out if str(name).startswith("half_width_")]:
        nominal = float(str(column).rsplit("_", 1)[1])
        inside = (held_out["error"].abs() <= held_out[column]).to_numpy().astype(np.float64)
        spread = 100 * _error_over_sources(inside, held_out["source"])
        at = 100 * inside.mean()
        axes.errorbar(nominal, at, spread, fmt="o", color=_CHOSEN, capsize=3)
        axes.annotate(f"{at:.0f} %", (nominal, at), xytext=(7, -12), textcoords="offset points")
    axes.set(
        xlabel="nominal coverage of the interval / %",
        ylabel="measurements inside, source not seen / %",
        title="calibration of the intervals",
        xlim=(40, 100),
        ylim=(30, 102),
    )
    axes.grid(alpha=0.3)
    return figure


def width_against_error(held_out: pd.DataFrame, coverage: int = 90) -> Figure:
    """Draw the error of each measurement against the half-width of its interval."""
    width, error = held_out[f"half_width_{coverage}"], held_out["error"].abs()
    figure = Figure(figsize=(5.6, 4.6), dpi=120, layout="constrained")
    axes = figure.add_subplot()
    codes = pd.factorize(held_out["source"])[0]
    axes.scatter(width, error, c=codes % 20, cmap="tab20", s=18, linewidths=0)
    top = float(max(width.max(), error.max())) * 1.05
    axes.plot([0, top], [0, top], color="0.4", linewidth=1)
    inside = float((error <= width).mean())
    axes.set(
        xlabel=f"half-width of the {coverage} % interval / LCE",
        ylabel="error, source not seen / LCE",
        title=f"{inside:.0%} of the measurements lie below the line",
    )
    return figure


def recipe_scores(scores: pd.Series, chosen: str) -> Figure:
    """Draw the held-out error of every recipe, the chosen one coloured."""
    ordered = scores.dropna().sort_values(ascending=False)
    figure = Figure(figsize=(6.4, 1.4 + 0.26 * len(ordered)), dpi=120, layout="constrained")
    axes = figure.add_subplot()
    colours = [_CHOSEN if name == chosen else _OTHER for name in ordered.index]
    axes.barh(ordered.index, ordered, color=colours)
    for row, value in enumerate(ordered):
        axes.text(value, row, f" {value:.3f}", va="center", fontsize=8)
    axes.set(
        xlabel="RMSE in LCE on sources not seen, rows by weight",
        title=f"recipes; chosen: {chosen}",
        xlim=(0, float(ordered.max()) * 1.14),
    )
    return figure


def _error_over_sources(values: Floats, sources: pd.Series) -> float:
    """Return the standard error of a mean over rows whose sources are what is independent."""
    parts = pd.Series(values - values.mean()).groupby(sources.to_numpy()).sum()
    count = len(parts)
    if count < 2:
        return 0.0
    return float(np.sqrt(count / (count - 1) * np.sum(parts.to_numpy() ** 2)) / len(values))
