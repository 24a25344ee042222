"""The function of an SEI together with the CE: neither contradicts the other.

A CE above `labels.CONDUCTS` says that the film conducts and one near 0 that it passivates. So
measured CE teach the function (see `labels`), and a predicted CE moves it: with p_c the
probability by the chemistry alone,

    logit p = logit p_c + AGREEMENT (LCE - mean LCE of the metal)

What would still contradict is settled by which of the two is more often right on sources not
seen. On Mg, Ca and Al that is the function (of 10 magnesium electrolytes whose CE was predicted
above 80 % and whose film to passivate 7 passivated), and `capped` lowers the CE to 80 % where the
film is likelier to passivate. On the other metals it is the CE, and `agreed` keeps the function
on its side.
"""

from __future__ import annotations

import numpy as np
from anolyte.datasets.measurements.lce import log_coulombic_efficiency
from anolyte.features.arrays import Floats, Words

from ..prediction import Efficiencies
from .labels import CONDUCTS
from .rules import BLOCKED

# Per unit of LCE; between 0.5 and 1 the held-out log-loss of no metal is much worse than its best.
AGREEMENT = 0.7
# At or below this CE in % a film is not said to conduct.
HARDLY = 20.0
# How far a probability that the CE contradicts is told on the other side of a half.
YIELDING = 0.1


def _lce(ce_pct: float) -> float:
    return float(log_coulombic_efficiency(np.array([ce_pct]))[0])


def agreed(chemistry: Floats, efficiencies: Efficiencies, metals: Words) -> Floats:
    """Return the probability (n,) that a film conducts, of which the CE is known.

    Parameters
    ----------
    chemistry
        The probability (n,) by the chemistry alone.
    efficiencies
        What is predicted of the CE, see `capped`.
    metals
        The metal (n,) of each.
    """
    lce, mean_lce = np.asarray(efficiencies.lce, dtype=float), efficiencies.mean_lce
    logit = np.log(chemistry) - np.log1p(-chemistry) + AGREEMENT * (lce - mean_lce)
    p = 1 / (1 + np.exp(-logit))
    high = (lce > _lce(CONDUCTS)) & (p < 0.5) & ~np.isin(metals, BLOCKED)
    p = np.where(high, 0.5 + YIELDING * p, p)
    low = (lce <= _lce(HARDLY)) & (p >= 0.5)
    return np.asarray(np.where(low, 0.5 - YIELDING * (1 - p) - 1e-9, p))


def capped(conducts: Floats, lce: Floats, metals: Words) -> Floats:
    """Return LCE (n,) that no film likelier to passivate contradicts, on Mg, Ca and Al."""
    passivates = (conducts < 0.5) & np.isin(metals, BLOCKED)
    return np.where(passivates, np.minimum(lce, _lce(CONDUCTS)), lce)
