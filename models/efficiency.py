"""CoulombicEfficiencyModel: CE of electrolytes on one metal, with a calibrated interval.

A mean of model families on the LCE scale; the Gaussian process and the disagreement of the
families give each prediction its own spread, which conformal calibration on held-out
sources turns into intervals.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Self

import numpy as np
import pandas as pd
from anolyte.datasets.lce import coulombic_efficiency, log_coulombic_efficiency
from anolyte.datasets.splits import group_folds
from anolyte.features import DEFAULT_BLOCKS, ElectrolyteFeaturizer
from anolyte.features.mixtures import Floats
from threadpoolctl import threadpool_limits

from .families import Estimator, fit_quietly, make_estimator
from .intervals import COVERAGES, ConformalScale

MEMBERS = ("extra_trees", "xgboost", "gaussian_process")
CALIBRATION_FOLDS = 10
MIN_ROWS = 10
MIN_SOURCES = 3

Progress = Callable[[str, int, int], None]


class CoulombicEfficiencyModel:
    """Predict the plating/stripping Coulombic efficiency of electrolytes.

    Parameters
    ----------
    metal
        Symbol of the metal.
    blocks
        Descriptor blocks, see `anolyte.features.BLOCKS`.
    members
        Model families whose predictions are averaged; `gaussian_process` among them
        makes the width of the interval follow the distance to the data.
    seed
        Of every random choice.

    Attributes
    ----------
    estimators_
        Fitted estimator of each member.
    scale_
        The calibrated `ConformalScale`.
    calibration_
        Held-out prediction, spread and observation of each training row.
    """

    def __init__(
        self,
        metal: str = "Li",
        blocks: Sequence[str] = DEFAULT_BLOCKS,
        members: Sequence[str] = MEMBERS,
        seed: int = 0,
    ) -> None:
        self.metal = metal
        self.blocks = tuple(blocks)
        self.members = tuple(members)
        self.seed = seed

    @property
    def featurizer(self) -> ElectrolyteFeaturizer:
        """The transformer from electrolytes to this model's descriptors."""
        return ElectrolyteFeaturizer(self.blocks, self.metal)

    def fit(self, measurements: pd.DataFrame, progress: Progress | None = None) -> Self:
        """Fit to measurements with the columns electrolyte, ce_pct and source.

        Raises
        ------
        ValueError
            If there are too few rows or sources to calibrate an interval.
        """
        sources = measurements["source"].nunique()
        if len(measurements) < MIN_ROWS or sources < MIN_SOURCES:
            raise ValueError(
                f"{len(measurements)} measurements from {sources} sources are too few: "
                f"at least {MIN_ROWS} from {MIN_SOURCES} are needed"
            )
        features = self.featurizer.fit_transform(measurements)
        observed = log_coulombic_efficiency(measurements["ce_pct"])
        predicted, spread = np.zeros(len(observed)), np.zeros(len(observed))
        labels = measurements["source"].to_numpy(dtype=object)
        folds = group_folds(labels, CALIBRATION_FOLDS, self.seed)
        for done, (train, test) in enumerate(folds):
            if progress is not None:
                progress("calibrating intervals", done, len(folds) + 1)
            estimators = self._fit_members(features[train], observed[train])
            predicted[test], spread[test] = _combine(estimators, features[test])
        self.calibration_ = pd.DataFrame(
            {"observed": observed, "predicted": predicted, "spread": spread}
        )
        self.scale_ = ConformalScale.fit(observed - predicted, spread)
        self.estimators_ = self._fit_members(features, observed)
        self.feature_names_ = [str(name) for name in self.featurizer.get_feature_names_out()]
        if progress is not None:
            progress("calibrating intervals", len(folds) + 1, len(folds) + 1)
        return self

    def _fit_members(self, features: Floats, observed: Floats) -> dict[str, Estimator]:
        fitted = {}
        for member in self.members:
            fitted[member] = fit_quietly(make_estimator(member, self.seed), features, observed)
        return fitted

    def predict_lce(self, X: Any) -> tuple[Floats, Floats]:
        """Return the predicted LCE (n,) and its spread (n,) of electrolytes.

        `X` may be whatever `anolyte.features.mixtures.as_mixtures` takes.
        """
        # One thread: the same bits on every machine.
        with threadpool_limits(1):
            return _combine(self.estimators_, self.featurizer.transform(X))

    def predict(self, X: Any) -> Floats:
        """Return the predicted CE (n,) in %."""
        return coulombic_efficiency(self.predict_lce(X)[0])

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
        half = self.scale_.half_width(spread, coverage)
        bounds = {"": lce, "_low": lce - half, "_high": lce + half}
        frame = {f"ce{'_pct' * (not k)}{k}": coulombic_efficiency(v) for k, v in bounds.items()}
        # An LCE below 0 would be a negative efficiency.
        frame |= {f"lce{k}": np.maximum(v, 0.0) for k, v in bounds.items()}
        return pd.DataFrame(frame)


def _combine(estimators: dict[str, Estimator], features: Floats) -> tuple[Floats, Floats]:
    """Return mean and spread over the members: the GP's own, plus their disagreement."""
    predictions = []
    variance = np.zeros(len(features))
    for member, estimator in estimators.items():
        if member == "gaussian_process":
            prediction, deviation = estimator.predict(features, return_std=True)
            variance += np.square(deviation)
        else:
            prediction = estimator.predict(features)
        predictions.append(np.asarray(prediction, dtype=float))
    stacked = np.array(predictions)
    variance += stacked.var(axis=0)
    if "gaussian_process" not in estimators:
        # Without a process the spread is the disagreement alone; replicate noise floors it.
        variance += 0.2**2
    return stacked.mean(axis=0), np.sqrt(variance)


__all__ = ["COVERAGES", "MEMBERS", "CoulombicEfficiencyModel"]
