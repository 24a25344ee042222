"""Which elements, metals and organic cations a compound holds, read off its structure.

Knows structures alone: the properties of the working ions stand in `metals`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from .registry import Compound, fragment_charge, molecule


@lru_cache(maxsize=8192)
def atom_counts(smiles: str) -> Mapping[str, int]:
    """Return how many atoms of each element a structure has, hydrogen included.

    Of a polymer those of one repeat unit.
    """
    counts: Counter[str] = Counter()
    for atom in molecule(smiles).GetAtoms():
        # The open ends of a repeat unit are no atoms.
        counts[atom.GetSymbol()] += atom.GetAtomicNum() > 0
        counts["H"] += atom.GetTotalNumHs()
    return MappingProxyType(+counts)


@lru_cache(maxsize=8192)
def metal_atoms(smiles: str) -> Mapping[str, int]:
    """Return how many atoms of each metal a structure has; a metal is what RDKit calls one.

    That is every element but hydrogen, the noble gases, the halogens, B, C, N, O, Si, P, S,
    As, Se and Te (``rdkit.Chem.rdqueries.MAtomQueryAtom``).
    """
    from rdkit.Chem import rdqueries

    found = molecule(smiles).GetAtomsMatchingQuery(rdqueries.MAtomQueryAtom())
    return MappingProxyType(Counter(atom.GetSymbol() for atom in found))


def holds(compound: Compound, element: str) -> bool:
    """Whether a compound has an atom of an element: as ion, in a complex ion, or covalently.

    So ``Mg[Al(hfip)4]2`` holds Mg and Al, and ``MeMgBr``, drawn covalently, Mg.
    """
    return element in atom_counts(compound.smiles)


@lru_cache(maxsize=4096)
def metal_cations(compound: Compound) -> Mapping[str, int]:
    """Return the metal cations of a formula unit by symbol.

    A salt that is drawn covalently (AlCl3, PhMgCl) counts as its metal; a metal inside a
    complex anion (the Al of NaAlCl4) is no cation.
    """
    if not compound.ions:
        return metal_atoms(compound.smiles) if compound.kind == "salt" else MappingProxyType({})
    counts: Counter[str] = Counter()
    for smiles, count in compound.ions.items():
        if fragment_charge(smiles) > 0:
            for symbol, atoms in metal_atoms(smiles).items():
                counts[symbol] += count * atoms
    return MappingProxyType(counts)


@lru_cache(maxsize=4096)
def organic_cations(compound: Compound) -> Mapping[str, int]:
    """Return the organic cations of a formula unit by canonical SMILES.

    An organic cation is a cation with a carbon atom: an imidazolium, not Cd2+, Cs+ or NH4+.
    """
    found = {
        smiles: count
        for smiles, count in compound.ions.items()
        if fragment_charge(smiles) > 0 and "C" in atom_counts(smiles)
    }
    return MappingProxyType(found)
