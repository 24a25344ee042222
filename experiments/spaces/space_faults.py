"""What pydantic finds wrong with a space file, as faults with place, value, reason and remedy."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, get_args, get_origin

from anolyte.datasets.errors import Fault, choice
from pydantic import ValidationError

from .space_schema import REFUSED, Section, Space

# Reason and remedy by pydantic's word for an error; in braces what it says of the limit.
_WORDS: Mapping[str, tuple[str, str]] = {
    "list_type": ("no list", "write a list, e.g. [a, b]"),
    "float_type": ("no number", "write a number with a decimal point"),
    "greater_than": ("out of range", "write a number above {gt:g}"),
    "greater_than_equal": ("out of range", "write a number of {ge:g} or more"),
    "less_than_equal": ("out of range", "write a number up to {le:g}, above 0"),
    "string_type": ("no text", "write a text, in quotes if it looks like a number"),
    "too_short": ("too short", "write at least {min_length}"),
    "too_long": ("too long", "write at most {max_length}"),
}


def faults_of(error: ValidationError) -> list[Fault]:
    """Return what validating a file as a `Space` raised, with places in the file."""
    return [fault for each in error.errors() for fault in _faults(each)]


def _faults(error: Any) -> list[Fault]:
    place = _place(error["loc"])
    if error["type"] == REFUSED:
        return [replace(each, place=place + each.place) for each in error["ctx"]["faults"]]
    shown = "nothing" if error["input"] is None else str(error["input"])
    key = error["loc"][-1] if error["loc"] else "file"
    section = _section(error["loc"])
    if error["type"] == "missing":
        return [Fault(place, "nothing", f"no {key}", f"write the key {key}")]
    if error["type"] == "extra_forbidden":
        return [Fault(place, str(key), "unknown key", choice(str(key), [*section.model_fields]))]
    if error["type"] == "literal_error":
        options = re.findall(r"'([^']*)'", error["ctx"]["expected"])
        return [Fault(place, shown, "unknown", choice(shown, options))]
    if error["type"] in ("model_type", "dict_type"):
        remedy = f"write the keys {', '.join(section.model_fields)} under it"
        return [Fault(place or "file", shown, "no mapping", remedy)]
    reason, remedy = _WORDS.get(error["type"], (error["msg"], "see anolyte space schema"))
    return [Fault(place, shown, reason, remedy.format(**error.get("ctx", {})))]


def _place(keys: tuple[str | int, ...]) -> str:
    """Return the way to a field as it is written: ``parts.a.salts.amounts[2]``, from 1 on."""
    place = ""
    for key in keys:
        place += f"[{key + 1}]" if isinstance(key, int) else f".{key}" if place else key
    return place


def _section(keys: tuple[str | int, ...]) -> type[Section]:
    """Return the section that a field stands in, or that stands there itself."""
    model: type[Section] = Space
    rest = iter(keys)
    for key in rest:
        field = model.model_fields.get(str(key))
        if field is not None:
            model = _model(field.annotation) or model
            if get_origin(field.annotation) is dict:
                # The next key is a name, not that of a field.
                next(rest, None)
    return model


def _model(annotation: Any) -> type[Section] | None:
    if isinstance(annotation, type) and issubclass(annotation, Section):
        return annotation
    return next(filter(None, map(_model, get_args(annotation))), None)
