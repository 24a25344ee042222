"""Predictions for one laboratory: its level, its order, and how wide before the first own row."""

from __future__ import annotations

import numpy as np
import pytest
from anolyte.datasets import efficiencies, load_measurements, log_coulombic_efficiency
from anolyte.features import ElectrolyteFeaturizer
from anolyte.features.mixtures import as_mixtures
from anolyte.models import CoulombicEfficiencyModel
from anolyte.models.efficiency.laboratory import Laboratory

CLOSED_LOOP = "sodium ether closed loop"
SCREENING = "potassium ether screening"


def test_three_own_rows_show_the_level() -> None:
    rows = efficiencies(load_measurements("Na")).reset_index(drop=True)
    own = np.flatnonzero(rows["laboratory"] == CLOSED_LOOP)
    # Of its first, its middle and its last rows, which differ as a campaign goes on.
    chosen = own[:: len(own) // 3][:3]
    unseen, observed = np.setdiff1d(own, chosen), log_coulombic_efficiency(rows["ce_pct"])
    features = ElectrolyteFeaturizer(metal="Na").fit_transform(rows)
    mixtures = as_mixtures(rows, "Na")
    errors, widths = [], []
    for known in (0, 3):
        others = np.setdiff1d(np.arange(len(rows)), own)
        seen = np.concatenate([others, chosen[:known]])
        laboratory = Laboratory.fit(
            CLOSED_LOOP, features[seen], rows.iloc[seen], mixtures.take(seen)
        )
        assert laboratory.rows == known
        lce, spread = laboratory.predict(features[unseen], mixtures.take(unseen))
        errors.append(np.sqrt(np.mean((observed[unseen] - lce) ** 2)))
        widths.append(laboratory.half_width(0.9, spread).mean())
    assert errors[1] < 0.9 * errors[0]
    assert widths[1] < 0.6 * widths[0]


def test_a_new_laboratory_is_told_an_order_only(potassium_model: CoulombicEfficiencyModel) -> None:
    model = potassium_model.at_laboratory("our own")
    assert model.is_prior
    predicted = model.assess(["1 M KFSI in DME"])
    assert predicted.evidence.tolist() == ["prior only"]
    known = potassium_model.at_laboratory(SCREENING)
    assert not known.is_prior
    assert known.assess(["1 M KFSI in DME"]).evidence.tolist() == ["weak"]
    assert known.laboratory_rows(SCREENING) == 128
    assert model.laboratory_rows("our own") == 0


def test_a_screening_laboratory_covers_its_rows(potassium_model: CoulombicEfficiencyModel) -> None:
    measured = potassium_model.domain_.measured
    own = measured[measured["laboratory"] == SCREENING]
    predicted = potassium_model.at_laboratory(SCREENING).assess(own["electrolyte"].tolist())
    miss = np.abs(log_coulombic_efficiency(own["ce_pct"]) - predicted.lce)
    assert 0.9 <= (miss <= predicted.half_width(0.9)).mean() <= 1.0


def test_further_compounds_get_the_mean_of_a_laboratory_that_teaches_no_order(
    potassium_model: CoulombicEfficiencyModel,
) -> None:
    measured = potassium_model.domain_.measured
    own = measured[measured["laboratory"] == SCREENING]
    level = log_coulombic_efficiency(own["ce_pct"]).mean()
    texts = ["1 M KFSI in DMC", own["electrolyte"].iloc[0]]
    predicted = potassium_model.at_laboratory(SCREENING).assess(texts)
    assert predicted.lce[0] == pytest.approx(level)
    assert predicted.lce[1] != pytest.approx(level)
    assert ["the mean of the laboratory" in told for told in predicted.remarks] == [True, False]
    assert not any("laboratory" in told for told in potassium_model.assess(texts).remarks)


def test_other_predictions_stay_as_they_are(potassium_model: CoulombicEfficiencyModel) -> None:
    before = potassium_model.predict(["1 M KFSI in DME"])
    potassium_model.at_laboratory(SCREENING)
    assert potassium_model.predict(["1 M KFSI in DME"]) == before
    assert potassium_model.laboratory_ is None


def test_lithium_has_its_rows_in_the_fit(lithium_model: CoulombicEfficiencyModel) -> None:
    texts = ["1 M LiFSI in DME"]
    named = lithium_model.at_laboratory("s4-ref071")
    assert named.predict(texts) == lithium_model.predict(texts)


def test_rows_that_name_their_laboratory_are_of_it() -> None:
    rows = efficiencies(load_measurements("K")).head(12)
    named = rows.assign(laboratory=["north"] * 5 + [""] * 7)
    model = CoulombicEfficiencyModel("K").fit(named)
    assert model.laboratory_rows("north") == 5
    assert model.laboratory_rows(rows["source"].iloc[8]) == 7
