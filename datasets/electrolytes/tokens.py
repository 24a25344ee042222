"""Cut a formulation into tokens: numbers, units, kinds of ratios, compounds, words, signs.

Each token knows its place in the text. What the tokens say together is `reading`'s business.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from ..compounds.ambiguous import is_ambiguous, second_meanings
from ..compounds.names import MAX_NAME_LENGTH
from ..compounds.registry import CompoundRegistry
from .electrolyte import Mixture, Share
from .phrases import Phrase
from .polymers import polymer_at, units_and_salt, units_ratio
from .recipes import NamedMixture, Recipe, recipe_at
from .words import KIND, NUMBER, SINGLE_LETTERS, UNIT, WORD, WORDS, kind_of, unit_of

TokenKind = Literal[
    "number",  # value: float, or None for `?`
    "unit",
    "kind",
    "units",  # value: parts of a polymer's repeat units and of cations
    "compound",
    "recipe",
    "word",  # value: its role, see `words`
    "sign",
    "group",  # value: the tokens inside of a pair of brackets
    "unknown",
]
MOST_TOKENS = 1500
MOST_NAMES = 60
MOST_NESTED = 8
_SIGNS = frozenset("/:+-,;=&\u00b7*|")
_LOCANTS = re.compile(r"\(?\d+(?:,\d+)*(?:,?[a-zA-Z]'?)?-\s?[A-Za-z\[(]")
_COMMA = re.compile(r"\d+,\d+(?![\d,]*-)")
_OPEN = {"(": ")", "[": "]"}


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a formulation.

    Attributes
    ----------
    kind, value
        What it is, and what it stands for.
    start, end
        Its place in the normalised text.
    after_blank
        Whether a blank stands before it.
    remark
        What to say about how it was read.
    """

    kind: TokenKind
    value: Any
    start: int
    end: int
    after_blank: bool = False
    remark: str = ""
    faults: tuple[tuple[str, str], ...] = field(default=())

    def is_sign(self, signs: str) -> bool:
        """Whether it is one of some signs."""
        return self.kind == "sign" and self.value in signs


class Lexer:
    """Cuts one text, with what recipes by name are expanded with; see `tokens`."""

    def __init__(
        self, phrase: Phrase, registry: CompoundRegistry, expand: Callable[[Recipe], Mixture]
    ) -> None:
        self.text = phrase.text
        self.registry = registry
        self.expand = expand
        self.tokens: list[Token] = []
        self.at = 0
        self.components = 0

    def run(self) -> list[Token]:
        """Return the tokens of the text, brackets not yet matched."""
        while self.at < len(self.text) and not self.is_too_much():
            if self.text[self.at] == " ":
                self.at += 1
                continue
            for read in (
                self._structure,
                self._units,
                self._unit,
                self._name,
                self._number,
                self._kind,
                self._word,
                self._sign,
            ):
                token = read()
                if token is not None:
                    break
            else:
                token = self._unknown()
            self.tokens.append(token)
            self.components += token.kind in ("compound", "recipe", "unknown")
            self.at = token.end
        return self.tokens

    def is_too_much(self) -> bool:
        """Whether the text has more pieces than any electrolyte; the rest is left unread."""
        return len(self.tokens) > MOST_TOKENS or self.components > MOST_NAMES

    def _token(
        self, kind: TokenKind, value: Any, end: int, remark: str = "", *faults: Any
    ) -> Token:
        blank = self.at > 0 and self.text[self.at - 1] == " "
        return Token(kind, value, self.at, end, blank, remark, faults)

    @property
    def _last(self) -> Token | None:
        return self.tokens[-1] if self.tokens else None

    def _starts_word(self) -> bool:
        """Whether a word may begin here: not inside of one, though glued behind a number."""
        last = self._last
        if last is not None and last.end == self.at and last.kind in ("number", "unit"):
            return True
        return self.at == 0 or not self.text[self.at - 1].isalnum()

    def _structure(self) -> Token | None:
        if self.text[self.at] != "{":
            return None
        end = self.text.find("}", self.at) + 1
        if not end:
            return self._token("unknown", None, len(self.text))
        smiles = self.text[self.at + 1 : end - 1].strip()
        if "\u00b7" in smiles:
            fault = ("a raised dot in a SMILES", "write . between its parts")
            return self._token("compound", None, end, "", fault)
        try:
            found = self.registry.drawn(smiles)
        except ValueError as error:
            fault = (str(error), "write a neutral SMILES in the braces")
            return self._token("compound", None, end, "", fault)
        return self._token("compound", found.compound, end, found.remark)

    def _units(self) -> Token | None:
        if not self._starts_word():
            return None
        found = units_ratio(self.text, self.at, self.registry)
        return None if found is None else self._token("units", found[1], found[0])

    def _unit(self) -> Token | None:
        last = self._last
        if last is None or last.kind != "number":
            return None
        if self._is_part_of_ratio() and (kind := self._kind()) is not None:
            return kind
        found = UNIT.match(self.text, self.at)
        if found is None:
            return None
        end = found.end()
        if found[0] in SINGLE_LETTERS and end < len(self.text):
            following = self.text[end]
            if following.isalnum() or following in "[{":
                glued = self.registry.named_at(self.text, end) or following in "[{?"
                whole = self.registry.named_at(self.text, self.at)
                if not glued or whole is not None:
                    return None
            elif following in "-/'" and not self._is_unit_before(end):
                return None
        return self._token("unit", unit_of(found), end)

    def _is_unit_before(self, end: int) -> bool:
        # `1 M-LiFSI`, `LiFSI 1 M/DME` against `1 m-xylene`, `(2:1 m/m)`
        return self.registry.named_at(self.text, self.at) is None and self.text[end] != "'"

    def _is_part_of_ratio(self) -> bool:
        last_two = self.tokens[-2:]
        return len(last_two) == 2 and last_two[0].is_sign(":/")

    def _name(self) -> Token | None:
        if not self._starts_word() or not (
            self.text[self.at].isalnum() or self.text[self.at] in "[("
        ):
            return None
        recipe = recipe_at(self.text, self.at, self.registry)
        if recipe is not None:
            end, found_recipe = recipe
            mixture = self.expand(found_recipe)
            salts = tuple((self.registry[s], n) for s, n in found_recipe.salts.items())
            return self._token("recipe", NamedMixture(found_recipe.name, mixture, salts), end)
        salted = units_and_salt(self.text, self.at, self.registry)
        if salted is not None:
            end, polymer, count, salt = salted
            shares = (Share(count, polymer), Share(1.0, salt))
            named = NamedMixture(self.text[self.at : end], Mixture((), shares, "mol/mol"))
            return self._token("recipe", named, end)
        found = polymer_at(self.text, self.at, self.registry) or self.registry.named_at(
            self.text, self.at
        )
        if found is None:
            return None
        written = self.text[self.at : found.end]
        remark = second_meanings(written, found.compound) or found.remark
        return self._token("compound", found.compound, found.end, remark)

    def _number(self) -> Token | None:
        if self.text[self.at] == "?":
            if self.text.startswith("?/?", self.at):
                return self._token("kind", "?/?", self.at + 3)
            return self._token("number", None, self.at + 1)
        if not self._starts_word() or _LOCANTS.match(self.text, self.at):
            return None
        comma = _COMMA.match(self.text, self.at)
        if comma is not None:
            fault = ("decimal comma", "write a decimal point")
            return self._token("number", 1.0, comma.end(), "", fault)
        found = NUMBER.match(self.text, self.at)
        glued = self._last is not None and self._last.end == self.at
        if found is None or (found[0].startswith(".") and glued and self._last_is_name()):
            return None
        return self._token("number", float(found[0]), found.end())

    def _last_is_name(self) -> bool:
        return self._last is not None and self._last.kind in ("compound", "unknown", "word")

    def _kind(self) -> Token | None:
        found = KIND.match(self.text, self.at)
        if found is None or not self._starts_word():
            return None
        if found.end() - found.start() == 1:
            last = self._last
            follows = last is not None and (last.kind == "number" or last.is_sign("=,(:"))
            if not follows or self.text[found.end() : found.end() + 1] in ("-", "'"):
                return None
        end = found.end()
        # The dot of `vol.`
        if self.text[end : end + 1] == "." and not self.text[end + 1 : end + 2].isalnum():
            end += 1
        return self._token("kind", kind_of(found), end)

    def _word(self) -> Token | None:
        found = WORD.match(self.text, self.at) if self._starts_word() else None
        if found is None:
            return None
        role = WORDS.get(found[0].casefold())
        end = found.end()
        if role is None or not _ends_word(self.text, end):
            return None
        return self._token("word", role, end)

    def _sign(self) -> Token | None:
        sign = self.text[self.at]
        if sign in _SIGNS or sign in "()[]":
            return self._token("sign", "&" if sign == "&" else sign, self.at + 1)
        return None

    def _unknown(self) -> Token:
        """Take what is not known up to the next sign, number with a unit, word or compound."""
        end = self.at
        depth = 0
        while end < len(self.text):
            sign = self.text[end]
            if sign in "([" and (depth or self._bracket_of_name(end)):
                depth += 1
            elif sign in ")]":
                if not depth:
                    break
                depth -= 1
            elif not depth and end > self.at and self._ends_unknown(end):
                break
            end += 1
        while end > self.at + 1 and self.text[end - 1] == " ":
            end -= 1
        end = max(end, self.at + 1)
        written = self.text[self.at : end]
        found = None if is_ambiguous(written) else self.registry.named_in_package(written)
        if found is not None:
            return self._token("compound", found.compound, end, found.remark)
        return self._token("unknown", None, end)

    def _bracket_of_name(self, at: int) -> bool:
        """Whether a bracket is part of a name, as in ``Zn(XY)2`` or ``bis(methoxy)silane``."""
        if at == self.at or self.text[at - 1] == " ":
            return at == self.at
        end = self.text.find(_OPEN[self.text[at]], at, at + MAX_NAME_LENGTH) + 1
        return 0 < end < len(self.text) and (self.text[end].isalnum() or self.text[end] in "-)]")

    def _ends_unknown(self, at: int) -> bool:
        sign = self.text[at]
        if sign in "/:+;=&{}([|?":
            return True
        if sign == ",":
            # `1,1,2-trifluoro` keeps its commas.
            return not (self.text[at - 1].isdigit() and self.text[at + 1 : at + 2].isdigit())
        if self.text[at - 1] != " ":
            return False
        if sign == "-" or sign.isdigit():
            return not _LOCANTS.match(self.text, at)
        word = WORD.match(self.text, at)
        if word is not None and word[0].casefold() in WORDS:
            return True
        return self.registry.named_at(self.text, at) is not None


def _ends_word(text: str, at: int) -> bool:
    return at >= len(text) or not (text[at].isalnum() or text[at] in "-'_")


def grouped(tokens: list[Token]) -> tuple[list[Token], list[Token]]:
    """Match the brackets: return the tokens with groups, and the brackets that have no match."""
    stack: list[tuple[Token, list[Token]]] = []
    current: list[Token] = []
    loose: list[Token] = []
    for token in tokens:
        if token.is_sign("([") and len(stack) < MOST_NESTED:
            stack.append((token, current))
            current = []
        elif token.is_sign(")]") and stack and _OPEN[stack[-1][0].value] == token.value:
            opening, outer = stack.pop()
            blank = opening.after_blank
            outer.append(Token("group", current, opening.start, token.end, blank))
            current = outer
        elif token.is_sign("([)]"):
            loose.append(token)
        else:
            current.append(token)
    while stack:
        opening, outer = stack.pop()
        loose.append(opening)
        current = [*outer, *current]
    return current, loose
