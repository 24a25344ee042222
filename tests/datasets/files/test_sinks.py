"""Tables written chunk by chunk."""

from __future__ import annotations

import io
from pathlib import Path

import pandas as pd
import pytest
from anolyte.datasets.files.sinks import csv_writer, table_writer

CHUNKS = [
    pd.DataFrame({"electrolyte": ["=1+1", "1 M LiFSI in DME"], "ce_pct": [1.5, float("nan")]}),
    pd.DataFrame({"electrolyte": ["-x"], "ce_pct": [-2.0]}),
]


def test_one_header_and_no_formula() -> None:
    stream = io.StringIO()
    write = csv_writer(stream)
    for chunk in CHUNKS:
        write(chunk)
    assert stream.getvalue() == "electrolyte,ce_pct\n'=1+1,1.5\n1 M LiFSI in DME,\n'-x,-2\n"


@pytest.mark.parametrize("name", ["a.csv", "a.parquet"])
def test_a_file_is_complete(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    with table_writer(path) as write:
        for chunk in CHUNKS:
            write(chunk)
        assert not path.exists()
    table = pd.read_csv(path) if name.endswith("csv") else pd.read_parquet(path)
    assert len(table) == 3
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("name", ["a.csv", "a.parquet"])
def test_or_it_is_not_there(tmp_path: Path, name: str) -> None:
    writer = table_writer(tmp_path / name)
    write = writer.__enter__()
    write(CHUNKS[0])
    assert not writer.__exit__(RuntimeError, RuntimeError(), None)
    assert not list(tmp_path.iterdir())


def test_other_names_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"\.csv or \.parquet"), table_writer(tmp_path / "a.xls"):
        pass
