"""Figure of a campaign: predicted against measured, and how far it has come."""

from __future__ import annotations

import numpy as np
import pandas as pd
from anolyte.datasets.measurements.lce import log_coulombic_efficiency
from matplotlib.figure import Figure

from .figures import ce_axis

_INSIDE, _OUTSIDE = "tab:blue", "tab:orange"


def campaign(found: pd.DataFrame, progress: pd.DataFrame, metal: str, hit_ce: float) -> Figure:
    """Draw the results of a batch with their intervals, and hits and best CE by batch.

    Parameters
    ----------
    found
        See `suggestions.results.results`.
    progress
        See `suggestions.results.progress`.
    metal
        Symbol of the metal.
    hit_ce
        From which CE in % on a result is a hit.
    """
    figure = Figure(figsize=(10.0, 4.6), dpi=120, layout="constrained")
    left, right = figure.subplots(1, 2)
    _parity(left, found, hit_ce)
    _progress(right, progress)
    figure.suptitle(f"{metal}: suggestions and their results")
    return figure


def _parity(axes: object, found: pd.DataFrame, hit_ce: float) -> None:
    names = [name for name in found if str(name).startswith("predicted_")]
    middle, low, high = (log_coulombic_efficiency(found[name].astype(float)) for name in names)
    measured = log_coulombic_efficiency(found["ce_pct"].astype(float))
    inside = found["within_interval"].to_numpy(dtype=bool)
    for chosen, colour, label in ((inside, _INSIDE, "within"), (~inside, _OUTSIDE, "outside")):
        if chosen.any():
            spread = np.maximum([(middle - low)[chosen], (high - middle)[chosen]], 0.0)
            axes.errorbar(  # type: ignore[attr-defined]
                measured[chosen],
                middle[chosen],
                yerr=spread,
                fmt="o",
                color=colour,
                elinewidth=1,
                capsize=2,
                label=f"{label} its 90 % interval",
            )
    values = np.concatenate([measured, low, high])
    ends = [float(values.min()) - 0.1, float(values.max()) + 0.1]
    axes.plot(ends, ends, color="0.4", linewidth=1)  # type: ignore[attr-defined]
    axes.axvline(  # type: ignore[attr-defined]
        float(log_coulombic_efficiency([hit_ce])[0]),
        color="tab:green",
        linestyle="--",
        linewidth=1,
        label=f"hits: {hit_ce:.2f} % or more",
    )
    axes.set(xlim=ends, ylim=ends, xlabel="measured CE / %", ylabel="predicted CE / %")  # type: ignore[attr-defined]
    ce_axis(axes.xaxis)  # type: ignore[attr-defined]
    ce_axis(axes.yaxis)  # type: ignore[attr-defined]
    axes.legend(fontsize=8, frameon=False)  # type: ignore[attr-defined]


def _progress(axes: object, progress: pd.DataFrame) -> None:
    rows = np.arange(1, len(progress) + 1)
    axes.bar(rows, progress["measured"], color="0.85", label="measured")  # type: ignore[attr-defined]
    axes.bar(rows, progress["hits"], color="tab:green", label="hits")  # type: ignore[attr-defined]
    axes.set(xlabel="batch", ylabel="experiments", xticks=rows)  # type: ignore[attr-defined]
    axes.yaxis.get_major_locator().set_params(integer=True)  # type: ignore[attr-defined]
    best = axes.twinx()  # type: ignore[attr-defined]
    lce = log_coulombic_efficiency(progress["best_ce_pct"].astype(float))
    best.plot(rows, lce, color=_INSIDE, marker="o", label="best so far")
    known = lce[np.isfinite(lce)]
    if len(known):
        best.set_ylim(float(known.min()) - 0.6, float(known.max()) + 0.3)
    best.set_ylabel("best CE so far / %")
    ce_axis(best.yaxis)
    handles = [*axes.get_legend_handles_labels()[0], *best.get_legend_handles_labels()[0]]  # type: ignore[attr-defined]
    axes.legend(handles=handles, fontsize=8, frameon=False, loc="upper left")  # type: ignore[attr-defined]
