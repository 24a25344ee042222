"""One broken or unusual cell in a good table: read right, or refused with all that mends it.

The defects stand in ``bad_tables/cells.csv``: the column, its value (with Python's escapes),
the outcome, and what is expected: the value read, or words of reason and remedy.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import pytest
from anolyte.datasets import TableError, read_measurements
from anolyte.datasets.errors import Fault
from anolyte.datasets.measurements.checks import warnings_of

GOOD = {"metal": "Li", "electrolyte": "1 M LiFSI in DME", "ce_pct": "98.4", "source": "lab 2026"}


class Defect(NamedTuple):
    defect: str
    column: str
    value: str
    outcome: str
    expected: str


def defects() -> list[Defect]:
    path = Path(__file__).parent / "bad_tables" / "cells.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        rows = [Defect(*row) for row in csv.reader(stream)][1:]
    return [
        row._replace(value=row.value.encode("ascii").decode("unicode_escape"))
        if "\\" in row.value
        else row
        for row in rows
    ]


DEFECTS = defects()
REFUSED = [each for each in DEFECTS if each.outcome == "refused"]


def write(path: Path, broken: Iterable[Defect]) -> Path:
    """Write a good row and, from row 3 on, one row for each defect."""
    rows = [GOOD | {"electrolyte": "1 M LiFSI in DEE"}]
    for number, each in enumerate(broken, start=2):
        rows.append(GOOD | {"source": f"lab {number}, 2026", each.column: each.value})
    columns = list(dict.fromkeys(name for row in rows for name in row))
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


def assert_tells(fault: Fault, each: Defect) -> None:
    reason, remedy = each.expected.split("|")
    assert reason in f"{fault.value} {fault.reason}"
    assert remedy in fault.remedy
    # A cell that says nothing is told as empty, not quoted.
    assert fault.value in (each.value.strip(), "")


def named(defects: list[Defect]) -> list[object]:
    return [pytest.param(each, id=f"{each.column}: {each.defect}") for each in defects]


@pytest.mark.parametrize("each", named(DEFECTS))
def test_cell(tmp_path: Path, each: Defect) -> None:
    path = write(tmp_path / "table.csv", [each])
    if each.outcome == "refused":
        with pytest.raises(TableError, match=r"table\.csv") as caught:
            read_measurements(path)
        (fault,) = caught.value.faults
        assert fault.place == f"row 3, column {each.column}"
        assert_tells(fault, each)
        return
    table = read_measurements(path)
    warnings = warnings_of(table)
    if each.outcome == "warned":
        (warning,) = warnings
        assert warning.place.startswith("row 3, column")
        assert each.expected in warning.reason
        assert warning.remedy
        return
    row = table.iloc[1]
    read = f"{row.ce_pct:g} {row.ce_qualifier}" if each.column == "ce_pct" else row[each.column]
    assert str(read) == each.expected
    assert not warnings


def test_all_faults_of_a_table_are_told_together(tmp_path: Path) -> None:
    with pytest.raises(TableError) as caught:
        read_measurements(write(tmp_path / "table.csv", REFUSED))
    found = {fault.place: fault for fault in caught.value.faults}
    assert len(found) == len(REFUSED)
    for number, each in enumerate(REFUSED, start=3):
        assert_tells(found[f"row {number}, column {each.column}"], each)


def test_corpus_is_large_and_has_all_outcomes() -> None:
    assert len(DEFECTS) >= 100
    assert {each.outcome for each in DEFECTS} == {"reads", "refused", "warned"}
    assert len({(each.column, each.value) for each in DEFECTS}) == len(DEFECTS)
