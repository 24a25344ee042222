"""Metals and cations of real compounds, by structure."""

from __future__ import annotations

import pytest
from anolyte.datasets.compounds.ions import (
    atom_counts,
    holds,
    metal_atoms,
    metal_cations,
    organic_cations,
)
from anolyte.datasets.compounds.metals import METALS
from anolyte.datasets.compounds.registry import shipped_compounds

REGISTRY = shipped_compounds()


@pytest.mark.parametrize(
    ("name", "cations"),
    [
        ("LiPF6", {"Li": 1}),
        ("Li2S5", {"Li": 2}),
        ("Mg(TFSI)2", {"Mg": 1}),
        ("Mg[Al(hfip)4]2", {"Mg": 1}),
        ("NaAlCl4", {"Na": 1}),
        ("CsPF6", {"Cs": 1}),
        ("AlCl3", {"Al": 1}),
        ("PhMgCl", {"Mg": 1}),
        ("SnCl2", {"Sn": 1}),
        ("[EMIm]Cl", {}),
        ("NH4OAc", {}),
        ("DME", {}),
        ("TMSB", {}),
    ],
)
def test_metal_cations(name: str, cations: dict[str, int]) -> None:
    assert metal_cations(REGISTRY[name]) == cations


@pytest.mark.parametrize(
    ("name", "metals"),
    [
        ("LiFSI", {"Li"}),
        ("Ca(AlCl4)2", {"Ca", "Al"}),
        ("Mg[Al(hfip)4]2", {"Mg", "Al"}),
        ("EtAlCl2", {"Al"}),
        ("HMDSMgCl", {"Mg"}),
        ("KFSI", {"K"}),
        ("NaBPh4", {"Na"}),
        ("[EMIm]TFSI", set()),
        ("CsPF6", set()),
        ("EC", set()),
    ],
)
def test_working_metals_that_a_compound_holds(name: str, metals: set[str]) -> None:
    assert {metal for metal in METALS if holds(REGISTRY[name], metal)} == metals


@pytest.mark.parametrize(
    ("salt", "symbol"),
    [
        ("[Cd+2].O=S(=O)([O-])[O-]", "Cd"),
        ("[Ce+3].[Cl-].[Cl-].[Cl-]", "Ce"),
        ("[6Li+].F[P-](F)(F)(F)(F)F", "Li"),
        ("[Ca+2].[Cl-].[Cl-]", "Ca"),
    ],
)
def test_cations_of_a_structure_in_braces(salt: str, symbol: str) -> None:
    compound = REGISTRY.from_smiles(salt)
    assert metal_cations(compound) == {symbol: 1}
    assert holds(compound, symbol)
    assert not organic_cations(compound)


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("[EMIm]Cl", 1),
        ("[Pyr13]FSI", 1),
        ("[P111i4][TCM]", 1),
        ("TBAOTf", 1),
        ("ImHCl", 1),
        ("LiPF6", 0),
        ("Ca(BF4)2", 0),
        ("CsPF6", 0),
        ("Co(TFSI)2", 0),
        ("NH4OAc", 0),
        ("EC", 0),
    ],
)
def test_organic_cations(name: str, count: int) -> None:
    assert sum(organic_cations(REGISTRY[name]).values()) == count


def test_atoms_count_hydrogen_and_no_element_that_is_absent() -> None:
    assert atom_counts(REGISTRY["EC"].smiles) == {"C": 3, "O": 3, "H": 4}
    assert atom_counts("[Cl-]") == {"Cl": 1}
    assert metal_atoms(REGISTRY["LiBOB"].smiles) == {"Li": 1}
    assert metal_atoms(REGISTRY["TMSB"].smiles) == {}
