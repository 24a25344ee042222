"""Fast members: the same values as scikit-learn's own."""

from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import pytest
from anolyte.features.arrays import Floats
from anolyte.models import CoulombicEfficiencyModel
from anolyte.models.efficiency.families import fit_family
from anolyte.models.efficiency.fast import (
    FastMachine,
    FastProcess,
    FastTrees,
    fast,
    squared_distances,
)
from anolyte.models.efficiency.members import Member

KINDS = {
    "support_vector": FastMachine,
    "extra_trees": FastTrees,
    "gaussian_process": FastProcess,
}


@pytest.fixture(scope="module")
def rows(lithium_model: CoulombicEfficiencyModel, lithium: pd.DataFrame) -> Floats:
    """Training rows, rows between them and rows far from all of them."""
    known = lithium_model.descriptors(lithium["electrolyte"].tolist()[:60])
    between = (known[:-1] + known[1:]) / 2
    return np.vstack([known, between, known * 1.5 + 1, -known])


@pytest.mark.parametrize("family", KINDS)
def test_same_predictions(
    lithium_model: CoulombicEfficiencyModel, rows: Floats, family: str
) -> None:
    member = Member("own", family)
    estimator = lithium_model.ensemble_.estimators[member]
    rows = lithium_model.layout.seen(rows, member)
    quick = fast(estimator)
    assert isinstance(quick, KINDS[family])
    for some in (rows, np.asfortranarray(rows), rows[:1], rows[:0]):
        expected = estimator.predict(some) if len(some) else np.zeros(0)
        assert np.allclose(quick.predict(some), expected, rtol=0, atol=1e-9)


def test_deviation_is_that_of_one_row_as_near_as_the_nearest(
    lithium_model: CoulombicEfficiencyModel, rows: Floats
) -> None:
    """Never below the whole process's, and no more than where nothing is known."""
    member = Member("own", "gaussian_process")
    estimator = lithium_model.ensemble_.estimators[member]
    rows = lithium_model.layout.seen(rows, member)
    quick = fast(estimator)
    assert isinstance(quick, FastProcess)
    expected, deviation = estimator.predict(rows, return_std=True)
    mean, variance = quick.predict_variance(rows)
    assert np.allclose(mean, expected, rtol=0, atol=1e-9)
    assert np.all(np.sqrt(variance) >= deviation - 1e-9)
    assert variance.max() <= (quick.amplitude + quick.noise) * quick.scale**2


def test_distances_of_near_points() -> None:
    points = np.full((1, 50), 100.0)
    rows = points + np.array([[0.0], [1e-7], [1e-4], [1.0]])
    expected = np.square(rows - points).sum(axis=1, keepdims=True)
    assert squared_distances(points, rows, near=1e-3) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("family", ["ridge", "xgboost", "constant"])
def test_other_families_keep_their_own_way(family: str) -> None:
    generator = np.random.default_rng(0)
    estimator = fit_family(family, generator.normal(size=(30, 4)), generator.normal(size=30))
    assert fast(estimator) is estimator


def test_an_ensemble_travels_without_what_it_keeps(
    lithium_model: CoulombicEfficiencyModel, rows: Floats
) -> None:
    ensemble = lithium_model.ensemble_
    members = [Member("own", family) for family in KINDS]
    expected, spread = ensemble.predict(rows, members)
    copy = pickle.loads(pickle.dumps(ensemble))
    found, same = copy.predict(rows, members)
    assert all(np.array_equal(found[member], expected[member]) for member in members)
    assert np.array_equal(same, spread)
