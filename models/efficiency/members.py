"""Members: one model family fitted to one choice of rows, the parts that recipes combine.

Three scopes. `own` is fitted to the rows of the metal alone. `pooled` is fitted to all
metals, each centred on its mean, with the metal's properties among the descriptors.
`corrected` learns what a transfer model, fitted to the other metals alone, gets wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np
from anolyte.features.arrays import Flags, Floats, Objects, Words

from .families import Estimator, fit_family
from .fast import FastProcess, Predictor, fast

SCOPES = ("own", "corrected", "pooled")
# Rows of other metals say less about this one.
OTHER_METAL = 0.3
TRANSFER = ("support_vector", "extra_trees")
TREES = ("extra_trees", "xgboost")
# Whose disagreement and whose own deviation make the spread of a prediction.
SPREAD = ("support_vector", "extra_trees", "gaussian_process")


class Member(NamedTuple):
    """A scope and a family."""

    scope: str
    family: str

    def __str__(self) -> str:
        return f"{self.scope}-{self.family}"


class Layout(NamedTuple):
    """Which of the last descriptors not every member sees.

    Attributes
    ----------
    fragments
        Bits of fingerprints, which say nothing to a reader: trees, whose members explain a
        prediction, do without them and lose nothing.
    metal
        The metal's own, the last: constant for one metal.
    """

    fragments: int
    metal: int

    def seen(self, features: Floats, member: Member) -> Floats:
        """Return those of descriptors (n, d) that a member is fitted to."""
        last = features.shape[1] - self.metal
        own = features[:, : last - (self.fragments if member.family in TREES else 0)]
        if member.scope != "pooled":
            return own
        return np.hstack([own, features[:, last:]])


@dataclass(frozen=True)
class Rows:
    """Measurements as arrays: the working metal's and perhaps other metals'.

    Attributes
    ----------
    features
        Descriptors (n, d), the last of them as in `layout`.
    target, weights
        LCE (n,) and how much each row counts (n,).
    sources, metals
        Labels (n,).
    years
        Of publication (n,), NaN where not known.
    metal
        The working metal.
    layout
        Which of the last descriptors are what.
    """

    features: Floats
    target: Floats
    weights: Floats
    sources: Objects
    metals: Words
    years: Floats
    metal: str
    layout: Layout

    @property
    def own(self) -> Flags:
        """Mask (n,) of the working metal's rows."""
        return np.asarray(self.metals == self.metal)

    def take(self, rows: Flags) -> Rows:
        """Return some of the rows."""
        return replace(
            self,
            features=self.features[rows],
            target=self.target[rows],
            weights=self.weights[rows],
            sources=self.sources[rows],
            metals=self.metals[rows],
            years=self.years[rows],
        )

    def normalised(self) -> Rows:
        """Return the rows with weights of mean 1, over the metal's own and over the others."""
        weights = self.weights.copy()
        for mask in (self.own, ~self.own):
            if mask.any():
                weights[mask] /= weights[mask].mean()
        return replace(self, weights=weights)


@dataclass
class Ensemble:
    """Fitted members of one metal.

    Attributes
    ----------
    mean
        Weighted mean LCE of the metal's rows.
    share
        How much of the transfer model's deviations this metal shows, from 0 to 1.
    transfer_mean
        Weighted mean of the transfer model over the metal's rows.
    transfer, estimators
        Fitted estimators of the transfer model by family, and of the members.
    """

    mean: float
    layout: Layout
    share: float = 0.0
    transfer_mean: float = 0.0
    transfer: dict[str, Estimator] = field(default_factory=dict)
    estimators: dict[Member, Estimator] = field(default_factory=dict)
    _fast: dict[int, tuple[Estimator, Predictor]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def __getstate__(self) -> dict[str, object]:
        return self.__dict__ | {"_fast": {}}

    def predictor(self, estimator: Estimator) -> Predictor:
        """Return the fast equal of one of the estimators, made once."""
        # The estimator is kept beside it, so that no other gets the same id.
        if id(estimator) not in self._fast:
            self._fast[id(estimator)] = (estimator, fast(estimator))
        return self._fast[id(estimator)][1]

    def predict(
        self, features: Floats, members: Sequence[Member]
    ) -> tuple[dict[Member, Floats], Floats]:
        """Return the LCE (n,) of each of some members, and the spread (n,).

        The spread is the root of the Gaussian process's variance and the variance among the
        families of `SPREAD`, all fitted to the metal's own rows.
        """
        needed = dict.fromkeys((*members, *(Member("own", family) for family in SPREAD)))
        base = self._base(features) if any(m.scope == "corrected" for m in needed) else 0.0
        predictions: dict[Member, Floats] = {}
        variance = np.zeros(len(features))
        for member in needed:
            seen = self.layout.seen(features, member)
            offset = {"own": 0.0, "pooled": self.mean, "corrected": base}[member.scope]
            if member == ("own", "gaussian_process"):
                values, variance = self._process(seen)
            else:
                values = self.predictor(self.estimators[member]).predict(seen)
            predictions[member] = np.asarray(values, dtype=float) + offset
        families = [predictions[Member("own", family)] for family in SPREAD]
        spread = np.sqrt(variance + np.var(families, axis=0))
        return {member: predictions[member] for member in members}, spread

    def _process(self, features: Floats) -> tuple[Floats, Floats]:
        """Return mean and variance (n,) of the Gaussian process of the metal's own rows."""
        estimator = self.estimators[Member("own", "gaussian_process")]
        process = self.predictor(estimator)
        if isinstance(process, FastProcess):
            return process.predict_variance(features)
        values, deviation = estimator.predict(features, return_std=True)
        return np.asarray(values), np.square(deviation)

    def _base(self, features: Floats) -> Floats:
        return self.mean + self.share * (self.transferred(features) - self.transfer_mean)

    def transferred(self, features: Floats) -> Floats:
        """Return the transfer model's deviation (n,) from the mean of a metal."""
        each = [
            self.predictor(estimator).predict(self.layout.seen(features, Member("pooled", family)))
            for family, estimator in self.transfer.items()
        ]
        return np.asarray(np.mean(each, axis=0))


def centred(rows: Rows) -> Floats:
    """Return the LCE (n,) of rows less the weighted mean of their metal."""
    target = rows.target.copy()
    for metal in np.unique(rows.metals):
        mask = rows.metals == metal
        target[mask] -= np.average(rows.target[mask], weights=rows.weights[mask])
    return target


def fit_members(rows: Rows, members: Sequence[Member], seed: int = 0) -> Ensemble:
    """Fit members, those that the spread needs included.

    Parameters
    ----------
    rows
        Rows of the metal, and of other metals if a member is pooled or corrected.
    members
        What to fit.
    seed
        Of every random choice.
    """
    # A mean of 1 over the rows at hand: what was left out has no say in it.
    rows = rows.normalised()
    own = rows.take(rows.own)
    ensemble = Ensemble(float(np.average(own.target, weights=own.weights)), rows.layout)
    needed = dict.fromkeys((*members, *(Member("own", family) for family in SPREAD)))
    if any(member.scope == "corrected" for member in needed):
        _fit_transfer(ensemble, rows, seed)
    for member in needed:
        if member.scope == "pooled":
            weights = rows.weights * np.where(rows.own, 1.0, OTHER_METAL)
            weights /= weights.mean()
            seen, target = rows.layout.seen(rows.features, member), centred(rows)
        else:
            base = ensemble._base(own.features) if member.scope == "corrected" else 0.0
            weights = own.weights
            seen, target = rows.layout.seen(own.features, member), own.target - base
        ensemble.estimators[member] = fit_family(member.family, seen, target, weights, seed)
    return ensemble


def fit_transfer(others: Rows, seed: int = 0) -> dict[str, Estimator]:
    """Return the transfer model's estimators by family, fitted to rows of other metals."""
    target = centred(others)
    return {
        family: fit_family(
            family,
            others.layout.seen(others.features, Member("pooled", family)),
            target,
            others.weights,
            seed,
        )
        for family in TRANSFER
    }


def _fit_transfer(ensemble: Ensemble, rows: Rows, seed: int) -> None:
    """Fit the transfer model to the other metals, and how far this metal follows it."""
    own = rows.take(rows.own)
    ensemble.transfer = fit_transfer(rows.take(~rows.own), seed)
    deviation = ensemble.transferred(own.features)
    ensemble.transfer_mean = float(np.average(deviation, weights=own.weights))
    deviation = deviation - ensemble.transfer_mean
    slope = np.sum(own.weights * deviation * (own.target - ensemble.mean)) / max(
        float(np.sum(own.weights * deviation**2)), 1e-12
    )
    ensemble.share = float(np.clip(slope, 0.0, 1.0))
