"""What kind of molecule one is, in words: rings, functional groups, fluorine."""

from __future__ import annotations

from functools import lru_cache

from anolyte.datasets.compounds.ions import atom_counts
from anolyte.datasets.compounds.registry import Compound, molecule
from anolyte.features.molecules.groups import GROUPS, group_count

# Where fluorine stands is not what a molecule is; acetals are ethers too.
_OTHERS = ("CF3", "CF2", "CF", "alpha_fluoro_ether", "beta_fluoro_ether", "acetal")
_NAMED = tuple(name for name in GROUPS if name not in _OTHERS)
_MOST = 3


@lru_cache(maxsize=8192)
def scaffold(smiles: str) -> str:
    """Return rings, functional groups with their number, and whether there is fluorine.

    Molecules that share it are variations of one another for a ranked list.

    Examples
    --------
    >>> from anolyte.experiments.libraries.scaffolds import scaffold
    >>> scaffold("CCOCCOCC"), scaffold("C1CCOC1"), scaffold("FC(F)COCC")
    ('chain, 2 ether', '5-ring, ether', 'chain, ether, F')
    """
    sizes = sorted(len(ring) for ring in molecule(smiles).GetRingInfo().AtomRings())
    parts = ["+".join(f"{size}-ring" for size in sizes) or "chain"]
    for name in _NAMED:
        count = min(group_count(Compound(smiles, smiles), name), _MOST)
        if count:
            parts.append(name if count == 1 else f"{count} {name}")
    if atom_counts(smiles)["F"]:
        parts.append("F")
    return ", ".join(parts)
