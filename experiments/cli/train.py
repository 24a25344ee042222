"""`anolyte train`: train a model, show its honest accuracy, log the run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .shared.console import (
    JsonOption,
    MetalsOption,
    NoteOption,
    NoTrackingOption,
    SeedOption,
    UriOption,
    chosen_metals,
    print_json,
    print_table,
    progress_bar,
    records,
    separated,
    tell,
    tell_warnings,
)
from .shared.tracked_run import covered

if TYPE_CHECKING:
    import pandas as pd
    from anolyte.models.efficiency.validation import SplitResult

    from ..training.train import TrainingResult

# The columns of the accuracy table that fit a terminal; --json and MLflow have all.
SHOWN = (
    "model",
    "rmse",
    "mae",
    "spearman",
    "precision_top10",
    "skill",
    "rmse_ratio",
    "coverage_90",
    "width_90",
)


def train_command(
    metal: MetalsOption = "Li",
    data: Annotated[
        Path | None, typer.Option("--data", help="Your own measurements, CSV or XLSX, added.")
    ] = None,
    only_data: Annotated[
        bool, typer.Option("--only-data", help="Train on --data alone, without shipped rows.")
    ] = False,
    blocks: Annotated[
        str, typer.Option("--blocks", help="Descriptor blocks, separated by commas.")
    ] = "",
    repeats: Annotated[
        int, typer.Option("--repeats", min=0, help="Repeats of the validation; 0 skips it.")
    ] = 1,
    quick: Annotated[
        bool, typer.Option("--quick", help="Own rows and blend alone, fewer folds, one repeat.")
    ] = False,
    seed: SeedOption = 0,
    out: Annotated[
        Path | None, typer.Option("--out", help="Model folder; default anolyte-models/<metal>.")
    ] = None,
    note: NoteOption = "",
    tracking_uri: UriOption = None,
    no_tracking: NoTrackingOption = False,
    json: JsonOption = False,
) -> None:
    """Train a Coulombic-efficiency model and compare it with baselines on unseen sources.

    Example:  anolyte train --metal Li --data my_cells.csv --note "first try"
    """
    from anolyte.datasets.measurements.table import read_measurements
    from anolyte.features import DEFAULT_BLOCKS, ElectrolyteFeaturizer

    from ..tracking import training_run
    from ..training.train import (
        gather,
        gather_others,
        learn_sei,
        model_folder,
        own_rows,
        save_training,
        train,
    )

    metals = chosen_metals(metal)
    everything = len(metals) > 1
    if only_data and data is None:
        raise ValueError("--only-data needs --data")
    chosen = separated(blocks) or list(DEFAULT_BLOCKS)
    # Refused before a run is opened.
    ElectrolyteFeaturizer(chosen).fit([])
    table = None
    if data is not None:
        table = read_measurements(data, None if everything else metals[0])
        tell_warnings(table)
    # One model of all metals goes with each of theirs.
    sei = learn_sei(None if everything else metals[0], data)
    told = []
    for symbol in metals:
        measurements = gather(symbol, table, only_data)
        others = None if only_data or quick else gather_others(symbol)
        tell(
            f"Training on {len(measurements)} Coulombic efficiencies of {symbol} "
            f"from {measurements['source'].nunique()} sources."
        )
        if not only_data:
            tell(own_rows(measurements))
        with covered(training_run(symbol, tracking_uri, note), no_tracking) as run:
            with progress_bar() as progress:
                asked = (chosen, seed, repeats, quick, progress)
                result = train(measurements, symbol, others, *asked, sei=sei)
            folder = out / symbol if everything and out else model_folder(symbol, out)
            save_training(result, folder)
            kept = "" if run is None else str(run.log(result, folder))
        told.append(_told(result, folder, kept))
        if not json:
            _print(result, folder, kept)
    if json:
        print_json(told if everything else told[0])


def _print_later(found: SplitResult, measurements: pd.DataFrame) -> None:
    from anolyte.datasets.measurements.splits import cut_years

    years = ", ".join(map(str, cut_years(measurements)))
    title = f"On later literature (learned up to {years}, judged on what came after)"
    _print_accuracy(found.table, title)


def _print_accuracy(contenders: pd.DataFrame, title: str) -> None:
    table = contenders.reset_index(names="model")
    print_table(table[[column for column in SHOWN if column in table]], title, ".3f")


def _told(result: TrainingResult, folder: Path, kept: str) -> dict[str, object]:
    table = result.comparison.reset_index(names="model")
    return {
        "metal": result.model.metal,
        "model": str(folder),
        "mlflow": kept,
        "recipe": result.model.recipe,
        "evidence": result.model.evidence_,
        "accuracy": records(table),
        "later_literature": None
        if result.later is None
        else records(result.later.table.reset_index(names="model")),
    }


def _print(result: TrainingResult, folder: Path, kept: str) -> None:
    from anolyte.models.efficiency.model import MIN_SOURCES

    model = result.model
    if not result.comparison.empty:
        title = f"{model.metal}: accuracy in LCE on sources not seen ({result.repeats} repeats)"
        _print_accuracy(result.comparison, title)
    if result.later is not None:
        _print_later(result.later, result.measurements)
    print(f"Recipe: {model.recipe}; evidence: {model.evidence_}")
    if model.is_prior:
        why = (
            f"{model.metal} has too few sources ({model.sources_}) to learn from"
            if model.sources_ < MIN_SOURCES
            else f"Nothing beats the mean of {model.metal} on sources not seen"
        )
        print(f"{why}: predictions are the mean, with its spread.")
    print(f"Model:  {folder}")
    if kept:
        print(f"MLflow: {kept}")
