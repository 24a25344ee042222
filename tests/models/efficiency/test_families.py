"""The model families: weights count, nothing is extrapolated, nothing is random."""

from __future__ import annotations

import numpy as np
import pytest
from anolyte.models.efficiency.families import FAMILIES, fit_family

GENERATOR = np.random.default_rng(0)
FEATURES = GENERATOR.normal(size=(60, 5))
TARGET = FEATURES[:, 0] + 0.1 * GENERATOR.normal(size=60)
LEARNING = [family for family in FAMILIES if family != "constant"]


@pytest.mark.parametrize("family", LEARNING)
def test_learns_a_trend(family: str) -> None:
    fitted = fit_family(family, FEATURES[:45], TARGET[:45])
    predicted = fitted.predict(FEATURES[45:])
    assert np.corrcoef(predicted, TARGET[45:])[0, 1] > 0.8


@pytest.mark.parametrize("family", LEARNING)
def test_does_not_run_away_outside_the_data(family: str) -> None:
    fitted = fit_family(family, FEATURES, TARGET)
    assert np.all(np.abs(fitted.predict(FEATURES * 1e6)) < 3 * np.abs(TARGET).max())


@pytest.mark.parametrize("family", LEARNING)
def test_weights_count(family: str) -> None:
    """Rows in contradiction: the prediction follows those that count more."""
    features = np.repeat(FEATURES[:10], 4, axis=0)
    target = np.tile([0.0, 0.0, 1.0, 1.0], 10)
    weights = np.tile([1.0, 1.0, 0.02, 0.02], 10)
    low = fit_family(family, features, target, weights / weights.mean()).predict(features)
    high = fit_family(family, features, target, weights[::-1] / weights.mean()).predict(features)
    assert low.mean() < 0.4
    assert high.mean() > 0.6


@pytest.mark.parametrize("family", FAMILIES)
def test_same_seed_same_fit(family: str) -> None:
    first, second = (fit_family(family, FEATURES, TARGET, seed=3) for _ in range(2))
    assert np.array_equal(first.predict(FEATURES), second.predict(FEATURES))


def test_a_process_of_many_rows_learns_from_all() -> None:
    """Its kernel is found in a few hundred of them; each remains known where it was measured."""
    generator = np.random.default_rng(1)
    features = generator.uniform(size=(400, 2))
    target = np.sin(6 * features[:, 0]) + features[:, 1]
    fitted = fit_family("gaussian_process", features, target)
    _, deviation = fitted.predict(features, return_std=True)
    assert len(fitted[-1].X_train_) == 400
    assert np.abs(fitted.predict(features) - target).max() < 0.3
    assert deviation.max() < 0.5 * target.std()


def test_constant_columns_are_harmless() -> None:
    features = np.hstack([FEATURES, np.ones((60, 2))])
    for family in FAMILIES:
        assert np.isfinite(fit_family(family, features, TARGET).predict(features)).all()


def test_unknown_family_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown model family 'oracle'"):
        fit_family("oracle", FEATURES, TARGET)
