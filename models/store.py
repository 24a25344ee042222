"""Save a model as a directory of plain files and load it without running code from them.

Boosted trees are XGBoost's UBJ, the other estimators skops files of which only the types in
`TRUSTED_TYPES` are accepted, tables CSV; the manifest names every file with its SHA-256.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from anolyte.datasets.errors import ModelFileError
from anolyte.features import BLOCKS

from .domain import MEASURED, Domain
from .efficiency import CoulombicEfficiencyModel
from .evidence import LEVELS
from .families import FAMILIES, Estimator
from .intervals import ConformalScale
from .members import SCOPES, Ensemble, Member
from .recipes import PRIOR, Choice, recipes

SCHEMA_VERSION = 2
MANIFEST = "manifest.json"
POINTS = "measured-points.skops"
MEASURED_TABLE = "measured.csv"
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
        for name, estimator in _estimators(model):
            _write(estimator, staging / name)
        model.domain_.measured.to_csv(staging / MEASURED_TABLE, index=False, lineterminator="\n")
        names = sorted(path.name for path in staging.iterdir())
        manifest = _manifest(model) | {
            "files": {name: {"sha256": _digest(staging / name)} for name in names},
            "facts": facts or {},
        }
        (staging / MANIFEST).write_text(json.dumps(manifest, indent=2, sort_keys=True), "utf-8")
        # mkdtemp makes private folders; a model is as readable as any other output.
        staging.chmod(0o755)
        if folder.exists():
            shutil.rmtree(folder)
        os.replace(staging, folder)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return folder


def _file(name: str) -> str:
    return f"{name}.ubj" if name.endswith("xgboost") else f"{name}.skops"


def _estimators(model: CoulombicEfficiencyModel) -> Iterator[tuple[str, Estimator]]:
    """Yield file name and estimator of everything fitted."""
    for member, estimator in model.ensemble_.estimators.items():
        yield _file(str(member)), estimator
    for family, estimator in model.ensemble_.transfer.items():
        yield _file(f"transfer-{family}"), estimator
    yield POINTS, model.domain_.points


def _write(estimator: Estimator, path: Path) -> None:
    if path.suffix == ".ubj":
        estimator.get_booster().save_model(path)
        return
    from skops.io import dump

    dump(estimator, path)


def _manifest(model: CoulombicEfficiencyModel) -> dict[str, Any]:
    choice, ensemble = model.choice_, model.ensemble_
    return {
        "schema_version": SCHEMA_VERSION,
        "kind": "coulombic-efficiency",
        "metal": model.metal,
        "blocks": list(model.blocks),
        "scopes": list(model.scopes),
        "folds": model.folds,
        "seed": model.seed,
        "features": model.feature_names,
        "target": "LCE = -log10(1 - CE/100), CE censored at 99.95 %",
        "recipe": choice.recipe,
        "slope": choice.slope,
        "recipe_scores": {k: None if np.isnan(v) else v for k, v in choice.scores.items()},
        "interval_quantiles": {str(k): v for k, v in choice.scale.quantiles.items()},
        "evidence": model.evidence_,
        "sources": model.sources_,
        "ensemble": {
            "members": [list(member) for member in ensemble.estimators],
            "transfer": list(ensemble.transfer),
            "mean": ensemble.mean,
            "share": ensemble.share,
            "transfer_mean": ensemble.transfer_mean,
        },
        "domain": {
            "distances": model.domain_.distances.tolist(),
            "largest": model.domain_.largest.tolist(),
        },
        "packages": {name: version(name) for name in PACKAGES},
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
    except (OSError, ValueError, RecursionError) as error:
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
        return _build(folder, manifest)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ModelFileError(f"the manifest of {folder} is incomplete: {error!r}") from error


def _build(folder: Path, manifest: dict[str, Any]) -> CoulombicEfficiencyModel:
    model = CoulombicEfficiencyModel(
        metal=str(manifest["metal"]),
        blocks=[str(name) for name in manifest["blocks"]],
        scopes=[str(name) for name in manifest["scopes"]],
        folds=int(manifest["folds"]),
        seed=int(manifest["seed"]),
    )
    parts = manifest["ensemble"]
    members = [Member(str(scope), str(family)) for scope, family in parts["members"]]
    families = {member.family for member in members} | set(parts["transfer"])
    recipe, evidence = str(manifest["recipe"]), str(manifest["evidence"])
    known = (
        set(model.blocks) <= set(BLOCKS)
        and {member.scope for member in members} | set(model.scopes) <= set(SCOPES)
        and families <= set(FAMILIES)
        and (recipe == PRIOR or set(recipes().get(recipe, ((),))) <= set(members))
        and evidence in LEVELS
    )
    if not known:
        raise ModelFileError(f"{folder} uses blocks or families that this version does not have")
    if model.feature_names != [str(name) for name in manifest["features"]]:
        raise ModelFileError(
            f"{folder} was trained on other descriptors than this version computes; train again"
        )
    quantiles = {float(k): float(v) for k, v in manifest["interval_quantiles"].items()}
    scores = {k: np.nan if v is None else float(v) for k, v in manifest["recipe_scores"].items()}
    scale, slope = ConformalScale(quantiles), float(manifest["slope"])
    model.choice_ = Choice(recipe, slope, scale, pd.Series(scores, dtype=float))
    model.evidence_, model.sources_ = evidence, int(manifest["sources"])
    files = manifest["files"]
    model.ensemble_ = Ensemble(
        mean=float(parts["mean"]),
        metal_columns=model.metal_columns,
        share=float(parts["share"]),
        transfer_mean=float(parts["transfer_mean"]),
        transfer={f: _read(folder, _file(f"transfer-{f}"), files) for f in parts["transfer"]},
        estimators={member: _read(folder, _file(str(member)), files) for member in members},
    )
    measured = pd.read_csv(_checked(folder, MEASURED_TABLE, files), keep_default_na=False)
    model.domain_ = Domain(
        points=_read(folder, POINTS, files),
        distances=np.array(manifest["domain"]["distances"], dtype=float),
        largest=np.array(manifest["domain"]["largest"], dtype=float),
        measured=measured[list(MEASURED)].astype({"ce_pct": float}),
    )
    return model


def _checked(folder: Path, name: str, files: dict[str, dict[str, str]]) -> Path:
    """Return the path of a file of the bundle after checking that it is the one saved."""
    path = folder / name
    if path.is_symlink() or not path.is_file() or path.stat().st_size > MAX_FILE_BYTES:
        raise ModelFileError(f"{path} is missing, too large or no plain file")
    if _digest(path) != files[name]["sha256"]:
        raise ModelFileError(f"{path} is not the file that was saved (SHA-256 differs)")
    return path


def _read(folder: Path, name: str, files: dict[str, dict[str, str]]) -> Estimator:
    path = _checked(folder, name, files)
    try:
        if path.suffix == ".ubj":
            from xgboost import XGBRegressor

            estimator = XGBRegressor()
            estimator.load_model(path)
            return estimator
        from skops.io import load

        return load(path, trusted=list(TRUSTED_TYPES))
    except Exception as error:  # whatever a malformed file makes the libraries raise
        raise ModelFileError(f"{path} cannot be loaded safely: {error}") from error
