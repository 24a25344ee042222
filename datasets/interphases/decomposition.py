"""What each ingredient of an electrolyte is known to turn into on each metal.

From ``tables/decomposition.csv``: anion families, solvent classes and additives, matched by
SMARTS or by registry name, with the products that a source found and where it says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from ..compounds.metals import Metal
from ..compounds.registry import Compound, molecule
from ..files.shipped import shipped_table
from .vocabulary import SEPARATOR

if TYPE_CHECKING:
    from rdkit.Chem import Mol


@dataclass(frozen=True, slots=True)
class Decomposition:
    """One observation: an ingredient, a metal, the products.

    Attributes
    ----------
    ingredient
        Family name, for example ``FSI`` or ``cyclic ethers``.
    metal
        Symbol of the metal it was seen on.
    products
        Names of the SEI vocabulary; empty where the source found the ingredient stable.
    pathway
        reduction, hydrolysis, polymerisation, complexation, thermal or unknown.
    confidence
        high, medium or low.
    source
        The publication.
    by_name
        Whether the entry is of compounds by name, not of a structural family.
    keys
        What else names the publication: its DOI, the page where it was read.
    """

    ingredient: str
    metal: str
    products: tuple[str, ...]
    pathway: str
    confidence: str
    source: str
    by_name: bool
    keys: tuple[str, ...]


@lru_cache(maxsize=1)
def _entries() -> tuple[tuple[str, str, Decomposition], ...]:
    return tuple(
        (
            str(row["match_kind"]),
            str(row["match"]),
            Decomposition(
                str(row["ingredient"]),
                str(row["metal"]),
                tuple(filter(None, str(row["products"]).split(SEPARATOR))),
                str(row["pathway"]),
                str(row["confidence"]),
                str(row["source"]),
                row["match_kind"] == "compound",
                (str(row["doi"]), str(row["seen_in"])),
            ),
        )
        for row in shipped_table("decomposition").to_dict("records")
    )


@lru_cache(maxsize=512)
def _pattern(smarts: str) -> Mol:
    from rdkit.Chem import MolFromSmarts

    return MolFromSmarts(smarts)


@lru_cache(maxsize=65536)
def _matches(compound: Compound, kind: str, match: str) -> bool:
    if kind == "compound":
        return compound.abbreviation in match.split(SEPARATOR)
    return bool(molecule(compound.smiles).HasSubstructMatch(_pattern(match)))


def decompositions(compound: Compound, metal: Metal | None = None) -> list[Decomposition]:
    """Return what a compound is known to turn into, on one metal or on any.

    A family's entry covers every compound that its pattern matches, though the source may
    have looked at one of them only.
    """
    return [
        entry
        for kind, match, entry in _entries()
        if (metal is None or entry.metal == metal) and _matches(compound, kind, match)
    ]
