"""Convert an electrolyte: one function behind which every format and way of counting stands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..compounds.registry import CompoundRegistry
from ..electrolytes.electrolyte import Electrolyte
from ..electrolytes.grammar import parse
from ..errors import choice
from .battinfo import electrolyte_spec
from .clio import FIELDS, composition_id, from_composition_id
from .counting import COUNTS
from .json_ld import json_ld
from .pybamm import parameters
from .unilyte import to_unilyte

Format = Callable[[Electrolyte], Any]


def _text(count: Callable[[Electrolyte], Electrolyte]) -> Format:
    return lambda electrolyte: str(count(electrolyte))


# Texts, and plain values that are ready for JSON.
FORMATS: Mapping[str, Format] = {
    "formulation": str,
    **{name: _text(count) for name, count in COUNTS.items()},
    "unilyte": to_unilyte,
    "clio": composition_id,
    "battinfo": electrolyte_spec,
    "json-ld": json_ld,
    "pybamm": parameters,
}


def as_electrolyte(text: str, registry: CompoundRegistry | None = None) -> Electrolyte:
    """Return the electrolyte of a formulation or a composition id of Clio.

    Raises
    ------
    FormulationError
        If it is neither.
    """
    if text.count(FIELDS) >= 2:
        return from_composition_id(text, registry)
    return parse(text, registry)


def convert(electrolyte: Electrolyte | str, to: str) -> Any:
    """Return an electrolyte in a format or a way of counting.

    Parameters
    ----------
    electrolyte
        Parsed, or as text: a formulation or a composition id of Clio.
    to
        One of `FORMATS`: formulation, molarity, molality, mole-fraction, mass, unilyte, clio
        (texts), battinfo, json-ld, pybamm (plain values, ready for JSON).

    Raises
    ------
    ValueError
        If there is no such format, or the format cannot say it.
    FormulationError
        If a text cannot be read.

    Examples
    --------
    >>> from anolyte.datasets import convert
    >>> convert("2 m LiPF6 in EC/DMC (1:1 w/w)", "clio")
    'DMC_EC|50_50|LiPF6|2'
    >>> convert("DMC_EC|50_50|LiPF6|2", "formulation")
    '2 m LiPF6 in DMC/EC (50:50 w/w)'
    """
    if to not in FORMATS:
        raise ValueError(f"unknown format {to!r}: {choice(to, tuple(FORMATS))}")
    value = as_electrolyte(electrolyte) if isinstance(electrolyte, str) else electrolyte
    return FORMATS[to](value)
