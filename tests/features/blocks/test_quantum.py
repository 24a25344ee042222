"""The quantum tables' trends, and the block that averages them."""

from __future__ import annotations

import numpy as np
import pytest
from anolyte.datasets.compounds.metals import METALS
from anolyte.datasets.compounds.registry import fragment_charge, shipped_compounds
from anolyte.datasets.measurements.table import load_measurements
from anolyte.features.blocks.quantum import (
    MULTIVALENT,
    QuantumBlock,
    exchange_energies,
    quantum_rows,
)
from anolyte.features.mixtures import Mixtures
from anolyte.features.xtb.tight_binding import MissingExtraError, require

REGISTRY = shipped_compounds()
SOLVENTS = ("EC", "PC", "DMC", "EMC", "FEC", "DME", "G2", "THF", "DOL", "AN", "DMSO", "DMAc", "TMP")


def value(name: str, column: str) -> float:
    compound = REGISTRY[name]
    anions = [part for part in compound.ions if fragment_charge(part) < 0]
    return quantum_rows()[anions[0] if anions else compound.smiles][column]


def features(text: str, metal: str = "Li") -> dict[str, float]:
    block = QuantumBlock(metal)
    names = block.get_feature_names_out()
    return dict(zip(names, block.fit_transform([text])[0].tolist(), strict=True))


@pytest.mark.parametrize("name", [*SOLVENTS, "LiFSI", "LiTFSI", "LiPF6", "LiBF4", "LiOTf"])
def test_lithium_binds_more_strongly_than_sodium_than_potassium(name: str) -> None:
    lithium, sodium, potassium = (value(name, f"binding_{m}_eV") for m in ("Li", "Na", "K"))
    assert lithium < sodium < potassium < 0


def test_fluorine_lowers_the_lumo() -> None:
    assert value("FEC", "lumo_eV") < value("EC", "lumo_eV")


@pytest.mark.parametrize("diluent", ["TTE", "BTFE"])
@pytest.mark.parametrize("solvent", ["DME", "G2", "DMSO", "DMAc"])
def test_donors_bind_lithium_more_strongly_than_diluents(solvent: str, diluent: str) -> None:
    assert value(solvent, "binding_Li_eV") < value(diluent, "binding_Li_eV")


def test_more_ether_oxygens_bind_more_strongly() -> None:
    bindings = [value(name, "binding_Li_eV") for name in ("THF", "DME", "G2", "G3")]
    assert bindings == sorted(bindings, reverse=True)


def test_lithium_lowers_the_lumo_of_every_solvent() -> None:
    assert all(value(name, "lumo_shift_Li_eV") > 0 for name in SOLVENTS)


# Textbook ionisation energies, eV; the method scatters by 0.3 eV.
@pytest.mark.parametrize(
    ("name", "measured"), [("THF", 9.40), ("AN", 12.20), ("DMSO", 9.10), ("EA", 10.01)]
)
def test_ionisation_energies_are_near_the_measured(name: str, measured: float) -> None:
    assert value(name, "ionisation_energy_eV") == pytest.approx(measured, abs=1.0)


@pytest.mark.parametrize("name", ["EC", "DME", "DMSO"])
def test_magnesium_gains_more_than_calcium_from_leaving_water(name: str) -> None:
    smiles = REGISTRY[name].smiles
    table = exchange_energies()
    assert table[smiles, "Mg"] < table[smiles, "Ca"] < 0


@pytest.mark.parametrize("metal", MULTIVALENT)
def test_water_is_the_zero_of_the_exchange(metal: str) -> None:
    assert exchange_energies()["O", metal] == 0


def test_multivalent_cations_bind_anions_more_strongly_than_solvents() -> None:
    table = exchange_energies()
    for metal in MULTIVALENT:
        assert table["[Cl-]", metal] < table[REGISTRY["DME"].smiles, metal]


def test_block_is_finite_on_all_shipped_measurements() -> None:
    measurements = load_measurements("all")
    X = QuantumBlock().fit_transform(measurements[["electrolyte", "metal"]])
    names = list(QuantumBlock().get_feature_names_out())
    assert X.shape == (len(measurements), len(names))
    assert np.isfinite(X).all()
    missing = X[:, names.index("quantum_missing")]
    assert missing.min() >= 0
    assert np.mean(missing > 0.05) < 0.02


def test_a_row_does_not_depend_on_the_others() -> None:
    measurements = load_measurements("all").iloc[::7]
    electrolytes = measurements[["electrolyte", "metal"]]
    together = QuantumBlock().transform(electrolytes)
    for index in (0, 5, len(electrolytes) - 1):
        alone = QuantumBlock().transform(electrolytes.iloc[[index]])
        assert np.allclose(alone[0], together[index], rtol=1e-12, atol=1e-12)


def test_means_weigh_by_mole_fraction() -> None:
    row = features("1 M LiFSI in EC/DMC (1:3 mol/mol)")
    expected = 0.25 * value("EC", "homo_eV") + 0.75 * value("DMC", "homo_eV")
    assert row["quantum_homo"] == pytest.approx(expected)
    assert row["quantum_lumo_lowest"] == min(value("EC", "lumo_eV"), value("DMC", "lumo_eV"))
    assert row["quantum_binding_strongest"] == value("EC", "binding_Li_eV")
    assert row["quantum_anion_lumo"] == pytest.approx(value("LiFSI", "lumo_eV"))
    assert row["quantum_missing"] == pytest.approx(0)


@pytest.mark.parametrize("metal", METALS)
def test_each_metal_uses_one_energy_scale(metal: str) -> None:
    row = features("1 M {[Li+].O=S(=O)(F)[N-]S(=O)(=O)F} in DME", metal)
    gfn2 = [row["quantum_binding"], row["quantum_binding_strongest"], row["quantum_anion_binding"]]
    exchange = [row["quantum_exchange"], row["quantum_exchange_strongest"]]
    if metal in MULTIVALENT:
        assert gfn2 == [0, 0, 0]
        assert all(exchange)
        assert row["quantum_exchange_known"] == pytest.approx(1)
    else:
        assert exchange == [0, 0]
        assert row["quantum_exchange_known"] == 0
        assert row["quantum_binding"] == pytest.approx(value("DME", f"binding_{metal}_eV"))


def test_an_unknown_molecule_counts_as_missing_only() -> None:
    row = features("LiFSI/EC/{CCCCOC(=O)OCC(F)F} (1:1:2 mol/mol)")
    assert row["quantum_missing"] == pytest.approx(2 / 4)
    assert row["quantum_homo"] == pytest.approx(value("EC", "homo_eV"))
    assert row["quantum_binding_strongest"] == value("EC", "binding_Li_eV")


def test_no_known_solvent_gives_zeros() -> None:
    row = features("1 M LiFSI in {CCCCOC(=O)OCC(F)F}")
    assert row["quantum_homo"] == row["quantum_lumo_lowest"] == row["quantum_binding"] == 0
    assert row["quantum_anion_lumo"] != 0


def test_descriptors_match_the_columns() -> None:
    mixtures = Mixtures.from_electrolytes(["1 M LiFSI in DME"], "Li")
    assert QuantumBlock().compute(mixtures).shape == (1, len(QuantumBlock.descriptors))
    assert len({each.name for each in QuantumBlock.descriptors}) == len(QuantumBlock.descriptors)


def test_missing_extra_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("anolyte.features.xtb.tight_binding.find_spec", lambda name: None)
    with pytest.raises(MissingExtraError, match=r"tblite and ase.*anolyte\[quantum\]"):
        require()
