"""Grid: one part of a candidate space, the product of bases, salts and sets of additives.

Knows which candidate has which number, and nothing of amounts in moles (see `amounts`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from anolyte.datasets.compounds.registry import Compound
from anolyte.datasets.electrolytes.grammar import Electrolyte
from anolyte.features.arrays import Integers

from .axes import Base, Doses


@dataclass(frozen=True)
class Grid:
    """Every base with every dose of salts and every set of additives.

    Attributes
    ----------
    name
        What the part is called in its space.
    bases
        Solvent mixtures, or whole all-molar recipes.
    salts
        Doses of one or two salts; one empty dose where the bases are all-molar recipes.
    additives
        Sets of additives; the empty set is no additive.
    """

    name: str
    bases: tuple[Base, ...]
    salts: tuple[Doses, ...]
    additives: tuple[Doses, ...] = ((),)

    @property
    def shape(self) -> tuple[int, int, int]:
        """Number of bases, doses of salts and sets of additives; the last runs fastest."""
        return len(self.bases), len(self.salts), len(self.additives)

    def __len__(self) -> int:
        bases, salts, additives = self.shape
        return bases * salts * additives

    def positions(self, numbers: Integers) -> tuple[Integers, Integers, Integers]:
        """Return where candidates stand on the axes: three arrays (n,)."""
        at_base, at_salt, at_additive = np.unravel_index(numbers, self.shape)
        return at_base, at_salt, at_additive

    def electrolyte(self, number: int) -> Electrolyte:
        """Return a candidate by its number in this part."""
        at_base, at_salt, at_additive = np.unravel_index(number, self.shape)
        base = self.bases[at_base]
        return Electrolyte(self.salts[at_salt], base.shares, base.kind, self.additives[at_additive])

    def number(self, electrolyte: Electrolyte) -> int | None:
        """Return the number of a formulation in this part, or None if it holds none such.

        The order of components and the scale of a ratio do not matter.
        """
        if electrolyte.has_unknown_amounts or electrolyte.has_unknown_salt:
            return None
        at_base = self._base_places.get(Base(electrolyte.base, electrolyte.ratio_kind).key)
        at_salt = self._salt_places.get(frozenset(electrolyte.salts))
        at_additive = self._additive_places.get(frozenset(electrolyte.additives))
        if at_base is None or at_salt is None or at_additive is None:
            return None
        return int(np.ravel_multi_index((at_base, at_salt, at_additive), self.shape))

    @cached_property
    def _base_places(self) -> dict[object, int]:
        return {base.key: place for place, base in enumerate(self.bases)}

    @cached_property
    def _salt_places(self) -> dict[object, int]:
        return {frozenset(doses): place for place, doses in enumerate(self.salts)}

    @cached_property
    def _additive_places(self) -> dict[object, int]:
        return {frozenset(doses): place for place, doses in enumerate(self.additives)}

    def overlap(self, other: Grid) -> int:
        """Return how many formulations two parts share."""
        return (
            len(self._base_places.keys() & other._base_places.keys())
            * len(self._salt_places.keys() & other._salt_places.keys())
            * len(self._additive_places.keys() & other._additive_places.keys())
        )

    def compounds(self) -> Iterator[Compound]:
        """Yield every compound: of bases, then salts, then additives; some more than once."""
        for base in self.bases:
            yield from base.compounds
        for doses in (*self.salts, *self.additives):
            yield from dose_compounds(doses)

    def kept(self, allowed: Callable[[Compound], bool]) -> Grid:
        """Return the part of this grid whose compounds are all allowed; it may be empty."""
        verdicts = {compound: allowed(compound) for compound in self.compounds()}
        return replace(
            self,
            bases=tuple(b for b in self.bases if all(map(verdicts.__getitem__, b.compounds))),
            salts=tuple(d for d in self.salts if all(verdicts[c] for c in dose_compounds(d))),
            additives=tuple(
                d for d in self.additives if all(verdicts[c] for c in dose_compounds(d))
            ),
        )


def dose_compounds(doses: Doses) -> Iterator[Compound]:
    """Yield the compounds of doses."""
    for dose in doses:
        if dose.pure is not None:
            yield dose.pure
