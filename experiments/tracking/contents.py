"""What the run of a training holds: values, and with `training_files` its files."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd
from anolyte.datasets.measurements.own import own_count
from anolyte.models.bundles.bundle import SEI_FILE, read_manifest
from anolyte.models.efficiency.metrics import OURS
from anolyte.models.efficiency.recipes import PRIOR

from ..training.train import TrainingResult
from .mlflow_formats import dataset_facts
from .run_record import ChildRun, DatasetFacts, Metric, readable
from .training_files import write_training

SPLIT = "leave-source-out"


# One model serves all metals.
SEI_MODEL_NAME = "anolyte-sei"
# What it was found to be worth, of the metric and of the version: the log-loss of composition on
# publications not seen over that of the metal's frequency.
SEI_MEASURE = "composition_relative_log_loss"


def model_name(metal: str) -> str:
    """Return the name under which the models of a metal are registered."""
    return f"anolyte-ce-{metal}"


def model_id(manifest: Mapping[str, Any]) -> str:
    """Return a short name of a model that changes with any of its files."""
    import hashlib

    digests = sorted(entry["sha256"] for entry in manifest["files"].values())
    return f"{manifest['metal']}-{hashlib.sha256(''.join(digests).encode()).hexdigest()[:12]}"


def sei_digest(manifest: Mapping[str, Any]) -> str:
    """Return the SHA-256 of the SEI model in a model's folder; nothing if it holds none."""
    return str(manifest["files"].get(SEI_FILE, {}).get("sha256", ""))


def finite(values: Iterable[tuple[Any, Any]], prefix: str = "") -> tuple[Metric, ...]:
    """Return figures as metrics, without those that are not numbers."""
    pairs = ((f"{prefix}{key}", float(value)) for key, value in values)
    return tuple(Metric(key, value) for key, value in pairs if math.isfinite(value))


def training_fields(result: TrainingResult, folder: Path, files: Path) -> dict[str, Any]:
    """Write the files of a training's run to `files` and return the fields of its record.

    Parameters
    ----------
    folder
        The saved model.
    """
    model, manifest = result.model, read_manifest(folder)
    tables = write_training(result, folder, files)
    facts = {
        "split": SPLIT if result.validation is not None else "none",
        "blocks": ", ".join(model.blocks),
        "seed": str(model.seed),
        "evidence": model.evidence_,
        "data_sha256": result.digest,
        # A ranked list carries the same tag: that is how it finds its training.
        "model_id": model_id(manifest),
        "model_name": model_name(model.metal),
        "sei_sha256": sei_digest(manifest),
    }
    return {
        "tags": facts,
        "params": _params(result),
        "metrics": _metrics(result),
        "dataset": measurements_facts(model.metal, result.measurements, result.digest),
        "tables": tables,
        "children": _children(result),
        "model": model_name(model.metal),
    }


def _params(result: TrainingResult) -> dict[str, str]:
    model = result.model
    return readable(
        {
            "metal": model.metal,
            "blocks": model.blocks,
            "recipe": model.recipe,
            "slope": round(model.slope, 3),
            "scopes": model.scopes,
            "singles": model.singles,
            "split": SPLIT,
            "folds": model.folds,
            "seed": model.seed,
            "repeats": result.repeats,
            "rows": len(result.measurements),
            "own_rows": own_count(result.measurements),
            "sources": result.measurements["source"].nunique(),
            "features": len(model.feature_names),
        }
    )


def _metrics(result: TrainingResult) -> tuple[Metric, ...]:
    if result.validation is None:
        return ()
    found = accuracy(result.comparison)
    curve = () if result.curve.empty else result.curve[["sources", "rmse"]].to_numpy()
    points = (Metric("learning_curve_rmse", float(rmse), round(n)) for n, rmse in curve)
    later = result.later
    told = () if later is None else finite(later.table.loc[OURS].items(), "later_literature_")
    return found + told + tuple(points)


def accuracy(table: pd.DataFrame) -> tuple[Metric, ...]:
    """Return the figures on sources not seen: ours ``lso_rmse``, ..., the baselines' RMSE.

    Parameters
    ----------
    table
        See `anolyte.models.efficiency.validation.Validation`.
    """
    baselines = ((str(name), rmse) for name, rmse in table["rmse"].drop(index=OURS).items())
    named = ((f"{name.replace(' ', '_')}.lso_rmse", rmse) for name, rmse in baselines)
    return finite(table.loc[OURS].items(), "lso_") + finite(named)


def measurements_facts(metal: str, rows: pd.DataFrame, digest: str) -> DatasetFacts:
    """Return the identity of the efficiencies of a metal."""
    return dataset_facts(
        rows[["electrolyte", "ce_pct", "source"]],
        f"{metal} Coulombic efficiencies",
        f"anolyte-{version('anolyte')}/measurements_{metal}.csv",
        digest[:16],
    )


def _children(result: TrainingResult) -> tuple[ChildRun, ...]:
    """Return a run for each family of recipes, with the figures of its scopes."""
    model = result.model
    families: dict[str, dict[str, float]] = {}
    for recipe, score in model.held_out_errors.dropna().items():
        scope, colon, family = str(recipe).partition(": ")
        of_family = families.setdefault(family if colon else PRIOR, {})
        of_family[scope if colon else "own"] = float(score)
    scope, colon, chosen = model.recipe.partition(": ")
    children = []
    for family, scores in families.items():
        best = min(scores, key=lambda scope: scores[scope])
        figures = {f"{scope}.held_out_rmse": score for scope, score in scores.items()}
        figures["held_out_rmse"] = scores[best]
        tags = {"metal": model.metal, "task": "recipe family", "family": family}
        if family == (chosen if colon else PRIOR):
            tags["chosen"] = scope
        children.append(
            ChildRun(family, tags, {"family": family, "best_scope": best}, finite(figures.items()))
        )
    return tuple(children)
