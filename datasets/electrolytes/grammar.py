"""Read a formulation text: the grammar of electrolytes.

    <salts> in <solvents> [+ <additive>]...
    1 M LiPF6 in EC/DMC (1:1 v/v) + 2 wt% VC
    LiFSI/DME/TTE (1:1.2:3 mol/mol)              ratio form, salts included
    ? M NaPF6 in DME + ? wt% FEC                 amounts the source does not give
    1 M ? in H2O + 50 mM glycine                 a salt the source does not name
    1 M LiFSI in {COCCOC}                        a structure instead of a name
    (6.6 M LiFSI in DME)/TTE (1:4 v/v)           a mixture in a mixture
    4.6 M(solution) LiFSI in EC                  per litre of the solution
    2 M ZnSO4·7H2O in H2O                        a hydrate
    LP57 + 2 wt% VC                              a recipe by its name

Wording in print is understood where it leaves no doubt, in three steps: `tokens` cuts the
text, `reading` and `brackets` make `parts` of it, `roles` tells salts, solvents and additives.
What an amount means is `composition`'s business.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from ..compounds.ambiguous import meanings
from ..compounds.registry import CompoundRegistry, shipped_compounds
from ..errors import Fault, FormulationError
from .brackets import PartsReader
from .electrolyte import (
    MAX_COMPONENTS,
    MAX_LENGTH,
    Dose,
    Electrolyte,
    Mixture,
    Share,
    format_number,
)
from .parts import UNKNOWN, Notes
from .phrases import normalise
from .recipes import Recipe
from .roles import Roles
from .tokens import Lexer, grouped

__all__ = [
    "Dose",
    "Electrolyte",
    "Reading",
    "Share",
    "format_number",
    "parse",
    "parse_mixture",
    "read",
]


_CODE = re.compile(r"(?:LP|Gen|BE|E)[ -]?\d{1,3}[A-Z]?")
# What vendors write ahead: `... solution in ..., 1.0 M LiPF6 in EC/EMC=50/50 (v/v)`.
_TITLE = re.compile(
    r".{3,120}?\bsolution in .{3,120}?, (?=\d+(?:\.\d+)?\s?(?:M|mol|m)\b)", re.IGNORECASE
)
# Beyond these a text is broken as a whole.
_MOST_FAULTS = 50


@dataclass(frozen=True, slots=True)
class Reading:
    """An electrolyte and what to say about how its text was read.

    Attributes
    ----------
    electrolyte
        What the text says.
    remarks
        Sentences: recipes that were expanded, abbreviations with a second meaning, structures
        that were read without their stereo centres.
    """

    electrolyte: Electrolyte
    remarks: tuple[str, ...] = ()


def parse(text: str, registry: CompoundRegistry | None = None) -> Electrolyte:
    """Read a formulation.

    Parameters
    ----------
    text
        The formulation, see the module's grammar; wording and signs as in print are
        understood where they leave no doubt.
    registry
        The known compounds; the shipped ones by default.

    Returns
    -------
    Electrolyte
        ``parse(str(electrolyte)) == electrolyte`` holds for every electrolyte.

    Notes
    -----
    Limits, each told where it is passed: `electrolyte.MAX_LENGTH` characters,
    `electrolyte.MAX_COMPONENTS` components, amounts up to `electrolyte.MAX_AMOUNT`;
    names of `names.MAX_NAME_LENGTH` characters; structures of
    `registry.MAX_SMILES_LENGTH` characters and `registry.MAX_HEAVY_ATOMS` heavy atoms.

    Raises
    ------
    FormulationError
        Naming every token at fault, its position and what to write instead.

    Examples
    --------
    >>> from anolyte.datasets import parse
    >>> str(parse("1M LiPF6 in EC:DMC 1:1 vol + 2wt% VC"))
    '1 M LiPF6 in EC/DMC (1:1 v/v) + 2 wt% VC'
    >>> parse("? M NaPF6 in diglyme").has_unknown_amounts
    True
    """
    return read(text, registry).electrolyte


def read(text: str, registry: CompoundRegistry | None = None) -> Reading:
    """Read a formulation as `parse` does, with remarks on how it was read.

    Examples
    --------
    >>> from anolyte.datasets import read
    >>> read("1 M LiFSI in DEE").remarks
    ('DEE is read as 1,2-diethoxyethane; in print it may mean 1,2-diethoxyethane; diethyl ether',)
    """
    if registry is None or registry is shipped_compounds():
        return _read_with_shipped(text)
    return _read(text, registry)


def parse_mixture(text: str, registry: CompoundRegistry | None = None) -> Mixture:
    """Read a mixture that need not hold a salt."""
    found, _ = _mixture(text, registry or shipped_compounds())
    return found


@lru_cache(maxsize=20_000)
def _read_with_shipped(text: str) -> Reading:
    return _read(text, shipped_compounds())


def _read(text: str, registry: CompoundRegistry) -> Reading:
    found, remarks = _mixture(text, registry)
    try:
        electrolyte = Electrolyte(found.salts, found.base, found.ratio_kind, found.additives)
    except FormulationError as error:
        raise _error(text, list(error.faults)) from error
    return Reading(electrolyte, remarks)


@lru_cache(maxsize=256)
def _expanded(recipe: Recipe) -> Mixture:
    return parse_mixture(recipe.formulation, recipe.registry)


def _mixture(text: str, registry: CompoundRegistry) -> tuple[Mixture, tuple[str, ...]]:
    if len(text) > MAX_LENGTH:
        raise _error(
            text, [Fault("formulation", text, f"over {MAX_LENGTH} characters", "shorten it")]
        )
    whole = normalise(text)
    notes = Notes(whole)
    length = len(whole.text)
    # One compatibility character may stand for many plain ones.
    if length > MAX_LENGTH:
        notes.fault(0, length, f"over {MAX_LENGTH} characters", "shorten it")
        raise _error(text, list(notes.faults.values()))
    if not whole.text:
        remedy = "write e.g. 1 M LiPF6 in EC/DMC (1:1 v/v)"
        raise _error(text, [Fault("formulation", "", "empty", remedy)])
    lexer = Lexer(whole, registry, _expanded)
    tokens = lexer.run()
    if lexer.is_too_much():
        notes.fault(0, length, "too many components", f"use up to {MAX_COMPONENTS}")
        raise _error(text, list(notes.faults.values()))
    title = _TITLE.match(whole.text)
    named = [token for token in tokens if title is not None and token.end <= title.end()]
    tree, loose = grouped(tokens[len(named) :])
    for bracket in loose:
        remedy = "close each bracket that is opened"
        notes.fault(bracket.start, bracket.end, "a bracket without its partner", remedy)
    roles = Roles(notes, registry)
    parts = PartsReader(notes, roles.mixture).read(tree)
    found = roles.mixture(parts, 0, length)
    for token in named:
        if token.kind == "unknown" or (
            token.kind == "compound" and found is not None and token.value not in found.compounds
        ):
            remedy = "write the formulation alone"
            notes.fault(token.start, token.end, "named ahead, but not in the formulation", remedy)
    if notes.faults or found is None:
        raise _error(text, [_advised(fault, registry) for fault in notes.faults.values()])
    return found, tuple(notes.remarks)


def _advised(fault: Fault, registry: CompoundRegistry) -> Fault:
    if fault.reason != UNKNOWN:
        return fault
    meant = meanings().get(fault.value)
    if meant is not None:
        remedy = f"it may mean {meant}; write the one that is meant"
        return replace(fault, reason="unknown compound: no abbreviation of one", remedy=remedy)
    if _CODE.fullmatch(fault.value):
        remedy = (
            "write out what its label says, or give your code a formulation in a compounds table"
        )
        return replace(fault, reason="unknown code of an electrolyte", remedy=remedy)
    return replace(fault, remedy=registry.advice(fault.value))


def _error(text: str, faults: list[Fault]) -> FormulationError:
    """Return the error that carries all faults."""
    shown = text if len(text) <= 120 else text[:117] + "..."
    ordered = sorted(faults, key=_place)
    if len(ordered) > _MOST_FAULTS:
        rest = len(ordered) - _MOST_FAULTS
        more = Fault("formulation", "", f"{rest} more faults", "mend the first ones and try again")
        ordered = [*ordered[:_MOST_FAULTS], more]
    return FormulationError(f"cannot read the electrolyte {shown!r}", ordered)


def _place(fault: Fault) -> int:
    word, _, number = fault.place.partition(" ")
    return int(number) if word == "position" and number.isdigit() else 0
