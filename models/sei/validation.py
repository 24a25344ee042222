"""How right the SEI model is on publications it has not seen, beside its baselines.

A row is scored by the rules without what its own publication told the decomposition table, and
whole publications stand on one side of a fold. Every choice that `SEIModel.fit` makes from the
data is made anew inside the training side.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
from anolyte.datasets.interphases.vocabulary import SEI_CHARACTERS
from anolyte.datasets.measurements.splits import Fold, group_folds
from anolyte.features.arrays import Floats, Integers

from .labels import LabelledRows
from .learned import CharacterCorrection, SpeciesPrior

BLENDS = (0.0, 0.25, 0.5, 0.75, 1.0)
STRENGTHS = (0.0, 0.25, 0.5, 0.75, 0.9)
# A correction must lower the log-loss by more than this to be used.
MARGIN = 0.01
TOP = 5
OUTER_FOLDS, INNER_FOLDS = 10, 3
# Fewer rows or publications than this are not worth a correction.
MIN_ROWS, MIN_GROUPS = 20, 5


def is_enough(rows: LabelledRows) -> bool:
    """Whether there are rows and publications enough to learn from."""
    return len(rows) >= MIN_ROWS and len(set(rows.groups)) >= MIN_GROUPS


def log_losses(character: Integers, probabilities: Floats) -> Floats:
    """Return the log-loss (n,) of each row."""
    likelihood = probabilities[np.arange(len(character)), character]
    return np.asarray(-np.log(np.maximum(likelihood, 1e-6)))


def choose_blend(rows: LabelledRows, seed: int) -> float:
    """Return the blend with the lowest grouped log-loss; 0, the rules, unless it gains `MARGIN`."""
    if not is_enough(rows):
        return 0.0
    learned = np.zeros_like(rows.rules)
    features = rows.features
    for train, test in group_folds(rows.groups, INNER_FOLDS, seed):
        model = CharacterCorrection.fit(features[train], rows.character[train], 1.0)
        learned[test] = model.predict(features[test], rows.rules[test])
    losses = [
        float(log_losses(rows.character, (1 - b) * rows.rules + b * learned).mean()) for b in BLENDS
    ]
    best = int(np.argmin(losses))
    return BLENDS[best] if losses[best] < losses[0] - MARGIN else 0.0


def fit_correction(rows: LabelledRows, seed: int) -> CharacterCorrection:
    """Fit the correction to rows with a character, blended as `choose_blend` says."""
    blend = choose_blend(rows, seed)
    return CharacterCorrection.fit(rows.features, rows.character, blend)


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


def choose_strength(rows: LabelledRows, seed: int) -> float:
    """Return the strength of the species prior with the best grouped recall and first species."""
    if not is_enough(rows):
        return 0.0
    gains = np.zeros(len(STRENGTHS))
    for train, test in group_folds(rows.groups, INNER_FOLDS, seed):
        seen, unseen = rows.take(train), rows.take(test)
        for index, strength in enumerate(STRENGTHS):
            prior = SpeciesPrior.fit(seen.metals, seen.reported, strength)
            hits = species_hits(unseen, prior.apply(unseen.species, unseen.metals))
            gains[index] += hits[["recall_top5", "main_first"]].to_numpy().sum()
    return STRENGTHS[int(np.argmax(gains))]


def fit_prior(rows: LabelledRows, seed: int) -> SpeciesPrior:
    """Fit the species prior to rows with species, as strong as `choose_strength` says."""
    return SpeciesPrior.fit(rows.metals, rows.reported, choose_strength(rows, seed))


def _frequency(train: LabelledRows, test: LabelledRows, seed: int) -> Floats:
    counts = np.bincount(train.character, minlength=len(SEI_CHARACTERS)) + 0.5
    return np.tile(counts / counts.sum(), (len(test), 1))


def _metal_frequency(train: LabelledRows, test: LabelledRows, seed: int) -> Floats:
    result = _frequency(train, test, seed)
    pooled = result[0].copy()
    for metal in set(test.metals.tolist()):
        own = train.character[train.metals == metal]
        counts = np.bincount(own, minlength=len(SEI_CHARACTERS)) + 3 * pooled
        result[test.metals == metal] = counts / counts.sum()
    return result


def _corrected(train: LabelledRows, test: LabelledRows, seed: int) -> Floats:
    return fit_correction(train, seed).predict(test.features, test.rules)


def _metal_species(train: LabelledRows, test: LabelledRows, seed: int) -> Floats:
    prior = SpeciesPrior.fit(train.metals, train.reported, 1.0)
    return prior.apply(np.ones_like(test.species), test.metals)


def _prior_species(train: LabelledRows, test: LabelledRows, seed: int) -> Floats:
    return fit_prior(train, seed).apply(test.species, test.metals)


Contender = Callable[[LabelledRows, LabelledRows, int], Floats]
CHARACTER_CONTENDERS: Mapping[str, Contender] = {
    "frequency": _frequency,
    "frequency of the metal": _metal_frequency,
    "rules": lambda train, test, seed: test.rules,
    "SEIModel": _corrected,
}
SPECIES_CONTENDERS: Mapping[str, Contender] = {
    "frequency of the metal": _metal_species,
    "rules": lambda train, test, seed: test.species,
    "SEIModel": _prior_species,
}


def evaluate(rows: LabelledRows, repeats: int = 3, folds: int = OUTER_FOLDS) -> pd.DataFrame:
    """Compare the model with its baselines, publications left out, on identical folds.

    Returns
    -------
    pandas.DataFrame
        Long: task (character, species), contender, metal (or ``all``), metric, value (mean of
        the repeats), deviation (standard, between repeats), rows, sources.
    """
    parts = []
    tasks = {
        "character": (rows.with_character(), CHARACTER_CONTENDERS, _character_metrics),
        "species": (rows.with_species(), SPECIES_CONTENDERS, _species_metrics),
    }
    for task, (chosen, contenders, measure) in tasks.items():
        if not is_enough(chosen):
            continue
        for seed in range(repeats):
            splits = group_folds(chosen.groups, folds, seed)
            for name, contender in contenders.items():
                predicted = _held_out(chosen, contender, splits, seed)
                parts.append(measure(chosen, predicted).assign(task=task, contender=name))
    if not parts:
        return pd.DataFrame(columns=[*KEYS, "value", "deviation"])
    grouped = pd.concat(parts).groupby(list(KEYS), sort=False)["value"]
    return grouped.agg(value="mean", deviation=lambda values: values.std(ddof=0)).reset_index()


KEYS = ("task", "contender", "metal", "metric", "rows", "sources")


def _held_out(rows: LabelledRows, contender: Contender, splits: list[Fold], seed: int) -> Floats:
    parts = [contender(rows.take(train), rows.take(test), seed) for train, test in splits]
    result = np.zeros((len(rows), parts[0].shape[1]))
    for (_, test), part in zip(splits, parts, strict=True):
        result[test] = part
    return result


def _character_metrics(rows: LabelledRows, predicted: Floats) -> pd.DataFrame:
    right = (predicted.argmax(axis=1) == rows.character).astype(float)
    recalls = [right[rows.character == each].mean() for each in np.unique(rows.character)]
    frame = pd.DataFrame({"log_loss": log_losses(rows.character, predicted), "accuracy": right})
    balanced = {
        "metal": "all",
        "metric": "balanced_accuracy",
        "value": float(np.mean(recalls)),
        "rows": len(rows),
        "sources": len(set(rows.groups)),
    }
    return pd.concat([_by_metal(rows, frame), pd.DataFrame([balanced])])


def _species_metrics(rows: LabelledRows, predicted: Floats) -> pd.DataFrame:
    return _by_metal(rows, species_hits(rows, predicted))


def _by_metal(rows: LabelledRows, frame: pd.DataFrame) -> pd.DataFrame:
    records = []
    for metal in ["all", *dict.fromkeys(rows.metals.tolist())]:
        mask = np.ones(len(rows), dtype=bool) if metal == "all" else rows.metals == metal
        sources = len(set(rows.groups[mask]))
        for name, value in frame[mask].mean().items():
            records.append((metal, str(name), float(value), int(mask.sum()), sources))
    return pd.DataFrame(records, columns=["metal", "metric", "value", "rows", "sources"])
