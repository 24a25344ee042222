"""Named errors of anolyte, each carrying what was found, where, and how to mend it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

# Lines of one message; `InputError.faults` holds all faults, however many.
MAX_SHOWN = 500


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with an input.

    Attributes
    ----------
    place
        Where it stands, for example ``row 7, column ce_pct`` or ``position 12``.
    value
        The offending text, shortened for display.
    reason
        What is wrong with it.
    remedy
        What the user can do about it.
    """

    place: str
    value: str
    reason: str
    remedy: str

    def __str__(self) -> str:
        shown = self.value if len(self.value) <= 80 else self.value[:77] + "..."
        return f"{self.place}: {shown!r}: {self.reason}; {self.remedy}"


class AnolyteError(Exception):
    """Base of every error that anolyte raises on purpose."""


class InputError(AnolyteError):
    """An input with one or more faults, all of them listed in `faults`."""

    def __init__(self, heading: str, faults: Iterable[Fault]) -> None:
        self.heading = heading
        self.faults: Sequence[Fault] = tuple(faults)
        super().__init__(heading, self.faults)

    def __str__(self) -> str:
        if not self.faults:
            return self.heading
        if len(self.faults) == 1:
            return f"{self.heading}: {self.faults[0]}"
        lines = "\n".join(f"  {fault}" for fault in self.faults[:MAX_SHOWN])
        if len(self.faults) > MAX_SHOWN:
            lines += f"\n  ... and {len(self.faults) - MAX_SHOWN:,} more"
        return f"{self.heading}: {len(self.faults)} faults\n{lines}"


class UnknownCompoundError(InputError):
    """A name, alias, CAS number or SMILES that the registry does not hold."""


class FormulationError(InputError):
    """A formulation text that does not follow the grammar."""


class TableError(InputError):
    """A table (compounds or measurements) with faults."""


class ModelFileError(AnolyteError):
    """A stored model that is missing, incomplete, altered or of another version."""
