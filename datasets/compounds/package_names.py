"""Compounds by the names that the package `chemicals` knows, for what the registry lacks.

Spelled-out chemical names of whole, neutral molecules only: its abbreviations are those of medicine
(TFP, MA), many names are brands, and of some salts it keeps the acid. What it finds is shown with
its structure.
"""

from __future__ import annotations

import re
from functools import lru_cache

from .compound import canonical_smiles, molecule

# Words of a name that its structure must bear out, by the element; an empty one: refused.
_ELEMENTS = {
    "sodium": "Na",
    "potassium": "K",
    "lithium": "Li",
    "magnesium": "Mg",
    "calcium": "Ca",
    "zinc": "Zn",
    "alumin": "Al",
    "chloride": "Cl",
    "bromide": "Br",
    "iodide": "I",
    "fluoride": "F",
}
_REFUSED = re.compile(
    # Torn off, as the propylene of propylene carbonate: the package would have the gas.
    r"yl(?:ene)?$|^(?:meth|eth|prop|but)anes?$|"
    r"hydrate|salt|\bion\b|radical|poly|oligo|based|containing|free|grade|\bgel\b|oil$|resin|"
    r"^(?:alcohols?|ethers?|esters?|ketones?|carbons?|graphite|diamond|carbonates?|spirits?|"
    r"solvents?|acids?|amines?|amides?|nitriles?|sulfones?|glycols?|sugars?|starch|cellulose)$",
    re.IGNORECASE,
)
_SPELLED_OUT = re.compile(r"[a-z]{5}")
_SYSTEMATIC = re.compile(
    r"\d[,\d]*H?-|[()]|(?:ether|carbonate|sulfone|sulfoxide|phosphate|phosphite|acetate|formate"
    r"|borate|nitrile|amide|imide|acid|alcohol|amine|ketone|oxide)$"
)
_SHORTEST, _LONGEST = 6, 80
_FEWEST_ATOMS = 3


@lru_cache(maxsize=4096)
def smiles_by_name(name: str) -> str | None:
    """Return the SMILES of a molecule that `chemicals` knows by a name, or None.

    Parameters
    ----------
    name
        A systematic or trivial name, spelled out.
    """
    name = name.strip()
    if not _SHORTEST <= len(name) <= _LONGEST or not _SPELLED_OUT.search(name):
        return None
    if _REFUSED.search(name) or re.fullmatch(r"[\d-]+", name):
        return None
    from chemicals.identifiers import search_chemical

    try:
        found = search_chemical(name)
    except ValueError:
        return None
    own = {str(found.common_name).casefold(), str(found.iupac_name).casefold()}
    # Its other names are brands, too, and words such as "region".
    if name.casefold() not in own and not _SYSTEMATIC.search(name):
        return None
    smiles = str(found.smiles)
    return smiles if _is_borne_out(name, smiles) else None


def _is_borne_out(name: str, smiles: str) -> bool:
    """Whether a structure is a neutral molecule with the elements that the name speaks of."""
    try:
        mol = molecule(canonical_smiles(smiles))
    except ValueError:
        return False
    atoms = {atom.GetSymbol() for atom in mol.GetAtoms()}
    words = name.casefold()
    spoken = all(symbol in atoms for word, symbol in _ELEMENTS.items() if word in words)
    enough = mol.GetNumHeavyAtoms() >= _FEWEST_ATOMS
    return spoken and "." not in smiles and "C" in atoms and enough
