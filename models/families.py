"""The model families by their short names, as unfitted scikit-learn estimators."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from sklearn.dummy import DummyRegressor
from sklearn.ensemble import ExtraTreesRegressor, RandomForestRegressor
from sklearn.exceptions import ConvergenceWarning
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import ConstantKernel, Matern, WhiteKernel
from sklearn.linear_model import RidgeCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

Estimator = Any

# One thread each: sums over trees then come in one order, so that a prediction is the same
# to the last bit on every run and machine.

# Replicate reports of one electrolyte differ by 0.14 to 0.26 in LCE: the noise cannot be
# smaller than about a tenth of the spread of the data.
_NOISE_BOUNDS = (5e-2, 1.0)


def _constant(seed: int) -> Estimator:
    return DummyRegressor()


def _ridge(seed: int) -> Estimator:
    return make_pipeline(StandardScaler(), RidgeCV(np.logspace(-1, 4, 26)))


def _random_forest(seed: int) -> Estimator:
    return RandomForestRegressor(300, random_state=seed)


def _extra_trees(seed: int) -> Estimator:
    return ExtraTreesRegressor(200, min_samples_leaf=2, max_features=0.4, random_state=seed)


def _xgboost(seed: int) -> Estimator:
    from xgboost import XGBRegressor

    return XGBRegressor(
        n_estimators=250,
        learning_rate=0.03,
        max_depth=4,
        subsample=0.7,
        colsample_bytree=0.4,
        min_child_weight=3,
        reg_lambda=3.0,
        random_state=seed,
        n_jobs=1,
        tree_method="hist",
    )


def _gaussian_process(seed: int) -> Estimator:
    kernel = ConstantKernel(1.0, (1e-2, 1e2)) * Matern(8.0, (1.0, 100.0), nu=1.5)
    noisy = kernel + WhiteKernel(0.2, _NOISE_BOUNDS)
    return make_pipeline(
        StandardScaler(), GaussianProcessRegressor(noisy, normalize_y=True, random_state=seed)
    )


FAMILIES: Mapping[str, Callable[[int], Estimator]] = {
    "constant": _constant,
    "ridge": _ridge,
    "random_forest": _random_forest,
    "extra_trees": _extra_trees,
    "xgboost": _xgboost,
    "gaussian_process": _gaussian_process,
}


def make_estimator(family: str, seed: int) -> Estimator:
    """Return an unfitted estimator of a family.

    Raises
    ------
    ValueError
        If there is no family of that name.
    """
    if family not in FAMILIES:
        raise ValueError(f"unknown model family {family!r}; use one of {', '.join(FAMILIES)}")
    return FAMILIES[family](seed)


def fit_quietly(estimator: Estimator, features: Any, target: Any) -> Estimator:
    """Fit an estimator on one thread and without the optimiser's warnings.

    Matrices of a few hundred rows are slower on several threads, many times so on a busy
    machine, and sums come out the same whatever the number of cores. That a kernel
    parameter ended at its bound is meant (the noise has a floor), and nothing the user
    could act on.
    """
    with threadpool_limits(1), warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return estimator.fit(features, target)
