"""The model to predict with is loaded, or trained and kept where there is none yet."""

from __future__ import annotations

from pathlib import Path

import pytest
from anolyte.experiments.predictions.load_or_train import load_or_train
from anolyte.experiments.training.train import TrainingResult

TEXTS = ["1 M LiFSI in DME", "1 M LiPF6 in EC/DMC (1:1 v/v)"]


def test_model_of_a_folder_is_loaded_without_a_word(
    trained: TrainingResult, model_folder: Path
) -> None:
    told: list[str] = []
    loaded, folder = load_or_train("Li", model_folder, tell=told.append)
    assert folder == model_folder
    assert not told
    assert loaded.predict_interval(TEXTS).equals(trained.model.predict_interval(TEXTS))


def test_model_of_another_metal_is_refused(model_folder: Path) -> None:
    with pytest.raises(ValueError, match="is for Li, not for Na"):
        load_or_train("Na", model_folder)


def test_first_model_is_trained_and_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    # Aluminium has so few rows that its model is the mean.
    first, folder = load_or_train("Al")
    assert "No Al model in anolyte-models" in capsys.readouterr().out
    again, same = load_or_train("Al")
    assert not capsys.readouterr().out
    assert folder == same
    electrolytes = ["AlCl3/[EMIm]Cl (1.5:1 mol/mol)"]
    assert first.predict_interval(electrolytes).equals(again.predict_interval(electrolytes))
