"""Geometries of molecules and anions, and where a cation may sit on them. RDKit only."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from anolyte.datasets.compounds.registry import molecule

from ..arrays import Floats

if TYPE_CHECKING:
    from rdkit.Chem import Mol

_DONORS = frozenset({"N", "O", "F", "S", "Cl", "Br", "I", "Se", "P"})
# Bonds are stretched in fluoroborates and chlorides; a factor of 1.4 means broken.
_BROKEN = 1.4
# Two donors further apart than this cannot share one ion.
_CHELATE_REACH = 4.6
# An ion nearer to an atom than this (angstrom) sits inside it.
_CLASH = 1.5
# Conformers nearer in energy than this (eV) are taken for copies.
_SAME = 0.0005
_SEED = 20
_COULOMB_EV_ANGSTROM = 14.3996
_KCAL_MOL = 23.0605  # per eV


class GeometryError(ValueError):
    """No sensible geometry can be made of a structure."""


@dataclass(frozen=True, eq=False)
class Geometry:
    """Atoms in space.

    Attributes
    ----------
    numbers
        Atomic numbers (a,).
    positions
        Coordinates (a, 3) in angstrom.
    """

    numbers: npt.NDArray[np.int_]
    positions: Floats

    def with_atom(self, number: int, position: Floats) -> Geometry:
        """Return the geometry with one more atom at its end."""
        return Geometry(np.append(self.numbers, number), np.vstack([self.positions, position]))

    def replaced(self, number: int) -> Geometry:
        """Return the geometry with its last atom turned into another element."""
        return Geometry(np.append(self.numbers[:-1], number), self.positions)


@dataclass(frozen=True, eq=False)
class Structure:
    """What the bonds of a species say: which atoms are bonded and which may bind a cation."""

    bonds: npt.NDArray[np.int_]
    donors: tuple[int, ...]
    unpaired: int

    def is_intact(self, geometry: Geometry) -> bool:
        """Whether every bond is still there."""
        from rdkit.Chem import GetPeriodicTable

        radius = np.array([GetPeriodicTable().GetRcovalent(int(z)) for z in geometry.numbers])
        first, second = self.bonds.T
        gap = geometry.positions[first] - geometry.positions[second]
        length = np.sqrt((gap**2).sum(axis=1))
        return bool(np.all(length < _BROKEN * (radius[first] + radius[second])))


def atom_count(smiles: str) -> int:
    """Return the number of atoms of a species with its hydrogens."""
    from rdkit.Chem import AddHs

    return int(AddHs(molecule(smiles)).GetNumAtoms())


def embed(smiles: str, most: int) -> tuple[Structure, list[tuple[float, Geometry]]]:
    """Return a species' structure and conformers with their force-field energies in eV.

    Conformers come from ETKDG (more of them for flexible molecules), relaxed with MMFF94, or
    with UFF, or not at all where neither has the parameters; lowest energy first.

    Parameters
    ----------
    smiles
        One molecule or ion.
    most
        The largest number of conformers to make.

    Raises
    ------
    GeometryError
        If the structure has bonds without an order or cannot be embedded.
    """
    from rdkit.Chem import AddHs, BondType

    if "*" in smiles:
        raise GeometryError("the repeat unit of a polymer has open ends")
    mol = AddHs(molecule(smiles))
    if any(bond.GetBondType() in (BondType.UNSPECIFIED, BondType.ZERO) for bond in mol.GetBonds()):
        raise GeometryError("the structure is drawn with bonds that say nothing of its shape")
    structure = _structure(mol)
    numbers = np.array([atom.GetAtomicNum() for atom in mol.GetAtoms()])
    found = [(energy, Geometry(numbers, points)) for energy, points in _conformers(mol, most)]
    # RDKit knows no shape for five and six neighbours (PF6-) and heaps them up on one side.
    if any(atom.GetDegree() > 4 for atom in mol.GetAtoms()):
        found = [(0.0, _spread(geometry, structure.bonds)) for _, geometry in found]
    return structure, _distinct(sorted(found, key=lambda each: each[0]))


def _structure(mol: Mol) -> Structure:
    atoms, bonds = mol.GetAtoms(), mol.GetBonds()
    pairs = [(bond.GetBeginAtomIdx(), bond.GetEndAtomIdx()) for bond in bonds]
    donors = [atom.GetIdx() for atom in atoms if atom.GetSymbol() in _DONORS]
    heavy = [atom.GetIdx() for atom in atoms if atom.GetAtomicNum() > 1]
    unpaired = sum(atom.GetNumRadicalElectrons() for atom in atoms)
    # Drawn with a double bond, but a diradical.
    if [atom.GetSymbol() for atom in atoms] == ["O", "O"]:
        unpaired = 2
    return Structure(np.array(pairs, dtype=int).reshape(-1, 2), tuple(donors or heavy), unpaired)


def _conformers(mol: Mol, most: int) -> list[tuple[float, Floats]]:
    """Return relaxed conformers with their energies in eV (0 where there is no force field)."""
    from rdkit import rdBase
    from rdkit.Chem import rdDistGeom, rdForceFieldHelpers
    from rdkit.Chem.rdMolDescriptors import CalcNumRotatableBonds

    parameters = rdDistGeom.ETKDGv3()
    # RDKit's stubs mistake the types of these two.
    parameters.randomSeed = _SEED  # type: ignore[assignment]
    parameters.useRandomCoords = True  # type: ignore[assignment]
    wanted = min(most, 6 + 6 * int(CalcNumRotatableBonds(mol)))
    with rdBase.BlockLogs():
        made = list(rdDistGeom.EmbedMultipleConfs(mol, wanted, parameters))
        if not made:
            raise GeometryError("RDKit cannot embed the structure")
        energies = [0.0] * len(made)
        if rdForceFieldHelpers.MMFFHasAllMoleculeParams(mol):
            results = rdForceFieldHelpers.MMFFOptimizeMoleculeConfs(mol, maxIters=1000)
            energies = [energy / _KCAL_MOL for _, energy in results]
        elif rdForceFieldHelpers.UFFHasAllMoleculeParams(mol):
            results = rdForceFieldHelpers.UFFOptimizeMoleculeConfs(mol, maxIters=1000)
            energies = [energy / _KCAL_MOL for _, energy in results]
    points = [np.array(mol.GetConformer(index).GetPositions()) for index in made]
    return list(zip(energies, points, strict=True))


def _spread(geometry: Geometry, bonds: npt.NDArray[np.int_]) -> Geometry:
    """Return the geometry with single-bond lengths and all other atoms apart (as in VSEPR)."""
    from rdkit.Chem import GetPeriodicTable
    from scipy.optimize import minimize

    radius = np.array([GetPeriodicTable().GetRcovalent(int(z)) for z in geometry.numbers])
    first, second = np.triu_indices(len(radius), 1)
    bonded = {tuple(sorted(bond)) for bond in bonds.tolist()}
    is_bond = np.array([pair in bonded for pair in zip(first, second, strict=True)])
    length = radius[first] + radius[second]

    def energy(flat: Floats) -> tuple[float, Floats]:
        points = flat.reshape(-1, 3)
        gap = points[first] - points[second]
        distance = np.sqrt((gap**2).sum(axis=1))
        stretch = distance - length
        values = np.where(is_bond, 50 * stretch**2, 5 / distance**3)
        slopes = np.where(is_bond, 100 * stretch, -15 / distance**4)
        pull = gap * (slopes / distance)[:, None]
        gradient = np.zeros_like(points)
        np.add.at(gradient, first, pull)
        np.add.at(gradient, second, -pull)
        return float(values.sum()), gradient.ravel()

    best = minimize(energy, geometry.positions.ravel(), jac=True, method="L-BFGS-B").x
    return Geometry(geometry.numbers, np.asarray(best).reshape(-1, 3))


def _distinct(conformers: list[tuple[float, Geometry]]) -> list[tuple[float, Geometry]]:
    """Leave out conformers of the same energy: copies and mirror images."""
    kept = conformers[:1]
    for energy, geometry in conformers[1:]:
        if energy == 0 or energy - kept[-1][0] > _SAME:
            kept.append((energy, geometry))
    return kept


def complexes(
    conformers: list[tuple[float, Geometry]],
    structure: Structure,
    charges: Floats,
    ion: int,
    distance: float,
    count: int,
) -> list[Geometry]:
    """Return starting geometries of a cation on a species, the most promising first.

    A start is a conformer and a site; starts are ranked by the conformer's energy and the
    electrostatic energy of a unit charge at the site.

    Parameters
    ----------
    conformers, structure
        What `embed` returned.
    charges
        Partial charges (a,) of the atoms in e.
    ion
        Atomic number of the cation.
    distance
        Length of the bond between cation and donor in angstrom.
    count
        How many starts to return.
    """
    starts: list[tuple[float, Geometry]] = []
    for energy, geometry in conformers:
        sites = ion_sites(geometry, structure, distance)
        gaps = np.linalg.norm(sites[:, None, :] - geometry.positions[None, :, :], axis=2)
        scores = energy + _COULOMB_EV_ANGSTROM * (charges / np.maximum(gaps, _CLASH)).sum(axis=1)
        for index in np.flatnonzero(gaps.min(axis=1) > _CLASH):
            starts.append((float(scores[index]), geometry.with_atom(ion, sites[index])))
    starts.sort(key=lambda start: start[0])
    return [geometry for _, geometry in starts[:count]]


def ion_sites(geometry: Geometry, structure: Structure, distance: float) -> Floats:
    """Return where a cation may sit on a conformer (s, 3): at one donor, two, or amid many."""
    points = geometry.positions
    donors = list(structure.donors)
    away = {index: _outward(points, structure, index) for index in donors}
    # Ring carbons have no lone pair to point with and are reached from either face.
    sites = [points[index] + side * distance * away[index] for index in donors for side in (1, -1)]
    for first, second in combinations(donors, 2):
        axis = points[second] - points[first]
        length = float(np.linalg.norm(axis))
        if length > _CHELATE_REACH:
            continue
        lift = away[first] + away[second]
        lift = lift - axis * (axis @ lift) / length**2
        height = float(np.sqrt(max(distance**2 - length**2 / 4, 0.0)))
        middle = (points[first] + points[second]) / 2
        sites.append(middle + height * lift / max(float(np.linalg.norm(lift)), 1e-6))
    for index in donors:
        gaps = np.linalg.norm(points[donors] - points[index], axis=1)
        sites.append(points[donors][np.argsort(gaps)[:4]].mean(axis=0))
    sites.append(points[donors].mean(axis=0))
    return np.array(sites)


def _outward(points: Floats, structure: Structure, index: int) -> Floats:
    """Return the unit vector that points from an atom away from its neighbours."""
    bonded = structure.bonds[(structure.bonds == index).any(axis=1)].ravel()
    neighbours = points[bonded[bonded != index]]
    if not len(neighbours):
        return np.array([0.0, 0.0, 1.0])
    bonds = points[index] - neighbours
    direction = (bonds / np.linalg.norm(bonds, axis=1)[:, None]).sum(axis=0)
    if np.linalg.norm(direction) < 0.3:
        # Flat or linear: take the normal of the first bonds.
        second = bonds[1] if len(bonds) > 1 else np.array([0.3, 0.5, 0.8])
        direction = np.cross(bonds[0], second)
        if np.linalg.norm(direction) < 1e-3:
            direction = np.cross(bonds[0], [0.3, 0.5, 0.8])
    return np.asarray(direction / np.linalg.norm(direction))
