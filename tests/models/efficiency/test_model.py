"""The Coulombic-efficiency model: what it predicts and how sure it says it is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from anolyte.models import CoulombicEfficiencyModel
from anolyte.models.bundles.bundle import load_model, save_model
from anolyte.models.efficiency.recipes import DEFAULT, PRIOR
from anolyte.models.efficiency.weights import residuals

# Descriptors, where a test does not depend on which.
FEW = ("composition",)
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
    lithium_model: CoulombicEfficiencyModel, lithium: pd.DataFrame
) -> None:
    held_out = lithium_model.calibration_
    miss = np.abs(residuals(lithium, held_out["predicted"].to_numpy()))
    for coverage in (0.5, 0.8, 0.9):
        width = lithium_model.half_width(coverage, held_out["spread"].to_numpy())
        assert coverage - 0.02 < float((miss <= width).mean()) < coverage + 0.09


def test_interval_is_wider_far_from_the_data(lithium_model: CoulombicEfficiencyModel) -> None:
    frame = lithium_model.predict_interval(["1 M LiFSI in DME", "1 M LiI in {SCCS}"])
    width = frame["lce_high"] - frame["lce_low"]
    assert width[1] > 1.2 * width[0]


def test_unknown_coverage_is_refused(lithium_model: CoulombicEfficiencyModel) -> None:
    with pytest.raises(ValueError, match=r"use one of 0\.5, 0\.8, 0\.9"):
        lithium_model.predict_interval(FORMULATIONS, 0.95)


def test_same_seed_same_model(magnesium: pd.DataFrame) -> None:
    first, second = (
        CoulombicEfficiencyModel("Mg", FEW, scopes=("own",), folds=2, seed=3).fit(magnesium)
        for _ in range(2)
    )
    text = ["0.3 M Mg[B(hfip)4]2 in DME"]
    assert first.predict_interval(text).equals(second.predict_interval(text))


def test_blends_alone_where_asked_for(magnesium: pd.DataFrame, tmp_path: Path) -> None:
    model = CoulombicEfficiencyModel("Mg", FEW, scopes=("own",), folds=2, singles=False)
    model.fit(magnesium)
    assert set(model.held_out_errors.index) == {DEFAULT, PRIOR}
    assert load_model(save_model(model, tmp_path / "Mg")).singles is False


def test_other_metals_are_used_where_given(
    magnesium: pd.DataFrame, all_but_magnesium: pd.DataFrame
) -> None:
    model = CoulombicEfficiencyModel("Mg", FEW, folds=2).fit(magnesium, others=all_but_magnesium)
    scopes = {name.split(":")[0] for name in model.held_out_errors.index}
    assert scopes == {"own", "corrected", "pooled", PRIOR}
    assert np.isfinite(model.predict(["0.3 M Mg[B(hfip)4]2 in DME"])).all()


def test_few_sources_give_the_mean_and_its_spread(
    potassium_model: CoulombicEfficiencyModel,
) -> None:
    frame = potassium_model.predict_interval(["1 M KFSI in DME", "1 M KPF6 in EC/DEC (1:1 v/v)"])
    assert frame["ce_pct"].iloc[0] == frame["ce_pct"].iloc[1]
    assert potassium_model.is_prior
    assert potassium_model.evidence_ == PRIOR
    assert (frame["lce_high"] - frame["lce_low"] > 1.5).all()
    assert set(potassium_model.assess(["1 M KFSI in DME"]).evidence) == {PRIOR}


def test_a_model_that_validation_found_useless_gives_the_mean(magnesium: pd.DataFrame) -> None:
    model = CoulombicEfficiencyModel("Mg", FEW, scopes=("own",), folds=2)
    model.fit(magnesium, skill=1.02)
    assert model.is_prior
    assert len(set(model.predict(["0.3 M Mg[B(hfip)4]2 in DME", "1 M Mg(ClO4)2 in PC"]))) == 1


def test_one_row_is_enough_for_a_mean(lithium: pd.DataFrame) -> None:
    model = CoulombicEfficiencyModel("Li").fit(lithium.head(1))
    frame = model.predict_interval(FORMULATIONS)
    assert frame["ce_pct"].tolist() == pytest.approx([lithium["ce_pct"].iloc[0]] * 3)


def test_no_rows_are_refused(lithium: pd.DataFrame) -> None:
    with pytest.raises(ValueError, match="no measurements of Li"):
        CoulombicEfficiencyModel("Li").fit(lithium.head(0))
