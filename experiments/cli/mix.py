"""`anolyte mix`: electrolytes from the stocks at hand, as a table of transfers."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .shared.console import JsonOption, print_json
from .shared.stocks import (
    DeadOption,
    LeastOption,
    PositionsOption,
    RobotOption,
    StepOption,
    TransfersOption,
    plan_records,
    planned,
)


def mix_command(
    formulations: Annotated[
        list[str] | None, typer.Argument(help="What to make, each in quotes.")
    ] = None,
    stocks: Annotated[
        Path, typer.Option("--stocks", help="Table: formulation, stock, volume_mL, position.")
    ] = Path("stocks.csv"),
    file: Annotated[
        Path | None, typer.Option("--file", help="What to make, as for anolyte predict.")
    ] = None,
    volume: Annotated[float, typer.Option("--volume", help="Of each, in mL.")] = 1.0,
    step: StepOption = 1.0,
    least: LeastOption = 0.0,
    dead: DeadOption = 0.0,
    transfers: TransfersOption = None,
    robot: RobotOption = "table",
    positions: PositionsOption = "",
    json: JsonOption = False,
) -> None:
    """Plan electrolytes from stock solutions: how much of each, and the transfers for a robot.

    What the stocks cannot make is named with the nearest that they can, and the exit code is 2.

    Example:  anolyte mix "2 M LiFSI in DME" --stocks stocks.csv --transfers transfers.csv
    """
    from anolyte.datasets.electrolytes.grammar import parse

    from ..predictions.formulations import requests_of_file
    from ..predictions.predict import check_readable

    if bool(formulations) == (file is not None):
        raise ValueError("give formulations or --file")
    texts = formulations or [each.text for each in requests_of_file(file or Path())]
    check_readable(texts)
    out = (transfers, robot, positions)
    wanted = list(map(parse, texts))
    mixes, names = planned(wanted, stocks, volume, (step, least, dead), out, json)
    if json:
        print_json(plan_records(mixes, names))
    if not all(mix.feasible for mix in mixes):
        raise typer.Exit(2)
