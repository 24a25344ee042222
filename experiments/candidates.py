"""CandidateSpace: all formulations of some salts, solvents, diluents and additives.

The space is never built as a whole: a candidate is a number, and a range of numbers becomes
`Mixtures` by array arithmetic, in the conventions of `datasets.composition`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import numpy as np
import numpy.typing as npt
from anolyte.datasets.compounds import Compound
from anolyte.datasets.densities import density
from anolyte.datasets.electrolyte import Dose, Electrolyte, Share, parse
from anolyte.datasets.ions import Metal
from anolyte.datasets.measurements import load_measurements
from anolyte.features.mixtures import DescriptorTables, Mixtures

CONCENTRATIONS = (0.5, 1.0, 1.5, 2.0, 3.0, 4.0)
SOLVENT_RATIOS = ((3.0, 1.0), (1.0, 1.0), (1.0, 3.0))
DILUENT_RATIOS = ((1.0, 1.0), (1.0, 2.0), (1.0, 3.0))
ADDITIVE_WT_PCT = (2.0,)
# Known to the tables by at least so many measurements: one report is not a habit.
MIN_MEASUREMENTS = 2

Base = tuple[tuple[Compound, float], ...]


@dataclass(frozen=True)
class CandidateSpace:
    """The formulations ``c M salt in solvents (a:b v/v) [+ w wt% additive]``.

    Attributes
    ----------
    metal
        Symbol of the metal.
    salts, concentrations
        Each candidate has one salt at one concentration in M.
    bases
        Solvent mixtures: tuples of (compound, part by volume).
    additives
        (compound, wt%) or None for no additive.
    """

    metal: Metal
    salts: tuple[Compound, ...]
    concentrations: tuple[float, ...]
    bases: tuple[Base, ...]
    additives: tuple[tuple[Compound, float] | None, ...] = (None,)

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
        bases = tuple(_bases(solvents))
        if not salts or not bases:
            raise ValueError("a candidate space needs a salt and a solvent that is no diluent")
        if not concentrations or min(concentrations) <= 0:
            raise ValueError("concentrations are above 0 M")
        for salt in salts:
            if f"[{metal}" not in salt.smiles:
                raise ValueError(
                    f"{salt} holds no {metal}: it cannot be the salt of a {metal} cell"
                )
        doses = [(compound, amount) for compound in additives for amount in ADDITIVE_WT_PCT]
        return cls(metal, tuple(salts), tuple(concentrations), bases, (None, *doses))

    @classmethod
    def default(cls, metal: Metal) -> CandidateSpace:
        """Return the space of what the shipped measurements of a metal use more than once."""
        return cls.of(metal, *default_compounds(metal))

    def __len__(self) -> int:
        return len(self.bases) * len(self.salts) * len(self.concentrations) * len(self.additives)

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """Number of bases, salts, concentrations and additives; the last runs fastest."""
        return len(self.bases), len(self.salts), len(self.concentrations), len(self.additives)

    def electrolyte(self, index: int) -> Electrolyte:
        """Return candidate number `index` as an electrolyte."""
        if not 0 <= index < len(self):
            raise IndexError(f"candidate {index} of {len(self)}")
        at_base, at_salt, at_concentration, at_additive = np.unravel_index(index, self.shape)
        base = self.bases[at_base]
        additive = self.additives[at_additive]
        shares = tuple(Share(part, compound) for compound, part in base)
        return Electrolyte(
            salts=(Dose(self.concentrations[at_concentration], "M", self.salts[at_salt]),),
            base=shares if len(shares) > 1 else (Share(1.0, base[0][0]),),
            ratio_kind="v/v" if len(shares) > 1 else None,
            additives=() if additive is None else (Dose(additive[1], "wt%", additive[0]),),
        )

    def families(self, indices: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Return a number (n,) that candidates of the same salt and solvents share."""
        at_base, at_salt, _, _ = np.unravel_index(indices, self.shape)
        return np.asarray(self._base_kinds[at_base] * len(self.salts) + at_salt, dtype=np.int64)

    @cached_property
    def _base_kinds(self) -> npt.NDArray[np.int64]:
        """Number (bases,) that bases of the same compounds share, whatever their ratio."""
        kinds: dict[frozenset[Compound], int] = {}
        sets = (frozenset(compound for compound, _ in base) for base in self.bases)
        return np.array([kinds.setdefault(each, len(kinds)) for each in sets])

    def mixtures(self, start: int, stop: int) -> Mixtures:
        """Return the candidates numbered `start` to `stop` (exclusive) as mixtures."""
        indices = np.arange(start, min(stop, len(self)))
        at_base, at_salt, at_concentration, at_additive = np.unravel_index(indices, self.shape)
        compounds, base_moles, salt_columns, additive_columns, shares = self._columns
        moles = base_moles[at_base].copy()
        rows = np.arange(len(indices))
        moles[rows, salt_columns[at_salt]] += np.array(self.concentrations)[at_concentration]
        masses = np.array([compound.molar_mass for compound in compounds])
        share = shares[at_additive]
        columns = additive_columns[at_additive]
        moles[rows, columns] += share / (1 - share) * (moles @ masses) / masses[columns]
        nothing = np.zeros(len(indices), dtype=bool)
        return Mixtures(
            compounds=compounds,
            mole_fractions=moles / moles.sum(axis=1, keepdims=True),
            metals=np.full(len(indices), self.metal),
            amounts_assumed=nothing,
            salt_assumed=nothing,
            density_estimated=self._estimated[at_base],
            tables=self._tables,
        )

    def chunks(self, size: int) -> Iterator[tuple[int, int]]:
        """Yield ranges of candidate numbers that cover the space."""
        for start in range(0, len(self), size):
            yield start, min(start + size, len(self))

    def describe(self) -> dict[str, str | int | list[str]]:
        """Return size and axes in words that MLflow and a reader can keep."""
        solvents = dict.fromkeys(str(compound) for base in self.bases for compound, _ in base)
        return {
            "metal": self.metal,
            "size": len(self),
            "salts": [str(salt) for salt in self.salts],
            "concentrations_M": [f"{value:g}" for value in self.concentrations],
            "solvents": list(solvents),
            "solvent_mixtures": len(self.bases),
            "additives": [f"{a[1]:g} wt% {a[0]}" if a else "none" for a in self.additives],
        }

    @cached_property
    def _tables(self) -> DescriptorTables:
        """Descriptor tables of the compounds, shared by all chunks of the space."""
        return {}

    @cached_property
    def _estimated(self) -> npt.NDArray[np.bool_]:
        """Whether a base holds a compound whose density had to be estimated."""
        return np.array(
            [any(density(c).origin == "estimated" for c, _ in base) for base in self.bases]
        )

    @cached_property
    def _columns(
        self,
    ) -> tuple[
        tuple[Compound, ...],
        npt.NDArray[np.float64],
        npt.NDArray[np.int64],
        npt.NDArray[np.int64],
        npt.NDArray[np.float64],
    ]:
        """Compounds, moles per litre of each base, columns of salts and additives, shares."""
        columns: dict[Compound, int] = {}
        for base in self.bases:
            for compound, _ in base:
                columns.setdefault(compound, len(columns))
        for salt in self.salts:
            columns.setdefault(salt, len(columns))
        for additive in self.additives:
            if additive is not None:
                columns.setdefault(additive[0], len(columns))
        moles = np.zeros((len(self.bases), len(columns)))
        for row, base in enumerate(self.bases):
            volume = sum(part for _, part in base)
            for compound, part in base:
                per_litre = 1000 * density(compound).value / compound.molar_mass
                moles[row, columns[compound]] += part / volume * per_litre
        # "No additive" is a share of 0 of any compound.
        doses = [(columns[a[0]], a[1] / 100) if a else (0, 0.0) for a in self.additives]
        return (
            tuple(columns),
            moles,
            np.array([columns[salt] for salt in self.salts]),
            np.array([column for column, _ in doses]),
            np.array([share for _, share in doses]),
        )


def _bases(solvents: Sequence[Compound]) -> Iterator[Base]:
    liquids = [compound for compound in solvents if compound.kind != "diluent"]
    diluents = [compound for compound in solvents if compound.kind == "diluent"]
    for solvent in liquids:
        yield ((solvent, 1.0),)
    for first, second in combinations(liquids, 2):
        for ratio in SOLVENT_RATIOS:
            yield ((first, ratio[0]), (second, ratio[1]))
    for solvent in liquids:
        for diluent in diluents:
            for ratio in DILUENT_RATIOS:
                yield ((solvent, ratio[0]), (diluent, ratio[1]))


def default_compounds(metal: Metal) -> tuple[list[Compound], list[Compound], list[Compound]]:
    """Return salts, solvents (diluents included) and additives of the metal's measurements."""
    salts: Counter[Compound] = Counter()
    solvents: Counter[Compound] = Counter()
    additives: Counter[Compound] = Counter()
    for text in load_measurements(metal)["electrolyte"].unique():
        electrolyte = parse(text)
        salts.update(dose.compound for dose in electrolyte.salts if dose.compound)
        salts.update(s.compound for s in electrolyte.base if s.compound.kind == "salt")
        solvents.update(s.compound for s in electrolyte.base if not s.compound.is_salt)
        additives.update(dose.compound for dose in electrolyte.additives if dose.compound)
    own = Counter({salt: n for salt, n in salts.items() if f"[{metal}" in salt.smiles})
    return tuple(_frequent(count) for count in (own, solvents, additives))  # type: ignore[return-value]


def _frequent(count: Counter[Compound]) -> list[Compound]:
    kept = [compound for compound, n in count.items() if n >= MIN_MEASUREMENTS]
    return sorted(kept or count, key=lambda compound: (-count[compound], compound.abbreviation))
