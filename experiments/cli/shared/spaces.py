"""Which space a command looks at, and of which metal."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from ...spaces.candidate_space import CandidateSpace

# Not given, it is the metal of the space.
SpaceMetalOption = Annotated[
    str,
    typer.Option(
        "--metal", "-m", help="Li, Na, K, Mg, Ca, Zn or Al; default that of --space, else Li."
    ),
]
SpaceOption = Annotated[
    str,
    typer.Option("--space", help="A YAML file or a ready-made space, see: anolyte space list."),
]


PricesOption = Annotated[
    Path | None,
    typer.Option("--prices", help="Your table of prices: compound, price_per_kg."),
]


def with_prices(
    space: CandidateSpace, prices: Path | None, limit: float | None = None
) -> CandidateSpace:
    """Return a space whose compounds have the prices of a user's table.

    Raises
    ------
    ValueError
        If a limit of the cost is given without prices.
    """
    if prices is None:
        if limit is not None:
            raise ValueError("--max-cost-per-l needs --prices prices.csv")
        return space
    from dataclasses import replace

    from anolyte.datasets.compounds.prices import read_prices

    return replace(space, prices=read_prices(prices))


def named_space(metal: str, name: str) -> CandidateSpace:
    """Return a ready-made space or that of a file, else the default of a metal.

    Raises
    ------
    ValueError
        If the space is for another metal than is asked for.
    """
    from anolyte.datasets.compounds.metals import as_metal

    from ...spaces.candidate_space import CandidateSpace

    symbol = as_metal(metal or "Li")
    if not name:
        return CandidateSpace.default(symbol)
    found = CandidateSpace.read(name)
    if metal and symbol != found.metal:
        raise ValueError(
            f"--metal {symbol}, but the space {name} is for {found.metal}: leave out --metal, or "
            f"name a space for {symbol}, see: anolyte space list"
        )
    return found
