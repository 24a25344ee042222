"""How desirable an SEI is on each metal."""

from __future__ import annotations

import numpy as np
import pandas as pd
from anolyte.features.arrays import Floats, Words

from .rules import BLOCKED, PROTECTED


def desirability(character: pd.DataFrame, shares: pd.DataFrame, metals: Words) -> Floats:
    """Return how desirable SEIs are (n,), from 0 to 1.

    On Li, Na and K an inorganic, fluoride-rich film from anions protects: the mean of
    p(inorganic-rich) + p(mixed)/2 and the share ``protective``. On Mg, Ca and Al the same
    products block the cation: the mean of 1 - p(passivating) and 1 - ``passivating``. Zn is in
    neither group of the reviews, which name only passivating layers on it: 1 - p(passivating).

    Sources: Li et al., The contrast between monovalent and multivalent metal battery anodes
    (review), on fluorides on Li, Na, K and organic-rich films on Mg, Ca, Al; Xiang et al.,
    Joule 3 (2019) 2334, doi:10.1016/j.joule.2019.07.027; Brunklaus et al., Metal electrodes
    for next-generation rechargeable batteries (review), on passivating layers on Mg, Ca, Zn, Al.

    Parameters
    ----------
    character
        Probabilities (n rows), see `SEIModel.predict_character`.
    shares
        What the rules see (n rows), see `SEIModel.describe`.
    metals
        The metal (n,) of each.
    """
    wanted = character["inorganic-rich"] + character["mixed"] / 2
    protected = (wanted + shares["protective"]) / 2
    free = 1 - character["passivating"]
    unblocked = (free + 1 - shares["passivating"]) / 2
    groups = [np.isin(metals, PROTECTED), np.isin(metals, BLOCKED)]
    chosen = np.select(groups, [protected.to_numpy(), unblocked.to_numpy()], free.to_numpy())
    return np.asarray(chosen, dtype=float)
