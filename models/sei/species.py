"""Which species are reported of the SEI of electrolytes like this one.

A source names what it found, not what was not there: the labels are positive-unlabelled, and a
score is the probability that a source which describes this SEI names the species, not that the
species is there. With r_i the reports, K_i their likeness to the electrolyte and s a species,

    score = feasible_s (sum_i K_i [s in r_i] + LIKE_PRIOR prior_s) / (sum_i K_i + LIKE_PRIOR)

    K_i     = weight_i exp(-d_i / WIDTH), times OTHER_METAL for a report of another metal, whose
              species are translated (LiF counts as NaF on Na)
    d_i     what one of the two holds and the other not, of `chemistry.PRESENCES`, and the
              difference in aggregates
    prior_s = f_s^(1 - RULES) (rule_s + RULE_FLOOR)^RULES, f_s how often s is reported on the
              metal where it can form at all, rule_s the score of the rules

A species can form where the electrolyte and the metal hold its elements. Where the salt is not
named, its elements may be there (UNKNOWN_SALT); species of a foreign metal are rare (FOREIGN).
Sulfate in water is hydrolysed before it is reduced: where no molecule brings sulfur, the basic
zinc sulfate comes before ZnS (doi:10.1039/d4ta03165b).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any, Self

import numpy as np
from anolyte.datasets.compounds.ions import atom_counts
from anolyte.datasets.compounds.metals import METALS, Metal, as_metal
from anolyte.datasets.compounds.registry import Compound
from anolyte.datasets.interphases.vocabulary import sei_vocabulary
from anolyte.features.arrays import Flags, Floats, Objects, Words
from anolyte.features.mixtures import Mixtures

from .chemistry import PRESENCES, aggregates, presences
from .products import SPECIES, translate
from .within_metal import source_weights

# Set by leave-source-out over few values each; the recall is flat about them.
WIDTH = 1.0
OTHER_METAL = 0.3
LIKE_PRIOR = 2.0
RULES, RULE_FLOOR = 0.2, 0.02
AGGREGATES = 1.5
UNKNOWN_SALT = 0.35
FOREIGN = 0.1
# A metal's own frequency of a species weighs as much as the pooled one at this many rows, and
# that as much as EXPECTED at this many.
POOLED_ROWS, EXPECTED_ROWS, EXPECTED = 10.0, 3.0, 0.06
# What the salt could bring.
_OF_SALTS = frozenset(("B", "C", "Cl", "F", "N", "P", "S"))
_MIXED = ("metal or alloy", "aluminate", "potassium species", "lithium species")
_ELEMENTS = tuple(sorted(frozenset[str]().union(*(s.elements for s in sei_vocabulary().values()))))
_COLUMNS = (*PRESENCES, "salt not named")


def gases() -> Flags:
    """Return which of `SPECIES` (s,) are gases, which do not stay in the film."""
    return np.array([each.family == "gas" for each in sei_vocabulary().values()], dtype=bool)


def _held(compound: Compound) -> tuple[float, ...]:
    counts = atom_counts(compound.smiles)
    return tuple(float(element in counts) for element in _ELEMENTS)


@lru_cache(maxsize=8)
def _needs(metal: Metal, allowed: frozenset[str] = frozenset()) -> tuple[Floats, Flags]:
    """Return which elements (e, s) each species needs beside the metal's; which are foreign."""
    given = allowed | {metal}
    needs = np.zeros((len(_ELEMENTS), len(SPECIES)))
    foreign = np.zeros(len(SPECIES), dtype=bool)
    for column, species in enumerate(sei_vocabulary().values()):
        for element in species.elements - given:
            needs[_ELEMENTS.index(element), column] = 1.0
        others = species.elements & (set(METALS) - {metal})
        foreign[column] = bool(others) and species.family not in _MIXED
    return needs, foreign


def feasible(mixtures: Mixtures) -> Floats:
    """Return how far each species can form from each electrolyte (n, s), from 0 to 1."""
    absent = (mixtures.total(_held) <= 0).astype(float)
    result = np.zeros((len(mixtures), len(SPECIES)))
    for metal in set(mixtures.metals.tolist()):
        rows = mixtures.metals == metal
        needs, foreign = _needs(as_metal(metal))
        can = (absent[rows] @ needs == 0).astype(float)
        with_salt = absent[rows] @ _needs(as_metal(metal), _OF_SALTS)[0] == 0
        unknown = with_salt & mixtures.salt_assumed[rows][:, None]
        can = np.maximum(can, UNKNOWN_SALT * unknown)
        result[rows] = np.where(foreign, FOREIGN * can, can)
    return result


@lru_cache(maxsize=8)
def _translation(metal: Metal) -> Floats:
    """Return the matrix (s, s) that turns the species of any metal into those of one."""
    matrix = np.zeros((len(SPECIES), len(SPECIES)))
    index = {name: number for number, name in enumerate(SPECIES)}
    for row, name in enumerate(SPECIES):
        target = translate(name, metal)
        if target is not None:
            matrix[row, index[target]] = 1.0
    return matrix


@dataclass(frozen=True, eq=False)
class SpeciesReports:
    """The reports that scores are drawn from.

    Attributes
    ----------
    holds
        Which of `PRESENCES` each reported electrolyte (r, p) holds; whether its salt is unnamed.
    aggregates, metals, weights
        Arrays (r,).
    reported
        The species (r, s) as 0 and 1.
    frequencies
        f of each species (s,) by metal.
    """

    holds: Floats
    aggregates: Floats
    metals: Words
    weights: Floats
    reported: Floats
    frequencies: dict[str, Floats]

    @classmethod
    def fit(
        cls,
        holds: Floats,
        aggregate: Floats,
        metals: Words,
        reported: Floats,
        can_form: Floats,
        groups: Objects,
    ) -> Self:
        """Keep reports, and count how often each species is reported where it can form.

        Parameters
        ----------
        holds, aggregate
            See `likeness`.
        reported, can_form
            Arrays (r, s), see `feasible`.
        groups
            Source (r,) of each.
        """
        weights = source_weights(groups) if len(groups) else np.zeros(0)
        weights = weights / weights.mean() if len(groups) else weights
        frequencies = {str(m): _frequencies(m, metals, reported, can_form) for m in METALS}
        return cls(holds, aggregate, metals, weights, reported, frequencies)

    def scores(self, mixtures: Mixtures, rules: Floats) -> Floats:
        """Return the score of each species (n, s) from the rules' scores (n, s)."""
        holds, aggregate = likeness(mixtures)
        return self.scored(holds, aggregate, mixtures.metals, feasible(mixtures), rules)

    def scored(
        self, holds: Floats, aggregate: Floats, metals: Words, can_form: Floats, rules: Floats
    ) -> Floats:
        """Return the scores (n, s) of electrolytes of which all that is asked is known."""
        result = np.zeros_like(can_form)
        for metal in set(metals.tolist()):
            rows = metals == metal
            prior = self.frequencies[metal] ** (1 - RULES) * (rules[rows] + RULE_FLOOR) ** RULES
            like = self._likeness(holds[rows], aggregate[rows], metal)
            found = like @ np.minimum(self.reported @ _translation(as_metal(metal)), 1.0)
            total = like.sum(axis=1, keepdims=True) + LIKE_PRIOR
            result[rows] = can_form[rows] * (found + LIKE_PRIOR * prior) / total
        mild = (metals == "Zn") & _column(holds, "water") & _column(holds, "SO4")
        return _basic_first(result, mild & ~_column(holds, "sulfur"))

    def _likeness(self, holds: Floats, aggregate: Floats, metal: str) -> Floats:
        apart = holds.sum(axis=1)[:, None] + self.holds.sum(axis=1) - 2 * holds @ self.holds.T
        apart = apart + (AGGREGATES * (aggregate[:, None] - self.aggregates)) ** 2
        of_metal = np.where(self.metals == metal, 1.0, OTHER_METAL)
        return np.asarray(np.exp(-apart / WIDTH) * self.weights * of_metal)

    def to_dict(self) -> dict[str, Any]:
        """Return the reports and frequencies, ready for JSON."""
        reports = [
            {
                "metal": str(metal),
                "holds": [name for name, there in zip(_COLUMNS, row, strict=True) if there],
                "aggregates": float(share),
                "weight": float(weight),
                "species": [name for name, there in zip(SPECIES, named, strict=True) if there],
            }
            for metal, row, share, weight, named in zip(
                self.metals, self.holds, self.aggregates, self.weights, self.reported, strict=True
            )
        ]
        frequencies = {
            metal: dict(zip(SPECIES, row.tolist(), strict=True))
            for metal, row in self.frequencies.items()
        }
        return {"reports": reports, "frequencies": frequencies}

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Self:
        """Read what `to_dict` wrote; words that the vocabulary no longer has are dropped.

        Raises
        ------
        ValueError
            If a report or the frequencies are of other metals.
        """
        reports = list(stored["reports"])
        metals = [as_metal(str(each["metal"])) for each in reports]
        if set(stored["frequencies"]) != set(METALS):
            raise ValueError("the frequencies of SEI species are of other metals")
        frequencies = {
            str(metal): np.array([float(row.get(name, EXPECTED)) for name in SPECIES])
            for metal, row in stored["frequencies"].items()
        }
        flags = partial(_flags, reports)
        numbers = [[float(each[name]) for name in ("aggregates", "weight")] for each in reports]
        shares, weights = np.array(numbers, dtype=float).reshape(-1, 2).T
        words = np.array(metals, dtype=str)
        return cls(
            flags("holds", _COLUMNS), shares, words, weights, flags("species", SPECIES), frequencies
        )


def _column(holds: Floats, name: str) -> Flags:
    return np.asarray(holds[:, _COLUMNS.index(name)] > 0)


def _basic_first(scores: Floats, rows: Flags) -> Floats:
    """Let the basic zinc sulfate and ZnS change places in some rows where ZnS is first."""
    basic, sulfide = SPECIES.index("Zn4SO4(OH)6.xH2O"), SPECIES.index("ZnS")
    wrong = np.flatnonzero(rows & (scores[:, sulfide] > scores[:, basic]))
    scores[wrong, basic], scores[wrong, sulfide] = scores[wrong, sulfide], scores[wrong, basic]
    return scores


def _flags(reports: Sequence[Mapping[str, Any]], key: str, names: Sequence[str]) -> Floats:
    rows = [[float(name in set(each[key])) for name in names] for each in reports]
    return np.array(rows, dtype=float).reshape(-1, len(names))


def likeness(mixtures: Mixtures) -> tuple[Floats, Floats]:
    """Return what electrolytes hold (n, p) and their aggregates (n,), to compare them by."""
    holds = np.column_stack([presences(mixtures), mixtures.salt_assumed])
    return holds.astype(float), aggregates(mixtures)


def _frequencies(metal: Metal, metals: Words, reported: Floats, can_form: Floats) -> Floats:
    """Return how often each species (s,) is reported on a metal where it can form."""
    translation = _translation(metal)
    named, could = np.zeros(len(SPECIES)), np.zeros(len(SPECIES))
    for other in METALS:
        rows = metals == other
        named += reported[rows].sum(axis=0) @ translation
        could += np.max(can_form[rows].sum(axis=0)[:, None] * translation, axis=0)
    pooled = (named + EXPECTED_ROWS * EXPECTED) / (could + EXPECTED_ROWS)
    own = metals == metal
    count = reported[own].sum(axis=0) + POOLED_ROWS * pooled
    return np.asarray(np.clip(count / (can_form[own].sum(axis=0) + POOLED_ROWS), 1e-4, 0.95))
