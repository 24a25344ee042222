"""Diversity: what similarity is, and what the choice guarantees."""

from __future__ import annotations

import numpy as np
import pytest
from anolyte.experiments.ranking.diversity import diverse, similarity
from anolyte.features.mixtures import Mixtures
from hypothesis import given
from hypothesis import strategies as st

TEXTS = [
    "1 M LiFSI in F5DEE",
    "1.5 M LiFSI in F5DEE",
    "1 M LiFSI in F5DEE/TTE (1:1 v/v)",
    "1 M LiFSI in DME",
    "1 M LiPF6 in EC/DMC (1:1 v/v)",
    "LiFSI/DME/TTE (1:1.2:3 mol/mol)",
]
MIXTURES = Mixtures.from_electrolytes(TEXTS, "Li")
scores = st.lists(st.floats(0, 3), min_size=len(TEXTS), max_size=len(TEXTS)).map(np.array)


def test_similarity_is_a_similarity() -> None:
    moles = MIXTURES.mole_fractions
    table = np.column_stack([similarity(moles, row) for row in moles])
    assert np.diag(table) == pytest.approx(1)
    assert table == pytest.approx(table.T)
    assert ((table >= 0) & (table <= 1 + 1e-12)).all()
    # More salt is a nearer copy than a diluent, that than another solvent, that than all else.
    assert table[0, 1] > table[0, 2] > table[0, 3] > table[0, 4] == 0


@given(scores, st.floats(0, 1), st.integers(1, 9))
def test_choice_is_a_permutation_that_starts_with_the_best(
    values: np.ndarray, diversity: float, top: int
) -> None:
    rows = diverse(values, MIXTURES, top, diversity)
    assert len(set(rows.tolist())) == len(rows) == min(top, len(TEXTS))
    assert rows[0] == np.argmax(values)
    assert (rows == diverse(values, MIXTURES, top, diversity)).all()
    longer = diverse(values, MIXTURES, len(TEXTS), diversity)
    assert (longer[: len(rows)] == rows).all()


@given(scores)
def test_without_diversity_the_order_is_that_of_the_scores(values: np.ndarray) -> None:
    rows = diverse(values, MIXTURES, len(TEXTS), 0.0)
    assert rows.tolist() == np.argsort(-values, kind="stable").tolist()


def test_near_copies_give_way() -> None:
    values = np.array([2.0, 1.99, 1.98, 1.95, 1.0, 1.0])
    assert diverse(values, MIXTURES, 2, 0.3).tolist() == [0, 3]
    assert diverse(values, MIXTURES, 2, 0.0).tolist() == [0, 1]
    assert diverse(values, MIXTURES, 2, 1.0).tolist() == [0, 4]


def test_what_is_remote_gets_no_credit_for_being_different() -> None:
    values = np.array([2.0, 1.99, 1.98, 1.9, 1.9, 1.9])
    remote = np.array([False, False, False, False, True, False])
    assert 4 not in diverse(values, MIXTURES, 3, 0.3, remote=remote)
    assert 4 in diverse(values, MIXTURES, 3, 0.3)


def test_another_glyme_is_no_other_solvent() -> None:
    """G2 after G3 is a near copy; THF of the same score is not."""
    texts = ["1 M LiFSI in G3", "1 M LiFSI in G2", "1 M LiFSI in THF"]
    mixtures = Mixtures.from_electrolytes(texts, "Li")
    assert diverse(np.array([2.0, 1.9, 1.9]), mixtures, 3).tolist() == [0, 2, 1]
