"""Read a candidate space from a YAML file, or a ready-made one by name.

A file names the metal, perhaps constraints, and one or several parts; the space is the parts
one after the other. The keys are those of the ready-made files in ``experiments/spaces``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from itertools import combinations
from pathlib import Path
from typing import cast

from anolyte.datasets.compounds.ions import holds
from anolyte.datasets.compounds.metals import METALS, Metal
from anolyte.datasets.compounds.registry import Compound
from anolyte.datasets.electrolytes.electrolyte import RatioKind, Unit
from anolyte.datasets.electrolytes.grammar import Dose
from anolyte.datasets.errors import Fault, InputError

from ..constraints.constraint import (
    EXCLUDE,
    NAMES,
    POLICIES,
    SWITCHES,
    Constraint,
    Constraints,
    Policy,
)
from ..constraints.selectors import matches
from .amounts import MEASURES
from .axes import (
    MAX_ENTRIES,
    Base,
    Doses,
    additive_sets,
    count_mixtures,
    count_sets,
    molar_recipes,
    paired_doses,
    single_doses,
    solvent_mixtures,
    without_twins,
)
from .grid import Grid
from .space_fields import Fields, load_yaml

MOLAR = "mol"
_FILE = ("metal", "about", "constraints", "parts")
_PART = ("about", "salts", "solvents", "diluents", "additives", "additives_per_candidate")
_SALTS = ("compounds", "exclude", "amounts", "pairs", "unit")
_SOLVENTS = ("compounds", "exclude", "at_least_one_of", "ratios", "kind")
_DILUENTS = ("compounds", "exclude", "parts")
_ADDITIVES = ("compounds", "exclude", "amounts", "unit")
_SALT_UNITS = ("M", "mM", "m", MOLAR)
_ADDITIVE_UNITS = ("wt%", "vol%", "mol%", "ppm", "M", "mM", "m")
_MAX_SOLVENTS = 5
_MAX_ADDITIVES = 3


@dataclass(frozen=True)
class SpaceFile:
    """What a file says: the grids of its parts and what constrains them."""

    name: str
    metal: Metal
    about: str
    parts: tuple[Grid, ...]
    constraints: Constraints


def shipped_spaces() -> list[str]:
    """Return the names of the ready-made spaces, one for each metal."""
    return [metal for metal in METALS if (_folder() / f"{metal}.yaml").is_file()]


def _folder() -> Path:
    return Path(str(files("anolyte.experiments") / "spaces" / "shipped"))


def read_space(name: str | Path) -> SpaceFile:
    """Return the space of a YAML file, or a ready-made one: ``Li``, or a part of it ``Li:LHCE``.

    Raises
    ------
    InputError
        With every fault of the file.
    """
    shipped, colon, part = str(name).partition(":")
    if shipped not in shipped_spaces():
        path = Path(name)
        if not path.is_file():
            remedy = f"name a YAML file or one of {', '.join(shipped_spaces())}"
            fault = Fault("space", str(name), "no such file or ready-made space", remedy)
            raise InputError("cannot read the space", [fault])
        return _Reader(load_yaml(path)).space(path.stem)
    space = _Reader(load_yaml(_folder() / f"{shipped}.yaml")).space(shipped)
    if not colon:
        return space
    chosen = tuple(each for each in space.parts if each.name == part)
    if not chosen:
        remedy = f"use one of {', '.join(each.name for each in space.parts)}"
        raise InputError("cannot read the space", [Fault("part", part, "no such part", remedy)])
    return replace(space, name=str(name), parts=chosen)


class _Reader:
    """One pass over one file; faults are collected so that all are reported together."""

    def __init__(self, value: object) -> None:
        self.faults: list[Fault] = []
        self.file = Fields(value, "", _FILE, self.faults)

    def space(self, name: str) -> SpaceFile:
        """Return what the file says, or raise with all faults."""
        metal = cast(Metal, self.file.choice("metal", METALS, "-"))
        constraints = read_constraints(self.file.values.get("constraints") or {}, self.faults)
        self.drop = any(each.unknown == "drop" for each in constraints.items)
        parts = self.file.values.get("parts")
        if not isinstance(parts, dict) or not parts:
            self.file.fault("parts", parts, "no parts", "write at least one, with a name")
            parts = {}
        grids = [self.grid(str(key), value, metal) for key, value in parts.items()]
        if self.faults:
            raise InputError(f"space {name}", self.faults)
        about = self.file.text("about")
        return SpaceFile(name, metal, about, tuple(filter(None, grids)), constraints)

    def grid(self, name: str, value: object, metal: Metal) -> Grid | None:
        """Return the grid of a part, or None after a fault."""
        before = len(self.faults)
        place = f"parts.{name}"
        part = Fields(value, place, _PART, self.faults)
        salts = Fields(part.values.get("salts"), f"{place}.salts", _SALTS, self.faults)
        unit = salts.choice("unit", _SALT_UNITS, "M")
        doses = self.salts(salts, unit, metal)
        bases = self.bases(part, doses if unit == MOLAR else None)
        additives = self.additives(part)
        if len(self.faults) > before:
            return None
        return Grid(name, bases, ((),) if unit == MOLAR else doses, additives)

    def salts(self, salts: Fields, unit: str, metal: Metal) -> tuple[Doses, ...]:
        """Return the doses of one or two salts; parts by mole have the unit M here."""
        compounds = salts.compounds(("salt",), self.drop)
        for compound in compounds:
            if not compound.is_salt:
                salts.fault("compounds", compound, "no salt", "list it among solvents or additives")
        amounts = salts.numbers("amounts", needed="pairs" not in salts)
        pairs = salts.tuples("pairs", range(2, 3)) if "pairs" in salts else []
        if len(compounds) ** 2 * max(len(pairs), len(amounts)) > MAX_ENTRIES:
            salts.fault("compounds", len(compounds), "too many salts", "split the part")
            return ()
        dose_unit = cast(Unit, "M" if unit == MOLAR else unit)
        # Where the metal is at fault, its salts are not.
        singles = [c for c in compounds if holds(c, metal) or metal not in METALS]
        strange = [str(c) for c in compounds if c not in singles]
        if amounts and strange:
            remedy = f"list it in a part of pairs, beside a salt of {metal}"
            salts.fault("compounds", ", ".join(strange), f"holds no {metal}", remedy)
        both = [
            doses
            for doses in paired_doses(compounds, pairs, dose_unit)
            if any(dose.compound in singles for dose in doses)
        ]
        if pairs and not both and not self.faults:
            salts.fault("pairs", salts.values["pairs"], f"no pair holds {metal}", "add a salt")
        return (*single_doses(singles, amounts, dose_unit), *both)

    def bases(self, part: Fields, recipes: Sequence[Doses] | None) -> tuple[Base, ...]:
        """Return solvent mixtures, or all-molar recipes of the given salts."""
        where = f"{part.place}.solvents"
        solvents = Fields(part.values.get("solvents"), where, _SOLVENTS, self.faults)
        liquids = solvents.compounds(("solvent",), self.drop)
        self.no_salts(solvents, liquids)
        ratios = solvents.tuples("ratios", range(1, _MAX_SOLVENTS + 1), default=((1.0,),))
        kinds = ("mol/mol",) if recipes is not None else ("v/v", "w/w", "mol/mol")
        kind = cast(RatioKind, solvents.choice("kind", kinds, kinds[0]))
        diluents: list[Compound] = []
        parts: list[float] = []
        if "diluents" in part:
            below = Fields(
                part.values["diluents"], f"{part.place}.diluents", _DILUENTS, self.faults
            )
            diluents = below.compounds(("diluent",), self.drop)
            self.no_salts(below, diluents)
            parts = below.numbers("parts", least=0.0)
            if twice := set(diluents) & set(liquids):
                below.fault(
                    "compounds", ", ".join(map(str, twice)), "a solvent too", "list it once"
                )
        count = count_mixtures(len(liquids), ratios, len(diluents), parts) * len(recipes or [0])
        if count > MAX_ENTRIES:
            solvents.fault("compounds", f"{count:,} mixtures", "too many", "split the part")
        if not count and liquids and not self.faults:
            solvents.fault("ratios", ratios, "too few solvents for them", "add solvents")
        if self.faults:
            return ()
        if recipes is None:
            found = solvent_mixtures(liquids, ratios, kind, diluents, parts)
        else:
            salts = [[(d.compound, d.amount) for d in doses] for doses in recipes]
            found = molar_recipes(salts, liquids, ratios, diluents, parts)  # type: ignore[arg-type]
        return self.with_wanted(solvents, without_twins(found))

    def with_wanted(self, solvents: Fields, bases: tuple[Base, ...]) -> tuple[Base, ...]:
        """Return the bases that hold a compound of ``at_least_one_of``; all if it is not given."""
        texts = [selector.text for selector in solvents.selectors("at_least_one_of", needed=False)]
        if not texts:
            return bases
        kept = tuple(b for b in bases if any(matches(c, texts) for c in b.compounds))
        if not kept:
            solvents.fault("at_least_one_of", texts, "no mixture holds one", "list it as a solvent")
        return kept

    def no_salts(self, fields: Fields, compounds: Sequence[Compound]) -> None:
        """Note solid salts among liquids."""
        for compound in compounds:
            if compound.kind == "salt":
                fields.fault("compounds", compound, "a salt", "list it among salts or additives")

    def additives(self, part: Fields) -> tuple[Doses, ...]:
        """Return the sets of additives, by default none or one."""
        counts = [0, 1]
        if "additives_per_candidate" in part:
            given = part.numbers("additives_per_candidate", least=0.0)
            counts = [int(count) for count in given]
            if counts != given or max(counts, default=0) > _MAX_ADDITIVES:
                remedy = f"write whole numbers up to {_MAX_ADDITIVES}"
                part.fault("additives_per_candidate", given, "no such count", remedy)
        groups = part.items("additives", needed=False)
        if not groups:
            return ((),)
        doses: list[Dose] = []
        for place, value in enumerate(groups, start=1):
            where = f"{part.place}.additives[{place}]"
            doses += self.additive(Fields(value, where, _ADDITIVES, self.faults), max(1, *counts))
        if count_sets(len(doses), counts) > MAX_ENTRIES:
            part.fault("additives", f"{len(doses)} doses", "too many sets", "split the part")
            return ((),)
        found = tuple(additive_sets(doses, counts))
        if not found:
            part.fault("additives", f"{len(doses)} doses", "too few for a set", "add additives")
        for doses_together in combinations({d.unit for d in doses} & set(MEASURES), 2):
            first, second = doses_together
            if max(counts) > 1 and MEASURES[first][0] != MEASURES[second][0]:
                part.fault("additives", f"{first}, {second}", "shares of two kinds in one "
                           "candidate", "use one kind, or one additive per candidate")  # fmt: skip
        return found

    def additive(self, fields: Fields, together: int) -> Iterator[Dose]:
        """Yield the doses of one group of additives."""
        compounds = fields.compounds(("additive",), self.drop)
        unit = cast(Unit, fields.choice("unit", _ADDITIVE_UNITS, "wt%"))
        amounts = fields.numbers("amounts")
        if unit in MEASURES and max(amounts, default=0) * MEASURES[unit][1] * together >= 1:
            fields.fault("amounts", max(amounts), "leaves no room for the rest", "lower it")
        for compound in compounds:
            if unit == "vol%" and compound.kind == "salt":
                fields.fault("unit", f"vol% {compound}", "a salt has no volume", "use wt% or M")
        for doses in single_doses(compounds, amounts, unit):
            yield from doses


def read_constraints(value: object, faults: list[Fault]) -> Constraints:
    """Return the constraints of a mapping; what is wrong with it is added to `faults`.

    ``name: limit`` or ``name: {limit: ..., unknown: drop}``; ``unknown`` beside them is the
    policy of those that name none.
    """
    fields = Fields(value, "constraints", (*NAMES, "unknown"), faults)
    policy = cast(Policy, fields.choice("unknown", POLICIES, "flag"))
    found = []
    for name, given in fields.values.items():
        if name == "unknown" or name not in NAMES:
            continue
        limit, own = given, policy
        if isinstance(given, dict):
            inner = Fields(given, f"constraints.{name}", ("limit", "unknown"), faults)
            limit = inner.values.get("limit", name in SWITCHES or None)
            own = cast(Policy, inner.choice("unknown", POLICIES, policy))
        if name in SWITCHES and limit is False:
            continue
        constraint = _constraint(fields, name, limit, own)
        if constraint is not None:
            found.append(constraint)
    return Constraints(tuple(found))


def _constraint(fields: Fields, name: str, limit: object, policy: Policy) -> Constraint | None:
    value: float | tuple[str, ...]
    if name == EXCLUDE:
        value = tuple(map(str, limit)) if isinstance(limit, list) else (str(limit),)
    elif name in SWITCHES and limit is True:
        value = 1.0
    elif isinstance(limit, bool) or not isinstance(limit, (int, float)):
        fields.fault(name, limit, "no number", "write a number, or true for a switch")
        return None
    else:
        value = float(limit)
    try:
        return Constraint(name, value, policy)
    except InputError as error:
        fields.faults += [replace(f, place=f"constraints.{f.place}") for f in error.faults]
        return None
