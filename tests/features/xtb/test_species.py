"""Geometries of species, and their quantum descriptors where tblite is installed."""

from __future__ import annotations

import numpy as np
import pytest
from anolyte.features.blocks.quantum import quantum_rows
from anolyte.features.xtb.conformers import (
    Geometry,
    GeometryError,
    atom_count,
    complexes,
    embed,
    ion_sites,
)
from anolyte.features.xtb.species import describe_species

HEXAFLUOROPHOSPHATE = "F[P-](F)(F)(F)(F)F"
CARBORANE = "[BH]~[BH]~[CH-]"


def test_atoms_are_counted_with_hydrogens() -> None:
    assert atom_count("COCCOC") == 16


def test_donors_are_the_atoms_with_lone_pairs() -> None:
    structure, conformers = embed("COCCOC", 30)
    assert structure.donors == (1, 4)
    assert len(conformers) > 3
    energies = [energy for energy, _ in conformers]
    assert energies == sorted(energies)
    assert all(structure.is_intact(geometry) for _, geometry in conformers)


def test_embedding_is_reproducible() -> None:
    first, second = (embed("COCCOC", 10)[1][0][1] for _ in range(2))
    assert np.array_equal(first.positions, second.positions)


def test_hypervalent_centres_are_octahedral() -> None:
    _, conformers = embed(HEXAFLUOROPHOSPHATE, 5)
    geometry = conformers[0][1]
    bonds = np.delete(geometry.positions, 1, axis=0) - geometry.positions[1]
    bonds /= np.linalg.norm(bonds, axis=1)[:, None]
    cosines = np.sort((bonds @ bonds.T)[np.triu_indices(6, 1)])
    assert np.allclose(cosines, [-1] * 3 + [0] * 12, atol=0.05)


def test_broken_bonds_are_noticed() -> None:
    structure, conformers = embed("O", 1)
    geometry = conformers[0][1]
    assert not structure.is_intact(Geometry(geometry.numbers, geometry.positions * 2))


def test_shapeless_structures_are_refused() -> None:
    with pytest.raises(GeometryError, match="shape"):
        embed(CARBORANE, 5)


@pytest.mark.parametrize("smiles", ["O=C1OCCO1", "CC#N", "[Cl-]", "c1ccccc1", "CS(C)=O"])
def test_sites_are_near_the_donors(smiles: str) -> None:
    structure, conformers = embed(smiles, 5)
    geometry = conformers[0][1]
    sites = ion_sites(geometry, structure, 2.0)
    donors = geometry.positions[list(structure.donors)]
    nearest = np.linalg.norm(sites[:, None] - donors[None], axis=2).min(axis=1)
    assert np.isfinite(sites).all()
    assert nearest.max() < 3


def test_complexes_put_the_ion_at_the_negative_end() -> None:
    structure, conformers = embed("CC#N", 5)
    charges = np.where(conformers[0][1].numbers == 7, -0.5, 0.1)
    best = complexes(conformers, structure, charges, 3, 1.9, 4)[0]
    assert best.numbers[-1] == 3
    assert np.linalg.norm(best.positions[-1] - best.positions[2]) == pytest.approx(1.9, abs=0.01)


def test_too_large_species_are_skipped() -> None:
    row = describe_species("C" * 30, 0)
    assert row.status == "skipped: 92 atoms, more than 60"
    assert row.homo_eV is None


def test_failures_are_told_in_the_status() -> None:
    assert describe_species(CARBORANE, -1).status.startswith("failed: ")


@pytest.mark.parametrize("smiles", ["O", "CC#N"])
def test_the_shipped_values_are_reproduced(smiles: str) -> None:
    pytest.importorskip("tblite")
    pytest.importorskip("ase")
    row = describe_species(smiles, 0).as_dict()
    assert row["status"] == "ok"
    for column, expected in quantum_rows()[smiles].items():
        assert row[column] == pytest.approx(expected, abs=0.02), column
