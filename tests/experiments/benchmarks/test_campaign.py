"""The simulated campaign: what it counts, and that it never looks at what is hidden."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from anolyte.experiments.benchmarks.campaign import (
    BATCH,
    MILESTONES,
    RANDOM,
    START,
    STRATEGIES,
    Pool,
    beliefs_of,
    campaign,
    lithium_pool,
    run,
    summary,
)


@pytest.fixture(scope="module")
def pool() -> Pool:
    """Every third electrolyte of the benchmark: the campaign takes a third of the time."""
    whole = lithium_pool()
    third = slice(None, None, 3)
    return Pool(
        whole.electrolytes[third],
        *(each[third] for each in (whole.lce, whole.features, whole.ratios)),
    )


def test_pool_holds_each_electrolyte_once() -> None:
    pool = lithium_pool()
    assert len(set(pool.electrolytes)) == len(pool.lce) == len(pool.features)
    share = pool.top.mean()
    assert 0.05 <= share < 0.08
    assert pool.lce[pool.top].min() > pool.lce[~pool.top].max()


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_hidden_values_have_no_say(pool: Pool, strategy: str) -> None:
    seen = np.random.default_rng(0).permutation(len(pool.lce))[:START]
    hidden = np.setdiff1d(np.arange(len(pool.lce)), seen)
    scrambled = pool.lce.copy()
    scrambled[hidden] = scrambled[hidden][::-1] + 1
    choose = STRATEGIES[strategy]
    told = [
        choose(replace(pool, lce=lce), seen, pool.lce[seen], hidden, 0)
        for lce in (pool.lce, scrambled, np.full(len(pool.lce), np.nan))
    ]
    assert len(set(told[0].tolist())) == BATCH
    assert told[0].tolist() == told[1].tolist() == told[2].tolist()


def test_scaling_is_fitted_to_what_was_seen(pool: Pool) -> None:
    seen, hidden = np.arange(30), np.arange(30, 60)
    wild = pool.features.copy()
    wild[60:] = 1e6
    usual = beliefs_of(pool.features, seen, pool.lce[seen], hidden, 0)
    same = beliefs_of(wild, seen, pool.lce[seen], hidden, 0)
    assert np.array_equal(usual.points, same.points)
    assert np.array_equal(usual.mean, same.mean)


def test_random_finds_all_only_near_the_end(pool: Pool) -> None:
    found = [campaign(pool, RANDOM, seed) for seed in range(30)]
    assert all(tuple(each) == MILESTONES for each in found)
    assert all(list(each.values()) == sorted(each.values()) for each in found)
    # Of eleven drawn at random the sixth comes after about half, the last after 11/12 of all.
    middle = len(pool.lce) * (pool.top.sum() // 2 + 1) / (pool.top.sum() + 1)
    assert np.median([each["half"] for each in found]) == pytest.approx(middle, rel=0.2)
    assert np.median([each["all"] for each in found]) > 0.85 * len(pool.lce)


def test_suggestions_find_the_best_sooner(pool: Pool) -> None:
    ours = campaign(pool, "expected-improvement", 0)
    assert ours["half"] < len(pool.lce) / 3
    assert ours["all"] < 0.75 * len(pool.lce)


def test_summary_compares_with_random() -> None:
    chance = run(range(5), strategies=(RANDOM,))
    half_as_many = chance.assign(strategy="ours", half=chance["half"] // 2)
    table = summary(pd.concat([half_as_many, chance], ignore_index=True))
    assert list(table.index) == ["ours", RANDOM]
    ratio = ["half_ratio", "half_ratio_low", "half_ratio_high"]
    assert (table.loc[RANDOM, ratio] == 1).all()
    assert table.loc["ours", ratio].to_numpy() == pytest.approx(0.5, abs=0.02)
    assert (table["all_low"] <= table["all"]).all()
    assert (table["all"] <= table["all_high"]).all()
