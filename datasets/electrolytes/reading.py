"""Read the tokens of one level of brackets into parts: amounts, ratios, components, words."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ..compounds.names import MAX_NAME_LENGTH
from .electrolyte import RatioKind
from .other_names import OtherNames
from .parts import UNKNOWN, Amount, AnyUnit, Entry, Notes, Parts, Ratio
from .tokens import Token

PERCENT: dict[RatioKind, AnyUnit] = {"v/v": "vol%", "w/w": "wt%", "mol/mol": "mol%", "?/?": "%"}
# The advice for each name takes its place, see `grammar`.
_ADVICE = "advice"
_NAMING = ("compound", "unknown", "recipe", "unit")


class Reading:
    """One pass over the tokens of one level of brackets; what is in brackets, a subclass reads."""

    def __init__(self, notes: Notes, tokens: list[Token]) -> None:
        self.notes = notes
        self.names = OtherNames(notes)
        self.tokens = tokens
        self.found = Parts()
        self.at = 0
        self.joint = ""
        self.joint_end = 0
        self.pending: Amount | None = None
        # Whether nothing stands between the last entry and here.
        self.touching = False
        self.last_is_ratio = False
        self.equal = False
        self.named_ahead = False

    def parts(self) -> Parts:
        """Return what the tokens tell of."""
        handlers = {
            "number": self.number,
            "kind": self.kind,
            "units": self.units,
            "compound": self.component,
            "recipe": self.component,
            "unknown": self.component,
            "word": self.word,
            "sign": self.sign,
            "group": self.group,
            "unit": self.stray,
        }
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            self.at += 1
            for reason, remedy in token.faults:
                self.notes.fault(*self.span_of(token, reason), reason, remedy)
            self.notes.remark(token.remark)
            handlers[token.kind](token)
        self.settle()
        if self.joint in ("/", ":", "+", "-"):
            self.nameless(self.joint_end, self.joint_end)
        self.found.joint = self.joint
        return self.found

    def peek(self) -> Token | None:
        """Return the next token, if there is one."""
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def span_of(self, token: Token, reason: str) -> tuple[int, int]:
        """Return the place of a fault: a decimal comma is shown with what it is the amount of."""
        if reason != "decimal comma":
            return token.start, token.end
        end = token.end
        rest = self.tokens[self.at : self.at + 2]
        if rest and rest[0].kind == "unit":
            end = rest[-1].end if rest[-1].kind in ("compound", "unknown") else rest[0].end
        return token.start, end

    @property
    def adjacent(self) -> bool:
        """Whether nothing but an equals sign stands between the last entry and here."""
        return self.touching and self.joint in ("", "=")

    # --- amounts and ratios

    def number(self, token: Token) -> None:
        """Read a ratio, or an amount whose compound comes next or came before."""
        following = self.peek()
        if token.value is None and self.unnamed(token, following):
            return
        numbers = [token]
        while (ahead := self.tokens[self.at : self.at + 2]) and len(ahead) == 2:
            if not ahead[0].is_sign(":/") or ahead[1].kind != "number":
                break
            numbers.append(ahead[1])
            for reason, remedy in ahead[1].faults:
                self.notes.fault(ahead[1].start, ahead[1].end, reason, remedy)
            self.at += 2
        following = self.peek()
        is_kind = following is not None and following.kind == "kind"
        before = self.tokens[self.at - 2 * len(numbers)] if self.at >= 2 * len(numbers) else None
        dashed = [
            t for t in self.tokens[self.at : self.at + 2] if t.kind == "number" or t.is_sign("-")
        ]
        if (len(numbers) > 1 and self.is_negative(before)) or self.is_dashed(dashed):
            first = token.start if before is None or not before.is_sign("-") else before.start
            last = dashed[-1].end if len(dashed) == 2 else numbers[-1].end
            remedy = "write e.g. (1:1 v/v)"
            self.notes.fault(first, last, "negative part, or a dash for a colon", remedy)
            self.joint = ""
            self.at += len(dashed) if len(dashed) == 2 else 0
        if len(numbers) > 1 or (is_kind and self.pending is None):
            self.settle()
            self.ratio([each.value for each in numbers], token.start, numbers[-1].end)
            return
        self.settle()
        end, unit = token.end, None
        if following is not None and following.kind == "unit":
            end, unit = following.end, following.value
            self.at += 1
        start = token.start
        before = (
            self.tokens[self.at - (3 if unit else 2)] if self.at >= (3 if unit else 2) else None
        )
        if self.is_negative(before):
            assert before is not None
            rest = self.peek()
            shown = rest.end if rest is not None and rest.kind in ("compound", "unknown") else end
            self.notes.fault(before.start, shown, "negative amount", "give a positive amount, or ?")
            self.joint = ""
        self.pending = Amount(token.value, unit, start, end)

    def is_dashed(self, tokens: list[Token]) -> bool:
        """Whether a dash, a number and the kind of a ratio follow: ``1-1 v/v``."""
        behind = self.tokens[self.at + 2 : self.at + 3]
        is_kind = bool(behind) and behind[0].kind == "kind"
        return is_kind and [token.kind for token in tokens] == ["sign", "number"]

    def is_negative(self, before: Token | None) -> bool:
        """Whether a dash before a number is a minus: no component stands before it."""
        if before is None or not before.is_sign("-"):
            return False
        index = self.tokens.index(before)
        return index == 0 or self.tokens[index - 1].kind == "sign"

    def unnamed(self, token: Token, following: Token | None) -> bool:
        """Take ``?`` for a name where it is no amount and no ratio."""
        if following is not None and following.kind in ("unit", "kind"):
            return False
        if following is not None and following.is_sign(":"):
            return False
        self.entry(None, token, unnamed=True)
        return True

    def ratio(self, parts: list[float | None], start: int, end: int) -> None:
        """Note a ratio; a kind may follow."""
        self.found.ratios.append(Ratio(parts, start, end))
        self.last_is_ratio = True
        self.touching = False
        self.joint = self.joint or "="
        following = self.peek()
        if following is not None and following.kind == "unit":
            self.notes.fault(
                following.start, following.end, "a unit behind a ratio", "write v/v, w/w or mol/mol"
            )
            self.at += 1

    def units(self, token: Token) -> None:
        """Note a ratio of repeat units to cations."""
        self.settle()
        ratio = Ratio(list(token.value), token.start, token.end, "mol/mol", of_units=True)
        self.found.ratios.append(ratio)
        self.last_is_ratio, self.touching, self.joint = True, False, self.joint or "="

    def kind(self, token: Token) -> None:
        """Give a kind to the ratio before it, to bare percents, or to the ratio that comes."""
        self.settle()
        if self.equal:
            self.ratio([], token.start, token.end)
        last = self.found.entries[-1] if self.found.entries else None
        if self.last_is_ratio and self.found.ratios[-1].kind in (None, token.value):
            self.found.ratios[-1].kind = token.value
        elif self.touching and last is not None and last.unit == "%":
            last.amount = replace(last.amount, unit=PERCENT[token.value])  # type: ignore[type-var]
        else:
            self.found.kinds.append((token.value, token.start))
            self.joint = self.joint or "="
        self.equal = False

    def settle(self) -> None:
        """Give an amount that no name follows to the name before it."""
        amount, self.pending = self.pending, None
        if amount is None:
            return
        last = self.found.entries[-1] if self.found.entries else None
        if last is not None and last.is_plain and self.adjacent and amount.unit is not None:
            last.amount = amount
            self.joint = ""
        else:
            self.found.amounts.append(amount)

    # --- components

    def component(self, token: Token) -> None:
        """Note a compound, a recipe or an unknown name with the amount before it."""
        if token.kind == "unknown":
            self.unknown(token)
        last = self.found.entries[-1] if self.found.entries else None
        if last is not None and self.touching and self.pending is None:
            if self.named_ahead and not self.joint:
                self.named_ahead = False
                self.names.same(
                    last, Entry(token.value, token.start, token.end, name_end=token.end)
                )
                return
            again = token.kind == "compound" and token.value == last.component
            if again and self.joint in ("", ",") and last.component is not None:
                last.end, self.joint = token.end, ""
                return
        if self.pending is not None and self.adjacent and last is not None and last.is_plain:
            remedy = "put + between two components, e.g. PC + 5 vol% FEC"
            self.notes.fault(
                last.start, token.end, "an amount between two compounds: of which?", remedy
            )
        self.entry(token.value, token)

    def unknown(self, token: Token) -> None:
        """Note a name that is not known."""
        text = self.notes.words(token.start, token.end)
        if not text or len(text) > MAX_NAME_LENGTH:
            self.nameless(token.start, token.end)
        else:
            self.notes.fault(token.start, token.end, UNKNOWN, _ADVICE)

    def nameless(self, start: int, end: int) -> None:
        """Note that a name is missing."""
        self.notes.fault(start, end, "no compound name", "name a compound, or write {SMILES}")

    def entry(self, component: Any, token: Token, unnamed: bool = False) -> Entry:
        """Add a component."""
        amount, self.pending = self.pending, None
        made = Entry(
            component,
            token.start,
            token.end,
            amount,
            self.joint,
            self.found.ins > 0,
            unnamed,
            token.end,
        )
        self.found.entries.append(made)
        self.joint, self.touching, self.last_is_ratio = "", True, False
        self.named_ahead = False
        return made

    # --- words and signs

    def word(self, token: Token) -> None:
        """Read a word: what joins, what separates, what asks."""
        role = token.value
        if role == "or":
            self.notes.fault(
                token.start, token.end, "leaves open which", "write one formulation for each"
            )
        elif role == "vague":
            remedy = "write the amount, or ? with its unit, e.g. ? wt%"
            self.notes.fault(token.start, token.end, "says no amount", remedy)
        elif role == "aqueous":
            self.found.aqueous = True
            if self.found.entries and self.pending is None:
                self.found.aqueous_at = token.start
        elif role == "equal":
            self.equal = True
        elif role == "in" and self.separates():
            self.settle()
            if self.found.entries or self.found.amounts:
                self.found.ins += 1
                if self.found.ins > 1:
                    self.notes.fault(
                        token.start, token.end, "a second 'in'", "name all solvents behind one"
                    )
            self.joint, self.touching, self.last_is_ratio = "in", False, False
        elif role in ("join", "with"):
            self.settle()
            self.joint = "and" if role == "join" else "with"
            self.touching = False

    def separates(self) -> bool:
        """Whether names follow this `in`, and not only a ratio: `in 1:1 volume ratio`."""
        for at, token in enumerate(self.tokens[self.at :], start=self.at):
            inside = token.value if token.kind == "group" else [token]
            if any(each.kind in _NAMING for each in inside) or token.value == "aqueous":
                return True
            if token.kind == "number" and token.value is None:
                return not any(each.kind == "kind" for each in self.tokens[at + 1 : at + 2])
            passed = token.kind == "word" and token.value in ("noise", "equal")
            if token.is_sign("+,;&") or (token.kind == "word" and not passed):
                return False
        return False

    def sign(self, token: Token) -> None:
        """Read a sign between components."""
        sign = "and" if token.value == "&" else token.value
        if sign in "*|":
            self.notes.fault(token.start, token.end, "a sign without meaning here", "leave it out")
            return
        if sign == "\u00b7":
            sign = "-"
        touching = self.touching
        if not (sign == "=" and touching) and not (sign == "," and self.last_is_ratio):
            self.settle()
        if sign == "=" or (sign == "," and self.last_is_ratio):
            self.joint = self.joint or ("" if sign == "=" else ",")
            return
        if sign in "/:" and self.joint in ("/", ":") and self.found.entries:
            self.nameless(token.start, token.start)
        following = self.peek()
        if sign == "-" and self.joint and following is not None and following.kind == "number":
            return
        self.joint, self.joint_end, self.touching = sign, token.end, sign == ","
        if sign not in ",:":
            self.last_is_ratio = False

    def stray(self, token: Token) -> None:
        """Note a unit without a number."""
        self.notes.fault(
            token.start, token.end, "a unit without its number", "write e.g. 1 M LiPF6"
        )

    def group(self, token: Token) -> None:
        """Read what stands in brackets."""
        raise NotImplementedError
