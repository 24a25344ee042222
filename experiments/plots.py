"""Figures of a training and a ranked list (matplotlib, no display needed)."""

from __future__ import annotations

import numpy as np
import pandas as pd
from anolyte.datasets.lce import log_coulombic_efficiency
from anolyte.features.mixtures import Floats
from matplotlib.figure import Figure

_CE_TICKS = (0, 50, 80, 90, 95, 98, 99, 99.5, 99.8, 99.9)


def _figure(width: float = 6.0, height: float = 5.0) -> Figure:
    return Figure(figsize=(width, height), dpi=120, layout="constrained")


def _ce_axis(axis: object) -> None:
    """Label an LCE axis in CE %, where the eye of a chemist is at home."""
    low, high = axis.axes.get_xlim() if axis is axis.axes.xaxis else axis.axes.get_ylim()  # type: ignore[attr-defined]
    ticks = [tick for tick in _CE_TICKS if low <= log_coulombic_efficiency(tick) <= high]
    axis.set_ticks(log_coulombic_efficiency(ticks), [f"{tick:g}" for tick in ticks])  # type: ignore[attr-defined]


def parity(measurements: pd.DataFrame, predicted: Floats, title: str) -> Figure:
    """Draw predicted against measured CE on unseen sources, coloured by source."""
    observed = log_coulombic_efficiency(measurements["ce_pct"])
    figure = _figure(5.6, 5.4)
    axes = figure.add_subplot()
    codes = pd.factorize(measurements["source"])[0]
    axes.scatter(observed, predicted, c=codes % 20, cmap="tab20", s=22, linewidths=0)
    ends = [min(observed.min(), predicted.min()), max(observed.max(), predicted.max())]
    axes.plot(ends, ends, color="0.4", linewidth=1)
    axes.set(
        xlabel="measured Coulombic efficiency / %",
        ylabel="predicted, source not seen / %",
        title=title,
    )
    _ce_axis(axes.xaxis)
    _ce_axis(axes.yaxis)
    return figure


def residuals_by_source(measurements: pd.DataFrame, predicted: Floats, most: int = 30) -> Figure:
    """Draw residuals in LCE for the sources with most rows: one strip a source."""
    observed = log_coulombic_efficiency(measurements["ce_pct"])
    table = pd.DataFrame({"source": measurements["source"], "residual": observed - predicted})
    sources = table["source"].value_counts().head(most).index
    medians = table.groupby("source")["residual"].median()
    figure = _figure(6.4, 1.2 + 0.19 * len(sources))
    axes = figure.add_subplot()
    ordered = sorted(sources, key=lambda name: float(medians[name]))
    for row, source in enumerate(ordered):
        values = table.loc[table["source"] == source, "residual"]
        axes.scatter(values, np.full(len(values), row), s=16, alpha=0.7, linewidths=0)
    axes.axvline(0, color="0.4", linewidth=1)
    labels = [name if len(name) <= 34 else name[:31] + "..." for name in ordered]
    axes.set_yticks(range(len(labels)), labels, fontsize=6)
    axes.set(
        xlabel="measured minus predicted LCE, source not seen",
        title=f"the {len(ordered)} sources with most rows",
    )
    return figure


def learning_curve_plot(curve: pd.DataFrame) -> Figure:
    """Draw error on unseen sources against the number of training sources."""
    figure = _figure(5.6, 4.2)
    axes = figure.add_subplot()
    axes.plot(curve["sources"], curve["rmse"], marker="o")
    axes.set(
        xlabel="training sources", ylabel="RMSE in LCE, unseen sources", title="learning curve"
    )
    axes.grid(alpha=0.3)
    return figure


def ranked_bars(frame: pd.DataFrame, most: int = 25) -> Figure:
    """Draw the top of a ranked list: expected CE with its interval."""
    head = frame.head(most).iloc[::-1]
    figure = _figure(8.0, 1.2 + 0.24 * len(head))
    axes = figure.add_subplot()
    low, middle, high = (log_coulombic_efficiency(head[c]) for c in ("ce_low", "ce_pct", "ce_high"))
    rows = np.arange(len(head))
    axes.hlines(rows, low, high, color="tab:blue", alpha=0.4, linewidth=5)
    axes.scatter(middle, rows, color="tab:blue", zorder=3, s=20)
    labels = [f"{r.rank}  {r.electrolyte}" for r in head.itertuples()]
    axes.set_yticks(rows, labels, fontsize=8)
    axes.set(xlabel="Coulombic efficiency / % (interval as a bar)", title="ranked list")
    _ce_axis(axes.xaxis)
    return figure
