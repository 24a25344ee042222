"""The accuracy of the SEI model beside its baselines, as tables."""

from __future__ import annotations

import pandas as pd
from anolyte.datasets.measurements.overview import known_measurements
from anolyte.models.sei.model import SEIModel

from ..project import Project

# Shown over all metals, and those that are shown for each metal.
METRICS = {
    "composition": ("log_loss", "accuracy"),
    "function": ("log_loss", "accuracy"),
    "species": ("recall_top5", "main_first", "first_reported"),
}
BY_METAL = {
    "composition": ("log_loss", "auc"),
    "function": ("log_loss", "auc"),
    "species": ("recall_top5", "main_first"),
}
RELATIVE = "relative_log_loss"
RELIABILITY = "SEI: how often what was said of publications not seen held"


def evaluate_sei(repeats: int = 3) -> pd.DataFrame:
    """Return the SEI model's accuracy on publications not seen, beside its baselines.

    Parameters
    ----------
    repeats
        Of the evaluation, with other folds each time.

    Returns
    -------
    pandas.DataFrame
        See `anolyte.models.sei.validation.evaluate`.

    Examples
    --------
    >>> from anolyte.experiments import evaluate_sei
    >>> found = evaluate_sei(repeats=1)
    >>> sorted(set(found["contender"]))
    ['SEIModel', 'frequency of the metal', 'rules']
    """
    return evaluated_sei(repeats).evaluation_


def evaluated_sei(repeats: int = 3) -> SEIModel:
    """Return the SEI model of all known labels with its evaluation and its reliability."""
    return SEIModel(repeats=repeats).fit(known_measurements(store=Project.here().data))


def sei_tables(
    evaluation: pd.DataFrame, reliability: pd.DataFrame | None = None
) -> dict[str, pd.DataFrame]:
    """Return an evaluation of the SEI model as tables to read, by their titles.

    Parameters
    ----------
    evaluation, reliability
        See `validation.evaluate` and `validation.reliability` of `anolyte.models.sei`.
    """
    tables: dict[str, pd.DataFrame] = {}
    for task, names in METRICS.items():
        rows = evaluation[evaluation["task"] == task]
        if rows.empty:
            continue
        whole = pivoted(rows[rows["metal"] == "all"], ["contender"], "metric")
        tables[f"SEI {task}, all metals, publications not seen"] = whole[["contender", *names]]
        for metric in BY_METAL[task]:
            one = rows[(rows["metric"] == metric)]
            if not one.empty:
                by_metal = pivoted(one, ["metal", "rows", "sources"], "contender")
                tables[f"SEI {task} by metal: {metric}"] = by_metal
        relative = rows[rows["metric"] == RELATIVE]
        if not relative.empty:
            shown = relative[["metal", "rows", "sources", "value", "low", "high"]]
            tables[f"SEI {task}: log_loss over that of the metal's frequency"] = shown
    if reliability is not None and not reliability.empty:
        tables[RELIABILITY] = reliability
    return tables


def pivoted(rows: pd.DataFrame, lines: list[str], columns: str) -> pd.DataFrame:
    """Return the values of an evaluation side by side, in the given order."""
    table = rows.pivot_table(index=lines, columns=columns, values="value", sort=False)
    return table.rename_axis(columns=None).reset_index()
