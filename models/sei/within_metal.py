"""A regression that tells electrolytes of one metal apart, and knows each metal's frequencies.

With f_mk how often class k is reported on metal m, h the features less their mean on that metal,
and d_k fixed directions,

    P(k) ~ f_mk exp(d_k w . h)

The metal decides nothing but the frequencies: the weights w, few and held near 0 by a quadratic
penalty, are learned from contrasts within metals alone. Where no feature is out of the ordinary
the answer is the metal's frequency, and that itself is drawn to the frequency over all metals
where its labels are few. Plain numbers only, so that it can be stored as JSON.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np
from anolyte.datasets.compounds.metals import METALS
from anolyte.features.arrays import Floats, Integers, Objects, Words

from ..threads import one_thread

# A metal's own frequencies and means weigh as much as the pooled ones at this many rows.
POOLED_ROWS = 3.0
# Beyond this many standard deviations a feature says no more.
LIMIT = 3.0


def source_weights(groups: Objects) -> Floats:
    """Return the weight (n,) of rows: that of a source grows with the root of its rows."""
    _, number, counts = np.unique(groups.astype(str), return_inverse=True, return_counts=True)
    return np.asarray(counts[number] ** -0.5)


@dataclass(frozen=True)
class WithinMetal:
    """The fitted regression.

    Attributes
    ----------
    features
        Names of the p features.
    directions
        d (k), one of each class.
    frequencies, means
        Of the classes (k) and of the features (p) on each metal.
    scale, weights
        Of the features (p).
    """

    features: tuple[str, ...]
    directions: tuple[float, ...]
    frequencies: dict[str, list[float]]
    means: dict[str, list[float]]
    scale: list[float]
    weights: list[float]

    @classmethod
    def fit(
        cls,
        features: Sequence[str],
        directions: Sequence[float],
        values: Floats,
        metals: Words,
        classes: Integers,
        groups: Objects,
        penalty: float,
    ) -> Self:
        """Fit to rows whose class is known.

        Parameters
        ----------
        features, directions
            See above.
        values
            Array (n, p).
        metals, classes, groups
            Arrays (n,): the metal, the number of the class, the source.
        penalty
            On half the squared weights, of features scaled to unit deviation.
        """
        weights = source_weights(groups)
        known = np.eye(len(directions))[classes] * weights[:, None]
        pooled = (known.sum(axis=0) + 0.5) / (weights.sum() + 0.5 * len(directions))
        mean = values.mean(axis=0) if len(values) else np.zeros(len(features))
        frequencies, means = {}, {}
        for metal in METALS:
            own = metals == metal
            count = known[own].sum(axis=0) + POOLED_ROWS * pooled
            frequencies[str(metal)] = (count / count.sum()).tolist()
            total = values[own].sum(axis=0) + POOLED_ROWS * mean
            means[str(metal)] = (total / (own.sum() + POOLED_ROWS)).tolist()
        scale = values.std(axis=0) if len(values) else np.zeros(len(features))
        scale[scale < 1e-9] = 1.0
        untrained = cls(
            tuple(features),
            tuple(directions),
            frequencies,
            means,
            scale.tolist(),
            [0.0] * len(features),
        )
        if not len(values):
            return untrained
        fitted = untrained._fitted(values, metals, classes, weights / weights.mean(), penalty)
        return cls(**{**untrained.__dict__, "weights": fitted.tolist()})

    def _fitted(
        self, values: Floats, metals: Words, classes: Integers, importance: Floats, penalty: float
    ) -> Floats:
        from scipy.optimize import minimize

        contrasts, offsets = self.contrasts(values, metals), self._offsets(metals)
        directions, rows = np.array(self.directions), np.arange(len(classes))

        def loss(weights: Floats) -> tuple[float, Floats]:
            p = _softmax(offsets + (contrasts @ weights)[:, None] * directions)
            value = -importance @ np.log(np.maximum(p[rows, classes], 1e-12))
            slope = importance * (p @ directions - directions[classes])
            return (
                float(value + 0.5 * penalty * weights @ weights),
                contrasts.T @ slope + penalty * weights,
            )

        with one_thread():
            start = np.zeros(values.shape[1])
            found = minimize(loss, start, jac=True, method="L-BFGS-B")
        return np.asarray(found.x)

    def contrasts(self, values: Floats, metals: Words) -> Floats:
        """Return h (n, p): features less the metal's mean, in deviations, limited."""
        centred = values - np.array([self.means[str(metal)] for metal in METALS])[_index(metals)]
        return np.asarray(np.clip(centred / np.array(self.scale), -LIMIT, LIMIT))

    def latent(self, values: Floats, metals: Words) -> Floats:
        """Return w . h (n,), 0 for what is ordinary on its metal."""
        return np.asarray(self.contrasts(values, metals) @ np.array(self.weights))

    def predict(self, values: Floats, metals: Words) -> Floats:
        """Return the probabilities of the classes (n, k)."""
        latent = self.latent(values, metals)[:, None] * np.array(self.directions)
        return _softmax(self._offsets(metals) + latent)

    def frequency(self, metals: Words) -> Floats:
        """Return the frequencies of the classes (n, k) on each row's metal."""
        return np.exp(self._offsets(metals))

    def _offsets(self, metals: Words) -> Floats:
        table = np.array([self.frequencies[str(metal)] for metal in METALS])
        return np.asarray(np.log(table)[_index(metals)])

    def to_dict(self) -> dict[str, Any]:
        """Return the numbers, ready for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(
        cls, stored: Mapping[str, Any], features: Sequence[str], directions: Sequence[float]
    ) -> Self:
        """Read what `to_dict` wrote.

        Raises
        ------
        ValueError
            If it was fitted on other features, classes or metals.
        """
        columns, classes = len(features), len(directions)
        if list(stored["features"]) != list(features):
            raise ValueError("a part of the SEI model is of other features")
        if [float(each) for each in stored["directions"]] != list(directions):
            raise ValueError("a part of the SEI model is of other classes")
        scale, weights = (_numbers(stored[name], columns) for name in ("scale", "weights"))
        frequencies = _by_metal(stored["frequencies"], classes)
        if not all(0 < f <= 1 for row in frequencies.values() for f in row) or min(scale) <= 0:
            raise ValueError("a part of the SEI model holds no frequencies")
        means = _by_metal(stored["means"], columns)
        return cls(tuple(features), tuple(directions), frequencies, means, scale, weights)


def _softmax(logits: Floats) -> Floats:
    raised = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))


def _index(metals: Words) -> Integers:
    order = np.argsort(METALS)
    return np.asarray(order[np.searchsorted(np.array(METALS)[order], metals)])


def _numbers(stored: Any, count: int) -> list[float]:
    values = [float(value) for value in stored]
    if len(values) != count or not np.isfinite(values).all():
        raise ValueError(f"a part of the SEI model holds other than {count} numbers")
    return values


def _by_metal(stored: Mapping[str, Any], count: int) -> dict[str, list[float]]:
    if set(stored) != set(METALS):
        raise ValueError("a part of the SEI model is of other metals")
    return {str(metal): _numbers(row, count) for metal, row in stored.items()}
