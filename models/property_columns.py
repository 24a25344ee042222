"""The properties that are told beside a Coulombic efficiency, at one temperature, as columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

import numpy as np
import pandas as pd
from anolyte.features.arrays import Floats, Objects
from anolyte.features.mixtures import Mixtures

ROOM_CELSIUS = 25.0
NOT_PREDICTED = "not predicted"


class Named(Protocol):
    """What has to be known of a property to tell it; `properties.Property` is one."""

    @property
    def columns(self) -> tuple[str, str, str]:
        """The columns of the value and of the ends of its interval."""

    @property
    def reason(self) -> str:
        """The column that says why there is no value."""


class Told(NamedTuple):
    """What is predicted of n electrolytes; NaN where nothing is, for the reason given.

    Attributes
    ----------
    value, low, high
        The value (n,) and the ends of its interval.
    reason
        Why there is no value (n,), or nothing.
    """

    value: Floats
    low: Floats
    high: Floats
    reason: Objects


class PropertyPredictor(Protocol):
    """What is asked of the model of a property; `properties.PropertyModel` is one."""

    @property
    def what(self) -> Named:
        """The property."""

    def assess(self, X: Mixtures, celsius: float = ..., coverage: float = ...) -> Told:
        """Return the property of mixtures at a temperature."""


@dataclass(frozen=True)
class Properties:
    """Models of properties, and the temperature at which they are asked.

    Attributes
    ----------
    models
        By the short name of the property; perhaps none.
    celsius
        The temperature in degrees C.

    Examples
    --------
    >>> from anolyte.models.property_columns import Properties
    >>> Properties().columns
    ()
    """

    models: Mapping[str, PropertyPredictor] = field(default_factory=dict)
    celsius: float = ROOM_CELSIUS

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of `frame`."""
        each = ((*model.what.columns, model.what.reason) for model in self.models.values())
        return tuple(name for names in each for name in names)

    @property
    def reasons(self) -> tuple[str, ...]:
        """Those of `columns` that are texts."""
        return tuple(model.what.reason for model in self.models.values())

    def frame(self, mixtures: Mixtures, coverage: float = 0.9) -> pd.DataFrame:
        """Return for each property its value, the ends of its interval and why there is none."""
        found: dict[str, Floats | Objects] = {}
        for model in self.models.values():
            told = model.assess(mixtures, self.celsius, coverage)
            found |= dict(zip((*model.what.columns, model.what.reason), told, strict=True))
        return pd.DataFrame(found, index=range(len(mixtures)))

    def value(self, name: str, mixtures: Mixtures) -> Floats:
        """Return a property of mixtures (n,), NaN where nothing is predicted."""
        if name not in self.models:
            return np.full(len(mixtures), np.nan)
        return self.models[name].assess(mixtures, self.celsius).value


def figures(table: pd.DataFrame, column: str) -> list[str]:
    """Return a property of the rows of a table in words: a figure with its interval, or none.

    Examples
    --------
    >>> import pandas as pd
    >>> from anolyte.models.property_columns import figures
    >>> row = {"conductivity_mS_cm": 11.4, "conductivity_mS_cm_low": 7.0}
    >>> none = dict.fromkeys(row | {"conductivity_mS_cm_high": 0}, float("nan"))
    >>> figures(pd.DataFrame([row | {"conductivity_mS_cm_high": 19.0}, none]), "conductivity_mS_cm")
    ['11.4 (7 to 19)', 'not predicted']
    """
    bounds = table[[column, f"{column}_low", f"{column}_high"]].to_numpy(float)
    return [
        NOT_PREDICTED if np.isnan(middle) else f"{middle:.3g} ({low:.2g} to {high:.2g})"
        for middle, low, high in bounds
    ]
