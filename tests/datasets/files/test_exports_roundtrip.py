"""Exported tables: no cell is a formula to a spreadsheet, and the project reads them back."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from anolyte.datasets import load_measurements, read_measurements
from anolyte.datasets.files.exports import write_csv, write_table_file
from anolyte.datasets.files.sinks import table_writer
from anolyte.datasets.files.tables import read_rows
from hypothesis import given, settings
from hypothesis import strategies as st

# Real texts that begin like formulas, and attacks.
FORMULAS = ["=", "=1+1", "+", "-", "-78 °C bath", "+Cu", "@home", '=HYPERLINK("http://x","y")']
FORMULAS += ["=cmd|' /C calc'!A0", "-2+3", "@SUM(A1:A9)", "+1"]
HARMLESS = ["1 M LiFSI in DME", "[EMIm]Cl", 'say "x"', "a,b", "a;b", "a\tb", "two\nlines", "", "NA"]
HARMLESS += ["2-MeTHF", "Küpper", "γ-butyrolactone", "n/a", "’quoted’", "'single'", "1e5", "0012"]


def in_chunks(frame: pd.DataFrame, path: Path) -> Path:
    with table_writer(path) as write:
        write(frame[:3])
        write(frame[3:])
    return path


WRITERS: list[Callable[[pd.DataFrame, Path], Path]] = [write_csv, write_table_file, in_chunks]


def written_cells(path: Path) -> list[str]:
    with path.open(encoding="utf-8", newline="") as stream:
        return [row[0] for row in csv.reader(stream)][1:]


@pytest.mark.parametrize("write", WRITERS)
def test_no_cell_starts_a_formula(
    tmp_path: Path, write: Callable[[pd.DataFrame, Path], Path]
) -> None:
    frame = pd.DataFrame({"text": FORMULAS, "number": range(len(FORMULAS))})
    cells = written_cells(write(frame, tmp_path / "t.csv"))
    assert len(cells) == len(FORMULAS)
    assert not any(cell.startswith(tuple("=+-@\t\r")) for cell in cells)


@pytest.mark.parametrize("write", WRITERS)
def test_texts_read_back(tmp_path: Path, write: Callable[[pd.DataFrame, Path], Path]) -> None:
    texts = [*FORMULAS, *HARMLESS]
    frame = pd.DataFrame({"number": range(len(texts)), "text": texts})
    rows = read_rows(write(frame, tmp_path / "t.csv"), ("text",))
    assert [cells["text"] for _, cells in rows] == texts


@pytest.mark.parametrize("name", ["t.csv", "t.parquet"])
def test_numbers_read_back_to_the_last_digit(tmp_path: Path, name: str) -> None:
    frame = pd.DataFrame({"x": [0.1 + 0.2, -1e-17, 1e300, 5e-324, float("nan"), -0.0, 99.95]})
    path = write_table_file(frame, tmp_path / name)
    # Read as text: older versions of pandas round numbers when reading them.
    text = name.endswith("csv")
    back = pd.read_csv(path, dtype=str).astype(float) if text else pd.read_parquet(path)
    pd.testing.assert_frame_equal(back, frame, check_exact=True)


def test_exported_measurements_read_back(tmp_path: Path) -> None:
    table = load_measurements("all")
    path = write_table_file(table, tmp_path / "all.csv")
    pd.testing.assert_frame_equal(read_measurements(path), table)


@settings(max_examples=150)
@given(st.lists(st.sampled_from([*"=+-@'ab \",;:|"]), min_size=1, max_size=6).map("".join))
def test_any_text_is_guarded_and_reads_back(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    path = tmp_path_factory.mktemp("t") / "t.csv"
    write_csv(pd.DataFrame({"text": [text], "number": [1]}), path)
    assert not written_cells(path)[0].startswith(tuple("=+-@\t\r"))
    ((_, cells),) = read_rows(path, ("text",))
    # Blanks around a cell are never meant.
    assert cells["text"] == text.strip()


@pytest.mark.parametrize("text", ["'=1", "''=1", "a\rb"])
def test_odd_text_reads_back(tmp_path: Path, text: str) -> None:
    path = write_csv(pd.DataFrame({"text": [text], "number": [1]}), tmp_path / "t.csv")
    ((_, cells),) = read_rows(path, ("text",))
    assert cells["text"] == text


@pytest.mark.parametrize(("name", "text"), [("=1+1", "x"), ("a", "＝1+1"), ("a", "\n=1+1")])
def test_odd_formula_is_guarded(tmp_path: Path, name: str, text: str) -> None:
    path = write_csv(pd.DataFrame({name: [text]}), tmp_path / "t.csv")
    with path.open(encoding="utf-8", newline="") as stream:
        cells = [row[0] for row in csv.reader(stream)]
    assert not any(cell.startswith(tuple("=+-@\t\r\n＝＋－＠")) for cell in cells)
