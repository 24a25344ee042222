"""Honest accuracy: models and baselines compared on the same folds.

The headline split leaves whole sources out; rank quality stands beside the error because
the product is a ranking.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from anolyte.datasets.lce import log_coulombic_efficiency
from anolyte.datasets.splits import split
from anolyte.features import DEFAULT_BLOCKS, ElectrolyteFeaturizer
from anolyte.features.mixtures import Floats

from .efficiency import MEMBERS
from .families import fit_quietly, make_estimator

Progress = Callable[[str, int, int], None]

RATIOS = ("composition",)


@dataclass(frozen=True)
class Contender:
    """A model to validate: descriptor blocks and the families whose mean it predicts."""

    blocks: Sequence[str]
    families: Sequence[str]


CONTENDERS: Mapping[str, Contender] = {
    "constant": Contender(RATIOS, ("constant",)),
    "ridge on 13 ratios": Contender(RATIOS, ("ridge",)),
    "random forest on 13 ratios": Contender(RATIOS, ("random_forest",)),
    "anolyte": Contender(DEFAULT_BLOCKS, MEMBERS),
}
BASELINE = "random forest on 13 ratios"


def metrics(observed: Floats, predicted: Floats) -> dict[str, float]:
    """Return RMSE, MAE, R2, Spearman's rho and precision in the top 10 %, all on LCE.

    Precision is the share of the predicted best tenth that belongs to the observed best
    tenth (ties of the observed threshold included). A constant prediction ranks nothing:
    its Spearman is NaN and its precision the share expected by chance.
    """
    from scipy.stats import spearmanr

    error = predicted - observed
    best = observed >= np.quantile(observed, 0.9)
    count = int(np.ceil(0.1 * len(observed)))
    ranks_nothing = np.ptp(predicted) == 0
    chosen = np.argsort(-predicted, kind="stable")[:count]
    return {
        "rmse": float(np.sqrt(np.mean(error**2))),
        "mae": float(np.mean(np.abs(error))),
        "r2": float(1 - np.mean(error**2) / np.var(observed)),
        "spearman": float("nan")
        if ranks_nothing
        else float(spearmanr(observed, predicted).statistic),
        "precision_top10": float(best.mean() if ranks_nothing else best[chosen].mean()),
    }


def held_out_predictions(
    measurements: pd.DataFrame,
    contender: Contender,
    split_name: str = "leave-source-out",
    folds: int = 10,
    seed: int = 0,
) -> Floats:
    """Return the LCE (n,) predicted for each row by a model that has not seen its group."""
    features = ElectrolyteFeaturizer(contender.blocks).fit_transform(measurements)
    observed = log_coulombic_efficiency(measurements["ce_pct"])
    predicted = np.zeros(len(observed))
    for train, test in split(measurements, split_name, folds, seed):
        for family in contender.families:
            estimator = fit_quietly(make_estimator(family, seed), features[train], observed[train])
            predicted[test] += estimator.predict(features[test]) / len(contender.families)
    return predicted


def compare(
    measurements: pd.DataFrame,
    contenders: Mapping[str, Contender] = CONTENDERS,
    split_name: str = "leave-source-out",
    repeats: int = 5,
    progress: Progress | None = None,
) -> tuple[pd.DataFrame, dict[str, Floats]]:
    """Compare contenders on identical folds.

    Returns
    -------
    table
        One row a contender: the means of `metrics` over the repeats, and ``rmse_ratio``
        to the random forest on 13 ratios, if that is among them.
    predictions
        The held-out predictions of each contender, averaged over the repeats.
    """
    observed = log_coulombic_efficiency(measurements["ce_pct"])
    scores: dict[str, list[dict[str, float]]] = {name: [] for name in contenders}
    means = {name: np.zeros(len(observed)) for name in contenders}
    total = repeats * len(contenders)
    for done in range(total):
        seed, name = divmod(done, len(contenders))
        contender = list(contenders)[name]
        if progress is not None:
            progress("validating on unseen sources", done, total)
        predicted = held_out_predictions(measurements, contenders[contender], split_name, seed=seed)
        scores[contender].append(metrics(observed, predicted))
        means[contender] += predicted / repeats
    if progress is not None:
        progress("validating on unseen sources", total, total)
    table = pd.DataFrame({name: pd.DataFrame(rows).mean() for name, rows in scores.items()}).T
    if BASELINE in table.index:
        table["rmse_ratio"] = table["rmse"] / table["rmse"][BASELINE]
    return table, means


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
        errors, sizes, counts = [], [], []
        for train, test in split(measurements, folds=5, seed=seed):
            names = np.unique(sources[train].astype(str))
            kept = generator.permutation(names)[: max(2, round(share * len(names)))]
            chosen = train[np.isin(sources[train].astype(str), kept)]
            predicted = np.zeros(len(test))
            for family in contender.families:
                estimator = fit_quietly(
                    make_estimator(family, seed), features[chosen], observed[chosen]
                )
                predicted += estimator.predict(features[test]) / len(contender.families)
            errors.append((predicted - observed[test]) ** 2)
            sizes.append(len(chosen))
            counts.append(len(kept))
        rmse = float(np.sqrt(np.concatenate(errors).mean()))
        points.append((float(np.mean(counts)), float(np.mean(sizes)), rmse))
    return pd.DataFrame(points, columns=["sources", "rows", "rmse"])
