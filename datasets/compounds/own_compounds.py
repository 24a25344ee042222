"""Read tables of compounds: rows to `Compound`, faults told all at once.

A user's own table may give what the shipped ones do not know of a compound: its density,
donor number and permittivity.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from ..errors import Fault, TableError
from .compound import KINDS, Compound, canonical_smiles
from .structures import redrawn

# Columns of a user's table that hold properties, and what is possible of a liquid.
MEASURED: Mapping[str, tuple[float, float]] = {
    "density": (0.3, 5.0),
    "donor_number": (0.0, 100.0),
    "relative_permittivity": (1.0, 300.0),
}
COLUMNS = ("abbreviation", "name", "aliases", "smiles", "kind", "cas", *MEASURED, "formulation")

_BREAKS_GRAMMAR = re.compile(r"[/+:{}]|^\?$|(^|\s)in(\s|$)", re.IGNORECASE)
_CAS = re.compile(r"\d{2,7}-\d{2}-\d")


@dataclass(frozen=True, slots=True)
class OwnTable:
    """What a user's table adds to a registry.

    Attributes
    ----------
    compounds
        New compounds.
    more
        Rows without a structure: further names and properties of compounds that are known, by
        row number.
    recipes
        Rows with a formulation: house codes of electrolytes.
    """

    compounds: list[Compound]
    more: dict[int, Mapping[str, str]]
    recipes: dict[str, str]


def read_compounds(path: str | Path) -> list[Compound]:
    """Read the new compounds of a user's CSV, see `read_own_table`."""
    return read_own_table(path).compounds


def read_own_table(path: str | Path) -> OwnTable:
    """Read a user's CSV with the columns abbreviation and smiles at least.

    A row with a ``formulation`` names an electrolyte; a row without a structure gives a known
    compound further names or properties.

    Optional columns: name, aliases (separated by ``;``), kind, cas, and the properties
    density (g/cm3), donor_number (kcal/mol) and relative_permittivity.

    Raises
    ------
    TableError
        With all faults of the table at once.
    """
    from ..files.tables import read_rows

    table = read_rows(path, required=("abbreviation", "smiles"), known=COLUMNS)
    compounds: list[Compound] = []
    more: dict[int, Mapping[str, str]] = {}
    recipes: dict[str, str] = {}
    faults: list[Fault] = []
    for number, row in table:
        if row.get("formulation"):
            recipes[row["abbreviation"]] = row["formulation"]
            continue
        if not row["smiles"] and any(row.get(column) for column in ("aliases", *MEASURED)):
            faults.extend(_property_faults(row, f"row {number}"))
            more[number] = row
            continue
        found = list(_row_faults(row, f"row {number}"))
        if not found:
            compounds.append(made_compound(row, kept_smiles(row["smiles"])))
        faults.extend(found)
    if faults:
        raise TableError(f"compounds table {path}", faults)
    return OwnTable(compounds, more, recipes)


def kept_smiles(smiles: str) -> str:
    """Return the SMILES of the drawing that is kept of a structure, see `structures`."""
    canonical = canonical_smiles(smiles)
    # A drawing that is shipped stays as it is.
    return canonical if "*" in canonical else redrawn(canonical)


def _row_faults(row: Mapping[str, str], place: str) -> Iterator[Fault]:
    abbreviation = row["abbreviation"]
    unbalanced = abbreviation.count("(") != abbreviation.count(")")
    if not abbreviation or unbalanced or _BREAKS_GRAMMAR.search(abbreviation):
        yield Fault(
            f"{place}, column abbreviation",
            abbreviation,
            "empty, or holds / + : { } or an open bracket, or is ? or in",
            "choose a name without them; they have a meaning in formulations",
        )
    kind = row.get("kind") or "solvent"
    if kind not in KINDS:
        yield Fault(f"{place}, column kind", kind, "unknown kind", f"use one of {', '.join(KINDS)}")
    yield from _property_faults(row, place)
    cas = row.get("cas", "")
    if cas and not is_cas(cas):
        yield Fault(
            f"{place}, column cas", cas, "no CAS number (check digit)", "correct it or leave empty"
        )
    try:
        canonical_smiles(row["smiles"])
    except ValueError as error:
        yield Fault(
            f"{place}, column smiles",
            row["smiles"],
            str(error),
            "write a neutral SMILES, salts with all ions, e.g. [Li+].F[P-](F)(F)(F)(F)F",
        )


def _property_faults(row: Mapping[str, str], place: str) -> Iterator[Fault]:
    for column, (lowest, highest) in MEASURED.items():
        given = row.get(column, "")
        if given and not _is_between(given, lowest, highest):
            yield Fault(
                f"{place}, column {column}",
                given,
                f"no number from {lowest:g} to {highest:g}",
                "write it with a decimal point and without its unit, or leave it empty",
            )


def _is_between(text: str, lowest: float, highest: float) -> bool:
    try:
        return lowest <= float(text) <= highest
    except ValueError:
        return False


def is_cas(text: str) -> bool:
    """Return whether `text` is a CAS registry number with a right check digit."""
    if not _CAS.fullmatch(text):
        return False
    digits = [int(character) for character in text.replace("-", "")]
    total = sum(weight * digit for weight, digit in enumerate(reversed(digits[:-1]), start=1))
    return total % 10 == digits[-1]


def made_compound(row: Mapping[str, str], smiles: str, synonyms: Iterable[str] = ()) -> Compound:
    """Return the compound of a table's row whose SMILES is canonical."""
    own = (alias.strip() for alias in row.get("aliases", "").split(";"))
    aliases = (*filter(None, own), *synonyms)
    return Compound(
        abbreviation=row["abbreviation"],
        smiles=smiles,
        kind=row.get("kind") or "solvent",
        name=row.get("name", ""),
        aliases=aliases,
        cas=row.get("cas", ""),
        measured=_measured(row),
    )


def with_more(compound: Compound, row: Mapping[str, str]) -> Compound:
    """Return a compound with the further names and properties of a row."""
    aliases = (alias.strip() for alias in row.get("aliases", "").split(";"))
    return replace(
        compound,
        aliases=(*compound.aliases, *filter(None, aliases)),
        measured={**compound.measured, **_measured(row)},
    )


def _measured(row: Mapping[str, str]) -> dict[str, float]:
    return {name: float(row[name]) for name in MEASURED if row.get(name)}
