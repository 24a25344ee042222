"""Names of the package `chemicals`: chemical names of molecules, never brands, words or salts."""

from __future__ import annotations

import pytest
from anolyte.datasets import read, shipped_compounds
from anolyte.datasets.compounds.package_names import smiles_by_name
from anolyte.datasets.compounds.registry import canonical_smiles


@pytest.mark.parametrize(
    ("name", "smiles"),
    [
        ("1H-pyrazole", "c1cn[nH]c1"),
        ("pyrrolidine-2,5-dione", "O=C1CCC(=O)N1"),
        ("nicotinamide", "NC(=O)c1cccnc1"),
        ("theophylline", "Cn1c(=O)c2[nH]cnc2n(C)c1=O"),
        ("methyl propyl ether", "CCCOC"),
        ("diethylene glycol", "OCCOCCO"),
    ],
)
def test_chemical_name_gives_its_structure(name: str, smiles: str) -> None:
    found = smiles_by_name(name)
    assert found is not None
    assert canonical_smiles(found) == canonical_smiles(smiles)


@pytest.mark.parametrize(
    "name",
    [
        "region",  # a brand of sulfacetamide
        "MA",  # methandrostenolone, in medicine
        "ether",
        "sodium saccharin",  # the package has the acid
        "sodium chloride",
        "indium",
        "water",
        "propylene",  # torn from propylene carbonate; the package has the gas
        "propane",
        "polyacrylamide",
        "zinc sulfate heptahydrate",
    ],
)
def test_brands_words_and_salts_are_no_names(name: str) -> None:
    assert smiles_by_name(name) is None


def test_name_that_the_registry_lacks_is_read_with_a_remark() -> None:
    found = read("2 M ZnSO4 in H2O + 10 mM nicotinamide")
    assert str(found.electrolyte) == "2 M ZnSO4 in H2O + 10 mM {NC(=O)c1cccnc1}"
    assert any("nicotinamide is read as" in remark for remark in found.remarks)
    assert shipped_compounds().find("(methylsulfinyl)methane").abbreviation == "DMSO"
