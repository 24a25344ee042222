"""Say which component of a formulation is salt, solvent or additive, or ask where it is open.

A component with an amount in M or m before the solvents is a salt, what has no amount is a
solvent, what comes behind the solvents is an additive. Nothing is guessed: each case that
could mean two things is a fault that says what to write.
"""

from __future__ import annotations

import math
from dataclasses import replace

from ..compounds.registry import Compound, CompoundRegistry
from ..errors import FormulationError
from .bases import UNITS, Base, Parted, is_polymer, is_salt
from .electrolyte import (
    MAX_COMPONENTS,
    MOLAR_UNITS,
    MOLES_OF_POLYMER,
    PERCENT_UNITS,
    SALT_UNITS,
    Dose,
    Mixture,
    RatioKind,
    Share,
    Unit,
    format_number,
)
from .parts import Entry, Notes, Parts, Ratio
from .recipes import NamedMixture

_HUNDRED = 0.02
# Signs between solvents.
_JOINED = ("/", ":", "-")


class Roles:
    """Makes mixtures of parts; faults go to `notes`."""

    def __init__(self, notes: Notes, registry: CompoundRegistry) -> None:
        self.notes = notes
        self.registry = registry

    def mixture(self, parts: Parts, start: int, end: int) -> Mixture | None:
        """Return the mixture that parts tell of, or None and the reasons in `notes`."""
        if len(parts.entries) > MAX_COMPONENTS:
            self.notes.fault(start, end, "too many components", f"use up to {MAX_COMPONENTS}")
            return None
        return _Assembly(self.notes, self.registry, parts, start, end).mixture()


class _Assembly(Base):
    def mixture(self) -> Mixture | None:
        """Return the mixture, or None and the reasons in `notes`."""
        self.amount_behind_solvents()
        for amount in self.parts.amounts:
            self.notes.fault(
                amount.start,
                amount.end,
                "an amount without its compound",
                "write the compound behind it, e.g. 1 M LiPF6",
            )
        self.resolve_percents()
        if not self.expand_complexes():
            return None
        base, kind = self.with_shares_of_salts(*self.base())
        salts, additives = self.doses(base)
        unread = any(e.component is None and not e.unnamed for e in self.entries)
        if self.notes.faults or unread:
            return None
        shares = tuple(Share(part, component) for part, component in base)
        return self.made(tuple(salts), shares, kind, tuple(additives))

    def made(
        self,
        salts: tuple[Dose, ...],
        shares: tuple[Share, ...],
        kind: RatioKind | None,
        additives: tuple[Dose, ...],
    ) -> Mixture | None:
        inner = shares[0].compound if len(shares) == 1 else None
        if isinstance(inner, Mixture) and not inner.additives and not (salts and inner.salts):
            # A recipe or brackets around the whole: what is in them is meant.
            salts, shares, kind = salts or inner.salts, inner.base, inner.ratio_kind
        try:
            return Mixture(salts, shares, kind, additives)
        except FormulationError as error:
            for number, fault in enumerate(error.faults):
                self.notes.faults[(self.start, self.end, f"{number} {fault.reason}")] = fault
            return None

    def amount_behind_solvents(self) -> None:
        """Give an amount behind the solvents to the salt that has none: ``NaBF4 in G4 (1 M)``."""
        front = [e for e in self.entries if not e.after_in]
        if not self.parts.ins or len(front) != 1 or not front[0].is_plain:
            return
        if not is_salt(front[0].component):
            return
        loose = [amount for amount in self.parts.amounts if amount.unit in MOLAR_UNITS]
        taken = [
            e
            for e in self.entries
            if e.after_in
            and e.amount is not None
            and e.unit in MOLAR_UNITS
            and e.amount.start >= e.name_end
            and not is_salt(e.component)
        ]
        if len(loose) + len(taken) != 1:
            return
        front[0].amount = loose[0] if loose else taken[0].amount
        if loose:
            self.parts.amounts = [each for each in self.parts.amounts if each is not loose[0]]
        else:
            taken[0].amount = None

    # --- recipes with an amount

    def expand_complexes(self) -> bool:
        """Write out complexes of salts: ``0.4 M (PhMgCl)2-AlCl3`` is 0.8 M PhMgCl + 0.4 M AlCl3.

        Papers count 0.4 M of the abbreviation by the complex, or by its magnesium: False, asked.
        """
        before = len(self.notes.faults)
        expanded: list[Entry] = []
        for entry in self.entries:
            named = entry.component
            if not isinstance(named, NamedMixture) or entry.unit not in SALT_UNITS:
                expanded.append(entry)
            elif not named.salts:
                self.fault(
                    entry,
                    f"{named.name} is a whole electrolyte, not a salt",
                    f"write {named.name} alone, or its salts with their amounts: {named.mixture}",
                )
            elif named.salts[0][1] != 1 and not self.is_clear(entry):
                ways = ", or ".join(_amounts(named, entry, each) for each in (1, named.salts[0][1]))
                self.fault(entry, f"is {named.name} counted by itself or by its metal?", ways)
            else:
                expanded += self.written_out(entry, named)
        self.entries = expanded
        return len(self.notes.faults) == before

    def is_clear(self, entry: Entry) -> bool:
        """Whether the amount of a complex has one meaning: unknown, or behind its formula."""
        return entry.amount is None or entry.amount.value is None or "(" in self.name(entry)

    def written_out(self, entry: Entry, named: NamedMixture) -> list[Entry]:
        """Return a complex as its salts, in its usual solvent where none is named."""
        assert entry.amount is not None
        amount = entry.amount.value
        found = []
        for number, (salt, moles) in enumerate(named.salts):
            value = None if amount is None else round(amount * moles, 10)
            joint = "+" if number else entry.joint
            dose = replace(entry.amount, value=value)
            found.append(replace(entry, component=salt, amount=dose, joint=joint))
        written = " + ".join(f"{moles:g} {salt}" for salt, moles in named.salts)
        self.notes.remark(f"{named.name} is read as {written}, in moles for one of it")
        if not any(each.is_plain for each in self.entries):
            shares = named.mixture.base
            found += [
                Entry(share.compound, entry.end, entry.end, joint="in", after_in=True)
                for share in shares
            ]
        return found

    # --- percents

    def resolve_percents(self) -> None:
        """Read percents of all solvents as their ratio; ask what other bare percents are of."""
        listed = [e for e in self.entries if e.unit in (*PERCENT_UNITS, "%")]
        bare = [e for e in listed if e.unit == "%"]
        if not any(e.is_plain for e in self.entries) and self.add_up(listed):
            kinds = {_KIND_OF[e.unit] for e in listed if e.unit != "%"} | {
                kind for kind, _ in self.parts.kinds
            }
            if len(listed) == 1 and not kinds:
                kinds = {"v/v"}
            if len(kinds) == 1 and (not bare or len(bare) == len(listed)):
                self.as_ratio(listed, kinds.pop())
                return
        for entry in bare:
            self.fault(entry, "percent of what?", UNITS)
        if not bare:
            self.shares_of_solvents()

    def shares_of_solvents(self) -> None:
        """Read a percent of one of two solvents as their ratio: ``in 40 vol% EG/H2O``."""
        shared = [
            entry
            for number, entry in enumerate(self.entries)
            if entry.unit in PERCENT_UNITS and self.is_solvent_share(number)
        ]
        if not shared:
            return
        plain = [e for e in self.entries if e.is_plain and (e.after_in or not self.parts.ins)]
        total = sum(e.amount.value or 100 for e in shared if e.amount is not None)
        kinds = {_KIND_OF[e.unit] for e in shared}
        if len(plain) != 1 or self.parts.ratios or len(kinds) != 1 or total >= 100:
            for entry in shared:
                remedy = "give one part for each solvent, e.g. H2O/EG (60:40 v/v)"
                self.fault(entry, "a percent of the solvents, or of the whole?", remedy)
            return
        run = [e for e in self.entries if e is plain[0] or any(e is each for each in shared)]
        values = [e.amount.value if e.amount is not None else 100 - total for e in run]
        start, end = shared[0].span[0], plain[0].end
        self.parts.ratios.append(Ratio(values, start, end, kinds.pop()))
        for entry in shared:
            entry.amount = None

    def is_solvent_share(self, number: int) -> bool:
        """Whether a component in percent is joined to the solvents, not added to them."""
        entry = self.entries[number]
        if (self.parts.ins and not entry.after_in) or is_salt(entry.component):
            return False
        before = [e for e in self.entries[:number] if e.is_plain and e.after_in == entry.after_in]
        if before and entry.joint in _JOINED:
            return True
        following = self.entries[number + 1 : number + 2]
        joints = _JOINED if before else (*_JOINED, "and")
        return any(each.is_plain and each.joint in joints for each in following)

    def add_up(self, listed: list[Entry]) -> bool:
        values = [e.amount.value for e in listed if e.amount is not None]
        known = [value for value in values if value is not None]
        return len(known) == len(values) > 0 and math.isclose(sum(known), 100, abs_tol=_HUNDRED)

    def as_ratio(self, listed: list[Entry], kind: RatioKind) -> None:
        parts = [entry.amount.value for entry in listed if entry.amount is not None]
        if len(listed) > 1:
            start, end = listed[0].span[0], listed[-1].span[1]
            self.parts.ratios.append(Ratio(parts, start, end, kind))
        self.parts.kinds = []
        for entry in listed:
            entry.amount = None
            if entry.joint in ("+", "with"):
                entry.joint = "and"

    # --- salts and additives

    def with_shares_of_salts(
        self, base: Parted, kind: RatioKind | None
    ) -> tuple[Parted, RatioKind | None]:
        """Read salts in percent as parts of a ratio: ``20 wt% KOH in H2O``, 20:80 by weight."""
        plain = [e for e in self.entries if e.is_plain]
        border = plain[0].start if plain else self.end
        front = [e for e in self.entries if e.unit is not None and e.span[0] < border]
        units = {e.unit for e in front}
        shared = _KIND_OF.get(next(iter(units))) if len(units) == 1 else None
        # Additives in the same percent are of the whole, too.
        counted = [e for e in self.entries if e.unit in units]
        rest = 100 - sum(e.amount.value or 100 for e in counted if e.amount is not None)
        whole = sum(part or 0 for part, _ in base)
        if (
            shared not in ("w/w", "mol/mol")
            or not base
            or (len(base) > 1 and kind != shared)
            or not all(is_salt(e.component) for e in front)
            or rest <= 0
            or not whole
        ):
            return base, kind
        self.entries = [e for e in self.entries if not any(e is each for each in front)]
        salts = self.shares(front, [e.amount.value for e in front if e.amount is not None])
        return salts + [(round(rest * (p or 0) / whole, 10), each) for p, each in base], shared

    def doses(self, base: Parted) -> tuple[list[Dose], list[Dose]]:
        dosed = [e for e in self.entries if e.unit is not None and e.unit != "%"]
        plain = [e for e in self.entries if e.is_plain or e.unit is None]
        border = plain[0].start if plain else self.parts.aqueous_at or self.end
        front = [e for e in dosed if e.span[0] < border]
        behind = [e for e in dosed if e.span[0] >= border]
        salts = [e for e in front if e.unit in SALT_UNITS and not self.is_weighed(e)]
        additives = [e for e in front if not any(e is salt for salt in salts)]
        if not front and not (base and self.holds_salt()):
            salts = [e for e in behind if e.unit in SALT_UNITS and is_salt(e.component)]
            salts += [e for e in behind if e.unnamed and e.unit in SALT_UNITS]
            behind = [e for e in behind if not any(e is salt for salt in salts)]
        if additives and not salts:
            for entry in additives:
                self.fault(
                    entry,
                    f"a salt cannot be given in {entry.unit}",
                    "write it in M, mM, m or g/L, or give all in one ratio, e.g. KOH/H2O (3:7 w/w)",
                )
            additives = []
        return [self.dose(e) for e in salts], [self.dose(e) for e in [*additives, *behind]]

    def is_weighed(self, entry: Entry) -> bool:
        """Whether an amount in g/L is that of an additive: ``2 M ZnSO4 + 10 g/L PEG in H2O``."""
        return entry.unit == "g/L" and not entry.unnamed and not is_salt(entry.component)

    def holds_salt(self) -> bool:
        listed = [e.component for e in self.entries if e.unit is None]
        # A salt dissolved in one ionic liquid is no additive.
        alone = len(listed) == 1 and isinstance(listed[0], Compound)
        return any(map(is_salt, listed)) and not alone

    def dose(self, entry: Entry) -> Dose:
        assert entry.amount is not None
        unit: Unit = entry.unit  # type: ignore[assignment]
        if is_polymer(entry.component) and unit in MOLAR_UNITS:
            self.fault(entry, *MOLES_OF_POLYMER)
        if entry.unnamed and (
            unit not in SALT_UNITS or (entry.joint in ("+", "with") and entry.after_in)
        ):
            self.fault(
                replace(entry, amount=None),
                "a solvent or additive has no name",
                "only salts may be ?",
            )
        return Dose(entry.amount.value, unit, self.component(entry))


_KIND_OF: dict[str | None, RatioKind] = {"vol%": "v/v", "wt%": "w/w", "mol%": "mol/mol"}


def _amounts(named: NamedMixture, entry: Entry, by: float) -> str:
    """Return the salts of a complex written out, for one way of counting it."""
    value = None if entry.amount is None else entry.amount.value
    amounts = [None if value is None else round(value * moles / by, 10) for _, moles in named.salts]
    pairs = zip(amounts, named.salts, strict=True)
    return "write " + " + ".join(
        f"{format_number(a)} {entry.unit} {salt}" for a, (salt, _) in pairs
    )
