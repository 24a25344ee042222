"""Diversity: a list whose top is no row of near copies."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from anolyte.features.mixtures import Floats, Mixtures

# A near copy (two of three components, half of the moles shared: similarity 0.6) then has to
# be better by a quarter of a unit; for criteria in LCE that is about the error of the model on
# unseen sources, for Li what replicate reports of one electrolyte differ by.
DIVERSITY = 0.3


def similarity(moles: Floats, one: Floats) -> Floats:
    """Return the similarity (n,) of compositions (n, k) to one (k,): 0, nothing shared, to 1.

    The mean of two overlaps: of the mole fractions, sum_k min(x_ik, x_k), and of the compounds
    whatever their amounts, shared over all that are in either (Jaccard). The second gives the
    salt and the minor components their say beside the solvents' many moles.
    """
    at = np.flatnonzero(one)
    shared = np.minimum(moles[:, at], one[at]).sum(axis=1)
    both = np.count_nonzero(moles[:, at], axis=1)
    either = np.count_nonzero(moles, axis=1) + len(at) - both
    return np.asarray((shared + both / np.maximum(either, 1)) / 2)


def diverse(
    scores: Floats,
    mixtures: Mixtures,
    top: int,
    diversity: float = DIVERSITY,
    unit: float = 1.0,
    remote: npt.NDArray[np.bool_] | None = None,
) -> npt.NDArray[np.int64]:
    """Choose candidates one by one by maximal marginal relevance.

    The next is always the candidate with the largest

        (1 - diversity) * score / unit - diversity * (similarity to the most similar chosen one)

    so that 0 is the order of the scores and 1 heeds them for the first alone. Of equals the
    first in the given order is taken. Carbonell and Goldstein, SIGIR (1998) 335,
    doi:10.1145/290941.291025.

    Parameters
    ----------
    scores
        Scores (n,); more is better.
    mixtures
        The n candidates.
    top
        How many to choose.
    diversity
        From 0 to 1.
    unit
        The difference in scores that counts as 1.
    remote
        Which candidates (n,) are remote from everything measured: to be unlike the others is
        no merit of theirs, so that they always count as similar (1).

    Returns
    -------
    numpy.ndarray
        Positions (at most `top`,) in the order of choice.
    """
    used = mixtures.mole_fractions.any(axis=0)
    moles = np.ascontiguousarray(mixtures.mole_fractions[:, used])
    relevance = (1 - diversity) * np.asarray(scores, dtype=float) / unit
    nearest = np.zeros(len(relevance)) if remote is None else remote.astype(float)
    left = np.ones(len(relevance), dtype=bool)
    chosen: list[int] = []
    for _ in range(min(top, len(relevance))):
        # The first choice is by score, also where scores count for nothing after it.
        value = np.asarray(scores) if not chosen else relevance - diversity * nearest
        best = int(np.argmax(np.where(left, value, -np.inf)))
        chosen.append(best)
        left[best] = False
        nearest = np.maximum(nearest, similarity(moles, moles[best]))
    return np.array(chosen, dtype=np.int64)
