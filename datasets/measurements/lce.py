"""Coulombic efficiency (CE, in %) and its logarithmic scale (LCE)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

# Above this the number of nines says more of the protocol than of the electrolyte.
CE_CEILING = 99.95


def log_coulombic_efficiency(ce_pct: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Return LCE = -log10(1 - CE/100), CE censored at 99.95 %.

    Parameters
    ----------
    ce_pct
        Coulombic efficiency in %, 0 or more; NaN stays NaN.

    Returns
    -------
    numpy.ndarray
        LCE, from 0 (CE 0 %) to 3.301 (CE 99.95 % and above).
    """
    ce = np.minimum(np.asarray(ce_pct, dtype=float), CE_CEILING)
    if np.any(ce < 0):
        raise ValueError(f"a Coulombic efficiency below 0: {np.nanmin(ce)}")
    return np.asarray(-np.log10(1 - ce / 100))


def coulombic_efficiency(lce: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Return CE in % for an LCE, held within 0 and 99.95 %."""
    ce = 100 * (1 - np.power(10.0, -np.asarray(lce, dtype=float)))
    return np.asarray(np.clip(ce, 0.0, CE_CEILING))
