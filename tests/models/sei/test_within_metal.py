"""The regression on contrasts within a metal."""

from __future__ import annotations

import numpy as np
import pytest
from anolyte.models.sei.within_metal import WithinMetal

METALS = np.array(["Li"] * 40 + ["Na"] * 40)


def fit(values: np.ndarray, classes: np.ndarray, metals: np.ndarray = METALS) -> WithinMetal:
    groups = np.array([f"source {row}" for row in range(len(classes))], dtype=object)
    return WithinMetal.fit(["x"], (1.0, 0.0), values[:, None], metals, classes, groups, 1.0)


def test_a_feature_that_tells_only_the_metal_apart_tells_nothing() -> None:
    values = (METALS == "Li").astype(float)
    model = fit(values, (METALS == "Li").astype(int))
    assert abs(model.weights[0]) < 0.3
    predicted = model.predict(values[:, None], METALS)[:, 1]
    assert predicted[0] > 0.8
    assert predicted[-1] < 0.2


def test_a_contrast_within_metals_is_found_and_carried_to_another() -> None:
    rng = np.random.default_rng(0)
    values = rng.normal(size=80) + 5 * (METALS == "Li")
    classes = ((values - 5 * (METALS == "Li")) < 0).astype(int)
    model = fit(values, classes)
    high, low = model.predict(np.array([[7.0], [3.0]]), np.array(["Li", "Li"]))[:, 0]
    assert high > 0.8
    assert low < 0.2
    # Potassium was never seen: ordinary is the pooled mean, and the contrast is the same.
    high, low = model.predict(np.array([[9.0], [-4.0]]), np.array(["K", "K"]))[:, 0]
    assert high > 0.7
    assert low < 0.3


def test_few_labels_are_drawn_to_the_frequency_of_all_metals() -> None:
    metals = np.array(["Li"] * 30 + ["K"])
    model = fit(np.zeros(31), np.array([0] * 30 + [1]), metals)
    of_lithium, of_potassium = model.frequency(np.array(["Li", "K"]))
    assert of_lithium[0] > 0.9
    assert 0.5 < of_potassium[0] < 0.9


def test_without_labels_all_classes_are_as_likely() -> None:
    nothing = fit(np.zeros(0), np.zeros(0, dtype=int), np.array([], dtype=str))
    np.testing.assert_allclose(nothing.predict(np.array([[2.0]]), np.array(["Zn"])), 0.5)


def test_stored_and_read() -> None:
    model = fit(np.arange(80.0), np.arange(80) % 2)
    stored = model.to_dict()
    assert WithinMetal.from_dict(stored, ["x"], (1.0, 0.0)) == model
    for broken in (
        stored | {"features": ["y"]},
        stored | {"directions": [1.0, 0.0, -1.0]},
        stored | {"weights": [1.0, 2.0]},
        stored | {"scale": [0.0]},
        stored | {"frequencies": {"Li": [0.5, 0.5]}},
        stored | {"weights": [float("nan")]},
    ):
        with pytest.raises(ValueError, match="SEI model"):
            WithinMetal.from_dict(broken, ["x"], (1.0, 0.0))
