"""The model families by their short names, and how each is fitted to weighted rows."""

from __future__ import annotations

import warnings
from collections import deque
from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any, NamedTuple

import numpy as np
from anolyte.features.arrays import Floats
from scipy.spatial.distance import pdist
from sklearn.base import clone
from sklearn.compose import TransformedTargetRegressor
from sklearn.dummy import DummyRegressor
from sklearn.ensemble import ExtraTreesRegressor, RandomForestRegressor
from sklearn.exceptions import ConvergenceWarning
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import ConstantKernel, Matern, WhiteKernel
from sklearn.linear_model import RidgeCV
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import QuantileTransformer, StandardScaler
from sklearn.svm import SVR

from ..threads import one_thread

Estimator = Any

# The least noise that the Gaussian process may believe in, as a share of the variance of y;
# that between sources (`lce.NOISE_BETWEEN_SOURCES`) is twice this of the lithium data.
REPLICATE_VARIANCE = 0.15
# Of the radial kernel exp(-width d^2 / median of d^2).
_KERNEL_WIDTH = 0.7
# A length of the Gaussian process is this many times the median distance at most, or at least
# that part of it.
_LENGTHS = 8
_MAX_QUANTILES = 60
# Distances between so many rows say what the median distance is.
_MEDIAN_OF = 1000
# So many rows say what the kernel is; finding it in all of them takes five times as long, and
# their held-out error is the same.
_KERNEL_OF = 300


def ranks(rows: int) -> QuantileTransformer:
    """Return the scaling of kernel models and of the domain: ranks from 0 to 1.

    Whatever lies beyond the training rows comes out at their edge, so that nothing is
    extrapolated. Not brought to unit variance: that would let a descriptor that sets two
    rows apart from all others decide every distance.
    """
    return QuantileTransformer(n_quantiles=min(_MAX_QUANTILES, rows))


def fitted_ranks(features: Floats) -> QuantileTransformer:
    """Return `ranks` fitted to rows (n, d), to the last bit as it fits itself.

    By itself it takes the quantiles of one column after the other, for there may be gaps among
    the values, which takes three times as long on 300 rows and eight times on 50.
    """
    scaling = ranks(len(features))
    if len(features) > scaling.subsample or not np.isfinite(features).all():
        return scaling.fit(features)
    scaling.fit(features[:, :1])
    scaling.n_features_in_ = features.shape[1]
    scaling.quantiles_ = np.percentile(features, scaling.references_ * 100, axis=0)
    return scaling


class _Ranked(NamedTuple):
    """Descriptors, how they lay in memory, their fitted `ranks` and what these make of them."""

    features: Floats
    strides: tuple[int, ...]
    scaling: QuantileTransformer
    placed: Floats


# Several families and scopes are fitted to the same rows, one after the other, and to rank
# hundreds of columns takes longer than to fit a kernel model to the ranks.
_RANKED: deque[_Ranked] = deque(maxlen=2)


def _ranked(features: Floats) -> _Ranked:
    """Return descriptors (n, d) with their ranks, which are found once for the same rows."""
    for known in _RANKED:
        # What lies otherwise in memory is summed in another order.
        if known.strides == features.strides and np.array_equal(known.features, features):
            return known
    scaling = fitted_ranks(features)
    placed = np.asarray(scaling.transform(features))
    _RANKED.append(_Ranked(features.copy(), features.strides, scaling, placed))
    return _RANKED[-1]


def scaled_ranks(rows: int) -> Pipeline:
    """Return the scaling of linear models: `ranks` of unit variance."""
    return make_pipeline(ranks(rows), StandardScaler())


def median_square(placed: Floats) -> float:
    """Return the median squared distance between rows (n, d), 1 where all are alike."""
    step = -(-len(placed) // _MEDIAN_OF)
    distances = pdist(placed[::step], "sqeuclidean")
    middle = float(np.median(distances)) if len(distances) else 0.0
    return middle if middle > 0 else 1.0


def _constant(features: Floats, weights: Floats, seed: int) -> Estimator:
    return DummyRegressor()


def _ridge(features: Floats, weights: Floats, seed: int) -> Estimator:
    return make_pipeline(*scaled_ranks(len(features)), RidgeCV(np.logspace(-1, 4, 26)))


def _random_forest(features: Floats, weights: Floats, seed: int) -> Estimator:
    return RandomForestRegressor(300, random_state=seed)


def _extra_trees(features: Floats, weights: Floats, seed: int) -> Estimator:
    return ExtraTreesRegressor(200, min_samples_leaf=3, max_features=0.5, random_state=seed)


def _xgboost(features: Floats, weights: Floats, seed: int) -> Estimator:
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


def _support_vector(features: Floats, weights: Floats, seed: int) -> Estimator:
    square = median_square(_ranked(features).placed)
    machine = SVR(C=1.5, epsilon=0.22, gamma=_KERNEL_WIDTH / square)
    scaled = TransformedTargetRegressor(machine, transformer=StandardScaler())
    return make_pipeline(ranks(len(features)), scaled)


def _gaussian_process(features: Floats, weights: Floats, seed: int) -> Estimator:
    length = median_square(_ranked(features).placed) ** 0.5
    matern = Matern(length, (length / _LENGTHS, length * _LENGTHS), nu=1.5)
    kernel = ConstantKernel(1.0, (1e-2, 1e2)) * matern + WhiteKernel(0.05, (1e-2, 1.0))
    noise = REPLICATE_VARIANCE / weights
    process = GaussianProcessRegressor(kernel, alpha=noise, normalize_y=True, random_state=seed)
    return make_pipeline(ranks(len(features)), process)


def _fit_process(estimator: Pipeline, features: Floats, target: Floats, seed: int) -> Estimator:
    """Fit a Gaussian process, the kernel of many rows to some of them."""
    if len(target) > _KERNEL_OF:
        process = estimator[-1]
        some = np.random.Generator(np.random.PCG64(seed)).permutation(len(target))[:_KERNEL_OF]
        placed = _ranked(features).placed[some]
        first = clone(process).set_params(alpha=process.alpha[some]).fit(placed, target[some])
        process.set_params(kernel=first.kernel_, optimizer=None)
    return _fit_to_ranks(estimator, features, target)


def _fit_to_ranks(estimator: Pipeline, features: Floats, target: Floats, **given: Any) -> Pipeline:
    """Fit a pipeline whose first step are the ranks."""
    known = _ranked(features)
    rest = Pipeline(estimator.steps[1:]).fit(known.placed, target, **given)
    return Pipeline([(estimator.steps[0][0], deepcopy(known.scaling)), *rest.steps])


# Those that take seconds on a few hundred rows.
SLOW = frozenset({"random_forest", "extra_trees", "xgboost", "gaussian_process"})
FAMILIES: Mapping[str, Callable[[Floats, Floats, int], Estimator]] = {
    "constant": _constant,
    "ridge": _ridge,
    "random_forest": _random_forest,
    "extra_trees": _extra_trees,
    "xgboost": _xgboost,
    "support_vector": _support_vector,
    "gaussian_process": _gaussian_process,
}


def fit_family(
    family: str, features: Floats, target: Floats, weights: Floats | None = None, seed: int = 0
) -> Estimator:
    """Fit an estimator of a family on one thread and without the optimiser's warnings.

    Matrices of a few hundred rows are slower on several threads, many times so on a busy
    machine, and sums come out the same whatever the number of cores. That a kernel
    parameter ended at its bound is meant (the noise has a floor), and nothing the user
    could act on.

    Parameters
    ----------
    family
        A name in `FAMILIES`.
    features, target
        Arrays (n, d) and (n,).
    weights
        How much each row counts (n,), 1 by default; in the Gaussian process, the replicate
        variance of a row is divided by it.
    seed
        Of every random choice.

    Raises
    ------
    ValueError
        If there is no family of that name.
    """
    if family not in FAMILIES:
        raise ValueError(f"unknown model family {family!r}; use one of {', '.join(FAMILIES)}")
    each = np.ones(len(target)) if weights is None else weights
    with one_thread(), warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        estimator = FAMILIES[family](features, each, seed)
        if family == "gaussian_process":
            return _fit_process(estimator, features, target, seed)
        if isinstance(estimator, Pipeline):
            weighted = {f"{estimator.steps[-1][0]}__sample_weight": each}
            return _fit_to_ranks(estimator, features, target, **weighted)
        return estimator.fit(features, target, sample_weight=each)
