"""What each ingredient turns into."""

from __future__ import annotations

import pytest
from anolyte.datasets import METALS, Metal, shipped_compounds
from anolyte.datasets.files.shipped import shipped_table
from anolyte.datasets.interphases.decomposition import decompositions
from anolyte.datasets.interphases.vocabulary import sei_vocabulary

COMPOUNDS = shipped_compounds()


def products(name: str, metal: Metal) -> set[str]:
    found = decompositions(COMPOUNDS[name], metal)
    return {product for entry in found for product in entry.products}


@pytest.mark.parametrize(
    ("name", "metal", "product"),
    [
        ("LiFSI", "Li", "LiF"),
        ("NaPF6", "Na", "NaF"),
        ("FEC", "Li", "LiF"),
        ("LiNO3", "Li", "Li3N"),
        ("EC", "Li", "ROCO2Li"),
        ("DME", "Li", "ROLi"),
        ("Mg(TFSI)2", "Mg", "MgF2"),
        ("Ca(BH4)2", "Ca", "CaH2"),
        ("ZnSO4", "Zn", "Zn4SO4(OH)6.xH2O"),
        ("H2O", "Zn", "ZnO"),
    ],
)
def test_known_products(name: str, metal: Metal, product: str) -> None:
    assert product in products(name, metal)


def test_patterns_do_not_spill_over() -> None:
    assert "LiF" not in products("DME", "Li")
    assert "Li3N" not in products("EC", "Li")
    assert all(entry.ingredient != "FSI" for entry in decompositions(COMPOUNDS["LiTFSI"]))


def test_table_is_in_the_vocabulary_and_covers_all_metals() -> None:
    table = shipped_table("decomposition")
    assert set(table["metal"]) == set(METALS)
    assert set(table["match_kind"]) == {"smarts", "compound"}
    words = {word for text in table["products"] for word in text.split(";") if word}
    assert words <= set(sei_vocabulary())
    families = set(table["ingredient"])
    assert {"FSI", "TFSI", "PF6", "BF4", "DFOB", "BOB", "DFP", "ClO4", "NO3", "OTf"} <= families
    assert {"BH4", "carborane", "B(hfip)4", "Al(hfip)4", "SO4", "FEC", "VC"} <= families
    assert {"glymes", "cyclic ethers", "nitriles", "phosphates", "water"} <= families
