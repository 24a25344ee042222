"""`anolyte evaluate`: how good the models are, on every split, beside every baseline."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .shared.console import (
    CrateOption,
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
)
from .shared.tracked_run import covered

if TYPE_CHECKING:
    import pandas as pd
    from anolyte.datasets.compounds.metals import Metal
    from anolyte.models.sei.model import SEIModel

    from ..evaluation.evaluate import Evaluation

# Few labels of a metal fall into one fold: their order needs many foldings to be told.
SEI_REPEATS = 10


def evaluate_command(
    metal: MetalsOption = "all",
    splits: Annotated[
        str, typer.Option("--splits", help="Separated by commas; all by default.")
    ] = "",
    quick: Annotated[
        bool,
        typer.Option("--quick", help="Own rows and blend alone, fewer folds, no curve."),
    ] = False,
    repeats: Annotated[
        int, typer.Option("--repeats", min=1, help="Of leave-source-out, with other folds.")
    ] = 1,
    sei: Annotated[bool, typer.Option("--sei", help="The SEI model alone.")] = False,
    property_name: Annotated[
        str,
        typer.Option(
            "--property", help="This property alone: conductivity, hydrogen-onset, oxygen-onset."
        ),
    ] = "",
    report: Annotated[
        Path | None, typer.Option("--report", help="Write one self-contained page: .html.")
    ] = None,
    crate: CrateOption = None,
    seed: SeedOption = 0,
    note: NoteOption = "",
    tracking_uri: UriOption = None,
    no_tracking: NoTrackingOption = False,
    json: JsonOption = False,
) -> None:
    """Evaluate the models of one or all metals, and of the SEI, on data not seen.

    The splits are leave-source-out, later-literature, new-compound, leave-main-solvent-out,
    leave-salt-out, random and leave-metal-out. Each metal is one run in MLflow, with its
    report, and its SEI another; no model is changed.

    Example:  anolyte evaluate --metal Li --report accuracy.html
    Example:  anolyte evaluate --metal Li --sei
    Example:  anolyte evaluate --property conductivity --metal Li
    """
    from ..evaluation.evaluate import ORDER, checked_splits
    from ..evaluation.evaluate_sei import evaluated_sei, sei_tables
    from ..tracking import evaluation_run

    chosen = chosen_metals(metal)
    if property_name:
        if sei or quick or report or crate:
            raise ValueError("--property goes with --metal, --splits, --seed and --json alone")
        where = None if no_tracking else (tracking_uri, note)
        _property(property_name, chosen, separated(splits), seed, json, where)
        return
    names = checked_splits(separated(splits) or ORDER)
    if sei and splits:
        raise ValueError("--sei evaluates the SEI model alone: leave out --splits")
    _check_outputs(report, crate, sei)
    tell("Evaluating the SEI model.")
    interphases = evaluated_sei(repeats=1 if quick else SEI_REPEATS)
    tables = sei_tables(interphases.evaluation_, interphases.reliability_)
    found: list[Evaluation] = []
    kept: list[str] = []
    for symbol in () if sei else chosen:
        with covered(evaluation_run(symbol, tracking_uri, note), no_tracking) as run:
            found.append(_evaluated(symbol, names, quick, repeats, seed))
            if run is not None:
                kept.append(str(run.log(found[-1], tables)))
        if not json:
            _print(found[-1])
    if not no_tracking:
        wanted = [*chosen, "all"] if len(chosen) > 1 else list(chosen)
        kept += _log_sei(interphases, wanted, tracking_uri, note)
    if json:
        told = {evaluation.metal: _told(evaluation) for evaluation in found}
        interphase = {title: records(table) for title, table in tables.items()}
        print_json({"efficiency": told, "sei": interphase, "mlflow": kept})
    else:
        _print_sei(tables, kept)
    _write(found, tables, report, crate)


def _property(
    name: str,
    metals: Sequence[str],
    splits: Sequence[str],
    seed: int,
    json: bool,
    where: tuple[str | None, str] | None,
) -> None:
    """Evaluate the models of one property, print what was found and log it, unless to nowhere."""
    from anolyte.models.properties import get
    from anolyte.models.properties.validation import checked_splits, evaluate_property

    from ..tracking import log_property

    what, names = get(name), checked_splits(splits)
    wanted = [symbol for symbol in metals if symbol in what.tables]
    if not wanted:
        raise ValueError(f"no table of the {name} of {metals[0]}: {', '.join(what.tables)}")
    told = {}
    for symbol in wanted:
        tell(f"Evaluating the {name} of {symbol}.")
        with progress_bar() as progress:
            found = evaluate_property(what, symbol, names, seed, progress)
        place = "" if where is None else str(log_property(name, symbol, found, *where))
        told[symbol] = {"accuracy": records(found), "mlflow": place}
        if not json:
            scale = f"log10 {what.unit}" if what.per_concentration else what.unit
            print_table(found, f"{symbol}: {what.meaning}, errors in {scale}", ".3f")
            print(f"MLflow: {place}" if place else "")
    if json:
        print_json({name: told})


def _check_outputs(report: Path | None, crate: Path | None, sei: bool) -> None:
    from ..crate import check_crate

    if report is not None and (report.suffix != ".html" or not report.absolute().parent.is_dir()):
        raise ValueError(f"{report}: the name must end in .html, in a folder that exists")
    if crate is not None and sei:
        raise ValueError("--crate packs the evaluation of efficiencies: leave out --sei")
    check_crate(crate)


def _write(
    found: Sequence[Evaluation],
    sei: Mapping[str, pd.DataFrame],
    report: Path | None,
    crate: Path | None,
) -> None:
    from ..crate import evaluation_crate
    from ..evaluation.report import write_report

    if report is not None:
        write_report(found, sei, report)
        tell(f"Report: {report}")
    if crate is not None:
        evaluation_crate(found, sei, crate)
        tell(f"Crate: {crate}")


def _evaluated(
    metal: Metal, names: Sequence[str], quick: bool, repeats: int, seed: int
) -> Evaluation:
    from ..evaluation.evaluate import evaluate
    from ..training.train import gather, gather_others, own_rows

    rows, others = gather(metal), gather_others(metal)
    tell(f"Evaluating {metal} on {len(rows)} Coulombic efficiencies. {own_rows(rows)}")
    with progress_bar() as progress:
        return evaluate(metal, rows, others, names, quick, repeats, seed, progress)


def _log_sei(model: SEIModel, wanted: Sequence[str], uri: str | None, note: str) -> Iterator[str]:
    """Log the SEI model's accuracy on each metal, and yield where."""
    from ..tracking import log_sei

    evaluation, reliability = model.evaluation_, model.reliability_
    evaluated = set(evaluation["metal"])
    for metal in wanted:
        if metal in evaluated:
            where = log_sei(evaluation, metal, uri, note, reliability=reliability, model=model)
            yield str(where)
        else:
            tell(f"There are no labels to evaluate the SEI of {metal} on.")


def _print_sei(tables: Mapping[str, pd.DataFrame], kept: Sequence[str]) -> None:
    for title, table in tables.items():
        print_table(table, title, ".3f")
    for place in kept:
        print(f"MLflow: {place}")


def _print(evaluation: Evaluation) -> None:
    from ..evaluation.sentences import headline

    rows, sources = len(evaluation.measurements), evaluation.measurements["source"].nunique()
    title = f"{evaluation.metal}: accuracy in LCE on {rows} measurements from {sources} sources"
    print_table(evaluation.summary(), title, ".3f")
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
