"""Diversity: a list whose top is no row of near copies."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from anolyte.datasets.compounds.registry import Compound
from anolyte.features.arrays import Flags, Floats, Integers
from anolyte.features.blocks.fingerprints import morgan_bits
from anolyte.features.mixtures import Mixtures

# A near copy (two of three components, half of the moles shared: similarity 0.6) then has to
# be better by a quarter of a unit; for criteria in LCE that is about the error of the model on
# unseen sources, for Li what replicate reports of one electrolyte differ by.
DIVERSITY = 0.3
# A candidate this share of a unit behind the best is worse, not different: it comes after all
# others. With the unit of the lists, three times the error of the model on unseen sources,
# this is one such error.
WINDOW = 1 / 3
# Tanimoto similarity from which two molecules of one kind are kin: the glymes are, and the
# fluorinated diethyl ethers.
KIN = 0.5


def kinship(compounds: Sequence[Compound], bits: Floats) -> Floats:
    """Return the groups (k, g) of compounds that are near copies of each other, as 0 and 1.

    Compounds are in one group if a chain of kin joins them: both salts or neither, and a
    Tanimoto similarity of their Morgan bits (k, b) of at least `KIN`.
    """
    from scipy.sparse.csgraph import connected_components

    common = bits @ bits.T
    counts = bits.sum(axis=1)
    tanimoto = common / np.maximum(counts[:, None] + counts - common, 1)
    salts = np.array([compound.is_salt for compound in compounds])
    count, group = connected_components((tanimoto >= KIN) & (salts[:, None] == salts))
    return np.asarray(np.eye(count)[group])


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
    remote: Flags | None = None,
) -> Integers:
    """Choose candidates one by one by marginal relevance.

    The next is always the candidate with the largest

        (1 - diversity) * score / unit - diversity * (sum of squared similarities to the chosen)

    where similarity is the mean of that of the compounds and that of their kin (`kinship`),
    so that another glyme is not another solvent. A diversity of 0 is the order of the scores;
    1 heeds them for the first alone. Of equals the first in the given order is taken. After
    the maximal marginal relevance of Carbonell and Goldstein, SIGIR (1998) 335,
    doi:10.1145/290941.291025, with a sum in the place of its maximum: the third copy has to
    be better still than the second, or copies would follow once one stands in the list.

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
        The difference in scores that counts as 1. Candidates more than `WINDOW` of it behind
        the best come after all others, by their scores.
    remote
        Which candidates (n,) are remote from everything measured: to be unlike the others is
        no merit of theirs, so that they always count as copies (1).

    Returns
    -------
    numpy.ndarray
        Positions (at most `top`,) in the order of choice.
    """
    used = np.flatnonzero(mixtures.mole_fractions.any(axis=0))
    moles = np.ascontiguousarray(mixtures.mole_fractions[:, used])
    compounds = [mixtures.compounds[column] for column in used]
    kin = moles @ kinship(compounds, mixtures.table(morgan_bits)[used])
    relevance = (1 - diversity) * np.asarray(scores, dtype=float) / unit
    crowded = np.zeros(len(relevance)) if remote is None else remote.astype(float)
    left = np.ones(len(relevance), dtype=bool)
    if 0 < diversity < 1:
        left = np.asarray(scores) >= np.max(scores, initial=-np.inf) - WINDOW * unit
    behind = np.flatnonzero(~left)
    chosen: list[int] = []
    for _ in range(min(top, int(left.sum()))):
        # The first choice is by score, also where scores count for nothing after it.
        value = relevance - diversity * crowded if chosen else np.asarray(scores)
        best = int(np.argmax(np.where(left, value, -np.inf)))
        chosen.append(best)
        left[best] = False
        alike = (similarity(moles, moles[best]) + similarity(kin, kin[best])) / 2
        if remote is not None:
            alike[remote] = 1.0
        crowded += alike**2
    # Far behind the best, diversity has no say: these follow by their scores alone.
    behind = behind[np.argsort(-np.asarray(scores)[behind], kind="stable")]
    return np.array([*chosen, *behind][:top], dtype=np.int64)
