"""How a prediction changes with one descriptor, over the electrolytes measured on a metal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from anolyte.datasets.measurements.lce import coulombic_efficiency
from anolyte.features.arrays import Floats, Positions
from anolyte.features.mixtures import Mixtures, as_mixtures

from ..efficiency.model import CoulombicEfficiencyModel
from ..prediction import LCE_BOUNDS, Column
from .contributions import Words

DEPENDENCE = ("cation_concentration", "F_to_O", "donor_number_mean")
CONCENTRATION = "cation_concentration"
COLUMNS = ("descriptor", "words", "unit", "value", Column.CE, *LCE_BOUNDS)


def partial_dependence(
    model: CoulombicEfficiencyModel,
    descriptors: Sequence[str] = DEPENDENCE,
    points: int = 12,
) -> pd.DataFrame:
    """Return the prediction, averaged over the metal's measurements, against a descriptor.

    The salt concentration is changed in every measured electrolyte, and all its descriptors
    with it. Any other descriptor is set in the table of descriptors, and those that say
    nearly the same follow it along their regression lines over the measurements.

    Parameters
    ----------
    model
        A fitted model.
    descriptors
        Names among `model.feature_names`.
    points
        Number of values between the 5 % and 95 % quantiles of the measurements.

    Returns
    -------
    pandas.DataFrame
        Long: descriptor, words, unit, value, ce_pct (of the mean LCE), lce, and its quartiles
        over the electrolytes, lce_low and lce_high. Empty if the model is its metal's mean.

    Examples
    --------
    >>> from anolyte.models import load_model, partial_dependence
    >>> curve = partial_dependence(load_model("anolyte-models/Zn"), ["F_to_C"], points=3)
    >>> curve[["descriptor", "value", "ce_pct"]].round(1)
      descriptor  value  ce_pct
    0     F_to_C    0.0    99.6
    1     F_to_C    1.5    99.6
    2     F_to_C    3.0    99.6
    """
    if model.is_prior:
        return pd.DataFrame(columns=list(COLUMNS))
    mixtures = as_mixtures(model.domain_.measured["electrolyte"].tolist(), model.metal)
    features = np.asarray(model.descriptors(mixtures))
    words = Words.of(model)
    unknown = [name for name in descriptors if name not in words.number]
    if unknown:
        raise ValueError(f"the model has no descriptor {', '.join(map(repr, unknown))}")
    frames = []
    for name in descriptors:
        at = words.number[name]
        frame = _curve(model, mixtures, features, words, at, points)
        label = words.groups[at].labels.get(name) or name
        frame = frame.assign(descriptor=name, words=label, unit=words.units[at])
        frames.append(frame[list(COLUMNS)])
    return pd.concat(frames, ignore_index=True)


def _curve(
    model: CoulombicEfficiencyModel,
    mixtures: Mixtures,
    features: Floats,
    words: Words,
    at: int,
    points: int,
) -> pd.DataFrame:
    now = features[:, at]
    low, high = np.quantile(now, [0.05, 0.95])
    grid = np.linspace(float(low), float(high), points)
    curves = []
    for value in grid:
        if words.names[at] == CONCENTRATION:
            moved = model.descriptors(at_concentration(mixtures, now, value))
        else:
            moved = _moved(features, words.codes, at, float(value))
        curves.append(model.predict_descriptors(np.asarray(moved))[0])
    lower, upper = np.quantile(curves, [0.25, 0.75], axis=1)
    lce = np.mean(curves, axis=1)
    columns = dict(zip(LCE_BOUNDS, (lce, lower, upper), strict=True))
    return pd.DataFrame({"value": grid, Column.CE: coulombic_efficiency(lce), **columns})


def at_concentration(mixtures: Mixtures, now: Floats, wanted: float) -> Mixtures:
    """Return mixtures with their salts diluted or concentrated.

    Parameters
    ----------
    mixtures
        Electrolytes (n).
    now
        Metal cations (n,) in mol per litre of neutral liquid; rows without any stay.
    wanted
        The concentration that all others shall have.
    """
    factor = np.where(now > 0, wanted / np.where(now > 0, now, 1.0), 1.0)
    amounts = mixtures.mole_fractions * np.where(mixtures.salts, factor[:, None], 1.0)
    return replace(mixtures, mole_fractions=amounts / amounts.sum(axis=1, keepdims=True))


def _moved(features: Floats, codes: Positions, at: int, value: float) -> Floats:
    """Return descriptors with one set to a value and its near-synonyms following it."""
    moved = features.copy()
    centred = features[:, at] - features[:, at].mean()
    variance = float(centred @ centred)
    for column in np.flatnonzero(codes == codes[at]):
        slope = float(centred @ features[:, column]) / variance if variance else 0.0
        moved[:, column] += slope * (value - features[:, at])
        ends = features[:, column].min(), features[:, column].max()
        np.clip(moved[:, column], *ends, out=moved[:, column])
    moved[:, at] = value
    return moved
