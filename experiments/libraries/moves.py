"""Moves: the edits of a molecule that a chemist would try next, as named reaction SMARTS."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from anolyte.datasets.errors import Fault, InputError, choice

# What joins two alkyl groups, 1 and 3: as it is found, and as it is written.
_HEADS: Mapping[str, tuple[str, str]] = {
    "ether": ("[CX4:1][OX2;!$(O[C,S,P]=O)][CX4:3]", "[C:1]O[C:3]"),
    "carbonate": ("[CX4:1][OX2][CX3](=O)[OX2][CX4:3]", "[C:1]OC(=O)O[C:3]"),
    "ester": ("[CX4:1][CX3](=O)[OX2][CX4:3]", "[C:1]C(=O)O[C:3]"),
    "sulfonamide": ("[CX4:1][SX4](=O)(=O)[NX3]([CH3])[CX4:3]", "[C:1]S(=O)(=O)N(C)[C:3]"),
    "silane": ("[CX4:1][OX2][SiX4]([CH3])([CH3])[OX2][CX4:3]", "[C:1]O[Si](C)(C)O[C:3]"),
    "phosphate": ("[CX4:1][OX2][PX4](=O)([OX2][CH3])[OX2][CX4:3]", "[C:1]OP(=O)(OC)O[C:3]"),
}
_FLUORINATED = {"CH2F": "F[CH2:1]", "CHF2": "F[CH:1](F)", "CF3": "F[C:1](F)(F)"}
_DONOR = "[OX2,NX3,SX2,SX4,PX4:3]"
# Carbon beside a heteroatom is alpha; a CHF beside oxygen loses HF, so that two fluorines go there.
MOVES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "lengthen": {
            "lengthen an end": "[CH3:1]>>[CH2:1]C",
            "lengthen a chain": "[CH2;!R:1]-!@[CH2;!R:2]>>[CH2:1]C[CH2:2]",
            "widen a ring": "[CH2;R:1]-@[CH2;R:2]>>[CH2:1]C[CH2:2]",
        },
        "shorten": {"shorten an end": "[CX4;!R:1][CH3]>>[C:1]"},
        "branch": {
            "branch a chain": "[CX4;H2;!R:1]>>[CH:1]C",
            "branch an end": "[CH3:1]>>[CH:1](C)C",
        },
        "methylate": {
            "methylate a ring": "[CX4;H2;R:1]>>[CH:1]C",
            "methylate O or N": "[OX2,NX3;!H0:1]>>[*:1]C",
        },
        "cyclise": {"join two ends to a ring": "([CH3:1].[CH3:2])>>[CH2:1][CH2:2]"},
        "fluorinate-alpha": {
            "fluorinate alpha to CF2": f"[CX4;H2:1]{_DONOR}>>[C:1](F)(F)[*:3]",
            "fluorinate alpha to CF3": f"[CH3:1]{_DONOR}>>[C:1](F)(F)(F)[*:3]",
        },
        "fluorinate-beta": {
            **{
                f"fluorinate beta to {name}": f"[CH3:1][CX4:2]{_DONOR}>>{made}[C:2][*:3]"
                for name, made in _FLUORINATED.items()
            },
            "fluorinate beta to CF2": (
                f"[#6:4][CX4;H2;!$(C[O,N,S,P]):1][CX4:2]{_DONOR}>>[#6:4][C:1](F)(F)[C:2][*:3]"
            ),
        },
        "fluorinate-terminal": {
            f"fluorinate an end to {name}": f"[CH3:1][CX4;!$(C[O,N,S,P]):2]>>{made}[C:2]"
            for name, made in _FLUORINATED.items()
        },
        "O-to-S": {"O to S": "[#6:1][OX2;!$(O[C,S,P]=O)][#6:3]>>[#6:1]S[#6:3]"},
        "move-O": {
            "move an oxygen": "[CX4:1][CX4;H2:2][OX2:3][CX4:4]>>[C:1][O:3][C:2][C:4]",
        },
        "swap-head": {
            f"swap {one} to {other}": f"{_HEADS[one][0]}>>{_HEADS[other][1]}"
            for one in _HEADS
            for other in _HEADS
            if one != other
        },
    }
)


def chosen_moves(names: Sequence[str] = ()) -> dict[str, str]:
    """Return the edits of some moves, all by default: reaction SMARTS by name.

    Raises
    ------
    InputError
        With every name that is no move.

    Examples
    --------
    >>> from anolyte.experiments.libraries.moves import chosen_moves
    >>> list(chosen_moves(["lengthen", "O-to-S"]))
    ['lengthen an end', 'lengthen a chain', 'widen a ring', 'O to S']
    """
    known = {name.casefold(): name for name in MOVES}
    wrong = [name for name in names if name.casefold() not in known]
    if wrong:
        faults = [
            Fault("moves", name, "unknown move", choice(name, tuple(MOVES))) for name in wrong
        ]
        raise InputError("cannot make a library", faults)
    groups = [known[name.casefold()] for name in names] or list(MOVES)
    return {edit: smarts for group in groups for edit, smarts in MOVES[group].items()}


@lru_cache(maxsize=256)
def reaction(smarts: str) -> Any:
    """Return the reaction of a SMARTS."""
    from rdkit.Chem.rdChemReactions import ReactionFromSmarts

    found = ReactionFromSmarts(smarts)
    found.Initialize()
    return found
