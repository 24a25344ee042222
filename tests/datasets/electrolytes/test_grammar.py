"""The formulation grammar: what is read, what is forgiven, and what is refused and how."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from anolyte.datasets.compounds.metals import METALS
from anolyte.datasets.compounds.registry import (
    Compound,
    CompoundRegistry,
    canonical_smiles,
    shipped_compounds,
)
from anolyte.datasets.electrolytes.grammar import Electrolyte, parse
from anolyte.datasets.errors import FormulationError
from anolyte.datasets.measurements.table import load_measurements
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

REGISTRY = shipped_compounds()


def fact_table(folder: Path, name: str) -> pd.DataFrame:
    return pd.read_csv(folder / name, dtype=str, keep_default_na=False)


# --- real electrolytes


@pytest.mark.parametrize("metal", METALS)
def test_every_curated_electrolyte_parses_and_returns(facts: Path, metal: str) -> None:
    texts = fact_table(facts, f"measurements_{metal.lower()}.csv")["electrolyte"]
    assert len(texts) > 10
    for text in texts:
        electrolyte = parse(text)
        assert parse(str(electrolyte)) == electrolyte


def test_external_lithium_set_parses_to_its_own_structures(facts: Path) -> None:
    table = fact_table(facts, "external_li_edb2.csv")
    assert len(table) == 121
    for row in table.itertuples():
        electrolyte = parse(row.electrolyte)
        assert parse(str(electrolyte)) == electrolyte
        columns = (row.solvents_smiles, row.salts_smiles, row.additive_smiles)
        stated = {smiles for column in columns for smiles in column.split(";") if smiles}
        assert {c.smiles for c in electrolyte.compounds} == set(map(canonical_smiles, stated))


@pytest.mark.parametrize("metal", METALS)
def test_every_shipped_electrolyte_is_in_canonical_text(metal: str) -> None:
    for text in load_measurements(metal)["electrolyte"]:
        assert str(parse(text)) == text


@settings(max_examples=500)
@given(data=st.data())
def test_any_electrolyte_survives_its_text(
    data: st.DataObject, electrolytes: SearchStrategy[Electrolyte]
) -> None:
    electrolyte = data.draw(electrolytes)
    assert parse(str(electrolyte)) == electrolyte


# --- what the text says


def test_solution_form_is_read_in_full() -> None:
    electrolyte = parse("0.6 M LiTFSI + 0.4 M LiBOB in EC/EMC (3:7 w/w) + 2 wt% VC + 50 mM LiNO3")
    assert [(d.amount, d.unit, str(d.compound)) for d in electrolyte.salts] == [
        (0.6, "M", "LiTFSI"),
        (0.4, "M", "LiBOB"),
    ]
    assert [(s.part, str(s.compound)) for s in electrolyte.base] == [(3, "EC"), (7, "EMC")]
    assert electrolyte.ratio_kind == "w/w"
    assert [(d.amount, d.unit, str(d.compound)) for d in electrolyte.additives] == [
        (2, "wt%", "VC"),
        (50, "mM", "LiNO3"),
    ]
    assert not electrolyte.is_ratio_form
    assert not electrolyte.has_unknown_amounts
    assert list(map(str, electrolyte.compounds)) == ["EC", "EMC", "LiTFSI", "LiBOB", "VC", "LiNO3"]


def test_ratio_form_holds_the_salt_in_the_base() -> None:
    electrolyte = parse("LiFSI/DME/TTE (1:1.2:3 mol/mol)")
    assert electrolyte.is_ratio_form
    assert electrolyte.salts == ()
    assert [(s.part, str(s.compound)) for s in electrolyte.base] == [
        (1, "LiFSI"),
        (1.2, "DME"),
        (3, "TTE"),
    ]


def test_question_marks_stand_for_what_the_source_does_not_say() -> None:
    electrolyte = parse("? M ? in EC/DMC (? v/v) + ? wt% FEC")
    assert electrolyte.has_unknown_amounts
    assert electrolyte.has_unknown_salt
    assert [share.part for share in electrolyte.base] == [None, None]
    assert [dose.amount for dose in electrolyte.additives] == [None]
    assert not parse("1 M ? in H2O").has_unknown_amounts
    assert not parse("? M NaPF6 in DME").has_unknown_salt


def test_structure_in_braces_is_the_compound_itself() -> None:
    assert parse("1 M LiFSI in {COCCOC}") == parse("1 M LiFSI in DME")
    bonded = parse("1 M {[Li+].F[P-](F)(F)(F)(F)F} in {CC/C=C/C}/DME (1:1 v/v)")
    assert str(bonded) == "1 M LiPF6 in {C/C=C/CC}/DME (1:1 v/v)"


def test_a_registry_of_ones_own_decides_which_names_are_known() -> None:
    registry = CompoundRegistry([*REGISTRY, Compound("PMC", "CCCOC(=O)OC")])
    assert str(parse("1 m LiFSI in pmc", registry)) == "1 m LiFSI in PMC"
    with pytest.raises(FormulationError, match="'PMC': unknown compound"):
        parse("1 M LiFSI in PMC")


# --- what is forgiven

PLAIN = "1 M LiPF6 in EC/DMC (1:1 v/v)"


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        pytest.param("1 M LiPF6 in EC/DMC（1:1 v/v）", PLAIN, id="full-width brackets"),
        pytest.param("1 M LiPF6 in EC/DMC (1：1 v/v)", PLAIN, id="full-width colon"),
        pytest.param("１ M LiPF6 in EC／DMC (1∶1 v∕v)", PLAIN, id="full-width digit and ratio"),
        pytest.param("1\u00a0M\u00a0LiPF6 in\u00a0EC/DMC (1:1\u2009v/v)", PLAIN, id="NBSP"),
        pytest.param("1 M LiPF6 in EC–DMC (1:1 v/v)", PLAIN, id="en dash"),
        pytest.param("1 M LiPF6 in EC-DMC (1:1 v/v)", PLAIN, id="hyphen"),
        pytest.param("1 M LiPF6 in EC:DMC (1:1 v/v)", PLAIN, id="colon"),
        pytest.param("1 M LiPF6 in EC / DMC ( 1 : 1 v/v )", PLAIN, id="blanks"),
        pytest.param("1 M LiPF6 in EC/DMC (1:1 by vol)", PLAIN, id="by vol"),
        pytest.param("1 M LiPF6 in EC/DMC (1:1 by volume)", PLAIN, id="by volume"),
        pytest.param("1 M LiPF6 in EC/DMC (1:1 V/V)", PLAIN, id="V/V"),
        pytest.param("1 M LiPF6 in EC/DMC (1:1 vol.)", PLAIN, id="vol."),
        pytest.param("1 M LiPF6 in EC/DMC 1:1 v/v", PLAIN, id="no brackets"),
        pytest.param("1 mol/L LiPF6 in EC/DMC (1:1 v/v)", PLAIN, id="mol/L"),
        pytest.param("1.0M lipf6 IN ec/Dmc (1.0:1 v/v)", PLAIN, id="case and glued unit"),
        pytest.param("1 M LiPF₆ in EC/DMC (1:1 v/v)", PLAIN, id="subscript"),
        pytest.param("  1 M LiPF6\tin EC/DMC\n(1:1 v/v) ", PLAIN, id="outer blanks, tab, newline"),
        pytest.param("1 M LiPF6\u200b in EC/DMC (1:1 v/v)\ufeff", PLAIN, id="invisible signs"),
        pytest.param(
            "1M LiPF6 in EC:EMC 3:7wt + 1wt% LiDFOB",
            "1 M LiPF6 in EC/EMC (3:7 w/w) + 1 wt% LiDFOB",
            id="unilyte",
        ),
        pytest.param("1 mol/kg LiFSI in DME", "1 m LiFSI in DME", id="mol/kg"),
        pytest.param("0.5 mmol/L LiFSI in DME", "0.5 mM LiFSI in DME", id="mmol/L"),
        pytest.param("1 M LiFSI in diglyme", "1 M LiFSI in G2", id="alias"),
        pytest.param("1 M LiFSI in 110-71-4", "1 M LiFSI in DME", id="CAS"),
        pytest.param(
            "1 M LiFSI in DME + 2 mass% FEC + 3 v% VC",
            "1 M LiFSI in DME + 2 wt% FEC + 3 vol% VC",
            id="mass% and v%",
        ),
        pytest.param(
            "1 M LiFSI in DME +5 vol.% FEC", "1 M LiFSI in DME + 5 vol% FEC", id="+5 vol.%"
        ),
        pytest.param("1e-3 M LiFSI in DME", "0.001 M LiFSI in DME", id="exponent"),
        pytest.param(".5 M LiFSI in DME", "0.5 M LiFSI in DME", id="no leading zero"),
        pytest.param(
            "AlCl3–urea (1.5:1 molar ratio)",
            "AlCl3/urea (1.5:1 mol/mol)",
            id="ratio form with dash",
        ),
        pytest.param(
            "1 M Zn(ClO4)2•6H2O in H2O", "1 M Zn(ClO4)2·6H2O in H2O", id="raised dot of a hydrate"
        ),
        pytest.param("1 M NaPF6 in 2–MeTHF", "1 M NaPF6 in 2-MeTHF", id="dash inside a name"),
        pytest.param(
            "0.5 M Mg[B(hfip)4]2 in G2", "0.5 M Mg[B(hfip)4]2 in G2", id="brackets inside a name"
        ),
    ],
)
def test_unambiguous_spelling_is_understood(text: str, canonical: str) -> None:
    electrolyte = parse(text)
    assert str(electrolyte) == canonical
    assert electrolyte == parse(canonical)


def test_dash_between_two_names_is_never_dropped() -> None:
    electrolyte = parse("1 M LiFSI in DOL-DME (1:1 v/v)")
    assert list(map(str, electrolyte.compounds)) == ["DOL", "DME", "LiFSI"]


@pytest.mark.parametrize(("first", "second"), [("DME", "THF"), ("NM", "TFA")])
def test_dash_between_two_names_that_fold_to_a_third(first: str, second: str) -> None:
    electrolyte = parse(f"1 M LiFSI in {first}-{second} (1:1 v/v)")
    assert list(map(str, electrolyte.compounds)) == [first, second, "LiFSI"]


def test_dashed_mixture_without_ratio_is_not_read_as_another_solvent() -> None:
    with pytest.raises(FormulationError):
        parse("1 M LiFSI in DME-THF")


def test_ratio_kind_with_a_colon() -> None:
    assert parse("1 M LiPF6 in EC/DMC (1:1 v:v)") == parse(PLAIN)


# --- what is refused: text, token, its position (None: a fault of the whole), reason, remedy

BROKEN = [
    ("1 LiPF6 in EC", "1 LiPF6", 1, "amount without a unit", "M, mM or m"),
    ("LiPF6 in EC", "LiPF6", 1, "salt without amount and unit", "? M LiPF6"),
    ("1 M LiPF6 in EC + VC", "VC", 19, "additive without amount and unit", "? wt% VC"),
    ("1 M LiPF6 in EC + 2 VC", "2 VC", 19, "amount without a unit", "wt%, vol%, mol%"),
    ("1 M LiPF6 in EC + 2 % VC", "2 % VC", 19, "percent of what", "wt%, vol%, mol%"),
    ("1 M LiPF6 in EC + 2% VC", "2% VC", 19, "percent of what", "wt%, vol%, mol%"),
    (
        "2 wt% LiPF6 in EC/DMC (1:1 v/v)",
        "2 wt% LiPF6",
        1,
        "a salt cannot be given in wt%",
        "M, mM, m or g/L",
    ),
    ("1 M LiPF6 in EC/DMC", "EC/DMC", 14, "no ratio", "(1:1 v/v)"),
    ("LiFSI/DME", "LiFSI/DME", 1, "no ratio", "(1:1 v/v)"),
    ("1 M LiPF6 in EC/DMC (1:1)", "1:1", 22, "ratio without its kind", "v/v, w/w or mol/mol"),
    ("1 M LiPF6 in EC/DMC 1:1", "1:1", 21, "ratio without its kind", "v/v, w/w or mol/mol"),
    ("LiFSI/DME (1:2)", "1:2", 12, "ratio without its kind", "v/v, w/w or mol/mol"),
    ("1 M LiPF6 in EC/DMC (1:1 x)", "1:1", 22, "unknown kind 'x'", "v/v, w/w or mol/mol"),
    ("1 M LiPF6 in EC/DMC (1:1:1 v/v)", "1:1:1", 22, "3 parts for 2", "one part for each"),
    ("1 M LiPF6 in EC/DMC/EMC (1:1 v/v)", "1:1", 26, "2 parts for 3", "one part for each"),
    ("1 M LiPF6 in EC (1 v/v)", "1", 18, "1 parts for 1", "one part for each"),
    ("1 M LiPF6 in EC (? v/v)", "?", 18, "a ratio of one component", "leave it out"),
    ("LiFSI/DME (1:2 v/v)", "v/v", None, "a salt has no volume", "mol/mol or w/w"),
    ("-1 M LiPF6 in EC", "-1 M LiPF6", 1, "negative amount", "positive"),
    ("1 M LiPF6 in EC + -2 wt% VC", "-2 wt% VC", 19, "negative amount", "positive"),
    ("0 M LiPF6 in EC", "0", None, "not above 0", "positive"),
    ("1 M LiPF6 in EC/DMC (0:1 v/v)", "0", None, "not above 0", "positive"),
    ("1e10 M LiPF6 in EC", "10000000000", None, "up to 1e+09", "positive"),
    ("1e400 M LiPF6 in EC", "inf", None, "not above 0 and up to", "positive"),
    ("1,2 M LiPF6 in EC", "1,2 M LiPF6", 1, "decimal comma", "decimal point"),
    ("1 M LiPF6 in EC + 0,5 wt% VC", "0,5 wt% VC", 19, "decimal comma", "decimal point"),
    ("1 M LiPF7 in EC", "LiPF7", 5, "unknown compound", "LiPF6"),
    ("1 M LiPF6 in EC/DNC (1:1 v/v)", "DNC", 17, "unknown compound", "DMC"),
    ("1 M LiPF6 in EC + 2 wt% VQQQC", "VQQQC", 25, "unknown compound", "{SMILES}"),
    ("1 M LiPF6 in ?", "?", 14, "has no name", "only salts may be ?"),
    ("1 M LiPF6 in EC + 1 wt% ?", "?", 25, "has no name", "only salts may be ?"),
    ("1 M LiPF6 in EC//DMC (1:1:1 v/v)", "", 17, "no compound name", "name a compound"),
    ("1 M LiPF6 in EC/EC (1:1 v/v)", "EC", None, "named more than once", "add its amounts up"),
    ("1 M LiPF6 + 2 M LiPF6 in EC", "LiPF6", None, "named more than once", "add its amounts up"),
    ("1 M LiPF6 in EC + 1 wt% VC + 1 vol% VC", "VC", None, "named more than once", "add its"),
    ("1 M LiPF6 in DME/{COCCOC} (1:1 v/v)", "DME", None, "named more than once", "add its"),
    ("1 M LiPF6 in EC + 100 wt% VC", "100 wt%", None, "100 % or more", "lower"),
    ("1 M LiPF6 in EC + 60 vol% VC + 50 vol% FEC", "110 vol%", None, "100 % or more", "lower"),
    ("1 M LiPF6 in EC + 1000000 ppm VC", "100 wt%", None, "100 % or more", "lower"),
    ("EC/DMC (1:1 w/w)", "EC/DMC", None, "no salt", "1 M LiFSI in EC/DMC"),
    ("DME", "DME", None, "no salt", "? M ?"),
    ("1 M LiPF6 in {CC(}", "{CC(}", 14, "not a valid SMILES", "neutral SMILES"),
    ("1 M LiPF6 in {}", "{}", 14, "not a valid SMILES", "neutral SMILES"),
    ("1 M LiPF6 in {[Li+]}", "{[Li+]}", 14, "net charge of +1", "neutral SMILES"),
    ("1 M {F[P-](F)(F)(F)(F)F} in EC", "{F[P-](F)(F)(F)(F)F}", 5, "net charge of -1", "neutral"),
    (f"1 M LiPF6 in {{{'C' * 151}}}", f"{{{'C' * 151}}}", 14, "150 heavy atoms", "neutral SMILES"),
    (f"1 M LiPF6 in {'x' * 200}", "x" * 200, 14, "no compound name", "{SMILES}"),
    ("", "", None, "empty", "1 M LiPF6 in EC/DMC (1:1 v/v)"),
    (" \u00a0\t", "", None, "empty", "1 M LiPF6 in EC/DMC (1:1 v/v)"),
]


@pytest.mark.parametrize(
    ("text", "token", "position", "reason", "remedy"), BROKEN, ids=[row[0][:45] for row in BROKEN]
)
def test_broken_text_names_token_position_and_remedy(
    text: str, token: str, position: int | None, reason: str, remedy: str
) -> None:
    with pytest.raises(FormulationError) as caught:
        parse(text)
    fault = next(fault for fault in caught.value.faults if reason in fault.reason)
    assert fault.value == token
    assert remedy in fault.remedy
    if position is None:
        assert fault.place
    else:
        assert fault.place == f"position {position}"
        assert text[position - 1 :].startswith(token)


def test_too_long_text_is_refused_unread() -> None:
    with pytest.raises(FormulationError, match=r"over 4000 characters; shorten it") as caught:
        parse("1 M LiPF6 in EC" + " " * 4000)
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize(
    "text",
    [
        "1 M LiPF6 in EC" + " + 1 wt% VC" * 21,
        f"1 M LiPF6 in {'/'.join(str(c) for c in list(REGISTRY)[15:40])} ({'1:' * 24}1 v/v)",
    ],
    ids=["additives", "solvents"],
)
def test_too_many_components_are_refused_with_the_limit(text: str) -> None:
    with pytest.raises(FormulationError, match=r"too many.*use up to 20"):
        parse(text)


def test_twenty_components_are_accepted() -> None:
    names = [str(c) for c in REGISTRY if not c.is_salt][:19]
    electrolyte = parse(f"1 M LiPF6 in {'/'.join(names)} ({':'.join(['1'] * 19)} v/v)")
    assert len(electrolyte.compounds) == 20
    assert parse(str(electrolyte)) == electrolyte


def test_all_faults_of_a_text_come_at_once() -> None:
    with pytest.raises(FormulationError) as caught:
        parse("1 LiPF7 in EC/DNC (1:1) + 2 % VC")
    assert {(fault.value, fault.reason) for fault in caught.value.faults} == {
        ("1 LiPF7", "amount without a unit"),
        ("LiPF7", "unknown compound"),
        ("DNC", "unknown compound"),
        ("1:1", "ratio without its kind"),
        ("2 % VC", "percent of what?"),
    }


def test_error_quotes_the_text() -> None:
    with pytest.raises(FormulationError, match=r"cannot read the electrolyte '1 M LiPF6 in ECC'"):
        parse("1 M LiPF6 in ECC")


def test_position_counts_in_the_text_as_it_was_written() -> None:
    text = "\u00a0 1\u200b M LiPF₆ in EC／DNC（1:1 v/v）"
    with pytest.raises(FormulationError) as caught:
        parse(text)
    (fault,) = caught.value.faults
    assert fault.place == f"position {text.index('DNC') + 1}"


@pytest.mark.parametrize(
    ("text", "position"),
    [("1 M LiPF6 in EC +", 17), ("1 M LiPF6 in EC/ (1:1 v/v)", 16)],
)
def test_empty_piece_is_placed_where_it_is_missing(text: str, position: int) -> None:
    with pytest.raises(FormulationError) as caught:
        parse(text)
    places = {fault.place for fault in caught.value.faults}
    assert places & {f"position {position}", f"position {position + 1}"}


@pytest.mark.parametrize(
    ("ratio", "reason"), [("(1,5:1 v/v)", "decimal comma"), ("(-1:1 v/v)", "negative")]
)
def test_fault_inside_a_ratio_is_told_as_such(ratio: str, reason: str) -> None:
    with pytest.raises(FormulationError, match=reason):
        parse(f"1 M LiPF6 in EC/DMC {ratio}")


@pytest.mark.parametrize("ratio", ["(1:1, v/v)", "(1:1 , by vol)", "1:1, v/v", "(1:1 v/v)"])
def test_comma_before_the_kind_of_a_ratio(ratio: str) -> None:
    assert str(parse(f"1 M LiTFSI in DOL/DME {ratio}")) == "1 M LiTFSI in DOL/DME (1:1 v/v)"


# --- any text at all

PIECES = st.sampled_from(
    [
        "1",
        "2.5",
        "?",
        " ",
        "M",
        "m",
        "mM",
        "wt%",
        "vol%",
        "mol%",
        "%",
        "ppm",
        " in ",
        " + ",
        "/",
        ":",
        "(",
        ")",
        "v/v",
        "w/w",
        "mol/mol",
        "{",
        "}",
        "[",
        "]",
        "EC",
        "DMC",
        "LiPF6",
        "{COC}",
        "{CC.O}",
        "{C1",
        "{[Li+]}",
        "–",
        ",",
        ".",
        "e9",
        "by",
        "\n",
        "\xa0",
        "１",
        "½",
        "İ",
        "\x00",
        "-",
        "+",
    ]
)


def assert_readable_or_refused(text: str) -> None:
    try:
        electrolyte = parse(text)
    except FormulationError as error:
        faults = error.faults
    else:
        assert parse(str(electrolyte)) == electrolyte
        return
    assert faults
    assert all(fault.place and fault.reason and fault.remedy for fault in faults)


@settings(max_examples=1000)
@given(st.text(max_size=60) | st.lists(PIECES, max_size=20).map("".join))
@example("in")
@example("((((((((((")
@example("1 M in in in")
def test_any_text_is_read_or_refused(text: str) -> None:
    assert_readable_or_refused(text)


@settings(max_examples=500)
@given(data=st.data())
def test_any_slip_of_the_pen_is_read_or_refused(
    data: st.DataObject, dilute_electrolytes: SearchStrategy[Electrolyte]
) -> None:
    text = str(data.draw(dilute_electrolytes))
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(start + 3, len(text))))
    assert_readable_or_refused(text[:start] + data.draw(PIECES) + text[end:])
