"""What is predicted: Coulombic efficiency with an interval, the SEI, and the reasons for both."""

from __future__ import annotations

from .bundles.bundle import load_model, save_model
from .efficiency.model import CoulombicEfficiencyModel
from .explanations.contributions import contributions, importance, reasons
from .explanations.counterfactual import counterfactuals
from .explanations.dependence import partial_dependence
from .prediction import Prediction
from .properties.model import PropertyModel
from .properties.property import Property
from .properties.shipped import shipped_properties
from .sei.model import SEIModel

__all__ = [
    "CoulombicEfficiencyModel",
    "Prediction",
    "Property",
    "PropertyModel",
    "SEIModel",
    "contributions",
    "counterfactuals",
    "importance",
    "load_model",
    "partial_dependence",
    "reasons",
    "save_model",
    "shipped_properties",
]
