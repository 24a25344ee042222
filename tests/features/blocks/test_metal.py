"""The working ion, its companions, its counter-ions."""

from __future__ import annotations

import pandas as pd
import pytest
from anolyte.features import ElectrolyteFeaturizer


def block(text: str, metal: str) -> pd.Series:
    featurizer = ElectrolyteFeaturizer(["metal"], metal).set_output(transform="pandas")
    return featurizer.fit_transform([text]).iloc[0]


def test_properties_follow_the_metal() -> None:
    lithium, magnesium = block("1 M LiFSI in DME", "Li"), block("1 M Mg(TFSI)2 in DME", "Mg")
    assert (lithium["metal_charge"], magnesium["metal_charge"]) == (1, 2)
    assert lithium["metal_standard_reduction_potential"] == pytest.approx(-3.04, abs=0.01)
    assert (
        magnesium["metal_ionic_potential_z_over_r"] > 2 * lithium["metal_ionic_potential_z_over_r"]
    )


def test_small_and_highly_charged_ions_are_hard() -> None:
    salts = {"K": "KFSI", "Na": "NaFSI", "Li": "LiFSI"}
    hardness = [
        block(f"1 M {salt} in DME", metal)["metal_chemical_hardness"]
        for metal, salt in salts.items()
    ]
    assert hardness == sorted(hardness)


def test_secondary_cations() -> None:
    assert block("1 M LiFSI in DME", "Li")["secondary_monovalent"] == 0
    caesium = block("0.9 M LiFSI + 0.1 M CsPF6 in DME", "Li")
    assert caesium["secondary_monovalent"] == pytest.approx(0.1)
    dual = block("0.5 M Mg(BH4)2 + 1.5 M LiBH4 in G4", "Mg")
    assert dual["secondary_monovalent"] == pytest.approx(0.75)
    assert dual["secondary_multivalent"] == 0
    manganese = block("2 M ZnSO4 + 0.1 M MnSO4 in H2O", "Zn")
    assert manganese["secondary_multivalent"] == pytest.approx(0.1 / 2.1)
    # Drawn covalently, and a cation all the same.
    tin = block("2 M ZnSO4 + 0.1 M SnCl2 in H2O", "Zn")
    assert tin["secondary_multivalent"] == pytest.approx(0.1 / 2.1)


def test_delocalised_anions_have_a_small_surface_charge() -> None:
    charges = [
        block(f"1 M {salt} in DME", "Li")["anion_surface_charge"]
        for salt in ("LiTFSI", "LiFSI", "LiBF4", "LiCl")
    ]
    assert charges == sorted(charges)


def test_concentration_of_the_working_ion() -> None:
    assert block("1.5 M LiFSI in DME", "Li")["working_ion_concentration"] == pytest.approx(1.5)
    assert block("AlCl3/urea (1:1 mol/mol)", "Al")["working_ion_fraction"] == pytest.approx(0.5)


def test_organic_cations_are_no_metal() -> None:
    row = block("NaFSI/[Pyr13]FSI (2:8 mol/mol)", "Na")
    assert row["working_ion_fraction"] == pytest.approx(0.2)
    assert row["secondary_monovalent"] == 0
