"""Broken and unusual files: read as a whole, or refused with file, place, reason and remedy."""

from __future__ import annotations

import datetime
import io
import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from anolyte.datasets import TableError, read_measurements
from anolyte.datasets.files import tables as tabular
from anolyte.datasets.files import workbooks
from anolyte.datasets.measurements.checks import warnings_of

HEADER = "electrolyte,ce_pct,source,notes"
ROWS = (
    '"1 M LiPF6 in EC/DMC (1:1 v/v)",98.4,notebook 1,Küpper',
    "1 M LiFSI in DME,>99,notebook 1,",
)
TEXT = "\n".join((HEADER, *ROWS)) + "\n"
READ = [
    ("1 M LiPF6 in EC/DMC (1:1 v/v)", 98.4, "=", "Küpper"),
    ("1 M LiFSI in DME", 99.0, ">", ""),
]


def semicolons(text: str) -> str:
    return text.replace("98.4", "98,4x").replace(",", ";").replace("98;4x", "98,4")


def book(*sheets: tuple[str, list[list[object]]]) -> openpyxl.Workbook:
    made = openpyxl.Workbook()
    made.remove(made.active)
    for title, rows in sheets:
        sheet = made.create_sheet(title)
        for row in rows:
            sheet.append(row)
    return made


def saved(made: openpyxl.Workbook) -> bytes:
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def cells(*rows: list[object]) -> list[list[object]]:
    return [["electrolyte", "ce_pct", "source", "notes"], *rows]


FIRST: list[object] = ["1 M LiPF6 in EC/DMC (1:1 v/v)", 98.4, "notebook 1", "Küpper"]
SECOND: list[object] = ["1 M LiFSI in DME", ">99", "notebook 1", None]
GOOD_BOOK = book(("cells", cells(FIRST, SECOND)))


def repacked(data: bytes, change: Callable[[str, bytes], bytes], **more: bytes) -> bytes:
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
        for name, content in more.items():
            new.writestr(name, content)
    return stream.getvalue()


def percent_format() -> bytes:
    made = book(("cells", cells(["1 M LiPF6 in EC/DMC (1:1 v/v)", 0.984, *FIRST[2:]], SECOND)))
    made.active["B2"].number_format = "0.0%"
    return saved(made)


def literal_percent_format() -> bytes:
    made = book(("cells", cells(FIRST, SECOND)))
    made.active["B2"].number_format = '0.0"%"'
    return saved(made)


def narrow_dimension() -> bytes:
    def change(name: str, data: bytes) -> bytes:
        return data.replace(b'<dimension ref="A1:D3"', b'<dimension ref="A1:B2"')

    data = repacked(saved(GOOD_BOOK), change)
    assert b"A1:B2" in zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet1.xml")
    return data


def stored_formula() -> bytes:
    def change(name: str, data: bytes) -> bytes:
        return data.replace(b"<v>98.4</v>", b"<f>49.2*2</f><v>98.4</v>")

    return repacked(saved(GOOD_BOOK), change)


def merged_titles() -> bytes:
    made = book(("cells", [["Results of 2026"], *cells(FIRST, SECOND)]))
    made.active.merge_cells("A1:D1")
    return saved(made)


def merged_cells() -> bytes:
    made = book(("cells", cells(FIRST, SECOND)))
    made.active.merge_cells("A2:A3")
    return saved(made)


def entity_bomb() -> bytes:
    lines = [b'<!DOCTYPE x [<!ENTITY a0 "aaaaaaaaaa">']
    lines += [b'<!ENTITY a%d "%b">' % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 10)]
    doctype = b"".join(lines) + b"]>"

    def change(name: str, data: bytes) -> bytes:
        if not name.endswith("sheet1.xml"):
            return data
        return b"<?xml version='1.0'?>" + doctype + data.replace(b"notebook 1", b"&a9;")

    return repacked(saved(GOOD_BOOK), change)


def far_row() -> bytes:
    def change(name: str, data: bytes) -> bytes:
        return data.replace(b'r="A3"', b'r="A900000000"').replace(b'r="3"', b'r="900000000"')

    return repacked(saved(GOOD_BOOK), change)


# --- files that read

READS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "CSV in UTF-8": ("t.csv", TEXT.encode),
    "UTF-8 with BOM": ("t.csv", lambda: TEXT.encode("utf-8-sig")),
    "two BOMs": ("t.csv", lambda: b"\xef\xbb\xbf" + TEXT.encode("utf-8-sig")),
    "UTF-16": ("t.csv", lambda: TEXT.encode("utf-16")),
    "Latin-1": ("t.csv", lambda: TEXT.encode("latin-1")),
    "CRLF": ("t.csv", lambda: TEXT.replace("\n", "\r\n").encode()),
    "CR alone": ("t.csv", lambda: TEXT.replace("\n", "\r").encode()),
    "tabs": ("t.tsv", lambda: TEXT.replace(",", "\t").encode()),
    "tabs in a CSV": ("t.csv", lambda: TEXT.replace(",", "\t").encode()),
    "semicolons and decimal commas": ("t.csv", lambda: semicolons(TEXT).encode()),
    "separator told above the header": ("t.csv", ("sep=;\r\n" + semicolons(TEXT)).encode),
    "blank lines above the header": ("t.csv", f"\n\n{TEXT}".encode),
    "blank rows between": ("t.csv", lambda: TEXT.replace("\n", "\n,,,\n\n").encode()),
    "empty columns at the right": ("t.csv", lambda: TEXT.replace("\n", ",,\n").encode()),
    "invisible signs in the header": ("t.csv", lambda: TEXT.replace("ce_", "\u200bce_").encode()),
    "no-break blanks in the header": (
        "t.csv",
        lambda: TEXT.replace("source", "source\xa0").encode(),
    ),
    "quoted empty cell": (
        "t.csv",
        lambda: TEXT.replace("notebook 1,\n", 'notebook 1,""\n').encode(),
    ),
    "no final line break": ("t.csv", lambda: TEXT.rstrip("\n").encode()),
    "short last row": ("t.csv", lambda: TEXT.rstrip("\n").rstrip(",").encode()),
    "workbook": ("t.xlsx", lambda: saved(GOOD_BOOK)),
    "workbook after a page of notes": (
        "t.xlsx",
        lambda: saved(book(("read me", [["about"]]), ("cells", cells(FIRST, SECOND)))),
    ),
    "percent format": ("t.xlsx", percent_format),
    "percent sign in the format": ("t.xlsx", literal_percent_format),
    "formula with its stored value": ("t.xlsx", stored_formula),
    "range stated too small": ("t.xlsx", narrow_dimension),
    "blank rows in a workbook": (
        "t.xlsx",
        lambda: saved(book(("cells", [[], *cells(FIRST, [None] * 4, SECOND)]))),
    ),
}


@pytest.mark.parametrize("defect", READS)
def test_file_reads(tmp_path: Path, defect: str) -> None:
    name, build = READS[defect]
    path = tmp_path / name
    path.write_bytes(build())
    table = read_measurements(path, "Li")
    columns = ["electrolyte", "ce_pct", "ce_qualifier", "notes"]
    assert list(table[columns].itertuples(index=False, name=None)) == READ


# --- files that do not: words of the places, reasons and remedies

REFUSED: dict[str, tuple[str, Callable[[], bytes], tuple[str, ...]]] = {
    "empty": ("t.csv", lambda: b"", ("row 1 (header)", "'ce_pct': column is missing", "add it")),
    "blanks alone": ("t.csv", lambda: b" \n \n", ("column is missing", "found: nothing")),
    "header alone": ("t.csv", f"{HEADER}\n".encode, ("no rows", "add measurements")),
    "binary": ("t.csv", lambda: bytes(range(256)) * 9, ("line 2", "neither UTF-8", "as CSV")),
    "NUL in a cell": (
        "t.csv",
        lambda: TEXT.replace("DME", "DM\0E").encode(),
        ("line 3", "neither UTF-8", "as CSV"),
    ),
    "UTF-16 without mark": ("t.csv", lambda: TEXT.encode("utf-16-le"), ("line 1", "as CSV")),
    "UTF-32": ("t.csv", lambda: TEXT.encode("utf-32"), ("neither UTF-8", "as CSV")),
    "web page": ("t.csv", lambda: b"<html><table>", ("a web page", "spreadsheet")),
    "JSON": ("t.csv", lambda: b'[{"ce_pct": 98}]', ("column is missing", "found: [{")),
    "PDF": ("t.csv", lambda: b"%PDF-1.7 \n", ("a PDF", "as CSV")),
    "gzip": ("t.csv", lambda: b"\x1f\x8b\x08\x00", ("gzip", "unpack it")),
    "parquet": ("t.csv", lambda: b"PAR1\x00\x00", ("parquet", "as CSV")),
    "workbook named CSV": ("t.csv", lambda: saved(GOOD_BOOK), ("a workbook", "name it .xlsx")),
    "old workbook named CSV": ("t.csv", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1", ("old Excel", "XLSX")),
    "old workbook named XLSX": ("t.xlsx", lambda: b"\xd0\xcf\x11\xe0" * 9, (".xls", "as XLSX")),
    "CSV named XLSX": ("t.xlsx", TEXT.encode, ("not a zip archive", "name it .csv")),
    "other zip named XLSX": (
        "t.xlsx",
        lambda: repacked(saved(GOOD_BOOK), lambda name, _: name.encode()),
        ("no readable workbook", "as CSV"),
    ),
    "cut workbook": ("t.xlsx", lambda: saved(GOOD_BOOK)[:2000], ("no readable workbook", "as CSV")),
    "empty workbook": ("t.xlsx", lambda: saved(book(("a", []))), ("column is missing", "add it")),
    "several tables": (
        "t.xlsx",
        lambda: saved(book(("May", cells(FIRST)), ("June", cells(SECOND)))),
        ("2 sheets hold such a table: May, June", "keep one"),
    ),
    "formula without value": (
        "t.xlsx",
        lambda: saved(book(("a", cells(["1 M LiFSI in DME", "=49*2", "=A2", ""])))),
        ("row 2, column source: '=A2': a formula without its value", "or write the value"),
    ),
    "formula without number": (
        "t.xlsx",
        lambda: saved(book(("a", cells(["1 M LiFSI in DME", "=49*2", "lab", ""])))),
        ("row 2, column ce_pct: '=49*2': not a number", "plain number"),
    ),
    "date in a number cell": (
        "t.xlsx",
        lambda: saved(book(("a", cells(["1 M LiFSI in DME", datetime.date(2024, 2, 1), "lab"])))),
        ("row 2, column ce_pct", "date or time", "format the column as text"),
    ),
    "time in a number cell": (
        "t.xlsx",
        lambda: saved(book(("a", cells(["1 M LiFSI in DME", datetime.time(1, 2), "lab"])))),
        ("row 2, column ce_pct: '01:02:00'", "date or time", "format the column as text"),
    ),
    "truth in a number cell": (
        "t.xlsx",
        lambda: saved(book(("a", cells(["1 M LiFSI in DME", True, "lab"])))),
        ("row 2, column ce_pct: 'True': not a number", "plain number"),
    ),
    "title above the header": (
        "t.csv",
        f"Results of 2026\nmade by me\n{TEXT}".encode,
        ("column is missing", "row 3: '': the header seems", "delete the rows above row 3"),
    ),
    "merged title": ("t.xlsx", merged_titles, ("the header seems", "delete the rows above row 2")),
    "merged cells": ("t.xlsx", merged_cells, ("cells A2:A3", "merged cells", "unmerge them")),
    "entity bomb": ("t.xlsx", entity_bomb, ("no readable workbook", "as CSV")),
    "row without end": ("t.xlsx", far_row, ("more than 1,048,576 rows", "delete what is empty")),
    "unclosed quote": (
        "t.csv",
        lambda: TEXT.replace("1,Küpper", '1,"Küpper').encode(),
        ("row 2 (to line 3)", "never closed", "close it"),
    ),
    "unclosed quote, closed later": (
        "t.csv",
        lambda: TEXT.replace("1,Küpper", '1,"5 inch').replace("1,\n", '1,"6 inch\n').encode(),
        ("row 2", "quote", 'write ""'),
    ),
    "text behind a quote": (
        "t.csv",
        lambda: TEXT.replace("Küpper", '"K" x').encode(),
        ("row 2", "a quote inside a quoted cell", 'write ""'),
    ),
    "ragged row": (
        "t.csv",
        lambda: TEXT.replace("98.4", "98,4").encode(),
        ("row 2", "5 cells under 4 columns", "quote cells"),
    ),
    "ragged row and another fault": (
        "t.csv",
        lambda: TEXT.replace("98.4", "98,4").replace(">99", "-1").encode(),
        ("2 faults", "5 cells under 4", "row 3, column ce_pct: '-1': below 0"),
    ),
    "column twice": (
        "t.csv",
        lambda: TEXT.replace("notes", "CE_pct").encode(),
        ("row 1 (header): 'ce_pct': column occurs more than once", "keep one"),
    ),
    "unit in a header": (
        "t.csv",
        lambda: TEXT.replace("notes", "current_mA").encode(),
        ("'current_mA': is this current_mA_cm2?", "mind the unit"),
    ),
    "kelvin in a header": (
        "t.csv",
        lambda: TEXT.replace("notes", "temperature_K").encode(),
        ("is this temperature_C?", "mind the unit"),
    ),
    "CE under another name": (
        "t.csv",
        lambda: TEXT.replace("ce_pct", "LCE").encode(),
        ("'ce_pct': column is missing", "found: electrolyte, LCE"),
    ),
    "fractions": (
        "t.csv",
        lambda: TEXT.replace("98.4", "0.984").replace(">99", "1.0").encode(),
        ("looks like fractions", "multiply them by 100"),
    ),
    "the same cell twice": (
        "t.csv",
        f"{HEADER},cell\n{ROWS[0]},A1\n{ROWS[1]},A2\n{ROWS[0]},A1\n".encode,
        ("row 4", "same cell and observation as row 2", "delete one"),
    ),
    "the same cell in other words": (
        "t.csv",
        (
            f"{HEADER},cell\n{ROWS[1]},A1\n1.0 mol/L LiFSI in monoglyme,>99.0 %,notebook 1,,A1\n"
        ).encode,
        ("row 3", "same cell and observation as row 2", "delete one"),
    ),
    "very wide": ("t.csv", (HEADER + ",x" * 600).encode, ("500 columns", "as CSV")),
    "very long cell": (
        "t.csv",
        lambda: TEXT.replace("Küpper", "x" * 200_000).encode(),
        ("row 2", "field larger", "131072 characters"),
    ),
    "very long electrolyte": (
        "t.csv",
        lambda: TEXT.replace("in DME", "in " + "D" * 5000).encode(),
        ("row 3, column electrolyte", "over 4000 characters", "shorten it"),
    ),
}


@pytest.mark.parametrize("defect", REFUSED)
def test_file_is_refused(tmp_path: Path, defect: str) -> None:
    name, build, words = REFUSED[defect]
    path = tmp_path / name
    path.write_bytes(build())
    with pytest.raises(TableError) as caught:
        read_measurements(path, "Li")
    message = str(caught.value)
    assert str(path) in message
    assert [word for word in words if word not in message] == []
    assert all(fault.place and fault.reason and fault.remedy for fault in caught.value.faults)
    assert len(message) < 3000


# --- what is no file


def loop(path: Path) -> Path:
    path.symlink_to(path)
    return path


def pipe(path: Path) -> Path:
    os.mkfifo(path)
    return path


def folder(path: Path) -> Path:
    path.mkdir()
    return path


NO_FILES: dict[str, tuple[Callable[[Path], Path], str]] = {
    "missing": (lambda path: path, "No such file"),
    "folder": (folder, "directory"),
    "below a file": (lambda path: Path(__file__) / path.name, "Not a directory"),
    "link to itself": (loop, "symbolic links"),
    "pipe": (pipe, "no plain file"),
    "device": (lambda path: Path("/dev/zero"), "no plain file"),
    "NUL in the name": (lambda path: path.with_name("a\0b.csv"), "null"),
    "endless name": (lambda path: path.with_name("a" * 5000), "too long"),
    # Permissions do not stop an administrator, an error of the device does.
    "unreadable": (lambda path: Path("/proc/self/mem"), "error"),
}


@pytest.mark.parametrize("kind", NO_FILES)
def test_what_is_no_file_is_refused(tmp_path: Path, kind: str) -> None:
    build, reason = NO_FILES[kind]
    path = build(tmp_path / "t.csv")
    if kind in ("device", "unreadable") and not path.exists():
        pytest.skip(f"no {path} on this system")
    with pytest.raises(TableError, match=r"name a readable CSV, TSV or XLSX file") as caught:
        read_measurements(path, "Li")
    (fault,) = caught.value.faults
    assert reason in fault.reason
    assert fault.value == path.name


@pytest.mark.skipif(os.geteuid() == 0, reason="an administrator may read every file")
def test_file_without_permission_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(TEXT, "utf-8")
    path.chmod(0)
    with pytest.raises(TableError, match="Permission denied"):
        read_measurements(path, "Li")


# --- what only a second look finds, and size


def test_a_column_of_logarithms_is_a_warning(tmp_path: Path) -> None:
    rows = "".join(
        f"{n} M LiFSI in DME,{value},lab,\n" for n, value in ((1, 1.8), (2, 2), (3, 4.6))
    )
    (tmp_path / "t.csv").write_text(f"{HEADER}\n{rows}", "utf-8")
    (warning,) = warnings_of(read_measurements(tmp_path / "t.csv", "Li"))
    assert "LCE or another logarithm" in warning.reason
    assert "natural logarithm" in warning.remedy


def test_one_electrolyte_under_two_names_with_other_efficiencies_is_a_warning(
    tmp_path: Path,
) -> None:
    rows = "1 M LiFSI in diglyme,99.5,lab 1,\n1 M LiFSI in {COCCOCCOC},60,lab 2,\n"
    (tmp_path / "t.csv").write_text(f"{HEADER}\n{rows}", "utf-8")
    (warning,) = warnings_of(read_measurements(tmp_path / "t.csv", "Li"))
    assert warning.place == "electrolyte 1 M LiFSI in G2"
    assert "contradict" in warning.reason


def test_long_table_keeps_its_last_row(tmp_path: Path) -> None:
    rows = "".join(f"{n} M LiFSI in DME,98,lab,\n" for n in range(1, 5001))
    (tmp_path / "t.csv").write_text(f"{HEADER}\n{rows}", "utf-8")
    table = read_measurements(tmp_path / "t.csv", "Li")
    assert len(table) == 5000
    assert table["electrolyte"].iloc[-1] == "5000 M LiFSI in DME"


def test_more_rows_than_the_limit_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tabular, "MAX_ROWS", 3000)
    path = tmp_path / "t.csv"
    path.write_text("name\n" + "x\n" * 3000, "utf-8")
    assert len(tabular.read_rows(path, ("name",))) == 3000
    path.write_text("name\n" + "x\n" * 3001, "utf-8")
    with pytest.raises(TableError, match="row 3002: '': more than 3,000 rows; split the table"):
        tabular.read_rows(path, ("name",))


def test_zip_bomb_is_refused_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "MAX_UNPACKED", 20 << 20)
    path = tmp_path / "t.xlsx"
    bomb = {"xl/media/image1.png": bytes(21 << 20)}
    path.write_bytes(repacked(saved(GOOD_BOOK), lambda _, data: data, **bomb))
    assert path.stat().st_size < 100_000
    with pytest.raises(TableError, match=r"unpacks to more than 20 MiB.*save the table alone"):
        read_measurements(path, "Li")


def test_message_of_very_many_faults_has_an_end(tmp_path: Path) -> None:
    rows = "".join(f"{n} M LiFSI in DME,high,lab,\n" for n in range(1, 3001))
    (tmp_path / "t.csv").write_text(f"{HEADER}\n{rows}", "utf-8")
    with pytest.raises(TableError) as caught:
        read_measurements(tmp_path / "t.csv", "Li")
    assert len(caught.value.faults) == 3000
    assert str(caught.value).endswith("... and 2,500 more")


def test_merged_cells_are_said_to_be_merged(tmp_path: Path) -> None:
    made = book(("cells", cells(FIRST, SECOND, SECOND)))
    made["cells"].merge_cells("C2:C4")
    made["cells"].merge_cells("D3:D4")
    path = tmp_path / "merged.xlsx"
    path.write_bytes(saved(made))
    with pytest.raises(TableError) as caught:
        read_measurements(path, "Li")
    assert [fault.place for fault in caught.value.faults] == ["cells C2:C4", "cells D3:D4"]
    assert "unmerge" in caught.value.faults[0].remedy


@pytest.mark.parametrize(
    ("heading", "column"),
    [("CE (%)", "ce_pct"), ("Reference", "source"), ("Coulombic Efficiency [%]", "ce_pct")],
)
def test_a_heading_is_offered_as_what_it_is(tmp_path: Path, heading: str, column: str) -> None:
    path = tmp_path / "theirs.csv"
    path.write_text(TEXT.replace(column, heading, 1), encoding="utf-8")
    with pytest.raises(TableError, match="column is missing") as caught:
        read_measurements(path, "Li")
    fault = caught.value.faults[0]
    assert fault.value == column
    assert f"rename {heading!r}" in fault.remedy
