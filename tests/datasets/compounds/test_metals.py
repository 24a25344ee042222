"""Metals and tabulated properties of ions."""

from __future__ import annotations

import pytest
from anolyte.datasets.compounds.metals import CHARGES, METALS, as_metal, ion_property


@pytest.mark.parametrize("metal", METALS)
def test_metal_is_recognised_in_any_case_and_with_blanks(metal: str) -> None:
    assert as_metal(f" {metal.upper()} ") == as_metal(metal.lower()) == metal


@pytest.mark.parametrize("text", ["", "Xx", "lithium", "Li+", "nan", "L i"])
def test_unknown_metal_is_refused_with_the_choices(text: str) -> None:
    with pytest.raises(ValueError, match="use one of Li, Na, K, Mg, Ca, Zn, Al"):
        as_metal(text)


@pytest.mark.parametrize("metal", METALS)
def test_charge_agrees_with_the_table_of_ions(metal: str) -> None:
    charge = CHARGES[as_metal(metal)]
    ion = f"{metal}{charge if charge > 1 else ''}+"
    assert ion_property(ion, "charge") == charge


def test_radii_grow_down_the_alkali_group() -> None:
    radii = [ion_property(ion, "ionic_radius_Shannon_CN6") for ion in ("Li+", "Na+", "K+")]
    assert radii == pytest.approx([0.76, 1.02, 1.38])


@pytest.mark.parametrize(("ion", "name"), [("Xx+", "charge"), ("Li+", "colour")])
def test_missing_property_says_what_is_missing(ion: str, name: str) -> None:
    with pytest.raises(KeyError, match=rf"no {name} of {ion[:2]}"):
        ion_property(ion, name)
