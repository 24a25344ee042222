"""`anolyte evaluate`: how good the models are, on every split, beside every baseline."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .console import JsonOption, print_json, print_table, progress_bar, records, tell

if TYPE_CHECKING:
    from anolyte.experiments.evaluate import Evaluation


def evaluate_command(
    metal: Annotated[
        str, typer.Option("--metal", "-m", help="Li, Na, K, Mg, Ca, Zn, Al or all.")
    ] = "all",
    splits: Annotated[
        str, typer.Option("--splits", help="Separated by commas; all by default.")
    ] = "",
    quick: Annotated[
        bool, typer.Option("--quick", help="Own rows alone, fewer folds, no learning curve.")
    ] = False,
    repeats: Annotated[
        int, typer.Option("--repeats", min=1, help="Of leave-source-out, with other folds.")
    ] = 1,
    report: Annotated[
        Path | None, typer.Option("--report", help="Write one self-contained page: .html.")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Of every random choice.")] = 0,
    json: JsonOption = False,
) -> None:
    """Evaluate the models of one or all metals, and of the SEI, on data not seen.

    The splits are leave-source-out, leave-main-solvent-out, leave-salt-out, random and
    leave-metal-out. Nothing is saved but the report.

    Example:  anolyte evaluate --metal Li --report accuracy.html
    """
    from anolyte.datasets.ions import METALS, as_metal
    from anolyte.experiments.evaluate import ORDER, checked_splits, evaluate
    from anolyte.experiments.evaluate_sei import evaluate_sei
    from anolyte.experiments.train import gather, gather_others

    everything = metal.strip().lower() == "all"
    chosen = METALS if everything else (as_metal(metal),)
    names = checked_splits([n.strip() for n in splits.split(",") if n.strip()] or ORDER)
    if report is not None and (report.suffix != ".html" or not report.absolute().parent.is_dir()):
        raise ValueError(f"{report}: the name must end in .html, in a folder that exists")
    found = []
    for symbol in chosen:
        tell(f"Evaluating {symbol}.")
        with progress_bar() as progress:
            found.append(
                evaluate(
                    symbol,
                    gather(symbol),
                    gather_others(symbol),
                    names,
                    quick,
                    repeats,
                    seed,
                    progress,
                )
            )
        if not json:
            _print(found[-1])
    tell("Evaluating the SEI model.")
    sei = evaluate_sei(repeats=1 if quick else 3)
    if json:
        told = {evaluation.metal: _told(evaluation) for evaluation in found}
        print_json({"efficiency": told, "sei": {n: records(t) for n, t in sei.items()}})
    else:
        for title, table in sei.items():
            print_table(table.map(_cell), title)
    if report is not None:
        from anolyte.experiments.report import write_report

        write_report(found, sei, report)
        tell(f"Report: {report}")


def _cell(value: object) -> str:
    text = f"{value:.3f}" if isinstance(value, float) else str(value)
    return "-" if text == "nan" else text


def _print(evaluation: Evaluation) -> None:
    from anolyte.experiments.sentences import headline

    rows, sources = len(evaluation.measurements), evaluation.measurements["source"].nunique()
    title = f"{evaluation.metal}: accuracy in LCE on {rows} measurements from {sources} sources"
    print_table(evaluation.summary().map(_cell), title)
    for sentence in headline(evaluation):
        print(sentence)
    for name, reason in evaluation.skipped.items():
        print(f"Left out: {name} ({reason})")
    print()


def _told(evaluation: Evaluation) -> dict[str, object]:
    return {
        "measurements": len(evaluation.measurements),
        "sources": int(evaluation.measurements["source"].nunique()),
        "data_sha256": evaluation.digest,
        "prior_only": evaluation.prior_only,
        "accuracy": records(evaluation.summary()),
        "recipes": {name: dict(result.recipes) for name, result in evaluation.splits.items()},
        "skipped": dict(evaluation.skipped),
    }
