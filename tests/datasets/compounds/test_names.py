"""Names in a text: the longest that fits, salts and ionic liquids by their ions, no words."""

from __future__ import annotations

import pytest
from anolyte.datasets.compounds.registry import shipped_compounds

REGISTRY = shipped_compounds()


@pytest.mark.parametrize(
    ("text", "name", "rest"),
    [
        ("1,2-dimethoxyethane and", "DME", " and"),
        ("ethylene carbonate/x", "EC", "/x"),
        ("DME-THF (1:1)", "DME", "-THF (1:1)"),
        ("DMSO 2 wt%", "DMSO", " 2 wt%"),
        ("2-MeTHF", "2-MeTHF", ""),
        ("KPF 6 in", "KPF6", " in"),
        ("[EMIm] [TFSI] in", "[EMIm]TFSI", " in"),
        ("ZnSO4·7H2O in", "ZnSO4·7H2O", " in"),
        ("zinc sulfate heptahydrate.", "ZnSO4·7H2O", "."),
        ("Zn(ClO4)2-6H2O", "Zn(ClO4)2·6H2O", ""),
        ("LiNO3(2 wt%)", "LiNO3", "(2 wt%)"),
    ],
)
def test_longest_name_at_the_start_of_a_text(text: str, name: str, rest: str) -> None:
    found = REGISTRY.named_at(text, 0)
    assert found is not None
    assert str(found.compound) == name
    assert text[found.end :] == rest


@pytest.mark.parametrize("text", ["the", "an", "to", "As", "in", "ECX", "x-DME", "Mg(TFSI)", ""])
def test_what_is_no_name(text: str) -> None:
    assert REGISTRY.named_at(text, 0) is None


@pytest.mark.parametrize("text", ["THE", "AN", "TO"])
def test_an_abbreviation_in_its_own_case_is_no_word(text: str) -> None:
    assert text in REGISTRY


@pytest.mark.parametrize(
    ("spelled", "name"),
    [
        *(
            (each, "[EMIm]TFSI")
            for each in ("EMIM-TFSI", "[EMIM][NTf2]", "[C2mim][NTf2]", "EMITFSI")
        ),
        ("1-ethyl-3-methylimidazolium bis[(trifluoromethyl)sulfonyl]imide", "[EMIm]TFSI"),
        ("3-ethyl-1-methylimidazolium bis(trifluoromethanesulfonyl)amide", "[EMIm]TFSI"),
        *((each, "[C4mpyr][TFSI]") for each in ("Pyr14TFSI", "PYR1,4TFSI", "[Pyr14][NTf2]")),
        ("1-butyl-1-methylpyrrolidinium bis(trifluoromethylsulfonyl)imide", "[C4mpyr][TFSI]"),
        *((each, "[Pyr13]FSI") for each in ("P13FSI", "C3mpyrFSI", "Pyr13-FSI")),
        ("N-methyl-N-propylpyrrolidinium bis(fluorosulfonyl)imide", "[Pyr13]FSI"),
        ("DEME-TFSI", "[DEME][TFSI]"),
        ("BMIMBF4", "[BMIm][BF4]"),
        *((each, "LiTFSI") for each in ("LiNTf2", "LiTFSA", "LiN(CF3SO2)2", "Li[TFSI]")),
        ("lithium bis(trifluoromethane sulfonyl) imide", "LiTFSI"),
        *((each, "LiFSI") for each in ("LiFSA", "LiN(SO2F)2", "lithium bis(fluorosulfonyl)amide")),
        *((each, "LiOTf") for each in ("LiTf", "LiTFO", "LiSO3CF3", "lithium triflate")),
        ("NaSO3CF3", "NaOTf"),
        ("Mg(N(SO2CF3)2)2", "Mg(TFSI)2"),
        ("magnesium(II) bis(trifluoromethanesulfonimide)", "Mg(TFSI)2"),
        ("zinc trifluoromethanesulfonate", "Zn(OTf)2"),
        ("Zn(CH3COO)2", "Zn(OAc)2"),
        ("aluminum chloride", "AlCl3"),
        ("glyme", "DME"),
        ("EGDME", "DME"),
        ("bis(2-methoxyethyl) ether", "G2"),
        ("gamma-butyrolactone", "GBL"),
    ],
)
def test_usual_spellings(spelled: str, name: str) -> None:
    assert REGISTRY[spelled] == REGISTRY[name]


def test_ionic_liquid_that_is_not_shipped_has_a_name_that_reads_back() -> None:
    liquid = REGISTRY["trihexyl(tetradecyl)phosphonium dicyanamide"]
    assert str(liquid) == "[P66614][DCA]"
    assert liquid.kind == "ionic_liquid"
    assert REGISTRY[str(liquid)] == liquid
    salt = REGISTRY["K3PO4"]
    assert (str(salt), salt.kind) == ("K3PO4", "salt")


def test_every_cas_number_finds_its_compound() -> None:
    numbered = [compound for compound in REGISTRY if compound.cas]
    assert len(numbered) > 500
    assert all(REGISTRY[compound.cas] == compound for compound in numbered)
