"""What is learned of the SEI from labels: a correction of its character, a prior of its species.

Plain numbers only, so that both can be stored as JSON.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any, Self, cast

import numpy as np
from anolyte.datasets.compounds.metals import METALS, Metal
from anolyte.datasets.interphases.vocabulary import SEI_CHARACTERS
from anolyte.features.arrays import Floats, Integers, Words
from threadpoolctl import threadpool_limits

from .products import SPECIES, translate
from .rules import BLOCKED, PROTECTED, Shares

# The log-probabilities of the rules, the shares behind them, the metal and its group.
FEATURES = (
    *(f"log rule {name}" for name in SEI_CHARACTERS),
    *Shares._fields,
    "metal protected",
    "metal blocked",
    *(f"metal {name}" for name in METALS),
)
# Inverse strength of the penalty: weak evidence moves a weight little from zero.
INVERSE_PENALTY = 0.02
# Rows weigh with this power of their class's rarity: half way between the reported frequencies
# (papers report the good electrolytes) and classes of equal weight.
RARITY = 0.5
# A metal's own species counts weigh as much as the pooled ones at this many reports.
POOLED_REPORTS = 10.0
RAREST = 0.005


def correction_features(rules: Floats, shares: Floats, metals: Words) -> Floats:
    """Return the columns `FEATURES` (n, 21)."""
    is_metal = metals[:, None] == np.array(METALS)[None, :]
    groups = np.column_stack([np.isin(metals, PROTECTED), np.isin(metals, BLOCKED)])
    return np.column_stack([np.log(rules), shares, groups, is_metal]).astype(float)


@dataclass(frozen=True)
class CharacterCorrection:
    """Multinomial logistic regression on the rules, blended with them.

    P = (1 - blend) P_rules + blend softmax(features @ weights + intercepts).
    """

    weights: list[list[float]]
    intercepts: list[float]
    blend: float

    @classmethod
    def fit(cls, features: Floats, character: Integers, blend: float) -> Self:
        """Fit with a quadratic penalty; a class that never occurs keeps a low probability."""
        from sklearn.linear_model import LogisticRegression

        weights = np.zeros((features.shape[1], len(SEI_CHARACTERS)))
        intercepts = np.full(len(SEI_CHARACTERS), -5.0)
        seen = np.unique(character)
        if len(seen) < 2:
            intercepts[seen] = 0.0
            return cls(weights.tolist(), intercepts.tolist(), blend)
        mean, scale = features.mean(axis=0), features.std(axis=0)
        scale[scale == 0] = 1.0
        importance = np.bincount(character)[character] ** -RARITY
        model = LogisticRegression(C=INVERSE_PENALTY, max_iter=500)
        with threadpool_limits(1):
            model.fit((features - mean) / scale, character, importance / importance.mean())
        coefficients, offsets = model.coef_, model.intercept_
        if len(seen) == 2:
            coefficients = np.vstack([-coefficients / 2, coefficients / 2])
            offsets = np.concatenate([-offsets / 2, offsets / 2])
        weights[:, seen] = (coefficients / scale).T
        intercepts[seen] = offsets - (coefficients / scale) @ mean
        return cls(weights.tolist(), intercepts.tolist(), blend)

    def predict(self, features: Floats, rules: Floats) -> Floats:
        """Return the probabilities (n, 4) of `SEI_CHARACTERS`."""
        logits = features @ np.array(self.weights) + np.array(self.intercepts)
        learned = np.exp(logits - logits.max(axis=1, keepdims=True))
        learned /= learned.sum(axis=1, keepdims=True)
        return np.asarray((1 - self.blend) * rules + self.blend * learned)

    def to_dict(self) -> dict[str, Any]:
        """Return the numbers, ready for JSON."""
        return {"features": list(FEATURES), **asdict(self)}

    @classmethod
    def from_dict(cls, numbers: Mapping[str, Any]) -> Self:
        """Read what `to_dict` wrote.

        Raises
        ------
        ValueError
            If it was fitted on other features or classes.
        """
        weights = [[float(value) for value in row] for row in numbers["weights"]]
        intercepts = [float(value) for value in numbers["intercepts"]]
        shape = (len(FEATURES), len(SEI_CHARACTERS))
        if list(numbers["features"]) != list(FEATURES) or np.shape(weights) != shape:
            raise ValueError("the correction of the SEI character is of other features")
        if len(intercepts) != len(SEI_CHARACTERS):
            raise ValueError("the correction of the SEI character is of other classes")
        return cls(weights, intercepts, float(numbers["blend"]))


@dataclass(frozen=True)
class SpeciesPrior:
    """How often each species is reported on each metal.

    f_ms = (c_ms + k g_ms) / (r_m + k), floored at `RAREST`: c_ms reports of s among the r_m rows
    of the metal, g_ms the frequency over all metals (LiF counts as NaF on Na), k =
    `POOLED_REPORTS`. A score of the rules s becomes s^(1 - strength) f^strength.
    """

    frequencies: dict[str, list[float]]
    strength: float

    @classmethod
    def fit(
        cls,
        metals: Words,
        reported: Sequence[tuple[int, ...]],
        strength: float,
    ) -> Self:
        """Count the reports."""
        counts = {metal: np.zeros(len(SPECIES)) for metal in METALS}
        rows = dict.fromkeys(METALS, 0)
        for metal, species in zip(cast("list[Metal]", metals.tolist()), reported, strict=True):
            counts[metal][list(species)] += 1
            rows[metal] += bool(species)
        total = max(1, sum(rows.values()))
        result = {}
        for metal in METALS:
            pooled = sum(counts[other] @ _translation(metal) for other in METALS) / total
            own = (counts[metal] + POOLED_REPORTS * pooled) / (rows[metal] + POOLED_REPORTS)
            result[str(metal)] = np.clip(own, RAREST, 1.0).tolist()
        return cls(result, strength)

    def apply(self, scores: Floats, metals: Words) -> Floats:
        """Return the rules' scores (n, s) under the prior."""
        result = scores.copy()
        for metal in set(metals.tolist()):
            rows = metals == metal
            frequency = np.array(self.frequencies[metal])
            result[rows] = scores[rows] ** (1 - self.strength) * frequency**self.strength
        return result

    def to_dict(self) -> dict[str, Any]:
        """Return the numbers, ready for JSON; species at `RAREST` are left out."""
        frequencies = {
            metal: {name: f for name, f in zip(SPECIES, row, strict=True) if f > RAREST}
            for metal, row in self.frequencies.items()
        }
        return {"strength": self.strength, "frequencies": frequencies}

    @classmethod
    def from_dict(cls, numbers: Mapping[str, Any]) -> Self:
        """Read what `to_dict` wrote; species that the vocabulary no longer has are dropped."""
        frequencies = {
            str(metal): [float(row.get(name, RAREST)) for name in SPECIES]
            for metal, row in numbers["frequencies"].items()
        }
        if set(frequencies) != set(METALS):
            raise ValueError("the frequencies of SEI species are of other metals")
        return cls(frequencies, float(numbers["strength"]))


@lru_cache(maxsize=8)
def _translation(metal: Metal) -> Floats:
    """Return the matrix (s, s) that turns the species of any metal into those of one."""
    matrix = np.zeros((len(SPECIES), len(SPECIES)))
    index = {name: number for number, name in enumerate(SPECIES)}
    for row, name in enumerate(SPECIES):
        target = translate(name, metal)
        if target is not None:
            matrix[row, index[target]] = 1.0
    return matrix
