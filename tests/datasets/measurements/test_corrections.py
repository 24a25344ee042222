"""Corrections of own measurements: removed, edited, checked, backed up."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from anolyte.datasets.errors import TableError
from anolyte.datasets.measurements.corrections import edit_measurement, remove_measurements
from anolyte.datasets.measurements.own import add_measurements, own_measurements

ROWS = """metal,electrolyte,ce_pct,source,temperature_C
Li,1.1 M LiFSI in DEE,>98.8,notebook 2025,25
Na,1 M NaPF6 in G2,99.1,notebook 2025,
Li,1.3 M LiFSI in DEE,97.2,notebook 2025,25
"""


@pytest.fixture
def store(tmp_path: Path) -> Path:
    path = tmp_path / "new.csv"
    path.write_text(ROWS)
    add_measurements(path, tmp_path / "store")
    return tmp_path / "store"


def own(store: Path) -> pd.DataFrame:
    table = own_measurements(store)
    assert table is not None
    return table


def test_removed_rows_are_in_the_backup(store: Path) -> None:
    done = remove_measurements(["own-00001", "own-00003"], store)
    assert own(store)["measurement_id"].tolist() == ["own-00002"]
    assert done.before["electrolyte"].tolist() == ["1.1 M LiFSI in DEE", "1.3 M LiFSI in DEE"]
    assert "1.3 M LiFSI" in done.backup.read_text()
    remove_measurements(["own-00002"], store)
    assert own_measurements(store) is None


def test_ids_of_removed_rows_are_not_given_again(store: Path, tmp_path: Path) -> None:
    remove_measurements(["own-00001"], store)
    path = tmp_path / "more.csv"
    path.write_text("metal,electrolyte,ce_pct,source\nK,1 M KFSI in DME,98,notebook 3\n")
    add_measurements(path, store)
    assert own(store)["measurement_id"].tolist() == ["own-00002", "own-00003", "own-00004"]


def test_a_cell_is_edited_and_the_others_stay(store: Path) -> None:
    before = own(store)
    changes = {"ce_pct": "98.9", "electrolyte": "1.1M LiFSI in DEE", "notes": "read again"}
    done = edit_measurement("own-00001", changes, store)
    after = own(store)
    assert after.loc[0, ["ce_pct", "ce_qualifier", "temperature_C"]].tolist() == [98.9, "=", 25.0]
    assert after.loc[0, "notes"] == "read again"
    pd.testing.assert_frame_equal(after[1:], before[1:])
    assert done.before["ce_qualifier"].tolist() == [">"]
    assert ",98.8," in done.backup.read_text()


@pytest.mark.parametrize(
    ("identifier", "changes", "reason"),
    [
        ("own-00009", {"ce_pct": "98"}, "no such row"),
        ("own-00001", {"ce": "98"}, "unknown or not to be changed"),
        ("own-00001", {"measurement_id": "x"}, "not to be changed"),
        ("own-00001", {"ce_pct": "180"}, "above 105 %"),
        ("own-00001", {"electrolyte": "1 LiFSI in DEE"}, "amount without a unit"),
    ],
)
def test_what_cannot_be_changes_nothing(
    store: Path, identifier: str, changes: dict[str, str], reason: str
) -> None:
    table = (store / "measurements.csv").read_bytes()
    with pytest.raises(TableError, match=reason):
        edit_measurement(identifier, changes, store)
    assert (store / "measurements.csv").read_bytes() == table
    assert not list(store.glob("backups/*"))


def test_nothing_to_remove(store: Path, tmp_path: Path) -> None:
    with pytest.raises(TableError, match="no such row"):
        remove_measurements(["own-00001", "own-00007"], store)
    assert len(own(store)) == 3
    with pytest.raises(TableError, match="no own measurements"):
        remove_measurements(["own-00001"], tmp_path / "elsewhere")
