"""The working metals and their ions."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal, get_args

from ..files.shipped import shipped_table

Metal = Literal["Li", "Na", "K", "Mg", "Ca", "Zn", "Al"]
METALS: tuple[Metal, ...] = get_args(Metal)
CHARGES: dict[Metal, int] = {"Li": 1, "Na": 1, "K": 1, "Mg": 2, "Ca": 2, "Zn": 2, "Al": 3}


def as_metal(text: str) -> Metal:
    """Return the metal of a symbol, whatever its case.

    Raises
    ------
    ValueError
        If it is none of `METALS`.
    """
    for metal in METALS:
        if text.strip().casefold() == metal.casefold():
            return metal
    raise ValueError(f"unknown metal {text!r}; use one of {', '.join(METALS)}")


def working_ion(metal: str) -> str:
    """Return the ion of a working metal as the tables name it, for example ``Mg2+``."""
    charge = CHARGES[as_metal(metal)]
    return f"{metal}{charge if charge > 1 else ''}+"


@lru_cache(maxsize=256)
def ion_property(ion: str, name: str) -> float:
    """Return a tabulated property of an ion, for example ``("Li+", "ionic_radius_Shannon_CN6")``.

    Raises
    ------
    KeyError
        If the table has no such value.
    """
    table = shipped_table("ions")
    rows = table[(table["ion"] == ion) & (table["property"] == name)]
    if rows.empty:
        raise KeyError(f"no {name} of {ion}")
    return float(rows["value"].iloc[0])
