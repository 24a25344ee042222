"""What lands in MLflow, and that parallel first use loses nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from anolyte.experiments.candidates import CandidateSpace
from anolyte.experiments.rank import screen
from anolyte.experiments.tracking import (
    TrackingError,
    log_screening,
    log_training,
    model_id,
    server_command,
    tracking_uri,
)
from anolyte.experiments.train import TrainingResult
from anolyte.models import load_model
from anolyte.models.store import read_manifest


@pytest.fixture
def uri(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'mlflow.db'}"


def test_training_run_is_complete(
    trained: TrainingResult, model_folder: Path, uri: str, tmp_path: Path
) -> None:
    reference = log_training(trained, model_folder, uri, note="first try")
    from mlflow import MlflowClient

    client = MlflowClient(uri)
    run = client.get_run(reference.run_id)
    assert run.info.status == "FINISHED"
    assert run.data.params["metal"] == "Li"
    assert run.data.params["blocks"] == "composition, solvation, ions, molecular, fluorination"
    ours = trained.comparison.loc["anolyte", "rmse"]
    assert run.data.metrics["lso_rmse"] == pytest.approx(ours)
    assert run.data.metrics["coverage_90"] == pytest.approx(0.9, abs=0.02)
    assert run.data.tags["mlflow.note.content"] == "first try"
    dataset = run.inputs.dataset_inputs[0].dataset
    assert trained.digest.startswith(dataset.digest)
    names = {entry.path for entry in client.list_artifacts(reference.run_id)}
    assert names == {"model", "parity.png", "residuals_by_source.png", "comparison.json"}
    stored = client.download_artifacts(reference.run_id, "model", str(tmp_path))
    text = ["1 M LiFSI in DME"]
    assert load_model(stored).predict(text) == pytest.approx(trained.model.predict(text))


def test_screening_run_holds_the_list(
    space: CandidateSpace, trained: TrainingResult, model_folder: Path, uri: str, tmp_path: Path
) -> None:
    ranked = screen(space, trained.model, top=20)
    manifest = read_manifest(model_folder)
    reference = log_screening(ranked, manifest, uri)
    from mlflow import MlflowClient

    client = MlflowClient(uri)
    run = client.get_run(reference.run_id)
    assert run.data.tags["model_id"] == model_id(manifest)
    assert run.data.metrics["screened"] == len(space)
    assert run.data.params["salts"] == "LiFSI, LiPF6"
    for name in ("ranked_list.parquet", "ranked_list.csv"):
        path = client.download_artifacts(reference.run_id, name, str(tmp_path))
        frame = pd.read_parquet(path) if name.endswith("parquet") else pd.read_csv(path)
        assert frame["electrolyte"].tolist() == ranked.frame["electrolyte"].tolist()
        assert np.allclose(frame["lce_low"], ranked.frame["lce_low"])
    table = client.download_artifacts(reference.run_id, "ranked_list.json", str(tmp_path))
    assert len(pd.read_json(table, orient="split")) == 20


def test_failed_run_is_marked(uri: str) -> None:
    from anolyte.experiments.tracking import run
    from mlflow import MlflowClient

    with pytest.raises(RuntimeError), run("anolyte/Li/test", "fails", {}, uri) as reference:
        raise RuntimeError
    assert MlflowClient(uri).get_run(reference.run_id).info.status == "FAILED"


def test_parallel_first_use(uri: str) -> None:
    """Six processes on a fresh store: every run is kept."""
    code = (
        "import sys; from anolyte.experiments.tracking import run\n"
        "with run('anolyte/Li/parallel', 'run', {}, sys.argv[1]):\n"
        "    import mlflow; mlflow.log_metric('one', 1)"
    )
    command = [sys.executable, "-c", code, uri]
    processes = [subprocess.Popen(command, stderr=subprocess.PIPE) for _ in range(6)]
    errors = [process.communicate(timeout=180)[1] for process in processes]
    assert [process.returncode for process in processes] == [0] * 6, errors
    from mlflow import MlflowClient

    client = MlflowClient(uri)
    experiment = client.get_experiment_by_name("anolyte/Li/parallel")
    assert experiment is not None
    runs = client.search_runs([experiment.experiment_id])
    assert [run.data.metrics for run in runs] == [{"one": 1.0}] * 6


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
    from anolyte.experiments.tracking import run

    broken = tmp_path / "mlflow.db"
    broken.write_text("this is no database")
    with (
        pytest.raises(TrackingError, match="cannot use the tracking store"),
        run("anolyte/Li/test", "broken", {}, f"sqlite:///{broken}"),
    ):
        pass
