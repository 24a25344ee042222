"""One structure, one compound: texts of a file to the compounds of the grammar, or to a fault.

What a text stands for is what ``{SMILES}`` stands for in a formulation: the registry's compound
where it holds the structure in whatever drawing, else one of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from anolyte.datasets.compounds.registry import shipped_compounds
from anolyte.datasets.compounds.structures import identity

from .reading import Record

# What a text may be instead of a molecule to screen.
NO_TEXT = "no structure, or a line too long to be one"
UNREADABLE = "no valid SMILES"
NO_BLOCK = "no valid mol block"
CHARGED = "a net charge"
SALT = "a salt or ionic liquid"
SEVERAL = "several molecules in one"
POLYMER = "a repeat unit of a polymer"
RADICAL = "a radical"
TOO_LARGE = "too large"
OVERDUE = "took too long, or ended its process"
# A remark of the registry on a molecule that it reads as another.
REMARKED = "read as the registry's"


class Molecule(NamedTuple):
    """What a record stands for.

    Attributes
    ----------
    smiles
        Of the compound; empty if it is none.
    key
        Equal for all drawings of one structure, see `structures.identity`.
    fault
        One of the kinds above, or nothing.
    detail
        What is wrong with this one, or what was read as what.
    """

    smiles: str
    key: str
    fault: str = ""
    detail: str = ""


def standardised(records: Sequence[Record]) -> list[Molecule]:
    """Return what each record stands for; no record is an error of the whole.

    Examples
    --------
    >>> from anolyte.experiments.libraries.reading import Record
    >>> from anolyte.experiments.libraries.standardising import standardised
    >>> found = standardised([Record(1, "O(C)CCOC"), Record(2, "CC("), Record(3, "[Li+].[Cl-]")])
    >>> [(each.smiles, each.fault) for each in found]
    [('COCCOC', ''), ('', 'no valid SMILES'), ('', 'a salt or ionic liquid')]
    """
    return [_standardised(record.text) for record in records]


def _standardised(text: str) -> Molecule:
    if not text.strip():
        return Molecule("", "", NO_TEXT)
    if "\n" in text:
        text = _of_block(text)
        if not text:
            return Molecule("", "", NO_BLOCK)
    try:
        found = shipped_compounds().drawn(text)
    except (ValueError, RuntimeError, RecursionError) as error:
        return Molecule("", "", _kind(str(error)), str(error))
    compound = found.compound
    if fault := _unfit(compound.smiles, compound.is_salt):
        return Molecule("", "", fault, compound.smiles)
    return Molecule(compound.smiles, identity(compound.smiles), "", found.remark)


def _of_block(block: str) -> str:
    """Return the SMILES of a mol block, or nothing."""
    from rdkit import rdBase
    from rdkit.Chem import MolFromMolBlock, MolToSmiles

    with rdBase.BlockLogs():
        try:
            mol = MolFromMolBlock(block.split("M  END", maxsplit=1)[0] + "M  END\n")
            return "" if mol is None else str(MolToSmiles(mol))
        except (ValueError, RuntimeError):
            return ""


def _kind(message: str) -> str:
    if "net charge" in message:
        return CHARGED
    if "longer than" in message or "heavy atoms" in message:
        return TOO_LARGE
    return POLYMER if "polymer" in message else UNREADABLE


def _unfit(smiles: str, is_salt: bool) -> str:
    from anolyte.datasets.compounds.registry import molecule

    if is_salt:
        return SALT
    if "*" in smiles:
        return POLYMER
    if "." in smiles:
        return SEVERAL
    radical = any(atom.GetNumRadicalElectrons() for atom in molecule(smiles).GetAtoms())
    return RADICAL if radical else ""
