"""`anolyte predict`: Coulombic efficiency and SEI of formulations, one or many."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .shared.console import (
    CapacityOption,
    CompoundsOption,
    CoverageOption,
    CurrentOption,
    JsonOption,
    LaboratoryOption,
    MetalOption,
    MethodOption,
    ModelOption,
    TableFileOption,
    TemperatureOption,
    UriOption,
    conditions_of,
    in_laboratory,
    print_json,
    print_table,
    progress_bar,
    records,
    registry_with,
    tell,
)

if TYPE_CHECKING:
    import pandas as pd

    from ..predictions.formulations import Request
    from ..predictions.predict import Predictor

STDIN = "-"
# Rows of a table on a terminal; more belong into a file.
SHOWN_ROWS = 50
SHOWN = (
    *("electrolyte", "ce_pct", "ce_low", "ce_high", "sei_function", "sei_composition"),
    *("evidence", "assumptions"),
)


def predict_command(
    formulations: Annotated[
        list[str] | None,
        typer.Argument(
            help='Formulations, each in quotes: "1 M LiFSI in DME"; - reads standard input.'
        ),
    ] = None,
    metal: MetalOption = "Li",
    file: Annotated[
        Path | None,
        typer.Option(
            "--file", help="CSV, TSV or XLSX with a column electrolyte, or text, one a line."
        ),
    ] = None,
    lab: LaboratoryOption = "",
    current: CurrentOption = None,
    capacity: CapacityOption = None,
    method: MethodOption = "",
    coverage: CoverageOption = 0.9,
    temperature: TemperatureOption = 25.0,
    out: TableFileOption = None,
    compounds: CompoundsOption = None,
    model: ModelOption = None,
    tracking_uri: UriOption = None,
    json: JsonOption = False,
) -> None:
    """Predict the Coulombic efficiency of formulations, with its interval, and their SEI.

    A table on a terminal, else CSV. What cannot be read keeps its place, with the status error
    and the reason. The exit code is 2 if a formulation given in quotes cannot be read; of a file
    or standard input, if none can.

    Example:  anolyte predict "1 M LiFSI in DME" "LiFSI/DME/TTE (1:1.2:3 mol/mol)" --metal Li
    Example:  anolyte predict --file formulations.csv --metal Na --out predictions.csv
    Example:  anolyte predict "2 M ZnSO4 in H2O" --metal Zn --lab "our laboratory"
    Example:  anolyte predict "1 M LiFSI in DME" --current 0.5 --capacity 1 --method aurbach
    Example:  anolyte predict "1 M LiPF6 in EC/DMC (1:1 v/v)" --temperature -10
    """
    import pandas as pd
    from anolyte.datasets.compounds.metals import as_metal
    from anolyte.datasets.files.exports import checked_table_path

    from ..predictions.load_or_train import load_or_train
    from ..predictions.predict import CHUNK, LARGE_CHUNK, Predictor, all_right, check_readable

    given = formulations or []
    if bool(given) == (file is not None):
        raise ValueError("give formulations, or --file, or - for standard input")
    if STDIN in given and len(given) > 1:
        raise ValueError("- stands for standard input and goes with no further formulation")
    symbol, given_for = as_metal(metal), conditions_of(current, capacity, method)
    if out is not None:
        checked_table_path(out)
    registry = registry_with(compounds)
    streamed = given == [STDIN]
    written = [] if streamed else given
    check_readable(written, registry, every=False)
    requests = _requests(written, file)
    fitted, _ = load_or_train(symbol, model, tracking_uri, tell, progress_bar)
    fitted = in_laboratory(fitted, lab)
    known = registry if compounds is not None else None
    predictor = Predictor(fitted, coverage, known, given_for, temperature)
    chunks = predictor.stream(requests, CHUNK if streamed else LARGE_CHUNK)
    if written:
        whole = pd.concat(chunks, ignore_index=True)
        chunks = iter([whole if predictor.failed < len(written) else all_right(whole)])
    title = f"{symbol}: Coulombic efficiency in %, with the {coverage:.0%} interval"
    try:
        _emit(chunks, out, streamed, json, title)
    except BrokenPipeError:
        # Whoever reads, head or a pager, has seen enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit from None
    if written and predictor.failed:
        _tell_failed(whole)
        raise typer.Exit(2)
    _conclude(predictor, out)


def _tell_failed(frame: pd.DataFrame) -> None:
    """Tell of each formulation that could not be predicted why."""
    failed = frame[frame["status"] == "error"]
    for text, reason in zip(failed["electrolyte"], failed["reason"], strict=True):
        tell(f"cannot predict {text!r}: {reason}")


def _requests(written: list[str], file: Path | None) -> Iterable[Request]:
    from ..predictions.formulations import Request, requests_of_file, requests_of_lines

    if file is not None:
        return requests_of_file(file)
    if written:
        return [Request(number, text) for number, text in enumerate(written, start=1)]
    if sys.stdin.isatty():
        tell("Reading formulations, one a line, until Ctrl-D.")
    return requests_of_lines(sys.stdin)


def _emit(
    chunks: Iterator[pd.DataFrame], out: Path | None, streamed: bool, json: bool, title: str
) -> None:
    """Hand predictions on: to a file, as JSON, as a table or as CSV."""
    from anolyte.datasets.files.sinks import csv_writer, table_writer

    if out is not None:
        with table_writer(out) as write:
            _each(chunks, write)
    elif json and streamed:
        _each(chunks, _print_lines)
    elif json or (sys.stdout.isatty() and not streamed):
        kept: list[pd.DataFrame] = []
        _each(chunks, kept.append)
        _print_whole(kept, json, title)
    else:
        _each(chunks, csv_writer(sys.stdout))


def _each(chunks: Iterator[pd.DataFrame], write: Callable[[pd.DataFrame], None]) -> None:
    first = next(chunks, None)
    if first is None:
        raise ValueError("there are no formulations to predict")
    for chunk in chain([first], chunks):
        write(chunk)


def _print_lines(chunk: pd.DataFrame) -> None:
    print(chunk.to_json(orient="records", lines=True, force_ascii=False), end="", flush=True)


def _print_whole(kept: list[pd.DataFrame], json: bool, title: str) -> None:
    import pandas as pd

    frame = pd.concat(kept, ignore_index=True)
    if json:
        print_json(records(frame))
        return
    from anolyte.models.properties.words import told_properties

    head = frame.head(SHOWN_ROWS)
    shown = head[list(SHOWN)].assign(**told_properties(head))
    print_table(shown, title, ".2f")
    if len(frame) > len(shown):
        print(f"... and {len(frame) - len(shown):,} more rows; --out FILE.csv keeps all")


def _conclude(predictor: Predictor, out: Path | None) -> None:
    """Tell how it went; exit with code 2 if no row could be predicted."""
    if out is not None:
        tell(f"Written: {out} ({predictor.rows:,} rows)")
    if predictor.failed:
        tell(
            f"{predictor.failed:,} of {predictor.rows:,} rows could not be predicted: "
            "see the column reason"
        )
    if predictor.failed == predictor.rows:
        raise typer.Exit(2)
