"""Families: well-known electrolytes are what the field calls them."""

from __future__ import annotations

import pytest
from anolyte.datasets import parse
from anolyte.features.families import (
    CONCENTRATIONS,
    FAMILIES,
    MEDIA,
    as_family,
    families,
    family_names,
    family_of,
    in_families,
)
from anolyte.features.mixtures import Mixtures

WELL_KNOWN = [
    ("Li", "1 M LiPF6 in EC/DMC (1:1 v/v) + 2 wt% VC", "organic, dilute"),
    ("Li", "1 M LiTFSI in DOL/DME (1:1 v/v) + 1 wt% LiNO3", "organic, dilute"),
    ("Li", "4 M LiFSI in DME", "organic, HCE"),
    ("Li", "10 M LiFSI in DMC", "organic, HCE"),
    ("Li", "LiFSI/DME/TTE (1:1.2:3 mol/mol)", "organic, LHCE"),
    ("Li", "(4 M LiFSI in DME)/BTFE (1:1 v/v)", "organic, LHCE"),
    ("Li", "1 M LiFSI in DEE", "organic, dilute, weakly solvating"),
    ("Li", "1 M LiFSI in FDMB", "organic, dilute, weakly solvating"),
    ("Li", "1 M LiFSI in DX", "organic, dilute, weakly solvating"),
    ("Li", "2 M LiFSI in THP", "organic, dilute, weakly solvating"),
    ("Li", "0.6 M LiTFSI + 0.4 M LiBOB in EC/EMC (5:5 w/w)", "organic, dilute, dual salt"),
    ("Li", "21 m LiTFSI in H2O", "aqueous, hydrate melt, HCE"),
    ("Li", "LiTFSI/NMA (1:4 mol/mol)", "organic, HCE, eutectic"),
    ("Li", "1 m LiTFSI in [PYR13][FSI]", "ionic liquid"),
    ("Na", "1 M NaPF6 in G2", "organic, dilute"),
    ("Na", "5 M NaFSI in DME", "organic, HCE"),
    ("Na", "NaFSI/DME/BTFE (2.1:4:6 mol/mol)", "organic, LHCE"),
    ("K", "1 M KFSI in EC/DEC (1:1 v/v)", "organic, dilute"),
    ("K", "5 M KFSI in G2", "organic, HCE"),
    ("Mg", "0.4 M PhMgCl + 0.2 M AlCl3 in THF", "organic, dilute, chloro-complex"),
    ("Mg", "MgCl2/AlCl3/DME (2:1:30 mol/mol)", "organic, dilute, chloro-complex"),
    ("Mg", "0.25 M Mg(TFSI)2 + 0.5 M MgCl2 in DME", "organic, dilute, chloro-complex"),
    ("Mg", "0.5 M Mg(TFSI)2 in DME", "organic, dilute"),
    ("Ca", "1.5 M Ca(BH4)2 in THF", "organic, dilute"),
    ("Zn", "2 M ZnSO4 in H2O", "aqueous, dilute"),
    ("Zn", "30 m ZnCl2 in H2O", "aqueous, hydrate melt, HCE"),
    ("Zn", "1 m Zn(TFSI)2 + 20 m LiTFSI in H2O", "aqueous, hydrate melt, HCE"),
    ("Zn", "Zn(TFSI)2/acetamide (1:7 mol/mol)", "organic, dilute, eutectic"),
    ("Zn", "Zn(ClO4)2·6H2O/SN (1:8 mol/mol)", "organic, dilute, eutectic"),
    ("Al", "AlCl3/[EMIm]Cl (1.3:1 mol/mol)", "ionic liquid, chloro-complex"),
    ("Al", "AlCl3/urea (1.3:1 mol/mol)", "organic, HCE, eutectic, chloro-complex"),
    ("Al", "NaCl/AlCl3 (1:1 mol/mol)", "molten salt, eutectic, chloro-complex"),
]


@pytest.mark.parametrize(("metal", "text", "expected"), WELL_KNOWN)
def test_well_known_electrolytes(metal: str, text: str, expected: str) -> None:
    assert family_of(text, metal) == expected


def test_each_has_one_medium_and_one_concentration() -> None:
    texts = [text for _, text, _ in WELL_KNOWN]
    mixtures = Mixtures.from_electrolytes(texts, [metal for metal, _, _ in WELL_KNOWN])
    masks = families(mixtures)
    assert list(masks) == list(FAMILIES)
    assert (sum(masks[name] for name in MEDIA) == 1).all()
    molecular = masks["aqueous"] | masks["organic"]
    assert (sum(masks[name] for name in CONCENTRATIONS) == molecular).all()
    # Together or each alone, the answer is the same.
    alone = [family_of(text, metal) for metal, text, _ in WELL_KNOWN]
    assert family_names(mixtures) == alone


def test_what_depends_on_open_amounts_is_left_open() -> None:
    assert family_of("? M LiFSI in DME", "Li") == "organic"
    assert family_of("? M ZnCl2 in H2O", "Zn") == "aqueous"


def test_three_molar_is_not_yet_more_than_three_molar() -> None:
    assert family_of("3 M LiFSI in DME", "Li") == "organic, dilute"
    assert family_of(parse("3.1 M LiFSI in DME"), "Li") == "organic, HCE"


def test_names_are_read_in_any_writing() -> None:
    assert [as_family(text) for text in ("hce", "dual-salt", "Chloro complex", "DES")] == [
        "HCE",
        "dual salt",
        "chloro-complex",
        "eutectic",
    ]
    with pytest.raises(ValueError, match="unknown family 'LCHE': did you mean LHCE"):
        as_family("LCHE")


def test_any_of_several_families() -> None:
    texts = ["4 M LiFSI in DME", "1 M LiFSI in DME", "1 M LiFSI in CPME"]
    mixtures = Mixtures.from_electrolytes(texts, "Li")
    assert in_families(mixtures, ["hce", "WSE"]).tolist() == [True, False, True]
