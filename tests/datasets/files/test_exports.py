"""CSV export: lossless, safe in spreadsheets, whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from anolyte.datasets.files.exports import guard, write_csv


@pytest.mark.parametrize("text", ["=1+1", "+cmd", "-2-MeTHF", "@SUM(A1)", "\tx"])
def test_formulas_are_defused(text: str) -> None:
    assert guard(text) == f"'{text}"


@pytest.mark.parametrize("value", ["1 M LiFSI in DME", "[EMIm]Cl", -1.5, ""])
def test_other_cells_stay(value: object) -> None:
    assert guard(value) == value


def test_round_trip(tmp_path: Path) -> None:
    frame = pd.DataFrame({"name": ["EC", '2 "quoted", comma'], "value": [0.1 + 0.2, -1e-17]})
    # Read as text: older versions of pandas round numbers when reading them.
    back = pd.read_csv(write_csv(frame, tmp_path / "list.csv"), dtype=str)
    assert back["name"].tolist() == frame["name"].tolist()
    assert back["value"].map(float).tolist() == frame["value"].tolist()


def test_failure_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("old")

    class Stubborn:
        def __str__(self) -> str:
            raise RuntimeError("cannot be written")

    with pytest.raises(RuntimeError):
        write_csv(pd.DataFrame({"x": [Stubborn()]}), path)
    assert path.read_text() == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["list.csv"]
