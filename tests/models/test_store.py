"""Stored models: the same after loading, refused when altered, never executed."""

from __future__ import annotations

import hashlib
import json
import pickle
from pathlib import Path

import pytest
from anolyte.datasets.errors import ModelFileError
from anolyte.models import CoulombicEfficiencyModel, load_model, save_model

FORMULATIONS = ["1 M ZnSO4 in H2O", "? M Zn(OTf)2 in H2O/DMSO (? v/v)"]


@pytest.fixture
def folder(zinc_model: CoulombicEfficiencyModel, tmp_path: Path) -> Path:
    return save_model(zinc_model, tmp_path / "Zn", {"rows": 68})


def rewrite_manifest(folder: Path, **changes: object) -> None:
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text())
    path.write_text(json.dumps(manifest | changes))


def test_loaded_model_predicts_the_same(folder: Path, zinc_model: CoulombicEfficiencyModel) -> None:
    loaded = load_model(folder)
    expected = zinc_model.predict_interval(FORMULATIONS)
    assert loaded.predict_interval(FORMULATIONS).equals(expected)
    assert loaded.assess(FORMULATIONS).equals(zinc_model.assess(FORMULATIONS))


def test_saving_again_replaces_the_model(
    folder: Path, zinc_model: CoulombicEfficiencyModel
) -> None:
    save_model(zinc_model, folder)
    assert json.loads((folder / "manifest.json").read_text())["facts"] == {}
    assert [path.name for path in folder.parent.iterdir()] == ["Zn"]


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


@pytest.mark.parametrize(
    "name",
    [
        "own-extra_trees.skops",
        "own-xgboost.ubj",
        "own-gaussian_process.skops",
        "measured-points.skops",
        "measured.csv",
    ],
)
def test_altered_file_is_refused(folder: Path, name: str) -> None:
    path = folder / name
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    with pytest.raises(ModelFileError, match="SHA-256"):
        load_model(folder)


def test_missing_file_is_refused(folder: Path) -> None:
    (folder / "own-xgboost.ubj").unlink()
    with pytest.raises(ModelFileError, match="missing"):
        load_model(folder)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"schema_version": 1}, "train the model again"),
        ({"features": ["F_to_C"]}, "other descriptors"),
        ({"blocks": ["astrology"]}, "does not have"),
        ({"interval_quantiles": None}, "incomplete"),
        ({"files": {}}, "incomplete"),
        ({"recipe": "own: oracle"}, "does not have"),
        ({"ensemble": {"members": [["own", "../../evil"]], "transfer": []}}, "does not have"),
        ({"evidence": "certain"}, "does not have"),
        ({"domain": {}}, "incomplete"),
    ],
)
def test_manifest_that_does_not_fit_is_refused(
    folder: Path, changes: dict[str, object], message: str
) -> None:
    rewrite_manifest(folder, **changes)
    with pytest.raises(ModelFileError, match=message):
        load_model(folder)


def test_broken_manifest_is_refused(folder: Path) -> None:
    (folder / "manifest.json").write_text("{")
    with pytest.raises(ModelFileError, match="manifest"):
        load_model(folder)


class Payload:
    """Unpickling this creates a file."""

    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return Path.touch, (self.trace,)


def test_smuggled_pickle_is_not_executed(folder: Path, tmp_path: Path) -> None:
    trace = tmp_path / "executed"
    path = folder / "own-extra_trees.skops"
    path.write_bytes(pickle.dumps(Payload(trace)))
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["files"]["own-extra_trees.skops"]["sha256"] = hashlib.sha256(
        path.read_bytes()
    ).hexdigest()
    rewrite_manifest(folder, **manifest)
    with pytest.raises(ModelFileError, match="cannot be loaded safely"):
        load_model(folder)
    assert not trace.exists()


def test_link_instead_of_a_file_is_refused(folder: Path, tmp_path: Path) -> None:
    path = folder / "own-xgboost.ubj"
    path.rename(tmp_path / "elsewhere.ubj")
    path.symlink_to(tmp_path / "elsewhere.ubj")
    with pytest.raises(ModelFileError, match="no plain file"):
        load_model(folder)


def test_bundle_of_this_schema_from_an_earlier_version_loads() -> None:
    """A folder written when schema 2 began; it has to load as long as schema 2 lasts."""
    model = load_model(Path(__file__).parent / "fixtures" / "K-schema-2")
    frame = model.predict_interval(["1 M KFSI in DME"])
    assert frame["ce_pct"].iloc[0] == pytest.approx(97.8, abs=0.1)
    assert model.evidence_ == "prior only"
    assert "KFSI in DME" in model.assess(["4.8 M KFSI in DME"])["nearest"].iloc[0]
