"""The block `conditions`: how the efficiency was or will be measured."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import pandas as pd

from ..arrays import Flags, Floats
from ..mixtures import Mixtures
from .base import Descriptor, DescriptorBlock

_NUMBERS = ("current_mA_cm2", "capacity_mAh_cm2", "temperature_C")
_METHODS = ("average", "aurbach")
_SUBSTRATES = ("Cu", "Al", "SS", "Zn", "Au", "Pt")


class ConditionsBlock(DescriptorBlock):
    """Current, capacity, temperature, method, substrate; unknown is a value of its own.

    An unknown number is 0 with its flag ``..._known`` at 0: no typical value is filled in.
    """

    name: ClassVar[str] = "conditions"
    descriptors: ClassVar[tuple[Descriptor, ...]] = (
        Descriptor("current_mA_cm2", "mA/cm2", "current density, 0 if unknown"),
        Descriptor("current_known", "1", "1 if the current density is known"),
        Descriptor("capacity_mAh_cm2", "mAh/cm2", "areal capacity, 0 if unknown"),
        Descriptor("capacity_known", "1", "1 if the areal capacity is known"),
        Descriptor("temperature_C", "degC", "temperature, 0 if unknown"),
        Descriptor("temperature_known", "1", "1 if the temperature is known"),
        *(Descriptor(f"method_{name}", "1", f"CE method {name}") for name in _METHODS),
        *(Descriptor(f"substrate_{name}", "1", f"substrate {name}") for name in _SUBSTRATES),
        Descriptor("substrate_known", "1", "1 if the substrate is known"),
    )

    def columns(self, mixtures: Mixtures) -> list[Floats | Flags]:
        """Return the 15 descriptors."""
        if mixtures.conditions is None:
            return [np.broadcast_to(0.0, (len(mixtures), len(self.descriptors)))]
        columns: list[Floats | Flags] = []
        for name in _NUMBERS:
            values = pd.to_numeric(_column(mixtures, name), errors="coerce").to_numpy(dtype=float)
            columns += [np.nan_to_num(values), np.isfinite(values)]
        method = _column(mixtures, "ce_method")
        substrate = _column(mixtures, "substrate")
        columns += [np.asarray(method == name, dtype=bool) for name in _METHODS]
        columns += [np.asarray(substrate == name, dtype=bool) for name in _SUBSTRATES]
        known = substrate.notna() & (substrate.astype(str) != "")
        return [*columns, np.asarray(known, dtype=bool)]


def _column(mixtures: Mixtures, name: str) -> pd.Series:
    if mixtures.conditions is None or name not in mixtures.conditions.columns:
        return pd.Series([None] * len(mixtures), dtype=object)
    return mixtures.conditions[name].reset_index(drop=True)
