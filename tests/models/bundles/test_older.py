"""Models of schema 2: boosted trees in UBJ, which XGBoost itself must not read here."""

from __future__ import annotations

import hashlib
import json
import shutil
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from anolyte.datasets.errors import ModelFileError
from anolyte.features.mixtures import Mixtures
from anolyte.models import CoulombicEfficiencyModel, load_model, save_model
from anolyte.models.sei.model import shipped_sei_model

BOOSTED = "own-xgboost.ubj"
TEXTS = ["2 M ZnSO4 in H2O", "3 M Zn(OTf)2 in H2O", "2 M ZnSO4 in H2O + 50 mM glycine"]


def test_a_model_of_schema_2_predicts_what_it_did(boosted_model: CoulombicEfficiencyModel) -> None:
    """The figures are those of the day on which it was saved."""
    assert boosted_model.recipe == "own: xgboost"
    assert boosted_model.predict(TEXTS) == pytest.approx(
        [98.36879517, 99.90444503, 98.36879517], abs=1e-5
    )
    found = boosted_model.assess(TEXTS)
    expected = shipped_sei_model().summary(
        Mixtures.from_electrolytes(TEXTS, "Zn"), found.efficiencies
    )
    assert found.sei.equals(expected)


def test_saved_again_it_is_of_today(
    boosted_model: CoulombicEfficiencyModel, of_schema_2: Path, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(of_schema_2, tmp_path / "Zn"))
    save_model(boosted_model, folder)
    assert not (folder / BOOSTED).exists()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        again = load_model(folder)
    expected = boosted_model.assess(TEXTS).to_frame()
    assert again.assess(TEXTS).to_frame().equals(expected)


def changed(data: bytes, behind: bytes, new: bytes, skip: int = 0) -> bytes:
    """Replace what stands behind some bytes."""
    start = data.index(behind) + len(behind) + skip
    return data[:start] + new + data[start + len(new) :]


LEFT = b"left_children[$l#L"
DAMAGED: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "cut": (lambda data: data[:-500], "XGBoost cannot read it"),
    "empty": (lambda data: b"", "XGBoost cannot read it"),
    "pickle": (lambda data: b"\x80\x04cos\nsystem\n", "XGBoost cannot read it"),
    "length beyond the file": (
        lambda data: changed(data, b"base_weights[$d#L", b"\x7f" * 7),
        "XGBoost cannot read it",
    ),
    "child outside of its tree": (
        lambda data: changed(data, LEFT, (1 << 30).to_bytes(4, "big"), 8),
        "children outside of it",
    ),
    "circle": (lambda data: changed(data, LEFT, bytes(4), 8), "another parent"),
}


@pytest.mark.parametrize("how", DAMAGED)
def test_damaged_trees_are_refused(of_schema_2: Path, tmp_path: Path, how: str) -> None:
    change, told = DAMAGED[how]
    folder = Path(shutil.copytree(of_schema_2, tmp_path / "Zn"))
    data = change((folder / BOOSTED).read_bytes())
    (folder / BOOSTED).write_bytes(data)
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["files"][BOOSTED]["sha256"] = hashlib.sha256(data).hexdigest()
    (folder / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(ModelFileError, match=f"{BOOSTED} cannot be loaded safely: .*{told}"):
        load_model(folder)


def test_a_prior_of_schema_2_loads() -> None:
    with pytest.warns(UserWarning, match="no SEI model of its own") as warned:
        model = load_model(Path(__file__).parent / "fixtures" / "K-schema-2")
    assert len([each for each in warned if "SEI" in str(each.message)]) == 1
    frame = model.predict_interval(["1 M KFSI in DME"])
    assert frame["ce_pct"].iloc[0] == pytest.approx(97.8, abs=0.1)
    assert model.evidence_ == "prior only"
    assert "KFSI in DME" in model.assess(["4.8 M KFSI in DME"]).nearest()[0]
    assert np.isfinite(model.assess(["4.8 M KFSI in DME"]).sei_desirability).all()


def test_an_sei_model_of_before_gives_way_to_that_of_the_shipped_labels(
    boosted_model: CoulombicEfficiencyModel, tmp_path: Path
) -> None:
    """One word for composition and function together, and no reports: schema 1."""
    folder = tmp_path / "Zn"
    save_model(boosted_model, folder)
    former = {"schema_version": 1, "kind": "sei", "metal": "Zn", "correction": {}, "prior": {}}
    data = json.dumps(former).encode()
    (folder / "sei.json").write_bytes(data)
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["files"]["sei.json"]["sha256"] = hashlib.sha256(data).hexdigest()
    (folder / "manifest.json").write_text(json.dumps(manifest))
    with pytest.warns(UserWarning, match="no SEI model of its own that this version reads"):
        model = load_model(folder)
    mixtures = Mixtures.from_electrolytes(TEXTS, "Zn")
    expected = shipped_sei_model().predict_function(mixtures)
    assert model.sei.predict_function(mixtures).equals(expected)
