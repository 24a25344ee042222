"""Coulombic efficiency (CE, in %), its logarithmic scale (LCE), and how noisy it is."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

# Above this the number of nines says more of the protocol than of the electrolyte.
CE_CEILING = 99.95
# Standard deviation of one label, in LCE, from one electrolyte's reports in several sources: 100
# pairs of lithium reports, those of the shipped table and of HELENA's. No model can be better
# than this on a source that it has not seen.
NOISE_BETWEEN_SOURCES = 0.257
# Of cells of one laboratory: three each of 129 potassium ether electrolytes (github
# guanyicheng/K-electrolyte-solvation-phase). Most of the noise lies between laboratories.
NOISE_WITHIN_LABORATORY = 0.067


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

    Examples
    --------
    >>> from anolyte.datasets import log_coulombic_efficiency
    >>> log_coulombic_efficiency([90, 99, 99.9, 100]).round(3)
    array([1.   , 2.   , 3.   , 3.301])
    """
    ce = np.minimum(np.asarray(ce_pct, dtype=float), CE_CEILING)
    if np.any(ce < 0):
        raise ValueError(f"a Coulombic efficiency below 0: {np.nanmin(ce)}")
    return np.asarray(-np.log10(1 - ce / 100))


def coulombic_efficiency(lce: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Return CE in % for an LCE, held within 0 and 99.95 %.

    Examples
    --------
    >>> from anolyte.datasets import coulombic_efficiency
    >>> coulombic_efficiency([1, 2, 3])
    array([90. , 99. , 99.9])
    """
    ce = 100 * (1 - np.power(10.0, -np.asarray(lce, dtype=float)))
    return np.asarray(np.clip(ce, 0.0, CE_CEILING))


def explained_share(lce: npt.ArrayLike, predicted: npt.ArrayLike) -> float:
    """Return the share of the explainable variance that predictions explain.

    (var(y) - mse) / (var(y) - noise^2) with the noise between sources: 1 where the errors are
    those of a second report, 0 for the mean of y, below 0 for worse; NaN where y varies no
    more than its noise.

    Parameters
    ----------
    lce, predicted
        Measured and predicted LCE (n,).
    """
    measured = np.asarray(lce, dtype=float)
    spread = float(np.var(measured))
    mse = float(np.mean(np.square(np.asarray(predicted, dtype=float) - measured)))
    explainable = spread - NOISE_BETWEEN_SOURCES**2
    return (spread - mse) / explainable if explainable > 0 else float("nan")
