"""Models that several tests share."""

from __future__ import annotations

import pytest
from anolyte.datasets.measurements import efficiencies, load_measurements
from anolyte.models import CoulombicEfficiencyModel


@pytest.fixture(scope="session")
def lithium_model() -> CoulombicEfficiencyModel:
    return CoulombicEfficiencyModel("Li").fit(efficiencies(load_measurements("Li")))
