"""The properties by their short names."""

from __future__ import annotations

from collections.abc import Mapping

from anolyte.datasets.errors import choice

from .conductivity import CONDUCTIVITY
from .property import Property
from .zinc_window import HYDROGEN_ONSET, OXYGEN_ONSET

PROPERTIES: Mapping[str, Property] = {
    each.name: each for each in (CONDUCTIVITY, HYDROGEN_ONSET, OXYGEN_ONSET)
}


def get(name: str) -> Property:
    """Return a property by its short name.

    Raises
    ------
    ValueError
        If there is none of that name.

    Examples
    --------
    >>> from anolyte.models import properties
    >>> properties.get("conductivity").unit
    'mS/cm'
    """
    if name not in PROPERTIES:
        raise ValueError(f"unknown property {name!r}: {choice(name, tuple(PROPERTIES))}")
    return PROPERTIES[name]


def of_metal(metal: str) -> list[Property]:
    """Return the properties that can be learned for a metal; perhaps none.

    Examples
    --------
    >>> from anolyte.models import properties
    >>> [each.name for each in properties.of_metal("Zn")]
    ['conductivity', 'hydrogen-onset', 'oxygen-onset']
    """
    return [each for each in PROPERTIES.values() if metal in each.tables]
