"""Conditions: unknown is a value of its own."""

from __future__ import annotations

import pandas as pd
import pytest
from anolyte.datasets import load_measurements
from anolyte.features import ElectrolyteFeaturizer


@pytest.fixture
def featurizer() -> ElectrolyteFeaturizer:
    return ElectrolyteFeaturizer(["conditions"]).set_output(transform="pandas")


def test_known_and_unknown(featurizer: ElectrolyteFeaturizer) -> None:
    rows = pd.DataFrame(
        {
            "electrolyte": ["1 M LiFSI in DME", "? M ? in G2"],
            "current_mA_cm2": [0.5, None],
            "substrate": ["Cu", ""],
            "ce_method": ["aurbach", ""],
        }
    )
    first, second = featurizer.fit_transform(rows).to_dict("records")
    assert (first["current_mA_cm2"], first["current_known"]) == (0.5, 1)
    assert (second["current_mA_cm2"], second["current_known"]) == (0, 0)
    assert (first["substrate_Cu"], first["substrate_known"], second["substrate_known"]) == (1, 1, 0)
    assert (first["method_aurbach"], second["method_aurbach"]) == (1, 0)


def test_texts_have_no_conditions(featurizer: ElectrolyteFeaturizer) -> None:
    row = featurizer.fit_transform(["1 M LiFSI in DME"]).iloc[0]
    assert row.sum() == 0


def test_shipped_rows(featurizer: ElectrolyteFeaturizer) -> None:
    rows = load_measurements("Li")
    block = featurizer.fit_transform(rows)
    assert block["current_known"].sum() == rows["current_mA_cm2"].notna().sum()
    assert block.notna().all(axis=None)
