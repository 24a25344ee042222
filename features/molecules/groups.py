"""Functional groups of electrolyte molecules, as SMARTS, and their counts per compound."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from anolyte.datasets.compounds.registry import Compound, molecule

if TYPE_CHECKING:
    from rdkit.Chem import Mol

GROUPS: Mapping[str, str] = {
    "ether": "[OX2;!$(O[C,S,P,B]=[O,S,N]);!$(O[P,S,B,Si])]([#6])[#6]",
    "acetal": "[OX2]([#6])[CX4;!$(C=O)][OX2][#6]",
    "carbonate": "[#8X2][#6X3](=O)[#8X2]",
    "ester": "[#6;!$([#6](=O)[OX2])]C(=O)[OX2][#6]",
    "nitrile": "[CX2]#[NX1]",
    "sulfone": "[#6][SX4](=O)(=O)[#6]",
    "sulfonamide": "[SX4](=O)(=O)[NX3]",
    "sulfonate": "[#6][SX4](=O)(=O)[OX2][#6]",
    "sulfoxide": "[#6][SX3](=O)[#6]",
    "sulfite": "[OX2][SX3](=O)[OX2]",
    "phosphate": "[PX4](=O)",
    "amide": "[NX3][CX3](=O)[#6,#1,$([NX3])]",
    "ketone": "[#6][CX3](=O)[#6]",
    "amine": "[NX3;!$(N[C,S,P]=[O,N]);!$(N-[#6]=,:[#6,#7]);!$([N+])]",
    "pyridine": "[nX2]",
    "hydroxyl": "[OX2H]",
    "silyl": "[Si]",
    "borate": "[BX3]",
    "thioether": "[SX2]([#6])[#6]",
    "aromatic": "c1ccccc1",
    "CF3": "[CX4](F)(F)F",
    "CF2": "[CX4;!$(C(F)(F)F)](F)F",
    "CF": "[CX4;!$(C(F)F)]F",
    "chlorine": "[Cl;X1]",
    "alpha_fluoro_ether": "[OX2]([#6])[CX4]F",
    "beta_fluoro_ether": "[OX2]([#6])[CX4;!$(CF)][CX4]F",
}


@lru_cache(maxsize=512)
def pattern(smarts: str) -> Mol:
    """Return the pattern of a SMARTS, read once."""
    from rdkit.Chem import MolFromSmarts

    return MolFromSmarts(smarts)


@lru_cache(maxsize=8192)
def _count(smiles: str, group: str) -> int:
    return len(molecule(smiles).GetSubstructMatches(pattern(GROUPS[group])))


def group_count(compound: Compound, group: str) -> int:
    """Return how often a group of `GROUPS` occurs in a compound."""
    return _count(compound.smiles, group)
