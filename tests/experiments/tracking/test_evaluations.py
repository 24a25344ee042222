"""Runs of evaluations: of the efficiencies with the whole report, and of the SEI."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from anolyte.datasets.errors import ModelFileError
from anolyte.experiments.evaluation.evaluate import HEADLINE, TRANSFERRED, Evaluation, evaluate
from anolyte.experiments.evaluation.evaluate_sei import evaluated_sei, sei_tables
from anolyte.experiments.tracking import evaluation_run, find_model, log_sei
from anolyte.experiments.tracking.mlflow_store import MlflowStore
from anolyte.experiments.training.train import gather, gather_others, learn_sei
from anolyte.models import SEIModel
from anolyte.models.bundles.bundle import sei_text

ANSWERS = ("composition", "function", "species")
RELIABILITY = pd.DataFrame({"task": ["function"], "said": [0.95], "held": [0.9], "count": [40]})


@pytest.fixture(scope="module")
def uri(tmp_path_factory: pytest.TempPathFactory) -> str:
    return f"sqlite:///{tmp_path_factory.mktemp('evaluated') / 'mlflow.db'}"


@pytest.fixture(scope="module")
def aluminium() -> Evaluation:
    others = gather_others("Al")
    # Few sources of every metal say as much about the run as all.
    some = others["source"].isin(others["source"].unique()[::12])
    few = others[some].reset_index(drop=True)
    return evaluate("Al", gather("Al"), few, (HEADLINE, TRANSFERRED), quick=True)


@pytest.fixture(scope="module")
def evaluated() -> SEIModel:
    return evaluated_sei(repeats=1)


@pytest.fixture(scope="module")
def interphases(evaluated: SEIModel) -> pd.DataFrame:
    return evaluated.evaluation_


def files_of(uri: str, run_id: str) -> dict[str, Path]:
    from mlflow import MlflowClient

    client = MlflowClient(uri)
    return {
        entry.path: Path(client.download_artifacts(run_id, entry.path))
        for entry in client.list_artifacts(run_id)
    }


def table(path: Path) -> pd.DataFrame:
    return pd.read_json(path, orient="split")


def test_evaluation_is_a_run_beside_the_trainings(
    aluminium: Evaluation, interphases: pd.DataFrame, uri: str
) -> None:
    with evaluation_run("Al", uri, "how good?") as opened:
        reference = opened.log(aluminium, sei_tables(interphases))
    assert reference.experiment == "anolyte/Al/coulombic-efficiency"
    run = MlflowStore(uri).get(reference.run_id)
    expected = {
        "task": "evaluation",
        "metal": "Al",
        "split": f"{HEADLINE}, {TRANSFERRED}",
        "seed": "0",
        "note": "how good?",
        "data_sha256": aluminium.digest,
    }
    assert {key: run.tags[key] for key in expected} == expected
    assert "composition" in run.tags["blocks"]
    rmse = {name: each.table["rmse"]["anolyte"] for name, each in aluminium.splits.items()}
    assert run.metrics["lso_rmse"] == pytest.approx(rmse[HEADLINE])
    assert run.metrics["leave_metal_out_rmse"] == pytest.approx(rmse[TRANSFERRED])
    files = files_of(uri, run.run_id)
    page = files["report.html"].read_text("utf-8")
    assert "prior only" in page
    assert "SEI composition by metal" in page
    assert "SEI function by metal: auc" in page
    assert len(table(files["accuracy.json"])) == len(aluminium.summary())
    with pytest.raises(ModelFileError, match="holds no model"):
        find_model(run.run_id, "Al", uri)


def test_sei_of_a_metal_is_a_run_of_its_own(interphases: pd.DataFrame, uri: str) -> None:
    reference = log_sei(interphases, "Li", uri, "films on lithium")
    assert reference.experiment == "anolyte/Li/sei"
    run = MlflowStore(uri).get(reference.run_id)
    ours = interphases[
        (interphases["metal"] == "Li") & (interphases["contender"] == "SEIModel")
    ].set_index(["task", "metric"])["value"]
    assert run.metrics["composition_log_loss"] == pytest.approx(ours["composition", "log_loss"])
    assert run.metrics["species_recall_top5"] == pytest.approx(ours["species", "recall_top5"])
    assert run.metrics["species.rules.recall_top5"] < run.metrics["species_recall_top5"]
    assert run.tags["split"] == "leave-publication-out"
    assert (run.tags["metal"], run.tags["task"]) == ("Li", "sei")
    assert run.tags["note"] == "films on lithium"
    beside = table(files_of(uri, run.run_id)["sei_composition.json"])
    assert beside["contender"].tolist() == ["frequency of the metal", "SEIModel"]
    assert run.metrics["composition_relative_log_loss"] < 1
    shown = json.loads(run.tags["mlflow.loggedArtifacts"])
    assert {each["path"] for each in shown} >= {f"sei_{answer}.json" for answer in ANSWERS}
    found = MlflowStore(uri).runs(where="tags.metal = 'Li' and metrics.composition_log_loss < 9")
    assert [each.run_id for each in found] == [reference.run_id]


def test_how_often_what_was_said_held_is_kept(interphases: pd.DataFrame, uri: str) -> None:
    reference = log_sei(interphases, "all", uri, reliability=RELIABILITY)
    beside = table(files_of(uri, reference.run_id)["sei_reliability.json"])
    assert beside["held"].tolist() == [0.9]
    drawn = files_of(uri, reference.run_id)["sei_reliability.png"]
    assert drawn.read_bytes().startswith(b"\x89PNG")


def test_evaluated_sei_model_is_registered_with_its_measure(
    evaluated: SEIModel, interphases: pd.DataFrame, uri: str
) -> None:
    log_sei(interphases, "Li", uri, model=evaluated)
    reference = log_sei(interphases, "all", uri, model=evaluated)
    store = MlflowStore(uri)
    (version,) = store.versions("anolyte-sei")
    run = store.get(reference.run_id)
    assert run.tags["sei_version"] == "anolyte-sei/1"
    measured = run.metrics["composition_relative_log_loss"]
    assert float(version.tags["composition_relative_log_loss"]) == pytest.approx(measured, abs=1e-3)
    # It is the model that a training of the same measurements takes along.
    assert sei_text(learn_sei()) == sei_text(evaluated)


def test_sei_without_labels_is_refused(interphases: pd.DataFrame, uri: str) -> None:
    with pytest.raises(ValueError, match="no SEI of Li was evaluated"):
        log_sei(interphases[interphases["metal"] != "Li"], "Li", uri)


@pytest.fixture
def anolyte(
    evaluated: SEIModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Any]:
    """Run `anolyte evaluate` in an empty folder; the SEI was evaluated already."""
    from anolyte.experiments.cli.app import app
    from anolyte.experiments.evaluation import evaluate_sei as module
    from typer.testing import CliRunner

    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    monkeypatch.setattr(module, "evaluated_sei", lambda repeats: evaluated)

    def run(*arguments: str) -> Any:
        done = CliRunner().invoke(app, ["evaluate", *arguments, "--json"])
        if done.exception is not None:
            raise done.exception
        return json.loads(done.stdout)

    return run


def test_evaluate_command_logs_efficiency_and_sei(anolyte: Callable[..., Any]) -> None:
    told = anolyte("--metal", "Al", "--quick", "--splits", HEADLINE, "--note", "both")
    runs = {run.experiment: run for run in MlflowStore("sqlite:///mlflow.db").runs()}
    assert set(runs) == {"anolyte/Al/coulombic-efficiency", "anolyte/Al/sei"}
    assert {run.tags["note"] for run in runs.values()} == {"both"}
    assert all(run.run_id in "; ".join(told["mlflow"]) for run in runs.values())
    rmse = runs["anolyte/Al/coulombic-efficiency"].metrics["lso_rmse"]
    ours = [
        row["rmse"] for row in told["efficiency"]["Al"]["accuracy"] if row["model"] == "anolyte"
    ]
    assert ours == pytest.approx([rmse])


def test_evaluate_command_logs_the_sei_alone(
    interphases: pd.DataFrame, anolyte: Callable[..., Any]
) -> None:
    told = anolyte("--metal", "Li", "--sei", "--note", "once a year")
    assert told["efficiency"] == {}
    (place,) = told["mlflow"]
    assert "anolyte/Li/sei" in place
    (run,) = MlflowStore("sqlite:///mlflow.db").runs()
    assert (run.experiment, run.tags["note"]) == ("anolyte/Li/sei", "once a year")
    assert anolyte("--metal", "Li", "--sei", "--no-tracking")["mlflow"] == []
    every = anolyte("--metal", "all", "--sei")["mlflow"]
    metals = set(interphases["metal"])
    assert len(every) == len(metals)
    assert "all" in metals
    with pytest.raises(ValueError, match="leave out --splits"):
        anolyte("--sei", "--splits", "random")
