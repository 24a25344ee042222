"""`anolyte explain --importance` and `--dependence`: what a model goes by."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from anolyte.experiments.cli.app import app
from anolyte.experiments.training.train import TrainingResult, gather, save_training, train
from anolyte.models.explanations.contributions import importance
from anolyte.models.explanations.dependence import partial_dependence
from typer.testing import CliRunner

PNG = b"\x89PNG"


@pytest.fixture
def project(
    model_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[str, str, str]:
    monkeypatch.chdir(tmp_path)
    return ("explain", "--model", str(model_folder))


@pytest.fixture(scope="module")
def potassium(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_training(train(gather("K"), "K"), tmp_path_factory.mktemp("prior") / "K")


def anolyte(*arguments: str) -> str:
    done = CliRunner().invoke(app, list(arguments))
    if done.exception is not None:
        raise done.exception
    return done.stdout


def test_importance(trained: TrainingResult, project: tuple[str, ...], tmp_path: Path) -> None:
    text = anolyte(*project, "--importance", "--most", "3", "--out", "all.csv", "--plot", "it.png")
    groups, single = (importance(trained.model, grouped) for grouped in (True, False))
    assert groups["group"][0] in text
    assert single["descriptor"][0] in text
    assert groups["group"][5] not in text
    kept = pd.read_csv(tmp_path / "all.csv")
    assert kept["descriptor"].tolist() == single["descriptor"].tolist()
    assert np.allclose(kept["mean_push_lce"], single["mean_push_lce"])
    assert (tmp_path / "it.png").read_bytes().startswith(PNG)
    told = json.loads(anolyte(*project, "--importance", "--json"))
    assert (told["metal"], told["prior_only"]) == ("Li", False)
    assert [row["group"] for row in told["groups"]] == groups["group"].tolist()


def test_dependence(trained: TrainingResult, project: tuple[str, ...], tmp_path: Path) -> None:
    names = ("cation_concentration", "F_to_O")
    asked = [part for name in names for part in ("--dependence", name)]
    text = anolyte(*project, *asked, "--out", "curves.parquet", "--plot", "curves.svg")
    assert "cation_concentration: metal cations / mol/L" in text
    curves = partial_dependence(trained.model, names)
    kept = pd.read_parquet(tmp_path / "curves.parquet")
    assert kept["descriptor"].unique().tolist() == list(names)
    assert np.allclose(kept["lce"], curves["lce"])
    assert "<svg" in (tmp_path / "curves.svg").read_text()
    told = json.loads(anolyte(*project, *asked, "--json"))["curves"]
    assert [row["ce_pct"] for row in told] == pytest.approx(curves["ce_pct"].tolist())


@pytest.mark.parametrize(
    "asked", [("--importance",), ("--dependence", "cation_concentration")], ids=lambda it: it[0]
)
def test_prior_only_says_so(
    asked: tuple[str, ...], potassium: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    arguments = ("explain", *asked, "--metal", "K", "--model", str(potassium))
    text = anolyte(*arguments, "--plot", "nothing.png")
    assert "no model for this metal beats its mean" in text
    assert (tmp_path / "nothing.png").read_bytes().startswith(PNG)
    assert json.loads(anolyte(*arguments, "--json"))["prior_only"]


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ((), "give one of"),
        (("1 M LiFSI in DME", "--importance"), "give one of"),
        (("--importance", "--dependence", "F_to_O"), "give one of"),
        (("--dependence", "luck"), r"no descriptor 'luck'.*--importance"),
        (("--importance", "--out", "a.xls"), r"\.csv or \.parquet"),
        (("--importance", "--plot", "a.gif"), r"\.png, \.svg or \.pdf"),
    ],
)
def test_bad_arguments(asked: tuple[str, ...], message: str, project: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match=message):
        anolyte(*project, *asked)


def test_contributions_are_written(project: tuple[str, ...], tmp_path: Path) -> None:
    anolyte(*project, "1 M LiFSI in DME", "--most", "4", "--out", "why.csv")
    assert len(pd.read_csv(tmp_path / "why.csv")) == 6
