"""Which model is the champion, and finding runs and models."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from anolyte.datasets.errors import ModelFileError
from anolyte.experiments.tracking import RunReference, TrackingError, find_model
from anolyte.experiments.tracking.finding import find_run, find_version, models_table
from anolyte.experiments.tracking.mlflow_store import MlflowStore
from anolyte.experiments.tracking.registry import paired, promote, rollback

Log = Callable[..., RunReference]
NAME = "anolyte-ce-Li"
ERRORS = np.random.default_rng(0).normal(0, 0.3, 80)


@pytest.fixture
def uri(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'mlflow.db'}"


def champion(uri: str) -> int:
    return MlflowStore(uri).aliases(NAME)["champion"]


def test_champion_moves_only_beyond_the_noise(tmp_path: Path, uri: str, log_model: Log) -> None:
    first = log_model(tmp_path, uri, "first", ERRORS)
    assert "champion (the first model" in first.said
    log_model(tmp_path, uri, "same", ERRORS)
    shaken = ERRORS + np.random.default_rng(1).normal(0, 0.15, len(ERRORS))
    # A little better by luck: half of the sources better, half worse.
    lucky = shaken * 0.999 * np.sqrt(np.mean(ERRORS**2) / np.mean(shaken**2))
    third = log_model(tmp_path, uri, "lucky", lucky)
    assert "within the noise" in third.said
    log_model(tmp_path, uri, "worse", ERRORS * 1.3)
    assert champion(uri) == 1
    better = log_model(tmp_path, uri, "better", ERRORS * 0.7)
    assert "more than the noise" in better.said
    assert champion(uri) == 5
    other = log_model(tmp_path, uri, "elsewhere", ERRORS * 0.1, data_sha256="two")
    assert "other measurements" in other.said
    store = MlflowStore(uri)
    assert store.aliases(NAME) == {"champion": 5, "candidate": 6}
    assert models_table(store, "Li")["alias"].tolist() == ["candidate", "champion", *[""] * 4]


def test_promote_and_roll_back(tmp_path: Path, uri: str, log_model: Log) -> None:
    for name in ("first", "second"):
        log_model(tmp_path, uri, name, ERRORS)
    store = MlflowStore(uri)
    promote(store, "Li/2")
    assert champion(uri) == 2
    promote(store, "Li/2")
    former, now = rollback(store, "Li")
    assert (former.number, now.number, champion(uri)) == (2, 1, 1)
    with pytest.raises(TrackingError, match="no former champion"):
        rollback(store, "Li")
    with pytest.raises(TrackingError, match="no former champion"):
        rollback(store, "Na")


def test_noise_counts_sources(held_out: Callable[[Any], pd.DataFrame]) -> None:
    half = np.tile([0.2, 0.2, 0.4, 0.4], 20)
    gain, noise = paired(held_out(half), held_out(half[::-1]))
    assert gain == pytest.approx(0, abs=1e-12)
    assert noise > 0.01
    # One source alone that improves is no evidence.
    errors = np.full(80, 0.3)
    errors[:2] = 2.0
    gain, noise = paired(held_out(errors), held_out(np.full(80, 0.3)))
    assert 0 < gain < noise * 1.01
    with pytest.raises(ValueError, match="other measurements"):
        paired(held_out(errors), held_out(errors[:40]))


def test_find_runs_and_models(tmp_path: Path, uri: str, log_model: Log) -> None:
    ids = {name: log_model(tmp_path, uri, name, ERRORS).run_id for name in ("alpha_1", "alpha_2")}
    store = MlflowStore(uri)
    assert find_run(store, "alpha_1").run_id == ids["alpha_1"]
    assert find_run(store, ids["alpha_2"][:12]).name == "alpha_2"
    assert find_run(store, "latest").name == "alpha_2"
    assert find_run(store, "Li@champion").name == "alpha_1"
    assert find_run(store, "candidate", "Li").name == "alpha_2"
    for text in ("Li/2", "anolyte-ce-Li/2", "models:/anolyte-ce-Li/2", "anolyte-ce-Li@candidate"):
        version = find_version(store, text)
        assert version is not None
        assert version.number == 2
    with pytest.raises(TrackingError, match=r"any of 2 runs:\n.*alpha_2.*\n.*alpha_1"):
        find_run(store, "alpha")
    with pytest.raises(TrackingError, match="whose champion"):
        find_run(store, "champion")
    # An underscore is no wildcard, a quote ends no filter.
    for text in ("alphax1", "alpha_1' or '1", "Li/7", "Na@champion"):
        with pytest.raises(TrackingError, match="no "):
            find_run(store, text)
    assert (find_model("alpha_1", uri=uri) / "part.skops").read_text() == "alpha_1"
    assert find_model(str(tmp_path), uri=uri) == tmp_path
    with pytest.raises(ModelFileError, match="no model in nowhere"):
        find_model("nowhere", uri=uri)


def test_looking_for_a_model_makes_no_store(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match="no model in champion"):
        find_model("champion", "Li", f"sqlite:///{tmp_path / 'none.db'}")
    assert list(tmp_path.iterdir()) == []


def test_exchanged_model_files_are_noticed(tmp_path: Path, uri: str, log_model: Log) -> None:
    log_model(tmp_path, uri, "first", ERRORS)
    manifest = find_model("first", uri=uri) / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"sha256": "', '"sha256": "0'))
    with pytest.raises(ModelFileError, match="not the model that run first logged"):
        find_model("first", uri=uri)
