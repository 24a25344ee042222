"""What a screening asks of what it ranks: candidates by number, made into mixtures as needed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol, Self

from anolyte.datasets.compounds.metals import Metal
from anolyte.datasets.electrolytes.grammar import Electrolyte
from anolyte.features.arrays import Integers
from anolyte.features.mixtures import Mixtures

from ..constraints.constraint import Constraints


class Candidates(Protocol):
    """A space; `CandidateSpace` is one."""

    @property
    def metal(self) -> Metal:
        """Of the anode."""

    @property
    def name(self) -> str:
        """What the space is called."""

    @property
    def constraints(self) -> Constraints:
        """What every candidate has to satisfy; the screening asks for the mask of each chunk."""

    @property
    def prices(self) -> Mapping[str, float]:
        """Of compounds per kilogram, by SMILES."""

    @property
    def parts(self) -> tuple[object, ...]:
        """What tells it from another space of the metal."""

    @property
    def chunk_rows(self) -> int:
        """How many candidates may be looked at together."""

    def __len__(self) -> int: ...

    def constrained(self, constraints: Constraints) -> Self:
        """Return the space with more constraints."""

    def chunks(self, size: int) -> Iterator[tuple[int, int]]:
        """Yield ranges of candidate numbers that cover the space."""

    def sample(self, count: int, seed: int = 0) -> Integers:
        """Return sorted numbers (n,) of candidates drawn uniformly without replacement."""

    def families(self, indices: Integers) -> Integers:
        """Return a number (n,) that candidates share of which a list has the best one."""

    def electrolyte(self, index: int) -> Electrolyte:
        """Return a candidate by its number."""

    def mixtures(self, start: int, stop: int) -> Mixtures:
        """Return the candidates numbered `start` to `stop` (exclusive) as mixtures."""

    def take(self, indices: Integers) -> Mixtures:
        """Return the candidates of some numbers as mixtures, in that order."""

    def describe(self) -> dict[str, str | int | list[str]]:
        """Return size and axes in words that MLflow and a reader can keep."""

    def renewed(self) -> Self:
        """Return an equal space without what was computed on the way."""
