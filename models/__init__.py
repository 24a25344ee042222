"""What is predicted: Coulombic efficiency with an interval; validation and storage."""

from __future__ import annotations

from .efficiency import CoulombicEfficiencyModel
from .sei import SEIModel
from .store import load_model, save_model

__all__ = ["CoulombicEfficiencyModel", "SEIModel", "load_model", "save_model"]
