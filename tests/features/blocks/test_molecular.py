"""Molecular descriptors, averaged over solvents and salts."""

from __future__ import annotations

import numpy as np
import pytest
from anolyte.datasets.compounds.registry import shipped_compounds
from anolyte.features.blocks.molecular import MolecularBlock
from anolyte.features.molecules.groups import GROUPS, group_count

REGISTRY = shipped_compounds()


def molecular(text: str, metal: str = "Li") -> dict[str, float]:
    block = MolecularBlock(metal)
    names = block.get_feature_names_out()
    return dict(zip(names, block.fit_transform([text])[0].tolist(), strict=True))


def test_means_over_the_solvents_by_hand() -> None:
    found = molecular("1 M LiPF6 in EC/DMC (1:3 mol/mol)")
    assert found["solvent_molar_mass"] == pytest.approx((88.062 + 3 * 90.078) / 4, abs=0.01)
    assert found["solvent_rings"] == pytest.approx(0.25)
    assert found["solvent_carbonate"] == pytest.approx(1)
    assert found["solvent_heavy_atoms"] == pytest.approx(6)
    assert found["solvent_ether"] == 0


def test_means_over_the_salts_by_hand() -> None:
    found = molecular("0.5 M LiPF6 + 1.5 M LiFSI in DME")
    assert found["salt_molar_mass"] == pytest.approx((151.90 + 3 * 187.07) / 4, abs=0.01)


def test_solvent_means_do_not_see_the_salts() -> None:
    first, second = (molecular(f"{salt} in DME/DOL (1:1 v/v)") for salt in ("1 M LiFSI", "4 M LiI"))
    for name in first:
        if name.startswith("solvent_"):
            assert first[name] == pytest.approx(second[name])


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("1 M LiFSI in DME", "solvent_acceptors", 2),
        ("1 M LiFSI in DME", "solvent_rotatable_bonds", 3),
        ("1 M ZnSO4 in H2O", "solvent_molar_mass", 18.015),
        ("1 M LiFSI in {CCO}", "solvent_donors", 1),
        ("1 M LiFSI in ADN", "solvent_nitrile", 2),
        ("1 M LiFSI in DOL", "solvent_acetal", 1),
    ],
)
def test_single_solvent_keeps_its_own_value(text: str, name: str, value: float) -> None:
    assert molecular(text)[name] == pytest.approx(value)


def test_mixture_without_solvent_has_zero_means() -> None:
    found = molecular("AlCl3/[EMIm]Cl (1.5:1 mol/mol)", "Al")
    assert np.isfinite(list(found.values())).all()
    assert not any(value for name, value in found.items() if name.startswith("solvent_"))
    assert found["salt_molar_mass"] > 0


@pytest.mark.parametrize("name", ["DME", "EC", "DMAc", "TEP", "ADN", "TMSB"])
def test_group_descriptors_are_the_group_counts_of_a_single_solvent(name: str) -> None:
    found = molecular(f"1 M LiFSI in {name}")
    groups = [group for group in GROUPS if f"solvent_{group}" in found]
    assert len(groups) > 10
    for group in groups:
        assert found[f"solvent_{group}"] == pytest.approx(group_count(REGISTRY[name], group))
