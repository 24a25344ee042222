"""Save a model as a directory of plain files and load it without running code from them.

Boosted trees are XGBoost's UBJ, the other members skops files of which only the types in
`TRUSTED_TYPES` are accepted; the manifest names every file with its SHA-256.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

from anolyte.datasets.errors import ModelFileError
from anolyte.features import BLOCKS

from .efficiency import CoulombicEfficiencyModel
from .families import FAMILIES, Estimator
from .intervals import ConformalScale

SCHEMA_VERSION = 1
MANIFEST = "manifest.json"
MAX_FILE_BYTES = 500 * 1024 * 1024
PACKAGES = ("anolyte", "numpy", "rdkit", "scikit-learn", "skops", "xgboost")
# Reviewed: plain data holders of scikit-learn, none of which runs code when built.
TRUSTED_TYPES = (
    "sklearn._loss.link.IdentityLink",
    "sklearn._loss.link.Interval",
    "sklearn.gaussian_process.kernels.ConstantKernel",
    "sklearn.gaussian_process.kernels.Matern",
    "sklearn.gaussian_process.kernels.Product",
    "sklearn.gaussian_process.kernels.Sum",
    "sklearn.gaussian_process.kernels.WhiteKernel",
    "sklearn.tree._tree.Tree",
)


def save_model(
    model: CoulombicEfficiencyModel, folder: str | Path, facts: dict[str, Any] | None = None
) -> Path:
    """Write a fitted model to a folder, replacing a model that is there.

    Parameters
    ----------
    model
        The fitted model.
    folder
        Where; it appears complete or not at all.
    facts
        What else the manifest should say, for example the digest of the data.

    Raises
    ------
    ModelFileError
        If the folder exists and holds something else than a model.
    """
    folder = Path(folder)
    if folder.exists() and any(folder.iterdir()) and not (folder / MANIFEST).is_file():
        raise ModelFileError(f"{folder} holds other files; choose an empty folder")
    folder.parent.mkdir(parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        files = {name: _write(estimator, name, staging) for name, estimator in _members(model)}
        manifest = _manifest(model, files, staging) | {"facts": facts or {}}
        (staging / MANIFEST).write_text(json.dumps(manifest, indent=2, sort_keys=True), "utf-8")
        # mkdtemp makes private folders; a model is as readable as any other output.
        staging.chmod(0o755)
        if folder.exists():
            shutil.rmtree(folder)
        os.replace(staging, folder)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return folder


def _members(model: CoulombicEfficiencyModel) -> list[tuple[str, Estimator]]:
    return list(model.estimators_.items())


def _write(estimator: Estimator, name: str, folder: Path) -> str:
    if name == "xgboost":
        estimator.get_booster().save_model(folder / "xgboost.ubj")
        return "xgboost.ubj"
    from skops.io import dump

    dump(estimator, folder / f"{name}.skops")
    return f"{name}.skops"


def _manifest(
    model: CoulombicEfficiencyModel, files: dict[str, str], folder: Path
) -> dict[str, Any]:
    return {
        "schema_version": SCHEMA_VERSION,
        "kind": "coulombic-efficiency",
        "metal": model.metal,
        "blocks": list(model.blocks),
        "members": list(model.members),
        "seed": model.seed,
        "features": model.feature_names_,
        "target": "LCE = -log10(1 - CE/100), CE censored at 99.95 %",
        "interval_quantiles": {str(k): v for k, v in model.scale_.quantiles.items()},
        "packages": {name: version(name) for name in PACKAGES},
        "files": {
            member: {"name": name, "sha256": _digest(folder / name)}
            for member, name in files.items()
        },
    }


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def read_manifest(folder: str | Path) -> dict[str, Any]:
    """Return the checked manifest of a saved model.

    Raises
    ------
    ModelFileError
        If it is missing, malformed or of another schema version.
    """
    path = Path(folder) / MANIFEST
    try:
        manifest = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise ModelFileError(f"no model in {folder}: train one with `anolyte train`") from None
    except (OSError, ValueError) as error:
        raise ModelFileError(f"cannot read the model manifest {path}: {error}") from error
    if not isinstance(manifest, dict) or manifest.get("schema_version") != SCHEMA_VERSION:
        raise ModelFileError(
            f"{path} is not of model schema {SCHEMA_VERSION}; train the model again"
        )
    return manifest


def load_model(folder: str | Path) -> CoulombicEfficiencyModel:
    """Load a saved model; nothing in the files is executed.

    Raises
    ------
    ModelFileError
        If a file is missing, altered, too large, or holds a type that is not trusted.
    """
    folder = Path(folder)
    manifest = read_manifest(folder)
    try:
        model = CoulombicEfficiencyModel(
            metal=str(manifest["metal"]),
            blocks=[str(name) for name in manifest["blocks"]],
            members=[str(name) for name in manifest["members"]],
            seed=int(manifest["seed"]),
        )
        quantiles = manifest["interval_quantiles"].items()
        model.scale_ = ConformalScale({float(k): float(v) for k, v in quantiles})
        files = {member: manifest["files"][member] for member in model.members}
        expected = [str(name) for name in manifest["features"]]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ModelFileError(f"the manifest of {folder} is incomplete: {error!r}") from error
    if not set(model.blocks) <= set(BLOCKS) or not set(model.members) <= set(FAMILIES):
        raise ModelFileError(f"{folder} uses blocks or families that this version does not have")
    model.feature_names_ = [str(name) for name in model.featurizer.get_feature_names_out()]
    if model.feature_names_ != expected:
        raise ModelFileError(
            f"{folder} was trained on other descriptors than this version computes; train again"
        )
    model.estimators_ = {member: _read(folder, member, files[member]) for member in model.members}
    return model


def _read(folder: Path, member: str, entry: dict[str, str]) -> Estimator:
    name = f"{member}.{'ubj' if member == 'xgboost' else 'skops'}"
    path = folder / name
    if not isinstance(entry, dict) or entry.get("name") != name or path.is_symlink():
        raise ModelFileError(f"{folder}: unexpected file for {member}")
    if not path.is_file() or path.stat().st_size > MAX_FILE_BYTES:
        raise ModelFileError(f"{path} is missing or too large")
    if _digest(path) != entry.get("sha256"):
        raise ModelFileError(f"{path} is not the file that was saved (SHA-256 differs)")
    try:
        if member == "xgboost":
            from xgboost import XGBRegressor

            estimator = XGBRegressor()
            estimator.load_model(path)
            return estimator
        from skops.io import load

        return load(path, trusted=list(TRUSTED_TYPES))
    except Exception as error:  # whatever a malformed file makes the libraries raise
        raise ModelFileError(f"{path} cannot be loaded safely: {error}") from error
