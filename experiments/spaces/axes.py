"""The axes of a candidate grid: solvent mixtures, doses of salts and sets of additives.

Plain enumeration: each function says beforehand how many entries it would make, so that a
slip of the pen ends in a message and not in a full memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, product
from math import comb

from anolyte.datasets.compounds.registry import Compound
from anolyte.datasets.electrolytes.composition import pieces
from anolyte.datasets.electrolytes.electrolyte import RatioKind, Unit
from anolyte.datasets.electrolytes.grammar import Dose, Share

# Axes are kept in memory, their product is not.
MAX_ENTRIES = 200_000
# Twelve digits: ratios that differ by rounding only are one ratio.
_DIGITS = 12

Doses = tuple[Dose, ...]
Ratio = tuple[float, ...]


@dataclass(frozen=True)
class Base:
    """What the salts and additives of a candidate are dissolved in, or a whole all-molar recipe.

    Attributes
    ----------
    shares
        Components with their parts, in the order in which they are written.
    kind
        How the parts count; None for a single solvent.
    """

    shares: tuple[Share, ...]
    kind: RatioKind | None

    @cached_property
    def key(self) -> tuple[RatioKind | None, frozenset[tuple[Compound, float]]]:
        """What two bases share that differ in order or scale only: 1:1 and 2:2."""
        whole = sum(share.part or 0.0 for share in self.shares)
        parts = ((s.pure, round((s.part or 0.0) / whole, _DIGITS)) for s in self.shares)
        return self.kind, frozenset(parts)

    @property
    def compounds(self) -> tuple[Compound, ...]:
        """The components in written order, hydrates as salt and water."""
        return tuple(c for share in self.shares for c, _ in pieces(share.pure))


def base_of(parts: Sequence[tuple[Compound, float]], kind: RatioKind) -> Base:
    """Return the base of components and their parts; a single one has no ratio."""
    if len(parts) == 1:
        return Base((Share(1.0, parts[0][0]),), None)
    return Base(tuple(Share(float(part), compound) for compound, part in parts), kind)


def solvent_mixtures(
    solvents: Sequence[Compound],
    ratios: Sequence[Ratio],
    kind: RatioKind = "v/v",
    diluents: Sequence[Compound] = (),
    diluent_parts: Sequence[float] = (),
) -> Iterator[Base]:
    """Combine solvents in ratios, each mixture alone or with one diluent.

    Parameters
    ----------
    solvents, ratios
        A ratio of k parts mixes each k of the solvents; ``(1,)`` is a solvent alone.
    diluents, diluent_parts
        Parts of diluent for one part of the whole solvent mixture; 0 means none.
    """
    for parts in _combined(solvents, ratios):
        for diluent, part in _diluted(diluents, diluent_parts):
            extra = [] if diluent is None else [(diluent, part * sum(p for _, p in parts))]
            yield base_of([*parts, *extra], kind)


def molar_recipes(
    salts: Iterable[Sequence[tuple[Compound, float]]],
    solvents: Sequence[Compound],
    ratios: Sequence[Ratio],
    diluents: Sequence[Compound] = (),
    diluent_parts: Sequence[float] = (),
) -> Iterator[Base]:
    """Combine salts, solvents and diluents, every amount a part by mole.

    Parameters
    ----------
    salts
        Salts with their parts, one or two together.
    solvents, ratios
        As in `solvent_mixtures`, but each number is a part by mole beside those of the salts.
    diluents, diluent_parts
        Parts by mole of one diluent; 0 means none.
    """
    for salt in salts:
        for parts in _combined(solvents, ratios):
            for diluent, part in _diluted(diluents, diluent_parts):
                extra = [] if diluent is None else [(diluent, part)]
                yield base_of([*salt, *parts, *extra], "mol/mol")


def _combined(
    solvents: Sequence[Compound], ratios: Sequence[Ratio]
) -> Iterator[list[tuple[Compound, float]]]:
    for count in sorted({len(ratio) for ratio in ratios}):
        for chosen in combinations(solvents, count):
            for ratio in ratios:
                if len(ratio) == count:
                    yield list(zip(chosen, ratio, strict=True))


def _diluted(
    diluents: Sequence[Compound], parts: Sequence[float]
) -> Iterator[tuple[Compound | None, float]]:
    if not diluents or 0 in parts:
        yield None, 0.0
    for diluent, part in product(diluents, parts):
        if part:
            yield diluent, part


def count_mixtures(
    solvents: int, ratios: Sequence[Ratio], diluents: int = 0, diluent_parts: Sequence[float] = ()
) -> int:
    """Return how many entries `solvent_mixtures` would make, before twins are left out."""
    mixed = sum(comb(solvents, len(ratio)) for ratio in ratios)
    diluted = diluents * sum(part != 0 for part in diluent_parts)
    return mixed * (diluted + (not diluents or 0 in diluent_parts))


def single_doses(
    compounds: Sequence[Compound], amounts: Sequence[float], unit: Unit
) -> list[Doses]:
    """Return one dose of each compound in each amount."""
    return [(Dose(float(a), unit, c),) for c, a in product(compounds, amounts)]


def paired_doses(
    compounds: Sequence[Compound], pairs: Sequence[Ratio], unit: Unit
) -> Iterator[Doses]:
    """Yield two compounds together; the first number goes to the one that is listed first."""
    for first, second in combinations(compounds, 2):
        for amounts in pairs:
            yield Dose(float(amounts[0]), unit, first), Dose(float(amounts[1]), unit, second)


def additive_sets(doses: Sequence[Dose], counts: Sequence[int]) -> Iterator[Doses]:
    """Yield sets of additives of the given counts, each compound once in a set."""
    for count in sorted(counts):
        for chosen in combinations(doses, count):
            if len({dose.compound for dose in chosen}) == count:
                yield chosen


def count_sets(doses: int, counts: Sequence[int]) -> int:
    """Return how many sets `additive_sets` looks at."""
    return sum(comb(doses, count) for count in counts)


def without_twins(bases: Iterable[Base]) -> tuple[Base, ...]:
    """Return the bases, the first of those that differ in order or scale only."""
    return tuple({base.key: base for base in reversed(list(bases))}.values())[::-1]
