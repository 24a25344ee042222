"""The project's own measurements: added atomically, backed up, never twice."""

from __future__ import annotations

from pathlib import Path

import pytest
from anolyte.datasets import load_measurements
from anolyte.datasets.errors import TableError
from anolyte.datasets.files.atomic import write_bytes
from anolyte.datasets.measurements.overview import (
    coverage,
    efficiency_histogram,
    known_measurements,
)
from anolyte.datasets.measurements.own import add_measurements, own_measurements

FIRST = "metal,electrolyte,ce_pct,source\nLi,1.1 M LiFSI in DEE,98.8,notebook 2025\n"
SECOND = "metal,electrolyte,ce_pct,source\nNa,1 M NaPF6 in G2,99.1,notebook 2025\n"


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "new.csv"
    path.write_text(FIRST)
    return path


def test_first_and_second_addition(table: Path, tmp_path: Path) -> None:
    store = tmp_path / "store"
    first = add_measurements(table, store)
    assert (first.added, first.backup) == ({"Li": 1}, None)
    table.write_text(SECOND)
    second = add_measurements(table, store)
    assert second.added == {"Na": 1}
    assert second.backup is not None
    assert "LiFSI" in second.backup.read_text()
    assert "NaPF6" not in second.backup.read_text()
    own = own_measurements(store)
    assert own is not None
    assert own["measurement_id"].tolist() == ["own-00001", "own-00002"]
    assert len(known_measurements("Na", store)) == len(load_measurements("Na")) + 1


def test_known_rows_are_refused(table: Path, tmp_path: Path) -> None:
    store = tmp_path / "store"
    add_measurements(table, store)
    before = (store / "measurements.csv").read_bytes()
    with pytest.raises(TableError, match="already known"):
        add_measurements(table, store)
    assert (store / "measurements.csv").read_bytes() == before


def test_shipped_rows_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "shipped.csv"
    load_measurements("K").to_csv(path, index=False)
    with pytest.raises(TableError) as caught:
        add_measurements(path, tmp_path / "store")
    assert len(caught.value.faults) == len(load_measurements("K"))
    assert own_measurements(tmp_path / "store") is None


def test_faulty_table_changes_nothing(table: Path, tmp_path: Path) -> None:
    table.write_text(FIRST.replace("98.8", "-1"))
    with pytest.raises(TableError):
        add_measurements(table, tmp_path / "store")
    assert not (tmp_path / "store").exists()


def test_no_store_is_no_data(tmp_path: Path) -> None:
    assert own_measurements(tmp_path) is None
    assert len(known_measurements("all", tmp_path)) == len(load_measurements("all"))


def test_write_is_all_or_nothing(tmp_path: Path) -> None:
    path = tmp_path / "file"
    write_bytes(b"old", path)
    with pytest.raises(TypeError):
        write_bytes("text is no bytes", path)  # type: ignore[arg-type]
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]


def test_coverage_counts() -> None:
    table = load_measurements("all")
    counts = coverage(table).set_index("metal")
    assert counts["rows"].sum() == len(table)
    assert counts.loc["Li", "to train on"] > 150
    histogram = efficiency_histogram(load_measurements("Li"))
    assert histogram["count"].sum() == counts.loc["Li", "to train on"]
