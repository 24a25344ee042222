"""Constraints: what every candidate has to satisfy, and what happens where nothing is known.

What depends on a compound alone shortens the axes of a space (`Constraints.allows`); what
depends on amounts masks the candidates of a chunk (`Constraints.mask`). Where the answer is
unknown a constraint keeps the candidate, drops it, or keeps it and says so (``flag``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

import numpy as np
from anolyte.datasets.compounds.registry import Compound
from anolyte.datasets.errors import Fault, InputError, choice
from anolyte.features.arrays import Flags, Verdicts
from anolyte.features.families import as_family, in_families
from anolyte.features.mixtures import Mixtures
from anolyte.models.property_columns import Properties

from .rules import FAIL, PASS, RULES, UNKNOWN, Rule
from .selectors import matches, read_selector

NO_PROPERTIES = Properties()
Policy = Literal["keep", "drop", "flag"]
POLICIES: tuple[Policy, ...] = get_args(Policy)
EXCLUDE = "exclude"
FAMILY = "family"
# Constraints whose limit is a list of words.
WORDS = (EXCLUDE, FAMILY)
# Constraints that are switched on, not given a number.
SWITCHES = ("within_solubility", "without_gated")
NAMES = (*WORDS, *RULES)
_NOTHING = {
    EXCLUDE: ("nothing to exclude", "compounds or classes"),
    FAMILY: ("no family", "families, e.g. LHCE"),
}
# A limit below 0 makes no sense for these.
_NOT_NEGATIVE = ("max_",)


@dataclass(frozen=True)
class Constraint:
    """One constraint.

    Attributes
    ----------
    name
        One of `NAMES`.
    limit
        The number; for ``exclude`` the selectors of what is banned, see `selectors`; for
        ``family`` the families of which a candidate has to be one, see
        `anolyte.features.families`.
    unknown
        What becomes of a candidate of which the constraint cannot tell.

    Raises
    ------
    InputError
        If the name is unknown, or the limit or policy unfit.

    Examples
    --------
    >>> from anolyte.experiments import Constraint
    >>> str(Constraint("max_fluorine_wt_pct", 20.0))
    'at most 20 wt% fluorine'
    >>> str(Constraint("family", ("LHCE", "HCE")))
    'one of the families LHCE, HCE'
    """

    name: str
    limit: float | tuple[str, ...]
    unknown: Policy = "flag"

    def __post_init__(self) -> None:
        faults = list(_faults(self))
        if faults:
            raise InputError("impossible constraint", faults)

    @property
    def number(self) -> float:
        """The limit as a number; 0 where it is a list of words."""
        return 0.0 if isinstance(self.limit, tuple) else float(self.limit)

    @property
    def rule(self) -> Rule | None:
        """The rule of the name; ``exclude`` and ``family`` have none."""
        return RULES.get(self.name)

    def judge(self, compound: Compound) -> bool | None:
        """Whether a compound may be in a candidate at all; None if one cannot say."""
        if isinstance(self.limit, tuple) and self.name == EXCLUDE:
            found = matches(compound, self.limit)
            return None if found is None else not found
        if self.rule is None or self.rule.compound is None:
            return True
        return self.rule.compound(compound, self.number)

    def verdicts(self, mixtures: Mixtures) -> Verdicts:
        """Return pass, fail or unknown for each mixture (n,), see `rules`."""
        worst = np.full(len(mixtures), PASS, dtype=np.int8)
        if isinstance(self.limit, tuple) and self.name == FAMILY:
            return np.where(in_families(mixtures, self.limit), PASS, FAIL).astype(np.int8)
        if self.rule is not None and self.rule.mixtures is not None:
            worst = self.rule.mixtures(mixtures, self.number)
        answers = [self.judge(compound) for compound in mixtures.compounds]
        if all(answers):
            return worst
        present = mixtures.mole_fractions > 0
        unknown = present @ np.array([answer is None for answer in answers])
        failed = present @ np.array([answer is False for answer in answers])
        worst = np.where((worst == PASS) & unknown, UNKNOWN, worst)
        return np.where(failed, FAIL, worst).astype(np.int8)

    def admits(self, mixtures: Mixtures, properties: Properties) -> Verdicts:
        """Return pass, fail or unknown for each mixture (n,) by what is predicted of it."""
        name = "" if self.rule is None else self.rule.at_least
        if not name:
            return np.full(len(mixtures), PASS, dtype=np.int8)
        value = properties.value(name, mixtures)
        known = np.where(value >= self.number, PASS, FAIL)
        return np.where(np.isnan(value), UNKNOWN, known).astype(np.int8)

    def doubts(self, mixtures: Mixtures, properties: Properties = NO_PROPERTIES) -> list[str]:
        """Return what is unknown of each mixture, empty where all is known."""
        verdicts = np.minimum(self.verdicts(mixtures), self.admits(mixtures, properties))
        texts = [""] * len(mixtures)
        what = "whether it is excluded" if self.rule is None else self.rule.missing
        for row in np.flatnonzero(verdicts == UNKNOWN):
            columns = np.flatnonzero(mixtures.mole_fractions[row] > 0)
            present = [mixtures.compounds[column] for column in columns]
            names = ", ".join(str(compound) for compound in present if self._lacks(compound))
            texts[row] = f"{what} unknown" + (f": {names}" if names else "")
        return texts

    def _lacks(self, compound: Compound) -> bool:
        lacks = None if self.rule is None else self.rule.lacks
        missing = lacks is not None and lacks(compound, self.number)
        return missing or self.judge(compound) is None

    def __str__(self) -> str:
        if isinstance(self.limit, tuple):
            listed = ", ".join(self.limit)
            if self.name == FAMILY:
                return f"one of the families {listed}"
            return f"without {listed} (unknown: {self.unknown})"
        says = RULES[self.name].says.format(limit=self.number)
        return f"{says} (unknown: {self.unknown})" if RULES[self.name].missing else says


def _faults(constraint: Constraint) -> Iterator[Fault]:
    name, limit = constraint.name, constraint.limit
    if name not in NAMES:
        yield Fault(name, name, "unknown constraint", choice(name, NAMES))
    if constraint.unknown not in POLICIES:
        remedy = choice(str(constraint.unknown), POLICIES)
        yield Fault(name, str(constraint.unknown), "unknown policy", remedy)
    if name in WORDS:
        yield from _word_faults(name, limit if isinstance(limit, tuple) else ())
        return
    if isinstance(limit, bool) or not isinstance(limit, (int, float)) or not np.isfinite(limit):
        yield Fault(name, str(limit), "no number", "write a number, or true for a switch")
    elif name.startswith(_NOT_NEGATIVE) and limit < 0:
        yield Fault(name, str(limit), "below 0", "write 0 or more")


def _word_faults(name: str, texts: tuple[str, ...]) -> Iterator[Fault]:
    if not texts:
        reason, what = _NOTHING[name]
        yield Fault(name, "", reason, f"list {what}")
    for text in texts:
        try:
            if name == EXCLUDE:
                read_selector(text)
            else:
                as_family(text)
        except InputError as error:
            yield from (replace(fault, place=name) for fault in error.faults)
        except ValueError as error:
            told, _, remedy = str(error).partition(": ")
            yield Fault(name, text, told.partition(" '")[0], remedy)


@dataclass(frozen=True)
class Constraints:
    """Constraints that hold together; empty by default.

    Examples
    --------
    >>> from anolyte.experiments import CandidateSpace, Constraint, Constraints
    >>> space = CandidateSpace.read("Mg")
    >>> lean = space.constrained(Constraints((Constraint("max_fluorine_wt_pct", 5.0),)))
    >>> lean.describe()["constraints"]
    ['at most 5 wt% fluorine']
    """

    items: tuple[Constraint, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.items)

    @property
    def drop(self) -> bool:
        """Whether any drops what it cannot tell."""
        return any(each.unknown == "drop" for each in self.items)

    def joined(self, other: Constraints) -> Constraints:
        """Return both together."""
        return Constraints((*self.items, *(each for each in other.items if each not in self.items)))

    @property
    def predicted(self) -> tuple[str, ...]:
        """Short names of the properties that have to be predicted for `admits`."""
        rules = (each.rule for each in self.items)
        return tuple(rule.at_least for rule in rules if rule is not None and rule.at_least)

    def check(self, properties: Properties, metal: str) -> None:
        """Raise ValueError if a property has to be predicted that no model predicts."""
        for name in self.predicted:
            if name not in properties.models:
                raise ValueError(f"no model predicts the {name} of {metal}: leave out its limit")

    def admits(
        self, mixtures: Mixtures, properties: Properties, among: Flags | None = None
    ) -> Flags:
        """Return which mixtures (n,) satisfy the limits of what is predicted of them.

        Apart from `mask`, since it costs more: it is asked of those `among` alone.
        """
        keep = np.ones(len(mixtures), dtype=bool) if among is None else among.copy()
        if not self.predicted or not keep.any():
            return keep
        some = mixtures if keep.all() else mixtures.take(keep)
        admitted = np.ones(len(some), dtype=bool)
        for each in self.items:
            verdicts = each.admits(some, properties)
            admitted &= (verdicts != FAIL) & ((verdicts != UNKNOWN) | (each.unknown != "drop"))
        keep[keep] = admitted
        return keep

    def allows(self, compound: Compound) -> bool:
        """Whether a compound may be in a candidate; unknown counts as the policy says."""
        answers = ((each.judge(compound), each.unknown) for each in self.items)
        return all(answer if answer is not None else policy != "drop" for answer, policy in answers)

    def mask(self, mixtures: Mixtures) -> Flags:
        """Return which mixtures (n,) satisfy every constraint, but those of `admits`."""
        keep = np.ones(len(mixtures), dtype=bool)
        for each in self.items:
            verdicts = each.verdicts(mixtures)
            keep &= verdicts != FAIL
            if each.unknown == "drop":
                keep &= verdicts != UNKNOWN
        return keep

    def flags(self, mixtures: Mixtures, properties: Properties = NO_PROPERTIES) -> list[str]:
        """Return for each mixture what the flagging constraints could not tell; else ''."""
        flagging = (each for each in self.items if each.unknown == "flag")
        doubts = [each.doubts(mixtures, properties) for each in flagging]
        if not doubts:
            return [""] * len(mixtures)
        return ["; ".join(filter(None, row)) for row in zip(*doubts, strict=True)]

    def describe(self) -> list[str]:
        """Return each constraint in words."""
        return [str(each) for each in self.items]


NO_CONSTRAINTS = Constraints()
# What no list offers unless asked to, see `anolyte.models.gates`.
WITHOUT_GATED = Constraints((Constraint("without_gated", 1.0),))


def read_constraints(value: object) -> Constraints:
    """Return the constraints of a mapping, in its order.

    ``name: limit`` or ``name: {limit: ..., unknown: drop}``; ``unknown`` beside them is the
    policy of those that name none. A switch has the limit true.

    Raises
    ------
    InputError
        With every fault.
    """
    if not isinstance(value, Mapping):
        remedy = f"write names and limits, e.g. {NAMES[1]}: 30"
        fault = Fault("constraints", str(value), "no mapping", remedy)
        raise InputError("constraints", [fault])
    faults: list[Fault] = []
    found: list[Constraint] = []
    policy = value.get("unknown", POLICIES[-1])
    if policy not in POLICIES:
        faults.append(Fault("unknown", str(policy), "unknown", choice(str(policy), POLICIES)))
        policy = POLICIES[-1]
    for name, given in value.items():
        fields = dict(given) if isinstance(given, Mapping) else {"limit": given}
        limit = fields.pop("limit", name in SWITCHES or None)
        own = fields.pop("unknown", policy)
        faults += [
            Fault(f"{name}.{key}", str(key), "unknown key", choice(str(key), ("limit", "unknown")))
            for key in fields
        ]
        if name == "unknown" or (name in SWITCHES and limit is False):
            continue
        try:
            found.append(Constraint(str(name), _as_limit(name, limit), own))
        except InputError as error:
            faults += error.faults
    if faults:
        inside = (replace(fault, place=f"constraints.{fault.place}") for fault in faults)
        raise InputError("constraints", inside)
    return Constraints(tuple(found))


def _as_limit(name: str, value: Any) -> Any:
    if name in WORDS:
        return tuple(map(str, value)) if isinstance(value, list) else (str(value),)
    return 1.0 if name in SWITCHES and value is True else value
