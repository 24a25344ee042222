"""Read brackets in a formulation: an amount, a ratio, another name, or a mixture of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from ..compounds.registry import Compound
from .electrolyte import Mixture
from .parts import Entry, Notes, Parts
from .reading import PERCENT, Reading
from .recipes import NamedMixture
from .tokens import Token

MakeMixture = Callable[[Parts, int, int], Mixture | None]


class PartsReader:
    """Reads tokens into `Parts`; brackets within call it again."""

    def __init__(self, notes: Notes, mixture: MakeMixture) -> None:
        self.notes = notes
        # Makes a mixture of the parts within brackets, see `roles.Roles.mixture`.
        self.mixture = mixture

    def read(self, tokens: list[Token]) -> Parts:
        """Return the pieces that some tokens tell of."""
        if (
            len(tokens) > 2
            and tokens[0].kind == "recipe"
            and tokens[1].is_sign("=:")
            and any(token.kind == "unit" for token in tokens)
        ):
            # `LP30 = 1 M LiPF6 in ...`: what is written counts.
            tokens = [tokens[0], Token("group", tokens[2:], tokens[2].start, tokens[-1].end)]
        return _BracketReading(self, tokens).parts()


class _BracketReading(Reading):
    def __init__(self, reader: PartsReader, tokens: list[Token]) -> None:
        super().__init__(reader.notes, tokens)
        self.reader = reader

    def group(self, token: Token) -> None:
        inner = self.reader.read(token.value)
        self.unknown_kind(inner)
        if not inner.entries and self.joint in ("/", ":", "+", "-"):
            self.nameless(self.joint_end, self.joint_end)
        if self.pending is not None and not inner.entries:
            self.settle()
        last = self.found.entries[-1] if self.found.entries else None
        glued = last is not None and not self.joint and self.pending is None
        if not inner.entries:
            self.qualify(inner, last if self.touching and not self.joint else None, token)
        elif inner.is_formulation:
            self.formulation(inner, last if glued else None, token)
        elif glued and last is not None and not self.leads(inner, last):
            self.other_names(inner, last, token)
        elif self.pending is not None and len(inner.entries) == 1 and not inner.ratios:
            self.entry(inner.entries[0].component, token)
        else:
            self.inline(inner, token)

    def unknown_kind(self, inner: Parts) -> None:
        """Take an unknown word behind a ratio for its kind: ``(1:1 x)``."""
        if len(inner.ratios) != 1 or len(inner.entries) != 1 or inner.kinds:
            return
        ratio, entry = inner.ratios[0], inner.entries[0]
        text = self.notes.words(entry.start, entry.end)
        if entry.component is None and entry.start > ratio.start and ratio.kind is None:
            self.notes.forgive(entry.start, entry.name_end)
            self.notes.fault(
                ratio.start,
                ratio.end,
                f"ratio of unknown kind {text!r}",
                "write v/v, w/w or mol/mol",
            )
            ratio.kind = "?/?"
            inner.entries = []

    def leads(self, inner: Parts, last: Entry) -> bool:
        """Whether the brackets hold solvents, or another name of what comes next.

        As in ``1 M LiPF6 (EC/DMC, 1:1 v/v)`` and ``1 M LiFSI (dipropyl ether) DPE``.
        """
        first = inner.entries[0].component
        if last.is_plain or not isinstance(first, Compound) or first == last.component:
            return False
        if len(inner.entries) > 1:
            return bool(inner.ratios) and all(entry.is_plain for entry in inner.entries)
        following = self.peek()
        return following is not None and following.kind == "compound"

    def qualify(self, inner: Parts, last: Entry | None, token: Token) -> None:
        """Take an amount, ratio or kind in brackets for that of what stands before them."""
        for amount in inner.amounts:
            if last is None or amount.unit is None:
                self.found.amounts.append(amount)
            elif last.amount is None:
                last.amount = amount
            elif (last.amount.value, last.amount.unit) != (amount.value, amount.unit):
                self.notes.fault(*last.span, "two amounts of one compound", "give one of them")
        if inner.kinds and not inner.ratios and last is not None and last.unit == "%":
            kind = inner.kinds[0][0]
            last.amount = replace(last.amount, unit=PERCENT[kind])  # type: ignore[type-var]
        elif inner.kinds and not inner.ratios and self.last_is_ratio:
            ratio = self.found.ratios[-1]
            if ratio.kind in (None, inner.kinds[0][0]):
                ratio.kind = inner.kinds[0][0]
            else:
                self.found.kinds += inner.kinds
        else:
            self.found.kinds += inner.kinds
        self.found.ratios += inner.ratios
        self.found.aqueous |= inner.aqueous
        self.last_is_ratio = self.last_is_ratio or bool(inner.ratios)
        if not (inner.amounts or inner.ratios or inner.kinds or inner.aqueous):
            self.notes.fault(
                token.start, token.end, "nothing known in the brackets", "leave them out"
            )

    def formulation(self, inner: Parts, last: Entry | None, token: Token) -> None:
        mixture = self.reader.mixture(inner, token.start, token.end)
        if last is not None and isinstance(last.component, NamedMixture):
            self.compare(last.component, mixture)
            last.component, last.end = mixture, token.end
        elif last is not None:
            self.notes.fault(
                token.start,
                token.end,
                "a formulation behind a name",
                "write it alone, or use + or /",
            )
        else:
            self.entry(mixture, token)

    def compare(self, recipe: NamedMixture, mixture: Mixture | None) -> None:
        if mixture is not None and str(mixture) != str(recipe.mixture):
            self.notes.remark(
                f"{recipe.name} is read as written here, it is usually {recipe.mixture}"
            )

    def inline(self, inner: Parts, token: Token) -> None:
        """Take brackets around solvents and their ratio for nothing, or for a mixture."""
        following = self.peek()
        if inner.ratios and (
            self.joint in ("/", ":") or (following is not None and following.is_sign("/:"))
        ):
            self.entry(self.reader.mixture(inner, token.start, token.end), token)
            return
        self.named_ahead = len(inner.entries) == 1 and not inner.ratios
        for number, entry in enumerate(inner.entries):
            entry.after_in = self.found.ins > 0
            if number == 0:
                entry.joint = self.joint
                entry.amount = entry.amount or self.pending
                self.pending = None
            self.found.entries.append(entry)
        self.found.ratios += inner.ratios
        self.found.kinds += inner.kinds
        self.found.names_of_ratio += inner.names_of_ratio
        self.joint, self.touching, self.last_is_ratio = "", not inner.ratios, bool(inner.ratios)

    def other_names(self, inner: Parts, last: Entry, token: Token) -> None:
        """Check that names in brackets are those of the components before them."""
        names = inner.entries
        if len(names) == 1 and isinstance(names[0].component, NamedMixture):
            self.found.names_of_ratio.append(names[0])
        elif len(names) == 1 or all(each.component == names[0].component for each in names[1:]):
            for each in names:
                self.names.same(last, each)
        else:
            self.names_of_list(inner, token)
        for amount in [*inner.amounts, *(e.amount for e in names if e.amount is not None)]:
            if last.amount is None:
                last.amount = amount
            elif (last.amount.value, last.amount.unit) != (amount.value, amount.unit):
                self.notes.fault(*last.span, "two amounts of one compound", "give one of them")
        self.found.ratios += inner.ratios
        self.found.kinds += inner.kinds
        last.end = max(last.end, last.name_end)
        self.last_is_ratio = bool(inner.ratios)
        self.touching = not inner.ratios

    def names_of_list(self, inner: Parts, token: Token) -> None:
        known = {str(each.component) for each in self.found.entries}
        if not all(str(each.component) in known for each in inner.entries):
            self.notes.fault(
                token.start,
                token.end,
                "names in brackets that are not those before them",
                "write each component once",
            )
        elif inner.ratios and len({str(e.component) for e in inner.entries}) == len(inner.entries):
            self.found.names_of_ratio = inner.entries
