"""Densities: tabulated, from the CRC table of `chemicals`, or estimated and saying so."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from anolyte.datasets.compounds.densities import density, estimate_error
from anolyte.datasets.compounds.properties import cas_number, measured_values
from anolyte.datasets.compounds.registry import Compound, shipped_compounds
from chemicals.miscdata import CRC_organic_data

REGISTRY = shipped_compounds()
# Boil below 0 degrees C: no liquid at room temperature without pressure.
GASES = ("NH3", "SO2", "CO2")


@pytest.mark.parametrize(
    ("name", "value"), [("DME", 0.868), ("EC", 1.32), ("TTE", 1.5323), ("DMSO", 1.1)]
)
def test_tabulated_density(name: str, value: float) -> None:
    found = density(REGISTRY[name])
    assert (found.value, found.origin) == (value, "measured")
    assert "10.1073/pnas.2214357120" in found.source


@pytest.mark.parametrize(("name", "value"), [("H2O", 0.997), ("G2", 0.943), ("m-xylene", 0.860)])
def test_density_from_the_package(name: str, value: float) -> None:
    found = density(REGISTRY[name])
    assert found.value == pytest.approx(value, abs=0.001)
    assert (found.origin, found.source.split(":")[0]) == ("measured", "chemicals")


def test_package_finds_a_liquid_by_its_structure_alone() -> None:
    # 1-octanol, 0.826 g/cm3 at 20 degrees C; neither name nor CAS is given.
    found = density(Compound("{CCCCCCCCO}", "CCCCCCCCO"))
    assert found.origin == "measured"
    assert found.value == pytest.approx(0.826, abs=0.01)


@pytest.mark.parametrize("name", ["DMB", "FEMC", "TFM-DOL", "MBE"])
def test_estimate_says_that_it_is_one(name: str) -> None:
    found = density(REGISTRY[name])
    assert found.origin == "estimated"
    assert 0.7 < found.value < 1.6


def test_fluorination_makes_the_estimate_denser() -> None:
    plain, fluorinated = (density(REGISTRY[name]).value for name in ("DMB", "F6G2"))
    assert plain < 1 < fluorinated


def test_curated_densities_are_the_ones_in_use(facts: Path) -> None:
    table = pd.read_csv(facts / "densities.csv")
    assert len(table) > 40
    # Found wrong since: ethylene sulfite and dioxane against the CRC table, BTFE against a
    # value with its temperature.
    table = table[~table["abbrev"].isin(["ES", "DX", "BTFE"])]
    for row in table.itertuples():
        found = density(REGISTRY[str(row.abbrev)])
        assert found.origin == "measured"
        assert found.value == pytest.approx(float(str(row.density_g_mL)), rel=0.02), row.abbrev


def test_stated_error_of_the_estimate() -> None:
    median, high = estimate_error()
    assert 0.005 < median < 0.03
    assert median < high < 0.075


# Tabulated with its temperature and four digits, and its homologue agrees with CRC.
BETTER_THAN_CRC = {"CCOS(=O)OCC"}


def test_no_tabulated_density_contradicts_the_crc_table_without_a_reason() -> None:
    found = {}
    for smiles, value in measured_values("density").items():
        compound = REGISTRY.from_smiles(smiles)
        cas = compound.cas or (None if "." in smiles else cas_number(smiles))
        if cas in CRC_organic_data.index and CRC_organic_data.at[cas, "rho"] > 300:
            found[smiles] = value / (CRC_organic_data.at[cas, "rho"] / 1000) - 1
    assert len(found) > 25
    assert {smiles for smiles, off in found.items() if abs(off) > 0.02} <= BETTER_THAN_CRC


@pytest.mark.parametrize(
    ("name", "value"),
    [("ES", 1.44), ("DX", 1.034), ("BTFE", 1.367), ("EMImFSI", 1.441), ("[EMIm]TFSI", 1.519)],
)
def test_density_that_was_wrong_or_estimated_is_measured(name: str, value: float) -> None:
    found = density(REGISTRY[name])
    assert found.origin == "measured"
    assert found.value == pytest.approx(value, abs=0.001)


@pytest.mark.parametrize(
    "smiles", ["C[Si](C)(C)OB(O[Si](C)(C)C)O[Si](C)(C)C", "C[Si](C)(C)OP(O[Si](C)(C)C)O[Si](C)(C)C"]
)
def test_siloxanes_are_estimated_lighter_than_water(smiles: str) -> None:
    found = density(REGISTRY.from_smiles(smiles))
    assert found.origin == "estimated"
    assert 0.8 < found.value < 0.95


def test_every_shipped_liquid_has_a_plausible_density() -> None:
    liquids = [c for c in REGISTRY if not c.is_salt and c.kind != "additive"]
    values = {str(c): density(c).value for c in liquids if str(c) not in GASES}
    assert not {name: value for name, value in values.items() if not 0.5 < value < 2.4}


@pytest.mark.parametrize("name", GASES)
def test_liquefied_gas_has_the_density_of_a_liquid(name: str) -> None:
    assert density(REGISTRY[name]).value > 0.35
