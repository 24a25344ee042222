"""`anolyte screen`: rank the candidates of a space and log the ranked list."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .console import (
    JsonOption,
    MetalOption,
    ModelOption,
    NoteOption,
    NoTrackingOption,
    UriOption,
    load_or_train,
    named_compounds,
    print_json,
    print_table,
    progress_bar,
    records,
    tell,
)

if TYPE_CHECKING:
    from anolyte.datasets.ions import Metal
    from anolyte.experiments.candidates import CandidateSpace


def screen_command(
    metal: MetalOption = "Li",
    salts: Annotated[str, typer.Option("--salts", help="Separated by commas.")] = "",
    solvents: Annotated[
        str, typer.Option("--solvents", help="Solvents and diluents, separated by commas.")
    ] = "",
    additives: Annotated[
        str, typer.Option("--additives", help="Separated by commas; 'none' for none.")
    ] = "",
    concentrations: Annotated[
        str, typer.Option("--concentrations", help="In M, separated by commas.")
    ] = "",
    top: Annotated[int, typer.Option("--top", min=1, help="Length of the ranked list.")] = 100,
    show: Annotated[int, typer.Option("--show", min=0, help="Rows to print.")] = 10,
    by: Annotated[str, typer.Option("--by", help="lower-bound or expected.")] = "lower-bound",
    coverage: Annotated[
        float, typer.Option("--coverage", help="Of the interval: 0.5, 0.8 or 0.9.")
    ] = 0.9,
    all_amounts: Annotated[
        bool,
        typer.Option("--all-amounts", help="List every amount and additive of the same compounds."),
    ] = False,
    out: Annotated[
        Path | None, typer.Option("--out", help="Write the list: .csv or .parquet.")
    ] = None,
    model: ModelOption = None,
    note: NoteOption = "",
    tracking_uri: UriOption = None,
    no_tracking: NoTrackingOption = False,
    json: JsonOption = False,
) -> None:
    """Rank candidate formulations by predicted Coulombic efficiency.

    Without options the candidates are what the measurements of the metal use more than once.

    Example:  anolyte screen --metal Li --salts LiFSI,LiDFOB --solvents DME,FDMB,TTE --top 50
    """
    from anolyte.datasets.ions import as_metal
    from anolyte.experiments.rank import screen
    from anolyte.experiments.tables import checked_table_path, write_table_file
    from anolyte.models.store import read_manifest

    symbol = as_metal(metal)
    if out is not None:
        checked_table_path(out)
    space = _space(symbol, salts, solvents, additives, concentrations)
    predictor, folder = load_or_train(symbol, model)
    tell(f"Screening {len(space):,} candidates for {symbol}.")
    with progress_bar() as progress:
        ranked = screen(space, predictor, top, by, coverage, all_amounts, progress)
    frame = ranked.to_frame()
    if out is not None:
        write_table_file(frame, out)
    kept = ""
    if not no_tracking:
        from anolyte.experiments.tracking import log_screening

        kept = str(log_screening(ranked, read_manifest(folder), tracking_uri, note))
    if json:
        print_json({"mlflow": kept, "screened": ranked.screened, "ranked": records(frame)})
        return
    shown = frame.head(show)[["rank", "electrolyte", "ce_pct", "ce_low", "ce_high"]].copy()
    for column in ("ce_pct", "ce_low", "ce_high"):
        shown[column] = shown[column].map("{:.2f}".format)
    title = (
        f"{symbol}: the best {len(shown)} of {ranked.screened:,} candidates by {by}, "
        f"CE in % with the {coverage:.0%} interval"
    )
    print_table(shown, title)
    if out is not None:
        print(f"List:   {out} ({len(frame)} rows)")
    if kept:
        print(f"MLflow: {kept}")


def _space(
    metal: Metal, salts: str, solvents: str, additives: str, concentrations: str
) -> CandidateSpace:
    from anolyte.experiments.candidates import CONCENTRATIONS, CandidateSpace, default_compounds

    usual_salts, usual_solvents, usual_additives = default_compounds(metal)
    amounts = tuple(_numbers(concentrations)) or CONCENTRATIONS
    chosen = [] if additives.strip().lower() == "none" else named_compounds(additives)
    return CandidateSpace.of(
        metal,
        named_compounds(salts) or usual_salts,
        named_compounds(solvents) or usual_solvents,
        usual_additives if not additives else chosen,
        amounts,
    )


def _numbers(text: str) -> list[float]:
    try:
        return [float(part) for part in text.split(",") if part.strip()]
    except ValueError:
        raise ValueError(f"--concentrations {text!r}: write numbers, e.g. 1,2,4") from None
