"""Which descriptor blocks earn their place: each alone, and each left out.

All on the same leave-source-out folds, with extra trees: quick, and in need of no tuning, for
what is compared are the blocks.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence

import pandas as pd
from anolyte.datasets.files.processes import in_processes
from anolyte.features.arrays import Floats, Integers
from anolyte.models.efficiency.crossfit import Progress
from anolyte.models.efficiency.metrics import metrics
from anolyte.models.efficiency.validation import Contender, baseline_predictions
from anolyte.models.efficiency.weights import residuals

from .significance import paired_gain

FAMILIES = ("extra_trees",)
ALL, ALONE, WITHOUT = "all", "alone", "without"
COLUMNS = ("plan", "block", "rmse", "spearman", "change", "noise")


def plans(blocks: Sequence[str]) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Yield plan, block and the blocks that it leaves: all, each alone, all but each."""
    yield ALL, "", tuple(blocks)
    if len(blocks) > 1:
        for block in blocks:
            yield ALONE, block, (block,)
        for block in blocks:
            yield WITHOUT, block, tuple(other for other in blocks if other != block)


def held_out(rows: pd.DataFrame, blocks: Sequence[str], fold: Integers, seed: int = 0) -> Floats:
    """Return the LCE (n,) that the trees predict from some blocks for rows not seen."""
    return baseline_predictions(rows, Contender(tuple(blocks), FAMILIES), fold, seed)


def ablation(
    rows: pd.DataFrame,
    blocks: Sequence[str],
    fold: Integers,
    seed: int = 0,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Return what the error becomes with each block alone and with each left out.

    Parameters
    ----------
    rows
        Efficiencies (n) of one metal.
    blocks
        Of descriptors, see `anolyte.features.BLOCKS`.
    fold
        Fold (n,) of each row; no source may be in two.
    seed
        Of the trees.
    progress
        Told what is done.

    Returns
    -------
    pandas.DataFrame
        plan (`ALL`, `ALONE`, `WITHOUT`), block, rmse (LCE), spearman, change (of the RMSE
        against all blocks; positive: worse), noise (standard error of the change, sources
        taken as independent).
    """
    chosen = list(plans(blocks))
    workers = min(os.cpu_count() or 1, len(chosen))
    calls = ((rows, left, fold, seed) for _, _, left in chosen)
    results: dict[int, Floats] = {}
    for number, each in in_processes(held_out, calls, workers):
        results[number] = each
        if progress is not None:
            progress("leaving out descriptor blocks", len(results), len(chosen))
    predicted = [results[number] for number in range(len(chosen))]
    whole = residuals(rows, predicted[0])
    records = []
    for (plan, block, _), values in zip(chosen, predicted, strict=True):
        found = metrics(rows, values)
        better, noise = paired_gain(whole, residuals(rows, values), rows["source"])
        records.append((plan, block, found["rmse"], found["spearman"], 0.0 - better, noise))
    return pd.DataFrame(records, columns=list(COLUMNS))
