"""What is predicted: Coulombic efficiency with an interval; validation and storage."""

from __future__ import annotations

from .efficiency import CoulombicEfficiencyModel
from .store import load_model, save_model

__all__ = ["CoulombicEfficiencyModel", "load_model", "save_model"]
