"""CoulombicEfficiencyModel: CE of electrolytes on one metal, with a calibrated interval.

Which members make the prediction (the metal's own rows, all metals pooled, or other metals
corrected; which families) is chosen on held-out sources; conformal calibration on the same
turns the spread of the members into intervals. Where nothing beats the metal's mean, or its
sources are too few to tell, the mean and its spread are the prediction: `prior only`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from typing import Any, Self

import numpy as np
import pandas as pd
from anolyte.datasets.compounds.metals import as_metal
from anolyte.datasets.measurements.lce import coulombic_efficiency, log_coulombic_efficiency
from anolyte.datasets.measurements.splits import fold_of_row, middle_year, split
from anolyte.features import DEFAULT_BLOCKS
from anolyte.features.arrays import Floats, Integers
from anolyte.features.mixtures import Mixtures, as_mixtures
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.metrics import r2_score
from sklearn.utils import Tags
from sklearn.utils.validation import check_is_fitted

from ..prediction import Efficiencies, Prediction, texts_of
from ..sei.model import SEIModel
from ..sei.rules import BLOCKED
from ..threads import one_thread
from .conditions import learned_conditions
from .crossfit import LATER, HeldOut, Left, Progress, assemble, cross_fit
from .domain import Domain
from .evidence import Steps, largest_values, metal_evidence
from .fitted import FittedModel
from .inputs import as_measurements
from .intervals import COVERAGES
from .laboratory import Laboratory
from .members import SCOPES, Ensemble, Member, Rows, fit_members
from .recipes import MARGIN, PRIOR, Choice, all_members, choose, few_sources, recipes
from .weights import fitting_weights

FOLDS = 8
# The metal whose many large sources teach how little laboratories differ.
TAUGHT = "Li"
# See `too_few`.
MIN_SOURCES = 8
MIN_ROWS = 12


def too_few(measurements: pd.DataFrame) -> bool:
    """Whether there are too few rows or sources to learn from some and check on others."""
    return len(measurements) < MIN_ROWS or measurements["source"].nunique() < MIN_SOURCES


class CoulombicEfficiencyModel(FittedModel, RegressorMixin, BaseEstimator):  # type: ignore[misc]
    """Predict the plating/stripping Coulombic efficiency of electrolytes.

    A scikit-learn regressor of formulations: X is a sequence of texts or `Electrolyte`, or a
    table with the column electrolyte; y is the CE in %, and `predict` returns the same.
    Within, it learns and judges on the logarithmic scale, LCE.

    Parameters
    ----------
    metal
        Symbol of the metal.
    blocks
        Descriptor blocks, see `anolyte.features.BLOCKS`.
    scopes
        Which rows members may be fitted to, see `members.SCOPES`; without other metals'
        measurements only `own` remains.
    singles
        Whether single families are candidates too, and not the blends of several alone; they
        take a quarter of the time, and are seldom chosen.
    folds
        Number of folds of the choice and the calibration.
    seed
        Of every random choice.

    Attributes
    ----------
    choice_
        The chosen recipe, its slope, intervals and the scores of all recipes.
    ensemble_
        The fitted members.
    domain_
        The measured electrolytes as points, see `domain.Domain`.
    evidence_
        Evidence level of the metal, one of `evidence.LEVELS`.
    steps_
        From which domain score on a prediction is called what, see `evidence.Steps`.
    calibration_
        Held-out observation, prediction and spread of each training row.
    sources_
        The number of sources.
    sei_
        The SEI model that was given; see `sei`.
    conditions_
        What given conditions change, see `conditions.Conditions`; only `assess` knows them.
    laboratory_
        For which laboratory it predicts; None for any, see `at_laboratory`.

    Examples
    --------
    >>> from anolyte.models import CoulombicEfficiencyModel
    >>> model = CoulombicEfficiencyModel("K")
    >>> model.fit(
    ...     ["1 M KFSI in DME", "1 M KPF6 in DME", "0.8 M KPF6 in EC/DEC (1:1 v/v)"],
    ...     [99.0, 97.0, 94.0],
    ...     groups=["first paper", "first paper", "second paper"],
    ... )
    CoulombicEfficiencyModel(metal='K')
    >>> model.is_prior  # two sources are too few to learn from
    True

    Against unseen sources, of a table of measurements::

        cross_val_score(model, rows, rows["ce_pct"], groups=rows["source"], cv=GroupKFold(8))
    """

    def __init__(
        self,
        metal: str = "Li",
        blocks: Sequence[str] = DEFAULT_BLOCKS,
        scopes: Sequence[str] = SCOPES,
        folds: int = FOLDS,
        seed: int = 0,
        *,
        singles: bool = True,
    ) -> None:
        self.metal = metal
        self.blocks = blocks
        self.scopes = scopes
        self.singles = singles
        self.folds = folds
        self.seed = seed

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.input_tags.one_d_array = True
        tags.input_tags.string = True
        # A table of measurements holds it.
        tags.target_tags.required = False
        return tags

    def recipes(self, pooled: bool) -> dict[str, tuple[Member, ...]]:
        """Return what to choose from, with or without other metals' measurements."""
        scopes = [scope for scope in self.scopes if pooled or scope == "own"]
        return recipes(scopes, self.singles)

    def fold_of_row(self, measurements: pd.DataFrame) -> Integers:
        """Return the fold (n,) of each measurement; a source is in one fold."""
        return fold_of_row(split(measurements, folds=self.folds, seed=self.seed))

    def rows(self, measurements: pd.DataFrame, others: pd.DataFrame | None = None) -> Rows:
        """Return measurements of the metal, and perhaps of others, as arrays."""
        own = measurements.assign(metal=self.metal)
        table = own if others is None else pd.concat([own, others], ignore_index=True)
        # Not scaled over rows of which a fold may be held out: each fit scales its own.
        weights = fitting_weights(own)
        if others is not None and len(others):
            weights = np.concatenate([weights, fitting_weights(others)])
        return Rows(
            self.descriptors(table),
            log_coulombic_efficiency(table["ce_pct"]),
            weights,
            table["source"].to_numpy(dtype=object),
            table["metal"].to_numpy(dtype=str),
            pd.to_numeric(table.get("year", pd.Series(np.nan, table.index))).to_numpy(float),
            self.metal,
            self.layout,
        )

    def fit(
        self,
        X: Any,
        y: Any = None,
        groups: Any = None,
        *,
        others: pd.DataFrame | None = None,
        held_out: Mapping[Left, HeldOut] | None = None,
        skill: float | None = None,
        sei: SEIModel | None = None,
        progress: Progress | None = None,
    ) -> Self:
        """Choose a recipe, calibrate its intervals, fit it to everything.

        Parameters
        ----------
        X
            A table of measurements of the metal: the column electrolyte, and ce_pct and source
            where `y` and `groups` are not given; ce_qualifier and confidence are used if there.
            Or a sequence of n formulations.
        y
            CE (n,) in %, 0 or more; censored at 99.95.
        groups
            Source (n,) of each: the laboratory or publication. Sources are held out whole to
            choose and calibrate; without them every electrolyte counts as one.
        others
            Rows of other metals, with the column metal too.
        held_out
            Held-out predictions without each of this model's folds, where they are known.
        skill
            Error relative to the metal's mean that a nested validation found; where it is
            no better than 1, the mean is what this model predicts.
        sei
            A fitted SEI model to go with this one, into its folder when it is saved.
        progress
            Told what is done.

        Raises
        ------
        ValueError
            If a parameter is unknown, or X, y and groups are no measurements of the metal, see
            `inputs.as_measurements`.
        """
        self._check_parameters()
        measurements = as_measurements(X, y, groups, self.metal)
        rows = self.rows(measurements, others)
        self.sei_ = sei
        self.sources_ = int(measurements["source"].nunique())
        features = self.without_metal(rows.features[rows.own])
        largest = largest_values(self.feature_names, features)
        self.domain_ = Domain.fit(features, measurements, largest)
        if too_few(measurements):
            self._fit_prior(rows)
        else:
            self._fit_recipe(rows, measurements, held_out, skill, progress)
        known = self.choice_.skill if skill is None else skill
        self.evidence_ = metal_evidence(self.recipe, self.sources_, known)
        errors = self.calibration_["observed"] - self.calibration_["predicted"]
        deviation = float(self.calibration_["observed"].std(ddof=0))
        scores = self.domain_.held_out_score(features)
        self.steps_ = Steps.fit(scores, errors.to_numpy(), deviation)
        return self

    def _fit_recipe(
        self,
        rows: Rows,
        measurements: pd.DataFrame,
        held_out: Mapping[Left, HeldOut] | None,
        skill: float | None,
        progress: Progress | None,
    ) -> None:
        """Choose a recipe on held-out predictions, and fit it."""
        among, cut = self.recipes(not rows.own.all()), middle_year(measurements)
        if held_out is None:
            fold, members = self.fold_of_row(measurements), all_members(among)
            held_out = cross_fit(rows, fold, members, self.seed, progress=progress, cut=cut)
        later = held_out.get(frozenset((LATER,)))
        parts = [part for left, part in held_out.items() if len(left) == 1 and LATER not in left]
        joined = assemble(parts, [part.rows for part in parts])
        if skill is not None and skill > 1 - MARGIN:
            among = {}
        choice = choose(measurements, joined, among, later)
        if choice.recipe == PRIOR:
            mean = np.average(rows.target[rows.own], weights=rows.weights[rows.own])
            self.ensemble_ = Ensemble(float(mean), self.layout)
        else:
            self.ensemble_ = fit_members(rows, among[choice.recipe], self.seed)
        self.conditions_ = learned_conditions(measurements, choice, joined, later, cut, self.seed)
        predicted = choice.combine(joined.means, joined.predictions)
        self._keep(rows, choice, predicted, choice.spread(joined.spread))

    def _fit_prior(self, rows: Rows) -> None:
        """Keep the mean and a spread that allows for how few sources there are."""
        mean, choice = few_sources(rows)
        self.ensemble_ = Ensemble(mean, self.layout)
        ones = np.ones(int(rows.own.sum()))
        self._keep(rows, choice, mean * ones, ones)

    def _keep(self, rows: Rows, choice: Choice, predicted: Floats, spread: Floats) -> None:
        self.choice_ = choice
        observed = {"observed": rows.target[rows.own]}
        self.calibration_ = pd.DataFrame(observed | {"predicted": predicted, "spread": spread})

    def _check_parameters(self) -> None:
        as_metal(self.metal)
        unknown = [scope for scope in self.scopes if scope not in SCOPES]
        if unknown or not len(self.scopes):
            raise ValueError(f"unknown scopes {unknown}; choose from {', '.join(SCOPES)}")
        if self.folds < 2:
            raise ValueError(f"{self.folds} folds: the choice and the calibration need at least 2")

    def predict_lce(self, X: Any) -> tuple[Floats, Floats]:
        """Return the predicted LCE (n,) and its spread (n,) of electrolytes.

        `X` may be whatever `anolyte.features.mixtures.as_mixtures` takes.
        """
        check_is_fitted(self)
        mixtures = as_mixtures(X, self.metal)
        return self._answer(self.descriptors(mixtures), mixtures)

    def _answer(self, features: Floats, mixtures: Mixtures) -> tuple[Floats, Floats]:
        """Return LCE and spread (n,), in the laboratory if there is one."""
        if self.laboratory_ is None:
            return self.predict_descriptors(features)
        return self.laboratory_.predict(self.without_metal(features), mixtures)

    def at_laboratory(self, name: str) -> Self:
        """Return the model as it predicts for one laboratory.

        Of lithium, laboratories differ little: its rows are in the fit, and the predictions stay
        what they are. Of other metals, level and order are those of `laboratory.Laboratory`: of a
        laboratory with rows among the measurements, its own; of a new one, the metal's with an
        interval that holds the difference between laboratories.

        Parameters
        ----------
        name
            The column laboratory of its rows, or their source where they name none.

        Examples
        --------
        >>> from anolyte.datasets import efficiencies, load_measurements
        >>> from anolyte.models import CoulombicEfficiencyModel
        >>> model = CoulombicEfficiencyModel("K").fit(efficiencies(load_measurements("K")))
        >>> electrolyte = ["1 M KFSI in DME"]
        >>> known = model.at_laboratory("potassium ether screening").assess(electrolyte)
        >>> new = model.at_laboratory("our own").assess(electrolyte)
        >>> bool(known.half_width(0.9)[0] < new.half_width(0.9)[0])
        True
        """
        check_is_fitted(self)
        model = copy(self)
        if self.metal != TAUGHT:
            measured = self.domain_.measured
            mixtures = as_mixtures(measured["electrolyte"], self.metal)
            features = self.without_metal(self.descriptors(mixtures))
            model.laboratory_ = Laboratory.fit(name, features, measured, mixtures, self.seed)
        return model

    def laboratory_rows(self, name: str) -> int:
        """Return how many of the measurements are of a laboratory."""
        check_is_fitted(self)
        return int((self.domain_.measured["laboratory"] == name).sum())

    def predict_descriptors(self, features: Floats) -> tuple[Floats, Floats]:
        """Return LCE and spread (n,) of ready descriptors (n, d), see `descriptors`."""
        if self.recipe == PRIOR:
            return np.full(len(features), self.mean_lce), np.ones(len(features))
        choice = self.choice_
        members = recipes()[choice.recipe]
        with one_thread():
            predictions, spread = self.ensemble_.predict(features, members)
        return choice.combine(self.ensemble_.mean, predictions), spread

    def predict(self, X: Any) -> Floats:
        """Return the predicted CE (n,) in %."""
        return coulombic_efficiency(self.predict_lce(X)[0])

    def score(self, X: Any, y: Any = None, sample_weight: Any = None) -> float:
        """Return R2 of the predictions in LCE, where CE near 100 % are told apart.

        Parameters
        ----------
        X, y
            As in `fit`; CE in %.
        sample_weight
            Of each row (n,); 1 by default.
        """
        check_is_fitted(self)
        observed = X["ce_pct"] if y is None else y
        lce = log_coulombic_efficiency(observed)
        return float(r2_score(lce, self.predict_lce(X)[0], sample_weight=sample_weight))

    def predict_interval(self, X: Any, coverage: float = 0.9) -> pd.DataFrame:
        """Return CE in % and LCE with their interval, see `Prediction.interval`.

        Parameters
        ----------
        X
            Electrolytes.
        coverage
            One of `intervals.COVERAGES`: the share of electrolytes from unseen sources
            that the interval is calibrated to contain.
        """
        return self.assess(X, coverage).bounds

    def assess(self, X: Any, coverage: float = 0.9, celsius: float = 25.0) -> Prediction:
        """Return the predictions of electrolytes with all that stands behind them.

        They agree with the SEI: on Mg, Ca and Al no CE above 80 % is told where the film is
        likelier to passivate, see `sei.function.capped`. What `predict_lce` says, and what is
        judged, is the CE alone.

        Parameters
        ----------
        X
            Whatever `as_mixtures` takes; a table may tell conditions, see `conditions.GIVEN`.
        coverage, celsius
            Of the interval in the tables, one of `intervals.COVERAGES`; of further properties.
        """
        check_is_fitted(self)
        mixtures = as_mixtures(X, self.metal)
        features = self.descriptors(mixtures)
        lce, spread = self._answer(features, mixtures)
        lce = lce + self.conditioned(mixtures)[0]
        if self.metal in BLOCKED:
            lce = self.sei.cap(mixtures, Efficiencies(lce, self.mean_lce))
        return Prediction(mixtures, features, lce, spread, self, coverage, texts_of(X), celsius)


__all__ = ["COVERAGES", "CoulombicEfficiencyModel"]
