"""CoulombicEfficiencyModel: CE of electrolytes on one metal, with a calibrated interval.

Which members make the prediction (the metal's own rows, all metals pooled, or other metals
corrected; which families) is chosen on held-out sources; conformal calibration on the same
turns the spread of the members into intervals. Where nothing beats the metal's mean, or its
sources are too few to tell, the mean and its spread are the prediction: `prior only`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
import pandas as pd
from anolyte.datasets.compounds.metals import as_metal
from anolyte.datasets.measurements.lce import coulombic_efficiency, log_coulombic_efficiency
from anolyte.datasets.measurements.splits import fold_of_row, split
from anolyte.features import DEFAULT_BLOCKS, ElectrolyteFeaturizer
from anolyte.features.arrays import Floats, Integers, Objects
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.metrics import r2_score
from sklearn.utils import Tags
from sklearn.utils.validation import check_is_fitted
from threadpoolctl import threadpool_limits

from .crossfit import HeldOut, Left, Progress, assemble, cross_fit
from .domain import OUTSIDE, Domain
from .evidence import metal_evidence, prediction_evidence
from .inputs import as_measurements
from .intervals import COVERAGES, ConformalScale
from .members import SCOPES, Ensemble, Member, Rows, fit_members
from .recipes import MARGIN, PRIOR, Choice, all_members, choose, recipes
from .weights import unscaled_weights

METAL_BLOCK = "metal"
FOLDS = 8
# See `too_few`.
MIN_SOURCES = 8
MIN_ROWS = 12
# Decimals of descriptors.
DIGITS = 9
# The spread of a metal with few sources is drawn towards that of the others, as if it had
# been seen on so many sources.
PRIOR_SOURCES = 3


def too_few(measurements: pd.DataFrame) -> bool:
    """Whether there are too few rows or sources to learn from some and check on others."""
    return len(measurements) < MIN_ROWS or measurements["source"].nunique() < MIN_SOURCES


class CoulombicEfficiencyModel(RegressorMixin, BaseEstimator):  # type: ignore[misc]
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
    calibration_
        Held-out observation, prediction and spread of each training row.
    sources_
        The number of sources.

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
    ) -> None:
        self.metal = metal
        self.blocks = blocks
        self.scopes = scopes
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

    @property
    def featurizer(self) -> ElectrolyteFeaturizer:
        """The transformer from electrolytes to this model's descriptors, the metal's last."""
        blocks = [block for block in self.blocks if block != METAL_BLOCK]
        return ElectrolyteFeaturizer((*blocks, METAL_BLOCK), self.metal)

    @property
    def feature_names(self) -> list[str]:
        """Names of the descriptors."""
        return [str(name) for name in self.featurizer.get_feature_names_out()]

    @property
    def metal_columns(self) -> int:
        """Number of the last descriptors that are the metal's own."""
        return len(ElectrolyteFeaturizer((METAL_BLOCK,)).get_feature_names_out())

    def descriptors(self, X: Any) -> Floats:
        """Return the descriptors (n, d) of electrolytes, the metal's last.

        Rounded, because models that work on ranks would tell apart what differs in the
        last bit alone.
        """
        return np.round(self.featurizer.transform(X), DIGITS)

    def recipes(self, pooled: bool) -> dict[str, tuple[Member, ...]]:
        """Return what to choose from, with or without other metals' measurements."""
        return recipes([scope for scope in self.scopes if pooled or scope == "own"])

    def fold_of_row(self, measurements: pd.DataFrame) -> Integers:
        """Return the fold (n,) of each measurement; a source is in one fold."""
        return fold_of_row(split(measurements, folds=self.folds, seed=self.seed))

    def rows(self, measurements: pd.DataFrame, others: pd.DataFrame | None = None) -> Rows:
        """Return measurements of the metal, and perhaps of others, as arrays."""
        own = measurements.assign(metal=self.metal)
        table = own if others is None else pd.concat([own, others], ignore_index=True)
        # Not scaled over rows of which a fold may be held out: each fit scales its own.
        weights = unscaled_weights(own)
        if others is not None and len(others):
            weights = np.concatenate([weights, unscaled_weights(others)])
        return Rows(
            self.descriptors(table),
            log_coulombic_efficiency(table["ce_pct"]),
            weights,
            table["source"].to_numpy(dtype=object),
            table["metal"].to_numpy(dtype=str),
            self.metal,
            self.metal_columns,
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
        self.sources_ = int(measurements["source"].nunique())
        self.domain_ = Domain.fit(self.without_metal(rows.features[rows.own]), measurements)
        if too_few(measurements):
            return self._fit_prior(rows)
        among = self.recipes(others is not None and len(others) > 0)
        members = all_members(among)
        if held_out is None:
            fold = self.fold_of_row(measurements)
            held_out = cross_fit(rows, fold, members, self.seed, progress=progress)
        parts = [part for left, part in held_out.items() if len(left) == 1]
        joined = assemble(parts, [part.rows for part in parts])
        if skill is not None and skill > 1 - MARGIN:
            among = {}
        self.choice_ = choose(measurements, joined.means, joined.predictions, joined.spread, among)
        if self.choice_.recipe == PRIOR:
            mean = np.average(rows.target[rows.own], weights=rows.weights[rows.own])
            self.ensemble_ = Ensemble(float(mean), self.metal_columns)
        else:
            self.ensemble_ = fit_members(rows, among[self.choice_.recipe], self.seed)
        self.calibration_ = pd.DataFrame(
            {
                "observed": rows.target[rows.own],
                "predicted": self.choice_.combine(joined.means, joined.predictions),
                "spread": self.choice_.spread(joined.spread),
            }
        )
        self._set_evidence(skill)
        return self

    def _check_parameters(self) -> None:
        as_metal(self.metal)
        unknown = [scope for scope in self.scopes if scope not in SCOPES]
        if unknown or not len(self.scopes):
            raise ValueError(f"unknown scopes {unknown}; choose from {', '.join(SCOPES)}")
        if self.folds < 2:
            raise ValueError(f"{self.folds} folds: the choice and the calibration need at least 2")

    def _fit_prior(self, rows: Rows) -> Self:
        """Keep the mean and a spread that allows for how few sources there are."""
        own = rows.take(rows.own)
        mean = float(np.average(own.target, weights=own.weights))
        by_source = pd.Series(own.target).groupby(own.sources).mean()
        count = len(by_source)
        others = rows.take(~rows.own)
        usual = float(np.std(others.target)) if len(others.target) else 0.5
        squares = float(((by_source - mean) ** 2).sum()) + PRIOR_SOURCES * usual**2
        degrees = max(count - 1, 0) + PRIOR_SOURCES
        scale = ConformalScale.student(float(np.sqrt(squares / degrees)), count, degrees)
        self.choice_ = Choice(PRIOR, 0.0, scale, pd.Series({PRIOR: float("nan")}))
        self.ensemble_ = Ensemble(mean, self.metal_columns)
        predicted = np.full(len(own.target), mean)
        self.calibration_ = pd.DataFrame(
            {"observed": own.target, "predicted": predicted, "spread": 1.0}
        )
        self._set_evidence()
        return self

    def _set_evidence(self, skill: float | None = None) -> None:
        choice = self.choice_
        held_out = choice.skill if skill is None else skill
        self.evidence_ = metal_evidence(choice.recipe, self.sources_, held_out)

    @property
    def recipe(self) -> str:
        """Name of the recipe that makes the predictions, or `recipes.PRIOR`."""
        check_is_fitted(self)
        return self.choice_.recipe

    @property
    def slope(self) -> float:
        """Share of the recipe's deviation from the mean that is kept, from 0 to 1."""
        check_is_fitted(self)
        return self.choice_.slope

    @property
    def is_prior(self) -> bool:
        """Whether every prediction is the metal's mean, which no recipe beats on unseen sources."""
        return self.recipe == PRIOR

    @property
    def mean_lce(self) -> float:
        """Weighted mean LCE of the metal's measurements."""
        check_is_fitted(self)
        return self.ensemble_.mean

    @property
    def held_out_errors(self) -> pd.Series:
        """RMSE in LCE of each recipe on sources held out, best first; NaN if none could be."""
        check_is_fitted(self)
        return self.choice_.scores

    @property
    def held_out_error(self) -> float:
        """RMSE in LCE of the predictions on sources held out; NaN if none could be."""
        return float(self.held_out_errors[self.recipe])

    def half_width(self, coverage: float = 0.9, spread: Floats | float = 1.0) -> Floats:
        """Return the half-width (n,) in LCE of the intervals of predictions.

        Parameters
        ----------
        coverage
            One of `intervals.COVERAGES`.
        spread
            Of the predictions (n,), see `predict_lce`; of one prediction with spread 1 by
            default.
        """
        check_is_fitted(self)
        return self.choice_.scale.half_width(np.atleast_1d(spread), coverage)

    def without_metal(self, features: Floats) -> Floats:
        """Return descriptors (n, d) without the metal's own, as `domain_` wants them."""
        return features[:, : features.shape[1] - self.metal_columns]

    def predict_lce(self, X: Any) -> tuple[Floats, Floats]:
        """Return the predicted LCE (n,) and its spread (n,) of electrolytes.

        `X` may be whatever `anolyte.features.mixtures.as_mixtures` takes.
        """
        check_is_fitted(self)
        return self.predict_descriptors(self.descriptors(X))

    def predict_descriptors(self, features: Floats) -> tuple[Floats, Floats]:
        """Return LCE and spread (n,) of ready descriptors (n, d), see `descriptors`."""
        if self.is_prior:
            return np.full(len(features), self.mean_lce), np.ones(len(features))
        choice = self.choice_
        members = recipes()[choice.recipe]
        # One thread: the same bits on every machine.
        with threadpool_limits(1):
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
        """Return CE with its interval: columns ce_pct, ce_low, ce_high, lce, lce_low, lce_high.

        Parameters
        ----------
        X
            Electrolytes.
        coverage
            One of `intervals.COVERAGES`: the share of electrolytes from unseen sources
            that the interval is calibrated to contain.
        """
        lce, spread = self.predict_lce(X)
        return self.interval(lce, spread, coverage)

    def interval(self, lce: Floats, spread: Floats, coverage: float = 0.9) -> pd.DataFrame:
        """Return the columns of `predict_interval` for ready predictions."""
        half = self.half_width(coverage, spread)
        bounds = {"": lce, "_low": lce - half, "_high": lce + half}
        frame = {f"ce{'_pct' * (not k)}{k}": coulombic_efficiency(v) for k, v in bounds.items()}
        # An LCE below 0 would be a negative efficiency.
        frame |= {f"lce{k}": np.maximum(v, 0.0) for k, v in bounds.items()}
        return pd.DataFrame(frame)

    def assess(self, X: Any, neighbours: int = 3) -> pd.DataFrame:
        """Return what stands behind predictions.

        Returns
        -------
        pandas.DataFrame
            One row an electrolyte: ``evidence`` (level), ``domain_score`` (0 to 1),
            ``nearest`` (the measured electrolytes most like it, with CE and source) and
            ``remarks`` (why to be careful, or nothing).
        """
        check_is_fitted(self)
        features = self.without_metal(self.descriptors(X))
        score = self.domain_.score(features)
        told = _told(self.domain_.measured)
        nearest = told[self.domain_.nearest(features, neighbours)]
        frame = pd.DataFrame(
            {
                "evidence": prediction_evidence(self.evidence_, score),
                "domain_score": score,
                "nearest": ["; ".join(each) for each in nearest],
            }
        )
        frame["remarks"] = self._remarks(features, score)
        return frame

    def _remarks(self, features: Floats, score: Floats) -> list[str]:
        names = self.feature_names
        flags = {"unlike anything measured": score < OUTSIDE}
        if "donor_number_imputed" in names:
            imputed = features[:, names.index("donor_number_imputed")]
            flags["donor number estimated"] = imputed > 0.5
        if "cation_concentration" in names:
            at = names.index("cation_concentration")
            above = features[:, at] > 1.01 * self.domain_.largest[at]
            flags["more concentrated than any measured"] = above
        each = ([word for word, flag in flags.items() if flag[row]] for row in range(len(score)))
        return ["; ".join(words) for words in each]


def _told(measured: pd.DataFrame) -> Objects:
    """Return measured electrolytes (n,) with their CE and source, in words."""
    qualifier = measured["ce_qualifier"].where(measured["ce_qualifier"] != "=", "")
    figure = qualifier + measured["ce_pct"].map("{:g}".format)
    told = measured["electrolyte"] + ": " + figure + " % [" + measured["source"] + "]"
    return told.to_numpy(dtype=object)


__all__ = ["COVERAGES", "CoulombicEfficiencyModel"]
