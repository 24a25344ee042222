"""Anions as ligands."""

from __future__ import annotations

import pytest
from anolyte.datasets import shipped_compounds
from anolyte.features.molecules.anions import anion_donor_number, anion_radius, binding_anions

COMPOUNDS = shipped_compounds()


def anion_of(salt: str) -> str:
    return binding_anions(COMPOUNDS[salt])[0][0]


@pytest.mark.parametrize(
    ("salt", "value"), [("LiTFSI", 11.2), ("LiPF6", -6.2), ("LiBF4", 7.3), ("LiNO3", 22.2)]
)
def test_measured_values_are_kept(salt: str, value: float) -> None:
    assert anion_donor_number(anion_of(salt)) == value


def test_order_of_the_estimated() -> None:
    """Halides bind most; alkoxyborates, carboranes and tetraphenylborate least."""
    strong = anion_donor_number(anion_of("LiCl"))
    weak = [anion_of(salt) for salt in ("Mg[B(hfip)4]2", "Ca(CB11H12)2", "NaBPh4")]
    middle = [anion_of(salt) for salt in ("LiFSI", "LiClO4", "LiOTf", "LiDFOB", "LiBOB")]
    assert all(strong > anion_donor_number(anion) for anion in middle)
    for anion in middle:
        assert all(anion_donor_number(anion) > anion_donor_number(other) for other in weak)


def test_radius_grows_with_the_anion() -> None:
    order = ["LiCl", "LiBF4", "LiPF6", "LiFSI", "LiTFSI", "LiBETI", "Mg[B(hfip)4]2"]
    radii = [anion_radius(anion_of(salt)) for salt in order]
    assert radii == sorted(radii)


def test_anions_of_salts() -> None:
    assert binding_anions(COMPOUNDS["Mg(TFSI)2"])[0][1] == 2
    assert binding_anions(COMPOUNDS["AlCl3"]) == [("[Cl-]", 3.0)]
    assert binding_anions(COMPOUNDS["DME"]) == []
