"""Honest accuracy: the model and baselines compared on the same folds.

The headline split leaves whole sources out. The model is validated nested: the folds that
judge it have no part in choosing its recipe, its slope or its intervals. Rank quality
stands beside the error because the product is a ranking. A prediction that satisfies a
measured bound (``>``, ``<``) counts as right, for every contender alike.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from anolyte.datasets.files.processes import in_processes
from anolyte.datasets.measurements.lce import log_coulombic_efficiency
from anolyte.datasets.measurements.splits import Fold, known_others, middle_year, split
from anolyte.features import ElectrolyteFeaturizer
from anolyte.features.arrays import Floats, Integers
from sklearn.base import clone

from .crossfit import LATER, HeldOut, Left, Progress, assemble, cross_fit
from .families import SLOW, fit_family
from .intervals import COVERAGES
from .metrics import BASELINE, CONSTANT, OURS, coverage_metrics, metrics, ratios, scores
from .model import CoulombicEfficiencyModel, too_few
from .recipes import PRIOR, Choice, all_members, choose

RATIOS = ("composition",)


@dataclass(frozen=True)
class Contender:
    """A baseline: descriptor blocks and the families whose mean it predicts."""

    blocks: Sequence[str]
    families: Sequence[str]


BASELINES: Mapping[str, Contender] = {
    CONSTANT: Contender(RATIOS, ("constant",)),
    "ridge on 13 ratios": Contender(RATIOS, ("ridge",)),
    BASELINE: Contender(RATIOS, ("random_forest",)),
}


@dataclass(frozen=True)
class Validation:
    """What a validation found.

    Attributes
    ----------
    table
        One row a contender: means over the repeats of `metrics`; ``skill`` and
        ``skill_weighted``, its RMSE (weighted) over that of the constant; ``rmse_ratio``,
        its RMSE over that of `BASELINE`; for ours the coverage and mean width (LCE) of the
        intervals.
    predictions
        Held-out LCE of each contender, averaged over the repeats.
    intervals
        Held-out half-widths of our intervals by coverage, of the first repeat.
    recipes
        How often each recipe was chosen in the outer folds.
    held_out
        Held-out predictions of the first repeat, see `crossfit`.
    """

    table: pd.DataFrame
    predictions: dict[str, Floats]
    intervals: dict[float, Floats]
    recipes: dict[str, int]
    held_out: Mapping[Left, HeldOut]

    @property
    def skill(self) -> float:
        """Our RMSE over that of the constant, rows counted by weight."""
        return float(self.table["skill_weighted"][OURS])


@dataclass(frozen=True)
class SplitResult:
    """What one split found for one metal.

    Attributes
    ----------
    split
        Its name.
    table
        One row a contender: `metrics.scores`, and `metrics.coverage_metrics` of ours.
    held_out
        ``predicted`` (LCE) by our model, and the half-width of the interval at each
        coverage; none for a model without intervals. Indexed by the position of the tested
        measurement: later literature tests some more than once, and not every split tests
        all.
    recipes
        Share of the measurements that each recipe predicted.
    """

    split: str
    table: pd.DataFrame
    held_out: pd.DataFrame
    recipes: Mapping[str, float] = field(default_factory=dict)


def baseline_predictions(
    measurements: pd.DataFrame,
    contender: Contender,
    fold_of_row: Integers,
    seed: int = 0,
) -> Floats:
    """Return the LCE (n,) predicted for each row by a model that has not seen its fold."""
    masks = [fold_of_row == fold for fold in np.unique(fold_of_row)]
    folds = [(np.flatnonzero(~test), np.flatnonzero(test)) for test in masks]
    predicted = np.zeros(len(measurements))
    predicted[np.concatenate([test for _, test in folds])] = fold_predictions(
        measurements, contender, folds, seed
    )
    return predicted


def fold_predictions(
    measurements: pd.DataFrame, contender: Contender, folds: Sequence[Fold], seed: int = 0
) -> Floats:
    """Return the LCE predicted for the tested rows of all folds, one fold after the other."""
    features = ElectrolyteFeaturizer(contender.blocks).fit_transform(measurements)
    observed = log_coulombic_efficiency(measurements["ce_pct"])
    calls = [
        (contender.families, features[train], observed[train], features[test], seed)
        for train, test in folds
    ]
    # A linear fit is done before a process has been told of it.
    workers = (os.cpu_count() or 1) if set(contender.families) & SLOW else 1
    parts = dict(in_processes(_fold_prediction, calls, workers))
    return np.concatenate([parts[fold] for fold in range(len(folds))])


def _fold_prediction(
    families: Sequence[str], features: Floats, observed: Floats, unseen: Floats, seed: int
) -> Floats:
    fitted = (fit_family(family, features, observed, seed=seed) for family in families)
    return np.asarray(np.mean([each.predict(unseen) for each in fitted], axis=0))


def nested(
    model: CoulombicEfficiencyModel,
    measurements: pd.DataFrame,
    others: pd.DataFrame | None = None,
    progress: Progress | None = None,
) -> tuple[pd.DataFrame, Mapping[Left, HeldOut]]:
    """Validate a model on unseen sources without any part of it seeing them.

    Returns
    -------
    frame
        For each row ``predicted`` (LCE), ``recipe``, and the half-width of the interval at
        each coverage (columns named by it).
    held_out
        The held-out predictions, of which `CoulombicEfficiencyModel.fit` can use those
        without single folds.
    """
    rows = model.rows(measurements, others)
    fold = model.fold_of_row(measurements)
    among = model.recipes(others is not None and len(others) > 0)
    cut = middle_year(measurements)
    held_out = cross_fit(rows, fold, all_members(among), model.seed, True, progress, cut)
    frame = _unfilled(measurements)
    for outer in np.unique(fold):
        inner = [int(each) for each in np.unique(fold) if each != outer]
        parts = [held_out[frozenset((int(outer), each))] for each in inner]
        joined = assemble(parts, [np.flatnonzero(fold == each) for each in inner])
        later = held_out.get(frozenset((int(outer), LATER)))
        choice = choose(measurements, joined, among, later)
        part = held_out[frozenset((int(outer),))]
        predicted = choice.combine(part.means, part.predictions)
        _fill(frame, measurements.index[part.rows], choice, predicted, choice.spread(part.spread))
    return frame, held_out


def _unfilled(measurements: pd.DataFrame) -> pd.DataFrame:
    columns: dict[str | float, object] = {"predicted": np.nan, "recipe": ""}
    return pd.DataFrame(columns | dict.fromkeys(COVERAGES, np.nan), index=measurements.index)


def _fill(
    frame: pd.DataFrame, at: pd.Index, choice: Choice, predicted: Floats, spread: Floats
) -> None:
    frame.loc[at, "predicted"] = predicted
    frame.loc[at, "recipe"] = choice.recipe
    for coverage in COVERAGES:
        frame.loc[at, coverage] = choice.scale.half_width(spread, coverage)


def refitted(
    model: CoulombicEfficiencyModel,
    measurements: pd.DataFrame,
    others: pd.DataFrame | None,
    folds: Sequence[Fold],
    progress: Progress | None = None,
    name: str = "",
) -> pd.DataFrame:
    """Validate on any folds by training anew for each.

    Returns
    -------
    pandas.DataFrame
        Columns as in `nested`, one row for each tested row of each fold, indexed by its
        position among the measurements. What may be known of `others` goes by the name of
        the split, see `splits.known_others`.
    """
    frames = []
    for done, (train, test) in enumerate(folds):
        unseen = measurements.iloc[test]
        frame = _unfilled(unseen.set_axis(test))
        rest = None if others is None else known_others(others, measurements, (train, test), name)
        fitted = clone(model).set_params(folds=5).fit(measurements.iloc[train], others=rest)
        _fill(frame, frame.index, fitted.choice_, *fitted.predict_lce(unseen))
        frames.append(frame)
        if progress is not None:
            progress("training without each fold", done + 1, len(folds))
    return pd.concat(frames)


def compare(
    model: CoulombicEfficiencyModel,
    measurements: pd.DataFrame,
    others: pd.DataFrame | None = None,
    repeats: int = 2,
    progress: Progress | None = None,
) -> Validation:
    """Compare a model with the baselines on sources not seen, on identical folds.

    Parameters
    ----------
    model
        Gives metal, blocks, scopes, folds and the seed of the first repeat.
    measurements, others
        Rows of the metal and of other metals.
    repeats
        How often, with other folds each time.

    Raises
    ------
    ValueError
        If there are too few rows or sources to hold some out.
    """
    if too_few(measurements):
        raise ValueError(f"too few measurements of {model.metal} to validate on")
    scores: dict[str, list[dict[str, float]]] = {}
    sums: dict[str, Floats] = {}
    frames, parts = [], []
    for repeat in range(repeats):
        seeded = clone(model).set_params(seed=model.seed + repeat)
        frame, held_out = nested(seeded, measurements, others, progress)
        frames.append(frame)
        parts.append(held_out)
        fold = seeded.fold_of_row(measurements)
        predicted = {
            name: baseline_predictions(measurements, contender, fold, seeded.seed)
            for name, contender in BASELINES.items()
        } | {OURS: frame["predicted"].to_numpy()}
        for name, values in predicted.items():
            found = metrics(measurements, values, name != CONSTANT)
            found |= coverage_metrics(measurements, frame) if name == OURS else {}
            scores.setdefault(name, []).append(found)
            sums[name] = sums.get(name, 0.0) + values / repeats
    counts = pd.concat([frame["recipe"] for frame in frames]).value_counts()
    return Validation(
        ratios(pd.DataFrame({name: pd.DataFrame(rows).mean() for name, rows in scores.items()}).T),
        sums,
        {coverage: frames[0][coverage].to_numpy() for coverage in COVERAGES},
        {str(name): int(count) for name, count in counts.items()},
        parts[0],
    )


def on_split(
    model: CoulombicEfficiencyModel,
    measurements: pd.DataFrame,
    others: pd.DataFrame | None,
    name: str,
    folds: int,
    progress: Progress | None = None,
) -> SplitResult:
    """Train anew without each fold of a split, beside the baselines.

    Parameters
    ----------
    model, measurements, others
        As in `compare`; with too few rows or sources, beside the constant alone.
    name, folds
        See `anolyte.datasets.measurements.splits.split`.

    Raises
    ------
    ValueError
        If there is too little to split by.
    """
    tested = split(measurements, name, folds, model.seed)

    def told(what: str, done: int, total: int) -> None:
        if progress is not None:
            progress(f"{name}: {what}", done, total)

    frame = refitted(model, measurements, others, tested, told, name)
    rows = measurements.iloc[frame.index]
    ours = frame["predicted"].to_numpy()
    predicted = {CONSTANT: ours}
    if not too_few(measurements):
        predicted = {
            contender: fold_predictions(measurements, how, tested, model.seed)
            for contender, how in BASELINES.items()
        }
    table = scores(rows, predicted | {OURS: ours})
    if (frame["recipe"] == PRIOR).all():
        # The means of the folds differ a little, which is no ranking.
        unranked = metrics(rows, ours, ranks=False)
        for metric in ("spearman", "precision_top10"):
            table.loc[[CONSTANT, OURS], metric] = unranked[metric]
    for metric, value in coverage_metrics(rows, frame).items():
        table.loc[OURS, metric] = value
    shares = frame["recipe"].value_counts(normalize=True)
    chosen = {str(recipe): float(share) for recipe, share in shares.items()}
    return SplitResult(name, table, frame[["predicted", *COVERAGES]], chosen)


def learning_curve(
    measurements: pd.DataFrame, contender: Contender, steps: int = 5, seed: int = 0
) -> pd.DataFrame:
    """Return RMSE against the number of training sources (columns sources, rows, rmse)."""
    features = ElectrolyteFeaturizer(contender.blocks).fit_transform(measurements)
    observed = log_coulombic_efficiency(measurements["ce_pct"])
    sources = measurements["source"].to_numpy(dtype=object)
    generator = np.random.Generator(np.random.PCG64(seed))
    points = []
    for share in np.linspace(0.2, 1.0, steps):
        predicted = np.zeros(len(observed))
        sizes, counts = [], []
        for train, test in split(measurements, folds=5, seed=seed):
            names = np.unique(sources[train].astype(str))
            kept = generator.permutation(names)[: max(2, round(share * len(names)))]
            chosen = train[np.isin(sources[train].astype(str), kept)]
            for family in contender.families:
                fitted = fit_family(family, features[chosen], observed[chosen], seed=seed)
                predicted[test] += fitted.predict(features[test]) / len(contender.families)
            sizes.append(len(chosen))
            counts.append(len(kept))
        rmse = metrics(measurements, predicted)["rmse"]
        points.append((float(np.mean(counts)), float(np.mean(sizes)), rmse))
    return pd.DataFrame(points, columns=["sources", "rows", "rmse"])
