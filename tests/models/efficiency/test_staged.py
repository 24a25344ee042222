"""Staged predictions: the bound holds, and nothing that matters is left out."""

from __future__ import annotations

import numpy as np
import pytest
from anolyte.models import CoulombicEfficiencyModel
from anolyte.models.efficiency.staged import Line, Staged, largest_lower_bound
from hypothesis import example, given
from hypothesis import strategies as st

LCE = st.floats(-1, 4)


@given(
    known=st.lists(LCE, min_size=1, max_size=2),
    unknown=st.lists(LCE, min_size=2, max_size=2),
    variance=st.floats(1e-6, 2),
    line=st.tuples(LCE, st.floats(0, 1), st.floats(0, 4)),
)
@example(known=[1.0], unknown=[3.0, 3.0], variance=0.1, line=(1.0, 1.0, 2.15))
@example(known=[1.0, 1.0], unknown=[4.0, 0.0], variance=0.1, line=(1.0, 1.0, 0.1))
def test_no_lower_bound_exceeds_the_bound(
    known: list[float],
    unknown: list[float],
    variance: float,
    line: tuple[float, float, float],
) -> None:
    members = [*known, *unknown[: 3 - len(known)]]
    mean, slope, multiple = line
    spread = np.sqrt(variance + np.var(members))
    reached = mean + slope * (np.mean(members) - mean) - multiple * spread
    values = [np.array([each]) for each in known]
    top = max(unknown[: 3 - len(known)])
    for limit in (np.inf, top):
        bound = largest_lower_bound(Line(*line), values, 3, variance, limit)
        assert max(reached, 0) <= bound[0] + 1e-9


def test_the_bound_is_met_by_the_best_members() -> None:
    line = Line(1.2, 1.0, 2.0)
    known = [np.array([1.0]), np.array([1.4])]
    bound = largest_lower_bound(line, known, 3, 0.04)
    third = np.linspace(1, 2, 10_001)
    members = np.array([np.full_like(third, 1.0), np.full_like(third, 1.4), third])
    reached = members.mean(axis=0) - 2.0 * np.sqrt(0.04 + members.var(axis=0))
    assert bound[0] == pytest.approx(reached.max(), abs=1e-7)


@pytest.mark.parametrize("coverage", [0.5, 0.8, 0.9])
@pytest.mark.parametrize("in_families", [False, True])
def test_nothing_above_the_floor_is_left_out(
    lithium_model: CoulombicEfficiencyModel, coverage: float, in_families: bool
) -> None:
    texts = [
        f"{molar / 4} M {salt} in {solvents} (1:{ratio} v/v)"
        for salt in ("LiPF6", "LiFSI", "LiTFSI")
        for solvents in ("EC/DMC", "DME/TTE", "DOL/DME", "FEC/DMC")
        for ratio in (1, 3)
        for molar in range(1, 17)
    ]
    features = lithium_model.descriptors(texts)
    families = np.arange(len(texts)) // 32
    whole = lithium_model.predict_interval(texts, coverage)
    reached = whole["lce_low"].to_numpy()
    staged = Staged(lithium_model, coverage)
    for share in (0, 0.5, 0.9):
        floor = np.full(len(texts), np.quantile(reached, share))
        rows, frame = staged.predict_interval(features, floor, families if in_families else None)
        assert np.allclose(frame, whole.iloc[rows], rtol=0, atol=1e-9)
        wanted = np.flatnonzero(reached >= floor)
        if in_families:
            best = [np.flatnonzero(families == each) for each in np.unique(families)]
            leaders = {int(each[np.argmax(reached[each])]) for each in best}
            wanted = np.array(sorted(leaders & set(wanted.tolist())), dtype=int)
        assert np.isin(wanted, rows).all()
        if share == 0.9:
            assert len(rows) < len(texts)


def test_only_the_default_blend_is_staged(
    lithium_model: CoulombicEfficiencyModel, zinc_model: CoulombicEfficiencyModel
) -> None:
    assert Staged.applies(lithium_model) == (lithium_model.recipe == "own: blend")
    if not Staged.applies(zinc_model):
        with pytest.raises(ValueError, match="not the default blend"):
            Staged(zinc_model, 0.9)
