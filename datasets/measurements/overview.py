"""What the measurements cover: counts by metal, and how the efficiencies are spread."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pandas as pd

from ..compounds.metals import METALS, as_metal
from .own import own_measurements
from .sources import laboratories
from .table import efficiencies, load_measurements

EDGES = (0.0, 50.0, 80.0, 90.0, 95.0, 98.0, 99.0, 99.5, 99.9)


def known_measurements(metal: str = "all", store: str | Path | None = None) -> pd.DataFrame:
    """Return the measurements of a metal, or of all.

    Parameters
    ----------
    store
        Folder of own measurements, which are added to the shipped ones; without one, none are.
    """
    own = None if store is None else own_measurements(store)
    tables = [load_measurements("all"), *([] if own is None else [own])]
    table = pd.concat(tables, ignore_index=True)
    if metal == "all":
        return table
    return table[table["metal"] == as_metal(metal)].reset_index(drop=True)


def coverage(measurements: pd.DataFrame) -> pd.DataFrame:
    """Return counts for each metal present.

    Columns: metal, rows, electrolytes, sources, laboratories, years of publication, CE (any),
    CE to train on, qualified CE, SEI compositions, functions, species lists, rows with a
    current density.
    """
    lines = []
    for metal in [metal for metal in METALS if metal in set(measurements["metal"])]:
        rows = measurements[measurements["metal"] == metal]
        lines.append(
            {
                "metal": metal,
                "rows": len(rows),
                "electrolytes": rows["electrolyte"].nunique(),
                "sources": rows["source"].nunique(),
                "laboratories": laboratories(rows).nunique(),
                "years": _span(rows["year"]),
                "CE": int(rows["ce_pct"].notna().sum()),
                "to train on": len(efficiencies(rows)),
                "qualified": int(rows["ce_qualifier"].isin(["<", ">"]).sum()),
                "SEI composition": int((rows["sei_composition"] != "").sum()),
                "SEI function": int((rows["sei_function"] != "").sum()),
                "SEI species": int((rows["sei_species"] != "").sum()),
                "with current": int(rows["current_mA_cm2"].notna().sum()),
            }
        )
    return pd.DataFrame(lines)


def _span(years: pd.Series) -> str:
    return "" if years.isna().all() else f"{years.min():.0f} to {years.max():.0f}"


def efficiency_histogram(measurements: pd.DataFrame) -> pd.DataFrame:
    """Return how many efficiencies to train on fall between `EDGES` (columns range, count)."""
    values = efficiencies(measurements)["ce_pct"]
    bounds = [*EDGES, float("inf")]
    lines = [
        {
            "range": f"{low:g} to {high:g}" if high < float("inf") else f"{low:g} and above",
            "count": int(((values >= low) & (values < high)).sum()),
        }
        for low, high in pairwise(bounds)
    ]
    return pd.DataFrame(lines)
