"""Selectors: how a file or an option picks compounds, by name, class, element or property.

LiAsF6              a compound, by any of its names
kind:diluent        the usual role (salt, solvent, diluent, additive, ionic_liquid)
group:ether         a functional group of `features.groups`
element:As          any compound with that element
pfas                a PFAS by the OECD definition
donor_number < 20   a measured property; where none was measured the answer is unknown

Reads such a text into a question about a compound.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from anolyte.datasets.compounds.ions import holds
from anolyte.datasets.compounds.properties import UNITS, property_value
from anolyte.datasets.compounds.registry import (
    KINDS,
    Compound,
    CompoundRegistry,
    shipped_compounds,
)
from anolyte.datasets.errors import Fault, InputError, choice
from anolyte.features.blocks.fluorination import is_pfas
from anolyte.features.molecules.groups import GROUPS, group_count

Test = Callable[[Compound], bool | None]

_CONDITION = re.compile(r"(?P<name>\w+)\s*(?P<sign><=|>=|<|>)\s*(?P<value>-?\d+(?:\.\d+)?)")
_SIGNS: Mapping[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


@dataclass(frozen=True)
class Selector:
    """A question about a compound: yes, no, or None where nothing is known.

    Attributes
    ----------
    text
        The selector as it was written.
    test
        The question.
    is_name
        Whether it names one compound.
    """

    text: str
    test: Test = field(compare=False, repr=False)
    is_name: bool = field(default=False, compare=False)


def measured(compound: Compound, name: str) -> float | None:
    """Return a measured property; an estimate counts as unknown."""
    found = property_value(compound, name)
    return found.value if found is not None and found.origin == "measured" else None


@lru_cache(maxsize=1024)
def read_selector(text: str) -> Selector:
    """Read a selector.

    Raises
    ------
    InputError
        If it is none of the forms, with the nearest known names.
    """
    registry = shipped_compounds()
    condition = _CONDITION.fullmatch(text.strip())
    if condition is not None:
        return _of_property(text, condition["name"], condition["sign"], float(condition["value"]))
    if text.strip().lower() == "pfas":
        return Selector(text, is_pfas)
    kind, colon, value = (part.strip() for part in text.partition(":"))
    if colon and kind in ("kind", "group", "element"):
        return _of_class(text, kind, value)
    if text in registry:
        return _of_name(text, registry[text])
    if text.startswith("{") and text.endswith("}"):
        try:
            return _of_name(text, registry.from_smiles(text[1:-1]))
        except ValueError as error:
            raise _error(text, str(error), "write a neutral SMILES in the braces") from None
    raise _error(text, "unknown compound or class", registry.advice(text))


def _of_name(text: str, chosen: Compound) -> Selector:
    return Selector(text, lambda compound: compound.smiles == chosen.smiles, is_name=True)


def _of_class(text: str, kind: str, value: str) -> Selector:
    if kind == "element":
        if not re.fullmatch(r"[A-Z][a-z]?", value):
            raise _error(text, "no symbol of an element", "write e.g. element:As")
        return Selector(text, lambda compound: holds(compound, value))
    known = KINDS if kind == "kind" else tuple(GROUPS)
    if value not in known:
        raise _error(text, f"unknown {kind}", choice(value, known))
    if kind == "kind":
        return Selector(text, lambda compound: compound.kind == value)
    return Selector(text, lambda compound: group_count(compound, value) > 0)


def _of_property(text: str, name: str, sign: str, limit: float) -> Selector:
    if name not in UNITS and name != "molar_mass":
        raise _error(text, "unknown property", choice(name, ("molar_mass", *UNITS)))
    compare = _SIGNS[sign]

    def test(compound: Compound) -> bool | None:
        value = compound.molar_mass if name == "molar_mass" else measured(compound, name)
        return None if value is None else compare(value, limit)

    return Selector(text, test)


def _error(text: str, reason: str, remedy: str) -> InputError:
    return InputError("cannot read the selector", [Fault("selector", text, reason, remedy)])


def matches(compound: Compound, texts: Iterable[str]) -> bool | None:
    """Whether any selector picks a compound; None if none does but one cannot say."""
    answers = [read_selector(text).test(compound) for text in texts]
    return True if True in answers else None if None in answers else False


def named(text: str, registry: CompoundRegistry | None = None) -> Compound:
    """Return the compound of a name or a structure in braces.

    Raises
    ------
    InputError
        If there is none, with the nearest known names.
    """
    known = registry or shipped_compounds()
    if text.startswith("{") and text.endswith("}"):
        try:
            return known.from_smiles(text[1:-1])
        except ValueError as error:
            raise _error(text, str(error), "write a neutral SMILES in the braces") from None
    return known[text]
