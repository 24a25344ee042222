"""Figures of explanations: contributions, importance, dependence (no display needed)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from anolyte.features.arrays import Floats
from anolyte.models.explanations.contributions import NO_MODEL
from matplotlib.figure import Figure

RAISES, LOWERS = "tab:blue", "tab:red"


def contribution_bars(contributions: pd.DataFrame, title: str = "") -> Figure:
    """Draw what raises and what lowers the prediction of one electrolyte.

    Parameters
    ----------
    contributions
        The rows of one electrolyte of `anolyte.models.explanations.contributions.contributions`.
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
    """Draw what matters for a metal, from `anolyte.models.explanations.contributions.importance`.

    Of a model that is the mean of its metal the figure says just that.
    """
    if not importance["mean_push_lce"].any():
        return _prior_only(metal)
    rows = importance.head(most).iloc[::-1]
    figure = Figure(figsize=(7.0, 1.2 + 0.26 * len(rows)), dpi=120, layout="constrained")
    axes = figure.add_subplot()
    axes.barh(np.arange(len(rows)), rows["mean_push_lce"].to_numpy(), color=RAISES)
    axes.set_yticks(np.arange(len(rows)), rows.iloc[:, 0].tolist(), fontsize=8)
    axes.set(
        xlabel="mean absolute contribution (SHAP) to the LCE of the measured electrolytes",
        title=f"{metal}: what the model goes by",
    )
    return figure


def shap_summary(
    pushes: Floats, values: Floats, names: Sequence[str], metal: str, most: int = 15
) -> Figure:
    """Draw what each descriptor adds to each measured electrolyte: one dot an electrolyte.

    Parameters
    ----------
    pushes
        Contributions (n, d) in LCE, see `anolyte.models.explanations.contributions.pushes`.
    values
        The descriptors (n, d); the colour is the rank of the value among the electrolytes.
    names
        Of the descriptors (d,).
    most
        How many descriptors, those with the largest mean contribution.
    """
    size = np.abs(pushes).mean(axis=0)
    if not size.any():
        return _prior_only(metal)
    chosen = [at for at in np.argsort(-size, kind="stable")[:most] if size[at] > 0][::-1]
    figure = Figure(figsize=(7.6, 1.4 + 0.3 * len(chosen)), dpi=120, layout="constrained")
    axes = figure.add_subplot()
    for row, at in enumerate(chosen):
        rank = pd.Series(values[:, at]).rank(pct=True)
        height = row + _beside(pushes[:, at], float(np.abs(pushes).max()))
        drawn = axes.scatter(pushes[:, at], height, c=rank, cmap="coolwarm", s=9, vmin=0, vmax=1)
    axes.axvline(0, color="0.4", linewidth=1)
    axes.set_yticks(range(len(chosen)), [names[at] for at in chosen], fontsize=8)
    axes.set(
        xlabel="contribution (SHAP) to the LCE of each measured electrolyte: right raises",
        title=f"{metal}: what the descriptors do",
    )
    bar = figure.colorbar(drawn, ax=axes, ticks=[0, 1], aspect=40)
    bar.set_ticklabels(["low", "high"])
    bar.set_label("value of the descriptor", labelpad=-14)
    return figure


def _beside(pushes: Floats, reach: float, bins: int = 80) -> Floats:
    """Return offsets (n,) that set equal contributions beside each other, not upon."""
    place = np.round(pushes / reach * bins)
    order = pd.Series(place).groupby(place).cumcount().to_numpy()
    # 0, 1, -1, 2, -2, ... steps from the middle, no further than the next row.
    steps = (order + 1) // 2 * np.where(order % 2, 1, -1)
    return np.asarray(steps * min(0.06, 0.42 / max(np.abs(steps).max(), 1)))


def _prior_only(metal: str) -> Figure:
    """Return a figure that says why there is nothing to draw."""
    figure = Figure(figsize=(6.0, 1.4), dpi=120)
    said = f"{metal}: {NO_MODEL},\nso every prediction is the mean and no descriptor counts"
    figure.text(0.5, 0.5, said, ha="center", va="center")
    return figure


def dependence_curves(dependence: pd.DataFrame, metal: str = "") -> Figure:
    """Draw what `partial_dependence` of `anolyte.models` found: mean and quartiles of the LCE.

    Of a model that is the mean of its metal the figure says just that.
    """
    if dependence.empty:
        return _prior_only(metal or "prior only")
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
