"""How much stands behind a prediction, in one word: the evidence level."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from anolyte.datasets.measurements.lce import NOISE_BETWEEN_SOURCES
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
# Held-out errors are looked at in windows of the domain score as wide as this, every so often.
_WINDOW, _EVERY = 0.2, 0.05
# With fewer rows in a window nothing is said of it.
_LEAST_ROWS = 10


class Steps(NamedTuple):
    """The least domain scores of predictions that are called strong, and moderate.

    Attributes
    ----------
    strong
        From here on held-out predictions were as right as another laboratory's report of the
        same electrolyte: their RMSE is `NOISE_BETWEEN_SOURCES` LCE at most.
    moderate
        From here on their RMSE is 0.8 of the standard deviation of the metal's rows at most.
    """

    strong: float = REMOTE
    moderate: float = OUTSIDE

    @classmethod
    def fit(cls, scores: Floats, errors: Floats, deviation: float) -> Steps:
        """Return the steps that held-out predictions bear out; infinite where none does.

        Parameters
        ----------
        scores
            Domain scores (n,) of held-out rows, see `Domain.held_out_score`.
        errors
            Measured less predicted LCE (n,).
        deviation
            Standard deviation of the metal's LCE.
        """
        strong = _lowest(scores, errors, NOISE_BETWEEN_SOURCES)
        return cls(strong, min(strong, _lowest(scores, errors, STRONG[1] * deviation)))


# Of models from before they were fitted.
UNMEASURED = Steps()


def _lowest(scores: Floats, errors: Floats, most: float) -> float:
    """Return the lowest score down to which no window has an RMSE above `most`."""
    found = np.inf
    for start in np.arange(1 - _WINDOW, OUTSIDE - 1e-9, -_EVERY):
        inside = (scores >= start) & (scores < start + _WINDOW + 1e-9)
        squares = errors[inside] ** 2
        if len(squares) < _LEAST_ROWS or np.sqrt(squares.mean()) > most:
            break
        found = float(round(start, 2))
    return found


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
    metal_level: str,
    domain_score: Floats,
    held_back: Flags | None = None,
    steps: Steps = UNMEASURED,
) -> Objects:
    """Return the evidence level (n,) of predictions.

    What held-out predictions as familiar were, see `Steps`, the metal's level at most, and
    `weak` outside the domain and where a gate holds it back.
    """
    at = LEVELS.index(metal_level)
    if at == 0:
        return np.full(len(domain_score), PRIOR, dtype=object)
    reached = 1 + (domain_score >= steps.moderate) + (domain_score >= steps.strong)
    level = np.minimum(reached, at)
    level[domain_score < OUTSIDE] = 1
    if held_back is not None:
        level[held_back] = 1
    return np.asarray(np.array(LEVELS, dtype=object)[level])


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
