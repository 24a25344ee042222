"""Pieces of a formulation text that remember where they stood in what the user wrote."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_SIGNS = {
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe63\uff0d", "-"),
    **dict.fromkeys("\u2219\u22c5\u2022\u2027\u30fb", "\u00b7"),
    **dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff\u00ad", ""),
    "\u2236": ":",
    "\u00d7": "*",
    "\u2215": "/",
    "\u2044": "/",
    "\u3010": "[",
    "\u3011": "]",
}
_OPENING = {"(": ")", "[": "]", "{": "}"}


@dataclass(frozen=True, slots=True)
class Phrase:
    """A piece of normalised text with, per character, its index in the original."""

    text: str
    origin: tuple[int, ...]
    # Where an empty piece would stand.
    place: int = 0

    @property
    def position(self) -> int:
        """Place of the first character in the user's text, counted from 1."""
        return (self.origin[0] if self.origin else self.place) + 1

    def cut(self, start: int, end: int) -> Phrase:
        """Return the piece between two indices, without outer white space."""
        while start < end and self.text[start].isspace():
            start += 1
        while end > start and self.text[end - 1].isspace():
            end -= 1
        origin = self.origin[start:end]
        place = self.origin[min(start, len(self.origin) - 1)] if self.origin else self.place
        return Phrase(self.text[start:end], origin, place)

    def part(self, match: re.Match[str], group: str) -> Phrase:
        """Return the piece that a named group of a match on this phrase covers."""
        return self.cut(*match.span(group))

    def split(self, separator: str) -> list[Phrase]:
        """Split at a regular expression wherever it matches outside of brackets."""
        nested = _nested(self.text)
        pieces = []
        start = 0
        for match in re.finditer(separator, self.text):
            if not nested[match.start()]:
                pieces.append(self.cut(start, match.start()))
                start = match.end()
        pieces.append(self.cut(start, len(self.text)))
        return pieces

    def partition(self, separator: str) -> tuple[Phrase | None, Phrase]:
        """Split at the first match outside of brackets; without one, all is the second."""
        nested = _nested(self.text)
        for match in re.finditer(separator, self.text, flags=re.IGNORECASE):
            if not nested[match.start()]:
                return self.cut(0, match.start()), self.cut(match.end(), len(self.text))
        return None, self


def normalise(text: str) -> Phrase:
    """Replace compatibility forms, odd blanks, dashes and dots by their plain sign.

    Several blanks become one: no pattern of the grammar has to look at a run of them.
    """
    characters: list[str] = []
    origin: list[int] = []
    for index, character in enumerate(text):
        plain = _SIGNS.get(character)
        if plain is None:
            plain = character if character.isascii() else unicodedata.normalize("NFKC", character)
        for piece in map(_plain, plain):
            if piece.isspace() and characters and characters[-1] == " ":
                continue
            characters.append(" " if piece.isspace() else piece)
            origin.append(index)
    phrase = Phrase("".join(characters), tuple(origin))
    return phrase.cut(0, len(phrase.text))


def _plain(sign: str) -> str:
    # The superscript minus becomes a minus sign only by its compatibility form.
    return _SIGNS.get(sign) or sign


def _nested(text: str) -> list[bool]:
    """Say for each character whether it stands inside brackets."""
    depth = 0
    nested = []
    for character in text:
        if character in _OPENING.values():
            depth = max(0, depth - 1)
        nested.append(depth > 0)
        if character in _OPENING:
            depth += 1
    return nested
