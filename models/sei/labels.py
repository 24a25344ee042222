"""Labelled measurements as the SEI model learns from them and is judged by."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Self

import numpy as np
import pandas as pd
from anolyte.datasets.interphases.vocabulary import SEI_CHARACTERS, SEPARATOR, sei_character
from anolyte.datasets.measurements.table import load_measurements
from anolyte.features.arrays import Floats, Integers, Objects, Words
from anolyte.features.mixtures import Mixtures

from .learned import correction_features
from .products import SPECIES, Sources, source_keys
from .rules import Shares, rule_character, rule_scores


@dataclass(frozen=True)
class LabelledRows:
    """Labelled measurements as the rules see them without their own publications.

    Attributes
    ----------
    groups
        Publication (n,) of each row, by DOI where one is known.
    metals
        Array (n,).
    character
        Index (n,) into `SEI_CHARACTERS`; -1 where the row says none.
    reported
        Indices into `SPECIES` of the reported species of each row, in written order.
    shares
        `sei_rules.Shares` as an array (n, 8).
    rules
        Probabilities (n, 4) that the rules give.
    species
        Rule scores (n, s).
    """

    groups: Objects
    metals: Words
    character: Integers
    reported: tuple[tuple[int, ...], ...]
    shares: Floats
    rules: Floats
    species: Floats

    def __len__(self) -> int:
        return len(self.groups)

    def take(self, rows: Integers) -> Self:
        """Return some of the rows."""
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        reported = tuple(self.reported[row] for row in rows)
        return type(self)(
            **{k: v[rows] for k, v in values.items() if k != "reported"}, reported=reported
        )

    def with_character(self) -> Self:
        """Return the rows that say a character."""
        return self.take(np.flatnonzero(self.character >= 0))

    def with_species(self) -> Self:
        """Return the rows that name species."""
        return self.take(np.flatnonzero([bool(each) for each in self.reported]))

    @property
    def features(self) -> Floats:
        """The columns of the correction, see `sei_learned.FEATURES`."""
        return correction_features(self.rules, self.shares, self.metals)

    @classmethod
    def from_measurements(cls, measurements: pd.DataFrame, mixtures: Mixtures) -> Self:
        """Score each row by the rules less what its own publication told the rules."""
        columns = [_text(measurements, name) for name in ("source", "doi", "seen_in")]
        keys = [source_keys(*words) for words in zip(*columns, strict=True)]
        parts: dict[Sources, list[int]] = {}
        for row, own in enumerate(keys):
            parts.setdefault(own, []).append(row)
        shares, rules = np.zeros((len(keys), len(Shares._fields))), np.zeros((len(keys), 4))
        species = np.zeros((len(keys), len(SPECIES)))
        for own, members in parts.items():
            rows = np.array(members)
            scores = rule_scores(mixtures.take(rows), own)
            shares[rows] = np.column_stack(scores.shares)
            rules[rows] = rule_character(scores.shares, mixtures.metals[rows])
            species[rows] = scores.species
        index = {name: number for number, name in enumerate(SEI_CHARACTERS)}
        names = {name: number for number, name in enumerate(SPECIES)}
        return cls(
            np.array(
                [
                    (doi or source).removeprefix("doi:").casefold()
                    for source, doi in zip(*columns[:2], strict=True)
                ],
                dtype=object,
            ),
            mixtures.metals,
            np.array([index.get(word, -1) for word in _characters(measurements)]),
            tuple(
                tuple(names[word] for word in text.split(SEPARATOR) if word in names)
                for text in _text(measurements, "sei_species")
            ),
            shares,
            rules,
            species,
        )


def _text(measurements: pd.DataFrame, column: str) -> list[str]:
    if column not in measurements.columns:
        return [""] * len(measurements)
    return [str(text) for text in measurements[column].fillna("")]


def _characters(measurements: pd.DataFrame) -> list[str]:
    columns = (_text(measurements, name) for name in ("sei_composition", "sei_function"))
    return [sei_character(*said) for said in zip(*columns, strict=True)]


def labelled(measurements: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that say something of the SEI."""
    has = np.zeros(len(measurements), dtype=bool)
    for words in (_characters(measurements), _text(measurements, "sei_species")):
        has |= np.array([bool(word) for word in words], dtype=bool)
    return measurements[has].reset_index(drop=True)


def shipped_labels() -> pd.DataFrame:
    """Return the shipped rows of all metals that say something of the SEI."""
    return labelled(load_measurements("all"))
