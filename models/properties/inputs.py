"""What a property model sees of electrolytes: mixtures, concentrations, temperatures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd
from anolyte.datasets.measurements.property_tables import ROOM, TEMPERATURE
from anolyte.features import BLOCKS as FEATURE_BLOCKS
from anolyte.features import ElectrolyteFeaturizer
from anolyte.features.arrays import Floats, Integers
from anolyte.features.blocks.solvation import CONCENTRATION_LIMIT, cation_count
from anolyte.features.mixtures import Mixtures, limited_ratio

from .mixture_process import Points

# Not the fragments: the compounds themselves are told apart by their shares.
BLOCKS = ("composition", "solvation", "ions", "molecular", "fluorination", "shell")
# Litres that a mole of cations with its anions adds to the liquid, about.
SALT_LITRES = 0.12
# Decimals of descriptors: ranks and splits should not hang on the last bit.
DIGITS = 9


@dataclass(frozen=True, eq=False)
class Inputs:
    """Electrolytes (n), each at a temperature.

    Attributes
    ----------
    mixtures
        The electrolytes.
    kelvin
        Their temperatures (n,).
    """

    mixtures: Mixtures
    kelvin: Floats

    @classmethod
    def of_rows(cls, rows: pd.DataFrame, metal: str) -> Inputs:
        """Return the rows of a table, see `property_rows`; each formulation is read once."""
        numbers, texts = pd.factorize(rows["electrolyte"])
        mixtures = Mixtures.from_electrolytes(list(texts), metal).take(numbers)
        return cls(mixtures, rows[TEMPERATURE].to_numpy(float))

    def __len__(self) -> int:
        return len(self.kelvin)

    def take(self, rows: npt.NDArray[np.int64] | slice) -> Inputs:
        """Return some rows."""
        return Inputs(self.mixtures.take(rows), self.kelvin[rows])

    @cached_property
    def concentration(self) -> Floats:
        """Cations in mol (n,) per litre of solution, about: the liquids' volume and the salts'."""
        cations = self.mixtures.total(cation_count, self.mixtures.salts)[:, 0]
        litres = self.mixtures.solvent_litres
        molar = limited_ratio(cations, litres, CONCENTRATION_LIMIT)
        return np.asarray(np.maximum(molar / (1 + SALT_LITRES * molar), 1e-6))

    @property
    def reciprocal(self) -> Floats:
        """1000 K / T less that at 25 degrees C (n,): in it Arrhenius' law is a straight line."""
        return 1000 / self.kelvin - 1000 / ROOM

    @staticmethod
    def width(blocks: Sequence[str] = BLOCKS) -> int:
        """Return the number of columns of `tree_inputs` without any of its own for a compound."""
        return sum(len(FEATURE_BLOCKS[name].descriptors) for name in blocks) + 2

    @property
    def points(self) -> Points:
        """Of the process."""
        return Points.of(self.mixtures, self.concentration, self.reciprocal)

    @cached_property
    def descriptors(self) -> Floats:
        """Descriptors (n, d) of `BLOCKS`, of each mixture once."""
        first, number = _distinct(self.mixtures.mole_fractions)
        found = ElectrolyteFeaturizer(BLOCKS).transform(self.mixtures.take(first))
        return np.asarray(np.round(found, DIGITS)[number])

    def tree_inputs(self, identified: Sequence[str]) -> Floats:
        """Return what the trees see (n, d): descriptors, shares of liquids, concentration, 1/T.

        Parameters
        ----------
        identified
            Structures (SMILES) of the neutral compounds that have a column each.
        """
        points = self.points
        known = {compound.smiles: at for at, compound in enumerate(self.mixtures.compounds)}
        shares = np.zeros((len(self), len(identified)))
        for column, smiles in enumerate(identified):
            if smiles in known:
                shares[:, column] = points.liquids[:, known[smiles]]
        ends = (self.concentration[:, None], self.reciprocal[:, None])
        return np.hstack([self.descriptors, shares, *ends])


def _distinct(fractions: Floats) -> tuple[Integers, Integers]:
    """Return the first row of each distinct mixture, and the number of that of each row."""
    numbers, _ = pd.factorize(pd.Series(list(map(bytes, np.ascontiguousarray(fractions)))))
    _, first = np.unique(numbers, return_index=True)
    return first, numbers
