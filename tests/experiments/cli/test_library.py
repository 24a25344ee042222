"""`anolyte library` and `anolyte screen --library` as a user runs them."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from anolyte.experiments.cli.app import app
from anolyte.experiments.libraries import describing
from anolyte.experiments.libraries.filters import FILTERS
from anolyte.experiments.libraries.moves import MOVES
from typer.testing import CliRunner, Result


def anolyte(*arguments: str) -> Result:
    done = CliRunner().invoke(app, list(arguments))
    if done.exception is not None:
        raise done.exception
    return done


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty project, and read structures in this process."""
    monkeypatch.chdir(tmp_path)
    real = describing.in_parts

    def alone(function, items, workers, *rest):  # type: ignore[no-untyped-def]
        return real(function, items, 0, *rest)

    for room in ("library", "store"):
        monkeypatch.setattr(f"anolyte.experiments.libraries.{room}.in_parts", alone)
    return tmp_path


def test_a_library_is_made_written_and_screened(here: Path, zinc_folder: Path) -> None:
    made = anolyte(
        "library", "make", "--from", "DME", "--moves", "lengthen,branch", "--out", "made.csv",
        "--page", "made.html", "--picture", "made.png", "--sdf", "made.sdf",
    )  # fmt: skip
    assert "neighbours of DME" in made.output
    table = pd.read_csv("made.csv")
    assert {"CCOCCOC", "COCC(C)OC"} <= set(table["smiles"])
    assert set(table["parent"]) == {"DME"}
    assert (here / "made.html").read_text("utf-8").count("<svg") == len(table)
    done = anolyte(
        "screen", "--metal", "Zn", "--model", str(zinc_folder), "--library", "made.csv",
        "--salts", "Zn(OTf)2", "--concentrations", "0.5,1", "--top", "3", "--no-tracking", "--json",
        "--sdf", "best.sdf", "--picture", "best.png", "--workers", "2",
    )  # fmt: skip
    found = json.loads(done.stdout[done.stdout.index("{") :])
    assert len(found["ranked"]) == 3
    assert "New compounds" in found["caveat"]
    assert (here / "best.sdf").read_text("utf-8").count("$$$$") == 3
    assert (here / "best.png").stat().st_size > 1000
    assert (here / "anolyte-libraries").is_dir()


def test_what_is_in_a_file_is_told(here: Path) -> None:
    (here / "a.smi").write_text("CCOCC ether\nCC(\nC(C)OCC\n")
    told = anolyte("library", "read", "a.smi").output
    assert "3 records, 1 molecules; 1 stood there already" in told
    assert "no valid SMILES: 1, the first in line 2" in told
    found = json.loads(anolyte("library", "read", "a.smi", "--json").stdout)
    assert (found["molecules"], found["duplicates"]) == (1, 1)


def test_moves_and_filters_are_listed() -> None:
    moves = json.loads(anolyte("library", "moves", "--json").stdout)
    assert {row["move"] for row in moves} == set(MOVES)
    filters = json.loads(anolyte("library", "filters", "--json").stdout)
    assert [row["filter"] for row in filters] == list(FILTERS)


def test_a_library_takes_the_place_of_solvents(here: Path) -> None:
    (here / "a.smi").write_text("CCOCC\n")
    with pytest.raises(ValueError, match="leave out --solvents"):
        anolyte("screen", "--library", "a.smi", "--solvents", "DME", "--no-tracking")
    with pytest.raises(ValueError, match="write numbers"):
        anolyte("screen", "--library", "a.smi", "--amounts", "much", "--no-tracking")
