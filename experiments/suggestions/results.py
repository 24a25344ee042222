"""Results: what was measured of a batch of suggestions, beside what was predicted of it.

Knows tables alone; which run they belong to is the business of `tracking`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from anolyte.datasets.electrolytes.grammar import parse
from anolyte.datasets.measurements.lce import coulombic_efficiency, log_coulombic_efficiency
from anolyte.datasets.measurements.table import efficiencies, load_measurements
from anolyte.features.arrays import Floats
from anolyte.features.mixtures import Mixtures

from .pending import Taken
from .suggest import PREDICTED

# A hit is as good as this share of the metal's shipped measurements.
BEST = 0.1
# Two are always in the same order or in the opposite one.
FEWEST = 3
COLUMNS = (
    *("electrolyte", *PREDICTED, "ce_pct", "cells"),
    *("error_lce", "within_interval", "hit"),
)


def hit_above(metal: str) -> float:
    """Return the CE in % from which on a result is a hit: of the best tenth that is known."""
    return float(efficiencies(load_measurements(metal))["ce_pct"].quantile(1 - BEST))


def results(suggested: pd.DataFrame, measured: pd.DataFrame, metal: str) -> pd.DataFrame:
    """Return what was measured of suggestions, however the formulations are written.

    Parameters
    ----------
    suggested
        Columns electrolyte and `PREDICTED`.
    measured
        Own measurements: their plating/stripping efficiencies count, several of one electrolyte
        as their mean in LCE.
    metal
        Symbol of the metal.

    Returns
    -------
    pandas.DataFrame
        One row for each suggestion that was measured: the columns `COLUMNS`; ``error_lce`` is
        measured less predicted.
    """
    rows = efficiencies(measured[measured["metal"] == metal])
    found = []
    if len(rows) and len(suggested):
        texts = [*suggested["electrolyte"], *rows["electrolyte"]]
        mixtures = Mixtures.from_electrolytes(texts, metal)
        own = mixtures.take(slice(len(suggested), None))
        limit = hit_above(metal)
        lce = log_coulombic_efficiency(rows["ce_pct"])
        for row in suggested.to_dict("records"):
            same = Taken([parse(str(row["electrolyte"]))], mixtures.compounds).mask(own)
            if same.any():
                found.append(_result(row, lce[same], limit))
    return pd.DataFrame(found, columns=list(COLUMNS))


def _result(row: Mapping[Any, Any], lce: Floats, limit: float) -> dict[str, object]:
    mean = float(lce.mean())
    predicted, low, high = (float(log_coulombic_efficiency([row[name]])[0]) for name in PREDICTED)
    ce = float(coulombic_efficiency([mean])[0])
    return {
        "electrolyte": row["electrolyte"],
        **{name: row[name] for name in PREDICTED},
        "ce_pct": ce,
        "cells": len(lce),
        "error_lce": mean - predicted,
        "within_interval": low <= mean <= high,
        "hit": ce >= limit - 1e-9,
    }


def figures(found: pd.DataFrame, suggested: int) -> dict[str, float]:
    """Return how a batch fared, as numbers.

    measured, measured_share, hits, best_measured_ce_pct, within_interval_share (0.9 is meant),
    bias_lce, rmse_lce and, of three or more, spearman; nothing where nothing was measured.
    """
    if found.empty:
        return {}
    error = found["error_lce"].to_numpy(dtype=float)
    told = {
        "measured": float(len(found)),
        "measured_share": len(found) / max(suggested, 1),
        "hits": float(found["hit"].sum()),
        "best_measured_ce_pct": float(found["ce_pct"].max()),
        "within_interval_share": float(found["within_interval"].mean()),
        "bias_lce": float(error.mean()),
        "rmse_lce": float(np.sqrt(np.mean(error**2))),
    }
    orders = found[[PREDICTED[0], "ce_pct"]].rank()
    if len(found) >= FEWEST and orders.nunique().min() > 1:
        told["spearman"] = float(np.corrcoef(orders.T)[0, 1])
    return told


def progress(batches: Sequence[tuple[str, int, pd.DataFrame]]) -> pd.DataFrame:
    """Return how a campaign goes: one row a batch, oldest first.

    Parameters
    ----------
    batches
        Of each batch its name, how many were suggested, and its results.

    Returns
    -------
    pandas.DataFrame
        batch, suggested, measured, hits, best_ce_pct (so far), within_interval (share of all so
        far), rmse_lce (of the batch).
    """
    rows = []
    seen: list[pd.DataFrame] = []
    for name, suggested, found in batches:
        seen += [found] if len(found) else []
        so_far = pd.concat(seen) if seen else found
        rows.append(
            {
                "batch": name,
                "suggested": suggested,
                "measured": len(found),
                "hits": int(found["hit"].sum()),
                "best_ce_pct": float(so_far["ce_pct"].max()),
                "within_interval": float(so_far["within_interval"].astype(float).mean()),
                "rmse_lce": figures(found, suggested).get("rmse_lce", float("nan")),
            }
        )
    return pd.DataFrame(rows)
