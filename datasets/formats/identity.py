"""How other vocabularies name a compound: EMMO's classes, InChIKey, ions."""

from __future__ import annotations

import re
from functools import lru_cache

from ..compounds.compound import fragment_charge
from ..compounds.registry import Compound, molecule
from ..files.shipped import shipped_table

_SIMPLE = re.compile(r"\[(?P<metal>[A-Z][a-z]?)\+\d?\]")


@lru_cache(maxsize=1)
def _classes() -> dict[str, str]:
    table = shipped_table("emmo_classes")
    return dict(zip(table["smiles"], table["emmo_class"], strict=True))


def emmo_class(compound: Compound) -> str:
    """Return the class of EMMO's domain of chemical substances; nothing where it has none.

    Examples
    --------
    >>> from anolyte.datasets.formats.identity import emmo_class
    >>> from anolyte.datasets import shipped_compounds
    >>> emmo_class(shipped_compounds()["EC"]), emmo_class(shipped_compounds()["FDMB"])
    ('EthyleneCarbonate', '')
    """
    return _classes().get(compound.smiles, "")


@lru_cache(maxsize=4096)
def inchikey(smiles: str) -> str:
    """Return the standard InChIKey of a structure; nothing where there is none (polymers)."""
    from rdkit import rdBase
    from rdkit.Chem.inchi import MolToInchiKey

    if "*" in smiles:
        return ""
    with rdBase.BlockLogs():
        return str(MolToInchiKey(molecule(smiles)))  # type: ignore[no-untyped-call]


def ions(salt: Compound) -> tuple[str, str]:
    """Return cation and anion of a salt of two kinds of ions, as print has them; else nothing.

    The anion's name is what the salt's abbreviation says beside the metal.

    Examples
    --------
    >>> from anolyte.datasets.formats.identity import ions
    >>> from anolyte.datasets import shipped_compounds
    >>> known = shipped_compounds()
    >>> [ions(known[name]) for name in ("LiPF6", "Zn(OTf)2", "MgCl2", "ZnSO4", "PhMgCl")]
    [('Li+', 'PF6-'), ('Zn2+', 'OTf-'), ('Mg2+', 'Cl-'), ('Zn2+', 'SO4 2-'), ('', '')]
    """
    charges = {smiles: fragment_charge(smiles) for smiles in salt.ions}
    cations = [smiles for smiles, charge in charges.items() if charge > 0]
    anions = [smiles for smiles, charge in charges.items() if charge < 0]
    match = _SIMPLE.fullmatch(cations[0]) if len(cations) == 1 and len(anions) == 1 else None
    name = str(salt)
    if match is None or not name.startswith(match["metal"]):
        return "", ""
    count = salt.ions[anions[0]]
    rest = re.sub(r"^\d+", "", name.removeprefix(match["metal"]))
    if count > 1:
        rest = rest.removesuffix(str(count))
        rest = rest[1:-1] if rest.startswith("(") and rest.endswith(")") else rest
    cation = f"{match['metal']}{_signed(charges[cations[0]], '')}"
    return cation, f"{rest}{_signed(charges[anions[0]], ' ')}"


def _signed(charge: int, between: str) -> str:
    sign = "+" if charge > 0 else "-"
    return sign if abs(charge) == 1 else f"{between}{abs(charge)}{sign}"
