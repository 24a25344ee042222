"""A model with boosted trees, stored when schema 2 was the one that was written."""

from __future__ import annotations

from pathlib import Path

import pytest
from anolyte.models import CoulombicEfficiencyModel, load_model


@pytest.fixture(scope="session")
def of_schema_2() -> Path:
    return Path(__file__).parent / "fixtures" / "Zn-schema-2"


@pytest.fixture(scope="session")
def boosted_model(of_schema_2: Path) -> CoulombicEfficiencyModel:
    """The model of 40 zinc rows and 12 trees, which needs no training."""
    with pytest.warns(UserWarning, match="no SEI model of its own"):
        return load_model(of_schema_2)
