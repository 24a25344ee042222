"""Any table: its columns mapped by options, names or SMILES, nothing guessed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from anolyte.datasets.errors import InputError, TableError
from anolyte.datasets.importers.general import ColumnMap, column_map, general
from anolyte.datasets.importers.reading import import_rows

TABLE = """Salt,Molarity,S1,P1,S2,P2,Add,Amount,Eff,Cycle no.,Book
LiPF6,1,ethylene carbonate,1,DMC,1,VC,2,0.97,50,12
[Li+].O=S(=O)(F)[N-]S(=O)(=O)F,2,COCCOC,1,,,,,0.984,100,
LiFSI,?,DME,1,,,FEC,?,0.9,,12
LiFSI,1,Wasser und Öl,1,,,,,0.9,,12
LiFSI,1,,,,,,,0.9,,12
LiFSI,two,DME,1,,,,,0.9,,12
"""


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "lab.csv"
    path.write_text(TABLE, "utf-8")
    return path


def mapped(**changes: Any) -> ColumnMap:
    columns: dict[str, Any] = {
        "solvents": [("S1", "P1"), ("S2", "P2")],
        "salts": [("Salt", "Molarity")],
        "additives": [("Add", "Amount")],
        "ce": "Eff",
        "scale": "fraction",
        "source": "Book",
        "metal": "Li",
        "more": {"cycles": "Cycle no."},
    }
    return ColumnMap(**(columns | changes))


def test_names_and_structures_become_electrolytes(table: Path) -> None:
    rows, skipped = import_rows(table, general(mapped()))
    assert [row["electrolyte"] for row in rows] == [
        "1 M LiPF6 in EC/DMC (1:1 v/v) + 2 wt% VC",
        "2 M LiFSI in DME",
        "? M LiFSI in DME + ? wt% FEC",
    ]
    assert [row["ce_pct"] for row in rows] == ["97", "98.4", "90"]
    assert [row["source"] for row in rows] == ["12", "Book", "12"]
    assert [row["cycles"] for row in rows] == ["50", "100", ""]
    told = {fault.place: fault.reason for fault in skipped}
    assert list(told) == ["row 5", "row 6", "row 7"]
    assert "no known name" in told["row 5"]
    assert "no solvent" in told["row 6"]
    assert told["row 7"].startswith("Molarity: not a number")


def test_everything_in_one_ratio(table: Path) -> None:
    columns = mapped(salt_unit="mol/mol", additives=())
    rows, skipped = import_rows(table, general(columns))
    assert rows[0]["electrolyte"] == "LiPF6/EC/DMC (1:1:1 mol/mol)"
    assert "missing from a ratio" in skipped[0].reason


def test_units_and_scales_are_those_told(table: Path) -> None:
    columns = mapped(ratio="w/w", salt_unit="m", additive_unit="vol%", scale="lce")
    row = import_rows(table, general(columns))[0][0]
    assert row["electrolyte"] == "1 m LiPF6 in EC/DMC (1:1 w/w) + 2 vol% VC"
    assert float(row["ce_pct"]) == pytest.approx(100 * (1 - 10**-0.97), abs=0.01)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"ratio": "by eye"}, "ratio: 'by eye'"),
        ({"salt_unit": "mol"}, "salt unit: 'mol'"),
        ({"additive_unit": "drops"}, "additive unit: 'drops'"),
        ({"scale": "permille"}, "scale: 'permille'"),
        ({"more": {"cycle": "Cycle no."}}, "'cycle': not in the schema"),
        ({"solvents": ()}, "no solvents or no salts"),
    ],
)
def test_a_map_that_cannot_be_is_refused(changes: dict[str, Any], told: str) -> None:
    with pytest.raises(InputError) as caught:
        mapped(**changes)
    assert told in str(caught.value)


def test_missing_columns_are_named(table: Path) -> None:
    with pytest.raises(TableError, match="'Efficiency': column is missing"):
        import_rows(table, general(mapped(ce="Efficiency")))


def test_map_from_words_of_a_command_line() -> None:
    parts = {"solvents": "S1:P1, S2:P2", "salts": "Salt:Molarity", "additives": ""}
    told = {"ce": "Eff", "source": "Book", "scale": "fraction"}
    columns = column_map(parts, ["cycles=Cycle no."], **told)
    assert columns.solvents == [("S1", "P1"), ("S2", "P2")]
    assert columns.more == {"cycles": "Cycle no."}
    with pytest.raises(InputError, match="not a pair"):
        column_map(parts, ["cycles"], **told)
