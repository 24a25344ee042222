"""Broken tables through the command line: one message, exit code 2, nothing written."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import openpyxl
import pytest
from anolyte.experiments.cli.app import main

HEADER = "electrolyte,ce_pct,source"
ROW = "1 M LiFSI in DME,98,lab"


def workbook() -> bytes:
    stream = io.BytesIO()
    openpyxl.Workbook().save(stream)
    return stream.getvalue()


# Name and bytes of a table that no command can use as a whole, and words of the message.
FILES: dict[str, tuple[str, bytes, tuple[str, ...]]] = {
    "empty": ("t.csv", b"", ("column is missing", "add it")),
    "binary": ("t.csv", bytes(range(256)), ("neither UTF-8", "save the table as CSV")),
    "title row": ("t.csv", f"Results\n{HEADER}\n{ROW}".encode(), ("delete the rows above row 2",)),
    "ragged": ("t.csv", f"{HEADER}\n{ROW},a,b".encode(), ("row 2", "quote cells")),
    "unclosed quote": ("t.csv", f'{HEADER}\n"{ROW}'.encode(), ("row 2", "never closed", "close")),
    "column twice": ("t.csv", f"{HEADER},source\n{ROW},x".encode(), ("'source'", "keep one")),
    "workbook named CSV": ("t.csv", workbook(), ("a workbook", "name it .xlsx")),
    "CSV named XLSX": ("t.xlsx", f"{HEADER}\n{ROW}".encode(), ("name it .csv",)),
    "empty workbook": ("t.xlsx", workbook(), ("column is missing", "add it")),
    "wide": ("t.csv", b"electrolyte" + b",x" * 600, ("more than 500 columns",)),
}
# What only a command that reads measurements looks at.
CELLS: dict[str, tuple[str, bytes, tuple[str, ...]]] = {
    "header alone": ("t.csv", HEADER.encode(), ("no rows below the header",)),
    "fractions": ("t.csv", f"{HEADER}\n{ROW.replace('98', '0.98')}".encode(), ("by 100",)),
    "several faults": (
        "t.csv",
        f"{HEADER}\n1 M LiFSO in DME,99±1,\n1 M LiFSI in EC/DMC (1:1),106,lab\n".encode(),
        (
            "5 faults",
            "row 2, column electrolyte: '1 M LiFSO in DME'",
            "did you mean LiFSI",
            "row 2, column ce_pct: '99±1'",
            "row 2, column source: '': empty",
            "row 3, column electrolyte",
            "row 3, column ce_pct: '106': above 105 %",
        ),
    ),
    "terminal codes": (
        "t.csv",
        f"{HEADER}\n1 M LiFSI in DME,98,\x1b[2Jlab\n".encode(),
        ("row 2, column source: '\\x1b[2Jlab': holds control characters",),
    ),
}
READERS = {
    "check": ["data", "check", "FILE", "--metal", "Li"],
    "add": ["data", "add", "FILE", "--metal", "Li"],
    "train": ["train", "--metal", "Li", "--data", "FILE"],
    "predict": ["predict", "--metal", "Li", "--file", "FILE"],
}
CASES = [(command, defect) for command in READERS for defect in FILES]
CASES += [(command, defect) for command in READERS if command != "predict" for defect in CELLS]


@pytest.mark.parametrize(("command", "defect"), CASES)
def test_broken_table(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    command: str,
    defect: str,
) -> None:
    name, data, words = (FILES | CELLS)[defect]
    (tmp_path / name).write_bytes(data)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(
        sys, "argv", ["anolyte", *(name if part == "FILE" else part for part in READERS[command])]
    )
    with pytest.raises(SystemExit) as caught:
        main()
    told = capsys.readouterr()
    assert caught.value.code == 2
    assert told.out == ""
    assert told.err.startswith("error: ")
    assert name in told.err
    assert [word for word in words if word not in told.err] == []
    assert "Traceback" not in told.err
    assert "\x1b" not in told.err
    assert [path.name for path in tmp_path.rglob("*")] == [name]


def test_what_is_probably_wrong_is_told_when_it_is_added(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = "\n".join([HEADER, "1.3 M LiFSI in DME,97,lab", "90 M LiFSI in DME,98,lab"])
    (tmp_path / "t.csv").write_text(rows)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["anolyte", "data", "add", "t.csv", "--metal", "Li"])
    with pytest.raises(SystemExit) as caught:
        main()
    told = capsys.readouterr()
    assert caught.value.code == 0
    assert "Added 2 of Li" in told.out
    assert "warning: row 3" in told.err
