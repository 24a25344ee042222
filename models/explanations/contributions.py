"""Why a prediction is what it is: contributions of descriptors, their words, their effect.

Contributions are Shapley values of trees (Lundberg et al., Nat. Mach. Intell. 2 (2020) 56,
doi:10.1038/s42256-019-0138-9): of the tree members that the recipe uses, else of the extra
trees that are fitted to every metal. They say what the model does, not what nature does.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pandas as pd
from anolyte.datasets.measurements.lce import coulombic_efficiency
from anolyte.features.arrays import Floats

from ..efficiency.members import TREES, Member
from ..efficiency.model import CoulombicEfficiencyModel
from ..efficiency.recipes import recipes
from ..prediction import Prediction
from ..threads import one_thread
from .wording import Group, group_of, phrase

FALLBACK = Member("own", "extra_trees")
# A push below this is far below what replicates differ by, and no reason.
LEAST_PUSH = 0.01
REST = "all other descriptors"
NOT_TREES = "what the trees do not explain"
NO_MODEL = "no model for this metal beats its mean"


def explained_members(model: CoulombicEfficiencyModel) -> list[Member]:
    """Return the tree members whose contributions stand for the model's; none for a prior."""
    if model.is_prior:
        return []
    # A corrected member is one tree model upon another and has no contributions of its own.
    used = [
        member
        for member in recipes()[model.recipe]
        if member.family in TREES and member.scope != "corrected"
    ]
    return used or [FALLBACK]


def pushes(model: CoulombicEfficiencyModel, X: Any) -> Floats:
    """Return what each descriptor adds to the LCE of each electrolyte (n, d); X as in `reasons`.

    Columns are `model.feature_names`; all are 0 where the model is the mean of its metal.
    """
    return _pushes(model, _assessed(model, X).descriptors)


def _assessed(model: CoulombicEfficiencyModel, X: Any) -> Prediction:
    return X if isinstance(X, Prediction) else model.assess(X)


def _pushes(model: CoulombicEfficiencyModel, features: Floats) -> Floats:
    result = np.zeros(features.shape)
    members = explained_members(model)
    for member in members:
        seen = model.layout.seen
        # The columns that the member sees, by their numbers.
        (columns,) = seen(np.arange(features.shape[1], dtype=float)[None], member).astype(int)
        estimator = model.ensemble_.estimators[member]
        with one_thread():
            values = _tree_values(member.family, estimator, seen(features, member))
        result[:, columns] += values / len(members)
    return result * model.slope


def _tree_values(family: str, estimator: Any, features: Floats) -> Floats:
    if family == "xgboost":
        from xgboost import DMatrix

        contributions = estimator.get_booster().predict(DMatrix(features), pred_contribs=True)
        return np.asarray(contributions[:, :-1], dtype=float)
    with warnings.catch_warnings():
        # On import it speaks of progress bars that are not asked for.
        warnings.simplefilter("ignore")
        from shap import TreeExplainer

    return np.asarray(TreeExplainer(estimator).shap_values(np.ascontiguousarray(features)))


def contributions(model: CoulombicEfficiencyModel, X: Any, most: int | None = 12) -> pd.DataFrame:
    """Return the contributions to predictions as a table that adds up.

    Parameters
    ----------
    model
        A fitted model.
    X
        Electrolytes, as `anolyte.features.mixtures.as_mixtures` takes them, or the model's
        `Prediction` of them.
    most
        How many descriptors to list for each electrolyte, largest first; None for all.

    Returns
    -------
    pandas.DataFrame
        Long: row (position in `X`), electrolyte, descriptor, words, value, unit, push_lce
        and push_ce_pct, the CE in points that the prediction would lose without it. The last
        two lines of each electrolyte (no descriptor) are the sum of what is not listed, and
        the difference between the model and its trees: with the metal's mean LCE all lines
        add up to the predicted LCE.

    Examples
    --------
    >>> from anolyte.models import contributions, load_model
    >>> model = load_model("anolyte-models/Zn")
    >>> table = contributions(model, ["2 M ZnSO4 in H2O"], most=3)
    >>> table["descriptor"].tolist()
    ['O_fraction', 'O_fraction_solvent', 'C_fraction_solvent', '', '']
    >>> predicted = model.predict_interval(["2 M ZnSO4 in H2O"])["lce"].iloc[0]
    >>> bool(abs(model.mean_lce + table["push_lce"].sum() - predicted) < 1e-6)
    True
    """
    predicted = _assessed(model, X)
    features, lce = predicted.descriptors, predicted.lce
    given = _pushes(model, features)
    words = Words.of(model)
    names = predicted.electrolytes or ("",) * len(predicted)
    frames = []
    for row, values in enumerate(given):
        order = np.argsort(-np.abs(values), kind="stable")[:most]
        rest = float(values.sum() - values[order].sum())
        beyond = float(lce[row] - model.mean_lce - values.sum())
        push = np.append(values[order], [rest, beyond])
        frames.append(
            pd.DataFrame(
                {
                    "row": row,
                    "electrolyte": names[row],
                    "descriptor": [*(words.names[at] for at in order), "", ""],
                    "words": [*(words.phrase(at, features[row]) for at in order), REST, NOT_TREES],
                    "value": np.append(features[row, order], [np.nan, np.nan]),
                    "unit": [*(words.units[at] for at in order), "", ""],
                    "push_lce": push,
                    "push_ce_pct": push_in_points(lce[row], push),
                }
            )
        )
    return pd.concat(frames, ignore_index=True)


def push_in_points(lce: Floats | float, push: Floats) -> Floats:
    """Return the CE in points that a prediction owes to a push on its LCE."""
    predicted = np.asarray(lce, dtype=float)
    return np.asarray(coulombic_efficiency(predicted) - coulombic_efficiency(predicted - push))


def importance(model: CoulombicEfficiencyModel, grouped: bool = True) -> pd.DataFrame:
    """Return what matters for a metal: mean absolute contribution over its measurements.

    Parameters
    ----------
    model
        A fitted model.
    grouped
        Whether to add up descriptors that say nearly the same before averaging.

    Returns
    -------
    pandas.DataFrame
        Columns group or descriptor, and mean_push_lce, largest first.

    Examples
    --------
    >>> from anolyte.models import importance, load_model
    >>> importance(load_model("anolyte-models/Zn")).head(2).round(2)
        group  mean_push_lce
    0  oxygen           0.20
    1  carbon           0.07
    """
    given = pushes(model, model.domain_.measured)
    words = Words.of(model)
    labels = [group.name for group in words.groups] if grouped else words.names
    joined = pd.DataFrame(given.T).groupby(np.array(labels, dtype=object), sort=False).sum()
    mean = joined.abs().mean(axis=1).sort_values(ascending=False, kind="stable")
    column = "group" if grouped else "descriptor"
    return mean.rename("mean_push_lce").rename_axis(column).reset_index()


def reasons(model: CoulombicEfficiencyModel, X: Any, count: int = 3) -> list[str]:
    """Return for each electrolyte the largest contributions in words, joined by semicolons.

    Descriptors that say nearly the same count together, so that no reason is given twice.

    Parameters
    ----------
    model
        A fitted model.
    X
        Electrolytes, as `anolyte.features.mixtures.as_mixtures` takes them, or the model's
        `Prediction` of them.
    count
        How many reasons at most; small ones are left out.

    Examples
    --------
    >>> from anolyte.models import load_model, reasons
    >>> reasons(load_model("anolyte-models/Zn"), ["2 M ZnSO4 in H2O"])
    ['rich in oxygen (O/C 100): lowers CE']
    """
    predicted = _assessed(model, X)
    if model.is_prior:
        return [NO_MODEL] * len(predicted)
    features = predicted.descriptors
    words = Words.of(model)
    given = _pushes(model, features)
    return ["; ".join(words.reasons(*each, count)) for each in zip(features, given, strict=True)]


class Words:
    """A model's descriptors in words: their groups, and the thirds of its training rows."""

    def __init__(self, described: pd.DataFrame, features: Floats) -> None:
        self.names: list[str] = described["name"].astype(str).tolist()
        self.units: list[str] = described["unit"].astype(str).tolist()
        definitions = described["definition"].astype(str)
        self.groups: list[Group] = [
            group_of(name, definition)
            for name, definition in zip(self.names, definitions, strict=True)
        ]
        self.thirds = np.quantile(features, [1 / 3, 2 / 3], axis=0)
        self.number = {name: at for at, name in enumerate(self.names)}
        self.codes, self.kinds = pd.factorize(np.array([g.name for g in self.groups], dtype=object))

    @classmethod
    def of(cls, model: CoulombicEfficiencyModel) -> Words:
        """Return the words of a model."""
        return cls(model.featurizer.describe(), training_features(model))

    def state(self, at: int, values: Floats) -> str:
        """Return what the group of a descriptor is like in one electrolyte."""
        head = self.number.get(self.groups[at].head, at)
        lower, upper = self.thirds[:, head]
        return self.groups[at].state(float(values[head]), float(lower), float(upper))

    def phrase(self, at: int, values: Floats) -> str:
        """Return the words of one descriptor of one electrolyte."""
        state = self.state(at, values)
        return phrase(self.groups[at], self.names[at], float(values[at]), self.units[at], state)

    def reason(self, at: int, values: Floats) -> str:
        """Return the words of a group; whether something is there is said without a figure."""
        group = self.groups[at]
        plain = bool(group.absent) and (values[at] == 0 or len(group.states) == 1)
        return self.state(at, values) if plain else self.phrase(at, values)

    def reasons(self, values: Floats, given: Floats, count: int) -> list[str]:
        """Return the largest contributions by group, from values and pushes (d,)."""
        totals = np.bincount(self.codes, weights=given, minlength=len(self.kinds))
        found: list[str] = []
        for code in np.argsort(-np.abs(totals), kind="stable"):
            if len(found) == count or abs(totals[code]) < LEAST_PUSH:
                break
            members = np.flatnonzero(self.codes == code)
            largest = int(members[np.abs(given[members]).argmax()])
            at = self.number.get(self.groups[largest].head, largest)
            verb = "raises" if totals[code] > 0 else "lowers"
            words = self.reason(at, values)
            found.append(f"{words}: {verb} CE")
        return found


def training_features(model: CoulombicEfficiencyModel) -> Floats:
    """Return the descriptors (n, d) of the metal's measurements, the metal's own included."""
    measured = model.domain_.measured["electrolyte"].tolist()
    return np.asarray(model.descriptors(measured))
