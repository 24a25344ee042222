"""How much each measurement counts, and when a prediction agrees with a qualified value."""

from __future__ import annotations

import numpy as np
import pandas as pd
from anolyte.datasets.measurements.lce import CE_CEILING, log_coulombic_efficiency
from anolyte.features.arrays import Floats

# How certain the reading of the value is; a bound says less than a value.
CONFIDENCE = {"high": 1.0, "medium": 0.7, "low": 0.4}
BOUND = 0.5
# Correlation of the deviations of rows from one laboratory.
SOURCE_CORRELATION = 0.1


def row_weights(measurements: pd.DataFrame) -> Floats:
    """Return the weight (n,) of each measurement where predictions are judged, 1 on average.

    The product of that of `fitting_weights`, the confidence in the row, a half for a bound
    (``>`` or ``<``), and one over the design effect of its source, 1 + (m - 1) rho for m rows
    with the correlation rho (Kish, Survey Sampling, 1965): forty rows of one laboratory share
    its cell, its metal and its counting, and say less of a further laboratory than forty do.
    """
    others = source_sizes(measurements) - 1
    weights = fitting_weights(measurements) / (1.0 + SOURCE_CORRELATION * others)
    if "confidence" in measurements:
        weights *= measurements["confidence"].map(CONFIDENCE).fillna(1.0).to_numpy(float)
    below, above = bounds(measurements)
    weights[below | above] *= BOUND
    return np.asarray(weights / weights.mean())


def source_sizes(measurements: pd.DataFrame) -> Floats:
    """Return how many measurements the source of each has (n,)."""
    sources = measurements["source"]
    return np.asarray(sources.groupby(sources).transform("size"), dtype=float)


def fitting_weights(measurements: pd.DataFrame) -> Floats:
    """Return the weight (n,) of each measurement in a fit, which no other source changes.

    Rows that repeat one statement of their source share the weight of one. All else counts
    alike: weights by confidence, by bounds or by source, as in `row_weights`, made the
    errors on later literature larger.
    """
    if "statement" not in measurements:
        return np.ones(len(measurements))
    statement = measurements["statement"].fillna("")
    repeats = statement.groupby(statement).transform("size").to_numpy(float)
    return np.where(statement == "", 1.0, 1.0 / repeats)


def bounds(measurements: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return two masks (n,): rows that report an upper, and rows that report a lower bound.

    A CE at the ceiling of what can be told from 100 % is a lower bound.
    """
    ceiling = measurements["ce_pct"].to_numpy(float) >= CE_CEILING
    if "ce_qualifier" not in measurements:
        return np.zeros(len(measurements), dtype=bool), ceiling
    qualifier = measurements["ce_qualifier"].to_numpy(dtype=object)
    return qualifier == "<", (qualifier == ">") | ceiling


def residuals(measurements: pd.DataFrame, predicted: Floats) -> Floats:
    """Return observed minus predicted LCE (n,); 0 where the prediction satisfies a bound."""
    residual = log_coulombic_efficiency(measurements["ce_pct"]) - predicted
    below, above = bounds(measurements)
    satisfied = (below & (residual > 0)) | (above & (residual < 0))
    return np.where(satisfied, 0.0, residual)
