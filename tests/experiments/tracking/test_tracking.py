"""What lands in MLflow, and that parallel first use loses nothing."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from multiprocessing import get_context
from multiprocessing.queues import SimpleQueue
from multiprocessing.synchronize import Event
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from anolyte.datasets.measurements.splits import SPLITS, fold_of_row, split
from anolyte.experiments.evaluation.evaluate import HEADLINE
from anolyte.experiments.screening.screen import screen
from anolyte.experiments.spaces.candidate_space import CandidateSpace
from anolyte.experiments.tracking import (
    RunReference,
    TrackingError,
    find_model,
    log_screening,
    log_training,
    model_id,
    server_command,
    tracked,
    tracking_uri,
)
from anolyte.experiments.tracking.finding import models_table
from anolyte.experiments.tracking.mlflow_store import MlflowStore
from anolyte.experiments.tracking.processes import settle_abandoned
from anolyte.experiments.tracking.registry import register_sei
from anolyte.experiments.tracking.run_record import Metric, common_tags
from anolyte.experiments.tracking.sending import staging
from anolyte.experiments.training.ablation import ablation
from anolyte.experiments.training.train import TrainingResult, gather, save_training, train
from anolyte.models import load_model
from anolyte.models.bundles.bundle import read_manifest


@pytest.fixture
def uri(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'mlflow.db'}"


@pytest.fixture(scope="module")
def shared(
    logged: Callable[[Path], RunReference], tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, str]:
    """Store with one logged training, and the id of its run."""
    reference = logged(tmp_path_factory.mktemp("tracking with a space"))
    return reference.uri, reference.run_id


def test_training_run_is_complete(
    trained: TrainingResult, shared: tuple[str, str], tmp_path: Path
) -> None:
    from mlflow import MlflowClient

    uri, run_id = shared
    client = MlflowClient(uri)
    run = client.get_run(run_id)
    assert run.info.status == "FINISHED"
    assert run.data.params["metal"] == "Li"
    assert run.data.params["blocks"] == ", ".join(trained.model.blocks)
    ours = trained.comparison.loc["anolyte", "rmse"]
    assert run.data.metrics["lso_rmse"] == pytest.approx(ours)
    tags = run.data.tags
    assert tags["mlflow.note.content"] == tags["note"] == "first try"
    assert tags["evidence"] == trained.model.evidence_
    assert {"version", "metal", "split", "blocks", "seed", "data_sha256"} <= set(tags)
    dataset = run.inputs.dataset_inputs[0].dataset
    assert trained.digest.startswith(dataset.digest)
    assert "electrolyte" in dataset.schema
    names = {entry.path for entry in client.list_artifacts(run_id)}
    figures = {"parity", "residuals_by_source", "calibration", "interval_width", "recipe_scores"}
    tables = {"comparison.json", "recipes.json", "importance.json", "held_out.parquet"}
    pictures = {f"{name}.png" for name in (*figures, "importance", "shap_summary")}
    assert names == {"model", "sei_model", "report.html", *tables, *pictures}
    stored = client.download_artifacts(run_id, "model", str(tmp_path))
    text = ["1 M LiFSI in DME"]
    assert load_model(stored).predict(text) == pytest.approx(trained.model.predict(text))


def test_report_is_that_of_the_training(
    trained: TrainingResult, shared: tuple[str, str], tmp_path: Path
) -> None:
    from mlflow import MlflowClient

    path = MlflowClient(shared[0]).download_artifacts(shared[1], "report.html", str(tmp_path))
    page = Path(path).read_text("utf-8")
    assert f"{trained.comparison.loc['anolyte', 'rmse']:.3f}" in page
    assert trained.digest[:12] in page
    assert page.count("<img ") == 3
    left_out = re.search(r"Left out: ([\w, -]+) \(", page)
    assert left_out is not None
    assert set(left_out[1].split(", ")) == set(SPLITS) - {HEADLINE}
    # The SEI model has runs of its own.
    assert "<h2>SEI</h2>" not in page


def test_full_training_adds_curve_and_ablation(
    trained: TrainingResult, model_folder: Path, uri: str, tmp_path: Path
) -> None:
    from mlflow import MlflowClient

    rows = trained.measurements
    # How well each plan does is no matter here.
    few = rows[rows["source"].isin(rows["source"].unique()[:10])].reset_index(drop=True)
    fold = fold_of_row(split(few, folds=2))
    full = replace(
        trained,
        curve=pd.DataFrame({"sources": [20.0, 77.0], "rows": [40.0, 160.0], "rmse": [0.4, 0.3]}),
        ablation=ablation(few, ("composition", "shell"), fold),
    )
    run_id = log_training(full, model_folder, uri, outbox=tmp_path / "box").run_id
    client = MlflowClient(uri)
    names = {entry.path for entry in client.list_artifacts(run_id)}
    assert {"ablation.png", "ablation.json", "learning_curve.png"} <= names
    table = client.download_artifacts(run_id, "ablation.json", str(tmp_path))
    assert pd.read_json(table, orient="split")["plan"].tolist() == [
        "all", "alone", "alone", "without", "without",
    ]  # fmt: skip
    assert client.get_run(run_id).data.metrics["learning_curve_rmse"] == 0.3


def test_metal_with_few_sources_is_logged_as_prior_only(uri: str, tmp_path: Path) -> None:
    from mlflow import MlflowClient

    rows = gather("K")
    result = train(rows, "K")
    folder = save_training(result, tmp_path / "K")
    reference = log_training(result, folder, uri, outbox=tmp_path / "box")
    assert reference.waiting is None, str(reference)
    client = MlflowClient(uri)
    names = {entry.path for entry in client.list_artifacts(reference.run_id)}
    pictures = {"importance.png", "shap_summary.png"}
    tables = {"recipes.json", "importance.json"}
    assert names == {"model", "sei_model", "report.html"} | tables | pictures
    page = client.download_artifacts(reference.run_id, "report.html", str(tmp_path))
    assert f"prior only: {rows['source'].nunique()} sources" in Path(page).read_text("utf-8")
    tags = client.get_run(reference.run_id).data.tags
    assert (tags["evidence"], tags["split"]) == ("prior only", "none")


def test_search_of_the_page_finds_the_run(shared: tuple[str, str]) -> None:
    uri, run_id = shared
    found = MlflowStore(uri).runs(where="tags.metal = 'Li' and metrics.lso_rmse < 2")
    assert [run.run_id for run in found] == [run_id]


def test_recipe_families_are_child_runs(trained: TrainingResult, shared: tuple[str, str]) -> None:
    uri, run_id = shared
    children = MlflowStore(uri).runs(where=f"tags.`mlflow.parentRunId` = '{run_id}'")
    best = {run.name: run.metrics["held_out_rmse"] for run in children}
    scores = trained.model.held_out_errors
    assert best["blend"] == pytest.approx(scores["own: blend"])
    assert best["prior only"] == pytest.approx(scores["prior only"])
    assert {run.status for run in children} == {"FINISHED"}
    assert sum("chosen" in run.tags for run in children) == 1


def test_model_is_registered_with_a_signature_and_no_loader(shared: tuple[str, str]) -> None:
    import mlflow
    from mlflow.exceptions import MlflowException
    from mlflow.models import Model

    uri, run_id = shared
    (version,) = MlflowStore(uri).versions("anolyte-ce-Li")
    assert version.run_id == run_id
    folder = find_model("champion", "Li", uri)
    card = Model.load(str(folder))
    assert card.signature.inputs.input_names() == ["electrolyte"]
    assert "ce_low" in card.signature.outputs.input_names()
    assert list(card.flavors) == ["anolyte"]
    with pytest.raises(MlflowException, match="python_function"):
        mlflow.pyfunc.load_model(str(folder))


def test_sei_model_is_registered_under_a_name_of_its_own(
    trained: TrainingResult, model_folder: Path, shared: tuple[str, str], tmp_path: Path
) -> None:
    uri, run_id = shared
    store = MlflowStore(uri)
    (version,) = store.versions("anolyte-sei")
    digest = read_manifest(model_folder)["files"]["sei.json"]["sha256"]
    assert (version.run_id, version.tags["sei_sha256"]) == (run_id, digest)
    assert store.aliases("anolyte-sei") == {"champion": 1}
    run = store.get(run_id)
    assert run.tags["sei_version"] == "anolyte-sei/1"
    registered = store.fetch(run, "sei_model", tmp_path) / "sei.json"
    assert registered.read_bytes() == (model_folder / "sei.json").read_bytes()
    # The same model, wherever it comes from, is no other version.
    assert register_sei(store, replace(run, run_id="another")).number == 1
    assert models_table(store)["model"].tolist() == ["Li/1", "SEI/1"]


def test_screening_run_holds_the_list(
    space: CandidateSpace,
    trained: TrainingResult,
    model_folder: Path,
    shared: tuple[str, str],
    tmp_path: Path,
) -> None:
    from mlflow import MlflowClient

    uri, training = shared
    ranked = screen(space, trained.model, top=20)
    manifest = read_manifest(model_folder)
    space_file = tmp_path / "mine.yaml"
    space_file.write_text("metal: Li")
    reference = log_screening(ranked, manifest, uri, space_file=space_file)
    client = MlflowClient(uri)
    run = client.get_run(reference.run_id)
    assert run.data.tags["model_id"] == model_id(manifest)
    assert run.data.tags["sei_sha256"] == manifest["files"]["sei.json"]["sha256"]
    assert run.data.tags["model_run"] == training
    assert run.data.tags["model_version"] == "anolyte-ce-Li/1"
    assert run.data.tags["data_sha256"] == trained.digest
    assert run.data.metrics["screened"] == len(space)
    assert run.data.params["salts"] == "LiFSI, LiPF6"
    for name in ("ranked_list.parquet", "ranked_list.csv"):
        path = client.download_artifacts(reference.run_id, name, str(tmp_path))
        frame = pd.read_parquet(path) if name.endswith("parquet") else pd.read_csv(path)
        assert frame["electrolyte"].tolist() == ranked.frame["electrolyte"].tolist()
        assert np.allclose(frame["lce_low"], ranked.frame["lce_low"])
    table = client.download_artifacts(reference.run_id, "ranked_list.json", str(tmp_path))
    assert len(pd.read_json(table, orient="split")) == len(ranked)
    names = {entry.path for entry in client.list_artifacts(reference.run_id)}
    assert {
        "space.yaml",
        "space.json",
        "ranked_list.html",
        "ranked_list.png",
        "molecules.png",
    } <= names
    tables = json.loads(run.data.tags["mlflow.loggedArtifacts"])
    assert tables == [{"path": "ranked_list.json", "type": "table"}]
    # The list's run leads to the model that it was made with.
    assert find_model(reference.run_id[:8], "Li", uri) == find_model(training, "Li", uri)


def test_ready_made_space_is_kept_as_its_file(
    space: CandidateSpace,
    trained: TrainingResult,
    model_folder: Path,
    shared: tuple[str, str],
    tmp_path: Path,
) -> None:
    from mlflow import MlflowClient

    ranked = screen(space, trained.model, top=2)
    manifest = read_manifest(model_folder)
    for name, kept in (("Ca:carbonates", True), ("Ca", True), ("nowhere.yaml", False)):
        run_id = log_screening(ranked, manifest, shared[0], space_file=name).run_id
        client = MlflowClient(shared[0])
        names = {entry.path for entry in client.list_artifacts(run_id)}
        assert ("space.yaml" in names) == kept
        if kept:
            path = client.download_artifacts(run_id, "space.yaml", str(tmp_path))
            assert len(CandidateSpace.read(path)) >= len(CandidateSpace.read(name)) > 0


def test_long_list_is_a_short_table_and_whole_files(tmp_path: Path) -> None:
    from anolyte.experiments.tracking.lists import TABLE_ROWS, write_list

    frame = pd.DataFrame({"rank": range(1, 301), "electrolyte": "1 M LiFSI in DME"})
    write_list(frame, "ranked_list", tmp_path)
    assert len(pd.read_json(tmp_path / "ranked_list.json", orient="split")) == TABLE_ROWS == 200
    assert len(pd.read_csv(tmp_path / "ranked_list.csv")) == 300
    assert len(pd.read_parquet(tmp_path / "ranked_list.parquet")) == 300


def test_failed_run_is_marked(uri: str, tmp_path: Path) -> None:
    with (
        pytest.raises(RuntimeError),
        tracked("anolyte/Li/test", "fails", {}, uri, tmp_path / "box") as run,
    ):
        raise RuntimeError("no luck")
    found = MlflowStore(uri).get(run.run_id)
    assert (found.status, found.tags["error"]) == ("FAILED", "RuntimeError: no luck")


def wait(uri: str, begun: Event) -> None:
    # As in a program of its own; the tests' may have been started otherwise.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with tracked("anolyte/Li/test", "waits", common_tags("Li", "test"), uri):
        begun.set()
        time.sleep(100)


@pytest.mark.skipif(os.name != "posix", reason="signals")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_stopped_run_is_marked(
    uri: str, tmp_path: Path, number: signal.Signals, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    context = get_context("fork")
    begun = context.Event()
    process = context.Process(target=wait, args=(uri, begun))
    process.start()
    assert begun.wait(60)
    store = MlflowStore(uri)
    assert settle_abandoned(store) == []
    time.sleep(0.1)
    assert process.pid is not None
    os.kill(process.pid, number)
    process.join(60)
    assert process.exitcode
    settled = settle_abandoned(store)
    assert len(settled) == (number == signal.SIGKILL)
    (run,) = store.runs()
    assert run.status == "KILLED"


def log_one(uri: str, told: SimpleQueue[str]) -> None:
    with tracked("anolyte/Li/parallel", "run", {}, uri) as run, staging() as files:
        told.put(run.finish(files, metrics=(Metric("one", 1.0),)).run_id)


@pytest.mark.skipif(os.name != "posix", reason="forks")
def test_parallel_first_use(uri: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Six processes on a fresh store: every run is kept."""
    monkeypatch.chdir(tmp_path)
    # Forks: what each would import and set up first would let them come one after the other.
    context = get_context("fork")
    told: SimpleQueue[str] = context.SimpleQueue()
    processes = [context.Process(target=log_one, args=(uri, told)) for _ in range(6)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(180)
    assert [process.exitcode for process in processes] == [0] * 6
    runs = MlflowStore(uri).runs("anolyte/Li/parallel")
    assert {run.run_id for run in runs} == {told.get() for _ in processes}
    assert [run.metrics for run in runs] == [{"one": 1.0}] * 6


def test_telemetry_is_off() -> None:
    code = (
        "import anolyte.experiments.tracking\n"
        "from mlflow.telemetry.utils import is_telemetry_disabled\n"
        "print(is_telemetry_disabled())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "True"


def test_uri_comes_from_option_then_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "sqlite:///group.db")
    assert tracking_uri("sqlite:///mine.db") == "sqlite:///mine.db"
    assert tracking_uri() == "sqlite:///group.db"
    monkeypatch.delenv("MLFLOW_TRACKING_URI")
    assert tracking_uri() == "sqlite:///mlflow.db"


def test_server_listens_on_this_machine_only(uri: str) -> None:
    command = server_command(uri, 5001)
    assert command[command.index("--host") + 1] == "127.0.0.1"
    assert "--disable-security-middleware" not in command


def test_a_server_is_not_served_again() -> None:
    with pytest.raises(TrackingError, match="open it in a browser"):
        server_command("http://127.0.0.1:5000", 5001)


def test_unusable_store_is_a_clear_error(tmp_path: Path) -> None:
    broken = tmp_path / "mlflow.db"
    broken.write_text("this is no database")
    with (
        pytest.raises(TrackingError, match="cannot use the tracking store"),
        tracked("anolyte/Li/test", "broken", {}, f"sqlite:///{broken}", tmp_path / "box"),
    ):
        pass


def test_commit_is_noted_where_there_is_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from anolyte.experiments.tracking.run_record import common_tags

    monkeypatch.chdir(tmp_path)
    assert "commit" not in common_tags("Li", "test")
    for arguments in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "start"]):
        (tmp_path / "notes.txt").write_text("one")
        identity = ["-c", "user.name=someone", "-c", "user.email=someone@example.org"]
        subprocess.run(["git", *identity, *arguments], cwd=tmp_path, check=True)
    commit = common_tags("Li", "test")["commit"]
    assert len(commit) == 40
    (tmp_path / "notes.txt").write_text("two")
    assert common_tags("Li", "test")["commit"] == f"{commit}+changes"
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "commit" not in common_tags("Li", "test")
