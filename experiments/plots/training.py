"""Figures of a training: why its recipe was chosen, and which descriptors earn their place."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from ..training.ablation import ALL, ALONE, WITHOUT

_CHOSEN, _OTHER = "tab:blue", "0.75"


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


def ablation_bars(table: pd.DataFrame, metal: str) -> Figure:
    """Draw the error with each descriptor block alone and without each, see `ablation`."""
    whole = float(table.loc[table["plan"] == ALL, "rmse"].iloc[0])
    parts = {plan: table[table["plan"] == plan].set_index("block") for plan in (ALONE, WITHOUT)}
    # The block that is missed most stands on top.
    blocks = parts[WITHOUT]["rmse"].sort_values(kind="stable").index
    figure = Figure(figsize=(7.0, 1.7 + 0.5 * len(blocks)), dpi=120, layout="constrained")
    axes = figure.add_subplot()
    rows = np.arange(len(blocks))
    for plan, shift, colour, label in (
        (WITHOUT, 0.2, _CHOSEN, "all but this block"),
        (ALONE, -0.2, _OTHER, "this block alone"),
    ):
        part = parts[plan].loc[blocks]
        axes.barh(
            rows + shift,
            part["rmse"],
            0.36,
            xerr=part["noise"],
            color=colour,
            error_kw={"ecolor": "0.3", "capsize": 2, "elinewidth": 1},
            label=label,
        )
        for row, (value, noise) in enumerate(zip(part["rmse"], part["noise"], strict=True)):
            axes.text(value + noise, row + shift, f" {value:.3f}", va="center", fontsize=8)
    axes.axvline(whole, color="0.2", linewidth=1, linestyle="--", label=f"all blocks {whole:.3f}")
    axes.set_yticks(rows, blocks)
    axes.set(
        xlabel="RMSE of extra trees in LCE on sources not seen\n"
        "bars: standard error of the difference from all blocks, over sources",
        title=f"{metal}: which descriptor blocks earn their place",
        xlim=(0, float((table["rmse"] + table["noise"]).max()) * 1.14),
    )
    figure.legend(loc="outside upper right", ncols=3, fontsize=8, frameon=False)
    return figure
