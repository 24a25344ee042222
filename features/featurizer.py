"""ElectrolyteFeaturizer: named descriptor blocks side by side, as one scikit-learn transformer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin

from .arrays import Floats, Objects
from .blocks.base import DescriptorBlock
from .blocks.composition import CompositionBlock
from .blocks.conditions import ConditionsBlock
from .blocks.fingerprints import FingerprintsBlock
from .blocks.first_shell import ShellBlock
from .blocks.fluorination import FluorinationBlock
from .blocks.ions import IonsBlock
from .blocks.metal import MetalBlock
from .blocks.molecular import MolecularBlock
from .blocks.quantum import QuantumBlock
from .blocks.solvation import SolvationBlock
from .mixtures import as_mixtures

BLOCKS: dict[str, type[DescriptorBlock]] = {
    block.name: block
    for block in (
        CompositionBlock,
        SolvationBlock,
        IonsBlock,
        MolecularBlock,
        FluorinationBlock,
        ShellBlock,
        MetalBlock,
        ConditionsBlock,
        QuantumBlock,
        FingerprintsBlock,
    )
}
# What earns its place for one metal, see the ablation in docs/descriptors.md.
DEFAULT_BLOCKS = (
    "composition",
    "solvation",
    "ions",
    "molecular",
    "fluorination",
    "shell",
    "fingerprints",
)

# Rows at a time: enough to hide the cost of a call, few enough that the arrays of a batch are
# not handed back to the system and fetched again with each.
_BATCH = 5_000


class ElectrolyteFeaturizer(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Turn electrolytes into descriptors.

    Parameters
    ----------
    blocks
        Short names of the blocks, see `BLOCKS`; columns come in this order.
    metal
        The metal of electrolytes that come without one.

    Examples
    --------
    >>> from anolyte.features import ElectrolyteFeaturizer
    >>> featurizer = ElectrolyteFeaturizer(["composition"]).set_output(transform="pandas")
    >>> float(featurizer.fit_transform(["1 M LiPF6 in EC/DMC (3:7 v/v)"])["O_to_C"].iloc[0])
    1.0
    """

    def __init__(self, blocks: Sequence[str] = DEFAULT_BLOCKS, metal: str = "Li") -> None:
        self.blocks = blocks
        self.metal = metal

    def fit(self, X: Any, y: Any = None) -> Self:
        """Check the block names; nothing is learned from data."""
        self.blocks_ = self._blocks()
        return self

    def transform(self, X: Any) -> Floats:
        """Return the descriptors (n, d) of electrolytes; `X` as in `as_mixtures`."""
        mixtures = as_mixtures(X, self.metal)
        blocks = self._blocks()
        ends = np.cumsum([len(block.descriptors) for block in blocks]).tolist()
        values = np.empty((ends[-1], len(mixtures))).T
        for first in range(0, len(mixtures), _BATCH):
            rows = slice(first, first + _BATCH)
            # Mixtures of their own, so that the totals kept within them go with the batch.
            batch = mixtures.take(rows)
            for block, start, end in zip(blocks, [0, *ends], ends, strict=False):
                block.compute(batch, out=values[rows, start:end])
        return values

    def get_feature_names_out(self, input_features: Any = None) -> Objects:
        """Return the names of the descriptors, in column order."""
        names = [block.get_feature_names_out() for block in self._blocks()]
        return np.concatenate(names)

    def describe(self) -> pd.DataFrame:
        """Return block, name, unit, definition and source of every descriptor."""
        rows = [
            (block.name, each.name, each.unit, each.definition, each.source)
            for block in self._blocks()
            for each in block.descriptors
        ]
        return pd.DataFrame(rows, columns=["block", "name", "unit", "definition", "source"])

    def __sklearn_is_fitted__(self) -> bool:
        return True

    def _blocks(self) -> list[DescriptorBlock]:
        unknown = [name for name in self.blocks if name not in BLOCKS]
        if unknown or not len(self.blocks):
            raise ValueError(f"unknown blocks {unknown}; choose from {', '.join(BLOCKS)}")
        return [BLOCKS[name](self.metal) for name in self.blocks]
