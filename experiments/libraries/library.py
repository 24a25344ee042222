"""MoleculeLibrary: the molecules of a file, each structure once, with what could not be read."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from anolyte.datasets.errors import Fault, InputError
from anolyte.datasets.files.atomic import staged
from anolyte.datasets.files.processes import OverdueError
from anolyte.features.arrays import Flags, Integers
from anolyte.models.efficiency.crossfit import Progress

from .describing import code_version, in_parts
from .reading import Record, read_records
from .standardising import OVERDUE, Molecule, standardised
from .store import hashes

# Records that are read, and kept once read, together.
CHUNK = 4096
_SHOWN = 80


@dataclass(frozen=True)
class Trouble:
    """What is wrong with some records of a file.

    Attributes
    ----------
    kind
        What it is, see `standardising`.
    count
        How many records have it.
    line, text, detail
        Of the first of them.
    """

    kind: str
    count: int
    line: int
    text: str
    detail: str = ""

    def __str__(self) -> str:
        told = f"{self.kind}: {self.count:,}, the first in line {self.line}"
        shown = self.text.split("\n", 1)[0][:_SHOWN]
        return f"{told} ({shown})" if shown else told


@dataclass(frozen=True)
class MoleculeLibrary:
    """Molecules to screen.

    Attributes
    ----------
    smiles
        Structures (n,), each once, in the order of the file.
    names
        What the file calls each (n,); perhaps nothing.
    name
        Of the library.
    read
        How many records the file holds.
    duplicates
        How many of them are structures that stood above already.
    troubles
        What is no molecule to screen, by kind.
    parents, edits
        Of a made library: from which molecule, and by which edit, each comes; else empty.

    Examples
    --------
    >>> from anolyte.experiments import MoleculeLibrary
    >>> library = MoleculeLibrary.of(["COCCOC", "O(C)CCOC", "CCOCC"])
    >>> library.smiles, library.duplicates
    (('COCCOC', 'CCOCC'), 1)
    """

    smiles: tuple[str, ...]
    names: tuple[str, ...]
    name: str = "library"
    read: int = 0
    duplicates: int = 0
    troubles: tuple[Trouble, ...] = ()
    parents: tuple[str, ...] = field(default=(), repr=False)
    edits: tuple[str, ...] = field(default=(), repr=False)

    def __len__(self) -> int:
        return len(self.smiles)

    @classmethod
    def of(cls, smiles: Iterable[str], name: str = "library") -> MoleculeLibrary:
        """Return the library of some structures.

        Examples
        --------
        >>> from anolyte.experiments import MoleculeLibrary
        >>> MoleculeLibrary.of(["COCCOC", "O(C)CCOC", "CC("]).summary()
        ['3 records, 1 molecules; 1 stood there already', 'no valid SMILES: 1, ... (CC()']
        """
        records = [Record(place, text) for place, text in enumerate(smiles, start=1)]
        collected = _Collected()
        collected.add(records, standardised(records))
        return collected.library(name)

    def take(self, rows: Flags | Integers) -> MoleculeLibrary:
        """Return some of the molecules."""
        kept = np.arange(len(self))[rows].tolist()

        def chosen(values: tuple[str, ...]) -> tuple[str, ...]:
            return tuple(values[row] for row in kept) if values else ()

        return replace(
            self,
            smiles=chosen(self.smiles),
            names=chosen(self.names),
            parents=chosen(self.parents),
            edits=chosen(self.edits),
        )

    def summary(self) -> list[str]:
        """Return what was read, and each kind of trouble with an example, as sentences."""
        told = f"{self.read:,} records, {len(self):,} molecules"
        if self.duplicates:
            told += f"; {self.duplicates:,} stood there already"
        return [told, *map(str, self.troubles)]


def read_library(
    path: str | Path,
    cache: str | Path | None = None,
    workers: int = 2,
    progress: Progress | None = None,
) -> MoleculeLibrary:
    r"""Read the molecules of a SMILES, CSV or SDF file.

    What is no molecule is counted by kind and left out; nothing in a file stops the reading.

    Parameters
    ----------
    path
        See `reading.read_records`.
    cache
        Folder that keeps what was read: the same records are not read again, and an interrupted
        reading goes on where it was.
    workers
        Processes that read structures. Of a record that takes a process too long or ends it, that
        is the fault; with 0 this process reads, however long it takes.
    progress
        Told what is done.

    Raises
    ------
    InputError
        If it is no file of molecules, or none of its records is a molecule.

    Examples
    --------
    >>> from pathlib import Path
    >>> from anolyte.experiments import read_library
    >>> _ = Path("ethers.smi").write_text("COCCOC DME\nCC(\nCCOCC\n")
    >>> library = read_library("ethers.smi", workers=0)
    >>> library.names, str(library.troubles[0])
    (('DME', ''), 'no valid SMILES: 1, the first in line 2 (CC()')
    """
    collected = _Collected()
    for records in _chunks(read_records(path)):
        if progress is not None:
            progress("reading molecules", collected.read, collected.read + len(records))
        collected.add(records, _standardised(records, cache, workers))
    found = collected.library(Path(path).name)
    if not len(found):
        faults = [
            Fault(f"line {t.line}", t.text[:_SHOWN], t.kind, "see docs") for t in found.troubles
        ]
        nothing = Fault(str(path), "", "no molecules", "write a SMILES in each line")
        raise InputError("no molecule in the library", faults or [nothing])
    return found


def _chunks(records: Iterator[Record]) -> Iterator[list[Record]]:
    while chunk := list(islice(records, CHUNK)):
        yield chunk


def _standardised(
    records: Sequence[Record], cache: str | Path | None, workers: int
) -> list[Molecule]:
    """Return what records stand for, from the cache where they were read before."""
    if cache is None:
        return _in_processes(records, workers)
    texts = hashlib.sha256("\0".join(record.text for record in records).encode())
    folder = Path(cache) / code_version() / "read"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{texts.hexdigest()[:32]}.parquet"
    try:
        columns: dict[str, list[Any]] = pq.read_table(path).to_pydict()
        return [Molecule(*row) for row in zip(*columns.values(), strict=True)]
    except (OSError, ValueError, TypeError):  # not there, or no such file
        found = _in_processes(records, workers)
    table = {name: [getattr(each, name) for each in found] for name in Molecule._fields}
    with staged(path) as staging:
        pq.write_table(pa.table(table), staging, compression="zstd")
    return found


def _in_processes(records: Sequence[Record], workers: int) -> list[Molecule]:
    found: list[Molecule] = []
    for part, result in in_parts(standardised, list(records), workers):
        overdue = isinstance(result, OverdueError)
        found += [Molecule("", "", OVERDUE) for _ in part] if overdue else result
    return found


class _Collected:
    """The molecules of the records so far."""

    def __init__(self) -> None:
        self.read = self.duplicates = 0
        self._smiles: list[str] = []
        self._names: list[str] = []
        self._seen: set[int] = set()
        self._troubles: dict[str, Trouble] = {}

    def add(self, records: Sequence[Record], molecules: Sequence[Molecule]) -> None:
        keys = hashes([molecule.key for molecule in molecules]).tolist()
        for record, molecule, key in zip(records, molecules, keys, strict=True):
            self.read += 1
            if molecule.fault:
                self._trouble(record, molecule)
            elif key in self._seen:
                self.duplicates += 1
            else:
                self._seen.add(key)
                self._smiles.append(molecule.smiles)
                self._names.append(record.name)

    def _trouble(self, record: Record, molecule: Molecule) -> None:
        kind = molecule.fault
        first = Trouble(kind, 0, record.line, record.text, molecule.detail)
        known = self._troubles.get(kind, first)
        self._troubles[kind] = replace(known, count=known.count + 1)

    def library(self, name: str) -> MoleculeLibrary:
        return MoleculeLibrary(
            tuple(self._smiles),
            tuple(self._names),
            name,
            self.read,
            self.duplicates,
            tuple(self._troubles.values()),
        )
