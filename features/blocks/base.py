"""What every descriptor block shares: the scikit-learn interface and named descriptors."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin

from ..arrays import Flags, Floats, Objects
from ..mixtures import Mixtures, as_mixtures, side_by_side


@dataclass(frozen=True, slots=True)
class Descriptor:
    """One column of a block: its name, unit, definition and source."""

    name: str
    unit: str
    definition: str
    source: str = ""


class DescriptorBlock(TransformerMixin, BaseEstimator, ABC):  # type: ignore[misc]
    """A set of descriptors of electrolytes, computed without a loop over rows.

    Parameters
    ----------
    metal
        The metal of electrolytes that come without one.
    """

    name: ClassVar[str]
    descriptors: ClassVar[tuple[Descriptor, ...]]

    def __init__(self, metal: str = "Li") -> None:
        self.metal = metal

    @abstractmethod
    def columns(self, mixtures: Mixtures) -> list[Floats] | list[Floats | Flags]:
        """Return the descriptors of mixtures, in order, as columns (n,) and groups (n, m)."""

    def compute(self, mixtures: Mixtures, out: Floats | None = None) -> Floats:
        """Return the descriptors (n, d) of mixtures, written to `out` if given."""
        return side_by_side(self.columns(mixtures), out)

    def fit(self, X: Any, y: Any = None) -> Self:
        """Check the input; a block learns nothing from data."""
        self.n_descriptors_ = len(self.descriptors)
        return self

    def transform(self, X: Any) -> Floats:
        """Return the descriptors (n, d) of electrolytes, see `as_mixtures` for what X may be."""
        return self.compute(as_mixtures(X, self.metal))

    def get_feature_names_out(self, input_features: Any = None) -> Objects:
        """Return the names of the descriptors."""
        return np.array([descriptor.name for descriptor in self.descriptors], dtype=object)

    def __sklearn_is_fitted__(self) -> bool:
        return True
