"""How right the SEI model is on publications it has not seen, beside its baselines.

Run with ``python -m anolyte.experiments.benchmarks.sei [REPEATS]``. Identical folds for every
line; the rules know nothing of what the row's own publication told the decomposition table.
"""

from __future__ import annotations

import sys

import pandas as pd
from anolyte.datasets.measurements import load_measurements
from anolyte.models.sei import SEIModel

# Shown over all metals and then for each.
METRICS = {
    "character": ("log_loss", "balanced_accuracy", "accuracy"),
    "species": ("recall_top5", "main_first", "first_reported"),
}
BY_METAL = {"character": "log_loss", "species": "recall_top5"}


def overall(evaluation: pd.DataFrame, task: str) -> pd.DataFrame:
    """Return one line a contender: the metrics over all metals."""
    rows = evaluation[(evaluation["task"] == task) & (evaluation["metal"] == "all")]
    table = rows.pivot_table(index="contender", columns="metric", values="value", sort=False)
    return table[list(METRICS[task])]


def by_metal(evaluation: pd.DataFrame, task: str) -> pd.DataFrame:
    """Return one line a metal: rows, sources and one metric of each contender."""
    rows = evaluation[(evaluation["task"] == task) & (evaluation["metric"] == BY_METAL[task])]
    return rows.pivot_table(
        index=["metal", "rows", "sources"], columns="contender", values="value", sort=False
    )


def main() -> None:
    """Print the tables."""
    repeats = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    model = SEIModel(repeats=repeats).fit(load_measurements("all"))
    print(f"publications left out, {repeats} repeats")
    for task in METRICS:
        print(f"\n{task}\n{overall(model.evaluation_, task).round(3).to_string()}")
        table = by_metal(model.evaluation_, task).round(3)
        print(f"\n{BY_METAL[task]} by metal\n{table.to_string()}")
    print(f"\ncharacter corrected: {model.corrected_} (blend {model.correction_.blend:g})")
    print(f"strength of the species frequencies: {model.prior_.strength:g}")


if __name__ == "__main__":
    main()
