"""The block `molecular`: a small set of RDKit descriptors, averaged over the solvents."""

from __future__ import annotations

from functools import lru_cache
from typing import ClassVar

from anolyte.datasets.compounds.registry import Compound, molar_mass, molecule

from ..arrays import Floats
from ..mixtures import Mixtures
from ..molecules.groups import GROUPS, group_count
from .base import Descriptor, DescriptorBlock

_RDKIT = "RDKit"
# Where the fluorine is belongs to the block `fluorination`.
_GROUPS = tuple(name for name in GROUPS if not name.startswith("CF") and "fluoro" not in name)


@lru_cache(maxsize=8192)
def _describe(smiles: str) -> tuple[float, ...]:
    from rdkit.Chem import rdMolDescriptors

    mol = molecule(smiles)
    values = (
        molar_mass(smiles),
        rdMolDescriptors.CalcTPSA(mol),
        *rdMolDescriptors.CalcCrippenDescriptors(mol),
        rdMolDescriptors.CalcNumHBA(mol),
        rdMolDescriptors.CalcNumHBD(mol),
        rdMolDescriptors.CalcNumRotatableBonds(mol),
        rdMolDescriptors.CalcNumRings(mol),
        mol.GetNumHeavyAtoms(),
    )
    return tuple(float(value) for value in values)


def solvent_descriptors(compound: Compound) -> tuple[float, ...]:
    """Return the RDKit descriptors, then the counts of the functional groups."""
    groups = (float(group_count(compound, group)) for group in _GROUPS)
    return (*_describe(compound.smiles), *groups)


def salt_descriptors(compound: Compound) -> tuple[float, ...]:
    """Return molar mass and polar surface of a salt."""
    return _describe(compound.smiles)[:2]


class MolecularBlock(DescriptorBlock):
    """Mole-fraction means of molecular descriptors over the solvents, and two of the salts."""

    name: ClassVar[str] = "molecular"
    descriptors: ClassVar[tuple[Descriptor, ...]] = (
        Descriptor("solvent_molar_mass", "g/mol", "mean molar mass of solvents", _RDKIT),
        Descriptor("solvent_tpsa", "A^2", "mean topological polar surface of solvents", _RDKIT),
        Descriptor("solvent_logp", "1", "mean Crippen logP of solvents", _RDKIT),
        Descriptor("solvent_refractivity", "cm3/mol", "mean Crippen molar refractivity", _RDKIT),
        Descriptor("solvent_acceptors", "1", "mean hydrogen-bond acceptors", _RDKIT),
        Descriptor("solvent_donors", "1", "mean hydrogen-bond donors", _RDKIT),
        Descriptor("solvent_rotatable_bonds", "1", "mean rotatable bonds", _RDKIT),
        Descriptor("solvent_rings", "1", "mean number of rings", _RDKIT),
        Descriptor("solvent_heavy_atoms", "1", "mean number of heavy atoms", _RDKIT),
        *(
            Descriptor(f"solvent_{name}", "1", f"mean count of the group {name}: {GROUPS[name]}")
            for name in _GROUPS
        ),
        Descriptor("salt_molar_mass", "g/mol", "mean molar mass of salts", _RDKIT),
        Descriptor("salt_tpsa", "A^2", "mean topological polar surface of salts", _RDKIT),
    )

    def columns(self, mixtures: Mixtures) -> list[Floats]:
        """Return the descriptors of solvents, then of salts."""
        return [
            mixtures.mean(solvent_descriptors, mixtures.solvents),
            mixtures.mean(salt_descriptors, mixtures.salts),
        ]
