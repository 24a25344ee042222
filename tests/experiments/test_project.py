"""The project folder: found upward, and its own rows count wherever a command is run."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from anolyte.datasets.measurements.own import TABLE
from anolyte.experiments.cli.app import app
from anolyte.experiments.project import Project
from anolyte.experiments.tracking import tracking_uri
from anolyte.experiments.training.train import gather, own_rows
from typer.testing import CliRunner

CELLS = "metal,electrolyte,ce_pct,source\nK,1.1 M KFSI in DME,98.8,notebook 2025\n"
PLACES = (".anolyte", "anolyte-data", "anolyte-models", "anolyte-outbox", "mlflow.db")


@pytest.fixture
def below(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder: two levels below one that may become a project."""
    folder = tmp_path / "results" / "2026"
    folder.mkdir(parents=True)
    monkeypatch.chdir(folder)
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    return folder


@pytest.mark.parametrize("place", PLACES)
def test_any_place_makes_a_project(place: str, below: Path, tmp_path: Path) -> None:
    (tmp_path / place).touch()
    found = Project.here()
    assert found == Project(tmp_path)
    assert tracking_uri() == f"sqlite:///{tmp_path}/mlflow.db"
    assert {found.data, found.models, found.outbox, found.database} == {
        tmp_path / name for name in PLACES[1:]
    }


def test_the_nearest_counts(below: Path, tmp_path: Path) -> None:
    for folder in (tmp_path, below.parent):
        (folder / "anolyte-models").mkdir()
    assert Project.here().root == below.parent
    (below / ".anolyte").touch()
    assert Project.here().root == Path()
    assert Project.here(tmp_path).root == tmp_path


def test_a_new_project_is_the_working_folder(below: Path) -> None:
    assert Project.here().root == Path()
    assert tracking_uri() == "sqlite:///mlflow.db"


def test_own_rows_count_from_a_folder_below(below: Path, tmp_path: Path) -> None:
    table = tmp_path / "anolyte-data" / TABLE
    shipped = gather("K")
    assert own_rows(shipped) == (
        f"None of these rows is your own: there is no {below / 'anolyte-data' / TABLE}."
    )
    (tmp_path / ".anolyte").touch()
    Path("cells.csv").write_text(CELLS)
    done = CliRunner().invoke(app, ["data", "add", "cells.csv"])
    assert done.stdout == f"Added 1 of K to {table}\n"
    rows = gather("K")
    assert len(rows) == len(shipped) + 1
    assert own_rows(rows) == f"1 of these rows are your own, from {table}."


def test_a_training_says_which_own_rows_count(below: Path, tmp_path: Path) -> None:
    (tmp_path / ".anolyte").touch()
    Path("cells.csv").write_text(CELLS)
    run = CliRunner()
    assert run.invoke(app, ["data", "add", "cells.csv"]).exit_code == 0
    done = run.invoke(app, ["train", "--metal", "K", "--quick", "--no-tracking"])
    assert done.exit_code == 0, done.output
    assert f"1 of these rows are your own, from {tmp_path / 'anolyte-data' / TABLE}." in done.stderr
    measured = pd.read_csv(tmp_path / "anolyte-models" / "K" / "measured.csv")
    assert "notebook 2025" in set(measured["source"])
    assert list(below.iterdir()) == [below / "cells.csv"]
