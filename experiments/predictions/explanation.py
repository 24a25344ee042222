"""Everything that is to be said about one prediction, gathered from the models."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from anolyte.datasets.electrolytes.electrolyte import Electrolyte
from anolyte.datasets.electrolytes.grammar import parse
from anolyte.models.efficiency.conditions import checked
from anolyte.models.efficiency.model import CoulombicEfficiencyModel
from anolyte.models.explanations.contributions import contributions, reasons
from anolyte.models.explanations.counterfactual import counterfactuals
from anolyte.models.prediction import BACKING, CE_BOUNDS, LCE_BOUNDS, Column
from anolyte.models.property_columns import ROOM_CELSIUS

from .load_or_train import as_model

SAID = (Column.ELECTROLYTE, *CE_BOUNDS, *LCE_BOUNDS, *BACKING)


@dataclass(frozen=True)
class Explanation:
    """A prediction with what stands behind it.

    Attributes
    ----------
    prediction
        metal, electrolyte, coverage, CE and LCE with interval, evidence, domain_score,
        nearest, remarks, assumptions; further properties as in `predict`, None where not predicted.
    mean_lce
        Weighted mean LCE of the metal, from which the contributions start.
    reasons
        The largest contributions in words.
    contributions
        See `anolyte.models.explanations.contributions.contributions`.
    composition, function
        Probability of each composition and each function of the SEI, likeliest first.
    species
        The likeliest SEI species: species, score, share, origin.
    counterfactuals
        See `anolyte.models.explanations.counterfactual.counterfactuals`.

    Examples
    --------
    >>> from anolyte.experiments import explain
    >>> found = explain("2 M ZnSO4 in H2O", "Zn", most=3)
    >>> found.prediction["evidence"]
    'moderate'
    >>> found.contributions["descriptor"].tolist()
    ['O_fraction', 'O_fraction_solvent', 'C_fraction_solvent', '', '']
    """

    prediction: dict[str, Any]
    mean_lce: float
    reasons: str
    contributions: pd.DataFrame
    composition: dict[str, float]
    function: dict[str, float]
    species: pd.DataFrame
    counterfactuals: pd.DataFrame

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain values, ready for JSON."""
        tables = ("contributions", "species", "counterfactuals")
        plain = {name: json.loads(getattr(self, name).to_json(orient="records")) for name in tables}
        return {
            **self.prediction,
            "mean_lce": self.mean_lce,
            "reasons": self.reasons,
            Column.SEI_COMPOSITION: self.composition,
            Column.SEI_FUNCTION: self.function,
            **plain,
        }


def explain(
    electrolyte: str | Electrolyte,
    metal: str,
    model: CoulombicEfficiencyModel | str | Path | None = None,
    coverage: float = 0.9,
    most: int = 10,
    species: int = 5,
    conditions: Mapping[str, float | str] | None = None,
    celsius: float = ROOM_CELSIUS,
) -> Explanation:
    """Explain the prediction of one electrolyte.

    Parameters
    ----------
    electrolyte
        The formulation, parsed or as text.
    metal
        Symbol of the metal.
    model
        A fitted model, or where to find one, see `predict`.
    coverage
        Of the interval.
    most, species
        How many descriptors and SEI species to list.
    conditions
        Those that are known, see `predict`.
    celsius
        Temperature of further properties in degrees C.

    Raises
    ------
    FormulationError
        If the text cannot be read.
    ValueError
        If the model is one of another metal.

    Examples
    --------
    >>> from anolyte.experiments import explain
    >>> found = explain("2 M ZnSO4 in H2O", "Zn")
    >>> found.reasons
    'rich in oxygen (O/C 100): lowers CE'
    """
    electrolyte = parse(electrolyte) if isinstance(electrolyte, str) else electrolyte
    model = as_model(model, metal)
    given = pd.DataFrame([{"electrolyte": electrolyte} | checked(conditions or {})])
    predicted = model.assess(given, coverage, celsius)
    told = predicted.to_frame(SAID).iloc[0]
    further = predicted.properties.iloc[0]
    prediction = {
        "metal": model.metal,
        "coverage": coverage,
        **{str(name): _plain(value) for name, value in told.items()},
        **{str(name): _plain(value) for name, value in further.items()},
    }
    listed = model.sei.predict_species(predicted.mixtures, species)
    return Explanation(
        prediction,
        model.mean_lce,
        reasons(model, predicted)[0],
        contributions(model, predicted, most),
        _likeliest_first(predicted.sei_composition),
        _likeliest_first(predicted.sei_function),
        listed[["species", "score", "share", "origin"]],
        counterfactuals(model, electrolyte, coverage=coverage),
    )


def _likeliest_first(probabilities: pd.DataFrame) -> dict[str, float]:
    shares = probabilities.iloc[0].sort_values(ascending=False)
    return {str(name): float(share) for name, share in shares.items()}


def _plain(value: Any) -> str | float | None:
    if isinstance(value, str):
        return value
    return None if pd.isna(value) else float(value)
