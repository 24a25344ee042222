"""Tables as spreadsheets and laboratories write them."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from anolyte.datasets.errors import TableError
from anolyte.datasets.files.tables import MAX_COLUMNS, read_rows

ROWS = [["Name", "Value", "Note"], ["a", "1", "25 °C, Küpper"], ["b", "2", 'say "x"']]
EXPECTED = [
    (2, {"name": "a", "value": "1", "Note": "25 °C, Küpper"}),
    (3, {"name": "b", "value": "2", "Note": 'say "x"'}),
]


def quoted(separator: str, ending: str = "\n") -> str:
    def cell(text: str) -> str:
        escaped = text.replace('"', '""')
        return f'"{escaped}"' if set(text) & {separator, '"'} else text

    return "".join(separator.join(map(cell, row)) + ending for row in ROWS)


def read(path: Path, required: tuple[str, ...] = ("name",)) -> list[tuple[int, dict[str, str]]]:
    return read_rows(path, required, ("value",))


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(quoted(",").encode(), id="CSV"),
        pytest.param(quoted(";").encode(), id="semicolon"),
        pytest.param(quoted("\t").encode(), id="TSV"),
        pytest.param(quoted(",", "\r\n").encode(), id="CRLF"),
        pytest.param(quoted(",").encode("utf-8-sig"), id="BOM"),
        pytest.param(quoted(",").encode("utf-16"), id="UTF-16"),
        pytest.param(b"\xfe\xff" + quoted(";").encode("utf-16-be"), id="UTF-16 big-endian"),
        pytest.param(quoted(";", "\r\n").encode("cp1252"), id="Windows-1252"),
        pytest.param(quoted(",").encode().rstrip(), id="no final newline"),
    ],
)
def test_text_table_reads_alike_however_it_is_saved(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(data)
    assert read(path) == EXPECTED


@pytest.mark.parametrize("suffix", [".xlsx", ".XLSX"])
def test_workbook_reads_like_text(tmp_path: Path, suffix: str) -> None:
    book = openpyxl.Workbook()
    book.active.append(ROWS[0])
    book.active.append(["a", 1, "25 °C, Küpper "])
    book.active.append(["b", 2, 'say "x"'])
    path = tmp_path / f"table{suffix}"
    book.save(path)
    assert read(path) == EXPECTED


def test_row_numbers_are_those_of_the_spreadsheet(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text('name,value\na,1\n\n,\nb,"two\nlines"\nc,3\n', encoding="utf-8")
    assert [(number, row["name"]) for number, row in read(path)] == [(2, "a"), (5, "b"), (6, "c")]


def test_short_row_is_filled_up_and_empty_tail_is_dropped(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("name,value\na\nb,2,,\n", encoding="utf-8")
    assert read(path) == [(2, {"name": "a", "value": ""}), (3, {"name": "b", "value": "2"})]


def test_header_forgives_case_and_blanks(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text(" NAME ,VaLuE,Extra\na,1,x\n", encoding="utf-8")
    assert read(path) == [(2, {"name": "a", "value": "1", "Extra": "x"})]


def test_rows_with_too_many_cells_are_all_named(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("name,value\na,98,5\nb,1\nc,1,2,3\n", encoding="utf-8")
    with pytest.raises(TableError) as caught:
        read(path)
    assert [(fault.place, fault.reason) for fault in caught.value.faults] == [
        ("row 2", "3 cells under 2 columns"),
        ("row 4", "4 cells under 2 columns"),
    ]
    assert caught.value.faults[0].value == "a | 98 | 5"


def test_faults_of_the_header_come_at_once(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("Value,value,x,x\n1,2,3,4\n", encoding="utf-8")
    with pytest.raises(TableError) as caught:
        read(path)
    assert [(fault.value, fault.reason) for fault in caught.value.faults] == [
        ("name", "column is missing"),
        ("value", "column occurs more than once"),
        ("x", "column occurs more than once"),
    ]
    assert all(fault.place == "row 1 (header)" for fault in caught.value.faults)


@pytest.mark.parametrize("text", ["", "\n\n", "   "])
def test_table_without_header_misses_its_columns(tmp_path: Path, text: str) -> None:
    path = tmp_path / "table.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(TableError, match="'name': column is missing"):
        read(path)


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        pytest.param("t.csv", b"name\n\x00\x01", "neither UTF-8", id="null bytes"),
        pytest.param("t.csv", b"name\n\x81\x8d", "neither UTF-8", id="no encoding fits"),
        pytest.param("t.csv", "name\na".encode("utf-16-le"), "neither UTF-8", id="UTF-16 bare"),
        pytest.param("t.csv", b"\xff\xfen", "neither UTF-8", id="UTF-16 cut short"),
        pytest.param("t.csv", b"name\n" + b"x" * 140_000, "field larger", id="giant cell"),
        pytest.param("t.csv", b"name" + b",c" * MAX_COLUMNS, "more than 500 columns", id="wide"),
        pytest.param("t.xlsx", b"name\na\n", "no readable workbook", id="CSV named XLSX"),
        pytest.param("t.xlsx", b"", "no readable workbook", id="empty XLSX"),
        pytest.param("t.xlsx", b"PK\x03\x04junk", "no readable workbook", id="broken zip"),
    ],
)
def test_unreadable_file_is_a_table_error(
    tmp_path: Path, name: str, data: bytes, reason: str
) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(TableError, match=reason) as caught:
        read(path)
    assert all(fault.remedy for fault in caught.value.faults)


@pytest.mark.parametrize("name", ["missing.csv", "missing.xlsx", "folder"])
def test_missing_file_or_folder_is_a_table_error(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(TableError, match="name a readable CSV, TSV or XLSX file"):
        read(tmp_path / name)


def damaged_workbook(path: Path, part: str, keep: int) -> None:
    import zipfile

    book = openpyxl.Workbook()
    for row in ROWS:
        book.active.append(row)
    book.save(path)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data[:keep] if part in name else data)


@pytest.mark.parametrize("part", ["sheet1", "styles", "workbook.xml"])
def test_damaged_workbook_is_a_table_error(tmp_path: Path, part: str) -> None:
    damaged_workbook(tmp_path / "t.xlsx", part, keep=120)
    with pytest.raises(TableError, match="no readable workbook"):
        read(tmp_path / "t.xlsx")


def test_workbook_with_flipped_bytes_is_a_table_error(tmp_path: Path) -> None:
    import zipfile

    path = tmp_path / "t.xlsx"
    damaged_workbook(path, "nothing", keep=0)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    with zipfile.ZipFile(path) as archive:
        entry = archive.getinfo("[Content_Types].xml")
    data = bytearray(path.read_bytes())
    start = entry.header_offset + 30 + len(entry.filename)
    data[start : start + 20] = b"\xff" * 20
    path.write_bytes(bytes(data))
    with pytest.raises(TableError, match="no readable workbook"):
        read(path)
