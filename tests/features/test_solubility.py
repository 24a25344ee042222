"""Known solubilities: of which salt, in which solvents, by which table."""

from __future__ import annotations

import pytest
from anolyte.datasets import shipped_compounds
from anolyte.datasets.compounds.registry import canonical_smiles
from anolyte.datasets.files.shipped import shipped_table
from anolyte.features.solubility import CLASSES, anhydrous, limit, solvent_class

COMPOUNDS = shipped_compounds()


@pytest.mark.parametrize(
    ("salt", "solvents", "moles"),
    [
        ("ZnSO4", "water", 3.56),  # 57.73 g in 100 g of water, 161.4 g/mol
        ("NaCl", "water", 6.13),  # 35.96 g, 58.44 g/mol
        ("Mg(TFSI)2", "ether", 0.5),
        ("ZnSO4", "ether", None),
        ("LiTFSI", "water", None),
    ],
)
def test_known_limits(salt: str, solvents: str, moles: float | None) -> None:
    found = limit(COMPOUNDS[salt], CLASSES.index(solvents))
    assert found == (None if moles is None else pytest.approx(moles, rel=0.01))


def test_limit_of_a_hydrate_is_that_of_its_salt() -> None:
    place = CLASSES.index("water")
    hydrate = COMPOUNDS["Zn(ClO4)2-6H2O"]
    assert limit(hydrate, place) == limit(COMPOUNDS["Zn(ClO4)2"], place)


def test_what_water_leaves_undissolved_no_other_liquid_dissolves() -> None:
    fluoride = COMPOUNDS.from_smiles("[Li+].[F-]")
    limits = [limit(fluoride, place) for place in range(len(CLASSES))]
    assert limits == pytest.approx([0.0516] * len(CLASSES), rel=0.01)


@pytest.mark.parametrize(
    ("name", "group"),
    [
        ("EC", "carbonate"),
        ("DME", "ether"),
        ("H2O", "water"),
        ("DMSO", "sulfoxide"),
        ("EG", "other"),
    ],
)
def test_class_of_a_solvent(name: str, group: str) -> None:
    assert solvent_class(COMPOUNDS[name]) == group


def test_structures_of_the_aqueous_table_are_salts_of_the_metals_without_water() -> None:
    table = shipped_table("aqueous_solubility")
    for smiles in table["smiles"]:
        assert smiles in {canonical_smiles(smiles), anhydrous(smiles)}
        assert COMPOUNDS.from_smiles(smiles).is_salt
    known = table[[name in COMPOUNDS for name in table["salt"]]]
    assert len(known) >= 20
    assert all(
        COMPOUNDS[n].smiles == s for n, s in zip(known["salt"], known["smiles"], strict=True)
    )
