"""Coordinating sites, donor numbers and the salt's share of them."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from anolyte.datasets.compounds.properties import property_value
from anolyte.datasets.compounds.registry import Compound, shipped_compounds
from anolyte.features.blocks.solvation import (
    TYPICAL_ACCEPTOR_NUMBER,
    TYPICAL_PERMITTIVITY,
    SolvationBlock,
    cation_count,
)
from anolyte.features.molecules.donor import (
    coordinating_sites,
    donor_number,
    is_donor_number_imputed,
    tabulated_donor_numbers,
)
from anolyte.features.molecules.groups import GROUPS, group_count

REGISTRY = shipped_compounds()


def solvation(*texts: str, metal: str = "Li") -> list[dict[str, float]]:
    block = SolvationBlock(metal)
    names = block.get_feature_names_out()
    return [dict(zip(names, row.tolist(), strict=True)) for row in block.fit_transform(list(texts))]


# --- sites


@pytest.mark.parametrize(
    ("name", "sites"),
    [
        ("DME", 2),
        ("G2", 3),
        ("G3", 4),
        ("TEGDME", 5),
        ("THF", 1),
        ("DOL", 1),
        ("EC", 1),
        ("VC", 1),
        ("DMC", 1),
        ("FEC", 1),
        ("FDMB", 1),
        ("AN", 1),
        ("ADN", 2),
        ("SL", 1),
        ("DMSO", 1),
        ("TEP", 1),
        ("DMAc", 1),
        ("EA", 1),
        ("Ace", 1),
        ("DMDMS", 1),
        ("1NM2", 2.5),
        ("H2O", 1),
        ("TTE", 0),
        ("BTFE", 0),
        ("D2", 0),
        ("FB", 0),
        ("Hex", 0),
    ],
)
def test_coordinating_sites(name: str, sites: float) -> None:
    assert coordinating_sites(REGISTRY[name]) == sites


@pytest.mark.parametrize("smiles", ["FC(F)C(F)(F)COC(F)(F)C(F)F", "FC(F)(F)COCC(F)(F)F"])
def test_fluorinated_ether_has_no_site_whatever_it_is_called(smiles: str) -> None:
    assert coordinating_sites(Compound("X", smiles, "solvent")) == 0


def test_fluorine_takes_sites_away_step_by_step() -> None:
    sites = [coordinating_sites(REGISTRY[name]) for name in ("DEE", "F3DEE", "F6DEE", "BTFEE")]
    assert sites[0] == 2
    assert sites == sorted(sites, reverse=True)
    assert sites[-1] == 0


def test_no_compound_has_less_than_no_site() -> None:
    assert min(coordinating_sites(compound) for compound in REGISTRY if not compound.is_salt) == 0


@pytest.mark.parametrize(
    ("name", "group", "count"),
    [
        ("DME", "ether", 2),
        ("DOL", "acetal", 1),
        ("EC", "carbonate", 1),
        ("VC", "carbonate", 1),
        ("EC", "ether", 0),
        ("EA", "ester", 1),
        ("EA", "ether", 0),
        ("EC", "ester", 0),
        ("ADN", "nitrile", 2),
        ("SL", "sulfone", 1),
        ("TTE", "CF2", 4),
        ("TTE", "CF3", 0),
        ("BTFE", "CF3", 2),
        ("BTFE", "CF2", 0),
        ("FEC", "CF", 1),
        ("DCM", "chlorine", 2),
        ("TMSB", "silyl", 3),
        ("FB", "aromatic", 1),
    ],
)
def test_functional_groups(name: str, group: str, count: int) -> None:
    assert group_count(REGISTRY[name], group) == count


def test_every_group_occurs_among_the_shipped_compounds() -> None:
    assert not [g for g in GROUPS if not any(group_count(compound, g) for compound in REGISTRY)]


# --- donor numbers


@pytest.mark.parametrize(
    ("name", "value"),
    [("DMSO", 29.8), ("AN", 14.1), ("H2O", 18.0), ("DME", 20.0), ("Et2O", 19.2), ("EC", 16.4)],
)
def test_tabulated_donor_number(name: str, value: float) -> None:
    assert donor_number(REGISTRY[name]) == pytest.approx(value)
    assert not is_donor_number_imputed(REGISTRY[name])


@pytest.mark.parametrize("name", ["FEC", "G2", "FDMB", "EMC"])
def test_missing_donor_number_is_imputed_within_the_known_range(name: str) -> None:
    known = tabulated_donor_numbers().values()
    assert is_donor_number_imputed(REGISTRY[name])
    assert min(known) <= donor_number(REGISTRY[name]) <= max(known)


def test_imputation_ranks_solvents_as_a_chemist_would() -> None:
    glyme, carbonate, fluorinated = (donor_number(REGISTRY[n]) for n in ("G2", "EMC", "FDMB"))
    assert glyme > carbonate > fluorinated


def test_donor_number_of_a_molecule_without_heavy_atoms() -> None:
    assert np.isfinite(donor_number(REGISTRY.from_smiles("[H][H]")))


# --- the block


def test_solvation_of_a_localised_electrolyte_by_hand() -> None:
    (row,) = solvation("LiFSI/DME/TTE (1:1.2:3 mol/mol)")
    assert row["sites_per_cation"] == pytest.approx(2.4)
    assert row["cation_per_site"] == pytest.approx(1 / 2.4)
    assert row["solvents_per_cation"] == pytest.approx(4.2)
    assert row["diluent_fraction"] == pytest.approx(3 / 4.2)
    assert row["cation_fraction"] == pytest.approx(1 / 5.2)
    assert row["donor_number_mean"] == pytest.approx((1.2 * 20.0 + 3 * 1.9) / 4.2)
    assert row["donor_number_per_site"] == pytest.approx(20.0)
    assert (row["donor_number_strongest"], row["donor_number_weakest"]) == (20.0, 1.9)
    litres = (1.2 * 90.122 / 0.868 + 3 * 232.07 / 1.5323) / 1000
    assert row["cation_concentration"] == pytest.approx(1 / litres, rel=1e-4)


def test_molarity_comes_back_as_concentration() -> None:
    rows = solvation("1 M LiFSI in DME", "2.5 M LiPF6 in EC/DMC (3:7 w/w)", "0.3 M KFSI in DEE")
    assert [row["cation_concentration"] for row in rows] == pytest.approx([1, 2.5, 0.3])


def test_what_we_do_not_know_is_typical() -> None:
    """The stated medians; no descriptor tells known solvents from unknown ones."""
    for name, typical in (
        ("relative_permittivity", TYPICAL_PERMITTIVITY),
        ("acceptor_number", TYPICAL_ACCEPTOR_NUMBER),
    ):
        found = [property_value(each, name) for each in REGISTRY if not each.is_salt]
        median = np.median([each.value for each in found if each])
        assert typical == pytest.approx(median, rel=0.05)
    (row,) = solvation("1 M LiFSI in FDMB")
    assert (row["permittivity"], row["acceptor_number_mean"]) == (9, 11)
    assert not [name for name in row if "known" in name or "imputed" in name]


def test_more_salt_leaves_fewer_sites() -> None:
    rows = solvation(*(f"{molarity} M LiFSI in DME" for molarity in (0.1, 0.5, 1, 2, 4)))
    sites = [row["sites_per_cation"] for row in rows]
    assert sites[0] == 60
    assert all(more > less for more, less in itertools.pairwise(sites[1:]))


def test_mixture_without_solvent_has_finite_values() -> None:
    (row,) = solvation("AlCl3/[EMIm]Cl (1.5:1 mol/mol)", metal="Al")
    assert np.isfinite(list(row.values())).all()
    assert row["solvents_per_cation"] == 0
    assert row["cation_per_site"] == 4
    assert row["cation_fraction"] == pytest.approx(0.6)


def test_liquid_without_metal_has_all_its_sites_free() -> None:
    (row,) = solvation("[EMIm]Cl/H2O (1:1 mol/mol)")
    assert (row["sites_per_cation"], row["solvents_per_cation"]) == (60, 60)
    assert row["cation_fraction"] == row["cation_per_site"] == 0


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("LiPF6", 1),
        ("Mg(TFSI)2", 1),
        ("Li2S5", 2),
        ("AlCl3", 1),
        ("MeMgBr", 1),
        ("[EMIm]Cl", 0),
        ("[Pyr13]FSI", 0),
        ("Et3NHCl", 0),
    ],
)
def test_metal_cations_of_a_salt(name: str, count: float) -> None:
    assert cation_count(REGISTRY[name]) == (count,)


@pytest.mark.parametrize(
    "name", ["TBAOTf", "TBAC", "TEAB", "NH4OAc", "[BMIm][FSI]", "TFFH", "MPIM-ClO4"]
)
def test_salt_of_an_organic_cation_holds_no_metal(name: str) -> None:
    assert cation_count(REGISTRY[name]) == (0,)


def test_organic_salt_in_braces_holds_no_metal() -> None:
    salt = REGISTRY.from_smiles("CC[N+](CC)(CC)CC.F[B-](F)(F)F")
    assert cation_count(salt) == (0,)
