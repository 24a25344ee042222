"""Made libraries: the edits of a chemist, each structure once, the same every time."""

from __future__ import annotations

import pytest
from anolyte.datasets import shipped_compounds
from anolyte.datasets.errors import InputError
from anolyte.experiments import MoleculeLibrary, make_library
from anolyte.experiments.libraries.facts import FACTS, facts_of
from anolyte.experiments.libraries.moves import MOVES, reaction
from anolyte.experiments.libraries.volatility import estimates
from rdkit.Chem import MolFromSmiles


def made(names: str, *moves: str, times: int = 1) -> MoleculeLibrary:
    known = shipped_compounds()
    return make_library([known[name] for name in names.split(",")], moves, times)


@pytest.mark.parametrize(
    ("parent", "move", "child"),
    [
        ("DME", "lengthen", "CCOCCOC"),
        ("DME", "branch", "COCC(C)OC"),
        ("DME", "cyclise", "C1COCCO1"),
        ("DEE", "fluorinate-beta", "CCOCCOCC(F)F"),
        ("DEE", "fluorinate-alpha", "CCOCC(F)(F)OCC"),
        ("DPE", "fluorinate-terminal", "CCCOCCC(F)(F)F"),
        ("DME", "O-to-S", "COCCSC"),
        ("DME", "move-O", "CCOCOC"),
        ("THF", "methylate", "CC1CCCO1"),
        ("DMC", "swap-head", "COP(=O)(OC)OC"),
        ("DEE", "swap-head", "CCOCCN(C)S(=O)(=O)CC"),
        ("DEE", "shorten", "CCOCCOC"),
    ],
)
def test_an_edit_makes_what_it_says(parent: str, move: str, child: str) -> None:
    assert child in made(parent, move).smiles


def test_neighbours_of_neighbours_are_unique_and_always_the_same() -> None:
    twice = made("DEE", times=2)
    assert twice == made("DEE", times=2)
    assert len(set(twice.smiles)) == len(twice) > 3 * len(made("DEE"))
    assert "CCOCCOCC" not in twice.smiles
    # What made history: two fluorinated ends.
    at = twice.smiles.index("FC(F)COCCOCC(F)(F)F")
    assert twice.parents[at] == "DEE"
    assert twice.edits[at].count("fluorinate beta") == 2
    assert MoleculeLibrary.of(twice.smiles[:60]).smiles == twice.smiles[:60]


def test_a_limit_keeps_the_first() -> None:
    known = [shipped_compounds()["DEE"]]
    whole = make_library(known, times=2)
    assert make_library(known, times=2, most=20).smiles == whole.smiles[:20]
    assert max(MolFromSmiles(s).GetNumHeavyAtoms() for s in whole.smiles) <= 17
    assert not make_library(known, max_atoms=3)


def test_no_strained_rings_and_no_peroxides() -> None:
    for smiles in made("DME,DMM,DMC,THF,DOL", times=2).smiles:
        mol = MolFromSmiles(smiles)
        assert all(len(ring) >= 5 for ring in mol.GetRingInfo().AtomRings())
        assert not mol.HasSubstructMatch(MolFromSmiles("OO"))


def test_every_edit_is_a_reaction_of_one_molecule() -> None:
    for edits in MOVES.values():
        for smarts in edits.values():
            found = reaction(smarts)
            assert (found.GetNumReactantTemplates(), found.GetNumProductTemplates()) == (1, 1)


def test_what_cannot_be_edited_is_told() -> None:
    with pytest.raises(InputError, match="did you mean lengthen"):
        made("DME", "lengten")
    with pytest.raises(InputError, match="no single molecule"):
        made("LiFSI")
    with pytest.raises(ValueError, match="1 to 3 times"):
        made("DME", times=4)


def test_estimates_are_within_their_error_for_known_liquids() -> None:
    measured = {"COCCOC": 85, "CCOCC": 35, "C1CCOC1": 66, "COC(=O)OC": 91, "CC#N": 82}
    for smiles, boiling in measured.items():
        assert estimates(smiles).boiling == pytest.approx(boiling, abs=45)


def test_facts_of_a_known_carcinogen_and_of_a_new_molecule() -> None:
    known = shipped_compounds()
    benzene = dict(zip(FACTS, facts_of(known["benzene"]), strict=True))
    assert (benzene["iarc"], benzene["boiling_measured"]) == (1, 1)
    new = dict(zip(FACTS, facts_of(known.from_smiles("CCCOCCOCCF")), strict=True))
    assert (new["iarc"], new["boiling_measured"], new["protic"], new["pfas"]) == (0, 0, 0, 0)
    assert 1 < new["synthesis"] < 4
