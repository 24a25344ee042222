"""Save a model as a directory of plain files and load it without running code from them.

Boosted trees are XGBoost's JSON, the other estimators skops files of which only a few types
are accepted (see `reader`), the SEI model JSON, tables CSV; the manifest names every file with
its SHA-256.
"""

from __future__ import annotations

import json
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from anolyte.datasets.compounds.metals import as_metal
from anolyte.datasets.errors import ModelFileError
from anolyte.datasets.files.atomic import naming, remove_abandoned
from anolyte.features import BLOCKS

from ..efficiency.conditions import conditions_of
from ..efficiency.evidence import LEVELS, Steps
from ..efficiency.families import FAMILIES, Estimator
from ..efficiency.intervals import COVERAGES, ConformalScale
from ..efficiency.members import SCOPES, Ensemble, Member
from ..efficiency.model import CoulombicEfficiencyModel
from ..efficiency.recipes import PRIOR, Choice, recipes
from ..sei.model import SEIModel
from .files import MAX_MANIFEST_BYTES, REMEDY, digest_of, plain_bytes, strict_json
from .property_files import PROPERTIES, read_properties, write_properties
from .reader import (
    DECISIVE,
    MANIFEST,
    MEASURED_TABLE,
    OLDER,
    PACKAGES,
    POINTS,
    SCHEMA_VERSION,
    SEI_FILE,
    BundleReader,
    file_name,
)
from .writer import publish

__all__ = [
    "KIND",
    "MANIFEST",
    "SCHEMA_VERSION",
    "SEI_FILE",
    "load_model",
    "read_manifest",
    "save_model",
    "sei_text",
]

KIND = "coulombic-efficiency"


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

    Examples
    --------
    >>> from anolyte.datasets import efficiencies, load_measurements
    >>> from anolyte.models import CoulombicEfficiencyModel, load_model, save_model
    >>> model = CoulombicEfficiencyModel("Al").fit(efficiencies(load_measurements("Al")))
    >>> folder = save_model(model, "aluminium", {"note": "as shipped"})
    >>> load_model(folder).metal
    'Al'
    """
    folder = Path(folder)
    if folder.exists() and any(folder.iterdir()) and not (folder / MANIFEST).is_file():
        raise ModelFileError(f"{folder} holds other files; choose an empty folder")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with naming(folder):
        _save(model, folder, facts or {})
    return folder


def sei_text(model: SEIModel) -> str:
    """Return the file of an SEI model: what it says, not how good it was found to be.

    So the same model has the same digest, whether it was evaluated or not.
    """
    told = {"repeats": 0, "evaluation": [], "reliability": []}
    return json.dumps(model.to_dict() | told, indent=1)


def _save(model: CoulombicEfficiencyModel, folder: Path, facts: dict[str, Any]) -> None:
    remove_abandoned(folder)
    staging = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        for name, estimator in _estimators(model):
            _write(estimator, staging / name)
        (staging / SEI_FILE).write_text(sei_text(model.sei), "utf-8")
        write_properties(model.properties_, staging)
        model.domain_.measured.to_csv(staging / MEASURED_TABLE, index=False, lineterminator="\n")
        names = sorted(path.name for path in staging.iterdir())
        files = {name: {"sha256": digest_of(staging / name)} for name in names}
        manifest = _manifest(model) | {"files": files, "facts": facts}
        (staging / MANIFEST).write_text(json.dumps(manifest, indent=2, sort_keys=True), "utf-8")
        # mkdtemp makes private folders; a model is as readable as any other output.
        staging.chmod(0o755)
        publish(staging, folder, files)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _estimators(model: CoulombicEfficiencyModel) -> Iterator[tuple[str, Estimator]]:
    """Yield file name and estimator of everything fitted."""
    for member, estimator in model.ensemble_.estimators.items():
        yield file_name(str(member)), estimator
    for family, estimator in model.ensemble_.transfer.items():
        yield file_name(f"transfer-{family}"), estimator
    yield POINTS, model.domain_.points


def _write(estimator: Estimator, path: Path) -> None:
    if path.suffix == ".json":
        # Not written by XGBoost, whose errors do not say that the disk is full.
        path.write_bytes(estimator.get_booster().save_raw("json"))
        return
    from skops.io import dump

    dump(estimator, path)


def _manifest(model: CoulombicEfficiencyModel) -> dict[str, Any]:
    choice, ensemble = model.choice_, model.ensemble_
    return {
        "schema_version": SCHEMA_VERSION,
        "kind": KIND,
        "metal": model.metal,
        "blocks": list(model.blocks),
        "scopes": list(model.scopes),
        "singles": model.singles,
        "folds": model.folds,
        "seed": model.seed,
        "features": model.feature_names,
        "target": "LCE = -log10(1 - CE/100), CE censored at 99.95 %",
        "recipe": choice.recipe,
        "slope": choice.slope,
        "recipe_scores": {k: None if np.isnan(v) else v for k, v in choice.scores.items()},
        "interval_quantiles": {str(k): v for k, v in choice.scale.quantiles.items()},
        "evidence": model.evidence_,
        # None where no score is enough.
        "evidence_steps": [step if np.isfinite(step) else None for step in model.steps_],
        "sources": model.sources_,
        "conditions": [asdict(fitted) for fitted in model.conditions_.fits],
        PROPERTIES: list(model.properties_),
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


def read_manifest(folder: str | Path) -> dict[str, Any]:
    """Return the checked manifest of a saved model.

    Raises
    ------
    ModelFileError
        If it is missing, malformed or of another schema version.
    """
    path = Path(folder) / MANIFEST
    if not path.exists() and not path.is_symlink() and not Path(folder).is_file():
        raise ModelFileError(f"no model in {folder}: train one with `anolyte train`")
    data = plain_bytes(path, MAX_MANIFEST_BYTES)
    try:
        manifest = strict_json(data)
    except (ValueError, RecursionError) as error:
        told = str(error)[:200]
        raise ModelFileError(f"cannot read the model manifest {path}: {told}; {REMEDY}") from error
    if not isinstance(manifest, dict) or not isinstance(manifest.get("schema_version"), int):
        raise ModelFileError(f"{path} is no model manifest; train the model again")
    schema = manifest["schema_version"]
    if schema not in (SCHEMA_VERSION, OLDER):
        how = "a newer anolyte: update it" if schema > SCHEMA_VERSION else "an older anolyte"
        raise ModelFileError(
            f"{path} is of model schema {schema}, this version reads {SCHEMA_VERSION} and {OLDER}: "
            f"it was written by {how}, or train the model again"
        )
    return manifest


def load_model(folder: str | Path) -> CoulombicEfficiencyModel:
    """Load a saved model; nothing in the files is executed.

    Files that the manifest does not name are not looked at. Other versions of the packages
    than those it names are allowed: what they cannot read is refused, and the message then
    names the versions. A warning tells of other versions of `bundle_reader.DECISIVE`.

    Raises
    ------
    ModelFileError
        If a file is missing, altered, too large, no plain file, or holds a type that is not
        trusted, or if the parts do not fit each other.

    Examples
    --------
    >>> from anolyte.models import load_model
    >>> model = load_model("anolyte-models/Zn")
    >>> model.predict_interval(["2 M ZnSO4 in H2O"], coverage=0.8)[["ce_pct", "ce_low"]].round(1)
       ce_pct  ce_low
    0    98.4    92.0
    """
    folder = Path(folder)
    manifest = read_manifest(folder)
    while True:
        try:
            return _build(folder, manifest)
        except ModelFileError:
            # A model saved here meanwhile has other files, which go with another manifest.
            before, manifest = manifest, read_manifest(folder)
            if manifest == before:
                raise
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
            told = repr(error)[:200]
            where = folder / MANIFEST
            raise ModelFileError(f"the manifest {where} is incomplete: {told}; {REMEDY}") from error


def _build(folder: Path, manifest: dict[str, Any]) -> CoulombicEfficiencyModel:
    model = CoulombicEfficiencyModel(
        metal=as_metal(str(manifest["metal"])),
        blocks=tuple(str(name) for name in manifest["blocks"]),
        scopes=tuple(str(name) for name in manifest["scopes"]),
        singles=bool(manifest.get("singles", True)),
        folds=int(manifest["folds"]),
        seed=int(manifest["seed"]),
    )
    if manifest["kind"] != KIND:
        raise ModelFileError(f"{folder} holds a model of kind {manifest['kind']!r}, not {KIND}")
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
    if set(quantiles) != set(COVERAGES) or min(quantiles.values()) < 0:
        raise ValueError(f"interval_quantiles are not of {COVERAGES}, or below 0")
    scores = {k: np.nan if v is None else float(v) for k, v in manifest["recipe_scores"].items()}
    scale, slope = ConformalScale(quantiles), float(manifest["slope"])
    model.choice_ = Choice(recipe, slope, scale, pd.Series(scores, dtype=float))
    model.evidence_, model.sources_ = evidence, int(manifest["sources"])
    if "evidence_steps" in manifest:
        strong, moderate = manifest["evidence_steps"]
        each = (np.inf if step is None else float(step) for step in (strong, moderate))
        model.steps_ = Steps(*each)
    model.conditions_ = conditions_of(manifest.get("conditions", []))
    read = BundleReader(folder, manifest, len(model.feature_names), model.layout)
    model.sei_ = read.sei()
    model.ensemble_ = Ensemble(
        mean=float(parts["mean"]),
        layout=model.layout,
        share=float(parts["share"]),
        transfer_mean=float(parts["transfer_mean"]),
        transfer={
            str(family): read.estimator(f"transfer-{family}", Member("pooled", str(family)))
            for family in parts["transfer"]
        },
        estimators={member: read.estimator(str(member), member) for member in members},
    )
    model.domain_ = read.domain(manifest["domain"])
    model.properties_ = read_properties(folder, manifest, model.metal)
    if versions := read.versions(DECISIVE):
        told = f"{folder} was saved with {versions}: its predictions may differ a little"
        warnings.warn(f"{told}; train it again to be sure", stacklevel=4)
    if model.sei_ is None:
        told = f"{folder} holds no SEI model of its own"
        told += " that this version reads: that of the shipped labels is used"
        warnings.warn(f"{told}; train it again to keep one with it", stacklevel=4)
    return model
