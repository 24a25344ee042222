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
from .electrolyte import (
    MAX_COMPONENTS,
    PERCENT_UNITS,
    SALT_UNITS,
    Dose,
    Mixture,
    RatioKind,
    Share,
    Unit,
)
from .parts import Entry, Notes, Parts, Ratio
from .ratios import KIND_REMEDY, RATIO_REMEDY, Ratios
from .recipes import NamedMixture

_HUNDRED = 0.02
_SOLVENTS = ("solvent", "diluent", "ionic_liquid")
_UNITS = "write the unit: wt%, vol%, mol%, M, mM, m or ppm"
_SALT_UNITS = "write the unit: M, mM or m"


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
        return _Assembly(self, parts, start, end).mixture()


class _Assembly:
    def __init__(self, roles: Roles, parts: Parts, start: int, end: int) -> None:
        self.notes = roles.notes
        self.registry = roles.registry
        self.parts = parts
        self.entries = parts.entries
        self.ratios = Ratios(roles.notes, parts)
        self.start, self.end = start, end

    def mixture(self) -> Mixture | None:
        for amount in self.parts.amounts:
            self.notes.fault(
                amount.start,
                amount.end,
                "an amount without its compound",
                "write the compound behind it, e.g. 1 M LiPF6",
            )
        self.resolve_percents()
        base, kind = self.base()
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

    def component(self, entry: Entry) -> Compound | Mixture | None:
        if isinstance(entry.component, NamedMixture):
            self.notes.remark(f"{entry.component.name} is {entry.component.mixture}")
            return entry.component.mixture
        return entry.component

    def fault(self, entry: Entry, reason: str, remedy: str) -> None:
        self.notes.fault(*entry.span, reason, remedy)

    def name(self, entry: Entry) -> str:
        return self.notes.words(entry.start, entry.name_end)

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
            self.fault(entry, "percent of what?", _UNITS)

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

    # --- the base

    def base(self) -> tuple[list[tuple[float | None, Compound | Mixture]], RatioKind | None]:
        if self.has_coefficients():
            return self.by_coefficients()
        run = self.run()
        run = self.in_order_of_ratio(run)
        if not run:
            return self.without_base()
        ratio, kind = self.ratios.of(len(run))
        if self.parts.aqueous and not any(e.component == self.registry["H2O"] for e in run):
            self.notes.fault(
                run[0].start,
                run[-1].end,
                "aqueous, but water is not among the solvents",
                "write H2O with its part, e.g. H2O/DMSO (4:1 v/v)",
            )
        if len(run) == 1:
            self.ratios.check_single(ratio)
            return self.shares(run, [1.0]), None
        if ratio is None:
            self.notes.fault(run[0].start, run[-1].end, "no ratio", RATIO_REMEDY)
            return [], None
        return self.shares(run, self.ratios.numbers(ratio, len(run))), kind

    def shares(
        self, run: list[Entry], numbers: list[float | None]
    ) -> list[tuple[float | None, Compound | Mixture]]:
        found = []
        for entry, number in zip(run, numbers, strict=False):
            if entry.unnamed:
                self.fault(entry, "a solvent or additive has no name", "only salts may be ?")
            component = self.component(entry)
            if component is not None:
                found.append((number, component))
        return found

    def run(self) -> list[Entry]:
        """Return the solvents: the components without amounts that stand together."""
        plain = [e for e in self.entries if e.is_plain]
        if self.parts.ins and any(not e.after_in for e in plain):
            for entry in plain:
                if not entry.after_in:
                    self.salt_without_amount(entry)
            plain = [e for e in plain if e.after_in]
        if not plain:
            return []
        first = self.entries.index(plain[0])
        run: list[Entry] = []
        for entry in self.entries[first:]:
            if not entry.is_plain:
                break
            run.append(entry)
        run = run[: self.run_length(run)]
        for entry in plain:
            if not any(entry is each for each in run):
                self.additive_without_amount(entry)
        self.check_lead(run)
        return run

    def run_length(self, run: list[Entry]) -> int:
        """Return how many of the components in a row the ratio counts."""
        joined = [number for number, e in enumerate(run) if number and e.joint in ("+", "with")]
        juxtaposed = [number for number, e in enumerate(run) if number and not e.joint]
        counts = {len(ratio.parts) for ratio in self.parts.ratios if ratio.parts}
        places = [ratio.start for ratio in self.parts.ratios]
        if juxtaposed:
            first, second = run[juxtaposed[0] - 1], run[juxtaposed[0]]
            if first.component is not None and second.component is not None:
                self.notes.fault(
                    first.start,
                    second.end,
                    "two compounds without a sign between",
                    "put / between solvents, + before an additive with its amount",
                )
        for number in joined:
            behind_ratio = any(place < run[number].start for place in places)
            before = any(run[0].start > place for place in places)
            if len(run) not in counts or (behind_ratio and not before):
                return number
        if not joined and len(run) > 1:
            # `EC/DMC (1:1 v/v), VC`: what follows the ratio is no part of it.
            for ratio in self.parts.ratios:
                ahead = sum(entry.start < ratio.start for entry in run)
                if 0 < ahead < len(run) and len(ratio.parts) == ahead:
                    return ahead
        return len(run)

    def check_lead(self, run: list[Entry]) -> None:
        """Refuse `2 M ZnSO4 + glucose`, whose glucose may be an additive to unnamed water."""
        if not run or self.parts.ins or not self.entries or self.entries[0] is run[0]:
            return
        lead = run[0]
        counted = any(len(ratio.parts) == len(run) > 1 for ratio in self.parts.ratios)
        kind = getattr(lead.component, "kind", "solvent")
        loose = lead.joint in ("+", "and", "with") and not counted
        if loose or (len(run) == 1 and kind not in _SOLVENTS):
            self.fault(
                lead,
                "a solvent, or an additive without amount and unit?",
                "write 'in' before solvents, and additives with their amount, e.g. + 2 wt% VC",
            )

    def in_order_of_ratio(self, run: list[Entry]) -> list[Entry]:
        """Drop solvents that are named once more for their ratio, and take its order."""
        half = len(run) // 2
        again = run[half:]
        if not self.parts.names_of_ratio and half and len(run) == 2 * half:
            counts = {len(ratio.parts) for ratio in self.parts.ratios}
            if counts == {half} and _same(run[:half], again):
                return again
        names = [e for e in self.parts.names_of_ratio if not isinstance(e.component, NamedMixture)]
        if names and _same(run, names):
            return names
        return run

    def without_base(
        self,
    ) -> tuple[list[tuple[float | None, Compound | Mixture]], RatioKind | None]:
        if self.parts.aqueous:
            return [(1.0, self.registry["H2O"])], None
        if not any(e.component is None and not e.unnamed for e in self.entries):
            self.notes.fault(
                self.start,
                self.end,
                "no solvent",
                "name it behind 'in', e.g. 1 M LiFSI in DME or 2 M ZnSO4 in H2O",
            )
        return [], None

    # --- coefficients

    def has_coefficients(self) -> bool:
        return any(e.amount is not None and e.unit is None for e in self.entries)

    def by_coefficients(
        self,
    ) -> tuple[list[tuple[float | None, Compound | Mixture]], RatioKind | None]:
        """Read ``LiFSI-1.2DME-3TTE``: the numbers are moles, unless a kind is given."""
        counted = [e for e in self.entries if e.amount is not None and e.unit is None]
        dosed = [e for e in self.entries if e.unit is not None]
        in_front = any(e.is_plain and e.after_in != counted[0].after_in for e in self.entries)
        listed = [e for e in self.entries if e.unit is None]
        joints = {e.joint for e in listed[1:]}
        if in_front or self.parts.ins or not joints <= {"-", ":", "/"} or len(listed) < 2:
            for entry in counted:
                before = self.parts.ins and not entry.after_in
                self.fault(entry, "amount without a unit", _SALT_UNITS if before else _UNITS)
            return self.base_besides(counted)
        kinds = {kind for kind, _ in self.parts.kinds} | {r.kind for r in self.parts.ratios}
        kinds.discard(None)
        values = [1.0 if e.amount is None else e.amount.value for e in listed]
        if dosed and not kinds:
            self.notes.fault(
                listed[0].span[0], listed[-1].span[1], "ratio without its kind", KIND_REMEDY
            )
        if all(getattr(e.component, "kind", "") == "salt" for e in listed):
            self.notes.fault(
                listed[0].span[0], listed[-1].span[1], "no solvent", "name it with its part"
            )
        given = [ratio.parts for ratio in self.parts.ratios]
        if len(kinds) > 1 or any(parts != values for parts in given):
            self.notes.fault(listed[0].span[0], listed[-1].span[1], "which ratio?", RATIO_REMEDY)
        for entry in listed:
            if entry.is_plain and self.name(entry)[:1].isdigit():
                self.fault(
                    entry, "a number of the name, or of moles?", "write a ratio, (1:2 mol/mol)"
                )
        kind = next(iter(kinds), None) or "mol/mol"
        return self.shares(listed, values), kind if len(listed) > 1 else None

    def base_besides(
        self, counted: list[Entry]
    ) -> tuple[list[tuple[float | None, Compound | Mixture]], RatioKind | None]:
        """Go on without the components that lack a unit, to find what else is wrong."""
        self.entries = [e for e in self.entries if not any(e is each for each in counted)]
        found = self.base()
        self.entries = self.parts.entries
        return found

    # --- salts and additives

    def doses(
        self, base: list[tuple[float | None, Compound | Mixture]]
    ) -> tuple[list[Dose], list[Dose]]:
        dosed = [e for e in self.entries if e.unit is not None and e.unit != "%"]
        plain = [e for e in self.entries if e.is_plain or e.unit is None]
        border = plain[0].start if plain else self.parts.aqueous_at or self.end
        front = [e for e in dosed if e.span[0] < border]
        behind = [e for e in dosed if e.span[0] >= border]
        salts = [e for e in front if e.unit in SALT_UNITS]
        additives = [e for e in front if e.unit not in SALT_UNITS]
        if not front and not (base and self.holds_salt()):
            salts = [e for e in behind if e.unit in SALT_UNITS and _is_salt(e.component)]
            salts += [e for e in behind if e.unnamed and e.unit in SALT_UNITS]
            behind = [e for e in behind if not any(e is salt for salt in salts)]
        if additives and not salts:
            for entry in additives:
                self.fault(
                    entry, f"a salt cannot be given in {entry.unit}", "write it in M, mM or m"
                )
            additives = []
        return [self.dose(e) for e in salts], [self.dose(e) for e in [*additives, *behind]]

    def holds_salt(self) -> bool:
        listed = [e.component for e in self.entries if e.unit is None]
        # A salt dissolved in one ionic liquid is no additive.
        alone = len(listed) == 1 and isinstance(listed[0], Compound)
        return any(map(_is_salt, listed)) and not alone

    def dose(self, entry: Entry) -> Dose:
        assert entry.amount is not None
        unit: Unit = entry.unit  # type: ignore[assignment]
        if entry.unnamed and (
            unit not in SALT_UNITS or (entry.joint in ("+", "with") and entry.after_in)
        ):
            self.fault(
                replace(entry, amount=None),
                "a solvent or additive has no name",
                "only salts may be ?",
            )
        return Dose(entry.amount.value, unit, self.component(entry))

    def salt_without_amount(self, entry: Entry) -> None:
        name = self.name(entry)
        self.fault(
            entry,
            "salt without amount and unit",
            f"write e.g. ? M {name} if the amount is not known",
        )

    def additive_without_amount(self, entry: Entry) -> None:
        name = self.name(entry)
        self.fault(
            entry,
            "additive without amount and unit",
            f"write e.g. ? wt% {name} if the amount is not known",
        )


_KIND_OF: dict[str | None, RatioKind] = {"vol%": "v/v", "wt%": "w/w", "mol%": "mol/mol"}


def _is_salt(component: object) -> bool:
    if isinstance(component, NamedMixture):
        component = component.mixture
    if isinstance(component, Mixture):
        return any(compound.is_salt for compound in component.compounds) or bool(component.salts)
    return isinstance(component, Compound) and component.is_salt


def _same(first: list[Entry], second: list[Entry]) -> bool:
    names = [[str(entry.component) for entry in entries] for entries in (first, second)]
    return sorted(names[0]) == sorted(names[1]) and "None" not in names[0]
