"""Polymers as they are written: PEG400, PEO20LiTFSI, EO:Li = 20:1.

A polymer is counted by its repeat unit. Chain lengths are left out, with a remark; where the
moles of whole chains may be meant, `roles` asks.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from ..compounds.registry import Compound, CompoundRegistry, Found

# Behind a polymer's name: PEG400, PEG-400, PEO (Mw = 600,000 g/mol), PEO 100k.
_DIGITS = r"\d{1,3}(?:,\d{3})+|\d{2,8}"
_MASS_UNIT = r"(?:\s?(?:g(?:\s?/\s?mol|\s?\u00b7?\s?mol-1)|[kM]?Da?|k))?"
_CHAIN = re.compile(
    rf"-?(?:{_DIGITS})(?:k|\s?kDa)?(?![\w%]|\.\d)"
    rf"|\s(?:{_DIGITS})(?:k|\s?kDa)?(?![\w%.:/-]|\s(?:wt|vol|mol|mM|M|m|g|ppm|%))"
    rf"|,?\s?\(?\s?(?:average\s)?M(?:[nwv]|W|r)?\s?[=\u2248~:]?\s?~?(?:{_DIGITS})(?:\.\d+)?{_MASS_UNIT}"
    r"\s?\)?(?![\w%.:/-])",
)
_GLUED = re.compile(r"[A-Za-z]{3,6}(?=\d{2,8}k?(?!\w))")
_UNITS: Mapping[str, str] = {"EO": "PEO", "PO": "PPO", "O": "PEO", "AN": "PAN", "VP": "PVP"}
_UNIT = "|".join(_UNITS)
_ION = r"(?:Li|Na|K|Mg|Ca|Zn|Al)(?:\^?[23]?\+)?"
_RATIO = re.compile(
    rf"""\[?(?P<first>{_UNIT}|{_ION})\]?\s?[:/]\s?\[?(?P<second>{_UNIT}|{_ION})\]?
    (?:\s(?:mol(?:ar|e)?\s)?ratio)?\s?(?:=|\sof|\sis|:)?\s?
    (?P<n>\d+(?:\.\d+)?)(?:\s?[:/]\s?(?P<m>\d+(?:\.\d+)?))?(?![\w%])""",
    re.VERBOSE,
)
# A number of units behind a name, and a salt: PEO20LiTFSI, P(EO)20-LiTFSI, (PEO)16:LiClO4.
_UNITS_AND_SALT = re.compile(
    r"(?P<open>\()?(?P<name>[A-Z][A-Za-z]{1,6}|P\((?P<unit>[A-Z]{1,3})\))(?(open)\))_?"
    r"(?P<count>\d{1,3}(?:\.\d+)?)\s?[-:\u00b7]?\s?(?=[A-Z(])"
)


def polymer_at(text: str, start: int, registry: CompoundRegistry) -> Found | None:
    """Return the polymer whose name begins at an index, with its chain length, and a remark."""
    found = registry.named_at(text, start)
    if found is None:
        # `PEG400`
        glued = _GLUED.match(text, start)
        if glued is None or glued[0] not in registry:
            return None
        found = Found(registry[glued[0]], "", glued.end())
    if not found.compound.is_polymer:
        return None
    chain = _CHAIN.match(text, found.end)
    end = found.end if chain is None else chain.end()
    remark = (
        f"{text[start:end]} is counted by the repeat unit of {found.compound} "
        f"({found.compound.molar_mass:.1f} g/mol); chain length and end groups are left out"
    )
    return Found(found.compound, remark, end)


def has_chain_length(name: str) -> bool:
    """Whether a polymer is named with the length or mass of its chains."""
    return re.search(r"\d{2}", name) is not None


@lru_cache(maxsize=64)
def _by_unit(registry: CompoundRegistry) -> Mapping[str, Compound]:
    return {unit: registry[name] for unit, name in _UNITS.items() if name in registry}


def units_and_salt(
    text: str, start: int, registry: CompoundRegistry
) -> tuple[int, Compound, float, Compound] | None:
    """Read a polymer with a number of units for each formula unit of a salt.

    Returns
    -------
    tuple or None
        The end, the polymer, the number of its units, the salt.
    """
    found = _UNITS_AND_SALT.match(text, start)
    if found is None:
        return None
    unit = found["unit"]
    known = _by_unit(registry).get(unit) if unit else None
    if known is None and found["name"] in registry:
        known = registry[found["name"]]
    if known is None or not known.is_polymer:
        return None
    salt = registry.named_at(text, found.end())
    if salt is None or not salt.compound.is_salt:
        return None
    return salt.end, known, float(found["count"]), salt.compound


def units_ratio(
    text: str, start: int, registry: CompoundRegistry
) -> tuple[int, tuple[float, float]] | None:
    """Read the ratio of repeat units to cations: EO:Li = 20:1, [Li]/[EO] = 0.05.

    Returns
    -------
    tuple or None
        The end, and the parts of the repeat unit and of the cation.
    """
    found = _RATIO.match(text, start)
    if found is None:
        return None
    units = [found["first"] in _UNITS, found["second"] in _UNITS]
    if len(set(units)) == 1:
        return None
    first, second = float(found["n"]), float(found["m"] or 1)
    return found.end(), (first, second) if units[0] else (second, first)
