"""Measurements that a trained model finds hard to believe."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
from anolyte.datasets.errors import Fault
from anolyte.datasets.measurements.lce import log_coulombic_efficiency
from anolyte.datasets.measurements.table import efficiencies
from anolyte.models.bundles.bundle import MANIFEST, load_model

# A tenth of all good measurements lies outside the 90 % interval: warn well beyond it.
MARGIN = 1.5


def outliers(measurements: pd.DataFrame, models: str | Path) -> list[Fault]:
    """Return a warning for each efficiency far outside its predicted interval.

    Parameters
    ----------
    measurements
        A table in the form of `read_measurements`.
    models
        Folder with a model for each metal; metals without one are passed over.
    """
    rows = efficiencies(measurements)
    exact = rows[rows["ce_qualifier"].isin(["=", "~"])]
    warnings: list[Fault] = []
    for metal, group in exact.groupby("metal", sort=False):
        folder = Path(models) / str(metal)
        if (folder / MANIFEST).exists():
            warnings += _of_metal(group, folder)
    return warnings


def _of_metal(rows: pd.DataFrame, folder: Path) -> Iterator[Fault]:
    predicted = load_model(folder).predict_interval(rows, 0.9)
    observed = log_coulombic_efficiency(rows["ce_pct"])
    middle = predicted["lce"].to_numpy()
    half = (predicted["lce_high"].to_numpy() - predicted["lce_low"].to_numpy()) / 2
    for index in range(len(rows)):
        if abs(observed[index] - middle[index]) > MARGIN * half[index]:
            expected = predicted.iloc[index]
            yield Fault(
                f"electrolyte {rows['electrolyte'].iloc[index]}",
                f"{rows['ce_pct'].iloc[index]:g} %",
                f"expected {expected['ce_pct']:.2f} % ({expected['ce_low']:.1f} to "
                f"{expected['ce_high']:.2f} %)",
                "check the value, its unit and the method",
            )
