"""Read the files of a stored model into what they were saved from, running no code of theirs.

Knows estimators, the measured table and which types may be built; the manifest as a whole is
for `bundle`.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from anolyte.datasets.errors import ModelFileError
from anolyte.datasets.measurements.sources import laboratories
from sklearn.compose import TransformedTargetRegressor
from sklearn.exceptions import InconsistentVersionWarning
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.neighbors import NearestNeighbors
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import QuantileTransformer, StandardScaler

from ..efficiency.domain import MEASURED, Domain
from ..efficiency.families import FAMILIES, Estimator, ranks
from ..efficiency.members import Layout, Member
from ..sei.model import KIND, SEIModel
from .files import MAX_TABLE_BYTES, REMEDY, check_unpacked, saved_bytes, strict_json
from .older import json_of_ubj
from .tree_checks import check_forest, load_boosted

MANIFEST = "manifest.json"
POINTS = "measured-points.skops"
MEASURED_TABLE = "measured.csv"
SEI_FILE = "sei.json"
# The schema that is written, and that which is read too: boosted trees in UBJ, no SEI model.
SCHEMA_VERSION, OLDER = 3, 2
FORMER_SEI = 1
PACKAGES = ("anolyte", "numpy", "rdkit", "scikit-learn", "skops", "xgboost")
# With other versions of these a model may predict something else.
DECISIVE = ("rdkit", "scikit-learn", "xgboost")
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
Steps = tuple[type, ...]
# Of the families as they were fitted before their kernels saw ranks alone.
OLDER_STEPS: Mapping[str, Steps] = {
    "support_vector": (Pipeline, StandardScaler, TransformedTargetRegressor),
    "gaussian_process": (
        Pipeline,
        QuantileTransformer,
        StandardScaler,
        GaussianProcessRegressor,
    ),
}
OLDER_POINTS: Steps = (Pipeline, QuantileTransformer, StandardScaler, NearestNeighbors)


def file_name(name: str, schema: int = SCHEMA_VERSION) -> str:
    """Return the file of an estimator: XGBoost's own format for its trees, else skops."""
    if not name.endswith("xgboost"):
        return f"{name}.skops"
    return f"{name}.ubj" if schema == OLDER else f"{name}.json"


class BundleReader:
    """Reads the files of one bundle and checks that each is what it should be.

    Parameters
    ----------
    folder, manifest
        The bundle.
    columns, layout
        Number of descriptors, and which of the last are what.
    """

    def __init__(
        self, folder: Path, manifest: dict[str, Any], columns: int, layout: Layout
    ) -> None:
        self.folder = folder
        self.files: dict[str, dict[str, str]] = manifest["files"]
        self.schema: int = manifest["schema_version"]
        self.packages: dict[str, str] = dict(manifest.get("packages") or {})
        self.columns, self.layout = columns, layout

    def estimator(self, name: str, member: Member) -> Estimator:
        """Return the fitted estimator of a member."""
        untrained = FAMILIES[member.family](np.zeros((2, 1)), np.ones(2), 0)
        columns = self.layout.seen(np.zeros((1, self.columns)), member).shape[1]
        older = OLDER_STEPS.get(member.family)
        return self.load(file_name(name, self.schema), untrained, columns, older)

    def load(
        self, name: str, like: Estimator, columns: int, older: Steps | None = None
    ) -> Estimator:
        """Return the estimator of a file, made like another, for so many descriptors.

        Or of the steps that its family had in an older version.
        """
        path = self.folder / name
        data = saved_bytes(self.folder, name, self.files)
        try:
            estimator = _load(name, data, columns)
        except Exception as error:  # whatever a malformed file makes the libraries raise
            told, versions = str(error)[:300], self.versions()
            told += f"; saved with {versions}" if versions else ""
            raise ModelFileError(f"{path} cannot be loaded safely: {told}; {REMEDY}") from error
        if _made_of(estimator) not in (_made_of(like), older):
            raise ModelFileError(f"{path} holds another kind of estimator; {REMEDY}")
        if estimator.n_features_in_ != columns:
            found = estimator.n_features_in_
            raise ModelFileError(
                f"{path} was fitted to {found} descriptors, not {columns}; {REMEDY}"
            )
        return estimator

    def sei(self) -> SEIModel | None:
        """Return the SEI model; None of a bundle from before they held one, or one of this kind.

        Models of `FORMER_SEI` knew one word for composition and function together and kept no
        reports: they cannot be turned into one of today's.
        """
        if self.schema == OLDER:
            return None
        path, data = self.folder / SEI_FILE, saved_bytes(self.folder, SEI_FILE, self.files)
        try:
            stored = strict_json(data)
            former = stored.get("kind") == KIND and stored.get("schema_version") == FORMER_SEI
            return None if former else SEIModel.from_dict(stored)
        except (ValueError, TypeError, AttributeError, RecursionError) as error:
            told = str(error)[:200]
            raise ModelFileError(f"{path} holds no SEI model: {told}; {REMEDY}") from error

    def domain(self, parts: dict[str, Any]) -> Domain:
        """Return the measured electrolytes as points."""
        data = saved_bytes(self.folder, MEASURED_TABLE, self.files, MAX_TABLE_BYTES)
        try:
            table = pd.read_csv(io.BytesIO(data), keep_default_na=False)
            # Not written before there were laboratories: then each source is one.
            table = table.assign(laboratory=laboratories(table))
            measured = table[list(MEASURED)].astype({"ce_pct": float})
        except (ValueError, KeyError) as error:
            path = self.folder / MEASURED_TABLE
            told = str(error)[:200]
            raise ModelFileError(f"{path} is no table of measurements: {told}; {REMEDY}") from error
        own_columns = self.columns - self.layout.metal
        # Read before the arrays, so that a swapped file is told as such.
        like = make_pipeline(ranks(2), NearestNeighbors())
        points = self.load(POINTS, like, own_columns, OLDER_POINTS)
        distances = np.array(parts["distances"], dtype=float)
        largest = np.array(parts["largest"], dtype=float)
        rows = len(measured)
        fits = distances.shape == (rows,) and largest.shape == (own_columns,)
        if not fits or points[-1].n_samples_fit_ != rows or not rows:
            raise ModelFileError(
                f"{self.folder / MANIFEST} and the points of {self.folder / POINTS} are not of "
                f"the {rows} rows of {MEASURED_TABLE}; {REMEDY}"
            )
        return Domain(points, distances, largest, measured)

    def versions(self, among: Sequence[str] = PACKAGES) -> str:
        """Return which packages the model was saved with that are others now."""
        others = (
            f"{name} {saved} (here {_version(name)})"
            for name, saved in self.packages.items()
            if name in among and _version(name) != saved
        )
        return ", ".join(others)


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "unknown"


def _made_of(estimator: Estimator) -> tuple[type, ...]:
    steps = estimator.steps if isinstance(estimator, Pipeline) else []
    return (type(estimator), *(type(step) for _, step in steps))


def _load(name: str, data: bytes, columns: int) -> Estimator:
    if name.endswith(("xgboost.json", "xgboost.ubj")):
        return load_boosted(json_of_ubj(data) if name.endswith(".ubj") else data, columns)
    from skops.io import loads

    check_unpacked(data)
    with warnings.catch_warnings():
        # Of each estimator in the file; `bundle` says it once.
        warnings.simplefilter("ignore", InconsistentVersionWarning)
        estimator = loads(data, trusted=list(TRUSTED_TYPES))
    if hasattr(estimator, "estimators_"):
        check_forest(estimator, columns)
    return estimator
