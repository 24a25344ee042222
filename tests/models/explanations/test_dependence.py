"""Partial dependence: what is changed, and what follows it."""

from __future__ import annotations

import numpy as np
import pytest
from anolyte.features.mixtures import as_mixtures
from anolyte.models import CoulombicEfficiencyModel
from anolyte.models.explanations.dependence import DEPENDENCE, at_concentration, partial_dependence


def test_diluting_changes_the_salt_alone(lithium_model: CoulombicEfficiencyModel) -> None:
    mixtures = as_mixtures(["1 M LiFSI in DME", "3 M LiFSI in DME/TTE (1:1 v/v)"], "Li")
    at = lithium_model.feature_names.index("cation_concentration")
    now = lithium_model.descriptors(mixtures)[:, at]
    assert now == pytest.approx([1, 3])
    moved = at_concentration(mixtures, now, 2.0)
    assert lithium_model.descriptors(moved)[:, at] == pytest.approx([2, 2])
    assert moved.mole_fractions.sum(axis=1) == pytest.approx(1)
    written = as_mixtures(["2 M LiFSI in DME"], "Li").mole_fractions
    assert sorted(moved.mole_fractions[0])[-2:] == pytest.approx(sorted(written[0]))


def test_weak_solvents_and_much_salt_help_lithium(lithium_model: CoulombicEfficiencyModel) -> None:
    table = partial_dependence(lithium_model, points=4)
    assert table["descriptor"].unique().tolist() == list(DEPENDENCE)
    ends = table.groupby("descriptor")["lce"].agg(["first", "last"])
    assert ends["last"]["cation_concentration"] > ends["first"]["cation_concentration"]
    assert ends["last"]["donor_number_mean"] < ends["first"]["donor_number_mean"]
    assert (table["lce_low"] <= table["lce_high"]).all()
    assert np.isfinite(table[["value", "ce_pct", "lce"]].to_numpy(dtype=float)).all()


def test_a_prior_depends_on_nothing(potassium_model: CoulombicEfficiencyModel) -> None:
    assert partial_dependence(potassium_model).empty


def test_unknown_descriptor(lithium_model: CoulombicEfficiencyModel) -> None:
    with pytest.raises(ValueError, match="no descriptor 'colour'"):
        partial_dependence(lithium_model, ["colour"])
