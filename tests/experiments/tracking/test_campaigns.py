"""Campaigns: results come back into the runs that suggested them, whenever and however."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from anolyte.datasets.measurements.own import add_measurements, own_measurements
from anolyte.experiments.cli.app import app
from anolyte.experiments.suggestions.pending import add_pending, pending
from anolyte.experiments.suggestions.results import figures, hit_above, progress, results
from anolyte.experiments.suggestions.suggest import Suggestions
from anolyte.experiments.tracking import log_results, log_suggestions
from anolyte.experiments.tracking.mlflow_store import MlflowStore
from typer.testing import CliRunner

URI = "sqlite:///mlflow.db"
MANIFEST = {"metal": "Na", "files": {}, "packages": {"anolyte": "0.1.0"}, "facts": {}}
FIRST = ["1.7 M NaPF6 in G2", "1.3 M NaFSI in DME/TTE (1:2 v/v)", "1.1 M NaBF4 in G2"]
SECOND = ["1.9 M NaPF6 in G2", "2.1 M NaPF6 in G2"]


def batch(texts: list[str]) -> Suggestions:
    frame = pd.DataFrame({"rank": range(1, len(texts) + 1), "metal": "Na", "electrolyte": texts})
    predicted = {"ce_pct": 99.0, "ce_low": 90.0, "ce_high": 99.95}
    columns = {f"predicted_{name}": value for name, value in predicted.items()}
    return Suggestions(frame.assign(**columns, evidence="weak", why="explore"), "ucb", 40, 0)


def measured(rows: dict[str, float | list[float]]) -> str:
    lines = [
        f'"{text}",{value},notebook {number}'
        for text, values in rows.items()
        for number, value in enumerate(np.atleast_1d(values))
    ]
    return "\n".join(["electrolyte,ce_pct,source", *lines]) + "\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".anolyte").touch()
    return tmp_path


def anolyte(*arguments: str) -> str:
    done = CliRunner().invoke(app, list(arguments))
    assert done.exit_code == 0, done.output
    return done.output


def test_results_are_joined_by_composition(tmp_path: Path) -> None:
    path = tmp_path / "cells.csv"
    path.write_text(
        measured({"1.3 M NaFSI in TTE/DME (4:2 v/v)": [99.0, 99.9], "1.1 M NaBF4 in G2": 80.0})
    )
    add_measurements(path, tmp_path / "store", "Na")
    own = own_measurements(tmp_path / "store")
    assert own is not None
    found = results(batch(FIRST).frame, own, "Na")
    assert found["electrolyte"].tolist() == FIRST[1:]
    assert found["cells"].tolist() == [2, 1]
    # The mean of 99 and 99.9 % in LCE, half a decade above what was predicted.
    assert found["ce_pct"].round(2).tolist() == [99.68, 80.0]
    assert found["error_lce"].round(3).tolist() == [0.5, -1.301]
    assert found["within_interval"].tolist() == [True, False]
    assert found["hit"].tolist() == [hit_above("Na") <= 99.68, False]
    told = figures(found, 3)
    assert told["measured"] == 2
    assert told["measured_share"] == pytest.approx(2 / 3)
    assert told["within_interval_share"] == 0.5
    assert told["rmse_lce"] == pytest.approx(np.sqrt((0.5**2 + 1.301**2) / 2), abs=1e-3)
    assert results(batch(FIRST).frame, own, "Li").empty
    assert figures(found[:0], 3) == {}


def test_progress_counts_what_came_before() -> None:
    columns = ("ce_pct", "within_interval", "hit", "error_lce", "predicted_ce_pct")
    rows = [
        (99.0, True, False, 0.1, 99.0),
        (99.5, False, True, 0.3, 99.0),
        (98.0, True, False, 0, 99),
    ]
    found = pd.DataFrame(rows, columns=list(columns))
    told = progress([("a", 3, found[:2]), ("b", 4, found[:0]), ("c", 2, found[2:])])
    assert told["measured"].tolist() == [2, 0, 1]
    assert told["hits"].tolist() == [1, 0, 0]
    assert told["best_ce_pct"].tolist() == [99.5, 99.5, 99.5]
    assert told["within_interval"].round(2).tolist() == [0.5, 0.5, 0.67]


def test_a_closed_loop(project: Path) -> None:
    first = log_suggestions(batch(FIRST), MANIFEST, URI)
    second = log_suggestions(batch(SECOND), MANIFEST, URI)
    add_pending([*FIRST, *SECOND], "Na", "ucb")
    Path("one.csv").write_text(measured({FIRST[0]: 99.95, FIRST[1]: 98.0}))
    told = anolyte("data", "add", "one.csv", "--metal", "Na")
    assert "No longer pending: 2" in told
    assert "2 measured, 1 hits, 100% within the 90 % interval" in told
    assert set(pending("Na")["electrolyte"]) == {FIRST[2], *SECOND}
    # Results of the other batch, months later, and one more of the first.
    Path("two.csv").write_text(measured({SECOND[1]: 85.0, FIRST[2]: 97.0}))
    anolyte("data", "add", "two.csv", "--metal", "Na")
    store = MlflowStore(URI)
    one, two = store.get(first.run_id), store.get(second.run_id)
    assert (one.metrics["measured"], one.metrics["hits"]) == (3, 1)
    assert two.metrics["measured"] == 1
    assert two.metrics["within_interval_share"] == 0
    assert one.status == "FINISHED"
    assert json.loads(one.tags["mlflow.loggedArtifacts"])[1]["path"] == "results.json"
    for name in ("campaign.png", "results.csv", "suggestions.csv"):
        assert store.fetch(one, name, project / "fetched").stat().st_size > 0
    shown = anolyte("runs", "show", first.run_id)
    assert "measured of it" in shown
    assert "the campaign so far" in shown
    listed = json.loads(anolyte("runs", "results", "--metal", "Na", "--json"))
    assert [row["measured"] for row in listed["progress"]] == [3, 1]
    assert listed["logged"] == [first.run_id, second.run_id]
    again = log_results("Na", "anolyte-data", URI)
    assert store.get(first.run_id).metrics == one.metrics
    assert len(again.progress) == 2


def test_nothing_tracked_is_nothing_told(project: Path) -> None:
    Path("one.csv").write_text(measured({FIRST[0]: 99.5}))
    assert "MLflow" not in anolyte("data", "add", "one.csv", "--metal", "Na")
    assert not Path("mlflow.db").exists()


def test_a_server_that_is_away_does_not_stop_the_addition(project: Path) -> None:
    Path("one.csv").write_text(measured({FIRST[0]: 99.5}))
    told = anolyte(
        "data", "add", "one.csv", "--metal", "Na", "--tracking-uri", "http://127.0.0.1:9"
    )
    assert "Added 1 of Na" in told
    assert "logged later: anolyte runs results --metal Na" in told
