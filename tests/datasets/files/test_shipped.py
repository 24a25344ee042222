"""The tables that come with anolyte."""

from __future__ import annotations

import pandas as pd
import pytest
from anolyte.datasets.compounds.metals import METALS
from anolyte.datasets.compounds.registry import canonical_smiles
from anolyte.datasets.files.shipped import shipped_table, shipped_table_names
from anolyte.datasets.measurements.table import load_measurements


def test_every_metal_has_its_table() -> None:
    names = shipped_table_names("measurements_")
    assert names == sorted(f"measurements_{metal}" for metal in METALS)
    assert {"compounds", "ions", "properties", "sources"} <= set(shipped_table_names())


def test_cells_are_text_and_a_copy() -> None:
    table = shipped_table("properties")
    assert table.map(lambda cell: isinstance(cell, str)).all(axis=None)
    table["value"] = "changed"
    assert (shipped_table("properties")["value"] != "changed").all()


def test_unknown_table_is_refused() -> None:
    with pytest.raises(FileNotFoundError):
        shipped_table("measurements_Pb")


def test_properties_are_numbers_of_canonical_structures_with_a_source() -> None:
    table = shipped_table("properties")
    assert len(table) > 200
    assert pd.to_numeric(table["value"]).notna().all()
    assert (table["source"] != "").all()
    assert not [s for s in set(table["smiles"]) if canonical_smiles(s) != s]


@pytest.mark.parametrize(("name", "low", "high"), [("density", 0.4, 2.5), ("donor_number", 0, 70)])
def test_properties_lie_in_a_plausible_range(name: str, low: float, high: float) -> None:
    table = shipped_table("properties")
    values = table.loc[table["property"] == name, "value"].astype(float)
    assert len(values) > 20
    assert values.between(low, high).all()


def test_numbered_references_of_the_lithium_compilation_are_listed() -> None:
    listed = set(shipped_table("sources")["source"])
    used = load_measurements("Li")["source"]
    assert set(used[used.str.fullmatch(r"kim2023-ref\d+")]) <= listed
