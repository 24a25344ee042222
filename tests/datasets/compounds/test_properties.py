"""Properties: measured before estimated, package data before nothing, never a prediction."""

from __future__ import annotations

from contextlib import suppress

import pytest
from anolyte.datasets import shipped_compounds
from anolyte.datasets.compounds.properties import UNITS, cas_number, property_value
from anolyte.datasets.compounds.registry import molecule
from chemicals.identifiers import search_chemical
from rdkit.Chem import MolToInchiKey

COMPOUNDS = shipped_compounds()


@pytest.mark.parametrize(
    ("name", "what", "value", "tolerance"),
    [
        ("EC", "donor_number", 16.4, 0.01),
        ("EC", "relative_permittivity", 89.78, 0.01),  # not the fit extrapolated to 25 C
        ("DME", "viscosity", 0.46, 0.03),  # not the Joback prediction, 0.28
        ("TTE", "boiling_point", 94.0, 0.02),  # not the Joback prediction, 50
        ("H2O", "density", 0.997, 0.002),
        ("DMC", "flash_point", 17.0, 0.25),
        ("AN", "boiling_point", 81.6, 0.01),
        ("benzene", "fusion_enthalpy", 9.87, 0.01),
        ("CO2", "critical_temperature", 31.0, 0.01),
        ("Toluene", "hansen_dispersion", 18.0, 0.01),
        ("Toluene", "hansen_polar", 1.4, 0.01),
        ("H2O", "hansen_hydrogen", 42.3, 0.01),
    ],
)
def test_known_values(name: str, what: str, value: float, tolerance: float) -> None:
    found = property_value(COMPOUNDS[name], what)
    assert found is not None
    assert found.value == pytest.approx(value, rel=tolerance)
    assert found.unit == UNITS[what]
    assert found.source


def test_source_says_table_or_package() -> None:
    table = property_value(COMPOUNDS["EC"], "donor_number")
    package = property_value(COMPOUNDS["DEC"], "boiling_point")
    assert table is not None
    assert "Gutmann" in table.source
    assert package is not None
    assert package.source.startswith("chemicals")
    assert "JOBACK" not in package.source


def test_missing_stays_missing() -> None:
    assert property_value(COMPOUNDS["FDMB"], "viscosity") is None
    assert property_value(COMPOUNDS["LiPF6"], "boiling_point") is None


def test_unknown_property_is_refused() -> None:
    with pytest.raises(ValueError, match="donor_number"):
        property_value(COMPOUNDS["EC"], "beauty")


def test_coverage_of_solvents() -> None:
    """Molecules with a value; a fall means that a table or look-up was lost."""
    molecules = [compound for compound in COMPOUNDS if not compound.is_salt]
    least = {
        "donor_number": 102,
        "relative_permittivity": 158,
        "density": 235,
        "boiling_point": 232,
        "flash_point": 152,
        "viscosity": 92,
    }
    for what, count in least.items():
        known = [compound for compound in molecules if property_value(compound, what)]
        assert len(known) >= count, what


def test_cas_numbers_mean_the_drawn_molecules() -> None:
    """An independent registry knows the numbers, and under them the same structures."""
    told = {}
    for compound in COMPOUNDS:
        if compound.cas and not compound.is_salt:
            with suppress(ValueError):
                told[compound.abbreviation] = search_chemical(compound.cas).InChI_key
    drawn = {name: MolToInchiKey(molecule(COMPOUNDS[name].smiles)) for name in told}
    assert len(told) > 200
    # Some are drawn without stereo centres here or there, sugars as rings or as open chains.
    for name in set(told) - {"glucose", "lactose"}:
        flat = any(each[name].endswith("-UHFFFAOYSA-N") for each in (told, drawn))
        assert drawn[name] == told[name] or (flat and drawn[name][:14] == told[name][:14]), name


def test_a_molecule_is_named_by_its_structure() -> None:
    assert cas_number(COMPOUNDS["DME"].smiles) == COMPOUNDS["DME"].cas == "110-71-4"
    assert cas_number("CCCCCCCCO") == "111-87-5"  # octanol, not in the registry
    assert cas_number("FC(F)(F)OC(Cl)(Cl)CBr") is None
