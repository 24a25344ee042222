"""Labelled measurements as the SEI model learns from them and is judged by."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Self

import numpy as np
import pandas as pd
from anolyte.datasets.interphases.vocabulary import SEI_COMPOSITIONS, SEI_FUNCTIONS, SEPARATOR
from anolyte.datasets.measurements.table import efficiencies, load_measurements
from anolyte.features.arrays import Floats, Integers, Objects, Words
from anolyte.features.mixtures import Mixtures

from .chemistry import composition_features, function_features
from .products import SPECIES, Sources, source_keys
from .rules import rule_scores
from .species import feasible, likeness

# A CE above CONDUCTS, in %, says that the film lets ions through, one up to PASSIVATES that it
# does not; between them it may be either.
CONDUCTS, PASSIVATES = 80.0, 10.0
UNKNOWN = -1


@dataclass(frozen=True)
class LabelledRows:
    """Labelled measurements (n) and what is known of their electrolytes.

    Attributes
    ----------
    groups
        Publication (n,) of each row, by DOI where one is known.
    metals
        Array (n,).
    composition, function
        Indices (n,) into `SEI_COMPOSITIONS` and `SEI_FUNCTIONS`; `UNKNOWN` where a row says none.
        The function may be told by the CE.
    reported
        Indices into `SPECIES` of the reported species of each row, in written order.
    composition_features, function_features
        See `chemistry`.
    holds, aggregates, feasible
        See `species.likeness` and `species.feasible`.
    rules
        Scores (n, s) of the rules less what the row's own publication told them.
    """

    groups: Objects
    metals: Words
    composition: Integers
    function: Integers
    reported: tuple[tuple[int, ...], ...]
    composition_features: Floats
    function_features: Floats
    holds: Floats
    aggregates: Floats
    feasible: Floats
    rules: Floats

    def __len__(self) -> int:
        return len(self.groups)

    def take(self, rows: Integers) -> Self:
        """Return some of the rows."""
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        reported = tuple(self.reported[row] for row in rows)
        return type(self)(
            **{k: v[rows] for k, v in values.items() if k != "reported"}, reported=reported
        )

    def with_composition(self) -> Self:
        """Return the rows that say a composition."""
        return self.take(np.flatnonzero(self.composition != UNKNOWN))

    def with_function(self) -> Self:
        """Return the rows that say a function, or whose CE does."""
        return self.take(np.flatnonzero(self.function != UNKNOWN))

    def with_species(self) -> Self:
        """Return the rows that name species."""
        return self.take(np.flatnonzero([bool(each) for each in self.reported]))

    @property
    def species(self) -> Floats:
        """The reported species (n, s) as 0 and 1."""
        named = np.zeros((len(self), len(SPECIES)))
        for row, species in enumerate(self.reported):
            named[row, list(species)] = 1.0
        return named

    @classmethod
    def from_measurements(cls, measurements: pd.DataFrame, mixtures: Mixtures) -> Self:
        """Read labels, and score the rows that name species by the rules."""
        columns = [_text(measurements, name) for name in ("source", "doi", "seen_in")]
        names = {name: number for number, name in enumerate(SPECIES)}
        reported = tuple(
            tuple(names[word] for word in text.split(SEPARATOR) if word in names)
            for text in _text(measurements, "sei_species")
        )
        keys = [source_keys(*words) for words in zip(*columns, strict=True)]
        named = [row for row, species in enumerate(reported) if species]
        holds, aggregates = likeness(mixtures)
        publications = [
            (doi or source).removeprefix("doi:").casefold()
            for source, doi in zip(*columns[:2], strict=True)
        ]
        return cls(
            np.array(publications, dtype=object),
            mixtures.metals,
            _indices(_text(measurements, "sei_composition"), SEI_COMPOSITIONS),
            _functions(measurements),
            reported,
            composition_features(mixtures),
            function_features(mixtures),
            holds,
            aggregates,
            feasible(mixtures),
            _rules(mixtures, {row: keys[row] for row in named}),
        )


def _rules(mixtures: Mixtures, keys: dict[int, Sources]) -> Floats:
    """Score some rows by the rules, each less what its own publication told the rules."""
    scores = np.zeros((len(mixtures), len(SPECIES)))
    parts: dict[Sources, list[int]] = {}
    for row, own in keys.items():
        parts.setdefault(own, []).append(row)
    for own, members in parts.items():
        rows = np.array(members)
        scores[rows] = rule_scores(mixtures.take(rows), own).species
    return scores


def _text(measurements: pd.DataFrame, column: str) -> list[str]:
    if column not in measurements.columns:
        return [""] * len(measurements)
    return [str(text) for text in measurements[column].fillna("")]


def _indices(words: list[str], vocabulary: tuple[str, ...]) -> Integers:
    index = {name: number for number, name in enumerate(vocabulary)}
    return np.array([index.get(word, UNKNOWN) for word in words], dtype=np.int64)


def _functions(measurements: pd.DataFrame) -> Integers:
    """Return the function (n,): as a row says it, else as its CE tells."""
    said = _indices(_text(measurements, "sei_function"), SEI_FUNCTIONS)
    ce = _efficiency(measurements)
    by_ce = np.select([ce > CONDUCTS, ce <= PASSIVATES], [0, 1], UNKNOWN)
    return np.where(said == UNKNOWN, by_ce, said)


def _efficiency(measurements: pd.DataFrame) -> Floats:
    """Return the plating/stripping CE (n,) in %; NaN where a row reports none."""
    ce = np.full(len(measurements), np.nan)
    if {"ce_pct", "ce_method", "substrate", "notes"} <= set(measurements.columns):
        numbered = measurements.assign(number=np.arange(len(measurements)))
        rows = efficiencies(numbered)
        ce[rows["number"]] = rows["ce_pct"].astype(float)
    return ce


def says_sei(measurements: pd.DataFrame) -> bool:
    """Whether any row says what its SEI is made of, does or holds."""
    columns = ("sei_composition", "sei_function", "sei_species")
    return any(word for name in columns for word in _text(measurements, name))


def labelled(measurements: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that say something of the SEI, themselves or by their CE."""
    has = _functions(measurements) != UNKNOWN
    for name in ("sei_composition", "sei_species"):
        has |= np.array([bool(word) for word in _text(measurements, name)], dtype=bool)
    rows: pd.DataFrame = measurements[has]
    return rows.reset_index(drop=True)


def shipped_labels() -> pd.DataFrame:
    """Return the shipped rows of all metals that say something of the SEI."""
    return labelled(load_measurements("all"))
