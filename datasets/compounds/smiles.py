"""Say what is wrong with a SMILES that RDKit refuses, in words that lead to its mending.

Knows the notation only; whether a structure is a compound of an electrolyte is for `registry`.
"""

from __future__ import annotations

import re

_SYMBOL = re.compile(r"\[\d*(?P<symbol>[A-Za-z]+)")
# An aromatic symbol, perhaps with hydrogens.
_AROMATIC = re.compile(r"(?:se|as|si|te|[bcnops])H?")
_BARE = re.compile(r"Li|Na|Mg|Ca|Zn|Al|Si|Cs|Rb|Sn|K")


def smiles_fault(smiles: str) -> str:
    """Return why a SMILES cannot be read; always a reason, the plainest that fits."""
    for find in (_unmatched, _no_element, _bare):
        if detail := find(smiles):
            return f"not a valid SMILES: {detail}"
    return "not a valid SMILES"


def _unmatched(smiles: str) -> str:
    closing = {")": "(", "]": "["}
    stack: list[str] = []
    for sign in smiles:
        if sign in closing.values():
            stack.append(sign)
        elif sign in closing and (not stack or stack.pop() != closing[sign]):
            return f"a {sign} without its {closing[sign]}"
    return f"a {stack[-1]} is not closed" if stack else ""


def _no_element(smiles: str) -> str:
    for match in _SYMBOL.finditer(smiles):
        symbol = match["symbol"]
        plain = symbol.capitalize()
        if symbol != plain and not _AROMATIC.fullmatch(symbol) and _BARE.fullmatch(plain):
            return f"no element {symbol}, write {plain}"
    return ""


def _bare(smiles: str) -> str:
    found = _BARE.search(re.sub(r"\[[^\]]*\]", "", smiles))
    return f"{found[0]} belongs into square brackets, [{found[0]}]" if found else ""
