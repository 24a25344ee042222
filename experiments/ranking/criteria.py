"""Criteria that rank by the Coulombic efficiency: what is predicted, or what is known nearby."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Self

import numpy as np
import pandas as pd
from anolyte.datasets.measurements.lce import (
    CE_CEILING,
    NOISE_BETWEEN_SOURCES,
    log_coulombic_efficiency,
)
from anolyte.features.arrays import Floats
from anolyte.features.mixtures import Mixtures
from anolyte.models.efficiency.intervals import COVERAGES
from anolyte.models.efficiency.model import CoulombicEfficiencyModel
from anolyte.models.prediction import Column, Prediction
from scipy.stats import norm

from .diversity import similarity

TARGET = 99.5
# Worth of the SEI beside precedents, in LCE: it decides between candidates that the noise of
# the reports does not tell apart.
SEI_WORTH = NOISE_BETWEEN_SOURCES
# See `Criterion.unit`.
ERRORS = 3.0


class Criterion:
    """How good a candidate is; more is better.

    Attributes
    ----------
    name
        What the command line calls it.
    by_pool
        Whether the best are only told from one another when all are known, see `settle`.
    """

    name: ClassVar[str] = ""
    by_pool: ClassVar[bool] = False

    def fitting(self, model: CoulombicEfficiencyModel, coverage: float) -> Criterion:
        """Return the criterion for a model and the coverage of its intervals.

        A model that is `prior only` predicts the same for every candidate, so that its
        predictions rank nothing: `Precedent` takes their place.
        """
        return Precedent(instead=True) if model.is_prior else self

    def scores(self, predicted: Prediction, model: CoulombicEfficiencyModel) -> Floats:
        """Return the scores (n,) of candidates, each whatever the others are.

        Parameters
        ----------
        predicted
            What the model says of the candidates, see `CoulombicEfficiencyModel.assess`.
        model
            The model.
        """
        raise NotImplementedError

    def settle(self, pool: pd.DataFrame, predicted: Prediction) -> pd.DataFrame:
        """Return the pool with final scores, and with columns of its own."""
        return pool

    def unit(self, model: CoulombicEfficiencyModel) -> float:
        """Return the difference in scores that diversity weighs as 1, see `diversity.diverse`.

        For criteria in LCE three times the error of the model on unseen sources: at the default
        diversity a near copy then has to be better by about half that error.
        """
        return ERRORS * model.held_out_error

    @property
    def caveat(self) -> str:
        """What the reader of the list has to know; else nothing."""
        return ""

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class _Predicted(Criterion):
    """A criterion that is a column of the predictions."""

    column: ClassVar[str] = ""

    def scores(self, predicted: Prediction, model: CoulombicEfficiencyModel) -> Floats:
        """Return the column (n,)."""
        return predicted.bounds[self.column].to_numpy()


@dataclass(frozen=True)
class LowerBound(_Predicted):
    """Lower bound of the interval, in LCE: what the electrolyte will probably reach.

    Examples
    --------
    >>> from anolyte.datasets import shipped_compounds
    >>> from anolyte.experiments import CandidateSpace, LowerBound, screen
    >>> from anolyte.models import load_model
    >>> known = shipped_compounds()
    >>> salts, solvents = [known["ZnSO4"], known["Zn(OTf)2"]], [known["H2O"], known["DME"]]
    >>> space = CandidateSpace.of("Zn", salts, solvents)

    >>> ranked = screen(space, load_model("anolyte-models/Zn"), top=3, criterion=LowerBound())
    >>> ranked.criterion, len(ranked)
    ('lower-bound', 3)
    """

    name: ClassVar[str] = "lower-bound"
    column: ClassVar[str] = Column.LCE_LOW

    def scores(self, predicted: Prediction, model: CoulombicEfficiencyModel) -> Floats:
        """Return the bound (n,), told apart where tables say that it is 0."""
        return predicted.lce - predicted.half_width(predicted.coverage)


@dataclass(frozen=True)
class Expected(_Predicted):
    """Expected LCE, however uncertain.

    Examples
    --------
    >>> from anolyte.datasets import shipped_compounds
    >>> from anolyte.experiments import CandidateSpace, Expected, screen
    >>> from anolyte.models import load_model
    >>> known = shipped_compounds()
    >>> salts, solvents = [known["ZnSO4"], known["Zn(OTf)2"]], [known["H2O"], known["DME"]]
    >>> space = CandidateSpace.of("Zn", salts, solvents)

    >>> model = load_model("anolyte-models/Zn")
    >>> ranked = screen(space, model, top=5, criterion=Expected(), diversity=0)
    >>> bool(ranked.to_frame()["lce"].is_monotonic_decreasing)
    True
    """

    name: ClassVar[str] = "expected"
    column: ClassVar[str] = Column.LCE


@dataclass(frozen=True)
class Probability(Criterion):
    """Probability that the CE exceeds a target, from the calibrated intervals.

    The half-widths h_q of the intervals of coverage q are quantiles of the distribution of the
    LCE t around the prediction m: it exceeds m + h_q with the probability (1 - q)/2. Between
    them, and through 0 at m, the quantile of the standard normal z is interpolated linearly in
    (t - m); beyond the widest it goes on with the last slope. So

        P(LCE > t) = 1 - Phi(z(t - m)),  z(h_q) = Phi^-1((1 + q)/2),  z(-x) = -z(x).

    It is calibrated where the intervals are, and an assumption of symmetry between.

    Attributes
    ----------
    target
        In %, above 0 and below 99.95, where efficiencies are censored.
    steps
        The half-widths as multiples of that of the coverage in use, and their z; set by
        `fitting`.

    Raises
    ------
    ValueError
        If the target is out of range.

    Examples
    --------
    >>> from anolyte.datasets import shipped_compounds
    >>> from anolyte.experiments import CandidateSpace, Probability, screen
    >>> from anolyte.models import load_model
    >>> known = shipped_compounds()
    >>> salts, solvents = [known["ZnSO4"], known["Zn(OTf)2"]], [known["H2O"], known["DME"]]
    >>> space = CandidateSpace.of("Zn", salts, solvents)

    >>> ranked = screen(space, load_model("anolyte-models/Zn"), top=5, criterion=Probability(99.5))
    >>> bool(ranked.to_frame()["probability"].between(0, 1).all())
    True
    """

    name: ClassVar[str] = "probability"
    target: float = TARGET
    steps: tuple[tuple[float, float], ...] = ()

    def __post_init__(self) -> None:
        if not 0 < self.target < CE_CEILING:
            raise ValueError(
                f"a target of {self.target:g} %: use one above 0 and below {CE_CEILING:g}, "
                "where efficiencies are censored"
            )

    def fitting(self, model: CoulombicEfficiencyModel, coverage: float) -> Criterion:
        """Return the criterion with the quantiles of the model's intervals."""
        fitted = super().fitting(model, coverage)
        if fitted is not self:
            return fitted
        widths = {each: float(model.half_width(each)[0]) for each in COVERAGES}
        return self.calibrated(widths, coverage)

    def calibrated(self, widths: Mapping[float, float], coverage: float) -> Self:
        """Return the criterion with half-widths by coverage, as multiples of that of one."""
        steps = [(0.0, 0.0)]
        for each, width in sorted(widths.items()):
            # Few rows may give two coverages the same width; a distribution needs an order.
            ratio = max(width / widths[coverage], steps[-1][0] + 1e-6)
            steps.append((float(ratio), float(norm.ppf((1 + each) / 2))))
        return replace(self, steps=tuple(steps))

    def scores(self, predicted: Prediction, model: CoulombicEfficiencyModel) -> Floats:
        """Return the probability (n,) that the target is exceeded."""
        half = np.maximum(predicted.half_width(predicted.coverage), 1e-9)
        return self.exceeding((log_coulombic_efficiency(self.target) - predicted.lce) / half)

    def unit(self, model: CoulombicEfficiencyModel) -> float:
        """Return 1: probabilities have their own scale."""
        return 1.0

    def exceeding(self, distance: Floats) -> Floats:
        """Return the probability (n,) of more than so many half-widths above the prediction."""
        if not self.steps:
            raise ValueError("the criterion was not fitted to a model")
        at, z = np.array(self.steps).T
        far = np.abs(distance)
        beyond = z[-1] + (far - at[-1]) * (z[-1] - z[-2]) / (at[-1] - at[-2])
        quantile = np.where(far > at[-1], beyond, np.interp(far, at, z))
        return np.asarray(norm.sf(np.sign(distance) * quantile))

    def settle(self, pool: pd.DataFrame, predicted: Prediction) -> pd.DataFrame:
        """Return the pool with the probability as a column."""
        return pool.assign(probability=pool["score"])

    def __str__(self) -> str:
        return f"{self.name} of more than {self.target:g} %"


@dataclass(frozen=True)
class Precedent(Criterion):
    """Nearness to measured electrolytes of high CE, then a desirable SEI.

    For metals whose model is `prior only`. The precedent of a candidate is the mean LCE of the
    measured electrolytes, each with the weight s exp(-(d/w)^2): s the similarity of the
    compositions (`diversity.similarity`), d the distance in the space of the descriptors, w the
    median distance between electrolytes of different sources. The lower quartile of the metal
    counts as one more of weight 1: what resembles nothing scores that. To it comes `SEI_WORTH`
    times the desirability of the SEI. It is an order of what to look at first, no prediction.

    Attributes
    ----------
    instead
        Whether it takes the place of predictions that rank nothing.

    Examples
    --------
    >>> from anolyte.datasets import shipped_compounds
    >>> from anolyte.experiments import CandidateSpace, Precedent, screen
    >>> from anolyte.models import load_model
    >>> known = shipped_compounds()
    >>> salts, solvents = [known["ZnSO4"], known["Zn(OTf)2"]], [known["H2O"], known["DME"]]
    >>> space = CandidateSpace.of("Zn", salts, solvents)

    >>> ranked = screen(space, load_model("anolyte-models/Zn"), top=5, criterion=Precedent())
    >>> ranked.caveat
    'The order is nearness to measured electrolytes of high CE, ...'
    """

    name: ClassVar[str] = "precedent"
    by_pool: ClassVar[bool] = True

    instead: bool = False

    def scores(self, predicted: Prediction, model: CoulombicEfficiencyModel) -> Floats:
        """Return the precedent (n,) in LCE."""
        domain = model.domain_
        distances = domain.distances_to(model.without_metal(predicted.descriptors))
        width = max(float(np.median(domain.distances)), 1e-9)
        weights = np.exp(-((distances / width) ** 2))
        weights *= _shared(predicted.mixtures, domain.measured["electrolyte"].tolist(), model.metal)
        known = log_coulombic_efficiency(domain.measured["ce_pct"])
        return np.asarray((weights @ known + np.quantile(known, 0.25)) / (weights.sum(axis=1) + 1))

    def settle(self, pool: pd.DataFrame, predicted: Prediction) -> pd.DataFrame:
        """Return the pool with the worth of the SEI added."""
        score = pool["score"] + SEI_WORTH * predicted.sei_desirability
        return pool.assign(precedent_lce=pool["score"], score=score)

    def unit(self, model: CoulombicEfficiencyModel) -> float:
        """Return half the standard deviation of the measured LCE."""
        known = log_coulombic_efficiency(model.domain_.measured["ce_pct"])
        return max(float(np.std(known)) / 2, 0.1)

    @property
    def caveat(self) -> str:
        """That this is no order of predictions."""
        order = "nearness to measured electrolytes of high CE, then the predicted SEI"
        if not self.instead:
            return f"The order is {order}, not the predicted CE."
        return (
            "No model beats the metal's mean CE on unseen sources, so every candidate has the "
            f"same CE and interval. The order is {order}: what to look at first, no prediction."
        )


def _shared(mixtures: Mixtures, electrolytes: list[str], metal: str) -> Floats:
    """Return the similarity (n, m) of mixtures to electrolytes."""
    others = Mixtures.from_electrolytes(electrolytes, metal)
    every = {c: at for at, c in enumerate(dict.fromkeys(mixtures.compounds + others.compounds))}
    moles = np.zeros((len(mixtures), len(every)))
    moles[:, [every[c] for c in mixtures.compounds]] = mixtures.mole_fractions
    known = np.zeros((len(others), len(every)))
    known[:, [every[c] for c in others.compounds]] = others.mole_fractions
    return np.column_stack([similarity(moles, row) for row in known])
