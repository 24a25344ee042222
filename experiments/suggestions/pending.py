"""Pending experiments: suggested electrolytes that nobody has measured yet.

Kept beside the project's own measurements. An entry ends when a measurement of the same
electrolyte is there, or when it is released.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
from anolyte.datasets.compounds.registry import Compound
from anolyte.datasets.electrolytes.composition import resolve
from anolyte.datasets.electrolytes.grammar import Electrolyte, parse
from anolyte.datasets.errors import Fault, TableError
from anolyte.datasets.files.exports import write_csv
from anolyte.datasets.files.tables import read_rows
from anolyte.datasets.measurements.overview import known_measurements
from anolyte.datasets.measurements.schema import CellError, check_electrolyte, check_metal
from anolyte.features.arrays import Flags, Floats
from anolyte.features.mixtures import Mixtures
from filelock import FileLock

from ..project import Project

TABLE = "pending.csv"
COLUMNS = ("metal", "electrolyte", "suggested_on", "by")
# Two formulations are one electrolyte if no mole fraction differs by more than this share:
# what a balance and a pipette cannot tell apart.
TOLERANCE = 0.01


class Taken:
    """Electrolytes that need no further experiment, recognised however they are written.

    Formulations with unknown amounts are recognised in nothing: they may be many.

    Parameters
    ----------
    electrolytes
        Measured or pending.
    compounds
        The columns (k) of the mixtures to be compared.
    """

    def __init__(self, electrolytes: Iterable[Electrolyte], compounds: Sequence[Compound]) -> None:
        columns = {compound: column for column, compound in enumerate(compounds)}
        # A random number for each compound: the sum tells sets of compounds apart.
        self._numbers = np.random.default_rng(0).integers(1, 2**62, len(columns))
        self._by_set: dict[int, list[Floats]] = {}
        for electrolyte in electrolytes:
            unknown = electrolyte.has_unknown_amounts or electrolyte.has_unknown_salt
            if unknown or not all(c in columns for c in electrolyte.compounds):
                continue
            found = resolve(electrolyte)
            fractions = np.zeros(len(columns))
            fractions[[columns[compound] for compound in found.compounds]] = found.mole_fractions
            key = int((fractions > 0) @ self._numbers)
            self._by_set.setdefault(key, []).append(fractions)

    def mask(self, mixtures: Mixtures) -> Flags:
        """Return which mixtures (n,) of the same compounds are among the electrolytes."""
        keys = (mixtures.mole_fractions > 0) @ self._numbers
        taken = np.zeros(len(mixtures), dtype=bool)
        for key in set(keys.tolist()) & self._by_set.keys():
            rows = np.flatnonzero(keys == key)
            for fractions in self._by_set[key]:
                apart = np.abs(mixtures.mole_fractions[rows] - fractions)
                taken[rows] |= (apart <= TOLERANCE * fractions).all(axis=1)
        return taken


def measured_electrolytes(metal: str, store: str | Path | None = None) -> list[str]:
    """Return the distinct electrolytes of a metal with a Coulombic efficiency, shipped or own.

    Parameters
    ----------
    store
        Folder of own measurements; by default that of the project.

    Examples
    --------
    >>> from anolyte.experiments import measured_electrolytes
    >>> "1 M LiFSI in DME" in measured_electrolytes("Li")
    True
    """
    table = known_measurements(metal, _folder(store))
    return [str(text) for text in table.loc[table["ce_pct"].notna(), "electrolyte"].unique()]


def read_pending(path: str | Path, metal: str) -> pd.DataFrame:
    """Read a table of pending experiments; the rows of one metal.

    Parameters
    ----------
    path
        CSV, TSV or XLSX with the column electrolyte, and perhaps others of `COLUMNS`.
    metal
        The metal; rows that name none count as its own.

    Raises
    ------
    TableError
        With every fault: row, value, reason and remedy.
    """
    faults: list[Fault] = []
    records = []
    for number, cells in read_rows(path, ("electrolyte",), COLUMNS):
        record = {column: cells.get(column, "") for column in COLUMNS}
        try:
            record["metal"] = check_metal(record["metal"]) if record["metal"] else metal
            record["electrolyte"] = check_electrolyte(record["electrolyte"], None)
        except CellError as error:
            value = " | ".join(filter(None, record.values()))
            faults.append(Fault(f"row {number}", value, error.reason, error.remedy))
        records.append(record)
    if faults:
        raise TableError(f"pending experiments {path}", faults)
    frame = pd.DataFrame(records, columns=list(COLUMNS), dtype=str)
    return frame[frame["metal"] == metal].reset_index(drop=True)


def _folder(store: str | Path | None) -> Path:
    return Project.here().data if store is None else Path(store)


def pending(metal: str, store: str | Path | None = None) -> pd.DataFrame:
    """Return the pending experiments of a metal (columns `COLUMNS`) that are still unmeasured."""
    path = _folder(store) / TABLE
    if not path.exists():
        return pd.DataFrame(columns=list(COLUMNS), dtype=str)
    return _unmeasured(read_pending(path, metal), metal, store)


def _unmeasured(table: pd.DataFrame, metal: str, store: str | Path | None) -> pd.DataFrame:
    if table.empty:
        return table
    mixtures = Mixtures.from_electrolytes(table["electrolyte"], metal)
    done = map(parse, measured_electrolytes(metal, store))
    return table[~Taken(done, mixtures.compounds).mask(mixtures)].reset_index(drop=True)


def add_pending(
    electrolytes: Iterable[str], metal: str, by: str, store: str | Path | None = None
) -> Path:
    """Add suggested electrolytes to the pending ones, and drop those that were measured.

    The new table replaces the old one in one step.
    """
    folder = _folder(store)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / TABLE
    today = datetime.now(UTC).date().isoformat()
    new = pd.DataFrame({"electrolyte": list(electrolytes)}, dtype=str)
    new = new.assign(metal=metal, suggested_on=today, by=by)[list(COLUMNS)]
    with FileLock(folder / ".lock", timeout=60):
        others = [pending(each, folder) for each in _metals(path) - {metal}]
        parts = [*others, pending(metal, folder), new]
        whole = pd.concat([part for part in parts if len(part)] or [new], ignore_index=True)
        return write_csv(whole.drop_duplicates(["metal", "electrolyte"]), path)


def drop_measured(metals: Sequence[str], store: str | Path | None = None) -> int:
    """Drop what was measured from the pending experiments of some metals; return how many."""
    folder = _folder(store)
    path = folder / TABLE
    if not path.exists():
        return 0
    before = len(read_rows(path, ("metal", "electrolyte"), COLUMNS))
    for metal in metals:
        add_pending([], metal, "", folder)
    return before - len(read_rows(path, ("metal", "electrolyte"), COLUMNS))


def release(
    electrolytes: Sequence[str] | None, metal: str, store: str | Path | None = None
) -> pd.DataFrame:
    """Give pending experiments up, so that they may be suggested again; return them.

    Parameters
    ----------
    electrolytes
        Formulations, however written; None for all of the metal.

    Raises
    ------
    ValueError
        If one of them is not pending; then none is released.
    """
    folder = _folder(store)
    path = folder / TABLE
    if not path.exists():
        raise ValueError(f"no experiment is pending in {folder}")
    with FileLock(folder / ".lock", timeout=60):
        of_metal = pending(metal, folder)
        chosen = np.ones(len(of_metal), dtype=bool)
        if electrolytes is not None:
            mixtures = Mixtures.from_electrolytes([*of_metal["electrolyte"], *electrolytes], metal)
            named = [
                Taken([parse(text)], mixtures.compounds).mask(mixtures) for text in electrolytes
            ]
            missing = [
                text
                for text, found in zip(electrolytes, named, strict=True)
                if not found[: len(of_metal)].any()
            ]
            if missing:
                raise ValueError(f"not pending on {metal}: {'; '.join(missing)}")
            chosen = np.any(named, axis=0)[: len(of_metal)]
        others = [pending(each, folder) for each in sorted(_metals(path) - {metal})]
        write_csv(pd.concat([*others, of_metal[~chosen]], ignore_index=True), path)
        return of_metal[chosen].reset_index(drop=True)


def _metals(path: Path) -> set[str]:
    if not path.exists():
        return set()
    rows = read_rows(path, ("metal", "electrolyte"), COLUMNS)
    return {check_metal(cells["metal"]) for _, cells in rows}
