"""The shipped tables as a whole: clean, sourced, complete."""

from __future__ import annotations

import json
import re
from importlib.resources import files

import pandas as pd
import pytest
from anolyte.datasets import METALS, load_measurements, shipped_compounds
from anolyte.datasets.compounds.metals import CHARGES, ion_property
from anolyte.datasets.files.shipped import shipped_table, shipped_table_names
from anolyte.datasets.measurements.checks import resolves, warnings_of
from anolyte.datasets.measurements.croissant import describe
from anolyte.datasets.measurements.table import IDENTITY, efficiencies

TABLES = shipped_table_names()


def test_every_measurement_is_beyond_suspicion() -> None:
    assert [str(warning) for warning in warnings_of(load_measurements("all"), published=True)] == []


def test_ids_are_unique_and_name_the_metal() -> None:
    rows = load_measurements("all")
    assert rows["measurement_id"].is_unique
    assert (rows["measurement_id"].str.split("-").str[0] == rows["metal"]).all()


def test_no_measurement_stands_twice() -> None:
    rows = load_measurements("all")
    assert not rows.duplicated(list(IDENTITY)).any()


def test_every_measurement_says_something_and_where_it_was_read() -> None:
    rows = load_measurements("all")
    sei = rows["sei_composition"] + rows["sei_function"] + rows["sei_species"]
    assert (rows["ce_pct"].notna() | (sei != "")).all()
    for column in ("source", "seen_in", "where", "confidence"):
        assert (rows[column] != "").all(), column


@pytest.mark.parametrize("metal", METALS)
def test_each_metal_is_covered(metal: str) -> None:
    rows = load_measurements(metal)
    assert len(rows) >= 10
    assert len(efficiencies(rows)) >= 4
    assert (rows["sei_composition"] + rows["sei_function"] != "").sum() >= 3


@pytest.mark.parametrize(
    ("metal", "least"), [("Li", 615), ("Zn", 90), ("K", 130), ("Na", 120), ("Mg", 53)]
)
def test_there_is_enough_to_train_on(metal: str, least: int) -> None:
    assert len(efficiencies(load_measurements(metal))) >= least


def test_screening_sets_are_marked_as_one_laboratory() -> None:
    rows = load_measurements("all")
    counts = rows["laboratory"][rows["laboratory"] != ""].value_counts().to_dict()
    assert counts == {"potassium ether screening": 128, "sodium ether closed loop": 45}


def test_means_of_cells_carry_their_number_and_spread() -> None:
    rows = load_measurements("K")
    screened = rows[rows["laboratory"] != ""]
    assert (screened["cells"] == 3).all()
    assert screened["ce_sd"].between(0, 20).all()
    assert rows["cells"].notna().sum() == len(screened)


def test_repeated_statements_are_grouped_by_their_first_row() -> None:
    rows = load_measurements("all")
    groups = rows[rows["statement"] != ""].groupby("statement")
    assert len(groups) >= 7
    for name, group in groups:
        assert group["measurement_id"].iloc[0] == name
        assert len(group) > 1
        assert len(set(group["source"])) == 1


def test_one_paper_has_one_key() -> None:
    keys = set(load_measurements("Li")["source"])
    assert "kim2023-ref32" in keys
    assert not keys & {"kim2023-ref67", "s4-ref032"}


def test_efficiencies_leave_out_other_quantities() -> None:
    kept = efficiencies(load_measurements("all"))
    assert not set(kept["ce_method"]) & {"full_cell", "first_cycle"}
    assert "graphite" not in set(kept["substrate"])
    assert not kept["notes"].str.contains("DEPOSITION-ONLY").any()


@pytest.mark.parametrize("name", [n for n in TABLES if n not in ("sources", "sei_species")])
def test_every_fact_has_a_source(name: str) -> None:
    table = shipped_table(name)
    if name == "compounds":
        assert "source" not in table.columns
    else:
        # What was computed says how instead of where it was read.
        origin = "method" if name.startswith("quantum") else "source"
        assert (table[origin] != "").all()


def test_property_values_are_numbers_of_known_structures() -> None:
    table = shipped_table("properties")
    assert pd.to_numeric(table["value"]).notna().all()
    assert set(table["value_kind"]) == {"measured", "estimated"}


def test_sources_of_measurements_resolve() -> None:
    rows = load_measurements("all")
    pairs = zip(rows["source"], rows["doi"], strict=True)
    assert all(resolves(source, doi) for source, doi in pairs)


def test_no_paper_stands_under_two_keys() -> None:
    """Two rows of one paper, held apart, would let a model learn from what judges it."""
    sources = shipped_table("sources")
    for column in ("source", "doi", "citation"):
        known = sources.loc[sources[column] != "", column].str.casefold()
        assert known[known.duplicated()].empty, column


@pytest.mark.parametrize(("metal", "charge"), CHARGES.items())
def test_metal_ions(metal: str, charge: int) -> None:
    ion = f"{metal}{charge if charge > 1 else ''}+"
    assert ion_property(ion, "charge") == charge
    assert 0.3 < ion_property(ion, "ionic_radius_Shannon_CN6") < 1.6
    assert -3.1 < ion_property(ion, "standard_reduction_potential") < -0.7
    volumetric = ion_property(ion, "theoretical_capacity_volumetric")
    thickness = ion_property(ion, "layer_thickness")
    assert thickness == pytest.approx(1e4 / volumetric, rel=0.01)
    assert 4 <= ion_property(ion, "usual_coordination_number") <= 8


def test_names_of_tables_have_no_path_of_a_machine() -> None:
    for name in TABLES:
        text = (files("anolyte.datasets") / "tables" / f"{name}.csv").read_text("utf-8")
        assert not re.search(r"(?<![\w./-])/(home|root|tmp|work)/", text), name


def test_croissant_describes_the_tables_as_they_are() -> None:
    text = (files("anolyte.datasets") / "tables" / "croissant.json").read_text("utf-8")
    assert json.loads(text) == describe()


def test_croissant_is_valid() -> None:
    croissant = pytest.importorskip("mlcroissant")
    path = str(files("anolyte.datasets") / "tables" / "croissant.json")
    dataset = croissant.Dataset(path)
    records = list(dataset.records("measurements_K"))
    assert len(records) == len(load_measurements("K"))


def test_datasheet_names_every_table() -> None:
    text = (files("anolyte.datasets") / "tables" / "DATASHEET.md").read_text("utf-8")
    for name in TABLES:
        assert f"`{name}.csv`" in text or name.startswith("measurements_"), name


def test_salts_of_the_metals_are_in_the_registry() -> None:
    for metal in METALS:
        salts = [c for c in shipped_compounds() if c.is_salt and f"[{metal}" in c.smiles]
        assert len(salts) >= 3, metal
