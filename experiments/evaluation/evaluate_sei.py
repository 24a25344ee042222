"""The accuracy of the SEI model beside its baselines, as tables."""

from __future__ import annotations

import pandas as pd
from anolyte.datasets.measurements.overview import known_measurements
from anolyte.models.sei.model import SEIModel

from ..project import Project

# Shown over all metals, and the one of them that is shown for each metal.
METRICS = {
    "character": ("log_loss", "balanced_accuracy", "accuracy"),
    "species": ("recall_top5", "main_first", "first_reported"),
}
BY_METAL = {"character": "log_loss", "species": "recall_top5"}


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
    ['SEIModel', 'frequency', 'frequency of the metal', 'rules']
    """
    return SEIModel(repeats=repeats).fit(known_measurements(store=Project.here().data)).evaluation_


def sei_tables(evaluation: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return an evaluation of the SEI model as tables to read, by their titles."""
    tables: dict[str, pd.DataFrame] = {}
    for task, names in METRICS.items():
        rows = evaluation[evaluation["task"] == task]
        whole = pivoted(rows[rows["metal"] == "all"], ["contender"], "metric")
        tables[f"SEI {task}, all metals, publications not seen"] = whole[["contender", *names]]
        one = rows[rows["metric"] == BY_METAL[task]]
        by_metal = pivoted(one, ["metal", "rows", "sources"], "contender")
        tables[f"SEI {task} by metal: {BY_METAL[task]}"] = by_metal
    return tables


def pivoted(rows: pd.DataFrame, lines: list[str], columns: str) -> pd.DataFrame:
    """Return the values of an evaluation side by side, in the given order."""
    table = rows.pivot_table(index=lines, columns=columns, values="value", sort=False)
    return table.rename_axis(columns=None).reset_index()
