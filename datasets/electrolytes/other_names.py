"""Bring together two names of one component: ``ethylene carbonate (EC)``.

Both must mean the same compound. A name that is spelled out settles an abbreviation that is
unknown or has several meanings; anything else is asked.
"""

from __future__ import annotations

import re

from rapidfuzz import fuzz

from ..compounds.ambiguous import is_ambiguous
from ..compounds.registry import Compound
from .parts import Entry, Notes

# Below this likeness of two names the second is not a misprint of the first.
_ALIKE = 85.0


class OtherNames:
    """Compares names; faults and remarks go to `notes`."""

    def __init__(self, notes: Notes) -> None:
        self.notes = notes

    def same(self, entry: Entry, name: Entry) -> None:
        """Bring together a component and its other name in brackets."""
        first, second = entry.component, name.component
        if first == second and first is not None:
            return
        texts = [self.notes.words(each.start, each.name_end) for each in (entry, name)]
        spoken = [_is_spoken(text) for text in texts]
        if isinstance(first, Compound) and isinstance(second, Compound):
            self.settle_two(entry, name, texts, spoken)
        elif second is None and isinstance(first, Compound):
            if spoken[0] or self.alike(texts[1], first):
                self.notes.forgive(name.start, name.name_end)
                self.notes.remark(f"{texts[1]!r} is not known as a name of {first}")
        elif first is None and isinstance(second, Compound):
            if spoken[1] or self.alike(texts[0], second):
                self.notes.forgive(entry.start, entry.name_end)
                entry.component = second
                self.notes.remark(f"{texts[0]!r} is read as {second}, the name beside it")
        elif first is not None:
            self.notes.fault(name.start, name.end, "no name of what stands before", "leave it out")

    def settle_two(self, entry: Entry, name: Entry, texts: list[str], spoken: list[bool]) -> None:
        """Take the name that is spelled out, where the abbreviation has several meanings."""
        first, second = entry.component, name.component
        if spoken == [True, False] and is_ambiguous(texts[1]):
            self.notes.remark(f"{texts[1]} stands for {first} here")
        elif spoken == [False, True] and is_ambiguous(texts[0]):
            entry.component = second
            self.notes.remark(f"{texts[0]} stands for {second} here")
        else:
            self.notes.fault(
                entry.start,
                name.end,
                f"names of two compounds, {first} and {second}",
                "write the one that is meant",
            )

    def alike(self, text: str, compound: Compound) -> bool:
        """Whether a text is a name of a compound but for a misprint."""
        names = (compound.name, *compound.aliases)
        return any(fuzz.ratio(text.casefold(), each.casefold()) >= _ALIKE for each in names)


def _is_spoken(name: str) -> bool:
    """Whether a name is spelled out and not an abbreviation."""
    return re.search("[a-z]{4}", name) is not None
