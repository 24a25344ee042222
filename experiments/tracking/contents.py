"""What the run of a training holds: values, figures, tables and the model's files."""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd
from anolyte.experiments.run_record import ChildRun, DatasetFacts, Metric, readable
from anolyte.experiments.train import TrainingResult
from anolyte.models.intervals import COVERAGES
from anolyte.models.recipes import PRIOR
from anolyte.models.store import read_manifest
from anolyte.models.validation import OURS
from anolyte.models.weights import residuals

from .mlflow_formats import dataset_facts, write_mlmodel

SPLIT = "leave-source-out"
HELD_OUT = "held_out.parquet"
MODEL = "model"
_OUTPUTS = dict.fromkeys(("ce_pct", "ce_low", "ce_high", "lce", "lce_low", "lce_high"), "double")


def model_name(metal: str) -> str:
    """Return the name under which the models of a metal are registered."""
    return f"anolyte-ce-{metal}"


def model_id(manifest: Mapping[str, Any]) -> str:
    """Return a short name of a model that changes with any of its files."""
    import hashlib

    digests = sorted(entry["sha256"] for entry in manifest["files"].values())
    return f"{manifest['metal']}-{hashlib.sha256(''.join(digests).encode()).hexdigest()[:12]}"


def finite(values: Iterable[tuple[Any, Any]], prefix: str = "") -> tuple[Metric, ...]:
    """Return figures as metrics, without those that are not numbers."""
    pairs = ((f"{prefix}{key}", float(value)) for key, value in values)
    return tuple(Metric(key, value) for key, value in pairs if math.isfinite(value))


def write_table(frame: pd.DataFrame, path: Path) -> None:
    """Write a table in the form that MLflow's page shows as one."""
    path.write_text(frame.to_json(orient="split", index=False, force_ascii=False), "utf-8")


def training_fields(result: TrainingResult, folder: Path, files: Path) -> dict[str, Any]:
    """Write the files of a training's run to `files` and return the fields of its record.

    Parameters
    ----------
    folder
        The saved model.
    """
    model, manifest = result.model, read_manifest(folder)
    _write_model(result, folder, files / MODEL)
    tables = _write_tables(result, files)
    _write_figures(result, files)
    facts = {
        "split": SPLIT if result.validation is not None else "none",
        "blocks": ", ".join(model.blocks),
        "seed": str(model.seed),
        "evidence": model.evidence_,
        "data_sha256": result.digest,
        # A ranked list carries the same tag: that is how it finds its training.
        "model_id": model_id(manifest),
        "model_name": model_name(model.metal),
    }
    return {
        "tags": facts,
        "params": _params(result),
        "metrics": _metrics(result),
        "dataset": _dataset(result),
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
            "recipe": model.choice_.recipe,
            "slope": round(model.choice_.slope, 3),
            "scopes": model.scopes,
            "split": SPLIT,
            "folds": model.folds,
            "seed": model.seed,
            "repeats": result.repeats,
            "rows": len(result.measurements),
            "sources": result.measurements["source"].nunique(),
            "features": len(model.feature_names),
        }
    )


def _metrics(result: TrainingResult) -> tuple[Metric, ...]:
    if result.validation is None:
        return ()
    table = result.comparison
    found = finite(table.loc[OURS].items(), "lso_")
    baselines = ((str(name), rmse) for name, rmse in table["rmse"].drop(index=OURS).items())
    found += finite((f"{name.replace(' ', '_')}.lso_rmse", rmse) for name, rmse in baselines)
    curve = () if result.curve.empty else result.curve[["sources", "rmse"]].to_numpy()
    points = (Metric("learning_curve_rmse", float(rmse), round(n)) for n, rmse in curve)
    return found + tuple(points)


def _dataset(result: TrainingResult) -> DatasetFacts:
    metal = result.model.metal
    return dataset_facts(
        result.measurements[["electrolyte", "ce_pct", "source"]],
        f"{metal} Coulombic efficiencies",
        f"anolyte-{version('anolyte')}/measurements_{metal}.csv",
        result.digest[:16],
    )


def _children(result: TrainingResult) -> tuple[ChildRun, ...]:
    """Return a run for each family of recipes, with the figures of its scopes."""
    choice = result.model.choice_
    families: dict[str, dict[str, float]] = {}
    for recipe, score in choice.scores.dropna().items():
        scope, colon, family = str(recipe).partition(": ")
        of_family = families.setdefault(family if colon else PRIOR, {})
        of_family[scope if colon else "own"] = float(score)
    scope, colon, chosen = choice.recipe.partition(": ")
    children = []
    for family, scores in families.items():
        best = min(scores, key=lambda scope: scores[scope])
        figures = {f"{scope}.held_out_rmse": score for scope, score in scores.items()}
        figures["held_out_rmse"] = scores[best]
        tags = {"metal": result.model.metal, "task": "recipe family", "family": family}
        if family == (chosen if colon else PRIOR):
            tags["chosen"] = scope
        children.append(
            ChildRun(family, tags, {"family": family, "best_scope": best}, finite(figures.items()))
        )
    return tuple(children)


def held_out_table(result: TrainingResult) -> pd.DataFrame:
    """Return what was predicted of each measurement by models that had not seen its source.

    Returns
    -------
    pandas.DataFrame
        electrolyte, source, ce_pct, predicted_lce, error (LCE, 0 where a measured bound is
        satisfied), half_width_50, ... (LCE).
    """
    validation, rows = result.validation, result.measurements
    if validation is None:
        return pd.DataFrame()
    predicted = validation.predictions[OURS]
    table = rows[["electrolyte", "source", "ce_pct"]].reset_index(drop=True)
    table = table.assign(predicted_lce=predicted, error=residuals(rows, predicted))
    widths = {f"half_width_{c * 100:.0f}": validation.intervals[c] for c in COVERAGES}
    return table.assign(**widths)


def _write_tables(result: TrainingResult, files: Path) -> tuple[str, ...]:
    scores = result.model.choice_.scores.rename_axis("recipe").reset_index(name="held_out_rmse")
    write_table(scores.round(4), files / "recipes.json")
    if result.validation is None:
        return ("recipes.json",)
    write_table(result.comparison.reset_index(names="model").round(4), files / "comparison.json")
    held_out_table(result).to_parquet(files / HELD_OUT, index=False)
    return ("comparison.json", "recipes.json")


def _write_figures(result: TrainingResult, files: Path) -> None:
    from anolyte.experiments import plots, training_plots

    choice = result.model.choice_
    figures = {"recipe_scores": training_plots.recipe_scores(choice.scores, choice.recipe)}
    if result.validation is not None:
        rows, predicted = result.measurements, result.validation.predictions[OURS]
        held_out = held_out_table(result)
        title = f"{result.model.metal}: sources not seen"
        figures |= {
            "parity": plots.parity(rows, predicted, title),
            "residuals_by_source": plots.residuals_by_source(rows, predicted),
            "calibration": training_plots.calibration(held_out),
            "interval_width": training_plots.width_against_error(held_out),
        }
    if not result.curve.empty:
        figures["learning_curve"] = plots.learning_curve_plot(result.curve)
    for name, figure in figures.items():
        figure.savefig(files / f"{name}.png")


def _write_model(result: TrainingResult, folder: Path, to: Path) -> None:
    shutil.copytree(folder, to)
    example = {"columns": ["electrolyte"], "data": [[t] for t in _some(result.measurements)]}
    text = json.dumps(example, ensure_ascii=False)
    write_mlmodel(to, {"electrolyte": "string"}, _OUTPUTS, text)


def _some(measurements: pd.DataFrame) -> list[str]:
    return [str(text) for text in measurements["electrolyte"].drop_duplicates().head(3)]
