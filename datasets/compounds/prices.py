"""Prices of compounds from a user's own table, per kilogram, in whatever currency it is in.

There is no sourced list of prices: nothing is shipped and nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from ..errors import Fault, TableError, UnknownCompoundError
from .registry import Compound, CompoundRegistry, shipped_compounds

COLUMNS = ("compound", "price_per_kg")
# Under which a compound carries its price, see `Compound.measured`.
PRICE = "price_per_kg"
HEADINGS = {
    "compound": ("name", "abbreviation", "chemical", "substance"),
    "price_per_kg": (
        "price",
        "price per kg",
        "price/kg",
        "cost",
        "cost per kg",
        "EUR/kg",
        "USD/kg",
    ),
}


def read_prices(path: str | Path, registry: CompoundRegistry | None = None) -> dict[str, float]:
    r"""Read a table of prices.

    Parameters
    ----------
    path
        CSV, TSV or XLSX with the columns compound (any of its names, or ``{SMILES}``) and
        price_per_kg.
    registry
        Known compounds; the shipped ones by default.

    Returns
    -------
    dict of str to float
        Price per kilogram by SMILES.

    Raises
    ------
    TableError
        With every fault: unknown compounds, prices that are no numbers above 0, and compounds
        that are priced twice.

    Examples
    --------
    >>> from anolyte.datasets.compounds.prices import read_prices
    >>> from pathlib import Path
    >>> _ = Path("prices.csv").write_text("compound,price_per_kg\nEC,3\nLiPF6,20\n")
    >>> read_prices("prices.csv")["O=C1OCCO1"]
    3.0
    """
    from ..files.tables import read_table

    known = registry or shipped_compounds()
    rows, faults = read_table(path, COLUMNS, (), HEADINGS)
    prices: dict[str, float] = {}
    for number, cells in rows:
        place = f"row {number}, column "
        try:
            compound = _compound(cells["compound"].strip(), known)
        except UnknownCompoundError as error:
            faults += [replace(fault, place=f"{place}compound") for fault in error.faults]
            continue
        price = _price(cells["price_per_kg"])
        if price is None:
            reason, remedy = "no price above 0", "write a plain number, per kilogram"
            faults.append(Fault(f"{place}price_per_kg", cells["price_per_kg"], reason, remedy))
        elif compound.smiles in prices:
            faults.append(Fault(f"{place}compound", str(compound), "priced twice", "keep one row"))
        else:
            prices[compound.smiles] = price
    if faults:
        raise TableError(f"prices {path}", faults)
    return prices


def _compound(name: str, known: CompoundRegistry) -> Compound:
    is_smiles = name.startswith("{") and name.endswith("}")
    return known.from_smiles(name[1:-1]) if is_smiles else known[name]


def _price(text: str) -> float | None:
    try:
        value = float(text.strip().replace("_", "?"))
    except ValueError:
        return None
    return value if 0 < value < float("inf") else None


def priced(compound: Compound, prices: Mapping[str, float]) -> Compound:
    """Return a compound that carries its price, where there is one."""
    price = prices.get(compound.smiles)
    if price is None:
        return compound
    return replace(compound, measured={**compound.measured, PRICE: price})
