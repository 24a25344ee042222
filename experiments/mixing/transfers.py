"""Transfers: a plan as the table that a robot or a pair of hands works off.

Stocks go in one after the other, each into every vial that needs it: liquids without salt first,
then solutions, of each kind the most used first. So a tip serves one stock, and what is dosed
last meets a vial that is nearly full.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from anolyte.datasets.files.atomic import write_bytes
from anolyte.datasets.files.exports import write_csv

from .plan import Mix
from .stocks import Stock

_WELL = re.compile(r"(?P<row>[A-H])(?P<column>[1-9]|1[0-2])")
_WELLS = [f"{row}{column}" for row in "ABCDEFGH" for column in range(1, 13)]


def transfers(
    mixes: Sequence[Mix], stocks: Sequence[Stock], positions: Sequence[str] = ()
) -> pd.DataFrame:
    """Return the transfers of a plan in the order of dosing.

    Parameters
    ----------
    mixes
        What to make; those that are not feasible are left out.
    positions
        Of the targets that are made; by default those that follow the stocks.

    Returns
    -------
    pandas.DataFrame
        step, source, source_position, target, target_position, volume_ul.

    Raises
    ------
    ValueError
        If there are fewer positions than targets, or one is taken by a stock.
    """
    made = [mix for mix in mixes if mix.feasible]
    places = list(positions) or free_positions(stocks, len(made))
    taken = {stock.position for stock in stocks} & set(places)
    if len(places) < len(made) or taken:
        what = f"{', '.join(sorted(taken))} taken by a stock" if taken else f"{len(places)} given"
        raise ValueError(f"positions for {len(made)} targets: {what}")
    rows = [
        (stocks[place].name, _position(stocks, place), str(mix.electrolyte), target, volume)
        for place in order(made, stocks)
        for mix, target in zip(made, places, strict=False)
        if (volume := float(mix.microlitres[place])) > 0
    ]
    columns = ("source", "source_position", "target", "target_position", "volume_ul")
    frame = pd.DataFrame(rows, columns=list(columns))
    frame.insert(0, "step", range(1, len(frame) + 1))
    return frame


def order(mixes: Sequence[Mix], stocks: Sequence[Stock]) -> list[int]:
    """Return the numbers of the stocks in the order of dosing."""
    used = [sum(float(mix.microlitres[place]) for mix in mixes) for place in range(len(stocks))]
    return sorted(range(len(stocks)), key=lambda p: (stocks[p].holds_salt, -used[p], p))


def _position(stocks: Sequence[Stock], place: int) -> str:
    return stocks[place].position or str(place + 1)


def free_positions(stocks: Sequence[Stock], count: int) -> list[str]:
    """Return positions behind those of the stocks, of their kind: numbers or wells of 96."""
    taken = [_position(stocks, place) for place in range(len(stocks))]
    if all(_WELL.fullmatch(text) for text in taken):
        last = max(map(_WELLS.index, taken))
        return _WELLS[last + 1 : last + 1 + count]
    numbers = [int(text) for text in taken if text.isdigit()]
    first = max(numbers, default=0) + 1
    return [str(first + n) for n in range(count)]


def _table(frame: pd.DataFrame) -> pd.DataFrame:
    return frame


def _aurora(frame: pd.DataFrame) -> pd.DataFrame:
    """As the mixing table of g-kimbell/aurora-robot-tools, for a Chemspeed."""
    wanted = ["source_position", "target_position"]
    odd = [text for name in wanted for text in frame[name] if not text.isdigit()]
    if odd:
        raise ValueError(f"aurora numbers its positions: {odd[0]!r} is no number")
    numbers = frame[wanted].astype(int).assign(volume=frame["volume_ul"])
    return numbers.set_axis(["Source Position", "Target Position", "Volume (uL)"], axis=1)


def _opentrons(frame: pd.DataFrame) -> pd.DataFrame:
    """Wells and volumes, for a protocol that takes a CSV file as a runtime parameter."""
    chosen = frame[["source_position", "target_position", "volume_ul"]]
    return chosen.set_axis(["source_well", "target_well", "volume_ul"], axis=1)


def _batterylab(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """As the instructions of AmanchukwuLab/BatteryLab (``electrolyte_planner/models.py``)."""
    steps = []
    for row in frame.to_dict("records"):
        indices = re.split(r"[,; ]+", str(row["source_position"]))
        if len(indices) != 2 or not all(text.isdigit() for text in indices):
            remedy = "write two indices, e.g. 0,3"
            raise ValueError(f"batterylab: {row['source_position']!r} is no position: {remedy}")
        x, y = map(int, indices)
        steps.append(
            {
                "step_index": int(row["step"]),
                "ingredient_name": row["source"],
                "source_x_ind": x,
                "source_y_ind": y,
                "source_solution": row["source"],
                "destination": row["target_position"],
                "volume_ul": float(row["volume_ul"]),
            }
        )
    return steps


ROBOTS: Mapping[str, Callable[[pd.DataFrame], Any]] = {
    "table": _table,
    "aurora": _aurora,
    "opentrons": _opentrons,
    "batterylab": _batterylab,
}


def write_transfers(frame: pd.DataFrame, path: Path, robot: str = "table") -> Path:
    """Write transfers for a robot: ``.csv``, or ``.json`` for batterylab.

    Raises
    ------
    ValueError
        If the robot is none of `ROBOTS`, a position is not of its kind, or the name of the file
        ends otherwise.
    """
    if robot not in ROBOTS:
        raise ValueError(f"unknown robot {robot!r}; use one of {', '.join(ROBOTS)}")
    found = ROBOTS[robot](frame)
    suffix = ".csv" if isinstance(found, pd.DataFrame) else ".json"
    if path.suffix != suffix or not path.absolute().parent.is_dir():
        raise ValueError(f"{path}: for {robot} it is a {suffix} in a folder that exists")
    if isinstance(found, pd.DataFrame):
        return write_csv(found, path)
    return write_bytes(json.dumps(found, indent=1).encode(), path)
