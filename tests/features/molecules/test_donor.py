"""Donor numbers: measured values kept, missing ones imputed with the stated error."""

from __future__ import annotations

import numpy as np
import pytest
from anolyte.datasets import shipped_compounds
from anolyte.datasets.compounds.donor_scale import donor_numbers_by_affinity
from anolyte.datasets.compounds.properties import property_value
from anolyte.features.mixtures import Mixtures
from anolyte.features.molecules import donor
from anolyte.features.molecules.donor import (
    coordinating_sites,
    crowding,
    donor_number,
    imputation_features,
    imputed_donor_share,
    is_donor_number_imputed,
    tabulated_donor_numbers,
)
from sklearn.ensemble import ExtraTreesRegressor
from sklearn.model_selection import KFold, cross_val_predict

COMPOUNDS = shipped_compounds()


@pytest.mark.parametrize(
    ("name", "value"), [("EC", 16.4), ("DME", 20.0), ("H2O", 18.0), ("TTE", 1.9), ("DMSO", 29.8)]
)
def test_measured(name: str, value: float) -> None:
    assert donor_number(COMPOUNDS[name]) == pytest.approx(value)
    assert not is_donor_number_imputed(COMPOUNDS[name])


@pytest.mark.parametrize(("name", "value"), [("DOL", 16.6), ("2-MeTHF", 20.8), ("TEA", 37.4)])
def test_by_affinity_to_boron_trifluoride(name: str, value: float) -> None:
    compound = COMPOUNDS[name]
    assert compound.smiles not in tabulated_donor_numbers()
    assert donor_number(compound) == pytest.approx(value, abs=0.05)
    assert not is_donor_number_imputed(compound)
    known = property_value(compound, "donor_number")
    assert known is not None
    assert (known.value, known.origin) == (pytest.approx(donor_number(compound)), "estimated")


def test_affinities_agree_with_measured_donor_numbers() -> None:
    measured, estimated = tabulated_donor_numbers(), donor_numbers_by_affinity()
    both = sorted(set(measured) & set(estimated))
    pairs = np.array([[measured[smiles], estimated[smiles]] for smiles in both])
    assert len(pairs) >= 40
    assert np.corrcoef(pairs.T)[0, 1] > 0.94
    assert np.abs(pairs[:, 0] - pairs[:, 1]).mean() < 2.0


def test_imputed_values_are_flagged_and_in_order() -> None:
    """Ethers between carbonates and amides; fluorination lowers the number."""
    assert is_donor_number_imputed(COMPOUNDS["FDMB"])
    values = {name: donor_number(COMPOUNDS[name]) for name in ("DEE", "FDMB", "F6DEE", "TFEO")}
    assert values["DEE"] > values["FDMB"]
    assert values["DEE"] > values["F6DEE"] > values["TFEO"] - 3


def test_share_of_solvent_with_an_imputed_value() -> None:
    texts = [
        "1 M LiFSI in DME",
        "1 M LiFSI in DME/FDMB (1:3 mol/mol)",
        "LiFSI/[Pyr13]FSI (1:1 mol/mol)",
    ]
    mixtures = Mixtures.from_electrolytes(texts, "Li")
    assert imputed_donor_share(mixtures) == pytest.approx([0, 0.75, 0])


def test_stated_error_of_the_imputation() -> None:
    """Ten-fold cross-validation gives the error that the module's docstring states."""
    known = tabulated_donor_numbers()
    features = np.array([imputation_features(smiles) for smiles in known])
    target = np.array(list(known.values()))
    folds = KFold(10, shuffle=True, random_state=0)
    predicted = cross_val_predict(
        ExtraTreesRegressor(200, random_state=0), features, target, cv=folds
    )
    error = np.abs(predicted - target)
    assert donor.__doc__ is not None
    assert "mean absolute error 4.7, median 2.7" in donor.__doc__.replace("\n", " ")
    assert error.mean() == pytest.approx(4.7, abs=0.3)
    assert np.median(error) == pytest.approx(2.7, abs=0.4)


@pytest.mark.parametrize(
    ("name", "carbons"),
    [
        *((name, 0) for name in ("DME", "G2", "THF", "DOL", "TEP", "EC")),
        *((name, 1) for name in ("DEE", "2-MeTHF")),
        *((name, 2) for name in ("Et2O", "DBE", "CPME")),
    ],
)
def test_carbons_that_crowd_an_ether_oxygen(name: str, carbons: float) -> None:
    """Those of a ring with the oxygen, or on the way to the next donor, do not count."""
    assert crowding(COMPOUNDS[name]) == carbons


@pytest.mark.parametrize(
    ("name", "sites", "wide"), [("DMM", 1, 2), ("DOL", 1, 1), ("DME", 2, 2), ("D2", 0, 0)]
)
def test_sites_towards_a_wide_cation(name: str, sites: float, wide: float) -> None:
    compound = COMPOUNDS[name]
    assert coordinating_sites(compound) == sites
    assert coordinating_sites(compound, open_acetals=True) == wide
