"""The pieces of a formulation: components with amounts, ratios, kinds, and notes about them.

`reading` and `brackets` find them in the tokens, `roles` says what they are in the whole.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from ..compounds.registry import Compound
from ..errors import Fault
from .electrolyte import Mixture, RatioKind, Unit
from .phrases import Phrase
from .recipes import NamedMixture

UNKNOWN = "unknown compound"
AnyUnit = Unit | Literal["%"]


@dataclass(frozen=True, slots=True)
class Amount:
    """A number with the unit behind it, or without."""

    value: float | None
    unit: AnyUnit | None
    start: int
    end: int


@dataclass(slots=True)
class Entry:
    """A component as written.

    Attributes
    ----------
    component
        A compound, a mixture in brackets, a recipe, or None: unknown or written ``?``.
    amount
        The amount before or behind it.
    joint
        The sign or word before it: one of ``/ : - , ; + = in and with``, or nothing.
    unnamed
        Whether it is written ``?``.
    """

    component: Compound | Mixture | NamedMixture | None
    start: int
    end: int
    amount: Amount | None = None
    joint: str = ""
    after_in: bool = False
    unnamed: bool = False
    name_end: int = 0

    @property
    def unit(self) -> AnyUnit | None:
        """The unit of its amount."""
        return None if self.amount is None else self.amount.unit

    @property
    def is_plain(self) -> bool:
        """Whether no amount is written with it."""
        return self.amount is None

    @property
    def span(self) -> tuple[int, int]:
        """From the amount to the end of the name, whichever comes first."""
        if self.amount is None:
            return self.start, self.end
        return min(self.start, self.amount.start), max(self.end, self.amount.end)


@dataclass(slots=True)
class Ratio:
    """Numbers such as 1:1.2:3, one None for an unknown ratio, empty for equal parts."""

    parts: list[float | None]
    start: int
    end: int
    kind: RatioKind | None = None
    # Whether it counts a polymer's repeat units against cations, in this order.
    of_units: bool = False


@dataclass(slots=True)
class Parts:
    """The pieces of one formulation, or of one pair of brackets, in written order."""

    entries: list[Entry] = field(default_factory=list)
    ratios: list[Ratio] = field(default_factory=list)
    kinds: list[tuple[RatioKind, int]] = field(default_factory=list)
    amounts: list[Amount] = field(default_factory=list)
    names_of_ratio: list[Entry] = field(default_factory=list)
    ins: int = 0
    aqueous: bool = False
    # Where "aqueous" closes the salts, as in `2 M ZnSO4 aqueous solution with ...`.
    aqueous_at: int | None = None
    joint: str = ""

    @property
    def is_formulation(self) -> bool:
        """Whether it tells of components with amounts or shares of their own."""
        dosed = any(not entry.is_plain for entry in self.entries)
        plain = any(entry.is_plain for entry in self.entries)
        return (dosed and (plain or self.aqueous)) or bool(self.ins)


class Notes:
    """Collects faults and remarks at their places in the user's text."""

    def __init__(self, phrase: Phrase) -> None:
        self.phrase = phrase
        self.faults: dict[tuple[int, int, str], Fault] = {}
        self.remarks: dict[str, None] = {}

    def fault(self, start: int, end: int, reason: str, remedy: str) -> None:
        """Note what is wrong with a piece of the text."""
        piece = self.phrase.cut(start, end)
        self.faults.setdefault(
            (start, end, reason), Fault(f"position {piece.position}", piece.text, reason, remedy)
        )

    def forgive(self, start: int, end: int) -> None:
        """Take back that a piece of the text is an unknown compound."""
        self.faults.pop((start, end, UNKNOWN), None)

    def remark(self, text: str) -> None:
        """Note what to say about a reading."""
        if text:
            self.remarks.setdefault(text)

    def words(self, start: int, end: int) -> str:
        """Return a piece of the text as normalised."""
        return self.phrase.cut(start, end).text
