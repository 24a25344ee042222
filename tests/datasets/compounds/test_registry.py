"""The registry of compounds: look-up, near names, structures and a user's own table."""

from __future__ import annotations

from pathlib import Path

import pytest
from anolyte.datasets.compounds.registry import (
    KINDS,
    Compound,
    CompoundRegistry,
    canonical_smiles,
    fold,
    is_cas,
    read_compounds,
    shipped_compounds,
)
from anolyte.datasets.electrolytes.grammar import parse
from anolyte.datasets.errors import TableError, UnknownCompoundError
from hypothesis import given
from hypothesis import strategies as st

REGISTRY = shipped_compounds()


def write(folder: Path, text: str) -> Path:
    path = folder / "compounds.csv"
    path.write_text(text, encoding="utf-8")
    return path


# --- the shipped compounds


def test_shipped_smiles_are_canonical_and_neutral() -> None:
    wrong = [c.abbreviation for c in REGISTRY if canonical_smiles(c.smiles) != c.smiles]
    assert len(REGISTRY) >= 300
    assert not wrong


def test_no_structure_is_shipped_twice() -> None:
    assert len({compound.smiles for compound in REGISTRY}) == len(REGISTRY)


def test_no_shipped_name_leads_to_two_compounds() -> None:
    owners: dict[str, str] = {}
    for compound in REGISTRY:
        for name in {compound.abbreviation, compound.name, compound.cas, *compound.aliases} - {""}:
            assert owners.setdefault(fold(name), compound.abbreviation) == compound.abbreviation


def test_every_shipped_name_and_structure_leads_home() -> None:
    for compound in REGISTRY:
        for name in {compound.abbreviation, compound.name, compound.cas, *compound.aliases} - {""}:
            assert REGISTRY[name] is compound
        assert REGISTRY.find(compound.smiles) is compound
        assert REGISTRY.from_smiles(compound.smiles) is compound


def test_shipped_kinds_and_cas_numbers_are_valid() -> None:
    assert {compound.kind for compound in REGISTRY} <= set(KINDS)
    assert not [c.cas for c in REGISTRY if c.cas and not is_cas(c.cas)]


def test_every_shipped_abbreviation_can_stand_in_a_formulation() -> None:
    for compound in REGISTRY:
        salt = "LiPF6" if compound.abbreviation != "LiPF6" else "LiFSI"
        text = f"1 M {salt} in DME + 1 wt% {compound}"
        assert parse(text).additives[0].compound is compound


def test_salts_split_into_ions_that_balance() -> None:
    assert REGISTRY["Mg(TFSI)2"].ions == {
        "[Mg+2]": 1,
        "O=S(=O)([N-]S(=O)(=O)C(F)(F)F)C(F)(F)F": 2,
    }
    assert REGISTRY["LiPF6"].ions == {"[Li+]": 1, "F[P-](F)(F)(F)(F)F": 1}
    assert not REGISTRY["DME"].ions


@pytest.mark.parametrize("name", ["NM", "NB", "ISDN", "DMSO", "EC"])
def test_charge_separated_drawing_makes_no_salt(name: str) -> None:
    assert not REGISTRY[name].is_salt


@pytest.mark.parametrize("name", ["AlCl3", "[EMIm]Cl", "LiFSI", "MeMgBr", "Zn(ClO4)2-6H2O"])
def test_salts_and_ionic_liquids_are_salts(name: str) -> None:
    assert REGISTRY[name].is_salt


@pytest.mark.parametrize(
    ("name", "molar_mass"), [("DME", 90.12), ("EC", 88.06), ("LiPF6", 151.90), ("LiFSI", 187.07)]
)
def test_molar_mass(name: str, molar_mass: float) -> None:
    assert REGISTRY[name].molar_mass == pytest.approx(molar_mass, abs=0.01)


# --- look-up


@pytest.mark.parametrize(
    ("name", "abbreviation"),
    [
        ("G2", "G2"),
        ("DEGDME", "G2"),
        ("diglyme", "G2"),
        ("DIGLYME", "G2"),
        ("diethylene glycol dimethyl ether", "G2"),
        ("111-96-6", "G2"),
        ("111–96–6", "G2"),
        ("monoglyme", "DME"),
        ("litfsi", "LiTFSI"),
        ("LITFSI", "LiTFSI"),
        ("Lithium-Hexafluorophosphate", "LiPF6"),
        ("ethylene  carbonate", "EC"),
        ("2MeTHF", "2-MeTHF"),
        ("2–MeTHF", "2-MeTHF"),
        ("2‐methyltetrahydrofuran", "2-MeTHF"),
        ("EMImCl", "[EMIm]Cl"),
        ("[emim][cl]", "[EMIm]Cl"),
        ("zinc triflate", "Zn(OTf)2"),
    ],
)
def test_look_up_forgives_case_blanks_dashes_and_brackets(name: str, abbreviation: str) -> None:
    assert name in REGISTRY
    assert REGISTRY[name].abbreviation == abbreviation
    assert REGISTRY.find(name).abbreviation == abbreviation


@pytest.mark.parametrize(
    ("smiles", "abbreviation"),
    [
        ("COCCOC", "DME"),
        ("O(C)CCOC", "DME"),
        ("C1COC(=O)O1", "EC"),
        ("[Li+].F[P-](F)(F)(F)(F)F", "LiPF6"),
        ("OCC", "EtOH"),
    ],
)
def test_any_smiles_of_a_known_compound_finds_it(smiles: str, abbreviation: str) -> None:
    assert REGISTRY.find(smiles).abbreviation == abbreviation
    assert REGISTRY.from_smiles(smiles).abbreviation == abbreviation


@pytest.mark.parametrize(
    ("name", "near"),
    [("LiPF7", "LiPF6"), ("diglym", "diglyme"), ("ECC", "EC"), ("LiTFSl", "LiTFSI")],
)
def test_unknown_name_lists_the_nearest_known_ones(name: str, near: str) -> None:
    with pytest.raises(UnknownCompoundError) as caught:
        REGISTRY[name]
    (fault,) = caught.value.faults
    assert fault.value == name
    assert fault.reason == "unknown compound"
    assert near in fault.remedy
    assert near in REGISTRY.nearest(name)
    assert name not in REGISTRY


@pytest.mark.parametrize("name", ["", "-", "[]", "?", "☃☃☃☃☃☃", "CC(", "[Li+]"])
def test_hopeless_name_says_how_to_add_it(name: str) -> None:
    for look_up in (REGISTRY.__getitem__, REGISTRY.find):
        with pytest.raises(UnknownCompoundError, match=r"\{SMILES\}.*compounds table"):
            look_up(name)


@given(st.text(max_size=40))
def test_any_text_is_found_or_unknown(name: str) -> None:
    try:
        found = REGISTRY.find(name)
    except UnknownCompoundError:
        found = None
    assert (found is not None) or name not in REGISTRY
    assert found is None or found in set(REGISTRY)


def test_nearest_gives_each_name_once_and_no_more_than_asked() -> None:
    names = REGISTRY.nearest("LiTFSI", count=5)
    assert names[0] == "LiTFSI"
    assert len(names) == len(set(names)) <= 5


# --- structures


@pytest.mark.parametrize(
    ("smiles", "reason"),
    [
        ("CC(", "not a valid SMILES"),
        ("", "not a valid SMILES"),
        ("water", "not a valid SMILES"),
        ("[Xx]", "not a valid SMILES"),
        ("[Li+]", r"net charge of \+1"),
        ("F[P-](F)(F)(F)(F)F", "net charge of -1"),
        ("C" * 501, "longer than 500 characters"),
        ("C" * 151, "more than 150 heavy atoms"),
    ],
)
def test_structure_that_is_no_neutral_compound_is_refused(smiles: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        REGISTRY.from_smiles(smiles)


def test_new_structure_is_named_by_its_canonical_smiles() -> None:
    first, second = REGISTRY.from_smiles("CCCOC(=O)OC"), REGISTRY.from_smiles("O=C(OC)OCCC")
    assert first == second
    assert first.abbreviation == f"{{{canonical_smiles('CCCOC(=O)OC')}}}"
    assert not first.is_salt
    assert REGISTRY.from_smiles("[Li+].[O-]C(=O)C(F)(F)C(F)(F)F").is_salt


@pytest.mark.parametrize("smiles", ["*", "*CO", "**", "*=CC*", "*COC*.*COC*", "*COC*.C"])
def test_structure_with_a_wildcard_atom_is_refused(smiles: str) -> None:
    with pytest.raises(ValueError, match=r"no end of a polymer's repeat unit"):
        REGISTRY.from_smiles(smiles)


def test_polymer_is_the_same_wherever_its_chain_is_cut() -> None:
    assert REGISTRY.from_smiles("*CCO*") == REGISTRY.from_smiles("*OCC*") == REGISTRY["PEG"]
    assert REGISTRY.from_smiles("*C(C*)C(N)=O") == REGISTRY["polyacrylamide"]
    assert REGISTRY["PEO"].molar_mass == pytest.approx(44.05, abs=0.01)
    assert REGISTRY.from_smiles("*CC(*)C(=O)[O-].[Na+]").is_polymer


def test_compound_is_a_value_of_its_name_and_structure() -> None:
    first = Compound("X", "CCO", "solvent", name="ethanol")
    assert first == Compound("X", "CCO", "additive", cas="64-17-5")
    assert first != Compound("Y", "CCO")
    assert len({first, Compound("X", "CCO", "additive")}) == 1
    with pytest.raises(AttributeError):
        first.smiles = "CO"  # type: ignore[misc]


@pytest.mark.parametrize("cas", ["7732-18-5", "21324-40-3", "96-49-1"])
def test_cas_number_with_right_check_digit(cas: str) -> None:
    assert is_cas(cas)


@pytest.mark.parametrize("cas", ["7732-18-4", "96-49", "96-49-11", "", "abc", "1-49-1"])
def test_no_cas_number(cas: str) -> None:
    assert not is_cas(cas)


# --- clashes and a user's own table


def test_clashing_compounds_are_all_named() -> None:
    compounds = [
        Compound("A", "CCO", aliases=("alpha",)),
        Compound("B", "CCO"),
        Compound("C", "CO", aliases=("Al-pha",)),
        Compound("a", "CCCO"),
    ]
    with pytest.raises(TableError) as caught:
        CompoundRegistry(compounds)
    found = {(fault.place, fault.value, fault.reason) for fault in caught.value.faults}
    assert found == {
        ("compound B", "CCO", "same structure as A"),
        ("compound C", "Al-pha", "name already belongs to A"),
        ("compound a", "a", "name already belongs to A"),
    }


def test_user_compounds_join_the_shipped_ones(tmp_path: Path) -> None:
    text = (
        "Abbreviation,SMILES,name,aliases,kind,cas,colour\n"
        "PMC,O=C(OC)OCCC,methyl propyl carbonate,MPC; MePrC ;,solvent,56525-42-9,none\n"
        "LiPFP,[Li+].[O-]C(=O)C(F)(F)C(F)(F)F,,,salt,,\n"
    )
    registry = REGISTRY.extended(write(tmp_path, text))
    assert len(registry) == len(REGISTRY) + 2
    found = registry["mepr-c"]
    assert (found.abbreviation, found.smiles) == ("PMC", canonical_smiles("CCCOC(=O)OC"))
    assert found.aliases == ("MPC", "MePrC")
    electrolyte = parse("1 M LiPFP in PMC/DME (1:1 v/v)", registry)
    assert parse(str(electrolyte), registry) == electrolyte
    assert "PMC" not in REGISTRY


def test_kind_of_a_user_compound_defaults_to_solvent(tmp_path: Path) -> None:
    (compound,) = read_compounds(write(tmp_path, "abbreviation,smiles\nPMC,CCCOC(=O)OC\n"))
    assert (compound.kind, compound.name, compound.aliases) == ("solvent", "", ())


def test_all_faults_of_a_user_table_come_at_once(tmp_path: Path) -> None:
    text = (
        "abbreviation,smiles,kind,cas\n"
        "A/B,CCO,solvent,64-17-5\n"
        ",CC(,gas,64-17-6\n"
        "Li,[Li+],salt,\n"
        "?,CCC,,\n"
        "fine,CCCCCCCO,,\n"
        "{X},CCCC,,\n"
        "X+Y,CCCCC,,\n"
    )
    with pytest.raises(TableError) as caught:
        read_compounds(write(tmp_path, text))
    assert [(fault.place, fault.value) for fault in caught.value.faults] == [
        ("row 2, column abbreviation", "A/B"),
        ("row 3, column abbreviation", ""),
        ("row 3, column kind", "gas"),
        ("row 3, column cas", "64-17-6"),
        ("row 3, column smiles", "CC("),
        ("row 4, column smiles", "[Li+]"),
        ("row 5, column abbreviation", "?"),
        ("row 7, column abbreviation", "{X}"),
        ("row 8, column abbreviation", "X+Y"),
    ]
    assert all(fault.reason and fault.remedy for fault in caught.value.faults)


def test_user_compound_that_is_shipped_already_is_refused(tmp_path: Path) -> None:
    text = "abbreviation,smiles,aliases\nmyDME,COCCOC,\nPMC,CCCOC(=O)OC,diglyme\n"
    with pytest.raises(TableError) as caught:
        REGISTRY.extended(write(tmp_path, text))
    assert [fault.reason for fault in caught.value.faults] == [
        "same structure as DME",
        "name already belongs to G2",
    ]


@pytest.mark.parametrize("missing", ["abbreviation", "smiles"])
def test_missing_column_is_named(tmp_path: Path, missing: str) -> None:
    header = ",".join({"abbreviation", "smiles", "name"} - {missing})
    with pytest.raises(TableError, match=f"'{missing}': column is missing"):
        read_compounds(write(tmp_path, f"{header}\nx,y\n"))


@pytest.mark.parametrize("name", ["A:B", "a in b", "in", "A("])
def test_name_that_breaks_the_grammar_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(TableError):
        read_compounds(write(tmp_path, f"abbreviation,smiles\n{name},CCCCCCCCO\n"))
