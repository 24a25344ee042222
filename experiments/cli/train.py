"""`anolyte train`: train a model, show its honest accuracy, log the run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .console import (
    JsonOption,
    MetalOption,
    NoteOption,
    NoTrackingOption,
    UriOption,
    print_json,
    print_table,
    progress_bar,
    records,
    tell,
)


def train_command(
    metal: MetalOption = "Li",
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
    ] = 5,
    quick: Annotated[bool, typer.Option("--quick", help="One repeat, no learning curve.")] = False,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Of every random choice.")] = 0,
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
    from anolyte.datasets.ions import as_metal
    from anolyte.experiments.train import gather, model_folder, save_training, train
    from anolyte.features import DEFAULT_BLOCKS

    symbol = as_metal(metal)
    if only_data and data is None:
        raise ValueError("--only-data needs --data")
    chosen = [name.strip() for name in blocks.split(",") if name.strip()] or list(DEFAULT_BLOCKS)
    measurements = gather(symbol, data, only_data)
    tell(
        f"Training on {len(measurements)} Coulombic efficiencies of {symbol} "
        f"from {measurements['source'].nunique()} sources."
    )
    with progress_bar() as progress:
        result = train(
            measurements,
            symbol,
            blocks=chosen,
            seed=seed,
            repeats=repeats,
            quick=quick,
            progress=progress,
        )
    folder = save_training(result, model_folder(symbol, out))
    kept = ""
    if not no_tracking:
        from anolyte.experiments.tracking import log_training

        kept = str(log_training(result, folder, tracking_uri, note))
    table = result.comparison.reset_index(names="model")
    if json:
        print_json({"model": str(folder), "mlflow": kept, "accuracy": records(table)})
        return
    if not table.empty:
        shown = table.map(lambda cell: cell if isinstance(cell, str) else f"{cell:.3f}")
        title = f"{symbol}: accuracy in LCE on sources not seen ({result.repeats} repeats)"
        print_table(shown.replace("nan", "-"), title)
    print(f"Model:  {folder}")
    if kept:
        print(f"MLflow: {kept}")
