"""Options of commands that mix from stocks, and how a plan is told and written."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .console import print_table, separated, tell

if TYPE_CHECKING:
    from anolyte.datasets.electrolytes.electrolyte import Electrolyte

    from ...mixing.plan import Mix

StepOption = Annotated[
    float, typer.Option("--pipette-step", help="Volumes are multiples of it, in uL.")
]
LeastOption = Annotated[
    float, typer.Option("--least-volume", help="The smallest that is dosed, in uL.")
]
DeadOption = Annotated[
    float, typer.Option("--dead-volume", help="What cannot be drawn from a stock, in uL.")
]
RobotOption = Annotated[
    str,
    typer.Option("--robot", help="Of the transfers: table, aurora (Chemspeed), opentrons (CSV) or "
                 "batterylab (JSON)."),
]  # fmt: skip
PositionsOption = Annotated[
    str, typer.Option("--positions", help="Of the targets, separated by commas; default behind "
                      "the stocks.")
]  # fmt: skip
TransfersOption = Annotated[
    Path | None, typer.Option("--transfers", help="Write the transfers: source, target, uL.")
]


def planned(
    electrolytes: Sequence[Electrolyte],
    stocks: Path,
    millilitres: float,
    volumes: tuple[float, float, float],
    out: tuple[Path | None, str, str],
    quiet: bool = False,
) -> tuple[list[Mix], list[str]]:
    """Plan electrolytes from a table of stocks, tell the plan and write its transfers.

    Returns the plan and the names of the stocks.

    Parameters
    ----------
    millilitres
        Of each electrolyte.
    volumes
        Step, least and dead volume of the pipette in uL.
    out
        Where to write the transfers, for which robot, and the positions of the targets.
    quiet
        Whether to print nothing.
    """
    from ...mixing.plan import Pipette, plan
    from ...mixing.stocks import read_stocks
    from ...mixing.transfers import transfers, write_transfers

    at_hand = read_stocks(stocks)
    mixes = plan(electrolytes, at_hand, millilitres, Pipette(*volumes))
    path, robot, positions = out
    made = transfers(mixes, at_hand, separated(positions))
    if path is not None:
        write_transfers(made, path, robot)
    for mix in mixes:
        if not mix.feasible:
            tell(f"not from these stocks: {mix.electrolyte} ({mix.why}); nearest: {mix.nearest}")
    if not quiet:
        _print(mixes, [stock.name for stock in at_hand], millilitres)
        if path is not None:
            print(f"Transfers: {path} ({len(made)} steps, {robot})")
    return mixes, [stock.name for stock in at_hand]


def _print(mixes: Sequence[Mix], names: Sequence[str], millilitres: float) -> None:
    import pandas as pd

    rows = [
        {
            "electrolyte": str(mix.electrolyte),
            **dict(zip(names, mix.microlitres, strict=True)),
            "off by": f"{mix.largest_error:.2%}",
        }
        for mix in mixes
        if mix.feasible
    ]
    if rows:
        title = f"uL of each stock for {millilitres:g} mL, and what rounding does to any compound"
        print_table(pd.DataFrame(rows), title, "g")


def plan_records(mixes: Sequence[Mix], names: Sequence[str]) -> list[dict[str, object]]:
    """Return a plan ready for JSON."""
    return [
        {
            "electrolyte": str(mix.electrolyte),
            "feasible": mix.feasible,
            "why": mix.why,
            "nearest": str(mix.nearest),
            "microlitres": dict(zip(names, mix.microlitres.tolist(), strict=True)),
            "largest_error": mix.largest_error if mix.feasible else None,
        }
        for mix in mixes
    ]
