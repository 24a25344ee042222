"""Figures of a training and a ranked list (matplotlib, no display needed)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from anolyte.datasets.measurements.lce import log_coulombic_efficiency
from anolyte.features.arrays import Flags, Floats
from anolyte.features.mixtures import Mixtures
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from ..ranking.diversity import similarity

_CE_TICKS = (0, 50, 80, 90, 95, 98, 99, 99.5, 99.8, 99.9)
# Where a whole axis is a small part of that.
_FINE_TICKS = (*_CE_TICKS, 85, 93, 97, 97.5, 98.5, 99.2, 99.3, 99.4, 99.6, 99.7, 99.85)
_EVIDENCE = {"strong": "tab:blue", "moderate": "tab:green", "weak": "tab:orange"}
_EVIDENCE |= {"prior only": "tab:gray"}
_NAMED = 8
_BESIDE: dict[str, Any] = {"textcoords": "offset points", "fontsize": 8}


def _figure(width: float = 6.0, height: float = 5.0) -> Figure:
    return Figure(figsize=(width, height), dpi=120, layout="constrained")


def ce_axis(axis: object) -> None:
    """Label an LCE axis in CE %, where the eye of a chemist is at home."""
    low, high = axis.axes.get_xlim() if axis is axis.axes.xaxis else axis.axes.get_ylim()  # type: ignore[attr-defined]
    ticks = _ticks(low, high)
    axis.set_ticks(log_coulombic_efficiency(ticks), [f"{tick:g}" for tick in ticks])  # type: ignore[attr-defined]


def _ticks(low: float, high: float) -> list[float]:
    """Return the ticks in CE % between two LCE."""
    among = _CE_TICKS if high - low > 1 else sorted(_FINE_TICKS)
    return [tick for tick in among if low <= log_coulombic_efficiency(tick) <= high]


def parity(measurements: pd.DataFrame, predicted: Floats, title: str) -> Figure:
    """Draw predicted against measured CE on unseen sources, coloured by source."""
    observed = log_coulombic_efficiency(measurements["ce_pct"])
    figure = _figure(5.6, 5.4)
    axes = figure.add_subplot()
    codes = pd.factorize(measurements["source"])[0]
    axes.scatter(observed, predicted, c=codes % 20, cmap="tab20", s=22, linewidths=0)
    low, high = min(observed.min(), predicted.min()), max(observed.max(), predicted.max())
    ends = (float(low - 0.04 * (high - low)), float(high + 0.04 * (high - low)))
    axes.plot(ends, ends, color="0.4", linewidth=1)
    axes.set(xlim=ends, ylim=ends, aspect="equal")
    axes.set(
        xlabel="measured Coulombic efficiency / %",
        ylabel="predicted, source not seen / %",
        title=title,
    )
    ce_axis(axes.xaxis)
    ce_axis(axes.yaxis)
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
    axes.set_yticks(range(len(labels)), labels, fontsize=7)
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
    """Draw the top of a ranked list: expected CE with its interval, coloured by the evidence."""
    head = frame.head(most).iloc[::-1]
    figure = _figure(8.0, 1.2 + 0.24 * len(head))
    axes = figure.add_subplot()
    low, middle, high = (log_coulombic_efficiency(head[c]) for c in ("ce_low", "ce_pct", "ce_high"))
    rows = np.arange(len(head))
    levels = head["evidence"] if "evidence" in head else ["strong"] * len(head)
    colours = [_EVIDENCE.get(str(level), "0.6") for level in levels]
    axes.hlines(rows, low, high, color=colours, alpha=0.4, linewidth=5)
    axes.scatter(middle, rows, color=colours, zorder=3, s=20)
    labels = [f"{r.rank}  {r.electrolyte}" for r in head.itertuples()]
    axes.set_yticks(rows, labels, fontsize=8)
    axes.set(xlabel="Coulombic efficiency / % (interval as a bar)", title="ranked list")
    ce_axis(axes.xaxis)
    if "evidence" in head:
        met = [level for level in _EVIDENCE if level in set(levels)]
        marks = [
            Line2D(
                [],
                [],
                color=_EVIDENCE[level],
                marker="o",
                label=level if level == "prior only" else f"{level} evidence",
            )
            for level in met
        ]
        # Below the axes: above them it would lie upon the title.
        figure.legend(
            handles=marks,
            loc="outside lower right",
            ncols=len(marks),
            fontsize=8,
            frameon=False,
        )
    return figure


def pareto_front(frame: pd.DataFrame, most: int = 200, objective: str = "") -> Figure:
    """Draw CE against another objective: a candidate that nothing listed dominates stands out.

    Parameters
    ----------
    frame
        A ranked list.
    most
        How many rows of it.
    objective
        Column of the horizontal axis: ``fluorine_wt_pct`` (less is better, the default),
        ``sei_desirability`` or ``critical_elements``.
    """
    column = objective or "fluorine_wt_pct"
    head = frame.head(most)
    bound = log_coulombic_efficiency(head["ce_low"])
    worth = head[column] if column == "sei_desirability" else -head[column]
    free = _undominated(np.column_stack([bound, worth.to_numpy(dtype=float)]))
    figure = _figure(6.4, 4.8)
    axes = figure.add_subplot()
    axes.scatter(head[column][~free], bound[~free], color="0.7", s=18, label="dominated")
    axes.scatter(head[column][free], bound[free], color="tab:blue", s=32, label="front")
    for rank, x, y in zip(head["rank"][free], head[column][free], bound[free], strict=True):
        axes.annotate(str(rank), (x, y), xytext=(4, 3), **_BESIDE)
    axes.set(
        xlabel=column.replace("_", " ").replace("wt pct", "/ wt%"),
        ylabel="lower bound of the CE / %",
        title="front among the listed, with ranks",
    )
    ce_axis(axes.yaxis)
    axes.legend(frameon=False)
    return figure


def _undominated(points: Floats) -> Flags:
    """Return which points (n, d) no other beats; more is better."""
    import moocore

    return np.asarray(moocore.is_nondominated(points, maximise=True, keep_weakly=True), dtype=bool)


def composition_map(frame: pd.DataFrame, most: int = 60) -> Figure:
    """Draw a ranked list as a map: near each other is what shares compounds and amounts.

    Classical scaling of the distances 1 - `diversity.similarity`; the numbers are ranks, the
    colour is the lower bound of the CE.
    """
    head = frame.head(most)
    mixtures = Mixtures.from_electrolytes(head["electrolyte"], "Li")
    moles = mixtures.mole_fractions
    distances = 1 - np.column_stack([similarity(moles, row) for row in moles])
    x, y = _scaled(distances)
    figure = _figure(7.0, 5.6)
    axes = figure.add_subplot()
    bound = log_coulombic_efficiency(head["ce_low"])
    drawn = axes.scatter(x, y, c=bound, cmap="viridis", s=46, linewidths=0)
    for rank, across, up in zip(head["rank"], x, y, strict=True):
        axes.annotate(str(rank), (across, up), xytext=(4, 3), **_BESIDE)
    named = [f"{r.rank}  {r.electrolyte}" for r in head.head(_NAMED).itertuples()]
    axes.set(title="compositions of a ranked list", xticks=[], yticks=[])
    axes.set_xlabel("\n".join(named), fontsize=7)
    bar = figure.colorbar(drawn, ax=axes, label="lower bound of the CE / %")
    ticks = _ticks(float(bound.min()), float(bound.max()))
    bar.set_ticks(log_coulombic_efficiency(ticks).tolist(), labels=[f"{tick:g}" for tick in ticks])
    return figure


def _scaled(distances: Floats) -> tuple[Floats, Floats]:
    """Return two coordinates (n,) each that keep distances (n, n) as well as two can."""
    centred = np.eye(len(distances)) - 1 / len(distances)
    values, vectors = np.linalg.eigh(-centred @ distances**2 @ centred / 2)
    places = np.zeros((len(distances), 2))
    count = min(2, len(values))
    best = vectors[:, ::-1][:, :count] * np.sqrt(np.maximum(values[::-1][:count], 0.0))
    # The sign of an eigenvector is arbitrary: the first row decides, so that maps repeat.
    places[:, :count] = best * np.where(best[:1] < 0, -1.0, 1.0)
    return places[:, 0], places[:, 1]


# The figures of a ranked list, by the names that `RankedList.plot` takes.
LIST_PLOTS: dict[str, Callable[[pd.DataFrame, int], Figure]] = {
    "bars": ranked_bars,
    "pareto": pareto_front,
    "map": composition_map,
}
