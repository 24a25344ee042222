"""LibrarySpace: every molecule of a library in every formulation, as candidates of a screening.

Candidate number i is molecule i // f in formulation i % f. A range of numbers becomes `Mixtures`
with the columns of those molecules alone; what describes the molecules comes from the store.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from anolyte.datasets.compounds.densities import density
from anolyte.datasets.compounds.metals import Metal, as_metal
from anolyte.datasets.compounds.registry import Compound, shipped_compounds
from anolyte.datasets.electrolytes.composition import swelling
from anolyte.datasets.electrolytes.grammar import Electrolyte
from anolyte.features.arrays import Flags, Floats, Integers
from anolyte.features.mixtures import Describe, Mixtures, molar_litres
from anolyte.models.efficiency.model import CoulombicEfficiencyModel

from ..constraints.constraint import NO_CONSTRAINTS, Constraints
from ..ranking.criteria import Criterion
from .describing import compound_of
from .formulations import Formulation, Role
from .library import MoleculeLibrary
from .store import DescriptorStore

# Candidates that are looked at together: few, because each molecule is a column of their matrix.
CHUNK = 1200
# Whose tables tell what is asked of a molecule; any molecule does.
PROBE = "DME"
WATER = "O"


def amounts_of(compound: Compound) -> tuple[float, float, float]:
    """Return what amounts need: g/mol, L/mol, and whether the density is an estimate."""
    guessed = density(compound).origin == "estimated"
    return compound.molar_mass, molar_litres(compound)[0], float(guessed)


@dataclass(frozen=True)
class Asked:
    """What a model and a ranking ask of a molecule.

    Attributes
    ----------
    functions
        The functions that describe it, in the order in which they are asked.
    masked
        Which of their tables are asked for under the mask of the salts, of the solvents or of all.
    """

    functions: tuple[Describe, ...]
    masked: tuple[tuple[Describe, str], ...]

    @classmethod
    def of(
        cls,
        model: CoulombicEfficiencyModel,
        formulations: tuple[Formulation, ...],
        constraints: Constraints = NO_CONSTRAINTS,
        criterion: Criterion | None = None,
    ) -> Asked:
        """Return what is asked of any molecule, seen from one."""
        probe = shipped_compounds()[PROBE]
        given = [each.electrolyte(probe) for each in formulations]
        mixtures = Mixtures.from_electrolytes(given, model.metal)
        constraints.mask(mixtures)
        predicted = model.assess(mixtures)
        if criterion is not None:
            criterion.scores(predicted, model)
        masks = {mask.tobytes(): name for name, mask in masks_of(mixtures).items()}
        keys = list(mixtures.tables)
        # Mixtures of a batch share the tables of the whole.
        functions = tuple(describe for describe, mask in keys if mask is None)
        masked = tuple((f, masks[mask]) for f, mask in keys if mask is not None and mask in masks)
        return cls(functions, masked)


def masks_of(mixtures: Mixtures) -> dict[str, Flags]:
    """Return the masks (k,) that totals are usually taken under."""
    every = np.ones(len(mixtures.compounds), dtype=bool)
    return {"all": every, "salts": mixtures.salts, "solvents": mixtures.solvents}


@dataclass(frozen=True, eq=False)
class LibrarySpace:
    """The candidates of a library; for a screening what `CandidateSpace` is.

    Attributes
    ----------
    model, criterion
        What the candidates are for: they tell what is asked of a molecule.
    library
        The molecules, each described in the store.
    formulations
        What each is put into.
    folder
        Of the store.
    places
        Where each molecule lies in the store (n,).
    constraints
        What every candidate has to satisfy.
    """

    model: CoulombicEfficiencyModel
    criterion: Criterion
    library: MoleculeLibrary
    formulations: tuple[Formulation, ...]
    folder: str
    places: Integers = field(repr=False)
    constraints: Constraints = NO_CONSTRAINTS
    prices: Mapping[str, float] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.library) * len(self.formulations)

    @property
    def metal(self) -> Metal:
        """Of the anode."""
        return as_metal(self.model.metal)

    @property
    def name(self) -> str:
        """What the space is called."""
        return self.library.name

    @property
    def role(self) -> Role:
        """Of the molecules."""
        return self.formulations[0].role

    @property
    def chunk_rows(self) -> int:
        """How many candidates are looked at together."""
        return CHUNK

    @property
    def parts(self) -> tuple[object, ...]:
        """What tells it from another space of the metal."""
        return (self.library.smiles, tuple(map(str, self.formulations)))

    def constrained(self, constraints: Constraints) -> LibrarySpace:
        """Return the space with more constraints."""
        return replace(self, constraints=self.constraints.joined(constraints))

    def renewed(self) -> LibrarySpace:
        """Return an equal space without what was computed on the way."""
        return replace(self)

    def chunks(self, size: int) -> Iterator[tuple[int, int]]:
        """Yield ranges of candidate numbers that cover the space."""
        for start in range(0, len(self), size):
            yield start, min(start + size, len(self))

    def sample(self, count: int, seed: int = 0) -> Integers:
        """Return sorted numbers (n,) of candidates drawn uniformly without replacement."""
        generator = np.random.default_rng(seed)
        drawn = generator.choice(len(self), min(count, len(self)), replace=False, shuffle=False)
        return np.sort(drawn).astype(np.int64)

    def families(self, indices: Integers) -> Integers:
        """Return the number (n,) of each candidate's molecule: a list has its best one."""
        return np.asarray(indices) // len(self.formulations)

    def electrolyte(self, index: int) -> Electrolyte:
        """Return candidate number `index` as an electrolyte."""
        molecule, formulation = divmod(index, len(self.formulations))
        return self.formulations[formulation].electrolyte(self.molecule(molecule))

    def molecule(self, number: int) -> Compound:
        """Return a molecule by its number."""
        return compound_of(self.library.smiles[number])

    def mixtures(self, start: int, stop: int) -> Mixtures:
        """Return the candidates numbered `start` to `stop` (exclusive) as mixtures."""
        return self.take(np.arange(start, min(stop, len(self))))

    def take(self, indices: Integers) -> Mixtures:
        """Return the candidates of some numbers as mixtures, in that order."""
        of, kinds = np.divmod(np.asarray(indices, dtype=np.int64), len(self.formulations))
        numbers, which = np.unique(of, return_inverse=True)
        places, fixed = self.places[numbers], self._fixed
        molecules = [self.molecule(int(number)) for number in numbers]
        # What the formulations hold anyway has one column, not two.
        new = np.array([molecule not in fixed for molecule in molecules], dtype=bool)
        column = len(fixed) + np.cumsum(new) - 1
        column[~new] = [
            fixed.index(m) for m, is_new in zip(molecules, new, strict=True) if not is_new
        ]
        moles = self._moles(kinds, which, column, self._store.values(amounts_of, places))
        for row in np.flatnonzero([molecules[at].smiles == WATER for at in which]).tolist():
            moles[row] = self._in_water(moles[row], self.formulations[kinds[row]])
        nothing = np.zeros(len(of), dtype=bool)
        guessed = self._store.values(amounts_of, places)[which, 2] > 0
        found = Mixtures(
            compounds=(*fixed, *(m for m, is_new in zip(molecules, new, strict=True) if is_new)),
            mole_fractions=moles / moles.sum(axis=1, keepdims=True),
            metals=np.full(len(of), self.metal),
            amounts_assumed=nothing,
            salt_assumed=nothing,
            density_estimated=nothing if self.role == "additive" else guessed,
        )
        self._fill(found, places[new])
        return found

    def _moles(self, kinds: Integers, which: Integers, column: Integers, amounts: Floats) -> Floats:
        """Return moles (n, k) of the rows: molecule `which` in formulation `kinds`."""
        width = max(len(self._fixed), int(column.max(initial=0)) + 1)
        moles = np.zeros((len(kinds), width))
        for kind in np.unique(kinds).tolist():
            rows = np.flatnonzero(kinds == kind)
            at = which[rows]
            moles[rows, : len(self._fixed)] = self._fixed_moles[kind]
            counts = self.formulations[kind].of_molecules(amounts[at, 0], amounts[at, 1])
            moles[rows, column[at]] += counts
        return moles

    def _in_water(self, moles: Floats, formulation: Formulation) -> Floats:
        """Return moles (k,) with the salt counted per litre of solution, as the grammar does."""
        if formulation.salt is None:
            return moles
        water = compound_of(WATER)
        counted = moles.copy()
        doses = formulation.electrolyte(water).salts
        counted[self._fixed.index(formulation.salt)] *= swelling([water], doses)
        return counted

    def _fill(self, mixtures: Mixtures, places: Integers) -> None:
        """Give mixtures the tables that are in the store, and those under the usual masks."""
        masks = masks_of(mixtures)
        for describe, of_fixed in self._tables_of_fixed.items():
            values = self._store.values(describe, places)
            whole = np.vstack([of_fixed, values]) if len(places) else of_fixed
            mixtures.tables[(describe, None)] = whole
        for describe, name in self._asked.masked:
            table = mixtures.tables[(describe, None)] * masks[name][:, None]
            mixtures.tables[(describe, masks[name].tobytes())] = table

    @cached_property
    def _asked(self) -> Asked:
        return Asked.of(self.model, self.formulations, self.constraints, self.criterion)

    @cached_property
    def _store(self) -> DescriptorStore:
        return DescriptorStore(self.folder)

    @cached_property
    def _fixed(self) -> tuple[Compound, ...]:
        """What the formulations hold beside the molecules."""
        return tuple(dict.fromkeys(c for each in self.formulations for c in each.compounds))

    @cached_property
    def _fixed_moles(self) -> Floats:
        return np.stack([each.moles(self._fixed) for each in self.formulations])

    @cached_property
    def _tables_of_fixed(self) -> dict[Describe, Floats]:
        return {
            describe: np.array([describe(c) for c in self._fixed], dtype=float).reshape(
                len(self._fixed), -1
            )
            for describe in self._asked.functions
        }

    def __getstate__(self) -> dict[str, object]:
        # What was computed on the way is computed anew where it is needed.
        names = self.__dataclass_fields__
        return {name: value for name, value in self.__dict__.items() if name in names}

    def describe(self) -> dict[str, str | int | list[str]]:
        """Return size and axes in words that MLflow and a reader can keep."""
        return {
            "space": self.name,
            "metal": self.metal,
            "size": len(self),
            "molecules": len(self.library),
            "role": self.role,
            "formulations": list(map(str, self.formulations)),
            "constraints": self.constraints.describe() or ["none"],
        }
