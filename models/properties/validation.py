"""Honest accuracy of a property model: beside baselines, on sources, solvents or salts held out.

A row is judged only if the model predicts it, by all contenders alike; how many are is told. Where
whole salts or solvents are held out nothing is inside of what was measured: there the model is
judged on what it would have said, which is why it says nothing. The intervals of a fold are
calibrated on the held-out rows of the other folds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from anolyte.datasets.compounds.registry import Compound
from anolyte.datasets.measurements.property_tables import ROOM
from anolyte.datasets.measurements.splits import GROUPS, fold_of_row, group_folds, groups
from anolyte.features.arrays import Flags, Floats, Integers
from anolyte.features.blocks.composition import CompositionBlock
from anolyte.features.mixtures import Mixtures
from anolyte.features.molecules.groups import GROUPS as STRUCTURES
from anolyte.features.molecules.groups import group_count

from ..efficiency.crossfit import Progress
from ..efficiency.families import fit_family
from ..efficiency.metrics import CONSTANT, OURS
from .inputs import Inputs
from .model import MOST_ROWS, Fitted, calibrated, thinned
from .property import Property

LINEAR, FOREST = "linear in log c and 1/T", "random forest on composition"
SPLITS = tuple(name for name in GROUPS if name != "leave-metal-out")
HEADLINE = SPLITS[0]
# Of a split where everything held out is outside of what was measured.
UNSEEN = ("leave-salt-out", "leave-main-solvent-out")
COVERAGE = 0.9
_FOLDS = 8
# About room temperature, in kelvin.
_NEAR = 2.0
# Neutral compounds of other kinds may make up this much of a carbonate or an ether electrolyte.
_OTHERS = 0.03
_USUAL_GROUPS = ("carbonate", "ether")
# Fluorine is let pass.
_LET = (*_USUAL_GROUPS, "acetal", "CF3", "CF2", "CF", "alpha_fluoro_ether", "beta_fluoro_ether")
_OTHER_GROUPS = tuple(name for name in STRUCTURES if name not in _LET)


def evaluate_property(
    what: Property,
    metal: str,
    splits: Sequence[str] = SPLITS,
    seed: int = 0,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Return how good a model of a property is, one row a split and contender.

    Parameters
    ----------
    what, metal
        The property and the metal whose table is evaluated: at most `MOST_ROWS` rows a source.
    splits
        Names among `SPLITS`.
    seed
        Of every random choice.

    Returns
    -------
    pandas.DataFrame
        split, model; ``predicted``, the share of the rows that are inside of what was measured;
        ``rmse`` and ``mae`` on the scale that is learned (log10 for a conductivity); for one
        that is positive ``relative``, the median absolute relative error, ``relative_25C``, the
        same at 25 degrees C, and ``relative_25C_carbonates_ethers``, in such solvents; of ours
        ``coverage_90`` and ``coverage_90_by_source`` of the intervals.

    Raises
    ------
    ValueError
        If there is no table of the metal, or no such split.
    """
    rows = what.rows(metal)
    rows = rows.iloc[thinned(rows["source"].to_numpy(dtype=object), MOST_ROWS, seed)]
    rows = rows.reset_index(drop=True)
    inputs = Inputs.of_rows(rows, metal)
    target = what.learned(rows[what.column].to_numpy(float), inputs.concentration)
    parts = []
    for done, name in enumerate(checked_splits(splits)):
        # Water is the only solvent of some tables: no two groups to hold out.
        if len(set(groups(rows, name))) > 1:
            parts.append(_on_split(what, metal, rows, inputs, target, name, seed))
        if progress is not None:
            progress("evaluating splits", done + 1, len(splits))
    return pd.concat(parts, ignore_index=True)


def checked_splits(names: Sequence[str]) -> list[str]:
    """Return split names in the order of `SPLITS`, all of them if none is given.

    Raises
    ------
    ValueError
        If one is unknown.
    """
    unknown = [name for name in names if name not in SPLITS]
    if unknown:
        raise ValueError(f"unknown split {unknown[0]!r}; use {', '.join(SPLITS)}")
    return [name for name in SPLITS if name in names or not names]


def _on_split(
    what: Property,
    metal: str,
    rows: pd.DataFrame,
    inputs: Inputs,
    target: Floats,
    name: str,
    seed: int,
) -> pd.DataFrame:
    sources = rows["source"].to_numpy(dtype=object)
    folds = group_folds(groups(rows, name), _FOLDS, seed)
    inside = np.zeros(len(rows), dtype=bool)
    found = {each: np.zeros(len(rows)) for each in (CONSTANT, LINEAR, FOREST, OURS, "difference")}
    simple = _simple(inputs)
    composition = np.hstack([CompositionBlock().compute(inputs.mixtures), simple])
    for train, test in folds:
        fitted = Fitted.fit(what, metal, inputs.take(train), target[train], sources[train], seed)
        told = fitted.predict(inputs.take(test), everywhere=True)
        inside[test] = told.reason == ""
        found[OURS][test], found["difference"][test] = told.mean, told.spread
        weights = 1 / np.sqrt(pd.Series(sources[train]).groupby(sources[train]).transform("size"))
        each = weights.to_numpy(float) / float(weights.mean())
        found[CONSTANT][test] = _constant(what, inputs, target, train, test, each)
        for contender, features, family in (
            (LINEAR, simple, "ridge"),
            (FOREST, composition, "random_forest"),
        ):
            model = fit_family(family, features[train], target[train], each, seed)
            found[contender][test] = model.predict(features[test])
    judged = np.ones(len(rows), dtype=bool) if name in UNSEEN else inside
    errors = pd.DataFrame({"source": sources, "error": target - found[OURS]})
    errors["difference"], errors["fold"] = found.pop("difference"), fold_of_row(folds)
    table = pd.DataFrame(
        {each: _scores(what, rows, inputs, target, mean, judged) for each, mean in found.items()}
    ).T
    covered = _covered(errors[judged])
    table.loc[OURS, "coverage_90"] = float(covered.mean())
    by_source = covered.groupby(errors["source"][judged]).mean()
    table.loc[OURS, "coverage_90_by_source"] = float(by_source.mean())
    table.insert(0, "predicted", float(inside.mean()))
    table.insert(0, "split", name)
    return table.rename_axis("model").reset_index()


def _simple(inputs: Inputs) -> Floats:
    """Return the logarithm of the concentration and the reciprocal temperature (n, 2)."""
    return np.column_stack([np.log10(inputs.concentration), inputs.reciprocal])


def _constant(
    what: Property, inputs: Inputs, target: Floats, train: Integers, test: Integers, weights: Floats
) -> Floats:
    """Return the mean of the property itself, on the scale that is learned."""
    offset = np.log10(inputs.concentration) if what.per_concentration else np.zeros(len(inputs))
    mean = np.average((target + offset)[train], weights=weights)
    return np.asarray(mean - offset[test])


def _covered(errors: pd.DataFrame) -> pd.Series:
    """Return which rows (n,) are within intervals calibrated on the other folds."""
    inside = pd.Series(False, index=errors.index)
    for fold, part in errors.groupby("fold"):
        floor, scale = calibrated(errors[errors["fold"] != fold])
        half = scale.half_width(floor + part["difference"].to_numpy(float), COVERAGE)
        inside[part.index] = part["error"].abs().to_numpy() <= half
    return inside


def _scores(
    what: Property, rows: pd.DataFrame, inputs: Inputs, target: Floats, mean: Floats, judged: Flags
) -> Mapping[str, float]:
    error = (target - mean)[judged]
    found = {"rmse": float(np.sqrt(np.mean(error**2))), "mae": float(np.mean(np.abs(error)))}
    if not what.per_concentration:
        return found
    relative = np.abs(np.power(10.0, mean - target) - 1)
    room = judged & (np.abs(inputs.kelvin - ROOM) <= _NEAR)
    usual = room & carbonates_and_ethers(inputs.mixtures)
    groups_of_rows = {"relative": judged, "relative_25C": room}
    groups_of_rows["relative_25C_carbonates_ethers"] = usual
    for name, those in groups_of_rows.items():
        found[name] = float(np.median(relative[those])) if those.any() else float("nan")
    return found


def carbonates_and_ethers(mixtures: Mixtures) -> Flags:
    """Return which mixtures (n,) have carbonates and ethers as their neutral compounds."""
    usual = np.array([_is_usual(compound) for compound in mixtures.compounds])
    others = mixtures.solvents & ~usual
    amount = mixtures.amount(mixtures.solvents)
    return np.asarray(mixtures.mole_fractions[:, others].sum(axis=1) <= _OTHERS * amount)


def _is_usual(compound: Compound) -> bool:
    if compound.is_salt or any(group_count(compound, name) for name in _OTHER_GROUPS):
        return False
    return any(group_count(compound, name) for name in _USUAL_GROUPS)
