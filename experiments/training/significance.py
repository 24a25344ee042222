"""Two predictions of the same measurements compared: is one better by more than chance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from anolyte.features.arrays import Floats


def paired_gain(old: Floats, new: Floats, sources: Sequence[Any] | Any) -> tuple[float, float]:
    """Return by how much the RMSE of `new` is smaller, and the standard error of that.

    The sources, not the rows, are taken as independent.

    Parameters
    ----------
    old, new
        Errors (n,) of two predictions of the same measurements.
    sources
        Source (n,) of each.

    Raises
    ------
    ValueError
        If there is one source alone.
    """
    # Difference of the mean squares, and its parts by source.
    parts = pd.Series((old**2 - new**2) / len(old)).groupby(np.asarray(sources)).sum()
    count = len(parts)
    if count < 2:
        raise ValueError("one source")
    both = max(float(np.sqrt(np.mean(old**2)) + np.sqrt(np.mean(new**2))), 1e-12)
    spread = float(np.sqrt(count / (count - 1) * np.sum((parts - parts.mean()) ** 2)))
    return float(parts.sum()) / both, spread / both
