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

from anolyte.datasets.compounds.ions import holds
from anolyte.datasets.compounds.metals import METALS, Metal
from anolyte.datasets.compounds.registry import Compound
from anolyte.datasets.electrolytes.electrolyte import Unit
from anolyte.datasets.electrolytes.grammar import Dose
from anolyte.datasets.errors import Fault, InputError
from pydantic import ValidationError

from ..constraints.constraint import Constraints
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
from .space_faults import faults_of
from .space_schema import (
    MOLAR,
    Additives,
    Compounds,
    Part,
    Salts,
    Solvents,
    Space,
)
from .yaml_file import load_yaml


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
        return _space(load_yaml(path), path.stem)
    space = _space(load_yaml(_folder() / f"{shipped}.yaml"), shipped)
    if not colon:
        return space
    chosen = tuple(each for each in space.parts if each.name == part)
    if not chosen:
        remedy = f"use one of {', '.join(each.name for each in space.parts)}"
        raise InputError("cannot read the space", [Fault("part", part, "no such part", remedy)])
    return replace(space, name=str(name), parts=chosen)


def _space(value: object, name: str) -> SpaceFile:
    """Return what a file says, or raise with all faults."""
    try:
        space = Space.model_validate(value, context={})
    except ValidationError as error:
        raise InputError(f"space {name}", faults_of(error)) from None
    built = _Builder(space)
    if built.faults:
        raise InputError(f"space {name}", built.faults)
    return SpaceFile(name, space.metal, space.about, built.grids, space.constraints)


class _Builder:
    """Builds the grids of one file; faults are collected so that all are reported together."""

    def __init__(self, space: Space) -> None:
        self.metal = space.metal
        self.drop = space.constraints.drop
        self.faults: list[Fault] = []
        grids = [self.grid(name, part) for name, part in space.parts.items()]
        self.grids = tuple(grid for grid in grids if grid is not None)

    def fault(self, place: str, value: object, reason: str, remedy: str) -> None:
        """Note a fault."""
        self.faults.append(Fault(place, str(value), reason, remedy))

    def grid(self, name: str, part: Part) -> Grid | None:
        """Return the grid of a part, or None after a fault."""
        before = len(self.faults)
        place = f"parts.{name}"
        doses = self.salts(part.salts, f"{place}.salts")
        molar = part.salts.unit == MOLAR
        bases = self.bases(part, doses if molar else None, place)
        additives = self.additives(part, place)
        if len(self.faults) > before:
            return None
        return Grid(name, bases, ((),) if molar else doses, additives)

    def chosen(self, section: Compounds, kind: str, place: str) -> list[Compound]:
        """Return the compounds of a section; none is a fault."""
        found = section.chosen(kind, self.drop)
        if not found and section.exclude:
            texts = ", ".join(each.text for each in section.compounds)
            self.fault(f"{place}.exclude", texts, "nothing is left", "exclude less")
        elif not found:
            texts = ", ".join(each.text for each in section.compounds)
            self.fault(f"{place}.compounds", texts, "selects nothing", "name compounds")
        return found

    def salts(self, salts: Salts, place: str) -> tuple[Doses, ...]:
        """Return the doses of one or two salts; parts by mole have the unit M here."""
        compounds = self.chosen(salts, "salt", place)
        amounts, pairs = _once(salts.amounts), _tuples(salts.pairs)
        if len(compounds) ** 2 * max(len(pairs), len(amounts)) > MAX_ENTRIES:
            self.fault(f"{place}.compounds", len(compounds), "too many salts", "split the part")
            return ()
        unit: Unit = "M" if salts.unit == "mol" else salts.unit
        singles = [compound for compound in compounds if holds(compound, self.metal)]
        strange = [str(compound) for compound in compounds if compound not in singles]
        if amounts and strange:
            remedy = f"list it in a part of pairs, beside a salt of {self.metal}"
            told = ", ".join(strange)
            self.fault(f"{place}.compounds", told, f"holds no {self.metal}", remedy)
        both = [
            doses
            for doses in paired_doses(compounds, pairs, unit)
            if any(dose.compound in singles for dose in doses)
        ]
        if pairs and not both and compounds:
            reason = f"no pair holds {self.metal}"
            self.fault(f"{place}.pairs", salts.pairs, reason, "add a salt")
        return (*single_doses(singles, amounts, unit), *both)

    def bases(self, part: Part, recipes: Sequence[Doses] | None, place: str) -> tuple[Base, ...]:
        """Return solvent mixtures, or all-molar recipes of the given salts."""
        solvents, where = part.solvents, f"{place}.solvents"
        liquids = self.chosen(solvents, "solvent", where)
        ratios = _tuples(solvents.ratios)
        kind = solvents.kind or ("v/v" if recipes is None else "mol/mol")
        if recipes is not None and kind != "mol/mol":
            self.fault(f"{where}.kind", kind, "salts are by mole", "leave it out, or mol/mol")
        diluents: list[Compound] = []
        parts: list[float] = []
        if part.diluents is not None:
            diluents = self.chosen(part.diluents, "diluent", f"{place}.diluents")
            parts = _once(part.diluents.parts)
        count = count_mixtures(len(liquids), ratios, len(diluents), parts)
        count *= 1 if recipes is None else len(recipes)
        if count > MAX_ENTRIES:
            told = f"{count:,} mixtures"
            self.fault(f"{where}.compounds", told, "too many", "split the part")
        elif not count and liquids and recipes != ():
            reason = "too few solvents for them"
            self.fault(f"{where}.ratios", solvents.ratios, reason, "add solvents")
        if self.faults:
            return ()
        if recipes is None:
            found = solvent_mixtures(liquids, ratios, kind, diluents, parts)
        else:
            salts = [[(d.compound, d.amount) for d in doses] for doses in recipes]
            found = molar_recipes(salts, liquids, ratios, diluents, parts)  # type: ignore[arg-type]
        return self.with_wanted(solvents, without_twins(found), where)

    def with_wanted(
        self, solvents: Solvents, bases: tuple[Base, ...], place: str
    ) -> tuple[Base, ...]:
        """Return the bases that hold a compound of ``at_least_one_of``; all if it is not given."""
        texts = [selector.text for selector in solvents.at_least_one_of]
        if not texts:
            return bases
        kept = tuple(b for b in bases if any(matches(c, texts) for c in b.compounds))
        if not kept:
            remedy = "list it as a solvent"
            self.fault(f"{place}.at_least_one_of", texts, "no mixture holds one", remedy)
        return kept

    def additives(self, part: Part, place: str) -> tuple[Doses, ...]:
        """Return the sets of additives; the empty set where none are listed."""
        counts = [int(count) for count in _once(part.additives_per_candidate)]
        place = f"{place}.additives"
        doses: list[Dose] = []
        for number, group in enumerate(part.additives, start=1):
            doses += self.additive(group, f"{place}[{number}]")
        if not part.additives:
            return ((),)
        if count_sets(len(doses), counts) > MAX_ENTRIES:
            self.fault(place, f"{len(doses)} doses", "too many sets", "split the part")
            return ((),)
        found = tuple(additive_sets(doses, counts))
        if not found:
            self.fault(place, f"{len(doses)} doses", "too few for a set", "add additives")
        for units in combinations({dose.unit for dose in doses} & set(MEASURES), 2):
            if max(counts) > 1 and MEASURES[units[0]][0] != MEASURES[units[1]][0]:
                self.fault(place, ", ".join(units), "shares of two kinds in one candidate",
                           "use one kind, or one additive per candidate")  # fmt: skip
        return found

    def additive(self, group: Additives, place: str) -> Iterator[Dose]:
        """Yield the doses of one group of additives."""
        compounds = self.chosen(group, "additive", place)
        for compound in compounds:
            if group.unit == "vol%" and compound.kind == "salt":
                told = f"vol% {compound}"
                self.fault(f"{place}.unit", told, "a salt has no volume", "use wt% or M")
        for doses in single_doses(compounds, _once(group.amounts), group.unit):
            yield from doses


def _once(numbers: Sequence[float]) -> list[float]:
    return list(dict.fromkeys(numbers))


def _tuples(lists: Sequence[Sequence[float]]) -> list[tuple[float, ...]]:
    return list(dict.fromkeys(map(tuple, lists)))
