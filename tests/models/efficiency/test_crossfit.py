"""Held-out predictions: nothing of the left-out folds reaches the models."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from anolyte.models import CoulombicEfficiencyModel
from anolyte.models.efficiency.crossfit import LATER, assemble, cross_fit
from anolyte.models.efficiency.members import Member

MEMBERS = (Member("own", "ridge"), Member("pooled", "ridge"), Member("corrected", "ridge"))


@pytest.fixture(scope="module")
def model() -> CoulombicEfficiencyModel:
    """Three folds of few descriptors: what is left out does not depend on how many there are."""
    return CoulombicEfficiencyModel("Mg", blocks=("composition",), folds=3)


def test_left_out_values_do_not_matter(
    model: CoulombicEfficiencyModel, magnesium: pd.DataFrame, all_but_magnesium: pd.DataFrame
) -> None:
    """Other values in two folds leave what is predicted without them as it was."""
    fold = model.fold_of_row(magnesium)
    changed = magnesium.copy()
    changed.loc[np.isin(fold, [0, 1]), "ce_pct"] = 12.0
    left = frozenset((0, 1))
    found = [
        cross_fit(model.rows(table, all_but_magnesium), fold, MEMBERS, 0, pairs=True)
        for table in (magnesium, changed)
    ]
    for member in MEMBERS:
        before, after = (held_out[left].predictions[member] for held_out in found)
        assert np.allclose(before, after)
    other = frozenset((2,))
    before, after = (held_out[other].predictions[MEMBERS[0]] for held_out in found)
    assert not np.allclose(before, after)


def test_sources_of_left_out_rows_are_left_out_of_other_metals_too(
    model: CoulombicEfficiencyModel, magnesium: pd.DataFrame, all_but_magnesium: pd.DataFrame
) -> None:
    fold = model.fold_of_row(magnesium)
    source = magnesium["source"][fold == 0].iloc[0]
    told = all_but_magnesium.head(40).assign(source=source)
    rest = pd.concat([all_but_magnesium, told], ignore_index=True)
    found = [
        cross_fit(model.rows(magnesium, others), fold, MEMBERS, 0)[frozenset((0,))]
        for others in (all_but_magnesium, rest)
    ]
    member = Member("pooled", "ridge")
    assert np.allclose(found[0].predictions[member], found[1].predictions[member])


def test_every_row_is_held_out_once(
    model: CoulombicEfficiencyModel, magnesium: pd.DataFrame
) -> None:
    fold = model.fold_of_row(magnesium)
    parts = list(cross_fit(model.rows(magnesium), fold, MEMBERS[:1]).values())
    joined = assemble(parts, [part.rows for part in parts])
    assert joined.rows.tolist() == list(range(len(magnesium)))
    spans = magnesium.assign(fold=fold).groupby("source")["fold"]
    assert (spans.min() == spans.max()).all()


def test_later_values_do_not_matter(
    model: CoulombicEfficiencyModel, magnesium: pd.DataFrame, all_but_magnesium: pd.DataFrame
) -> None:
    """What came after the cut, of whichever metal, leaves predictions of it as they were."""
    fold, cut = model.fold_of_row(magnesium), 2016
    others = all_but_magnesium.head(120)
    tables = [magnesium, others]
    changed = [
        table.assign(ce_pct=table["ce_pct"].mask(~(table["year"] <= cut), 12.0)) for table in tables
    ]
    found = [
        cross_fit(model.rows(*each), fold, MEMBERS, 0, cut=cut)[frozenset((LATER,))]
        for each in (tables, changed)
    ]
    assert found[0].rows.tolist() == np.flatnonzero(magnesium["year"] > cut).tolist()
    for member in MEMBERS:
        assert np.allclose(found[0].predictions[member], found[1].predictions[member])


def test_a_fold_is_left_out_of_earlier_and_later_rows(
    model: CoulombicEfficiencyModel, magnesium: pd.DataFrame
) -> None:
    fold, cut = model.fold_of_row(magnesium), 2016
    changed = magnesium.assign(ce_pct=magnesium["ce_pct"].mask(fold == 0, 12.0))
    left = frozenset((0, LATER))
    found = [
        cross_fit(model.rows(table), fold, MEMBERS[:1], 0, pairs=True, cut=cut)[left]
        for table in (magnesium, changed)
    ]
    assert not (fold[found[0].rows] == 0).any()
    assert np.allclose(found[0].predictions[MEMBERS[0]], found[1].predictions[MEMBERS[0]])
