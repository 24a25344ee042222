"""How desirable an SEI is on each metal."""

from __future__ import annotations

import numpy as np
import pandas as pd
from anolyte.features.arrays import Floats, Words

from .rules import BLOCKED, PROTECTED


def desirability(composition: pd.DataFrame, conducts: Floats, metals: Words) -> Floats:
    """Return how desirable SEIs are (n,), from 0 to 1.

    First the film must conduct, then its composition may be better or worse:
    p(conducts) (1 + c) / 2, with c = p(inorganic-rich) + p(mixed)/2 on Li, Na and K, where an
    inorganic film protects, c = p(organic-rich) + p(mixed)/2 on Mg, Ca and Al, where the
    inorganic one hinders the ions, and c = 1/2 on Zn, of which the reviews say neither.

    Sources: Li et al., The contrast between monovalent and multivalent metal battery anodes
    (review); Xiang et al., Joule 3 (2019) 2334, doi:10.1016/j.joule.2019.07.027; Brunklaus et
    al., Metal electrodes for next-generation rechargeable batteries (review).

    Parameters
    ----------
    composition
        Probabilities (n rows), see `SEIModel.predict_composition`.
    conducts
        Probability (n,) that each conducts.
    metals
        The metal (n,) of each.
    """
    half = composition["mixed"] / 2
    sides = [composition["inorganic-rich"] + half, composition["organic-rich"] + half]
    groups = [np.isin(metals, PROTECTED), np.isin(metals, BLOCKED)]
    better = np.select(groups, [side.to_numpy() for side in sides], 0.5)
    return np.asarray(conducts * (1 + better) / 2)
