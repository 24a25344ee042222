"""What a model may be fitted to, as one table of measurements: formulations, CE and sources."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pandas as pd
from anolyte.features.arrays import Floats, Objects
from anolyte.features.mixtures import Mixtures


def as_measurements(X: Any, y: Any, groups: Any, metal: str) -> pd.DataFrame:
    """Return measurements with the columns electrolyte, ce_pct and source.

    Parameters
    ----------
    X
        A table of measurements, or a sequence of n formulations (texts or `Electrolyte`).
    y
        CE (n,) in %; None where `X` has the column ce_pct.
    groups
        Sources (n,); None where `X` has the column source.
    metal
        The metal of all rows.

    Warns
    -----
    UserWarning
        If neither tells the sources.

    Raises
    ------
    ValueError
        If there are no rows, no efficiencies, as many of one as not of the other, one that is
        no finite number, or a row of another metal.
    """
    rows = X if isinstance(X, pd.DataFrame) else _formulations(X)
    if rows.empty:
        raise ValueError(f"no measurements of {metal} to learn from")
    if "metal" in rows and (others := sorted(set(rows["metal"]) - {metal})):
        raise ValueError(f"rows of {', '.join(others)} for a model of {metal}: give them as others")
    if y is not None:
        rows = rows.assign(ce_pct=_efficiencies(y, len(rows)))
    elif "ce_pct" not in rows:
        raise ValueError("requires y to be passed, but the target y is None, nor is there ce_pct")
    if groups is not None:
        rows = rows.assign(source=_sources(groups, len(rows)))
    elif "source" not in rows:
        warnings.warn(
            "without sources (groups) every electrolyte counts as one of its own: where "
            "several are of one laboratory, the intervals come out too narrow",
            stacklevel=3,
        )
        rows = rows.assign(source=rows["electrolyte"].astype(str))
    return rows


def _formulations(X: Any) -> pd.DataFrame:
    if isinstance(X, (str, Mixtures)):
        raise ValueError("give a sequence of formulations, or a table of measurements")
    values = np.asarray(X, dtype=object)
    if values.ndim > 1 and values.shape[1] != 1:
        raise ValueError(f"electrolytes come in one column, not in {values.shape[1]}")
    return pd.DataFrame({"electrolyte": [str(each) for each in values.ravel()]})


def _efficiencies(y: Any, count: int) -> Floats:
    values = np.asarray(y, dtype=float)
    values = values.ravel() if values.shape == (count, 1) else values
    if values.shape != (count,):
        raise ValueError(f"{count} electrolytes, but efficiencies of shape {values.shape}")
    if len(wrong := np.flatnonzero(~np.isfinite(values))):
        raise ValueError(f"efficiency {wrong[0] + 1} is {values[wrong[0]]}: leave the row out")
    return values


def _sources(groups: Any, count: int) -> Objects:
    labels = np.array([str(each) for each in groups], dtype=object)
    if len(labels) != count:
        raise ValueError(f"{count} electrolytes, but {len(labels)} sources")
    return labels
