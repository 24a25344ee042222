"""The property models of a bundle: a JSON file each, and the trees beside it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from anolyte.datasets.errors import ModelFileError

from ..properties.model import PropertyModel
from ..properties.shipped import shipped_properties
from ..properties.stored import from_dict, to_dict, trees_columns
from ..property_columns import PropertyPredictor
from .files import REMEDY, saved_bytes, strict_json
from .tree_checks import load_boosted

# Of the manifest: the names of the properties.
PROPERTIES = "properties"


def write_properties(models: Mapping[str, PropertyPredictor], folder: Path) -> None:
    """Write property models to a folder."""
    for name, model in models.items():
        if not isinstance(model, PropertyModel):
            raise TypeError(f"no property model: {model!r}")
        text = json.dumps(to_dict(model), separators=(",", ":"))
        (folder / f"{name}.json").write_text(text, "utf-8")
        # Not written by XGBoost, whose errors do not say that the disk is full.
        booster = model.fitted_.trees.get_booster()
        (folder / trees_name(name)).write_bytes(booster.save_raw("json"))


def read_properties(
    folder: Path, manifest: Mapping[str, Any], metal: str
) -> dict[str, PropertyModel]:
    """Return the property models that a manifest names; the shipped ones of an older bundle.

    Raises
    ------
    ModelFileError
        If a file is missing, altered or no such model, or is one of another metal.
    """
    if PROPERTIES not in manifest:
        return shipped_properties(metal)
    files = manifest["files"]
    return {name: _read(folder, files, str(name), metal) for name in manifest.get(PROPERTIES, ())}


def _read(
    folder: Path, files: Mapping[str, Mapping[str, str]], name: str, metal: str
) -> PropertyModel:
    path = folder / f"{name}.json"
    data = saved_bytes(folder, path.name, files)
    boosted = saved_bytes(folder, trees_name(name), files)
    try:
        stored = strict_json(data)
        model = from_dict(stored, load_boosted(boosted, trees_columns(stored)))
        if (model.what.name, model.metal) != (name, metal):
            raise ValueError(f"the {model.what.name} of {model.metal}")
        return model
    except Exception as error:  # whatever a malformed file makes the libraries raise
        told = str(error)[:200]
        raise ModelFileError(f"{path} holds no model of it: {told}; {REMEDY}") from error


def trees_name(name: str) -> str:
    """Return the file of the trees of a property."""
    return f"{name}-xgboost.json"
