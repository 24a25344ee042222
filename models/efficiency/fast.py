"""The fitted members of the default blend, evaluated by matrix products.

Same values as scikit-learn's own `predict` to rounding (about 1e-12), several times faster on
the many rows of a screening: scikit-learn computes distances pair by pair and hands out trees
as jobs. What is not recognised here keeps its own `predict`.
"""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from anolyte.features.arrays import Floats
from sklearn.compose import TransformedTargetRegressor
from sklearn.ensemble import ExtraTreesRegressor
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import ConstantKernel, Matern, WhiteKernel
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import QuantileTransformer, StandardScaler
from sklearn.svm import SVR

Estimator = Any
# Of nearer points the squared distance is a difference of large numbers that cancel.
_NEAR = 1e-3
# So many measured electrolytes say how familiar another is.
NEAREST = 5


class Predictor(Protocol):
    """Predicts rows of descriptors."""

    def predict(self, features: Floats) -> Floats:
        """Return the predictions (n,) for descriptors (n, d)."""


class FastRanks:
    """A `QuantileTransformer` without checks of its input."""

    def __init__(self, transformer: QuantileTransformer) -> None:
        self.quantiles, self.references = transformer.quantiles_, transformer.references_

    def transform(self, features: Floats) -> Floats:
        """Return the ranks (n, d) of descriptors, stored column after column."""
        columns = np.array(features.T, order="C")
        if columns.size:
            constant = np.ptp(columns, axis=1) == 0
            for column, values in enumerate(columns):
                some = values[:1] if constant[column] else values
                values[:] = self._ranks(some, column)
        return columns.T

    def _ranks(self, values: Floats, column: int) -> Floats:
        """Return the ranks (n,): half-way where quantiles are tied, at the edges beyond them."""
        at, references = self.quantiles[:, column], self.references
        if at[0] == at[-1]:
            # One value in all training rows, as most fragments have.
            return np.asarray(values > at[0], dtype=float)
        ranks = np.interp(values, at, references)
        for tied in np.unique(at[1:][at[1:] == at[:-1]]):
            first, last = np.searchsorted(at, tied), np.searchsorted(at, tied, side="right") - 1
            ranks[values == tied] = 0.5 * (references[first] + references[last])
        ranks[values == at[-1]] = 1.0
        ranks[values == at[0]] = 0.0
        return np.asarray(ranks)


class FastMachine:
    """A support vector regression with a radial kernel on ranks and a scaled target."""

    def __init__(self, pipeline: Pipeline) -> None:
        scaled = pipeline[-1]
        machine, target = scaled.regressor_, scaled.transformer_
        self.scaler = FastRanks(pipeline[0])
        self.points = np.ascontiguousarray(machine.support_vectors_)
        self.gamma = float(machine._gamma)
        self.weights = machine.dual_coef_[0] * target.scale_[0]
        self.offset = float(machine.intercept_[0] * target.scale_[0] + target.mean_[0])

    def predict(self, features: Floats) -> Floats:
        """Return the predictions (n,)."""
        kernel = squared_distances(self.points, self.scaler.transform(features))
        kernel *= -self.gamma
        np.exp(kernel, out=kernel)
        return np.asarray(kernel @ self.weights + self.offset)


class FastProcess:
    """A Gaussian process with a Matern kernel (nu = 3/2) on the ranks of descriptors.

    Its variance here is that of a process which has seen one row, as near as the nearest
    `NEAREST` training rows are on average: v = a + n - k^2 / (a + n + r) with amplitude a,
    noise n, the rows' own noise r and the mean k of their covariances. Never less than the
    variance of the whole process, a better sign of the error, and no n^2 operations a row.
    """

    def __init__(self, pipeline: Pipeline) -> None:
        process = pipeline[-1]
        product, noise = process.kernel_.k1, process.kernel_.k2
        self.scaler = FastRanks(pipeline[0])
        self.points = np.ascontiguousarray(process.X_train_)
        self.amplitude = float(product.k1.constant_value)
        self.length = float(product.k2.length_scale)
        self.noise = float(noise.noise_level)
        self.weights = process.alpha_
        self.seen = self.amplitude + self.noise + float(np.mean(process.alpha))
        self.offset, self.scale = float(process._y_train_mean), float(process._y_train_std)

    def predict(self, features: Floats) -> Floats:
        """Return the mean (n,)."""
        return self.mean(self.kernel(features))

    def predict_variance(self, features: Floats) -> tuple[Floats, Floats]:
        """Return mean and variance (n,)."""
        kernel = self.kernel(features)
        return self.mean(kernel), self.variance(kernel)

    def kernel(self, features: Floats) -> Floats:
        """Return the covariances (n, p) with the training rows."""
        kernel = squared_distances(self.points, self.scaler.transform(features), _NEAR)
        np.sqrt(kernel, out=kernel)
        kernel *= np.sqrt(3.0) / self.length
        decay = np.exp(-kernel)
        kernel += 1.0
        kernel *= decay
        kernel *= self.amplitude
        return kernel

    def mean(self, kernel: Floats) -> Floats:
        """Return the mean (n,) from covariances (n, p)."""
        return np.asarray((kernel @ self.weights) * self.scale + self.offset)

    def variance(self, kernel: Floats) -> Floats:
        """Return the variance (n,) from covariances (n, p)."""
        count = min(NEAREST, kernel.shape[1])
        nearest = np.partition(kernel, -count, axis=1)[:, -count:].mean(axis=1)
        known = nearest**2 / self.seen
        return np.asarray((self.amplitude + self.noise - known) * self.scale**2)


class FastTrees:
    """A forest whose trees are asked one after the other."""

    def __init__(self, forest: Estimator) -> None:
        self.trees = [tree.tree_ for tree in forest.estimators_]

    def predict(self, features: Floats) -> Floats:
        """Return the predictions (n,)."""
        rows = np.ascontiguousarray(features, dtype=np.float32)
        total = np.zeros(len(rows))
        for tree in self.trees:
            total += tree.predict(rows).reshape(-1)
        return total / len(self.trees)


def squared_distances(points: Floats, rows: Floats, near: float = 0.0) -> Floats:
    """Return the squared distances (n, p) of rows (n, d) from points (p, d).

    Parameters
    ----------
    near
        Below this they are computed by subtraction, else by |x|^2 + |p|^2 - 2 x p.
    """
    # What is the same in all rows adds the same to their distances from a point.
    varies = np.ptp(rows, axis=0) > 0 if len(rows) else np.ones(rows.shape[1], dtype=bool)
    same = np.square(rows[:1, ~varies] - points[:, ~varies]).sum(axis=1) if len(rows) else 0.0
    some, others = np.ascontiguousarray(rows.T[varies]).T, points[:, varies]
    distances = some @ (-2.0 * others.T)
    distances += same + np.einsum("ij,ij->i", others, others)
    distances += np.einsum("ji,ji->i", some.T, some.T)[:, None]
    if near and distances.min(initial=np.inf) < near:
        row, point = np.nonzero(distances < near)
        distances[row, point] = np.square(rows[row] - points[point]).sum(axis=1)
    return np.maximum(distances, 0.0, out=distances)


def fast(estimator: Estimator) -> Any:
    """Return a fast `Predictor` equal to a fitted estimator, or the estimator itself."""
    if type(estimator) is ExtraTreesRegressor and estimator.n_outputs_ == 1:
        return FastTrees(estimator)
    if not isinstance(estimator, Pipeline):
        return estimator
    kinds = [type(step) for _, step in estimator.steps]
    if kinds[0] is not QuantileTransformer or estimator[0].output_distribution != "uniform":
        return estimator
    if kinds[1:] == [TransformedTargetRegressor] and _is_radial(estimator[-1]):
        return FastMachine(estimator)
    if kinds[1:] == [GaussianProcessRegressor] and _is_smooth(estimator):
        return FastProcess(estimator)
    return estimator


def _is_radial(scaled: TransformedTargetRegressor) -> bool:
    machine, target = scaled.regressor_, scaled.transformer_
    is_machine = type(machine) is SVR and machine.kernel == "rbf"
    return is_machine and type(target) is StandardScaler and target.with_std


def _is_smooth(pipeline: Pipeline) -> bool:
    kernel = pipeline[-1].kernel_
    if not hasattr(kernel, "k2") or not hasattr(kernel.k1, "k2"):
        return False
    kinds = [type(part) for part in (kernel.k1.k1, kernel.k1.k2, kernel.k2)]
    return kinds == [ConstantKernel, Matern, WhiteKernel] and kernel.k1.k2.nu == 1.5
