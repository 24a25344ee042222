"""Stored models: the same after loading, refused when altered, never executed."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import pytest
from anolyte.datasets.errors import ModelFileError
from anolyte.models import CoulombicEfficiencyModel, load_model, save_model
from anolyte.models.bundles import bundle as store

FORMULATIONS = ["1 M ZnSO4 in H2O", "? M Zn(OTf)2 in H2O/DMSO (? v/v)"]


@pytest.fixture
def folder(zinc_model: CoulombicEfficiencyModel, tmp_path: Path) -> Path:
    return save_model(zinc_model, tmp_path / "Zn", {"rows": 68})


def test_loaded_model_predicts_the_same(folder: Path, zinc_model: CoulombicEfficiencyModel) -> None:
    loaded = load_model(folder)
    expected = zinc_model.predict_interval(FORMULATIONS)
    assert loaded.predict_interval(FORMULATIONS).equals(expected)
    expected = zinc_model.assess(FORMULATIONS).to_frame()
    assert loaded.assess(FORMULATIONS).to_frame().equals(expected)


def test_saving_again_replaces_the_model(
    folder: Path, zinc_model: CoulombicEfficiencyModel
) -> None:
    save_model(zinc_model, folder)
    assert json.loads((folder / "manifest.json").read_text())["facts"] == {}
    assert [path.name for path in folder.parent.iterdir()] == ["Zn"]


def test_model_saved_while_it_is_loaded(
    folder: Path, zinc_model: CoulombicEfficiencyModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever has read the old manifest finds the new files, and reads the manifest again."""
    read, count = store.read_manifest, itertools.count()
    loaded = load_model(folder)
    loaded.domain_.measured = loaded.domain_.measured.assign(electrolyte="1 M ZnSO4 in H2O")

    def saved_meanwhile(place: Path) -> dict[str, Any]:
        manifest = read(place)
        if not next(count):
            save_model(loaded, place)
        return manifest

    monkeypatch.setattr(store, "read_manifest", saved_meanwhile)
    again = load_model(folder)
    assert set(again.domain_.measured["electrolyte"]) == {"1 M ZnSO4 in H2O"}
    assert next(count) == 2
    expected = zinc_model.predict_interval(FORMULATIONS)
    assert again.predict_interval(FORMULATIONS).equals(expected)


def test_foreign_folder_is_not_overwritten(
    zinc_model: CoulombicEfficiencyModel, tmp_path: Path
) -> None:
    (tmp_path / "thesis.txt").write_text("precious")
    with pytest.raises(ModelFileError, match="holds other files"):
        save_model(zinc_model, tmp_path)
    assert (tmp_path / "thesis.txt").read_text() == "precious"


def test_missing_model_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match="anolyte train"):
        load_model(tmp_path)
