"""Splits: no leakage, same folds everywhere."""

from __future__ import annotations

import hashlib

import numpy as np
import pandas as pd
import pytest
from anolyte.datasets import load_measurements
from anolyte.datasets.electrolytes.grammar import parse
from anolyte.datasets.measurements.sources import laboratories
from anolyte.datasets.measurements.splits import (
    GROUPS,
    LATER,
    NEW_COMPOUND,
    SPLITS,
    cut_years,
    group_folds,
    groups,
    known_others,
    split,
)
from anolyte.datasets.measurements.table import efficiencies


@pytest.fixture(scope="module")
def everything() -> pd.DataFrame:
    return efficiencies(load_measurements("all"))


@pytest.mark.parametrize("name", GROUPS)
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


def of(everything: pd.DataFrame, metal: str) -> pd.DataFrame:
    return everything[everything["metal"] == metal].reset_index(drop=True)


@pytest.mark.parametrize(("metal", "least"), [("Li", 2), ("Na", 2), ("Mg", 2), ("Zn", 2)])
def test_later_literature_is_later_than_what_was_learned(
    everything: pd.DataFrame, metal: str, least: int
) -> None:
    rows = of(everything, metal)
    years = rows["year"].to_numpy()
    cuts, dated = cut_years(rows), rows["year"].notna().sum()
    folds = split(rows, LATER)
    assert len(folds) == len(cuts) >= least
    for cut, (train, test) in zip(cuts, folds, strict=True):
        assert years[train].max() <= cut < years[test].min()
        assert min(len(train), len(test)) >= 0.2 * dated
        assert len(train) + len(test) == dated
        assert not set(rows["source"].iloc[train]) & set(rows["source"].iloc[test])


def test_lithium_is_cut_after_2021_and_2023(everything: pd.DataFrame) -> None:
    assert cut_years(of(everything, "Li")) == [2021, 2023]


def test_other_metals_lend_no_later_literature(everything: pd.DataFrame) -> None:
    rows = of(everything, "Li")
    others = everything[everything["metal"] != "Li"]
    fold = split(rows, LATER)[0]
    assert known_others(others, rows, fold, LATER)["year"].max() <= 2021
    assert len(known_others(others, rows, fold, "random")) > len(others) / 2


@pytest.mark.parametrize(("metal", "tested"), [("Li", 150), ("K", 128), ("Na", 45)])
def test_new_compounds_are_new_to_a_known_laboratory(
    everything: pd.DataFrame, metal: str, tested: int
) -> None:
    rows = of(everything, metal)
    of_row = laboratories(rows).to_numpy()
    seen: list[int] = []
    for train, test in split(rows, NEW_COMPOUND, folds=5):
        assert set(of_row[test]) <= set(of_row[train])
        assert not _sets(rows, train) & _sets(rows, test)
        seen += test.tolist()
    assert len(seen) == len(set(seen)) >= tested


def _sets(rows: pd.DataFrame, positions: np.ndarray) -> set[frozenset[str]]:
    """Return what each electrolyte holds besides its salts."""
    electrolytes = [parse(text) for text in rows["electrolyte"].iloc[positions]]
    return {
        frozenset(
            [share.compound.abbreviation for share in each.base if share.compound.kind != "salt"]
            + [str(dose.compound) for dose in each.additives]
        )
        for each in electrolytes
    }


def test_too_little_to_cut_or_hold_out_is_said(everything: pd.DataFrame) -> None:
    with pytest.raises(ValueError, match="on both sides"):
        split(of(everything, "Al"), LATER)
    with pytest.raises(ValueError, match="no laboratory with 10 measurements"):
        split(of(everything, "Ca"), NEW_COMPOUND)


@pytest.mark.parametrize("name", SPLITS)
def test_every_split_has_its_folds(everything: pd.DataFrame, name: str) -> None:
    assert all(len(train) and len(test) for train, test in split(everything, name, folds=5))
