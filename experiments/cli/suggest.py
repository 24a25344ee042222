"""`anolyte suggest`: the next experiments, and the sheet to mix them by."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .shared.console import (
    JsonOption,
    LaboratoryOption,
    ModelOption,
    NoteOption,
    NoTrackingOption,
    SeedOption,
    StoreOption,
    TemperatureOption,
    UriOption,
    in_laboratory,
    print_json,
    print_table,
    progress_bar,
    records,
    tell,
)
from .shared.limits import (
    ConductivityOption,
    CostOption,
    ExcludeOption,
    FamilyOption,
    constraints_of,
)
from .shared.spaces import PricesOption, SpaceMetalOption, SpaceOption, named_space, with_prices
from .shared.stocks import (
    DeadOption,
    RobotOption,
    StepOption,
    TransfersOption,
    plan_records,
    planned,
)

if TYPE_CHECKING:
    import pandas as pd
    from anolyte.models.efficiency.model import CoulombicEfficiencyModel

    from ..suggestions.suggest import Suggestions


def suggest_command(
    metal: SpaceMetalOption = "",
    batch: Annotated[int, typer.Option("--batch", min=1, help="How many experiments.")] = 8,
    space: SpaceOption = "",
    by: Annotated[
        str, typer.Option("--by", help="expected-improvement, ucb or thompson.")
    ] = "expected-improvement",
    exclude: ExcludeOption = "",
    family: FamilyOption = "",
    exclude_pending: Annotated[
        Path | None,
        typer.Option("--exclude-pending", help="Table of further experiments under way."),
    ] = None,
    volume: Annotated[
        float, typer.Option("--volume", help="Of the solvent mixture of each batch, in mL.")
    ] = 5.0,
    out: Annotated[
        Path | None, typer.Option("--out", help="Write the lab sheet to this .csv.")
    ] = None,
    prices: PricesOption = None,
    max_cost_per_l: CostOption = None,
    min_conductivity: ConductivityOption = None,
    temperature: TemperatureOption = 25.0,
    stocks: Annotated[
        Path | None,
        typer.Option("--stocks", help="Table of stock solutions to mix from, see anolyte mix."),
    ] = None,
    transfers: TransfersOption = None,
    robot: RobotOption = "table",
    step: StepOption = 1.0,
    dead: DeadOption = 0.0,
    pend: Annotated[
        bool, typer.Option("--pend", help="Remember the suggestions as pending experiments.")
    ] = False,
    lab: LaboratoryOption = "",
    seed: SeedOption = 0,
    store: StoreOption = None,
    model: ModelOption = None,
    note: NoteOption = "",
    tracking_uri: UriOption = None,
    no_tracking: NoTrackingOption = False,
    json: JsonOption = False,
) -> None:
    """Suggest the next experiments and how to mix them.

    What was measured (shipped or added with `anolyte data add`) or is pending is not
    suggested. Fill in the columns ce_pct and source of the sheet, delete the rows that were
    not measured, then: anolyte data add sheet.csv

    Example:  anolyte suggest --metal Na --batch 8 --out sheet.csv --pend
    """
    from anolyte.datasets.files.exports import write_csv

    from ..predictions.load_or_train import load_or_train
    from ..project import Project
    from ..suggestions.lab_sheet import lab_sheet
    from ..suggestions.pending import add_pending, measured_electrolytes, pending, read_pending
    from ..suggestions.suggest import suggest

    _check_outputs(out, transfers, stocks)
    asked = {"max_cost_per_l": max_cost_per_l, "min_conductivity_mS_cm": min_conductivity}
    limits = constraints_of(exclude, "flag", asked, family)
    chosen = with_prices(named_space(metal, space), prices, max_cost_per_l).constrained(limits)
    folder = store or Project.here().data
    measured = measured_electrolytes(chosen.metal, folder)
    under_way = list(pending(chosen.metal, folder)["electrolyte"])
    if exclude_pending is not None:
        under_way += list(read_pending(exclude_pending, chosen.metal)["electrolyte"])
    predictor, trained = load_or_train(chosen.metal, model, tracking_uri, tell, progress_bar)
    _tell_new(predictor, folder)
    predictor = in_laboratory(predictor, lab)
    with progress_bar() as progress:
        how = (batch, by, seed, progress)
        found = suggest(chosen, predictor, measured, under_way, *how, celsius=temperature)
    _tell_found(found, predictor)
    sheet = lab_sheet(found.frame, volume)
    mixing = _mixed(found, stocks, volume, (step, 0.0, dead), (transfers, robot, ""), json)
    if out is not None:
        write_csv(sheet, out)
    kept = ""
    if pend:
        texts = found.frame["electrolyte"]
        kept = str(add_pending(texts, chosen.metal, found.by, folder))
    logged = ""
    if not no_tracking:
        from ..tracking import log_suggestions

        logged = str(log_suggestions(found, trained, tracking_uri, note))
    if json:
        told = {"mlflow": logged, "by": found.by, "pending": kept, "suggested": records(sheet)}
        print_json({**told, "mixing": mixing})
        return
    _print(found, volume)
    if out is not None:
        print(f"Lab sheet: {out} ({len(sheet)} rows)")
    if kept:
        print(f"Pending:   {kept}")
    if logged:
        print(f"MLflow:    {logged}")


def _check_outputs(out: Path | None, transfers: Path | None, stocks: Path | None) -> None:
    from anolyte.datasets.files.exports import checked_table_path

    if out is not None and checked_table_path(out).suffix != ".csv":
        raise ValueError(f"{out}: a lab sheet is a .csv")
    if transfers is not None and stocks is None:
        raise ValueError("--transfers needs --stocks stocks.csv")


def _mixed(
    found: Suggestions,
    stocks: Path | None,
    volume: float,
    volumes: tuple[float, float, float],
    out: tuple[Path | None, str, str],
    quiet: bool,
) -> list[dict[str, object]]:
    """Plan the suggestions from the stocks, if there are any, and return the plan for JSON."""
    if stocks is None:
        return []
    from anolyte.datasets.electrolytes.grammar import parse

    wanted = [parse(str(text)) for text in found.frame["electrolyte"]]
    return plan_records(*planned(wanted, stocks, volume, volumes, out, quiet))


def _tell_new(model: CoulombicEfficiencyModel, store: Path) -> None:
    """Say which own measurements the model has not learned from."""
    from anolyte.datasets.measurements.own import own_measurements
    from anolyte.datasets.measurements.table import efficiencies

    own = own_measurements(store)
    if own is None:
        return
    new = efficiencies(own[own["metal"] == model.metal])["electrolyte"].unique()
    count = len(set(new) - set(model.domain_.measured["electrolyte"]))
    if count:
        tell(
            f"The model has not learned from {count} of your own electrolytes yet: "
            f"anolyte train --metal {model.metal}"
        )


def _tell_found(found: Suggestions, model: CoulombicEfficiencyModel) -> None:
    from ..suggestions.suggest import SPACE_FILLING

    left_out = f"{found.left_out:,} more are measured or pending" if found.left_out else ""
    tell(f"Looked at {found.looked_at:,} candidates. {left_out}".rstrip())
    if found.by == SPACE_FILLING:
        tell(
            f"There are too few sources on {model.metal} to tell candidates apart (prior only): "
            "every prediction is the mean of the metal. The batch is spread over the space, so "
            "that its results say as much as possible of the rest; --by has no say."
        )


def _print(found: Suggestions, volume: float) -> None:
    from anolyte.models.properties import PROPERTIES

    metal = found.frame["metal"].iloc[0]
    title = f"{metal}: {len(found.frame)} experiments by {found.by}, CE in % with the 90 % interval"
    shown = found.frame.drop(columns="metal").rename(
        columns=lambda name: name.removeprefix("predicted_")
    )
    reasons = [what.reason for what in PROPERTIES.values()]
    print_table(shown.drop(columns=reasons, errors="ignore"), title, ".2f")
    print(f"For {volume:g} mL of the solvent mixture of each; salts and additives come on top.")
    print("Masses are of the pure, anhydrous compound.")
    print()
    for rank, text in enumerate(found.frame["electrolyte"], start=1):
        _print_recipe(rank, str(text), volume)


def _print_recipe(rank: int, text: str, volume: float) -> None:
    import pandas as pd
    from anolyte.datasets.electrolytes.grammar import parse

    from ..cells import cell
    from ..suggestions.lab_sheet import amounts, flash_point, remarks

    electrolyte = parse(text)
    lines = [
        {
            "component": str(each.compound),
            "role": each.role,
            "g": cell(each.mass_g, ".4f"),
            "mL": cell(each.volume_ml, ".3f"),
            "remark": remarks(each),
        }
        for each in amounts(electrolyte, volume)
    ]
    table: pd.DataFrame = pd.DataFrame(lines)
    if not table["remark"].any():
        table = table.drop(columns="remark")
    print_table(table, f"{rank}. {text}")
    safety = flash_point(electrolyte)
    if safety:
        print(f"   {safety}")
    print()
