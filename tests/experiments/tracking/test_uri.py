"""`--tracking-uri` says where a model named by run, version or alias is looked for."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from anolyte.datasets.errors import ModelFileError
from anolyte.experiments.cli.app import app
from anolyte.experiments.tracking import RunReference
from anolyte.experiments.training.train import TrainingResult
from typer.testing import CliRunner

FORMULATION = "1 M LiFSI in DME"
SPACE = """metal: Li
parts:
  ethers:
    salts: {compounds: [LiFSI], amounts: [1, 2]}
    solvents: {compounds: [DME, DEE, TTE], ratios: [[1], [1, 1]], kind: v/v}
"""


@pytest.fixture(scope="module")
def elsewhere(
    logged: Callable[[Path], RunReference], tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, str]:
    """A store that is not the default one, with a training; the id of its run."""
    reference = logged(tmp_path_factory.mktemp("elsewhere"))
    return reference.uri, reference.run_id


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Working folder without a model or a store, and a space."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    (tmp_path / "space.yaml").write_text(SPACE)
    return tmp_path


COMMANDS = {
    "predict": ("predict", FORMULATION),
    "explain": ("explain", FORMULATION),
    "importance": ("explain", "--importance"),
    "suggest": ("suggest", "--space", "space.yaml", "--batch", "2", "--no-tracking"),
    "screen": ("screen", "--space", "space.yaml", "--top", "2", "--no-tracking"),
}


def anolyte(*arguments: str) -> Any:
    done = CliRunner().invoke(app, [*arguments, "--json"])
    if done.exception is not None:
        raise done.exception
    return json.loads(done.stdout)


@pytest.mark.parametrize("command", COMMANDS)
def test_model_is_looked_for_in_that_store(
    command: str, elsewhere: tuple[str, str], project: Path
) -> None:
    uri, run_id = elsewhere
    told = [
        anolyte(*COMMANDS[command], "--model", name, "--tracking-uri", uri)
        for name in ("Li/1", "champion", run_id[:10])
    ]
    assert told[0] == told[1] == told[2]
    # And not in the default one, which is not made by looking either.
    with pytest.raises(ModelFileError, match=r"no model in Li/1.*mlflow\.db"):
        anolyte(*COMMANDS[command], "--model", "Li/1")
    assert not (project / "mlflow.db").exists()


def test_environment_says_it_as_well(
    elsewhere: tuple[str, str],
    trained: TrainingResult,
    project: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", elsewhere[0])
    (row,) = anolyte("predict", FORMULATION, "--model", "Li@champion")
    assert row["ce_pct"] == pytest.approx(float(trained.model.predict([FORMULATION])[0]))
