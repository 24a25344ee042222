"""A further property is one declaration and a table: learned, judged, stored and told."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from anolyte.datasets import efficiencies, load_measurements
from anolyte.datasets.errors import ModelFileError
from anolyte.models import CoulombicEfficiencyModel, load_model, save_model
from anolyte.models.properties import PROPERTIES, Property, PropertyModel
from anolyte.models.properties.validation import evaluate_property

# Real rows: of the shipped sodium table, what they report of the Coulombic efficiency.
FURTHER = Property(
    name="reported-efficiency",
    unit="%",
    column="ce_pct",
    tables={"Na": "measurements_Na"},
    meaning="Coulombic efficiency as reported",
)
TEXTS = ["1 M NaPF6 in G2", "1 M NaPF6 in EC/PC (1:1 v/v)", "1 M NaI in H2O"]


@pytest.fixture
def registered(monkeypatch: pytest.MonkeyPatch) -> Property:
    monkeypatch.setitem(PROPERTIES, FURTHER.name, FURTHER)  # type: ignore[arg-type]
    return FURTHER


@pytest.fixture(scope="module")
def further() -> PropertyModel:
    return PropertyModel(FURTHER, "Na").fit(FURTHER.rows("Na"))


@pytest.fixture
def saved(registered: Property, further: PropertyModel, tmp_path: Path) -> Path:
    rows = efficiencies(load_measurements("Al"))
    model = CoulombicEfficiencyModel("Na").fit(rows.assign(metal="Na"))
    return save_model(model.with_properties({FURTHER.name: further}), tmp_path / "Na")


def test_it_is_told_beside_the_efficiency_as_it_was_stored(
    saved: Path, further: PropertyModel
) -> None:
    predicted = load_model(saved).assess(TEXTS)
    table = predicted.properties
    assert list(table) == [*FURTHER.columns, FURTHER.reason]
    told = further.assess(TEXTS)
    np.testing.assert_array_equal(table["ce_pct"], told.value)
    np.testing.assert_array_equal(table["ce_pct_low"], told.low)
    assert np.isnan(told.value[2])
    assert told.reason.tolist()[:2] == ["", ""]


def test_a_bundle_whose_property_was_changed_is_refused(saved: Path) -> None:
    path = saved / f"{FURTHER.name}.json"
    stored = json.loads(path.read_text())
    stored["process"]["weights"].pop()
    path.write_text(json.dumps(stored))
    with pytest.raises(ModelFileError, match="SHA-256 differs"):
        load_model(saved)


def test_it_is_judged_beside_baselines(further: PropertyModel) -> None:
    found = evaluate_property(FURTHER, "Na", ["leave-source-out"])
    assert found["model"].tolist()[0::3] == ["constant", "anolyte"]
    assert found["rmse"].gt(0).all()
    assert found.set_index("model")["coverage_90"]["anolyte"] > 0.7
    with pytest.raises(ValueError, match="unknown split 'by-day'"):
        evaluate_property(FURTHER, "Na", ["by-day"])


def test_one_source_alone_calibrates_nothing() -> None:
    rows = pd.DataFrame({"electrolyte": TEXTS[:1] * 3, "temperature_K": 298.15, "ce_pct": 99.0})
    with pytest.raises(ValueError, match="at least two groups"):
        PropertyModel(FURTHER, "Na").fit(rows.assign(source="one"))
