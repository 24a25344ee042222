"""The files of a training's run: the model, tables, figures and the report of its validation."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterable
from pathlib import Path

import pandas as pd
from anolyte.models.bundles.bundle import MANIFEST, SEI_FILE, sei_text
from anolyte.models.efficiency.intervals import COVERAGES
from anolyte.models.efficiency.metrics import OURS
from anolyte.models.efficiency.weights import residuals
from anolyte.models.sei.model import SEIModel

from ..training.train import TrainingResult
from .mlflow_formats import write_mlmodel, write_table

HELD_OUT = "held_out.parquet"
MODEL, SEI_MODEL = "model", "sei_model"
REPORT = "report.html"
_SAID_OF_SEI = dict.fromkeys(("sei_composition", "sei_function"), "string")
_OUTPUTS = dict.fromkeys(("ce_pct", "ce_low", "ce_high", "lce", "lce_low", "lce_high"), "double")


def write_training(result: TrainingResult, folder: Path, files: Path) -> tuple[str, ...]:
    """Write the files of a training's run and return which of them are tables to be shown.

    Parameters
    ----------
    folder
        The saved model.
    files
        Where to.
    """
    _write_model(result, folder, files / MODEL)
    write_sei_model(result.model.sei, files / SEI_MODEL)
    tables = _tables(result)
    for name, table in tables.items():
        write_table(table, files / name)
    if result.validation is not None:
        held_out_table(result).to_parquet(files / HELD_OUT, index=False)
    _write_figures(result, files, tables["importance.json"])
    return tuple(tables)


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


def _tables(result: TrainingResult) -> dict[str, pd.DataFrame]:
    from anolyte.models.explanations.contributions import importance

    scores = result.model.held_out_errors.rename_axis("recipe").reset_index(name="held_out_rmse")
    tables = {"recipes.json": scores.round(4), "importance.json": importance(result.model).round(5)}
    if result.validation is not None:
        tables["comparison.json"] = result.comparison.reset_index(names="model").round(4)
    if result.later is not None:
        tables["later_literature.json"] = result.later.table.reset_index(names="model").round(4)
    if not result.ablation.empty:
        tables["ablation.json"] = result.ablation.round(4)
    return tables


def _write_figures(result: TrainingResult, files: Path, importance: pd.DataFrame) -> None:
    from anolyte.models.explanations.contributions import pushes, training_features

    from ..evaluation.evaluate import of_training
    from ..evaluation.report import figures, write_report
    from ..plots import figures as plots
    from ..plots import training as training_plots
    from ..plots.explanation import importance_bars, shap_summary

    model, metal = result.model, result.model.metal
    evaluation = of_training(result)
    drawn = dict(figures(evaluation)) | {
        "importance": importance_bars(importance, metal),
        "shap_summary": shap_summary(
            pushes(model, model.domain_.measured),
            training_features(model),
            model.feature_names,
            metal,
        ),
    }
    errors = model.held_out_errors
    if errors.notna().any():
        drawn["recipe_scores"] = training_plots.recipe_scores(errors, model.recipe)
    if result.validation is not None:
        predicted = result.validation.predictions[OURS]
        drawn["residuals_by_source"] = plots.residuals_by_source(result.measurements, predicted)
    if len(result.ablation) > 1:
        drawn["ablation"] = training_plots.ablation_bars(result.ablation, metal)
    for name, figure in drawn.items():
        figure.savefig(files / f"{name}.png")
    if result.validation is not None or evaluation.prior_only:
        write_report([evaluation], {}, files / REPORT)


def _write_model(result: TrainingResult, folder: Path, to: Path) -> None:
    shutil.copytree(folder, to)
    texts = result.measurements["electrolyte"].drop_duplicates().head(3)
    write_mlmodel(to, _OUTPUTS, _example(map(str, texts)), MANIFEST)


def write_sei_model(model: SEIModel, to: Path) -> str:
    """Write the folder under which an SEI model is registered; return its SHA-256."""
    to.mkdir(parents=True)
    text = sei_text(model).encode()
    (to / SEI_FILE).write_bytes(text)
    write_mlmodel(to, _SAID_OF_SEI, _example(["1 M LiPF6 in EC/DMC (1:1 v/v)"]), SEI_FILE)
    return hashlib.sha256(text).hexdigest()


def _example(texts: Iterable[str]) -> str:
    rows = {"columns": ["electrolyte"], "data": [[text] for text in texts]}
    return json.dumps(rows, ensure_ascii=False)
