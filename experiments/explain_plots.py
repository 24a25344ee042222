"""Figures of explanations: contributions, importance, dependence (no display needed)."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

RAISES, LOWERS = "tab:blue", "tab:red"


def contribution_bars(contributions: pd.DataFrame, title: str = "") -> Figure:
    """Draw what raises and what lowers the prediction of one electrolyte.

    Parameters
    ----------
    contributions
        The rows of one electrolyte of `anolyte.models.explain.contributions`.
    title
        Shown above; the electrolyte by default.
    """
    rows = contributions.iloc[::-1]
    figure = Figure(figsize=(8.0, 1.2 + 0.28 * len(rows)), dpi=120, layout="constrained")
    axes = figure.add_subplot()
    push = rows["push_lce"].to_numpy()
    axes.barh(np.arange(len(rows)), push, color=np.where(push > 0, RAISES, LOWERS))
    axes.set_yticks(np.arange(len(rows)), rows["words"].tolist(), fontsize=8)
    axes.axvline(0, color="0.4", linewidth=1)
    axes.locator_params(axis="x", nbins=6)
    axes.set(
        xlabel="contribution to the predicted LCE: blue raises, red lowers",
        title=title or str(contributions["electrolyte"].iloc[0]),
    )
    return figure


def importance_bars(importance: pd.DataFrame, metal: str, most: int = 15) -> Figure:
    """Draw what matters for a metal, from `anolyte.models.explain.importance`."""
    rows = importance.head(most).iloc[::-1]
    figure = Figure(figsize=(7.0, 1.2 + 0.26 * len(rows)), dpi=120, layout="constrained")
    axes = figure.add_subplot()
    axes.barh(np.arange(len(rows)), rows["mean_push_lce"].to_numpy(), color=RAISES)
    axes.set_yticks(np.arange(len(rows)), rows.iloc[:, 0].tolist(), fontsize=8)
    axes.set(
        xlabel="mean absolute contribution to the LCE of the measured electrolytes",
        title=f"{metal}: what the model goes by",
    )
    return figure


def dependence_curves(dependence: pd.DataFrame) -> Figure:
    """Draw `anolyte.models.dependence.partial_dependence`: mean and quartiles of the LCE."""
    names = list(dict.fromkeys(dependence["descriptor"]))
    figure = Figure(figsize=(3.6 * len(names), 3.4), dpi=120, layout="constrained")
    axes_of = figure.subplots(1, len(names), sharey=True, squeeze=False)[0]
    for axes, name in zip(axes_of, names, strict=True):
        rows = dependence[dependence["descriptor"] == name]
        axes.plot(rows["value"], rows["lce"], color=RAISES)
        axes.fill_between(rows["value"], rows["lce_low"], rows["lce_high"], alpha=0.2)
        unit = rows["unit"].iloc[0]
        label = str(rows["words"].iloc[0])
        axes.set(xlabel=label if unit == "1" else f"{label} / {unit}")
        axes.grid(alpha=0.3)
    axes_of[0].set(ylabel="predicted LCE: mean, quartiles")
    return figure
