"""One structure is one compound, however it is drawn."""

from __future__ import annotations

import pytest
from anolyte.datasets.compounds.densities import density
from anolyte.datasets.compounds.properties import property_value
from anolyte.datasets.compounds.registry import Compound, canonical_smiles, shipped_compounds
from anolyte.datasets.compounds.structures import identity, redrawn
from anolyte.datasets.electrolytes.grammar import parse, read
from hypothesis import given, settings
from hypothesis import strategies as st
from rdkit import Chem
from rdkit.Chem import rdChemReactions

REGISTRY = shipped_compounds()
ALL = list(REGISTRY)
_OXIDE = Chem.MolFromSmarts("[S,P;+0]=O")
OXIDES = [c for c in ALL if not c.ions and c.mol.HasSubstructMatch(_OXIDE)]


def random_smiles(smiles: str, seed: int) -> str:
    """Return another SMILES of the same drawing."""
    return str(Chem.MolToRandomSmilesVect(Chem.MolFromSmiles(smiles), 1, randomSeed=seed)[0])


def charges_apart(smiles: str) -> str:
    """Return a drawing with one S=O or P=O bond written with charges."""
    reaction = rdChemReactions.ReactionFromSmarts("[S,P;+0:1]=[O:2]>>[*+:1]-[O-:2]")
    mol = reaction.RunReactants((Chem.MolFromSmiles(smiles),))[0][0]
    Chem.SanitizeMol(mol)
    return str(Chem.MolToSmiles(mol))


@settings(max_examples=300)
@given(st.sampled_from(ALL), st.integers(0, 2**30))
def test_any_smiles_of_a_registered_compound_gives_that_compound(
    compound: Compound, seed: int
) -> None:
    assert REGISTRY.from_smiles(random_smiles(compound.smiles, seed)) == compound


@settings(max_examples=150)
@given(st.sampled_from(OXIDES), st.integers(0, 2**30))
def test_a_drawing_with_charges_gives_the_compound(compound: Compound, seed: int) -> None:
    drawn = charges_apart(compound.smiles)
    assert REGISTRY.from_smiles(random_smiles(drawn, seed)) == compound


def test_shipped_compounds_are_told_apart() -> None:
    keys = [identity(c.smiles) for c in ALL if "~" not in c.smiles and "*" not in c.smiles]
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize(
    ("drawn", "name"),
    [
        ("C[S+](C)[O-]", "DMSO"),
        ("C1CC[S+2](C1)([O-])[O-]", "SL"),
        ("CCO[P+]([O-])(OCC)OCC", "TEP"),
        ("CN(=O)=O", "NM"),
        ("CC[n+]1ccn(C)c1.O=S(=O)([N-]S(=O)(=O)C(F)(F)F)C(F)(F)F", "[EMIm]TFSI"),
        ("[Li]F", "LiF"),
        ("[Li]N(S(=O)(=O)F)S(=O)(=O)F", "LiFSI"),
        ("[Li+].O=S(=O)(F)N=S([O-])(=O)F", "LiFSI"),
        ("[Li]OCl(=O)(=O)=O", "LiClO4"),
        ("[Zn](OC(C)=O)OC(C)=O", "Zn(OAc)2"),
        ("Cl[Mg]Cl", "MgCl2"),
        ("[Cl-].[Cl-].[Cl-].[Al+3]", "AlCl3"),
        ("[NH3+]CC(=O)[O-]", "glycine"),
        ("O=C1OC[C@H](C)O1", "PC"),
        ("[13CH3]OCCOC", "DME"),
        ("[2H]O[2H]", "D2O"),
    ],
)
def test_drawing_of_a_known_compound(drawn: str, name: str) -> None:
    found = REGISTRY.from_smiles(drawn)
    assert found == REGISTRY[name]
    assert density(found) == density(REGISTRY[name])
    assert property_value(found, "donor_number") == property_value(REGISTRY[name], "donor_number")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("C[S+](CCC)[O-]", "CS(=O)CCC"),
        ("CCCCC[n+]1ccn(C)c1.[Cl-]", "CCCCCn1cc[n+](C)c1.[Cl-]"),
        ("CCCO[Li]", "CCC[O-].[Li+]"),
    ],
)
def test_two_drawings_of_a_compound_that_is_not_shipped(one: str, other: str) -> None:
    assert REGISTRY.from_smiles(one) == REGISTRY.from_smiles(other)


@settings(max_examples=100)
@given(st.sampled_from(ALL))
def test_the_kept_drawing_is_a_fixed_point(compound: Compound) -> None:
    kept = redrawn(compound.smiles)
    assert redrawn(kept) == kept == canonical_smiles(kept)


def test_left_out_isotopes_and_stereo_centres_are_told() -> None:
    assert read("1 M LiFSI in {[13CH3]OCCOC}").remarks == ("read as DME, without its isotopes",)
    assert read("1 M LiFSI in {O=C1OC[C@H](C)O1}").remarks == (
        "read as PC, without its stereo centres",
    )
    assert read("1 M LiFSI in {O=C1OCC(C)O1}").remarks == ()


def test_hydrate_by_its_structure_is_the_hydrate() -> None:
    drawn = "[Zn+2].[O-]S([O-])(=O)=O.O.O.O.O.O.O.O"
    assert parse(f"2 M {{{drawn}}} in H2O") == parse("2 M ZnSO4·7H2O in H2O")
