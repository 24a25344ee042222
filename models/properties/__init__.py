"""Further properties of electrolytes beside the Coulombic efficiency: conductivity, onsets."""

from __future__ import annotations

from .model import PropertyModel
from .property import Property
from .registry import PROPERTIES, get, of_metal
from .shipped import shipped_properties

__all__ = ["PROPERTIES", "Property", "PropertyModel", "get", "of_metal", "shipped_properties"]
