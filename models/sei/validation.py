"""How right the SEI model is on publications it has not seen, beside its baselines.

Whole publications stand on one side of a fold, whether they tell the function in words or by a
CE, and a row is scored by the rules without what its own publication told the decomposition
table. Everything that `SEIModel.fit` draws from the data is drawn anew from the training side.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd
from anolyte.datasets.interphases.vocabulary import SEI_COMPOSITIONS, SEI_FUNCTIONS
from anolyte.datasets.measurements.splits import Fold, group_folds
from anolyte.features.arrays import Flags, Floats, Integers

from .labels import LabelledRows
from .parts import fit_composition, fit_function, fit_species

TOP = 5
OUTER_FOLDS = 10
BOOTSTRAPS = 1000
BINS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
OURS, METAL = "SEIModel", "frequency of the metal"
COMPOSITION, FUNCTION, SPECIES_TASK = "composition", "function", "species"
# The class whose ranking within a metal the AUC tells, by answer.
RANKED = {COMPOSITION: "inorganic-rich", FUNCTION: "conducts"}
CLASSES = {COMPOSITION: SEI_COMPOSITIONS, FUNCTION: SEI_FUNCTIONS}
KEYS = ("task", "contender", "metal", "metric", "rows", "sources")
COLUMNS = (*KEYS, "value", "deviation", "low", "high")

Contender = Callable[[LabelledRows, LabelledRows], Floats]


def log_losses(classes: Integers, probabilities: Floats) -> Floats:
    """Return the log-loss (n,) of each row."""
    likelihood = probabilities[np.arange(len(classes)), classes]
    return np.asarray(-np.log(np.maximum(likelihood, 1e-6)))


def pair_auc(positive: Flags, scores: Floats, folds: Integers) -> float:
    """Return the share of pairs of one fold that are ordered rightly, ties by half; or NaN.

    Pairs across folds are left out: a metal's frequency is lower wherever a positive is held
    out, and would order them wrongly.
    """
    right = pairs = 0.0
    for fold in np.unique(folds):
        here = folds == fold
        apart = scores[here & positive][:, None] - scores[here & ~positive][None, :]
        right += float((apart > 0).sum() + 0.5 * (apart == 0).sum())
        pairs += apart.size
    return right / pairs if pairs else float("nan")


def species_hits(rows: LabelledRows, scores: Floats) -> pd.DataFrame:
    """Return for each row recall_top5, main_first and first_reported (0 to 1).

    Share of its reported species among the five best; whether the best is the first that the
    source names; whether the best is any that it names. A score of 0 ranks nothing.
    """
    order = np.argsort(-scores, axis=1, kind="stable")[:, :TOP]
    records = []
    for row, reported in enumerate(rows.reported):
        listed = [number for number in order[row] if scores[row, number] > 0]
        first = listed[0] if listed else -1
        found = sum(number in listed for number in reported)
        records.append((found / len(reported), first == reported[0], first in reported))
    names = ["recall_top5", "main_first", "first_reported"]
    return pd.DataFrame(records, columns=names).astype(float)


def _metal_species(train: LabelledRows, test: LabelledRows) -> Floats:
    """Return how often each species is reported on the metal, whatever the electrolyte."""
    named = train.with_species()
    return np.array([named.species[named.metals == metal].sum(axis=0) for metal in test.metals])


CONTENDERS: Mapping[str, Mapping[str, Contender]] = {
    COMPOSITION: {
        METAL: lambda train, test: fit_composition(train).frequency(test.metals),
        OURS: lambda train, test: fit_composition(train).predict(
            test.composition_features, test.metals
        ),
    },
    FUNCTION: {
        METAL: lambda train, test: fit_function(train).frequency(test.metals),
        OURS: lambda train, test: fit_function(train).predict(test.function_features, test.metals),
    },
    SPECIES_TASK: {
        METAL: _metal_species,
        "rules": lambda train, test: test.rules,
        OURS: lambda train, test: fit_species(train).scored(
            test.holds, test.aggregates, test.metals, test.feasible, test.rules
        ),
    },
}


def rows_of(task: str, rows: LabelledRows) -> LabelledRows:
    """Return the rows that a task is judged on."""
    if task == COMPOSITION:
        return rows.with_composition()
    return rows.with_function() if task == FUNCTION else rows.with_species()


def evaluate(rows: LabelledRows, repeats: int = 3, folds: int = OUTER_FOLDS) -> pd.DataFrame:
    """Compare the model with its baselines, publications left out, on identical folds.

    Returns
    -------
    pandas.DataFrame
        Long: task (composition, function, species), contender, metal (or ``all``), metric, rows,
        sources, value (mean of the repeats), deviation (standard, between repeats) and, of
        relative_log_loss, the log-loss over that of the metal's frequency, its 90 % interval
        low to high over sources.
    """
    parts = [
        _task(task, rows_of(task, rows), repeats, folds)
        for task in CONTENDERS
        if repeats and len(set(rows_of(task, rows).groups)) > 1
    ]
    if not parts:
        return pd.DataFrame(columns=list(COLUMNS))
    return pd.concat(parts, ignore_index=True)[list(COLUMNS)]


def _task(task: str, rows: LabelledRows, repeats: int, folds: int) -> pd.DataFrame:
    splits = [group_folds(rows.groups, folds, seed) for seed in range(repeats)]
    found = {
        name: [held_out(rows, contender, each) for each in splits]
        for name, contender in CONTENDERS[task].items()
    }
    frames = [
        _measures(task, rows, predicted, split).assign(contender=name)
        for name, each in found.items()
        for predicted, split in zip(each, splits, strict=True)
    ]
    grouped = pd.concat(frames).groupby(["contender", "metal", "metric"], sort=False)["value"]
    table = grouped.agg(value="mean", deviation=lambda values: values.std(ddof=0)).reset_index()
    if task != SPECIES_TASK:
        table = pd.concat([table, _relative(task, rows, found)], ignore_index=True)
    sizes = {metal: _sizes(rows, mask) for metal, mask in _by_metal(rows).items()}
    sized = table["metal"].map(sizes)
    return table.assign(
        task=task,
        rows=[size[0] for size in sized],
        sources=[size[1] for size in sized],
        low=table.get("low", np.nan),
        high=table.get("high", np.nan),
    )


def held_out(rows: LabelledRows, contender: Contender, splits: Sequence[Fold]) -> Floats:
    """Return what a contender says of each row (n, k) without its publication."""
    parts = [contender(rows.take(train), rows.take(test)) for train, test in splits]
    result = np.zeros((len(rows), parts[0].shape[1]))
    for (_, test), part in zip(splits, parts, strict=True):
        result[test] = part
    return result


def _by_metal(rows: LabelledRows) -> dict[str, Flags]:
    masks = {str(metal): rows.metals == metal for metal in dict.fromkeys(rows.metals.tolist())}
    return {"all": np.ones(len(rows), dtype=bool), **masks}


def _sizes(rows: LabelledRows, mask: Flags) -> tuple[int, int]:
    return int(mask.sum()), len(set(rows.groups[mask]))


def _measures(
    task: str, rows: LabelledRows, predicted: Floats, split: Sequence[Fold]
) -> pd.DataFrame:
    if task == SPECIES_TASK:
        frame = species_hits(rows, predicted)
    else:
        classes = _classes(task, rows)
        right = (predicted.argmax(axis=1) == classes).astype(float)
        frame = pd.DataFrame({"log_loss": log_losses(classes, predicted), "accuracy": right})
    records = [
        (metal, str(name), float(value))
        for metal, mask in _by_metal(rows).items()
        for name, value in frame[mask].mean().items()
    ]
    records += _ranking(task, rows, predicted, split)
    return pd.DataFrame(records, columns=["metal", "metric", "value"])


def _ranking(
    task: str, rows: LabelledRows, predicted: Floats, split: Sequence[Fold]
) -> list[tuple[str, str, float]]:
    """Return the AUC within each metal where both sides were seen."""
    if task == SPECIES_TASK:
        return []
    number = CLASSES[task].index(RANKED[task])
    positive = _classes(task, rows) == number
    folds = np.zeros(len(rows), dtype=np.int64)
    for fold, (_, test) in enumerate(split):
        folds[test] = fold
    found = [
        (metal, "auc", pair_auc(positive[mask], predicted[mask, number], folds[mask]))
        for metal, mask in _by_metal(rows).items()
        if metal != "all"
    ]
    return [each for each in found if np.isfinite(each[2])]


def _relative(task: str, rows: LabelledRows, found: Mapping[str, Sequence[Floats]]) -> pd.DataFrame:
    """Return the log-loss over that of the metal's frequency, with its interval over sources."""
    classes = _classes(task, rows)
    ours, theirs = (
        np.mean([log_losses(classes, predicted) for predicted in found[name]], axis=0)
        for name in (OURS, METAL)
    )
    records = []
    for metal, mask in _by_metal(rows).items():
        low, high = _bootstrap(ours[mask], theirs[mask], rows.groups[mask].astype(str))
        ratio = float(ours[mask].sum() / theirs[mask].sum())
        records.append((OURS, metal, "relative_log_loss", ratio, 0.0, low, high))
    names = ["contender", "metal", "metric", "value", "deviation", "low", "high"]
    return pd.DataFrame(records, columns=names)


def _bootstrap(ours: Floats, theirs: Floats, groups: object) -> tuple[float, float]:
    _, number = np.unique(groups, return_inverse=True)  # type: ignore[call-overload]
    sums = np.column_stack([np.bincount(number, ours), np.bincount(number, theirs)])
    drawn = np.random.Generator(np.random.PCG64(0)).integers(0, len(sums), (BOOTSTRAPS, len(sums)))
    totals = sums[drawn].sum(axis=1)
    low, high = np.quantile(totals[:, 0] / totals[:, 1], [0.05, 0.95])
    return float(low), float(high)


def _classes(task: str, rows: LabelledRows) -> Integers:
    return rows.composition if task == COMPOSITION else rows.function


def reliability(rows: LabelledRows, folds: int = OUTER_FOLDS, seed: int = 0) -> pd.DataFrame:
    """Return how often what was said of publications not seen held, by how surely it was said.

    Returns
    -------
    pandas.DataFrame
        Columns task, said (the mean probability), held (how often), count; one row a bin. Of
        the species every one that could form counts.
    """
    parts = []
    for task in CONTENDERS:
        chosen = rows_of(task, rows)
        if len(set(chosen.groups)) < 2:
            continue
        splits = group_folds(chosen.groups, folds, seed)
        said = held_out(chosen, CONTENDERS[task][OURS], splits)
        if task == SPECIES_TASK:
            held, said = chosen.species[said > 0], said[said > 0]
        else:
            number = CLASSES[task].index(RANKED[task])
            held, said = _classes(task, chosen) == number, said[:, number]
        bins = pd.cut(said, BINS, include_lowest=True, labels=False)
        frame = pd.DataFrame({"bin": bins, "said": said, "held": held.astype(float)})
        grouped = frame.groupby("bin").agg(
            said=("said", "mean"), held=("held", "mean"), count=("held", "size")
        )
        parts.append(grouped.reset_index(drop=True).assign(task=task))
    columns = ["task", "said", "held", "count"]
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)


def learning_curve(
    rows: LabelledRows, shares: Sequence[float] = (0.25, 0.5, 0.75, 1.0), repeats: int = 3
) -> pd.DataFrame:
    """Return the accuracy on publications not seen against the share of those learned from.

    Returns
    -------
    pandas.DataFrame
        Columns share, sources (mean number learned from), task, metric, value: the log-loss of
        composition and function over that of the metal's frequency learned from everything but
        the fold, and of the species recall_top5 and main_first.
    """
    records = []
    for task, contenders in CONTENDERS.items():
        chosen = rows_of(task, rows)
        for seed in range(repeats):
            splits = group_folds(chosen.groups, OUTER_FOLDS, seed)
            base = held_out(chosen, contenders[METAL], splits)
            for share in shares:
                fewer = [(_some(chosen, train, share, seed), test) for train, test in splits]
                said = held_out(chosen, contenders[OURS], fewer)
                count = np.mean([len(set(chosen.groups[train])) for train, _ in fewer])
                records += [
                    (share, float(count), task, metric, value)
                    for metric, value in _curve_point(task, chosen, said, base).items()
                ]
    names = ["share", "sources", "task", "metric", "value"]
    table = pd.DataFrame(records, columns=names)
    grouped = table.groupby(["task", "metric", "share"], sort=False)[["sources", "value"]]
    return grouped.mean().reset_index()


def _curve_point(task: str, rows: LabelledRows, said: Floats, base: Floats) -> dict[str, float]:
    if task == SPECIES_TASK:
        hits = species_hits(rows, said)[["recall_top5", "main_first"]].mean()
        return {str(name): float(value) for name, value in hits.items()}
    classes = _classes(task, rows)
    ratio = log_losses(classes, said).sum() / log_losses(classes, base).sum()
    return {"relative_log_loss": float(ratio)}


def _some(rows: LabelledRows, train: Integers, share: float, seed: int) -> Integers:
    """Return the rows of a random share of the training publications."""
    names = np.unique(rows.groups[train].astype(str))
    count = max(2, round(share * len(names)))
    kept = np.random.Generator(np.random.PCG64(seed)).permutation(names)[:count]
    return train[np.isin(rows.groups[train].astype(str), kept)]
