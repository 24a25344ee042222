"""What is predicted: Coulombic efficiency with an interval; validation and storage."""

from __future__ import annotations

from .bundles.bundle import load_model, save_model
from .efficiency.model import CoulombicEfficiencyModel
from .sei.model import SEIModel

__all__ = ["CoulombicEfficiencyModel", "SEIModel", "load_model", "save_model"]
