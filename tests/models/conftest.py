"""Models that several tests share."""

from __future__ import annotations

import pandas as pd
import pytest
from anolyte.datasets.compounds.metals import METALS, Metal
from anolyte.datasets.measurements.table import efficiencies, load_measurements
from anolyte.models import CoulombicEfficiencyModel


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
def lithium_model(lithium: pd.DataFrame) -> CoulombicEfficiencyModel:
    return CoulombicEfficiencyModel("Li", scopes=("own",), folds=5).fit(lithium)


@pytest.fixture(scope="session")
def zinc_model() -> CoulombicEfficiencyModel:
    return CoulombicEfficiencyModel("Zn", scopes=("own",), folds=5).fit(rows_of("Zn"))


@pytest.fixture(scope="session")
def potassium_model(lithium: pd.DataFrame) -> CoulombicEfficiencyModel:
    """A metal with too few sources to learn from."""
    return CoulombicEfficiencyModel("K").fit(rows_of("K"), others=lithium)
