"""Figures that judge held-out predictions: errors, rank quality, coverage, all in LCE."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from anolyte.datasets.measurements.lce import explained_share, log_coulombic_efficiency
from anolyte.features.arrays import Floats

from .intervals import COVERAGES
from .weights import residuals, row_weights

CONSTANT = "constant"
BASELINE = "random forest on 13 ratios"
OURS = "anolyte"


def metrics(measurements: pd.DataFrame, predicted: Floats, ranks: bool = True) -> dict[str, float]:
    """Return RMSE, MAE, R2, Spearman's rho and precision in the top 10 %, all on LCE.

    ``explained`` is the share of the explainable variance, see `lce.explained_share`.

    ``rmse_weighted`` counts rows by `row_weights`, so that a source with many rows is not
    the whole figure.
    Precision is the share of the predicted best tenth that belongs to the observed best
    tenth (ties of the observed threshold included). A constant prediction ranks nothing:
    its Spearman is NaN and its precision the share expected by chance; and so without `ranks`,
    for constants that differ from fold to fold.
    """
    from scipy.stats import spearmanr

    observed = log_coulombic_efficiency(measurements["ce_pct"])
    error = residuals(measurements, predicted)
    best = observed >= np.quantile(observed, 0.9)
    count = int(np.ceil(0.1 * len(observed)))
    ranks_nothing = not ranks or np.ptp(predicted) == 0 or np.ptp(observed) == 0
    chosen = np.argsort(-predicted, kind="stable")[:count]
    return {
        "rmse": float(np.sqrt(np.mean(error**2))),
        "rmse_weighted": float(np.sqrt(np.average(error**2, weights=row_weights(measurements)))),
        "mae": float(np.mean(np.abs(error))),
        "r2": float(1 - np.mean(error**2) / max(float(np.var(observed)), 1e-12)),
        "explained": explained_share(observed, observed - error),
        "spearman": float("nan")
        if ranks_nothing
        else float(spearmanr(observed, predicted).statistic),
        "precision_top10": float(best.mean() if ranks_nothing else best[chosen].mean()),
    }


def coverage_metrics(measurements: pd.DataFrame, frame: pd.DataFrame) -> dict[str, float]:
    """Return for each coverage the share of rows inside, and the mean width in LCE.

    ``..._by_source`` is the share inside where each source counts once.
    """
    miss = np.abs(residuals(measurements, frame["predicted"].to_numpy()))
    ceiling = float(log_coulombic_efficiency(100.0))
    found: dict[str, float] = {}
    for coverage in COVERAGES:
        half, middle = frame[coverage].to_numpy(), frame["predicted"].to_numpy()
        width = np.clip(middle + half, 0, ceiling) - np.clip(middle - half, 0, ceiling)
        found[f"coverage_{coverage * 100:.0f}"] = float((miss <= half).mean())
        inside = pd.Series(miss <= half).groupby(measurements["source"].to_numpy()).mean()
        found[f"coverage_{coverage * 100:.0f}_by_source"] = float(inside.mean())
        found[f"width_{coverage * 100:.0f}"] = float(width.mean())
    return found


def scores(measurements: pd.DataFrame, predicted: Mapping[str, Floats]) -> pd.DataFrame:
    """Return `metrics` and skill of each contender from its predictions (n,)."""
    found = {each: metrics(measurements, lce, each != CONSTANT) for each, lce in predicted.items()}
    table = pd.DataFrame(found).T
    return table.assign(skill=table["rmse"] / table["rmse"][CONSTANT])


def ratios(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table of metrics with the columns skill and rmse_ratio, see `Validation`."""
    weighted = table["rmse_weighted"]
    return table.assign(
        skill=table["rmse"] / table["rmse"][CONSTANT],
        skill_weighted=weighted / weighted[CONSTANT],
        rmse_ratio=table["rmse"] / table["rmse"][BASELINE],
    )
