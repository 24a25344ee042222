"""One structure, one compound: however it is drawn, a molecule or salt is found and named once.

Drawings differ in charges (``C[S+](C)[O-]``), resonance forms (both imidazolium cations),
bonds that are ionic (``[Li]F``), isotopes and stereo centres. `identity` is equal for all of
the first three; `redrawn` returns the drawing that this project keeps.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from .compound import molecule

if TYPE_CHECKING:
    from rdkit.Chem import Mol

# RDKit's normalizer writes sulfoxides with charges; the tables, like most chemists, without.
_NEUTRAL_FORMS = (
    "[S,P;+1:1]-[O,S;-1:2]>>[*;+0:1]=[*;+0:2]",
    "[S;+2:1](-[O;-1:2])-[O;-1:3]>>[S;+0:1](=[O;+0:2])=[O;+0:3]",
    "[N;X2;+0:1]=[S:2](-[O;-1:3])>>[N;-1:1]-[S:2]=[O;+0:3]",
)
_FORM_IONS = {"Li", "Na", "K", "Rb", "Cs", "Mg", "Ca", "Sr", "Ba", "Zn"}
_TAKE_CHARGE = {"O", "N", "S", "F", "Cl", "Br", "I"}
_MOST_FORMS = 64
_ISOTOPE, _STEREO = re.compile(r"\[\d"), re.compile(r"[@/\\]")
_MOST_ATOMS = 60
# Enough that no ring of small units is strained or closes on itself.
_UNITS = 4


@lru_cache(maxsize=4096)
def identity(smiles: str) -> str:
    """Return a key that is equal for all drawings of one structure.

    The standard InChI: it knows no resonance forms, no charges drawn apart and no bonds to
    metals. Where there is none (cluster anions) the key is the SMILES itself. Of a polymer it
    is a ring of repeat units, which is the same wherever the chain is cut: ``*CCO*``, ``*COC*``.

    Parameters
    ----------
    smiles
        A SMILES that `registry.molecule` accepts.
    """
    from rdkit import rdBase
    from rdkit.Chem import MolToInchi

    if "*" in smiles:
        return _ring_of_units(smiles)
    from rdkit.Chem.inchi import InchiReadWriteError

    with rdBase.BlockLogs():
        try:
            return str(MolToInchi(molecule(smiles))) or smiles  # type: ignore[no-untyped-call]
        except (InchiReadWriteError, ValueError, RuntimeError):
            return smiles


def _ring_of_units(smiles: str) -> str:
    """Return the SMILES of some repeat units joined to a ring, head to tail."""
    from rdkit.Chem import CombineMols, MolToSmiles, RWMol, SanitizeMol

    unit = molecule(smiles)
    ring = unit
    for _ in range(_UNITS - 1):
        ring = CombineMols(ring, unit)
    whole = RWMol(ring)
    ends = [atom.GetIdx() for atom in whole.GetAtoms() if not atom.GetAtomicNum()]
    near = [whole.GetAtomWithIdx(end).GetNeighbors()[0].GetIdx() for end in ends]
    for tail, head in zip(near[1::2], [*near[2::2], near[0]], strict=True):
        whole.AddBond(tail, head, _single())
    for end in sorted(ends, reverse=True):
        whole.RemoveAtom(end)
    SanitizeMol(whole)
    return f"ring of {_UNITS}: {MolToSmiles(whole)}"


def _single() -> Any:
    from rdkit.Chem.rdchem import BondType

    return BondType.SINGLE


def flat(smiles: str, isotopes: bool = False) -> str:
    """Return the SMILES without stereo centres, or without isotopes; as it is if it has none."""
    if not (_ISOTOPE.search(smiles) if isotopes else _STEREO.search(smiles)):
        return smiles
    from rdkit.Chem import Mol, MolToSmiles, RemoveStereochemistry

    mol = Mol(molecule(smiles))
    if isotopes:
        for atom in mol.GetAtoms():
            atom.SetIsotope(0)
    else:
        RemoveStereochemistry(mol)
    return str(MolToSmiles(mol))


@lru_cache(maxsize=4096)
def redrawn(smiles: str) -> str:
    """Return the SMILES of the drawing that is kept of a structure.

    Charges that neighbours cancel are joined, bonds of alkali and alkaline-earth metals and
    zinc to oxygen, nitrogen and halogens are cut into ions, and of the resonance forms of a
    cation the last in alphabetical order is taken.
    """
    from rdkit import rdBase
    from rdkit.Chem import GetMolFrags, MolFromSmiles, MolToSmiles

    if "*" in smiles:
        return smiles

    with rdBase.BlockLogs():
        pieces = GetMolFrags(_ions_apart(molecule(smiles)), asMols=True)
        kept = ".".join(_one_form(_normalised(piece)) for piece in pieces)
        return str(MolToSmiles(MolFromSmiles(kept)))


def _ions_apart(mol: Mol) -> Mol:
    """Cut each bond of a metal that forms ions, where all bonds of that metal are such."""
    from rdkit.Chem import RWMol, SanitizeMol

    metals = [
        atom.GetIdx()
        for atom in mol.GetAtoms()
        if atom.GetSymbol() in _FORM_IONS
        and atom.GetDegree()
        and all(near.GetSymbol() in _TAKE_CHARGE for near in atom.GetNeighbors())
    ]
    if not metals:
        return mol
    apart = RWMol(mol)
    for index in metals:
        metal = apart.GetAtomWithIdx(index)
        for near in list(metal.GetNeighbors()):
            apart.RemoveBond(index, near.GetIdx())
            metal.SetFormalCharge(metal.GetFormalCharge() + 1)
            near.SetFormalCharge(near.GetFormalCharge() - 1)
        metal.SetNoImplicit(True)
    SanitizeMol(apart)
    return apart


def _normalised(mol: Mol) -> Mol:
    from rdkit.Chem import SanitizeMol

    mol = _normalizer().normalize(mol)
    for reaction in _reactions():
        for _ in range(_MOST_FORMS):
            products = reaction.RunReactants((mol,))
            if not products:
                break
            mol = products[0][0]
            SanitizeMol(mol)
    return mol


@lru_cache(maxsize=1)
def _normalizer() -> Any:
    from rdkit.Chem.MolStandardize.rdMolStandardize import Normalizer

    # Its rules are read once.
    return Normalizer()


@lru_cache(maxsize=1)
def _reactions() -> tuple[Any, ...]:
    from rdkit.Chem.AllChem import ReactionFromSmarts  # type: ignore[attr-defined]

    return tuple(map(ReactionFromSmarts, _NEUTRAL_FORMS))


def _one_form(mol: Mol) -> str:
    """Return the SMILES of a fragment, of a cation with one choice of where its charge is."""
    from rdkit.Chem import GetFormalCharge, MolFromSmiles, MolToSmiles, ResonanceMolSupplier

    plain = str(MolToSmiles(mol))
    if GetFormalCharge(mol) <= 0 or mol.GetNumHeavyAtoms() > _MOST_ATOMS:
        return plain
    forms = {plain}
    for form in ResonanceMolSupplier(mol, maxStructs=_MOST_FORMS):
        again = None if form is None else MolFromSmiles(MolToSmiles(form))
        if again is not None and _shape(again) == _shape(mol):
            forms.add(str(MolToSmiles(again)))
    return max(forms)


def _shape(mol: Mol) -> tuple[int, list[tuple[str, int]]]:
    charged = [(a.GetSymbol(), a.GetFormalCharge()) for a in mol.GetAtoms() if a.GetFormalCharge()]
    return sum(atom.GetIsAromatic() for atom in mol.GetAtoms()), sorted(charged)
