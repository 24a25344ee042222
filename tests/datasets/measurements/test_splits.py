"""Splits: no leakage, same folds everywhere."""

from __future__ import annotations

import hashlib

import numpy as np
import pandas as pd
import pytest
from anolyte.datasets import load_measurements
from anolyte.datasets.measurements.splits import SPLITS, group_folds, groups, split
from anolyte.datasets.measurements.table import efficiencies


@pytest.fixture(scope="module")
def everything() -> pd.DataFrame:
    return efficiencies(load_measurements("all"))


@pytest.mark.parametrize("name", SPLITS)
@pytest.mark.parametrize("seed", [0, 7])
def test_no_group_is_on_both_sides(everything: pd.DataFrame, name: str, seed: int) -> None:
    labels = groups(everything, name)
    tested = []
    for train, test in split(everything, name, folds=10, seed=seed):
        assert not set(labels[train]) & set(labels[test])
        assert len(train) + len(test) == len(everything)
        tested += test.tolist()
    assert sorted(tested) == list(range(len(everything)))


def test_random_keeps_one_composition_on_one_side(everything: pd.DataFrame) -> None:
    texts = everything["electrolyte"].to_numpy()
    for train, test in split(everything, "random"):
        assert not set(texts[train]) & set(texts[test])


def test_seeds_differ_and_repeat(everything: pd.DataFrame) -> None:
    first, again, other = (
        np.concatenate([test for _, test in split(everything, seed=seed)]) for seed in (1, 1, 2)
    )
    assert (first == again).all()
    assert not (first == other).all()


def test_folds_are_those_of_every_machine() -> None:
    """The folds of known labels, by checksum: they may never change silently."""
    labels = np.array([f"source {n % 23}" for n in range(100)], dtype=object)
    folds = group_folds(labels, 5, seed=3)
    text = ";".join(",".join(map(str, test)) for _, test in folds)
    assert [len(test) for _, test in folds] == [22, 18, 18, 21, 21]
    assert hashlib.sha256(text.encode()).hexdigest()[:16] == "00e5ebe609e3ec1f"


def test_folds_are_balanced(everything: pd.DataFrame) -> None:
    lithium = everything[everything["metal"] == "Li"].reset_index(drop=True)
    largest = lithium["source"].value_counts().max()
    *sizes, last = sorted(len(test) for _, test in split(lithium))
    # A source larger than a tenth of the rows fills a fold of its own.
    assert last == largest > len(lithium) / 10
    assert max(sizes) - min(sizes) <= 2


def test_main_solvent_and_salt() -> None:
    rows = pd.DataFrame(
        {
            "electrolyte": [
                "1 M LiFSI in DME/TTE (1:3 v/v)",
                "0.1 M LiDFP + 0.4 M LiTFSI in EC",
                "? M ? in G2",
            ]
        }
    )
    assert groups(rows, "leave-main-solvent-out").tolist() == ["TTE", "EC", "G2"]
    assert groups(rows, "leave-salt-out").tolist() == ["LiFSI", "LiTFSI", "?"]


def test_unknown_split_and_single_group_are_refused() -> None:
    rows = pd.DataFrame({"source": ["a", "a"], "electrolyte": ["1 M LiFSI in DME"] * 2})
    with pytest.raises(ValueError, match="leave-source-out"):
        split(rows, "by-luck")
    with pytest.raises(ValueError, match="at least two groups"):
        split(rows)
