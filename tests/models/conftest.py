"""Models that several tests share."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest
from anolyte.datasets.compounds.metals import METALS, Metal
from anolyte.datasets.measurements.table import efficiencies, load_measurements
from anolyte.models import CoulombicEfficiencyModel

Once = Callable[..., CoulombicEfficiencyModel]


def rows_of(metal: Metal) -> pd.DataFrame:
    """Return the shipped efficiencies of a metal."""
    return efficiencies(load_measurements(metal))


@pytest.fixture(scope="session")
def magnesium() -> pd.DataFrame:
    return rows_of("Mg")


@pytest.fixture(scope="session")
def all_but_magnesium() -> pd.DataFrame:
    others = [rows_of(metal).head(40) for metal in METALS if metal != "Mg"]
    return pd.concat(others, ignore_index=True)


@pytest.fixture(scope="session")
def lithium_model(lithium: pd.DataFrame, once: Once) -> CoulombicEfficiencyModel:
    model = CoulombicEfficiencyModel("Li", scopes=("own",), folds=5)
    return once("lithium_model", lambda: model.fit(lithium))


@pytest.fixture(scope="session")
def zinc_model(once: Once) -> CoulombicEfficiencyModel:
    model = CoulombicEfficiencyModel("Zn", scopes=("own",), folds=5)
    return once("zinc_model", lambda: model.fit(rows_of("Zn")))


@pytest.fixture(scope="session")
def potassium_model(lithium: pd.DataFrame, once: Once) -> CoulombicEfficiencyModel:
    """A metal with too few sources to learn from."""
    model = CoulombicEfficiencyModel("K")
    return once("potassium_model", lambda: model.fit(rows_of("K"), others=lithium))
