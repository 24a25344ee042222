"""Several objectives at once: a weighted score, and the Pareto front.

Cost is one where the user gives prices: there is no sourced price of these salts. The number of
critical elements (EU list of 2023) is the nearest thing to it that is sourced.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import ClassVar

import numpy as np
import pandas as pd
from anolyte.features.arrays import Floats
from anolyte.models.efficiency.model import CoulombicEfficiencyModel
from anolyte.models.prediction import Column, Prediction
from anolyte.models.properties.conductivity import CONDUCTIVITY

from ..constraints.cost import any_price, cost_per_litre
from ..constraints.rules import critical_count, weight_percent
from .criteria import Criterion, LowerBound

# What each objective is, and whether more of it is better.
OBJECTIVES: Mapping[str, tuple[str, bool]] = {
    "ce": ("lower bound of the CE", True),
    "sei": ("desirability of the SEI", True),
    "fluorine": ("fluorine in wt%", False),
    "critical": ("number of critical elements, the metal included", False),
    "cost": ("cost of a litre, by the prices given", False),
    "conductivity": ("logarithm of the conductivity", True),
}
COLUMNS = {
    "sei": Column.SEI_DESIRABILITY,
    "fluorine": "fluorine_wt_pct",
    "critical": "critical_elements",
    "cost": "cost_per_l",
    "conductivity": "log_conductivity",
}
WEIGHTS = {"ce": 1.0, "sei": 0.3, "fluorine": -0.1}


def objective_columns(predicted: Prediction) -> pd.DataFrame:
    """Return the objectives beside the CE: the columns of `COLUMNS`; no price, no ``cost_per_l``.

    Where the price of a compound is missing the cost is NaN.
    """
    mixtures = predicted.mixtures
    columns = {
        Column.SEI_DESIRABILITY: predicted.sei_desirability,
        "fluorine_wt_pct": weight_percent(mixtures, pfas=False),
        "critical_elements": critical_count(mixtures),
    }
    if any_price(mixtures):
        columns["cost_per_l"] = cost_per_litre(mixtures)
    return pd.DataFrame(columns)


def _objectives(predicted: Prediction, names: Iterable[str]) -> pd.DataFrame:
    """Return the objectives; what is not known of one counts as the worst of those that are."""
    found = objective_columns(predicted)
    if "conductivity" in names:
        found[COLUMNS["conductivity"]] = _log_conductivity(predicted)
    if "cost" in names:
        if "cost_per_l" not in found:
            raise ValueError("the objective cost needs prices: --prices prices.csv")
        found["cost_per_l"] = found["cost_per_l"].fillna(found["cost_per_l"].max()).fillna(0.0)
    return found


def _log_conductivity(predicted: Prediction) -> pd.Series:
    if CONDUCTIVITY.name not in predicted.model.properties_:
        raise ValueError("no model predicts the conductivity: leave out that objective")
    found = pd.Series(np.log10(predicted.properties[CONDUCTIVITY.column].to_numpy(float)))
    return found.fillna(found.min()).fillna(0.0)


@dataclass(frozen=True)
class _Several(Criterion):
    """What criteria of several objectives share: a pool that is the best by CE."""

    by_pool: ClassVar[bool] = True

    base: Criterion = field(default_factory=LowerBound, kw_only=True)

    def fitting(self, model: CoulombicEfficiencyModel, coverage: float) -> Criterion:
        """Return the criterion with a base that the model can serve."""
        return replace(self, base=self.base.fitting(model, coverage))

    def scores(self, predicted: Prediction, model: CoulombicEfficiencyModel) -> Floats:
        """Return the scores (n,) of the base."""
        return self.base.scores(predicted, model)

    def unit(self, model: CoulombicEfficiencyModel) -> float:
        """Return 1: the objectives are scaled."""
        return 1.0

    @property
    def caveat(self) -> str:
        """That of the base."""
        return self.base.caveat


def _scaled(values: Floats) -> Floats:
    """Return values from 0, the smallest, to 1, the largest; 0 if all are the same."""
    low, high = float(values.min()), float(values.max())
    return (values - low) / (high - low) if high - low > 1e-12 else np.zeros_like(values)


@dataclass(frozen=True)
class Weighted(_Several):
    """Weighted sum of objectives, each scaled from 0 to 1 over the pool.

    The pool are the best candidates by CE (`criteria.POOL`), the smallest value of an objective
    there is 0, the largest 1. A negative weight asks for little of it.

    Attributes
    ----------
    weights
        Names of `OBJECTIVES` and their weights.

    Raises
    ------
    ValueError
        If an objective is unknown, a weight no number, or all are 0.

    Examples
    --------
    >>> from anolyte.datasets import shipped_compounds
    >>> from anolyte.experiments import CandidateSpace, Weighted, screen
    >>> from anolyte.models import load_model
    >>> known = shipped_compounds()
    >>> salts, solvents = [known["ZnSO4"], known["Zn(OTf)2"]], [known["H2O"], known["DME"]]
    >>> space = CandidateSpace.of("Zn", salts, solvents)

    >>> criterion = Weighted((("ce", 1.0), ("fluorine", -0.5)))
    >>> screen(space, load_model("anolyte-models/Zn"), top=5, criterion=criterion).criterion
    'weighted ce=1, fluorine=-0.5'
    """

    name: ClassVar[str] = "weighted"

    weights: tuple[tuple[str, float], ...] = tuple(WEIGHTS.items())

    def __post_init__(self) -> None:
        for name, weight in self.weights:
            if name not in OBJECTIVES:
                raise ValueError(f"unknown objective {name!r}; use {', '.join(OBJECTIVES)}")
            if not np.isfinite(weight):
                raise ValueError(f"the weight of {name} is no number")
        if not any(weight for _, weight in self.weights):
            raise ValueError("give at least one objective a weight")

    @classmethod
    def read(cls, text: str) -> Weighted:
        """Return the criterion of a text such as ``ce=1,sei=0.3,fluorine=-0.1``."""
        weights: dict[str, float] = {}
        for part in filter(None, (part.strip() for part in text.split(","))):
            name, _, number = part.partition("=")
            try:
                weights[name.strip()] = float(number)
            except ValueError:
                raise ValueError(f"weight {part!r}: write it like ce=1") from None
        return cls(tuple(weights.items()))

    def settle(self, pool: pd.DataFrame, predicted: Prediction) -> pd.DataFrame:
        """Return the pool scored by the weighted sum."""
        values = _objectives(predicted, dict(self.weights))
        score = np.zeros(len(pool))
        for name, weight in self.weights:
            column = pool["score"] if name == "ce" else values[COLUMNS[name]]
            score += weight * _scaled(column.to_numpy())
        return pool.assign(score=score)

    def __str__(self) -> str:
        return f"{self.name} {', '.join(f'{name}={weight:g}' for name, weight in self.weights)}"


@dataclass(frozen=True)
class Pareto(_Several):
    """Non-dominated candidates first: the column ``front`` counts the fronts from 1.

    A candidate is dominated if another is at least as good in every objective and better in
    one; without the first front, the next comes to light (non-dominated sorting). Within a
    front the CE decides.

    Attributes
    ----------
    objectives
        Names of `OBJECTIVES`.

    Raises
    ------
    ValueError
        If an objective is unknown or they are fewer than two.

    Examples
    --------
    >>> from anolyte.datasets import shipped_compounds
    >>> from anolyte.experiments import CandidateSpace, Pareto, screen
    >>> from anolyte.models import load_model
    >>> known = shipped_compounds()
    >>> salts, solvents = [known["ZnSO4"], known["Zn(OTf)2"]], [known["H2O"], known["DME"]]
    >>> space = CandidateSpace.of("Zn", salts, solvents)

    >>> criterion = Pareto(("ce", "fluorine"))
    >>> ranked = screen(space, load_model("anolyte-models/Zn"), top=5, criterion=criterion)
    >>> int(ranked.to_frame()["front"].iloc[0])
    1
    """

    name: ClassVar[str] = "pareto"

    objectives: tuple[str, ...] = ("ce", "sei", "fluorine")

    def __post_init__(self) -> None:
        unknown = [name for name in self.objectives if name not in OBJECTIVES]
        if unknown:
            raise ValueError(f"unknown objective {unknown[0]!r}; use {', '.join(OBJECTIVES)}")
        if len(set(self.objectives)) < 2:
            raise ValueError("a Pareto front needs two objectives")

    def settle(self, pool: pd.DataFrame, predicted: Prediction) -> pd.DataFrame:
        """Return the pool with the front of each candidate."""
        import moocore

        values = _objectives(predicted, self.objectives).rename(
            columns={c: n for n, c in COLUMNS.items()}
        )
        values["ce"] = pool["score"].to_numpy()
        points = values[list(self.objectives)].to_numpy(dtype=float)
        upwards = [OBJECTIVES[name][1] for name in self.objectives]
        front = np.asarray(moocore.pareto_rank(points, maximise=upwards), dtype=np.int64) + 1
        within = _scaled(pool["score"].to_numpy())
        # Below 1: the best of a front stays behind the worst of the one before.
        return pool.assign(front=front, score=0.99 * within - front)

    def __str__(self) -> str:
        return f"{self.name} {', '.join(self.objectives)}"
