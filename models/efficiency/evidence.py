"""How much stands behind a prediction, in one word: the evidence level."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from anolyte.features.arrays import Flags, Floats, Objects
from anolyte.features.blocks.solvation import CONCENTRATION_LIMIT

from .domain import OUTSIDE
from .recipes import PRIOR

WEAK = "weak"
LEVELS = (PRIOR, WEAK, "moderate", "strong")
# Sources and skill (held-out error relative to the metal's mean) that a level asks for.
STRONG = (60, 0.8)
MODERATE = (25, 0.95)
# Below this share of the training rows an electrolyte is no close relative of what is known.
REMOTE = 0.25


def metal_evidence(recipe: str, sources: int, skill: float) -> str:
    """Return the evidence level of a metal's model.

    Parameters
    ----------
    recipe
        Of the model; the mean of the metal alone is `prior only` whatever the counts.
    sources
        Number of sources it was trained on.
    skill
        Its held-out error relative to that of the mean.
    """
    if recipe == PRIOR:
        return PRIOR
    for level, (least, worst) in (("strong", STRONG), ("moderate", MODERATE)):
        if sources >= least and skill <= worst:
            return level
    return "weak"


def prediction_evidence(
    metal_level: str, domain_score: Floats, held_back: Flags | None = None
) -> Objects:
    """Return the evidence level (n,) of predictions.

    The metal's level, one step lower for an electrolyte remote from all measured ones, and
    `weak` outside the domain and where a gate holds it back.
    """
    at = LEVELS.index(metal_level)
    if at == 0:
        return np.full(len(domain_score), PRIOR, dtype=object)
    steps = np.full(len(domain_score), at)
    steps[domain_score < REMOTE] = max(1, at - 1)
    steps[domain_score < OUTSIDE] = 1
    if held_back is not None:
        steps[held_back] = 1
    return np.asarray(np.array(LEVELS, dtype=object)[steps])


def largest_values(names: Sequence[str], features: Floats) -> Floats:
    """Return the largest value (d,) of each descriptor (n, d) of measured electrolytes.

    Of the concentration, the largest of those that have one: an ionic liquid without a neutral
    liquid stands at the descriptor's limit.
    """
    largest = features.max(axis=0)
    if (name := "cation_concentration") in names:
        values = features[:, list(names).index(name)]
        largest[list(names).index(name)] = values[values < CONCENTRATION_LIMIT].max(initial=0.0)
    return np.asarray(largest)


def remarks(
    names: Sequence[str], features: Floats, domain_score: Floats, largest: Mapping[str, float]
) -> list[str]:
    """Return for each of n electrolytes why to be careful with its prediction, or nothing.

    Parameters
    ----------
    names, features
        Of the descriptors (d), and their values (n, d).
    domain_score
        How familiar the electrolytes are (n,).
    largest
        Of a descriptor, the largest value that was measured.
    """
    column = {name: features[:, at] for at, name in enumerate(names)}
    flags = {"unlike anything measured": domain_score < OUTSIDE}
    if (name := "cation_concentration") in column:
        above = (column[name] > 1.01 * largest[name]) & (column[name] < CONCENTRATION_LIMIT)
        flags["more concentrated than any measured"] = above
    each = ([word for word, flag in flags.items() if flag[row]] for row in range(len(features)))
    return ["; ".join(words) for words in each]
