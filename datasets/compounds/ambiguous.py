"""Abbreviations that mean different compounds in different papers."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from ..files.shipped import shipped_table
from .registry import Compound


@lru_cache(maxsize=1)
def meanings() -> Mapping[str, str]:
    """Return what each ambiguous abbreviation may stand for, by the abbreviation as written."""
    table = shipped_table("ambiguous")
    return {str(row["name"]): str(row["meanings"]) for row in table.to_dict("records")}


def is_ambiguous(name: str) -> bool:
    """Whether a name has more than one meaning in print."""
    return name in meanings()


def second_meanings(name: str, compound: Compound) -> str:
    """Return a remark where an abbreviation might mean another compound; else nothing."""
    if name not in meanings():
        return ""
    spelled = compound.name or compound.abbreviation
    return f"{name} is read as {spelled}; in print it may mean {meanings()[name]}"
