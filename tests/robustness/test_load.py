"""Many commands at once in one project, and long input: all are served, memory stays."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from anolyte.datasets.measurements.own import own_measurements
from anolyte.experiments.tracking.mlflow_store import MlflowStore
from anolyte.models.bundles.bundle import load_model

Start = Callable[..., subprocess.Popen[str]]
HANG_SECONDS = 300
ROWS = 30
MARGIN = 32 * 2**20


def table(path: Path, metal: str) -> Path:
    rows = [f"{metal},{1 + n / 100:g} M {metal}FSI in DME,98.8,notebook 2025" for n in range(ROWS)]
    path.write_text("\n".join(["metal,electrolyte,ce_pct,source", *rows, ""]))
    return path


def test_commands_at_once_in_a_new_project(
    start: Start, zinc_folder: Path, moments: int, tmp_path: Path
) -> None:
    if not moments:
        pytest.skip("the whole campaign is `make test-robustness`")
    project = tmp_path / "project"
    project.mkdir()
    model = ("--metal", "Zn", "--model", str(zinc_folder))
    space = ("--salts", "ZnSO4", "--solvents", "H2O", "--additives", "none", *model)
    commands = [
        ("screen", *space, "--note", "first"),
        ("screen", *space, "--note", "second"),
        ("train", "--metal", "K", "--quick"),
        ("predict", "1 M ZnSO4 in H2O", *model),
        ("predict", "1 M Zn(OTf)2 in H2O/DMSO (1:1 v/v)", *model),
        ("data", "add", str(table(tmp_path / "Li.csv", "Li"))),
        ("data", "add", str(table(tmp_path / "Na.csv", "Na"))),
        ("runs", "list"),
    ]
    processes = []
    for command in commands:
        # The store is there as soon as its file is.
        while command[0] == "runs" and not (project / "mlflow.db").exists():
            assert any(process.poll() is None for process in processes)
            time.sleep(0.01)
        processes.append(start(project, *command))
    for command, process in zip(commands, processes, strict=True):
        _, err = process.communicate(timeout=HANG_SECONDS)
        assert process.returncode == 0, (command, err)
    own = own_measurements(project / "anolyte-data")
    assert own is not None
    assert own["metal"].value_counts().to_dict() == {"Li": ROWS, "Na": ROWS}
    assert own["measurement_id"].is_unique
    load_model(project / "anolyte-models" / "K")
    runs = MlflowStore(f"sqlite:///{project}/mlflow.db").runs()
    assert [run.status for run in runs] == ["FINISHED"] * 3
    assert {run.tags.get("note", "") for run in runs} >= {"first", "second"}


def test_first_use_without_a_model_trains_one(start: Start, moments: int, tmp_path: Path) -> None:
    if not moments:
        pytest.skip("the whole campaign is `make test-robustness`")
    process = start(tmp_path, "predict", "1 M Mg(TFSI)2 in DME", "--metal", "mg")
    out, err = process.communicate(timeout=HANG_SECONDS)
    assert process.returncode == 0, err
    assert "1 M Mg(TFSI)2 in DME" in out
    assert "training one on the shipped table" in err
    assert not load_model(tmp_path / "anolyte-models" / "Mg").is_prior


def peak(process: subprocess.Popen[str]) -> int:
    """Return the most memory that a command that ends well has used, in bytes."""
    _, status, used = os.wait4(process.pid, 0)
    # Its end is known already.
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return used.ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def test_memory_of_predictions_does_not_grow_with_the_input(
    start: Start, zinc_folder: Path, moments: int, tmp_path: Path
) -> None:
    if not moments:
        pytest.skip("the whole campaign is `make test-robustness`")
    model = ("--metal", "Zn", "--model", str(zinc_folder))
    peaks = {}
    for count in (500, 4_000):
        lines = tmp_path / f"{count}.txt"
        # No two alike, so that nothing kept of them goes unnoticed.
        lines.write_text("".join(f"{1 + n / 10_000:.4f} M ZnSO4 in H2O\n" for n in range(count)))
        with lines.open() as given:
            nowhere = {"stdin": given, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
            peaks[count] = peak(start(tmp_path, "predict", "-", *model, **nowhere))
    # As predicted rows the input would take 15 MiB and more.
    assert peaks[4_000] - peaks[500] < MARGIN, peaks


def test_memory_of_a_screening_does_not_grow_with_the_space(
    start: Start, zinc_folder: Path, moments: int, tmp_path: Path
) -> None:
    if not moments:
        pytest.skip("the whole campaign is `make test-robustness`")
    peaks = {}
    for count in (10, 200):
        amounts = ",".join(f"{1 + n / 200:g}" for n in range(count))
        process = start(
            tmp_path,
            *(
                "screen",
                "--metal",
                "Zn",
                "--salts",
                "ZnSO4,Zn(OTf)2",
                "--solvents",
                "H2O,DMSO,AN,DMF",
            ),
            *("--concentrations", amounts, "--model", str(zinc_folder), "--no-tracking"),
            stdout=subprocess.DEVNULL,
        )
        peaks[count] = peak(process)
    assert peaks[200] - peaks[10] < MARGIN, peaks
