"""The page of descriptors."""

from __future__ import annotations

from pathlib import Path

import pytest
from anolyte.features import BLOCKS, ElectrolyteFeaturizer
from descriptor_page import catalogue

PAGE = Path(__file__).parents[2] / "docs" / "descriptors.md"


def test_page_is_that_of_the_code() -> None:
    assert catalogue().strip() in PAGE.read_text("utf-8")


def test_every_descriptor_is_defined_and_named_once() -> None:
    table = ElectrolyteFeaturizer(list(BLOCKS)).describe()
    assert (table["definition"].str.len() > 5).all()
    assert (table["unit"] != "").all()
    repeated = table["name"][table["name"].duplicated()]
    assert repeated.empty, repeated.tolist()


@pytest.mark.parametrize("name", BLOCKS)
def test_each_block_alone(name: str) -> None:
    featurizer = ElectrolyteFeaturizer([name])
    values = featurizer.fit_transform(["1 M LiFSI in DME", "LiFSI/DME/TTE (1:1.2:3 mol/mol)"])
    assert values.shape == (2, len(featurizer.get_feature_names_out()))
