"""The kept accuracy of further properties, and the tables that are made of it."""

from __future__ import annotations

import json
from pathlib import Path

from anolyte.models.properties import PROPERTIES
from property_page import keep, property_tables

KEPT = Path(__file__).resolve().parents[2] / "docs" / "properties.json"


def test_every_property_is_kept_and_told() -> None:
    kept = json.loads(KEPT.read_text("utf-8"))
    assert {name: set(metals) for name, metals in kept.items()} == {
        what.name: set(what.tables) for what in PROPERTIES.values()
    }
    told = property_tables(kept)
    for name, metals in kept.items():
        for metal, rows in metals.items():
            assert f"**{name}, {metal}**" in told
            assert {"leave-source-out", "random"} <= {row["split"] for row in rows}


def test_a_new_evaluation_takes_the_place_of_the_old_one() -> None:
    row = {"split": "random", "model": "anolyte", "rmse": 0.123456, "coverage_90": None}
    kept = keep({"conductivity": {"Li": {"accuracy": [row]}}}, {"conductivity": {"Zn": []}})
    assert kept == {"conductivity": {"Zn": [], "Li": [row | {"rmse": 0.1235}]}}
