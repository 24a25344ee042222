"""Evaluate models on every named split, beside every baseline, on identical folds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from anolyte.datasets.compounds.metals import Metal, as_metal
from anolyte.datasets.measurements.splits import LATER, NEW_COMPOUND, SPLITS
from anolyte.features import ElectrolyteFeaturizer
from anolyte.features.arrays import Floats
from anolyte.models.efficiency.crossfit import Progress
from anolyte.models.efficiency.families import fit_family
from anolyte.models.efficiency.members import Ensemble, Rows, centred, fit_transfer
from anolyte.models.efficiency.metrics import CONSTANT, OURS, scores
from anolyte.models.efficiency.model import CoulombicEfficiencyModel, too_few
from anolyte.models.efficiency.recipes import BLEND
from anolyte.models.efficiency.validation import (
    BASELINES,
    RATIOS,
    Contender,
    SplitResult,
    Validation,
    compare,
    learning_curve,
    on_split,
)

from ..training.train import TrainingResult, digest, untrained

HEADLINE, TRANSFERRED = "leave-source-out", "leave-metal-out"
# The order of the tables: the headline first, the flattering one last but one.
ORDER = (
    HEADLINE,
    LATER,
    NEW_COMPOUND,
    "leave-main-solvent-out",
    "leave-salt-out",
    "random",
    TRANSFERRED,
)
FOLDS = 5
FEW_FOLDS = 3
SHOWN = (
    *("rmse", "mae", "spearman", "precision_top10", "skill", "explained"),
    *("coverage_90", "coverage_90_by_source", "width_90"),
)


@dataclass(frozen=True)
class Evaluation:
    """What all splits found for one metal.

    Attributes
    ----------
    measurements
        The efficiencies evaluated on, and ``digest``, the SHA-256 of them.
    splits
        Results by name, in the order of `ORDER`.
    skipped
        Splits that could not be made, with the reason.
    curve
        Error against the number of training sources; perhaps empty.
    prior_only
        Whether the sources are too few to learn from.
    blocks, seed
        Of the model that was evaluated.

    Examples
    --------
    >>> from anolyte.experiments import evaluate, gather, gather_others
    >>> splits = ["leave-source-out"]
    >>> found = evaluate("Al", gather("Al"), gather_others("Al"), splits, quick=True)
    >>> found.prior_only, list(found.splits)
    (True, ['leave-source-out'])
    """

    metal: Metal
    measurements: pd.DataFrame
    splits: Mapping[str, SplitResult]
    skipped: Mapping[str, str]
    curve: pd.DataFrame
    prior_only: bool
    digest: str
    blocks: tuple[str, ...] = ()
    seed: int = 0

    def summary(self) -> pd.DataFrame:
        """Return one table of all splits: split, model and the columns of `SHOWN`."""
        if not self.splits:
            return pd.DataFrame(columns=["split", "model", *SHOWN])
        parts = [
            result.table.reindex(columns=list(SHOWN)).rename_axis("model").reset_index()
            for result in self.splits.values()
        ]
        names = [
            name for name, part in zip(self.splits, parts, strict=True) for _ in range(len(part))
        ]
        return pd.concat(parts, ignore_index=True).assign(split=names)[["split", "model", *SHOWN]]


def checked_splits(names: Sequence[str]) -> list[str]:
    """Return split names in the order of `ORDER`.

    Raises
    ------
    ValueError
        If one is unknown, or there are none.
    """
    unknown = [name for name in names if name not in SPLITS]
    if unknown or not names:
        raise ValueError(f"unknown split {', '.join(unknown)!r}; use {', '.join(ORDER)}")
    return [name for name in ORDER if name in names]


def evaluate(
    metal: Metal,
    measurements: pd.DataFrame,
    others: pd.DataFrame,
    splits: Sequence[str] = ORDER,
    quick: bool = False,
    repeats: int = 1,
    seed: int = 0,
    progress: Progress | None = None,
) -> Evaluation:
    """Evaluate the model of a metal and the baselines on named splits.

    Parameters
    ----------
    metal
        The metal.
    measurements, others
        Its efficiencies and those of the other metals.
    splits
        Names among `ORDER`. Leave-source-out is nested (what judges has no part in any
        choice); leave-metal-out trains on the other metals alone; the others train anew
        for each fold.
    quick
        Learn from the metal's own rows alone, on fewer folds, without a learning curve.
    repeats
        Of leave-source-out, with other folds each time.
    seed
        Of every random choice.
    progress
        Told what is done.

    Examples
    --------
    >>> from anolyte.experiments import evaluate, gather, gather_others
    >>> splits = ["leave-source-out"]
    >>> found = evaluate("Al", gather("Al"), gather_others("Al"), splits, quick=True)
    >>> found.summary()[["split", "model"]]
                  split     model
    0  leave-source-out  constant
    1  leave-source-out   anolyte
    """
    model = untrained(metal, quick=quick, seed=seed)
    rest = None if quick else others
    few = too_few(measurements)
    folds = FEW_FOLDS if quick and not few else FOLDS
    results: dict[str, SplitResult] = {}
    skipped: dict[str, str] = {}
    for name in checked_splits(splits):
        if name == TRANSFERRED:
            results[name] = _without_metal(model, measurements, others)
        elif name == HEADLINE and not few:
            results[name] = _without_source(model, measurements, rest, repeats, progress)
        elif name == HEADLINE or not few:
            try:
                results[name] = on_split(model, measurements, rest, name, folds, progress)
            except ValueError as error:
                skipped[name] = str(error)
        else:
            skipped[name] = "too few sources"
    curve = pd.DataFrame()
    if HEADLINE in results and not (quick or few):
        curve = learning_curve(measurements, Contender(model.blocks, BLEND), seed=seed)
    return Evaluation(
        metal,
        measurements,
        results,
        skipped,
        curve,
        few,
        digest(measurements),
        tuple(model.blocks),
        seed,
    )


def of_training(result: TrainingResult) -> Evaluation:
    """Return the validation of a training as an evaluation; nothing is computed anew."""
    splits = {} if result.validation is None else {HEADLINE: _headline(result.validation)}
    if result.later is not None:
        splits[LATER] = result.later
    other = "not part of a training, see: anolyte evaluate"
    skipped = {name: other for name in ORDER if name not in splits and name != HEADLINE}
    few = too_few(result.measurements)
    if HEADLINE not in splits:
        skipped[HEADLINE] = "too few sources" if few else "the training was not validated"
    return Evaluation(
        as_metal(result.model.metal),
        result.measurements,
        splits,
        skipped,
        result.curve,
        few,
        result.digest,
        tuple(result.model.blocks),
        result.model.seed,
    )


def _headline(found: Validation) -> SplitResult:
    held_out = pd.DataFrame(found.intervals)
    held_out.insert(0, "predicted", found.predictions[OURS])
    total = sum(found.recipes.values())
    recipes = {name: count / total for name, count in found.recipes.items()}
    return SplitResult(HEADLINE, found.table, held_out, recipes)


def _without_source(
    model: CoulombicEfficiencyModel,
    measurements: pd.DataFrame,
    others: pd.DataFrame | None,
    repeats: int,
    progress: Progress | None,
) -> SplitResult:
    return _headline(compare(model, measurements, others, repeats, progress))


def _without_metal(
    model: CoulombicEfficiencyModel, measurements: pd.DataFrame, others: pd.DataFrame
) -> SplitResult:
    """Predict a metal from the others alone; no intervals, for nothing calibrates them.

    A metal's level of efficiency cannot be learned from others: predictions are the mean of
    the other metals' means plus what their deviations teach.
    """
    known = others[~others["source"].isin(set(measurements["source"]))]
    rows = model.rows(measurements, known)
    other = rows.take(~rows.own)
    means = [
        np.average(other.target[of], weights=other.weights[of])
        for of in (other.metals == metal for metal in np.unique(other.metals))
    ]
    level = float(np.mean(means))
    predicted = {CONSTANT: np.full(len(measurements), level)}
    for name, how in BASELINES.items():
        if name != CONSTANT:
            predicted[name] = level + _transferred_ratios(
                how, measurements, known, other, model.seed
            )
    transfer = fit_transfer(other.normalised(), model.seed)
    ensemble = Ensemble(level, rows.layout, transfer=transfer)
    predicted[OURS] = level + ensemble.transferred(rows.features[rows.own])
    held_out = pd.DataFrame({"predicted": predicted[OURS]})
    return SplitResult(TRANSFERRED, scores(measurements, predicted), held_out)


def _transferred_ratios(
    how: Contender, measurements: pd.DataFrame, known: pd.DataFrame, other: Rows, seed: int
) -> Floats:
    featurizer = ElectrolyteFeaturizer(RATIOS)
    seen, unseen = featurizer.fit_transform(known), featurizer.transform(measurements)
    each = [
        fit_family(family, seen, centred(other), seed=seed).predict(unseen)
        for family in how.families
    ]
    return np.asarray(np.mean(each, axis=0))
