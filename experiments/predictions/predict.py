"""Predict formulations given as text: rows in, rows out, a bad row with the reason it is bad.

Reads arguments, lines and tables; hands rows on in chunks, so that a stream of any length
takes the memory of one chunk.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import numpy as np
import pandas as pd
from anolyte.datasets.compounds.ions import holds
from anolyte.datasets.compounds.metals import as_metal
from anolyte.datasets.compounds.registry import CompoundRegistry
from anolyte.datasets.electrolytes.electrolyte import MAX_LENGTH, Electrolyte
from anolyte.datasets.electrolytes.grammar import parse
from anolyte.datasets.errors import AnolyteError, InputError
from anolyte.datasets.files.tables import read_rows
from anolyte.features.mixtures import Mixtures
from anolyte.models.efficiency.model import CoulombicEfficiencyModel
from anolyte.models.sei.desirability import sei_model

# Of a stream; whoever waits at its end sees results soon.
CHUNK = 1_000
# Of a file or list, where only the total time counts.
LARGE_CHUNK = 5_000
OK, ERROR = "ok", "error"
NUMBERS = ("ce_pct", "ce_low", "ce_high")
COLUMNS = (
    "row",
    "electrolyte",
    *NUMBERS,
    "sei_character",
    "evidence",
    "domain_score",
    "nearest",
    "remarks",
    "assumptions",
    "status",
    "reason",
)
_ASSUMED = ("amounts", "salt", "density estimated")
_TABLES = (".csv", ".tsv", ".xlsx", ".xlsm")


@dataclass(frozen=True)
class Request:
    """One formulation to predict.

    Attributes
    ----------
    row
        Its number: of the argument, the line, or the row that a spreadsheet shows.
    text
        The formulation as written.
    metal
        The metal that its row names; empty if none.
    """

    row: int
    text: str
    metal: str = ""


@dataclass
class Predictor:
    """Predicts formulations on one metal.

    Attributes
    ----------
    model
        A fitted model of the metal.
    coverage
        Of the interval.
    registry
        Known compounds; the shipped ones by default.
    rows, failed
        How many rows were predicted so far, and how many of them could not be.
    """

    model: CoulombicEfficiencyModel
    coverage: float = 0.9
    registry: CompoundRegistry | None = None
    rows: int = field(default=0, init=False)
    failed: int = field(default=0, init=False)

    def stream(self, requests: Iterable[Request], chunk: int = CHUNK) -> Iterator[pd.DataFrame]:
        """Yield the predictions of a stream, chunk by chunk, with the columns `COLUMNS`."""
        source = iter(requests)
        while part := list(islice(source, chunk)):
            yield self.predict(part)

    def predict(self, requests: list[Request]) -> pd.DataFrame:
        """Return the predictions of some formulations, one row each, in their order."""
        failures: list[dict[str, object]] = []
        readable: list[tuple[Request, Electrolyte]] = []
        for request in requests:
            try:
                readable.append((request, self._read(request)))
            except (AnolyteError, ValueError) as error:
                failures.append(_failure(request, error))
        frames = list(self._predicted(readable, failures)) if readable else []
        if failures:
            frames.append(pd.DataFrame(failures))
        frame = pd.concat(frames, ignore_index=True).reindex(columns=list(COLUMNS))
        self.rows += len(frame)
        self.failed += len(failures)
        number = frame[[*NUMBERS, "domain_score"]].astype(float)
        ordered = frame.assign(**number).sort_values("row", kind="stable")
        return ordered.reset_index(drop=True)

    def _read(self, request: Request) -> Electrolyte:
        if request.metal and as_metal(request.metal) != self.model.metal:
            raise ValueError(f"the row is for {request.metal}, the model for {self.model.metal}")
        return parse(request.text, self.registry)

    def _predicted(
        self,
        readable: list[tuple[Request, Electrolyte]],
        failures: list[dict[str, object]],
    ) -> Iterator[pd.DataFrame]:
        """Yield the predictions of all that can be; halve what fails until the culprit is found."""
        try:
            yield self._frame(readable)
        except (AnolyteError, ValueError) as error:
            if len(readable) == 1:
                failures.append(_failure(readable[0][0], error))
                return
            half = len(readable) // 2
            for part in (readable[:half], readable[half:]):
                yield from self._predicted(part, failures)

    def _frame(self, readable: list[tuple[Request, Electrolyte]]) -> pd.DataFrame:
        metal = self.model.metal
        mixtures = Mixtures.from_electrolytes([electrolyte for _, electrolyte in readable], metal)
        figures = self.model.predict_interval(mixtures, self.coverage)[list(NUMBERS)]
        character = sei_model().predict_character(mixtures).idxmax(axis=1)
        stands = self.model.assess(mixtures)
        foreign = without_metal(mixtures)
        stands["remarks"] = [
            "; ".join(filter(None, (f"no {metal} in it" * bool(no), told)))
            for no, told in zip(foreign, stands["remarks"], strict=True)
        ]
        frame = pd.concat([figures, stands], axis=1).assign(
            row=[request.row for request, _ in readable],
            electrolyte=[str(electrolyte) for _, electrolyte in readable],
            sei_character=character,
            assumptions=assumptions(mixtures),
            status=OK,
            reason="",
        )
        return frame[list(COLUMNS)]


def assumptions(mixtures: Mixtures) -> list[str]:
    """Return what had to be assumed of each of the mixtures, ``none`` where nothing was."""
    flags = (mixtures.amounts_assumed, mixtures.salt_assumed, mixtures.density_estimated)
    return [
        "; ".join(word for word, flag in zip(_ASSUMED, row, strict=True) if flag) or "none"
        for row in zip(*flags, strict=True)
    ]


def without_metal(mixtures: Mixtures) -> list[bool]:
    """Return for each of the mixtures whether no compound in it holds its metal."""
    absent = np.ones(len(mixtures), dtype=bool)
    for metal, rows in mixtures.rows_by_metal.items():
        holds = np.array([holds(compound, metal) for compound in mixtures.compounds])
        absent[rows] = ~(mixtures.mole_fractions[rows][:, holds] > 0).any(axis=1)
    return [bool(each) for each in absent]


def _failure(request: Request, error: Exception) -> dict[str, object]:
    told = "; ".join(map(str, error.faults)) if isinstance(error, InputError) else str(error)
    row: dict[str, object] = dict.fromkeys(COLUMNS, "")
    row |= dict.fromkeys((*NUMBERS, "domain_score"), float("nan"))
    return row | {
        "row": request.row,
        "electrolyte": request.text,
        "status": ERROR,
        "reason": " ".join(told.split()),
    }


def requests_of_file(path: Path) -> list[Request]:
    """Return the formulations of a file.

    Parameters
    ----------
    path
        A table (CSV, TSV, XLSX) with the column electrolyte and perhaps metal, or any other
        text file with one formulation a line.

    Raises
    ------
    TableError
        If the table cannot be read or has no column electrolyte.
    OSError
        If the text file cannot be read.
    """
    if path.suffix.lower() in _TABLES:
        return [
            Request(number, cells["electrolyte"], cells.get("metal", ""))
            for number, cells in read_rows(path, ("electrolyte",), ("metal",))
        ]
    with path.open(encoding="utf-8-sig", errors="replace") as stream:
        return list(requests_of_lines(stream))


def requests_of_lines(lines: Iterable[str]) -> Iterator[Request]:
    """Yield the formulations of a stream of lines, blank ones left out.

    If the first line is a CSV or TSV header with the column electrolyte, that column (and
    metal) is read, else every line is one formulation.
    """
    numbered = enumerate(lines, start=1)
    first = next(((number, line) for number, line in numbered if line.strip()), None)
    if first is None:
        return
    separator = max(",;\t", key=first[1].count)
    header = [cell.strip().casefold() for cell in first[1].lstrip("\ufeff").split(separator)]
    if "electrolyte" in header:
        yield from _cells(first[0], header, separator, (line for _, line in numbered))
        return
    yield Request(first[0], _cut(first[1]))
    for number, line in numbered:
        if line.strip():
            yield Request(number, _cut(line))


def _cells(row: int, header: list[str], separator: str, lines: Iterable[str]) -> Iterator[Request]:
    reader = csv.DictReader(lines, header, delimiter=separator)
    try:
        for cells in reader:
            text, metal = cells["electrolyte"] or "", cells.get("metal") or ""
            yield Request(row + reader.line_num, _cut(text), metal.strip())
    except csv.Error as error:
        raise ValueError(f"line {row + reader.line_num}: {error}; save it as CSV") from error


def _cut(text: str) -> str:
    """Return a text without blanks around it, cut where it is too long anyway."""
    return text.strip()[: MAX_LENGTH + 1]
