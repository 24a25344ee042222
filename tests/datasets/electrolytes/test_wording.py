"""Formulations as papers, vendors and laboratories print them: read rightly, or asked about."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from anolyte.datasets.compounds.metals import METALS
from anolyte.datasets.electrolytes.grammar import parse, read
from anolyte.datasets.errors import FormulationError


def rows_of(table: str) -> list[dict[str, str]]:
    """Return the rows of a table beside this file."""
    return list(csv.DictReader(Path(__file__).with_name(table).read_text("utf-8").splitlines()))


# Wordings seen in public, with where; an empty reading: it leaves something open.
CORPUS = rows_of("wording.csv")
READ = [row for row in CORPUS if row["reading"]]
REFUSED = [row for row in CORPUS if not row["reading"]]


def test_corpus_covers_all_metals() -> None:
    assert len(READ) >= 240
    assert len(REFUSED) >= 40
    assert {row["metal"] for row in CORPUS} == set(METALS)
    assert all(row["seen_in"] for row in CORPUS)


@pytest.mark.parametrize("row", READ, ids=lambda row: row["text"][:60])
def test_wording_in_print_is_read(row: dict[str, str]) -> None:
    electrolyte = parse(row["text"])
    assert str(electrolyte) == row["reading"]
    assert parse(row["reading"]) == electrolyte


@pytest.mark.parametrize("row", REFUSED, ids=lambda row: row["text"][:60])
def test_wording_that_leaves_something_open_is_asked_about(row: dict[str, str]) -> None:
    with pytest.raises(FormulationError) as caught:
        parse(row["text"])
    assert all(fault.place and fault.reason and fault.remedy for fault in caught.value.faults)


# The same ways of writing, combined: made up to cover the grammar, with the canonical form.
CASES = rows_of("wording_grammar.csv")


@pytest.mark.parametrize("row", CASES, ids=lambda row: row["text"][:60])
def test_grammar_of_wording(row: dict[str, str]) -> None:
    assert str(parse(row["text"])) == row["reading"]


OPEN = [
    ("1M NaPF6 in the", "no solvent", "behind 'in'"),
    ("1 M LiPF6 in EC or DMC", "leaves open which", "one formulation for each"),
    ("1 M LiPF6 in EC and DMC", "no ratio", "(1:1 v/v)"),
    ("1 M LiPF6 in EC/DMC 50/50", "ratio without its kind", "v/v, w/w or mol/mol"),
    ("1 M LiPF6 in EC/DMC (1:1 v/v) with 2% VC", "percent of what?", "wt%, vol%, mol%"),
    ("1 M LiPF6 in EC-DMC (1-1 v/v)", "a dash for a colon", "(1:1 v/v)"),
    ("1 M LiPF6 in EC/DMC (1:1 v/v) (1:2 v/v)", "which ratio?", "one ratio"),
    ("1 M LiPF6 in EC/DMC (1:1 v/v) by weight", "two kinds of ratio", "one of them"),
    ("2 M ZnSO4 + glucose", "a solvent, or an additive", "+ 2 wt% VC"),
    ("2 M ZnSO4 + 0.1 M MnSO4", "no solvent", "H2O"),
    ("2 M ZnSO4", "no solvent", "H2O"),
    ("1 M LiPF6 and LiBOB in EC", "salt without amount", "? M LiBOB"),
    ("1 M LiPF6 in TMS", "unknown compound", "tetramethylsilane"),
    ("1 M LiPF6 in propylene carbonate (DMC)", "names of two compounds", "the one that is meant"),
    ("1 M LiPF6 in PC 5 vol% FEC", "of which?", "put + between"),
    ("2 M LiFSI-3TTE-1DME", "ratio without its kind", "v/v, w/w or mol/mol"),
    ("LiFSI-1.2DME-2MeTHF", "a number of the name", "(1:2 mol/mol)"),
    ("1 M LiFSI in DME in DMC", "a second 'in'", "name all solvents"),
    ("1 M LiPF6 in (EC/DMC (1:1 v/v)", "a bracket without its partner", "close each"),
    ("2 M aqueous ZnSO4 in DMSO", "water is not among the solvents", "H2O/DMSO"),
    ("1 M LiPF6 in EC DMC (1:1 v/v)", "without a sign between", "put /"),
    ("2 M ZnSO4 in H2O + 2 mM PEG400", "of its chains, or of its repeat units", "10 g/L"),
    ("PEG400/LiTFSI (1:1 mol/mol)", "of its chains, or of its repeat units", "EO:Li"),
    ("0.4 M APC", "counted by itself or by its metal", "0.4 M PhMgCl + 0.2 M AlCl3"),
    ("0.25 M MACC in DME", "a whole electrolyte, not a salt", "? M MgCl2 + ? M AlCl3 in THF"),
    ("LP47", "unknown code of an electrolyte", "what its label says"),
    ("6 M KOH in H2O saturated with ZnO", "says no amount", "? wt%"),
    ("1 M LiPF6 in 10 vol% FEC/EC/DMC (1:1 v/v)", "of the solvents, or of the whole?", "60:40 v/v"),
    (
        "Lithium hexafluorophosphate solution in diethyl carbonate, 1 M LiPF6 in DMC",
        "named ahead, but not in the formulation",
        "the formulation alone",
    ),
    ("PEO/EC/LiTFSI (EO:Li = 20)", "repeat units of what?", "one polymer and one salt"),
]


@pytest.mark.parametrize(("text", "reason", "remedy"), OPEN, ids=[case[0] for case in OPEN])
def test_what_is_open_is_asked_with_the_way_out(text: str, reason: str, remedy: str) -> None:
    with pytest.raises(FormulationError) as caught:
        parse(text)
    faults = [fault for fault in caught.value.faults if reason in fault.reason]
    assert faults, caught.value
    assert any(remedy in fault.remedy for fault in faults)


@pytest.mark.parametrize(
    ("text", "remark"),
    [
        ("1 M LiFSI in DEE", "in print it may mean"),
        ("LP57", "LP57 is 1 M LiPF6 in EC/EMC (3:7 w/w)"),
        ("1 M LiPF6 in {C[C@H]1COC(=O)O1}", "without its stereo centres"),
        ("1 M LiPF6 in R-PC", "without stereo"),
        ("1.8 M LiFSI in DEE (diethyl ether)", "DEE stands for Et2O here"),
        ("LP57 (1 M LiPF6 in EC/EMC (3:7 v/v))", "LP57 is read as written here"),
        ("1 M LiFSI in 1,2-dimethoxyethane (XYZ)", "not known as a name of DME"),
        ("2 M ZnSO4 in H2O + 1 wt% PEG400", "PEG400 is counted by the repeat unit of PEO"),
        ("PEO20LiTFSI", "PEO20LiTFSI is PEO/LiTFSI (20:1 mol/mol)"),
    ],
)
def test_a_remark_says_how_a_text_was_read(text: str, remark: str) -> None:
    assert any(remark in each for each in read(text).remarks)


def test_a_plain_formulation_needs_no_remark() -> None:
    assert read("1 M LiPF6 in EC/DMC (1:1 v/v) + 2 wt% VC").remarks == ()
