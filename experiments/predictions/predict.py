"""Predict formulations given as text: rows in, rows out, a bad row with the reason it is bad.

Hands rows on in chunks, so that a stream of any length takes the memory of one chunk.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import pandas as pd
from anolyte.datasets.compounds.metals import as_metal
from anolyte.datasets.compounds.registry import CompoundRegistry
from anolyte.datasets.electrolytes.electrolyte import Electrolyte
from anolyte.datasets.electrolytes.grammar import Reading, parse, read
from anolyte.datasets.errors import AnolyteError, Fault, FormulationError, InputError
from anolyte.models.efficiency.conditions import GIVEN, checked
from anolyte.models.efficiency.model import CoulombicEfficiencyModel
from anolyte.models.prediction import CE_BOUNDS, Column
from anolyte.models.property_columns import ROOM_CELSIUS, Properties

from .formulations import Request
from .load_or_train import as_model

# Of a stream; whoever waits at its end sees results soon.
CHUNK = 1_000
# Of a file or list, where only the total time counts.
LARGE_CHUNK = 5_000
OK, ERROR = "ok", "error"
PREDICTED = (
    Column.ELECTROLYTE,
    *CE_BOUNDS,
    Column.SEI_FUNCTION,
    Column.SEI_COMPOSITION,
    Column.EVIDENCE,
    Column.DOMAIN_SCORE,
    Column.NEAREST,
    Column.REMARKS,
    Column.ASSUMPTIONS,
)
COLUMNS = ("row", *PREDICTED, "status", "reason")
# Of a column of the user's file that has the name of a prediction's.
PREFIX = "given_"
_NUMBERS = (*CE_BOUNDS, Column.DOMAIN_SCORE)
# Of a stream alone: which row it was, and how it fared.
_ROW_COLUMNS = ("row", "status", "reason")


def predict(
    electrolytes: str | Electrolyte | Iterable[str | Electrolyte],
    metal: str,
    model: CoulombicEfficiencyModel | str | Path | None = None,
    coverage: float = 0.9,
    registry: CompoundRegistry | None = None,
    laboratory: str | None = None,
    conditions: Mapping[str, float | str] | None = None,
    celsius: float = ROOM_CELSIUS,
) -> pd.DataFrame:
    """Predict the Coulombic efficiency and the SEI of formulations.

    Parameters
    ----------
    electrolytes
        One formulation or several, parsed or as text.
    metal
        Symbol of the metal.
    model
        A fitted model, or where to find one: a folder, or a run, version or alias in the
        tracking store. By default the one in ``anolyte-models/<metal>``; where none was
        trained yet, one is trained on the shipped table and kept there.
    coverage
        Of the interval: 0.5, 0.8 or 0.9.
    registry
        Known compounds; the shipped ones by default.
    laboratory
        For which laboratory, see `CoulombicEfficiencyModel.at_laboratory`; any by default.
    conditions
        Those that are known of current_mA_cm2, capacity_mAh_cm2 and ce_method (average or
        aurbach), see `anolyte.models.efficiency.conditions`; none by default.
    celsius
        Temperature of further properties in degrees C; no efficiency depends on it.

    Returns
    -------
    pandas.DataFrame
        One row a formulation, in their order: electrolyte, ce_pct, ce_low, ce_high (in %),
        sei_function, sei_composition, evidence, domain_score, nearest, remarks, assumptions; of Li
        and Zn further properties, each with the ends of its interval: conductivity_mS_cm, NaN
        where conductivity_not_predicted says why; of Zn hydrogen_onset_V and oxygen_onset_V.

    Raises
    ------
    FormulationError
        With the faults of all texts that cannot be read.
    ValueError
        If one of them cannot be predicted, or the model is one of another metal.

    Examples
    --------
    >>> from anolyte.experiments import predict
    >>> table = predict(["2 M ZnSO4 in H2O", "3 M Zn(OTf)2 in H2O"], "Zn")
    >>> table[["electrolyte", "ce_pct", "ce_low", "ce_high"]].round(1)
               electrolyte  ce_pct  ce_low  ce_high
    0     2 M ZnSO4 in H2O    98.4    89.0     99.8
    1  3 M Zn(OTf)2 in H2O    99.9    99.3    100.0
    """
    given = [electrolytes] if isinstance(electrolytes, str | Electrolyte) else electrolytes
    texts = [str(each) for each in given]
    check_readable(texts, registry)
    fitted = as_model(model, metal)
    if laboratory is not None:
        fitted = fitted.at_laboratory(laboratory)
    predictor = Predictor(fitted, coverage, registry, checked(conditions or {}), celsius)
    requests = (Request(number, text) for number, text in enumerate(texts, start=1))
    frames = list(predictor.stream(requests, LARGE_CHUNK))
    if not frames:
        raise ValueError("there are no formulations to predict")
    return all_right(pd.concat(frames, ignore_index=True)).drop(columns=list(_ROW_COLUMNS))


def check_readable(
    texts: Sequence[str], registry: CompoundRegistry | None = None, every: bool = True
) -> None:
    """Raise one FormulationError with the faults of all texts that cannot be read.

    Parameters
    ----------
    texts
        Formulations.
    registry
        The known compounds; the shipped ones by default.
    every
        Whether one text that cannot be read is enough to raise; else only if none can.
    """
    faults = []
    unread = 0
    for text in texts:
        try:
            parse(text, registry)
        except FormulationError as error:
            unread += 1
            faults += [
                Fault(f"{text!r}, {each.place}", each.value, each.reason, each.remedy)
                for each in error.faults
            ]
    if unread and (every or unread == len(texts)):
        raise FormulationError("cannot read the formulations", faults)


def all_right(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the predictions of a `Predictor`; raise ValueError if one was impossible."""
    failed = frame[frame["status"] != OK]
    if not failed.empty:
        told = failed[Column.ELECTROLYTE].map(repr) + ": " + failed["reason"]
        raise ValueError("cannot predict " + "; ".join(told))
    return frame


class Readable(NamedTuple):
    """A formulation that could be read, and the conditions given for it."""

    request: Request
    reading: Reading
    conditions: Mapping[str, float | str]


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
    conditions
        Of rows that do not tell their own, see `conditions.GIVEN`.
    celsius
        Temperature of further properties.
    rows, failed
        How many rows were predicted so far, and how many of them could not be.
    """

    model: CoulombicEfficiencyModel
    coverage: float = 0.9
    registry: CompoundRegistry | None = None
    conditions: Mapping[str, float | str] = field(default_factory=dict)
    celsius: float = ROOM_CELSIUS
    rows: int = field(default=0, init=False)
    failed: int = field(default=0, init=False)

    @property
    def columns(self) -> tuple[str, ...]:
        """Those of `COLUMNS` and of the further properties of the model."""
        own = Properties(self.model.properties_).columns
        return ("row", *PREDICTED, *own, *COLUMNS[-2:])

    def stream(self, requests: Iterable[Request], chunk: int = CHUNK) -> Iterator[pd.DataFrame]:
        """Yield the predictions of a stream, chunk by chunk, with `columns`."""
        source = iter(requests)
        while part := list(islice(source, chunk)):
            yield self.predict(part)

    def predict(self, requests: list[Request]) -> pd.DataFrame:
        """Return the predictions of some formulations, one row each, in their order.

        What else their rows hold stands behind, under its own name; where that is one of
        `COLUMNS`, as ``given_`` and it.
        """
        failures: list[dict[str, object]] = []
        readable: list[Readable] = []
        for request in requests:
            try:
                given = {**self.conditions, **checked(request.further)}
                readable.append(Readable(request, self._read(request), given))
            except (AnolyteError, ValueError) as error:
                failures.append(_failure(request, error))
        frames = list(self._predicted(readable, failures)) if readable else []
        if failures:
            frames.append(pd.DataFrame(failures))
        frame = pd.concat(frames, ignore_index=True).reindex(columns=list(self.columns))
        self.rows += len(frame)
        self.failed += len(failures)
        own = Properties(self.model.properties_)
        frame[list(own.reasons)] = frame[list(own.reasons)].astype(object).fillna("")
        numeric = [*_NUMBERS, *(name for name in own.columns if name not in own.reasons)]
        number = frame[numeric].astype(float)
        ordered = frame.assign(**number).sort_values("row", kind="stable")
        return _with_further(ordered.reset_index(drop=True), requests)

    def _read(self, request: Request) -> Reading:
        if request.metal and as_metal(request.metal) != self.model.metal:
            raise ValueError(f"the row is for {request.metal}, the model for {self.model.metal}")
        return read(request.text, self.registry)

    def _predicted(
        self,
        readable: list[Readable],
        failures: list[dict[str, object]],
    ) -> Iterator[pd.DataFrame]:
        """Yield the predictions of all that can be; halve what fails until the culprit is found."""
        try:
            yield self._frame(readable)
        except (AnolyteError, ValueError) as error:
            if len(readable) == 1:
                failures.append(_failure(readable[0].request, error))
                return
            half = len(readable) // 2
            for part in (readable[:half], readable[half:]):
                yield from self._predicted(part, failures)

    def _frame(self, readable: list[Readable]) -> pd.DataFrame:
        electrolytes = pd.Series([each.reading.electrolyte for each in readable], dtype=object)
        asked = pd.DataFrame([each.conditions for each in readable], columns=list(GIVEN))
        given = asked.assign(electrolyte=electrolytes)
        predicted = self.model.assess(given, self.coverage, self.celsius)
        frame = pd.concat([predicted.to_frame(PREDICTED), predicted.properties], axis=1)
        rows = [each.request.row for each in readable]
        frame = frame.assign(row=rows, status=OK, reason="")
        frame["remarks"] = [
            "; ".join(filter(None, (told, *each.reading.remarks)))
            for told, each in zip(frame["remarks"], readable, strict=True)
        ]
        return frame[list(self.columns)]


def _with_further(frame: pd.DataFrame, requests: list[Request]) -> pd.DataFrame:
    """Return predictions with the other cells of their rows."""
    if not any(request.further for request in requests):
        return frame
    ordered = sorted(requests, key=lambda request: request.row)
    further = pd.DataFrame([dict(request.further) for request in ordered], dtype=str).fillna("")
    named = {name: f"{PREFIX}{name}" if name in frame else name for name in further}
    return frame.join(further.rename(columns=named))


def _failure(request: Request, error: Exception) -> dict[str, object]:
    told = "; ".join(map(str, error.faults)) if isinstance(error, InputError) else str(error)
    row: dict[str, object] = dict.fromkeys(COLUMNS, "")
    row |= dict.fromkeys(_NUMBERS, float("nan"))
    return row | {
        "row": request.row,
        Column.ELECTROLYTE: request.text,
        "status": ERROR,
        "reason": " ".join(told.split()),
    }
