"""The Coulombic-efficiency model: what it predicts and how sure it says it is."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from anolyte.datasets.measurements import efficiencies, load_measurements
from anolyte.models import CoulombicEfficiencyModel

FORMULATIONS = ["1 M LiPF6 in EC/DMC (1:1 v/v)", "1 M LiFSI in DME", "1 M LiFSI in F5DEE"]


def test_order_of_known_electrolytes(lithium_model: CoulombicEfficiencyModel) -> None:
    """Carbonate below dilute ether below fluorinated ether, as the literature has it."""
    assert list(np.argsort(lithium_model.predict(FORMULATIONS))) == [0, 1, 2]


def test_intervals_contain_the_prediction_and_nest(lithium_model: CoulombicEfficiencyModel) -> None:
    widths = []
    for coverage in (0.5, 0.8, 0.9):
        frame = lithium_model.predict_interval(FORMULATIONS, coverage)
        assert (frame["ce_low"] < frame["ce_pct"]).all()
        assert (frame["ce_pct"] < frame["ce_high"]).all()
        assert frame["ce_high"].max() <= 99.95
        assert frame["ce_low"].min() >= 0
        widths.append((frame["lce_high"] - frame["lce_low"]).to_numpy())
    assert (widths[0] < widths[1]).all()
    assert (widths[1] < widths[2]).all()


def test_interval_covers_its_share_of_unseen_sources(
    lithium_model: CoulombicEfficiencyModel,
) -> None:
    held_out = lithium_model.calibration_
    miss = (held_out["observed"] - held_out["predicted"]).abs()
    for coverage in (0.5, 0.8, 0.9):
        width = lithium_model.scale_.half_width(held_out["spread"].to_numpy(), coverage)
        assert float((miss <= width).mean()) == pytest.approx(coverage, abs=0.02)


def test_interval_is_wider_far_from_the_data(lithium_model: CoulombicEfficiencyModel) -> None:
    frame = lithium_model.predict_interval(["1 M LiFSI in DME", "1 M LiI in {SCCS}"])
    width = frame["lce_high"] - frame["lce_low"]
    assert width[1] > 1.2 * width[0]


def test_unknown_coverage_is_refused(lithium_model: CoulombicEfficiencyModel) -> None:
    with pytest.raises(ValueError, match=r"use one of 0\.5, 0\.8, 0\.9"):
        lithium_model.predict_interval(FORMULATIONS, 0.95)


def test_same_seed_same_model() -> None:
    rows = efficiencies(load_measurements("Mg"))
    first, second = (CoulombicEfficiencyModel("Mg", seed=3).fit(rows) for _ in range(2))
    text = ["0.3 M Mg[B(hfip)4]2 in DME"]
    assert first.predict_interval(text).equals(second.predict_interval(text))


def test_too_few_rows_are_refused() -> None:
    rows = efficiencies(load_measurements("Li")).head(5)
    with pytest.raises(ValueError, match="too few"):
        CoulombicEfficiencyModel("Li").fit(rows)


def test_unknown_family_is_refused() -> None:
    rows: pd.DataFrame = efficiencies(load_measurements("Mg"))
    with pytest.raises(ValueError, match="unknown model family 'oracle'"):
        CoulombicEfficiencyModel("Mg", members=["oracle"]).fit(rows)
