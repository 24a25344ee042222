"""Which descriptor blocks earn their place: alone, added one by one, left out one by one.

Run with ``python -m anolyte.experiments.benchmarks.ablation [METAL|all] [REPEATS]``. The same
leave-source-out folds for every line, extra trees for all; the random forest on the 13 ratios
is the yardstick.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pandas as pd
from anolyte.datasets.measurements.splits import fold_of_row, split
from anolyte.datasets.measurements.table import efficiencies, load_measurements
from anolyte.features import BLOCKS
from anolyte.models.efficiency.metrics import BASELINE, metrics
from anolyte.models.efficiency.validation import BASELINES, Contender, baseline_predictions

from ..training.ablation import ALONE, FAMILIES, WITHOUT, plans


def lines() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the name and the blocks of each line."""
    # Fingerprints are for other uses: hundreds of columns for hundreds of rows.
    names = tuple(name for name in BLOCKS if name != "fingerprints")
    chosen = list(plans(names))
    yield from ((f"{block} alone", left) for plan, block, left in chosen if plan == ALONE)
    for count in range(2, len(names) + 1):
        yield f"first {count}, with {names[count - 1]}", names[:count]
    yield from ((f"all but {block}", left) for plan, block, left in chosen if plan == WITHOUT)


def score(rows: pd.DataFrame, contender: Contender, repeats: int) -> dict[str, float]:
    """Return the mean RMSE and Spearman of a contender over repeats."""
    scores = []
    for seed in range(repeats):
        fold = fold_of_row(split(rows, seed=seed))
        scores.append(metrics(rows, baseline_predictions(rows, contender, fold, seed)))
    means = pd.DataFrame(scores).mean()
    return {name: float(means[name]) for name in ("rmse", "spearman")}


def main() -> None:
    """Print one line a set of blocks."""
    metal = sys.argv[1] if len(sys.argv) > 1 else "Li"
    repeats = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    rows = efficiencies(load_measurements(metal))
    yardstick = score(rows, BASELINES[BASELINE], repeats)
    print(f"{metal}: {len(rows)} rows, {rows['source'].nunique()} sources, {repeats} repeats")
    print(f"{'blocks':42}{'RMSE':>8}{'ratio':>8}{'Spearman':>10}")
    print(f"{BASELINE:42}{yardstick['rmse']:8.3f}{1:8.3f}{yardstick['spearman']:10.3f}")
    for name, blocks in lines():
        line = score(rows, Contender(blocks, FAMILIES), repeats)
        ratio = line["rmse"] / yardstick["rmse"]
        print(f"{name:42}{line['rmse']:8.3f}{ratio:8.3f}{line['spearman']:10.3f}", flush=True)


if __name__ == "__main__":
    main()
