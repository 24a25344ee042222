"""Find the longest compound name that starts at a place of a text.

Case, blanks, dashes and square brackets do not distinguish names (`fold`); yet a blank or dash
of the text is never dropped to make one name of two: ``DME-THF`` is two ethers, although
``DMeTHF`` is a third. English words are no abbreviations unless written as one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

MAX_NAME_LENGTH = 150
_DASHES = r"\-" "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u00b7"
_FOLDED_AWAY = re.compile(rf"[\s{_DASHES}\[\]]")
# Abbreviations and names of the tables that are words of a sentence, too.
_ENGLISH = """
    ace all am an and are as at be bee but by can cap caps cum dam do due ea em en et fa fan
    far for from fur had has hep hex his if in is it its lad ma man map may me mes mix my nb
    no not of on or our pa pen per pes pip pm put sap sat see set so tan tap tar tea ten than
    that the them then there these they this to too top two up us use via was way we were what
    which with would you
"""
ENGLISH = frozenset(_ENGLISH.split())
# No sign of a name is empty.
_END = ""


def fold(name: str) -> str:
    """Reduce a name to its look-up key: no case, white space, dashes or square brackets."""
    return _FOLDED_AWAY.sub("", name).casefold()


def is_boundary(text: str, at: int) -> bool:
    """Whether a name may end before, or begin at, this index."""
    return at >= len(text) or not (text[at].isalnum() or text[at] in "'_\u2032")


class NameIndex:
    """The names of a registry, arranged for the search in a text.

    Parameters
    ----------
    written
        All names as written, by their folded key.
    spellings
        Every accepted spelling; where two names differ in blanks or dashes only, the text's
        own blanks and dashes decide.
    """

    def __init__(self, written: Mapping[str, str], spellings: Iterable[str]) -> None:
        self._keys = written
        self._exact = set(spellings)
        self._spellings = {spelling.casefold() for spelling in self._exact}
        self._root: dict[str, Any] = {}
        for key in written:
            node = self._root
            for sign in key:
                node = node.setdefault(sign, {})
            node[_END] = True

    def is_word(self, text: str) -> bool:
        """Whether a text is an English word and not an abbreviation in its own case."""
        return text.casefold() in ENGLISH and text not in self._exact

    def longest(self, text: str, start: int) -> int:
        """Return the index after the longest name that begins at `start`, or `start` itself."""
        for end in reversed(self._ends(text, start)):
            if self._is_one_name(text[start:end]):
                return end
        return start

    def _ends(self, text: str, start: int) -> list[int]:
        node = self._root
        ends = []
        for at in range(start, min(len(text), start + MAX_NAME_LENGTH)):
            sign = text[at]
            if _FOLDED_AWAY.match(sign):
                continue
            for each in sign.casefold():
                node = node.get(each, {})
            if not node:
                break
            if _END in node and is_boundary(text, at + 1):
                ends.append(closed(text, start, at + 1))
        return [end for end in ends if end]

    def _is_one_name(self, name: str) -> bool:
        if name.casefold() in self._spellings:
            return not self.is_word(name)
        if self.is_word(name) or re.match(r"\d+(\.\d+)?\s", name):
            return False
        separators = re.finditer(rf"[\s{_DASHES}]", name)
        return not any(fold(name[: each.start()]) in self._keys for each in separators)


def closed(text: str, start: int, end: int) -> int:
    """Return where a name ends whose square brackets are closed; 0 where they cannot be."""
    while text.count("[", start, end) > text.count("]", start, end):
        if end >= len(text) or text[end] != "]":
            return 0
        end += 1
    return 0 if text.count("]", start, end) > text.count("[", start, end) else end
