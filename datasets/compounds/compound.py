"""Compound: one substance as a frozen value, and what follows from its structure.

Knows RDKit and nothing of tables; `registry` finds compounds by their names.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from .smiles import smiles_fault

if TYPE_CHECKING:
    from rdkit.Chem import Mol

KINDS = ("salt", "solvent", "diluent", "additive", "ionic_liquid")
MAX_SMILES_LENGTH = 500
MAX_HEAVY_ATOMS = 150


@dataclass(frozen=True)
class Compound:
    """One substance of an electrolyte.

    Two compounds are equal when their abbreviation and structure are.

    Attributes
    ----------
    abbreviation
        The short name the formulation grammar prints.
    smiles
        Canonical RDKit SMILES; a salt is written with all its ions, neutral as a whole; of a
        polymer one repeat unit, whose two ends are ``*``.
    kind
        One of `KINDS`: the usual role. The role in a given electrolyte follows from
        where the compound stands in its formulation.
    anhydrous
        Of a hydrate, the salt without its crystal water.
    measured
        Properties that a user's own table gives, by their names in `properties`.

    Examples
    --------
    >>> from anolyte.datasets import shipped_compounds
    >>> salt = shipped_compounds()["LiFSI"]
    >>> salt.name, salt.kind, round(salt.molar_mass, 2)
    ('lithium bis(fluorosulfonyl)imide', 'salt', 187.07)
    """

    abbreviation: str
    smiles: str
    kind: str = field(default="solvent", compare=False)
    name: str = field(default="", compare=False)
    aliases: tuple[str, ...] = field(default=(), compare=False, repr=False)
    cas: str = field(default="", compare=False)
    anhydrous: Compound | None = field(default=None, compare=False)
    measured: Mapping[str, float] = field(default_factory=dict, compare=False, repr=False)

    def __str__(self) -> str:
        return self.abbreviation

    @cached_property
    def mol(self) -> Mol:
        """The RDKit molecule of `smiles`."""
        return molecule(self.smiles)

    @cached_property
    def molar_mass(self) -> float:
        """Molar mass in g/mol."""
        return molar_mass(self.smiles)

    @cached_property
    def ions(self) -> Mapping[str, int]:
        """Charged fragments and how often each occurs, keyed by canonical SMILES."""
        parts = Counter(self.smiles.split("."))
        return {part: count for part, count in parts.items() if fragment_charge(part)}

    @property
    def crystal_water(self) -> int:
        """How many molecules of water a formula unit of a hydrate holds."""
        return 0 if self.anhydrous is None else self.smiles.split(".").count("O")

    @property
    def is_polymer(self) -> bool:
        """Whether the compound stands for the repeat unit of a polymer."""
        return "*" in self.smiles

    @property
    def is_salt(self) -> bool:
        """Whether the compound is a salt or ionic liquid (or a covalently drawn metal halide)."""
        return self.kind in ("salt", "ionic_liquid") or bool(self.ions)


@lru_cache(maxsize=4096)
def molecule(smiles: str) -> Mol:
    """Return the RDKit molecule of a SMILES, cached.

    Raises
    ------
    ValueError
        If the text is no SMILES or exceeds the limits: `MAX_SMILES_LENGTH` characters,
        `MAX_HEAVY_ATOMS` atoms other than hydrogen.
    """
    from rdkit import Chem, rdBase

    if len(smiles) > MAX_SMILES_LENGTH:
        raise ValueError(f"longer than {MAX_SMILES_LENGTH} characters")
    # RDKit would take what follows a blank for the molecule's name and drop it.
    if any(sign.isspace() for sign in smiles):
        raise ValueError("not a valid SMILES: holds a blank or a line break")
    with rdBase.BlockLogs():
        mol = Chem.MolFromSmiles(smiles)
    if mol is None or mol.GetNumAtoms() == 0:
        raise ValueError(smiles_fault(smiles))
    if "*" in smiles and not is_repeat_unit(mol):
        raise ValueError("a * that is no end of a polymer's repeat unit, which has two: *COC*")
    if mol.GetNumHeavyAtoms() > MAX_HEAVY_ATOMS:
        raise ValueError(f"more than {MAX_HEAVY_ATOMS} heavy atoms")
    return mol


def is_repeat_unit(mol: Mol) -> bool:
    """Whether the wildcard atoms are the two open ends of one repeat unit."""
    from rdkit.Chem import GetMolFrags
    from rdkit.Chem.rdchem import BondType

    ends = [atom for atom in mol.GetAtoms() if atom.GetAtomicNum() == 0]
    if len(ends) != 2 or any(
        end.GetDegree() != 1
        or end.GetBonds()[0].GetBondType() != BondType.SINGLE
        or end.GetNeighbors()[0].GetAtomicNum() == 0
        or end.GetFormalCharge()
        or end.GetTotalNumHs()
        for end in ends
    ):
        return False
    both = {end.GetIdx() for end in ends}
    pieces = [set(piece) for piece in GetMolFrags(mol)]
    # Only the ions that its charges need may stand beside it.
    return all(both <= piece or _is_charged(mol, piece) for piece in pieces)


def _is_charged(mol: Mol, atoms: set[int]) -> bool:
    return sum(mol.GetAtomWithIdx(atom).GetFormalCharge() for atom in atoms) != 0


@lru_cache(maxsize=4096)
def molar_mass(smiles: str) -> float:
    """Return the molar mass of a SMILES in g/mol (RDKit's standard atomic weights)."""
    from rdkit.Chem.Descriptors import MolWt  # type: ignore[attr-defined]

    return float(MolWt(molecule(smiles)))


@lru_cache(maxsize=4096)
def fragment_charge(smiles: str) -> int:
    """Return the formal charge of one fragment."""
    if "+" not in smiles and "-" not in smiles:
        return 0
    from rdkit.Chem import GetFormalCharge

    return int(GetFormalCharge(molecule(smiles)))


def canonical_smiles(smiles: str) -> str:
    """Return RDKit's canonical form of a neutral compound's SMILES.

    Raises
    ------
    ValueError
        If it does not parse, exceeds the limits, or carries a net charge.
    """
    from rdkit.Chem import GetFormalCharge, MolToSmiles

    mol = molecule(smiles)
    charge = GetFormalCharge(mol)
    if charge:
        raise ValueError(f"carries a net charge of {charge:+d}")
    return str(MolToSmiles(mol))


def hydrate(salt: Compound, water: int) -> Compound:
    """Return a salt with some molecules of crystal water a formula unit."""
    smiles = canonical_smiles(".".join([salt.smiles, *["O"] * water]))
    count = "" if water == 1 else water
    name = salt.abbreviation
    shown = f"{{{smiles}}}" if name.startswith("{") else f"{name}\u00b7{count}H2O"
    return Compound(shown, smiles, salt.kind, anhydrous=salt)
