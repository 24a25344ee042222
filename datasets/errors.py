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


def choice(word: str, options: Sequence[str]) -> str:
    """Return the remedy for a word that is none of some options: the nearest of them, and all."""
    from rapidfuzz import fuzz, process

    near = process.extractOne(word, options, scorer=fuzz.ratio, score_cutoff=60)
    told = f"use one of {', '.join(options)}"
    return told if near is None else f"did you mean {near[0]}? Otherwise {told}"


class AnolyteError(Exception):
    """Base of every error that anolyte raises on purpose.

    Examples
    --------
    >>> from anolyte.datasets import AnolyteError, parse
    >>> try:
    ...     parse("1 LiFSI in DME")
    ... except AnolyteError as error:
    ...     print(error)
    cannot read the electrolyte '1 LiFSI in DME': position 1: '1 LiFSI': amount without a
    unit; write the unit: M, mM or m
    """


class InputError(AnolyteError):
    """An input with one or more faults, all of them listed in `faults`.

    Examples
    --------
    >>> from anolyte.datasets import InputError, parse
    >>> try:
    ...     parse("1 LiFSI in DMEE")
    ... except InputError as error:
    ...     print([f"{fault.value}: {fault.reason}" for fault in error.faults])
    ['1 LiFSI: amount without a unit', 'DMEE: unknown compound']
    """

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
    """A name, alias, CAS number or SMILES that the registry does not hold.

    Examples
    --------
    >>> from anolyte.datasets import UnknownCompoundError, shipped_compounds
    >>> try:
    ...     shipped_compounds()["diglime"]
    ... except UnknownCompoundError as error:
    ...     print(error.faults[0].reason)
    unknown compound
    """


class FormulationError(InputError):
    """A formulation text that does not follow the grammar.

    Examples
    --------
    >>> from anolyte.datasets import FormulationError, parse
    >>> try:
    ...     parse("1 M LiPF6 in EC/DMC (1:1)")
    ... except FormulationError as error:
    ...     print(error.faults[0].place, error.faults[0].reason)
    position 22 ratio without its kind
    """


class TableError(InputError):
    """A table (compounds or measurements) with faults.

    Examples
    --------
    >>> import pandas as pd
    >>> from anolyte.datasets import TableError, read_measurements
    >>> cells = {"electrolyte": "1 M LiFSI in DME", "ce_pct": [-3], "source": "notebook 12"}
    >>> pd.DataFrame(cells).to_csv("my_cells.csv", index=False)
    >>> try:
    ...     read_measurements("my_cells.csv", "Li")
    ... except TableError as error:
    ...     print(error.faults[0].place, error.faults[0].reason)
    row 2, column ce_pct ...
    """


class ModelFileError(AnolyteError):
    """A stored model that is missing, incomplete, altered or of another version.

    Examples
    --------
    >>> from anolyte.datasets import ModelFileError
    >>> from anolyte.models import load_model
    >>> try:
    ...     load_model("nowhere")
    ... except ModelFileError as error:
    ...     print(error)
    no model in nowhere...
    """
