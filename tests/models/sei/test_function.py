"""The function of an SEI and the CE do not contradict each other."""

from __future__ import annotations

import numpy as np
import pytest
from anolyte.datasets.measurements.lce import log_coulombic_efficiency
from anolyte.models.prediction import Efficiencies
from anolyte.models.sei.function import agreed, capped

CHEMISTRY = np.linspace(0.01, 0.99, 50)
LITHIUM = np.array(["Li"] * len(CHEMISTRY))


def lce(ce_pct: float) -> np.ndarray:
    return np.full(len(CHEMISTRY), float(log_coulombic_efficiency([ce_pct])[0]))


@pytest.mark.parametrize("ce_pct", [80.1, 95.0, 99.9])
def test_a_high_efficiency_is_never_that_of_a_passivating_film(ce_pct: float) -> None:
    assert (agreed(CHEMISTRY, Efficiencies(lce(ce_pct), lce(90.0)[0]), LITHIUM) >= 0.5).all()


@pytest.mark.parametrize("ce_pct", [0.0, 5.0, 20.0])
def test_a_low_efficiency_is_never_that_of_a_conducting_film(ce_pct: float) -> None:
    assert (agreed(CHEMISTRY, Efficiencies(lce(ce_pct), lce(90.0)[0]), LITHIUM) < 0.5).all()


def test_chemistry_decides_between() -> None:
    found = agreed(CHEMISTRY, Efficiencies(lce(60.0), lce(60.0)[0]), LITHIUM)
    np.testing.assert_allclose(found, CHEMISTRY)


@pytest.mark.parametrize("ce_pct", [10.0, 99.0])
def test_what_yields_stays_near_a_half(ce_pct: float) -> None:
    found = agreed(CHEMISTRY, Efficiencies(lce(ce_pct), lce(ce_pct)[0]), LITHIUM)
    contradicted = (CHEMISTRY >= 0.5) == (ce_pct < 50)
    assert (np.abs(found[contradicted] - 0.5) <= 0.1).all()
    np.testing.assert_allclose(found[~contradicted], CHEMISTRY[~contradicted])


def test_a_higher_efficiency_makes_conduction_likelier() -> None:
    efficiencies = log_coulombic_efficiency([30.0, 50.0, 70.0, 79.0])
    found = agreed(np.full(4, 0.3), Efficiencies(efficiencies, 0.5), LITHIUM[:4])
    assert (np.diff(found) > 0).all()


def test_on_multivalent_metals_the_film_caps_the_efficiency() -> None:
    metals = np.array(["Mg", "Mg", "Li", "Ca"])
    high = log_coulombic_efficiency([99.0, 99.0, 99.0, 50.0])
    told = capped(np.array([0.1, 0.9, 0.1, 0.1]), high, metals)
    expected = log_coulombic_efficiency([80.0, 99.0, 99.0, 50.0])
    np.testing.assert_allclose(told, expected)
