"""What a model answers once it is fitted: of itself, and of what stands behind a prediction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from types import MappingProxyType
from typing import Any, Self

import numpy as np
import pandas as pd
from anolyte.features import BLOCKS, ElectrolyteFeaturizer
from anolyte.features.arrays import Flags, Floats, Objects
from anolyte.features.mixtures import Mixtures
from sklearn.utils.validation import check_is_fitted

from ..prediction import NEAREST
from ..property_columns import PropertyPredictor
from ..sei.model import SEIModel, shipped_sei_model
from .conditions import Conditions
from .domain import Domain
from .evidence import UNMEASURED, WEAK, Steps, prediction_evidence, remarks
from .laboratory import LEAST_ROWS, Laboratory
from .members import Ensemble, Layout
from .recipes import PRIOR, Choice

METAL_BLOCK, FRAGMENT_BLOCK = "metal", "fingerprints"
LAST = (FRAGMENT_BLOCK, METAL_BLOCK)
LEVEL = "the mean of the laboratory: what it has measured teaches no order of further compounds"
# Decimals of descriptors.
DIGITS = 9


class FittedModel:
    """The descriptors of a model, and what its fitted parts say; see `CoulombicEfficiencyModel`."""

    metal: str
    blocks: Sequence[str]
    choice_: Choice
    ensemble_: Ensemble
    domain_: Domain
    evidence_: str
    steps_: Steps = UNMEASURED
    sei_: SEIModel | None
    conditions_: Conditions = Conditions()
    laboratory_: Laboratory | None = None
    properties_: Mapping[str, PropertyPredictor] = MappingProxyType({})

    @property
    def featurizer(self) -> ElectrolyteFeaturizer:
        """The transformer from electrolytes to this model's descriptors, as in `layout`."""
        blocks = [block for block in self.blocks if block not in LAST]
        fragments = [FRAGMENT_BLOCK] if FRAGMENT_BLOCK in self.blocks else []
        return ElectrolyteFeaturizer((*blocks, *fragments, METAL_BLOCK), self.metal)

    @property
    def feature_names(self) -> list[str]:
        """Names of the descriptors."""
        return [str(name) for name in self.featurizer.get_feature_names_out()]

    @property
    def layout(self) -> Layout:
        """Which of the last descriptors are fragments and the metal's own."""
        fragments, metal = (len(BLOCKS[name].descriptors) for name in LAST)
        return Layout(fragments if FRAGMENT_BLOCK in self.blocks else 0, metal)

    @property
    def metal_columns(self) -> int:
        """Number of the last descriptors that are the metal's own."""
        return self.layout.metal

    def descriptors(self, X: Any) -> Floats:
        """Return the descriptors (n, d) of electrolytes, the metal's last.

        Rounded, because models that work on ranks would tell apart what differs in the
        last bit alone.
        """
        return np.round(self.featurizer.transform(X), DIGITS)

    def without_metal(self, features: Floats) -> Floats:
        """Return descriptors (n, d) without the metal's own, as `domain_` wants them."""
        return features[:, : features.shape[1] - self.metal_columns]

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
        at = self.laboratory_
        return self.recipe == PRIOR and (at is None or at.rows < LEAST_ROWS)

    @property
    def mean_lce(self) -> float:
        """Weighted mean LCE of the metal's measurements."""
        check_is_fitted(self)
        return self.ensemble_.mean

    @property
    def held_out_errors(self) -> pd.Series:
        """RMSE in LCE of each recipe on held-out rows, best first; NaN if none could be.

        On sources left out, and as much on later literature where years are known.
        """
        check_is_fitted(self)
        return self.choice_.scores

    @property
    def held_out_error(self) -> float:
        """RMSE in LCE of the predictions on held-out rows; NaN if none could be."""
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
        scale, spreads = self.choice_.scale, np.atleast_1d(spread)
        width = scale.half_width(spreads, coverage)
        return width if self.laboratory_ is None else self.laboratory_.half_width(coverage, spreads)

    @property
    def sei(self) -> SEIModel:
        """The SEI model that goes with it: that of `fit`, else that of the shipped labels."""
        check_is_fitted(self)
        return self.sei_ or shipped_sei_model()

    def with_properties(self, models: Mapping[str, PropertyPredictor]) -> Self:
        """Return the model with fitted models of further properties, by name, to go with it."""
        model = copy(self)
        model.properties_ = dict(models)
        return model

    def domain_score(self, descriptors: Floats) -> Floats:
        """Return how familiar electrolytes with descriptors (n, d) are, see `Domain.score`."""
        return self.domain_.score(self.without_metal(descriptors))

    def evidence(self, domain_score: Floats, held_back: Flags) -> Objects:
        """Return the evidence level (n,) of predictions, see `prediction_evidence`.

        Of a laboratory, its own rows are some evidence where the metal has none.
        """
        level, laboratory = self.evidence_, self.laboratory_
        if laboratory is not None and level == PRIOR and laboratory.rows >= LEAST_ROWS:
            level = WEAK
        return prediction_evidence(level, domain_score, held_back, self.steps_)

    def nearest(self, descriptors: Floats, count: int = NEAREST) -> list[str]:
        """Return the measured electrolytes most like each, in words, see `Domain.told`."""
        return self.domain_.told(self.without_metal(descriptors), count)

    def remarks(self, descriptors: Floats, domain_score: Floats) -> list[str]:
        """Return why to be careful with predictions (n), or nothing, see `evidence.remarks`."""
        largest = dict(zip(self.feature_names, self.domain_.largest.tolist(), strict=False))
        return remarks(self.feature_names, descriptors, domain_score, largest)

    def conditioned(self, mixtures: Mixtures) -> tuple[Floats, list[str]]:
        """Return what the given conditions add to LCE (n,), and what that is worth, in words.

        Nothing in a laboratory, whose own rows tell how it measures.
        """
        if mixtures.conditions is None or self.laboratory_ is not None:
            return np.zeros(len(mixtures)), [""] * len(mixtures)
        return self.conditions_.corrections(mixtures.conditions)

    def answered_for(self, mixtures: Mixtures) -> list[str]:
        """Return for which laboratory and conditions the predictions (n) are, or nothing."""
        _, told = self.conditioned(mixtures)
        if self.laboratory_ is not None:
            told = [LEVEL * bool(only) for only in self.laboratory_.level_only(mixtures)]
        return told
