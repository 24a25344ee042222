"""Fluorination: counts by hand, PFAS by the OECD definition."""

from __future__ import annotations

import pandas as pd
import pytest
from anolyte.datasets import shipped_compounds
from anolyte.features import ElectrolyteFeaturizer
from anolyte.features.blocks.fluorination import is_pfas

COMPOUNDS = shipped_compounds()


def block(text: str, metal: str = "Li") -> pd.Series:
    featurizer = ElectrolyteFeaturizer(["fluorination"], metal).set_output(transform="pandas")
    return featurizer.fit_transform([text]).iloc[0]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("TTE", True),  # CF2 between CF2H and CH2
        ("BTFE", True),  # CF3
        ("LiTFSI", True),
        ("LiOTf", True),
        ("FDMB", True),  # CF2CF2
        ("F4DEE", False),  # CF2H only: a hydrogen on the carbon
        ("FEC", False),
        ("LiFSI", False),
        ("LiPF6", False),
        ("FB", False),
        ("EC", False),
    ],
)
def test_pfas(name: str, expected: bool) -> None:
    assert is_pfas(COMPOUNDS[name]) is expected


def test_counts_of_a_fluorinated_ether() -> None:
    row = block("1 M LiFSI in F5DEE")  # CF3CH2OCH2CH2OCH2CF2H
    assert row["F_to_C_solvent"] == pytest.approx(5 / 6)
    assert row["F_to_H_solvent"] == pytest.approx(5 / 9)
    assert (row["solvent_CF3"], row["solvent_CF2H"], row["solvent_CF2"]) == (1, 1, 0)
    assert row["F_wt_pct_solvent"] == pytest.approx(100 * 5 * 18.998 / 208.12, rel=1e-3)


def test_labile_bonds_are_apart_from_carbon_fluorine() -> None:
    fsi, tfsi, pf6, bf4 = (
        block(f"1 M Li{anion} in DME") for anion in ("FSI", "TFSI", "PF6", "BF4")
    )
    assert fsi["labile_S_F"] > 0
    assert tfsi["labile_S_F"] == 0
    assert pf6["labile_P_F"] == pytest.approx(6 / 2 * fsi["labile_S_F"])
    assert bf4["labile_B_F"] == pytest.approx(4 / 2 * fsi["labile_S_F"])
    assert tfsi["F_to_C_salt"] == pytest.approx(3)


def test_pfas_share_by_mass() -> None:
    assert block("1 M LiPF6 in EC/DMC (1:1 v/v)")["PFAS_wt_pct"] == 0
    row = block("LiTFSI/TTE (1:1 mol/mol)")
    assert row["PFAS_wt_pct"] == pytest.approx(100)


def test_fluorine_of_the_whole() -> None:
    row = block("LiFSI/DME (1:1 mol/mol)")
    assert row["F_wt_pct"] == pytest.approx(100 * 2 * 18.998 / (187.07 + 90.12), rel=1e-3)
    assert row["F_wt_pct_solvent"] == 0
