"""A small trained model, a space and small runs that the tests of experiments share."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from anolyte.datasets import shipped_compounds
from anolyte.experiments.candidates import CandidateSpace
from anolyte.experiments.run_record import ChildRun, DatasetFacts, Metric
from anolyte.experiments.tracking import RunReference, model_id, tracked
from anolyte.experiments.train import TrainingResult, gather, save_training, train


@pytest.fixture(scope="session")
def trained() -> TrainingResult:
    return train(gather("Li"), "Li", quick=True)


@pytest.fixture(scope="session")
def model_folder(trained: TrainingResult, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_training(trained, tmp_path_factory.mktemp("models") / "Li")


@pytest.fixture(scope="session")
def space() -> CandidateSpace:
    registry = shipped_compounds()
    return CandidateSpace.of(
        "Li",
        salts=[registry["LiFSI"], registry["LiPF6"]],
        solvents=[registry[name] for name in ("EC", "DMC", "DME", "TTE", "F5DEE")],
        additives=[registry["FEC"], registry["LiNO3"]],
        concentrations=[1.0, 2.0],
    )


def _write_model(folder: Path, text: str) -> dict[str, Any]:
    """Write a model folder that is good enough to be found, and return its manifest."""
    folder.mkdir(parents=True)
    (folder / "part.skops").write_text(text)
    digest = hashlib.sha256(text.encode()).hexdigest()
    manifest = {"schema_version": 2, "metal": "Li", "files": {"part.skops": {"sha256": digest}}}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return manifest


def held_out_errors(errors: Any) -> pd.DataFrame:
    """Return a table of held-out errors of measurements, two a source."""
    rows = len(errors)
    return pd.DataFrame(
        {
            "electrolyte": [f"electrolyte {row}" for row in range(rows)],
            "source": [f"source {row // 2}" for row in range(rows)],
            "ce_pct": 98.0,
            "error": errors,
        }
    )


def _log_model(
    tmp_path: Path,
    uri: str,
    name: str,
    errors: Any,
    box: Path | None = None,
    **tags: str,
) -> RunReference:
    """Log a training with given held-out errors."""
    files = tmp_path / name
    manifest = _write_model(files / "model", name)
    held_out_errors(errors).to_parquet(files / "held_out.parquet")
    given = {"metal": "Li", "task": "coulombic-efficiency", "data_sha256": "one", **tags}
    given |= {"model_id": model_id(manifest), "model_name": "anolyte-ce-Li"}
    with tracked(
        "anolyte/Li/coulombic-efficiency", name, given, uri, box or tmp_path / "box"
    ) as run:
        return run.finish(
            files,
            params={"split": "leave-source-out", "folds": "8", "seed": "0", "repeats": "2"},
            metrics=(
                Metric("lso_rmse", float(np.sqrt(np.mean(errors**2)))),
                *(Metric("learning_curve_rmse", 1 / step, step) for step in (5, 10)),
            ),
            dataset=DatasetFacts("Li Coulombic efficiencies", "one", "measurements_Li.csv"),
            children=(ChildRun("ridge", {"family": "ridge"}, {}, (Metric("held_out_rmse", 0.3),)),),
            model="anolyte-ce-Li",
        )


@pytest.fixture(scope="session")
def log_model() -> Callable[..., RunReference]:
    """Log a training with given held-out errors, made without training."""
    return _log_model


@pytest.fixture(scope="session")
def held_out() -> Callable[[Any], pd.DataFrame]:
    """Return a table of held-out errors, two measurements a source."""
    return held_out_errors
