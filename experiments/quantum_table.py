"""Compute the table of quantum descriptors: resumable, in parallel, failures kept as rows."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
from anolyte.datasets.compounds.registry import Compound, fragment_charge, shipped_compounds
from anolyte.datasets.errors import Fault, TableError
from anolyte.datasets.files.exports import write_csv
from anolyte.datasets.files.processes import in_processes
from anolyte.features.xtb import tight_binding as xtb
from anolyte.features.xtb.conformers import atom_count
from anolyte.features.xtb.species import METHOD, QuantumRow, describe_species

if TYPE_CHECKING:
    from anolyte.models.efficiency.crossfit import Progress

Species = tuple[str, int]

VALUES = tuple(field.name for field in fields(QuantumRow) if field.name != "status")
COLUMNS = ("smiles", "charge", "method", *VALUES, "status", "tblite_version", "rdkit_version")
_DIGITS = 4


def species_of(compounds: Iterable[Compound] | None = None) -> list[Species]:
    """Return the distinct molecules and anions of compounds with their charges.

    Parameters
    ----------
    compounds
        Compounds; a salt contributes its anions, a neutral compound itself, a polymer, of
        which only a repeat unit is known, nothing. The shipped registry by default.
    """
    found: dict[Species, None] = {}
    for compound in shipped_compounds() if compounds is None else compounds:
        if not compound.ions and not compound.is_polymer:
            found[compound.smiles, 0] = None
        for part in compound.ions:
            charge = fragment_charge(part)
            if charge < 0:
                found[part, charge] = None
    return list(found)


def compute(
    compounds: Iterable[Compound] | None,
    path: str | Path,
    processes: int = 2,
    retry: bool = False,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Compute the quantum descriptors of compounds into a CSV file and return its table.

    The file is rewritten after every species, so a run that was stopped continues where it
    was. Rows of another method or version are computed anew.

    Parameters
    ----------
    compounds
        See `species_of`.
    path
        The CSV file; an existing one must have the columns `COLUMNS`.
    processes
        How many species are computed at once, each on one core.
    retry
        Compute rows anew that are not ``ok``.
    progress
        Told what is done, how many species are, and of how many.

    Raises
    ------
    MissingExtraError
        If tblite or ASE is not installed.
    TableError
        If `path` holds another kind of table.
    """
    xtb.require()
    path = Path(path)
    wanted = species_of(compounds)
    rows = _read(path)
    origin: dict[str, str] = {"method": METHOD, **xtb.versions()}
    done = {key for key, row in rows.items() if _is_done(row, origin, retry)}
    # Small species first: most of the table is there soon.
    todo = sorted((each for each in wanted if each not in done), key=lambda s: atom_count(s[0]))
    # A resumed table is that of a run without interruption; one with others keeps its order.
    order = wanted if set(rows) <= set(wanted) else list(dict.fromkeys([*rows, *wanted]))
    if progress is not None:
        progress("quantum", len(wanted) - len(todo), len(wanted))
    for count, (key, row) in enumerate(_results(todo, processes), start=len(wanted) - len(todo)):
        values = {name: _rounded(value) for name, value in row.as_dict().items()}
        rows[key] = {"smiles": key[0], "charge": key[1], **origin, **values}
        write_csv(_frame(rows, order), path)
        if progress is not None:
            progress("quantum", count + 1, len(wanted))
    table = _frame(rows, order)
    if not path.exists():
        write_csv(table, path)
    return table


def _results(todo: list[Species], processes: int) -> Iterator[tuple[Species, QuantumRow]]:
    """Yield the rows of species as they get ready; one process means this one."""
    if processes == 1:
        _one_thread()
    for number, row in in_processes(_described, todo, processes):
        yield todo[number], row


def _described(smiles: str, charge: int) -> QuantumRow:
    """Return a row; whatever goes wrong with one species must not stop the others."""
    try:
        return describe_species(smiles, charge)
    except Exception as error:
        return QuantumRow(status=f"failed: {type(error).__name__}: {error}"[:200])


def _one_thread() -> None:
    """Keep this process on its core; read before tblite is loaded."""
    os.environ["OMP_NUM_THREADS"] = "1"


def _rounded(value: float | str | None) -> float | str | None:
    return round(value, _DIGITS) if isinstance(value, float) else value


def _is_done(row: dict[str, object], origin: dict[str, str], retry: bool) -> bool:
    same = all(row[column] == value for column, value in origin.items())
    return same and (row["status"] == "ok" or not retry)


def _read(path: Path) -> dict[Species, dict[str, object]]:
    """Return the rows that a file already has, by species."""
    if not path.exists():
        return {}
    table = pd.read_csv(path, dtype={"tblite_version": str, "rdkit_version": str})
    missing = [column for column in COLUMNS if column not in table.columns]
    if missing:
        fault = Fault(
            "row 1 (header)", path.name, f"lacks {', '.join(missing)}", "name another --out file"
        )
        raise TableError(f"table {path}", [fault])
    records = table[list(COLUMNS)].to_dict("records")
    return {
        (str(row["smiles"]), int(row["charge"])): {str(name): row[name] for name in row}
        for row in records
    }


def _frame(rows: dict[Species, dict[str, object]], order: list[Species]) -> pd.DataFrame:
    return pd.DataFrame([rows[key] for key in order if key in rows], columns=list(COLUMNS))
