"""CandidateSpace: the formulations that a screening looks at, as one or several grids.

The space is never built as a whole: a candidate is a number, and a range of numbers becomes
`Mixtures` by array arithmetic.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import chain, pairwise
from pathlib import Path

import numpy as np
from anolyte.datasets.compounds.ions import holds
from anolyte.datasets.compounds.metals import Metal
from anolyte.datasets.compounds.prices import priced
from anolyte.datasets.compounds.registry import Compound
from anolyte.datasets.electrolytes.electrolyte import format_number
from anolyte.datasets.electrolytes.grammar import Electrolyte, parse
from anolyte.datasets.measurements.usual_compounds import default_compounds, known_electrolytes
from anolyte.features.arrays import Integers
from anolyte.features.mixtures import DescriptorTables, Mixtures

from ..constraints.constraint import NO_CONSTRAINTS, Constraints
from .amounts import GridAmounts
from .axes import single_doses, solvent_mixtures
from .grid import Grid, dose_compounds
from .space_file import read_space

CONCENTRATIONS = (0.5, 1.0, 1.5, 2.0, 3.0, 4.0)
SOLVENT_RATIOS = ((1.0,), (3.0, 1.0), (1.0, 1.0), (1.0, 3.0))
DILUENT_PARTS = (1.0, 2.0, 3.0)
ADDITIVE_WT_PCT = (2.0,)
# With fewer electrolytes the habits of a metal are no space; its ready-made one is.
MIN_ELECTROLYTES = 100
_MAX_KINDS = 2**31
# Of a chunk; its matrix is as wide as the space has compounds.
MOST_ROWS = 10_000


@dataclass(frozen=True)
class CandidateSpace:
    """The candidates of a screening: grids one after the other, and what limits them.

    Attributes
    ----------
    metal
        Symbol of the metal.
    parts
        The grids; the numbers of the first come first.
    constraints
        What every candidate has to satisfy; the screening asks for the mask of each chunk.
    name
        What the space is called.
    prices
        Of compounds per kilogram, by SMILES, see `datasets.compounds.prices`.

    Examples
    --------
    >>> from anolyte.datasets import shipped_compounds
    >>> from anolyte.experiments import CandidateSpace
    >>> known = shipped_compounds()
    >>> space = CandidateSpace.of("Zn", salts=[known["ZnSO4"]], solvents=[known["H2O"]])
    >>> len(space), str(space.electrolyte(1))
    (6, '1 M ZnSO4 in H2O')
    >>> len(CandidateSpace.read("Zn")) > len(space)  # ready-made: `anolyte space list`
    True
    """

    metal: Metal
    parts: tuple[Grid, ...]
    constraints: Constraints = NO_CONSTRAINTS
    name: str = ""
    prices: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        metal: Metal,
        salts: Sequence[Compound],
        solvents: Sequence[Compound],
        additives: Sequence[Compound] = (),
        concentrations: Sequence[float] = CONCENTRATIONS,
    ) -> CandidateSpace:
        """Combine compounds: one salt, one or two solvents or a solvent and a diluent.

        Raises
        ------
        ValueError
            If there is no salt, no solvent but diluents, or no positive concentration.
        """
        liquids = [compound for compound in solvents if compound.kind != "diluent"]
        diluents = [compound for compound in solvents if compound.kind == "diluent"]
        if not salts or not liquids:
            raise ValueError("a candidate space needs a salt and a solvent that is no diluent")
        if not concentrations or min(concentrations) <= 0:
            raise ValueError("concentrations are above 0 M")
        for salt in salts:
            if not holds(salt, metal):
                raise ValueError(
                    f"{salt} holds no {metal}: it cannot be the salt of a {metal} cell"
                )
        bases = [*solvent_mixtures(liquids, SOLVENT_RATIOS)]
        if diluents:
            bases += solvent_mixtures(liquids, [(1.0,)], "v/v", diluents, DILUENT_PARTS)
        doses = single_doses(salts, concentrations, "M")
        extra = [(), *single_doses(additives, ADDITIVE_WT_PCT, "wt%")]
        grid = Grid("grid", tuple(bases), tuple(doses), tuple(extra))
        return cls(metal, (grid,), name=f"{metal} grid")

    @classmethod
    def default(cls, metal: Metal) -> CandidateSpace:
        """Return what the shipped measurements of a metal use more than once.

        Where they are too few to show a habit (`MIN_ELECTROLYTES`), the ready-made space of
        the metal, see `read`.
        """
        if len(known_electrolytes(metal)) < MIN_ELECTROLYTES:
            return cls.read(metal)
        return replace(cls.of(metal, *default_compounds(metal)), name=f"{metal} habits")

    @classmethod
    def read(cls, name: str | Path) -> CandidateSpace:
        """Return the space of a YAML file, or a ready-made one by name (``Li``, ``Li:LHCE``).

        Raises
        ------
        InputError
            With every fault of the file.
        """
        file = read_space(name)
        space = cls(file.metal, file.parts, name=file.name)
        return space.constrained(file.constraints)

    def constrained(self, constraints: Constraints) -> CandidateSpace:
        """Return the space with more constraints.

        What a constraint says of a compound alone shortens the axes, so that no candidate
        with it is ever counted; the rest is left to `Constraints.mask`.

        Raises
        ------
        ValueError
            If no candidate is left.
        """
        if not constraints:
            return self
        parts = tuple(filter(len, (part.kept(constraints.allows) for part in self.parts)))
        if not parts:
            raise ValueError(f"no candidate satisfies: {'; '.join(constraints.describe())}")
        return replace(self, parts=parts, constraints=self.constraints.joined(constraints))

    def __len__(self) -> int:
        return int(self._offsets[-1])

    @cached_property
    def _offsets(self) -> Integers:
        """First number of each part, and the size of the space."""
        return np.concatenate([[0], np.cumsum([len(part) for part in self.parts])])

    @property
    def shape(self) -> tuple[tuple[int, int, int], ...]:
        """Number of bases, doses of salts and sets of additives of each part."""
        return tuple(part.shape for part in self.parts)

    @property
    def salts(self) -> tuple[Compound, ...]:
        """The salts: those with a concentration, and those in all-molar recipes."""
        doses = chain.from_iterable(part.salts for part in self.parts)
        dosed = chain.from_iterable(map(dose_compounds, doses))
        bases = chain.from_iterable(part.bases for part in self.parts)
        mixed = (c for base in bases for c in base.compounds if c.kind == "salt")
        return tuple(dict.fromkeys(chain(dosed, mixed)))

    @property
    def solvents(self) -> tuple[Compound, ...]:
        """Solvents, diluents and ionic liquids of the bases."""
        bases = chain.from_iterable(part.bases for part in self.parts)
        mixed = (c for base in bases for c in base.compounds if c.kind != "salt")
        return tuple(dict.fromkeys(mixed))

    def electrolyte(self, index: int) -> Electrolyte:
        """Return candidate number `index` as an electrolyte."""
        if not 0 <= index < len(self):
            raise IndexError(f"candidate {index} of {len(self)}")
        part = int(np.searchsorted(self._offsets, index, side="right")) - 1
        return self.parts[part].electrolyte(index - int(self._offsets[part]))

    def index(self, electrolyte: Electrolyte | str) -> int:
        """Return the number of a formulation; in two parts at once, that in the first.

        Neither the order of components nor the scale of a ratio matters.

        Raises
        ------
        ValueError
            If the space does not hold it.
        """
        value = parse(electrolyte) if isinstance(electrolyte, str) else electrolyte
        for part, start in zip(self.parts, self._offsets, strict=False):
            number = part.number(value)
            if number is not None:
                return int(start) + number
        raise ValueError(f"the space does not hold {value}")

    def sample(self, count: int, seed: int = 0) -> Integers:
        """Return sorted numbers (n,) of candidates drawn uniformly without replacement."""
        generator = np.random.default_rng(seed)
        drawn = generator.choice(len(self), min(count, len(self)), replace=False, shuffle=False)
        return np.sort(drawn).astype(np.int64)

    def families(self, indices: Integers) -> Integers:
        """Return a number (n,) that candidates of the same salts and solvents share."""
        result = np.zeros(len(indices), dtype=np.int64)
        for part, rows, numbers in self._split(np.asarray(indices)):
            solvents, in_base, dosed = self._kinds[part]
            at_base, at_salt, _ = self.parts[part].positions(numbers)
            salts = np.where(in_base[at_base] >= 0, in_base[at_base], dosed[at_salt])
            result[rows] = solvents[at_base] * _MAX_KINDS + salts
        return result

    @cached_property
    def _kinds(self) -> list[tuple[Integers, Integers, Integers]]:
        """Per part: numbers of the liquids and salts (or -1) of bases, of the dosed salts."""
        known: dict[frozenset[Compound], int] = {}

        def number(compounds: Iterable[Compound]) -> int:
            return known.setdefault(frozenset(compounds), len(known))

        def of_part(part: Grid) -> tuple[Integers, Integers, Integers]:
            mixed = [[c for c in base.compounds if c.kind == "salt"] for base in part.bases]
            liquids = [[c for c in base.compounds if c.kind != "salt"] for base in part.bases]
            return (
                np.array([number(each) for each in liquids]),
                np.array([number(each) if each else -1 for each in mixed]),
                np.array([number(dose_compounds(doses)) for doses in part.salts]),
            )

        return [of_part(part) for part in self.parts]

    def _split(self, indices: Integers) -> Iterator[tuple[int, Integers, Integers]]:
        """Yield for each part that is met: its place, the rows, and their numbers in it."""
        for part, (start, stop) in enumerate(pairwise(self._offsets)):
            rows = np.flatnonzero((indices >= start) & (indices < stop))
            if len(rows):
                yield part, rows, indices[rows] - start

    def mixtures(self, start: int, stop: int) -> Mixtures:
        """Return the candidates numbered `start` to `stop` (exclusive) as mixtures."""
        return self.take(np.arange(start, min(stop, len(self))))

    def take(self, indices: Integers) -> Mixtures:
        """Return the candidates of some numbers as mixtures, in that order."""
        moles = np.zeros((len(indices), len(self._columns)))
        estimated = np.zeros(len(indices), dtype=bool)
        for part, rows, numbers in self._split(indices):
            found = self._amounts[part].moles(numbers)
            if len(rows) == len(indices):
                moles, estimated = found
            else:
                moles[rows], estimated[rows] = found
        moles /= moles.sum(axis=1, keepdims=True)
        nothing = np.zeros(len(indices), dtype=bool)
        return Mixtures(
            compounds=self._priced,
            mole_fractions=moles,
            metals=np.full(len(indices), self.metal),
            amounts_assumed=nothing,
            salt_assumed=nothing,
            density_estimated=estimated,
            tables=self._tables,
        )

    @cached_property
    def _columns(self) -> dict[Compound, int]:
        every = dict.fromkeys(chain.from_iterable(part.compounds() for part in self.parts))
        return {compound: column for column, compound in enumerate(every)}

    @cached_property
    def _priced(self) -> tuple[Compound, ...]:
        return tuple(priced(compound, self.prices) for compound in self._columns)

    @cached_property
    def _amounts(self) -> list[GridAmounts]:
        return [GridAmounts(part, self._columns) for part in self.parts]

    @cached_property
    def _tables(self) -> DescriptorTables:
        """Descriptor tables of the compounds, shared by all chunks of the space."""
        return {}

    @property
    def chunk_rows(self) -> int:
        """How many candidates may be looked at together."""
        return MOST_ROWS

    def renewed(self) -> CandidateSpace:
        """Return an equal space without what was computed on the way."""
        return replace(self)

    def chunks(self, size: int) -> Iterator[tuple[int, int]]:
        """Yield ranges of candidate numbers that cover the space."""
        for start in range(0, len(self), size):
            yield start, min(start + size, len(self))

    def describe(self) -> dict[str, str | int | list[str]]:
        """Return size and axes in words that MLflow and a reader can keep."""
        doses = list(chain.from_iterable(part.salts for part in self.parts))
        extras = list(chain.from_iterable(part.additives for part in self.parts))
        none = ["none"] if () in extras else []
        amounts = dict.fromkeys(
            f"{format_number(d.amount)} {d.unit}" for each in doses for d in each
        )
        return {
            "space": self.name,
            "metal": self.metal,
            "size": len(self),
            "parts": [f"{part.name}: {len(part):,}" for part in self.parts],
            "salts": [str(salt) for salt in self.salts],
            "concentrations": list(amounts),
            "solvents": [str(compound) for compound in self.solvents],
            "solvent_mixtures": sum(len(part.bases) for part in self.parts),
            "additives": none + list(dict.fromkeys(str(dose) for each in extras for dose in each)),
            "constraints": self.constraints.describe() or ["none"],
        }
