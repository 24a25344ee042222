"""How many experiments a campaign needs to find the best electrolytes of the lithium table.

Run with ``python -m anolyte.experiments.benchmarks.campaign [--seeds 20] [--jobs 2]``. Most of the
shipped table is hidden; a campaign starts from `START` random electrolytes and measures
batches of `BATCH` until it has found the top 5 %. The batches are chosen as `anolyte suggest`
chooses them, with a blend of models fitted to what the campaign has seen, and beside it at
random and greedily with a random forest on the 13 composition ratios.

What a campaign does not know is not used: descriptors depend on the formulation alone, and
everything fitted (scalings included) is fitted to the electrolytes measured so far.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import lru_cache, partial

import numpy as np
import pandas as pd
from anolyte.datasets.measurements.lce import log_coulombic_efficiency
from anolyte.datasets.measurements.table import efficiencies, load_measurements
from anolyte.features import ElectrolyteFeaturizer
from anolyte.features.arrays import Flags, Floats, Integers
from anolyte.models.efficiency.families import fit_family
from anolyte.models.efficiency.members import Member, Rows, fit_members
from anolyte.models.efficiency.model import CoulombicEfficiencyModel
from anolyte.models.efficiency.recipes import BLEND
from anolyte.models.threads import one_thread

from ..suggestions.acquisition import CRITERIA, Beliefs, choose_batch, place

START = 20
BATCH = 5
TOP = 0.05
RANDOM = "random"
GREEDY = "greedy random forest on 13 ratios"
MILESTONES = ("first", "half", "all")


@dataclass(frozen=True)
class Pool:
    """The electrolytes of the benchmark.

    Attributes
    ----------
    electrolytes
        Their texts (n,).
    lce
        Mean LCE (n,) of the replicates of each; a bound counts as a value.
    features, ratios
        Descriptors of the default blocks (n, d), and the 13 ratios (n, 13).
    """

    electrolytes: tuple[str, ...]
    lce: Floats
    features: Floats
    ratios: Floats

    @property
    def top(self) -> Flags:
        """Mask (n,) of the top 5 %, ties of the threshold included."""
        count = int(np.ceil(TOP * len(self.lce)))
        return np.asarray(self.lce >= np.sort(self.lce)[-count] - 1e-9)


@lru_cache(maxsize=1)
def lithium_pool() -> Pool:
    """Return the distinct electrolytes of the shipped lithium efficiencies."""
    table = efficiencies(load_measurements("Li"))
    lce = pd.Series(log_coulombic_efficiency(table["ce_pct"]), index=table["electrolyte"])
    mean = lce.groupby(level=0, sort=True).mean()
    texts = tuple(str(text) for text in mean.index)
    described = [
        np.ascontiguousarray(ElectrolyteFeaturizer(blocks).fit_transform(list(texts)))
        for blocks in (ElectrolyteFeaturizer().blocks, ("composition",))
    ]
    return Pool(texts, np.asarray(mean, dtype=np.float64), *described)


def beliefs_of(
    features: Floats, seen: Integers, lce: Floats, hidden: Integers, seed: int
) -> Beliefs:
    """Return what the blend, fitted to the seen rows, believes of the hidden ones.

    `lce` holds the values of the seen rows alone.
    """
    label = np.full(len(seen), "Li")
    layout = CoulombicEfficiencyModel("Li").layout._replace(metal=0)
    each = np.ones(len(seen))
    unknown = np.full(len(seen), np.nan)
    rows = Rows(features[seen], lce, each, label.astype(object), label, unknown, "Li", layout)
    members = [Member("own", family) for family in BLEND]
    with one_thread():
        ensemble = fit_members(rows, members, seed)
        predictions, spread = ensemble.predict(features, members)
    mean = np.mean(list(predictions.values()), axis=0)
    points = place(features[hidden], features[seen])
    return Beliefs(mean[hidden], spread[hidden], points, float(mean[seen].max()))


Strategy = Callable[[Pool, Integers, Floats, Integers, int], Integers]


def _by_model(
    by: str, pool: Pool, seen: Integers, lce: Floats, hidden: Integers, seed: int
) -> Integers:
    return choose_batch(beliefs_of(pool.features, seen, lce, hidden, seed), BATCH, by, seed)


def _greedy(pool: Pool, seen: Integers, lce: Floats, hidden: Integers, seed: int) -> Integers:
    forest = fit_family("random_forest", pool.ratios[seen], lce, seed=seed)
    return np.argsort(-forest.predict(pool.ratios[hidden]), kind="stable")[:BATCH]


def _random(pool: Pool, seen: Integers, lce: Floats, hidden: Integers, seed: int) -> Integers:
    generator = np.random.Generator(np.random.PCG64([seed, len(seen)]))
    return generator.permutation(len(hidden))[:BATCH]


STRATEGIES: Mapping[str, Strategy] = {
    **{by: partial(_by_model, by) for by in CRITERIA},
    GREEDY: _greedy,
    RANDOM: _random,
}


def campaign(pool: Pool, strategy: str, seed: int) -> dict[str, int]:
    """Return after how many experiments, the start included, each milestone was passed.

    An experiment of a batch counts when the batch is complete, as in a laboratory.
    """
    generator = np.random.Generator(np.random.PCG64(seed))
    seen = generator.permutation(len(pool.lce))[:START]
    top = pool.top
    needed = dict(zip(MILESTONES, (1, int(np.ceil(top.sum() / 2)), int(top.sum())), strict=True))
    passed: dict[str, int] = {}
    while True:
        found = int(top[seen].sum())
        passed |= {m: len(seen) for m, n in needed.items() if found >= n and m not in passed}
        if len(passed) == len(needed):
            return passed
        hidden = np.setdiff1d(np.arange(len(pool.lce)), seen)
        batch = STRATEGIES[strategy](pool, seen, pool.lce[seen], hidden, seed)
        seen = np.concatenate([seen, hidden[batch]])


def run(
    seeds: Iterable[int], jobs: int = 1, strategies: tuple[str, ...] = tuple(STRATEGIES)
) -> pd.DataFrame:
    """Return the experiments of each campaign: one row a strategy and seed."""
    tasks = [(strategy, seed) for seed in seeds for strategy in strategies]
    if jobs == 1:
        found = [_task(task) for task in tasks]
    else:
        with ProcessPoolExecutor(jobs) as processes:
            found = list(processes.map(_task, tasks))
    frame = pd.DataFrame(tasks, columns=["strategy", "seed"])
    return frame.join(pd.DataFrame(found))


def _task(task: tuple[str, int]) -> dict[str, int]:
    return campaign(lithium_pool(), *task)


def summary(campaigns: pd.DataFrame, resamples: int = 2000) -> pd.DataFrame:
    """Return median experiments and their ratio to random's, with 95 % bootstrap intervals.

    Seeds are resampled, the same for a strategy and for random: they start from the same
    electrolytes. One row a strategy; columns such as ``half``, ``half_low``, ``half_high``,
    ``half_ratio``, ``half_ratio_low``, ``half_ratio_high``.
    """
    generator = np.random.Generator(np.random.PCG64(0))
    wide = campaigns.pivot_table(index="seed", columns="strategy", values=list(MILESTONES))
    drawn = generator.integers(0, len(wide), (resamples, len(wide)))
    lines = {}
    for strategy in campaigns["strategy"].unique():
        line: dict[str, float] = {}
        for milestone in MILESTONES:
            ours, chance = (wide[milestone][each].to_numpy() for each in (strategy, RANDOM))
            medians = np.median(ours[drawn], axis=1)
            ratios = medians / np.median(chance[drawn], axis=1)
            for name, value, values in (
                (milestone, np.median(ours), medians),
                (f"{milestone}_ratio", np.median(ours) / np.median(chance), ratios),
            ):
                low, high = np.quantile(values, [0.025, 0.975])
                line |= {name: float(value), f"{name}_low": low, f"{name}_high": high}
        lines[strategy] = line
    return pd.DataFrame(lines).T


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=1)
    options = parser.parse_args()
    pool = lithium_pool()
    first = options.first_seed
    campaigns = run(range(first, first + options.seeds), options.jobs)
    table = summary(campaigns)
    print(
        f"{len(pool.lce)} electrolytes, {pool.top.sum()} of them the top 5 %; {options.seeds} "
        f"seeds, start {START}, batches of {BATCH}\n"
        "median experiments (start included) until found, 95 % interval, ratio to random"
    )
    print(f"{'':36}" + "".join(f"{name:>34}" for name in MILESTONES))
    for strategy, row in table.iterrows():
        cells = [
            f"{row[m]:5.0f} [{row[f'{m}_low']:3.0f}, {row[f'{m}_high']:3.0f}]  "
            f"{row[f'{m}_ratio']:.2f} [{row[f'{m}_ratio_low']:.2f}, {row[f'{m}_ratio_high']:.2f}]"
            for m in MILESTONES
        ]
        print(f"{strategy:36}" + "".join(f"{cell:>34}" for cell in cells))


if __name__ == "__main__":
    main()
