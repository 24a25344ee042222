"""What an importer is, and what all of them share: compounds, amounts and efficiencies of cells.

An importer converts one row of text cells into another; it drops nothing silently: a row it
cannot convert raises `CellError`, and the reader lists it with its reason.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..compounds.registry import Compound, shipped_compounds
from ..electrolytes.electrolyte import Dose, Electrolyte, RatioKind, Share, Unit
from ..errors import UnknownCompoundError
from ..measurements.lce import coulombic_efficiency
from ..measurements.schema import COLUMNS, CellError, is_empty, read_number

Cells = dict[str, str]
MEASUREMENT_COLUMNS = tuple(column for column in COLUMNS if column != "measurement_id")
METHODS = (("aurbach", "aurbach"), ("full", "full_cell"), ("average", "average"))


@dataclass(frozen=True)
class Importer:
    """A published layout.

    Attributes
    ----------
    name, description
        Short name for the command line, and what the layout is.
    required
        Columns that identify it.
    convert
        From one row (and its number) to a row of `columns`.
    columns
        Of the converted table: those of measurements unless said.
    """

    name: str
    description: str
    required: tuple[str, ...]
    convert: Callable[[Cells, int], Cells]
    columns: tuple[str, ...] = MEASUREMENT_COLUMNS


def compound_of(text: str, column: str) -> Compound:
    """Return the compound of a cell, which holds a name or a SMILES.

    Raises
    ------
    CellError
        If it is neither.
    """
    registry, text = shipped_compounds(), text.strip()
    if text in registry:
        return registry[text]
    try:
        return registry.from_smiles(text)
    except ValueError as error:
        try:
            return registry[text]
        except UnknownCompoundError:
            reason = f"{column}: {text!r} is no known name, and as SMILES {error}"
            raise CellError(reason, registry.advice(text)) from None


def amount_of(text: str, column: str) -> float | None:
    """Return the number of a cell; None for an empty one or a question mark."""
    if is_empty(text) or text.strip() == "?":
        return None
    try:
        return read_number(text)
    except CellError as error:
        raise CellError(f"{column}: {error.reason}", error.remedy) from None


def solution(
    salts: Sequence[tuple[Compound, float | None]],
    unit: Unit,
    solvents: Sequence[tuple[Compound, float | None]],
    kind: RatioKind,
    additives: Sequence[Dose] = (),
) -> str:
    """Return the canonical text of salts in solvents; parts count nothing for a sole solvent."""
    alone = len(solvents) == 1
    return str(
        Electrolyte(
            tuple(Dose(amount, unit, compound) for compound, amount in salts),
            tuple(Share(1.0 if alone else part, compound) for compound, part in solvents),
            None if alone else kind,
            tuple(additives),
        )
    )


def by_moles(components: Sequence[tuple[Compound, float]]) -> str:
    """Return the canonical text of components that all count in one ratio of moles."""
    shares = tuple(Share(amount, compound) for compound, amount in components)
    return str(Electrolyte((), shares, "mol/mol"))


def method_of(text: str) -> str:
    """Return the schema's word for how a CE was measured."""
    return next((word for key, word in METHODS if key in text.casefold()), "unknown")


def percent(lce: float) -> str:
    """Return the CE in % of an LCE, as text."""
    return f"{float(coulombic_efficiency(lce)):.4g}"


def source_of(reference: str) -> Cells:
    """Return source and DOI of a reference, which may be a DOI."""
    text = reference.strip()
    is_doi = text.startswith("10.") and "/" in text
    return {"source": f"doi:{text}" if is_doi else text, "doi": text if is_doi else ""}
