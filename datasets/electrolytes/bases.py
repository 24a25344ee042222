"""Find the solvents of a formulation and their parts, or all components of a ratio form.

What has no amount is a solvent, unless a ratio counts salts, too. Nothing is guessed: each case
that could mean two things is a fault that says what to write.
"""

from __future__ import annotations

from ..compounds.ions import metal_cations
from ..compounds.registry import Compound, CompoundRegistry
from .electrolyte import MOLES_OF_POLYMER, SALT_UNITS, Mixture, RatioKind, Unit
from .parts import Entry, Notes, Parts
from .polymers import has_chain_length
from .ratios import KIND_REMEDY, RATIO_REMEDY, Ratios
from .recipes import NamedMixture

Parted = list[tuple[float | None, Compound | Mixture]]
_SOLVENTS = ("solvent", "diluent", "ionic_liquid")
UNITS = "write the unit: wt%, vol%, mol%, M, mM, m or ppm"
_SALT_UNITS = "write the unit: M, mM or m"


class Base:
    """Looks for the base among parts; faults go to `notes`."""

    def __init__(
        self, notes: Notes, registry: CompoundRegistry, parts: Parts, start: int, end: int
    ) -> None:
        self.notes = notes
        self.registry = registry
        self.parts = parts
        self.entries = parts.entries
        self.ratios = Ratios(notes, parts)
        self.start, self.end = start, end

    def component(self, entry: Entry) -> Compound | Mixture | None:
        """Return what an entry stands for, a recipe expanded."""
        if isinstance(entry.component, NamedMixture):
            self.notes.remark(f"{entry.component.name} is {entry.component.mixture}")
            return entry.component.mixture
        return entry.component

    def fault(self, entry: Entry, reason: str, remedy: str) -> None:
        """Note what is wrong with an entry."""
        self.notes.fault(*entry.span, reason, remedy)

    def name(self, entry: Entry) -> str:
        """Return an entry's name as written."""
        return self.notes.words(entry.start, entry.name_end)

    def base(self) -> tuple[Parted, RatioKind | None]:
        """Return the components of the base with their parts, and the kind of the ratio."""
        if self.has_coefficients():
            return self.by_coefficients()
        run = self.run()
        run = self.in_order_of_ratio(run)
        if not run:
            return self.without_base()
        self.order_units(run)
        ratio, kind = self.ratios.of(len(run))
        self.check_chains(run, kind)
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

    def order_units(self, run: list[Entry]) -> None:
        """Give a ratio of repeat units to cations the order of polymer and salt."""
        for ratio in self.parts.ratios:
            if not ratio.of_units:
                continue
            polymers = [is_polymer(entry.component) for entry in run]
            salts = [entry.component for entry in run if is_salt(entry.component)]
            if len(run) != 2 or sum(polymers) != 1 or len(salts) != 1:
                remedy = "name one polymer and one salt with it, e.g. PEO/LiTFSI (EO:Li = 20:1)"
                self.notes.fault(ratio.start, ratio.end, "repeat units of what?", remedy)
                continue
            units, cations = ratio.parts
            assert units is not None
            assert cations is not None
            salt = salts[0]
            count = sum(metal_cations(salt).values()) if isinstance(salt, Compound) else 1
            parts: list[float | None] = [units, cations / max(count, 1)]
            ratio.parts = parts if polymers[0] else parts[::-1]

    def check_chains(self, run: list[Entry], kind: RatioKind | None) -> None:
        """Ask where moles of a polymer may be moles of its chains: ``PEG400/LiTFSI (1:1 mol)``."""
        if kind != "mol/mol" or any(ratio.of_units for ratio in self.parts.ratios):
            return
        for entry in run:
            if is_polymer(entry.component) and has_chain_length(self.name(entry)):
                self.fault(entry, *MOLES_OF_POLYMER)

    def shares(self, run: list[Entry], numbers: list[float | None]) -> Parted:
        """Return the components of entries, each with its number."""
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
        if self.counts_all(plain):
            return plain
        if self.parts.ins and any(not e.after_in for e in plain):
            for entry in plain:
                if not entry.after_in:
                    self.without_amount(entry, "salt", "M")
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
                self.without_amount(entry, "additive", "wt%")
        self.check_lead(run)
        return run

    def counts_all(self, plain: list[Entry]) -> bool:
        """Whether the ratio counts the salts before `in`, too: ``LiFSI in DME (1:1.2 mol/mol)``."""
        front = [e for e in plain if not e.after_in]
        kinds = {ratio.kind for ratio in self.parts.ratios} | {kind for kind, _ in self.parts.kinds}
        return (
            bool(front)
            and len(front) < len(plain)
            and bool(self.parts.ins)
            and all(is_salt(e.component) for e in front)
            and kinds - {None} in ({"mol/mol"}, {"w/w"})
            and all(len(ratio.parts) == len(plain) for ratio in self.parts.ratios)
            and not any(e.unit in SALT_UNITS and not e.after_in for e in self.entries)
        )

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
    ) -> tuple[Parted, RatioKind | None]:
        """Return water where only it can be meant; else note that no solvent is named."""
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
        """Whether numbers without a unit stand before components."""
        return any(e.amount is not None and e.unit is None for e in self.entries)

    def by_coefficients(
        self,
    ) -> tuple[Parted, RatioKind | None]:
        """Read ``LiFSI-1.2DME-3TTE``: the numbers are moles, unless a kind is given."""
        counted = [e for e in self.entries if e.amount is not None and e.unit is None]
        dosed = [e for e in self.entries if e.unit is not None]
        in_front = any(e.is_plain and e.after_in != counted[0].after_in for e in self.entries)
        listed = [e for e in self.entries if e.unit is None]
        joints = {e.joint for e in listed[1:]}
        if in_front or self.parts.ins or not joints <= {"-", ":", "/"} or len(listed) < 2:
            for entry in counted:
                before = self.parts.ins and not entry.after_in
                self.fault(entry, "amount without a unit", _SALT_UNITS if before else UNITS)
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
        self.check_chains(listed, kind)
        return self.shares(listed, values), kind if len(listed) > 1 else None

    def base_besides(self, counted: list[Entry]) -> tuple[Parted, RatioKind | None]:
        """Go on without the components that lack a unit, to find what else is wrong."""
        self.entries = [e for e in self.entries if not any(e is each for each in counted)]
        found = self.base()
        self.entries = self.parts.entries
        return found

    def without_amount(self, entry: Entry, role: str, unit: Unit) -> None:
        """Note a salt or an additive of which no amount is given."""
        remedy = f"write e.g. ? {unit} {self.name(entry)} if the amount is not known"
        self.fault(entry, f"{role} without amount and unit", remedy)


def is_polymer(component: object) -> bool:
    """Whether a component is a polymer, which is counted by its repeat unit."""
    return isinstance(component, Compound) and component.is_polymer


def is_salt(component: object) -> bool:
    """Whether a component is a salt or holds one."""
    if isinstance(component, NamedMixture):
        component = component.mixture
    if isinstance(component, Mixture):
        return any(compound.is_salt for compound in component.compounds) or bool(component.salts)
    return isinstance(component, Compound) and component.is_salt


def _same(first: list[Entry], second: list[Entry]) -> bool:
    names = [[str(entry.component) for entry in entries] for entries in (first, second)]
    return sorted(names[0]) == sorted(names[1]) and "None" not in names[0]
