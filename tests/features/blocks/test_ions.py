"""Anions and secondary cations."""

from __future__ import annotations

import numpy as np
import pytest
from anolyte.datasets.compounds.registry import canonical_smiles, molecule, shipped_compounds
from anolyte.features.blocks.ions import ANIONS, IonsBlock, anion_counts, organic_cation_count

REGISTRY = shipped_compounds()


def ions(text: str, metal: str = "Li") -> dict[str, float]:
    block = IonsBlock(metal)
    return dict(zip(block.get_feature_names_out(), block.fit_transform([text])[0], strict=True))


@pytest.mark.parametrize("name", ANIONS)
def test_known_anions_are_written_as_the_registry_writes_them(name: str) -> None:
    from rdkit.Chem import MolToSmiles

    assert MolToSmiles(molecule(ANIONS[name])) == ANIONS[name]


@pytest.mark.parametrize(
    ("salt", "anion"),
    [
        ("LiFSI", "FSI"),
        ("Mg(TFSI)2", "TFSI"),
        ("NaPF6", "PF6"),
        ("Ca(BF4)2", "BF4"),
        ("KClO4", "ClO4"),
        ("LiNO3", "NO3"),
        ("NaDFOB", "DFOB"),
        ("LiBOB", "BOB"),
        ("LiDFP", "DFP"),
        ("Zn(OTf)2", "OTf"),
        ("MgCl2", "chloride"),
        ("ZnSO4", "other"),
        ("AlCl3", "other"),
    ],
)
def test_anion_of_a_salt(salt: str, anion: str) -> None:
    found = ions(f"1 M {salt} in DME")
    assert found[f"anion_{anion}"] == 1
    assert (
        sum(found[name] for name in found if name.startswith("anion_") and name != "anion_kinds")
        == 2 - 1
    )
    assert found["anion_kinds"] == pytest.approx(1)


def test_dual_salt_by_hand() -> None:
    found = ions("0.6 M LiTFSI + 0.4 M LiBOB in EC/EMC (5:5 w/w)")
    assert (found["anion_TFSI"], found["anion_BOB"]) == pytest.approx((0.6, 0.4))
    entropy = -(0.6 * np.log(0.6) + 0.4 * np.log(0.4))
    assert found["anion_kinds"] == pytest.approx(np.exp(entropy))
    assert found["nitrate_per_solvent"] == found["organic_cation_fraction"] == 0


def test_divalent_salt_brings_two_anions() -> None:
    assert anion_counts(REGISTRY["Mg(TFSI)2"])[list(ANIONS).index("TFSI")] == 2
    found = ions("Mg(TFSI)2/DME (1:4 mol/mol)", "Mg")
    assert found["anions_per_solvent"] == pytest.approx(2 / 4)


def test_ionic_liquid_by_hand() -> None:
    found = ions("AlCl3/[EMIm]Cl (1.5:1 mol/mol)", "Al")
    assert (found["anion_other"], found["anion_chloride"]) == pytest.approx((0.6, 0.4))
    assert found["organic_cation_fraction"] == pytest.approx(0.4)
    assert found["anions_per_solvent"] == 4


def test_nitrate_additive_per_solvent() -> None:
    found = ions("LiFSI/DME (1:10 mol/mol) + 4 mol% LiNO3")
    assert found["nitrate_per_solvent"] == pytest.approx(0.04 * 11 / 0.96 / 10)


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("[EMIm]Cl", 1),
        ("[Pyr13]FSI", 1),
        ("TBAOTf", 1),
        ("LiPF6", 0),
        ("Ca(BF4)2", 0),
        ("CsPF6", 0),
        ("Co(TFSI)2", 0),
        ("NH4OAc", 0),
    ],
)
def test_organic_cations(name: str, count: float) -> None:
    assert organic_cation_count(REGISTRY[name]) == (count,)


def test_cadmium_is_no_organic_cation() -> None:
    salt = "{[Cd+2].O=S(=O)([O-])[O-]}"
    assert ions(f"2 M ZnSO4 + 0.1 M {salt} in H2O", "Zn")["organic_cation_fraction"] == 0


def test_anion_in_braces_is_recognised() -> None:
    # No registered compound, but a known anion.
    salt = "[Rb+].O=S(=O)(F)[N-]S(=O)(=O)F"
    assert canonical_smiles(salt) not in {compound.smiles for compound in REGISTRY}
    assert ions(f"1 M {{{salt}}} in DME")["anion_FSI"] == 1
