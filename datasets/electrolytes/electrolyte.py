"""Electrolyte: a complete formulation as a frozen value, and its canonical text.

Holds what was written and nothing derived; `electrolyte.parse` reads text into it and
`composition.resolve` turns its amounts into mole fractions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from ..compounds.registry import Compound
from ..errors import Fault, FormulationError

Unit = Literal["M", "M(solution)", "m", "mM", "g/L", "wt%", "vol%", "mol%", "ppm"]
# "?/?": the source gives the parts but not what they count.
RatioKind = Literal["v/v", "w/w", "mol/mol", "?/?"]

SALT_UNITS: tuple[Unit, ...] = ("M", "M(solution)", "m", "mM", "g/L")
MOLAR_UNITS: tuple[Unit, ...] = ("M", "M(solution)", "m", "mM", "mol%")
PERCENT_UNITS: tuple[Unit, ...] = ("wt%", "vol%", "mol%")
RATIO_KINDS: tuple[RatioKind, ...] = ("v/v", "w/w", "mol/mol", "?/?")
MAX_COMPONENTS = 20
MAX_DEPTH = 4
MAX_AMOUNT = 1e9
MAX_LENGTH = 4000
# Reason and remedy.
MOLES_OF_POLYMER = (
    "moles of a polymer: of its chains, or of its repeat units?",
    "give its mass, e.g. 10 g/L or 1 wt%, or count its units in a ratio, e.g. PEO/LiTFSI "
    "(EO:Li = 20:1)",
)
# What an additive in unknown percent stands for.
UNKNOWN_PERCENT = 2.0


def format_number(value: float | None) -> str:
    """Return the shortest positional text that reads back as `value`; ``?`` for None."""
    return "?" if value is None else np.format_float_positional(value, trim="-")


@dataclass(frozen=True, slots=True)
class Dose:
    """A salt or an additive with its amount; None stands for what the source does not say.

    An additive may be a solution of its own, as in ``5 wt% (4 M LiNO3 in DMSO)``.
    """

    amount: float | None
    unit: Unit
    compound: Compound | Mixture | None

    def __str__(self) -> str:
        return f"{format_number(self.amount)} {self.unit} {_inside(self.compound)}"

    @property
    def pure(self) -> Compound | None:
        """The compound, where it is one and not a mixture."""
        return self.compound if isinstance(self.compound, Compound) else None


@dataclass(frozen=True, slots=True)
class Share:
    """A solvent (or any component of a ratio form) with its part in the ratio.

    A component may be a mixture of its own, as in ``(6.6 M LiFSI in DME)/TTE (1:4 v/v)``.
    """

    part: float | None
    compound: Compound | Mixture

    @property
    def pure(self) -> Compound:
        """The compound, where it is one.

        Raises
        ------
        TypeError
            If it is a mixture.
        """
        if isinstance(self.compound, Mixture):
            raise TypeError(f"({self.compound}) is a mixture, not a compound")
        return self.compound


def _inside(component: Compound | Mixture | None) -> str:
    return f"({component})" if isinstance(component, Mixture) else str(component or "?")


@dataclass(frozen=True, slots=True)
class Mixture:
    """Salts dissolved in a base of solvents, plus additives; all but the base may be missing.

    In the ratio form, as in ``LiFSI/DME/TTE (1:1.2:3 mol/mol)``, `salts` is empty and
    the base holds every component.

    Attributes
    ----------
    salts
        Salts with their concentration in M, mM or g/L (per litre of the base), M(solution) (per
        litre of the solution) or m (per kg of the base).
    base
        The solvents (solution form) or all components (ratio form), in written order.
    ratio_kind
        How the parts of the base count; None for a single solvent.
    additives
        Additives with their amounts; wt%, vol%, mol% and ppm are of the whole.

    Examples
    --------
    >>> from anolyte.datasets.electrolytes.grammar import parse_mixture
    >>> mixture = parse_mixture("EC/DMC (1:1 v/v)")
    >>> [str(compound) for compound in mixture.compounds], mixture.ratio_kind
    (['EC', 'DMC'], 'v/v')
    """

    salts: tuple[Dose, ...]
    base: tuple[Share, ...]
    ratio_kind: RatioKind | None = None
    additives: tuple[Dose, ...] = ()

    def __post_init__(self) -> None:
        faults = list(_faults(self))
        if faults:
            raise FormulationError("impossible electrolyte", faults)

    @property
    def is_ratio_form(self) -> bool:
        """Whether the salts stand in the ratio instead of having a concentration."""
        return not self.salts

    @property
    def parts(self) -> tuple[Share | Dose, ...]:
        """The base, the salts and the additives, in this order."""
        return (*self.base, *self.salts, *self.additives)

    @property
    def compounds(self) -> tuple[Compound, ...]:
        """Every named compound once, in written order, those of inner mixtures in their place."""
        found: dict[Compound, None] = {}
        for part in self.parts:
            if isinstance(part.compound, Mixture):
                found |= dict.fromkeys(part.compound.compounds)
            elif part.compound is not None:
                found.setdefault(part.compound)
        return tuple(found)

    @property
    def inner(self) -> tuple[Mixture, ...]:
        """The mixtures that this one is mixed from."""
        return tuple(p.compound for p in self.parts if isinstance(p.compound, Mixture))

    @property
    def named_salts(self) -> tuple[Compound, ...]:
        """The salts by role: dissolved ones, those of a ratio form, those of inner mixtures."""
        dissolved = [d.compound for d in self.salts if isinstance(d.compound, Compound)]
        shares = [s.compound for s in self.base if isinstance(s.compound, Compound)]
        found = [*dissolved, *(compound for compound in shares if compound.kind == "salt")]
        inner = [salt for mixture in self.inner for salt in mixture.named_salts]
        return tuple(dict.fromkeys([*found, *inner]))

    @property
    def solvents(self) -> tuple[Compound, ...]:
        """What is in the base and is no salt or ionic liquid, with that of inner mixtures."""
        shares = [s.compound for s in self.base if isinstance(s.compound, Compound)]
        found = [compound for compound in shares if not compound.is_salt]
        inner = [each for mixture in self.inner for each in mixture.solvents]
        return tuple(dict.fromkeys([*found, *inner]))

    @property
    def named_additives(self) -> tuple[Compound, ...]:
        """The additives that are one compound."""
        return tuple(d.compound for d in self.additives if isinstance(d.compound, Compound))

    @property
    def has_unknown_amounts(self) -> bool:
        """Whether any amount, ratio or kind of a ratio is written as ``?``."""
        doses = (*self.salts, *self.additives)
        return (
            self.ratio_kind == "?/?"
            or any(dose.amount is None for dose in doses)
            or any(share.part is None for share in self.base)
            or any(mixture.has_unknown_amounts for mixture in self.inner)
        )

    @property
    def has_unknown_salt(self) -> bool:
        """Whether a salt is written as ``?``."""
        unnamed = any(dose.compound is None for dose in self.salts)
        return unnamed or any(mixture.has_unknown_salt for mixture in self.inner)

    def __str__(self) -> str:
        base = "/".join(_inside(share.compound) for share in self.base)
        if self.ratio_kind is not None:
            known = [share.part for share in self.base if share.part is not None]
            ratio = ":".join(map(format_number, known)) if known else "?"
            base = f"{base} ({ratio} {self.ratio_kind})"
        if self.salts:
            base = f"{' + '.join(map(str, self.salts))} in {base}"
        return " + ".join((base, *map(str, self.additives)))


@dataclass(frozen=True, slots=True)
class Electrolyte(Mixture):
    """A complete formulation: a mixture that holds a salt.

    ``parse(str(electrolyte)) == electrolyte`` holds for every electrolyte.

    Examples
    --------
    >>> from anolyte.datasets import parse
    >>> electrolyte = parse("1 M LiPF6 in EC/DMC (1:1 v/v) + 2 wt% VC")
    >>> [str(compound) for compound in electrolyte.compounds]
    ['EC', 'DMC', 'LiPF6', 'VC']
    >>> str(electrolyte.additives[0]), electrolyte.ratio_kind
    ('2 wt% VC', 'v/v')
    """


def _faults(electrolyte: Mixture) -> Iterator[Fault]:
    yield from _structure_faults(electrolyte)
    if isinstance(electrolyte, Electrolyte):
        yield from _salt_faults(electrolyte)
    yield from _amount_faults(electrolyte)
    for role, compounds in (
        ("salts", [dose.compound for dose in electrolyte.salts]),
        ("solvents", [share.compound for share in electrolyte.base]),
        ("additives", [dose.compound for dose in electrolyte.additives]),
    ):
        for compound, count in Counter(compounds).items():
            if count > 1:
                yield Fault(
                    role,
                    _inside(compound),
                    "named more than once",
                    "add its amounts up and name it once",
                )


def _salt_faults(electrolyte: Electrolyte) -> Iterator[Fault]:
    base = electrolyte.base
    if not electrolyte.is_ratio_form:
        return
    if len(base) == 1 and isinstance(base[0].compound, Compound) and base[0].compound.is_salt:
        name = str(base[0].compound)
        yield Fault("formulation", name, "no solvent", f"write e.g. 1 M {name} in DME")
    salts = any(compound.is_salt for share in base for compound in _components(share))
    if not salts and not any(mixture.has_unknown_salt for mixture in electrolyte.inner):
        names = "/".join(_inside(share.compound) for share in base)
        yield Fault(
            "formulation",
            names,
            "no salt",
            f"write its amount before 'in', e.g. 1 M LiFSI in {names} (or ? M ? if not known)",
        )


def _components(part: Share | Dose) -> tuple[Compound, ...]:
    if isinstance(part.compound, Mixture):
        return part.compound.compounds
    return () if part.compound is None else (part.compound,)


def _count(mixture: Mixture) -> int:
    return len(mixture.parts) + sum(_count(inner) for inner in mixture.inner)


def _depth(mixture: Mixture) -> int:
    return 1 + max(map(_depth, mixture.inner), default=0)


def _structure_faults(electrolyte: Mixture) -> Iterator[Fault]:
    base = electrolyte.base
    count = _count(electrolyte)
    if _depth(electrolyte) > MAX_DEPTH:
        yield Fault(
            "formulation", "", "mixtures within mixtures within mixtures", "mix in one step fewer"
        )
    if count <= MAX_COMPONENTS and len(str(electrolyte)) > MAX_LENGTH:
        yield Fault("formulation", "", f"over {MAX_LENGTH} characters", "shorten the names")
    if count > MAX_COMPONENTS:
        yield Fault("formulation", f"{count} components", "too many", f"use up to {MAX_COMPONENTS}")
    if not base:
        yield Fault("formulation", "", "no solvent", "name at least one after 'in'")
    if (len(base) > 1) != (electrolyte.ratio_kind is not None):
        yield Fault(
            "ratio",
            str(electrolyte.ratio_kind or ""),
            "a ratio goes with two or more components",
            "write e.g. EC/DMC (1:1 v/v), or (? v/v) when it is unknown",
        )
    if len(base) == 1 and base[0].part != 1.0 and base[0].part is not None:
        yield Fault("ratio", format_number(base[0].part), "a part of one solvent", "leave it at 1")
    has_salt = any(isinstance(s.compound, Compound) and s.compound.is_salt for s in base)
    if electrolyte.is_ratio_form and electrolyte.ratio_kind == "v/v" and has_salt:
        yield Fault(
            "ratio", "v/v", "a salt has no volume", "use mol/mol or w/w, or write the salt in M"
        )
    if any(isinstance(dose.compound, Mixture) for dose in electrolyte.salts):
        yield Fault(
            "salts", "", "a solution for a salt", "name the salt, or write it as an additive"
        )
    if any(dose.compound is None for dose in electrolyte.additives):
        yield Fault("additives", "?", "an additive has no name", "only salts may be unnamed")


def _amount_faults(electrolyte: Mixture) -> Iterator[Fault]:
    doses = (*electrolyte.salts, *electrolyte.additives)
    amounts = [dose.amount for dose in doses] + [share.part for share in electrolyte.base]
    for amount in amounts:
        if amount is not None and not 0 < amount <= MAX_AMOUNT:
            yield Fault(
                "amount",
                format_number(amount),
                f"not above 0 and up to {MAX_AMOUNT:g}",
                "give a positive amount, leave the component out, or write ?",
            )
    for dose in electrolyte.salts:
        if dose.unit not in SALT_UNITS:
            yield Fault(
                "salts", str(dose), "a salt is given in M, mM, m or g/L", "convert it, or write ? M"
            )
    parts = [share.part for share in electrolyte.base]
    if len({part is None for part in parts}) > 1 or (None in parts and len(parts) == 1):
        yield Fault("ratio", "?", "partly unknown", "give all parts, or one ? for the ratio")
    for unit in PERCENT_UNITS:
        percent = sum(_percent(dose, unit) for dose in electrolyte.additives)
        if percent >= 100:
            yield Fault("additives", f"{percent:g} {unit}", "100 % or more", "lower the amounts")
    for dose in electrolyte.additives:
        yield from _additive_faults(dose)
    yield from _polymer_faults(doses)


def _polymer_faults(doses: tuple[Dose, ...]) -> Iterator[Fault]:
    for dose in doses:
        if dose.unit in MOLAR_UNITS and dose.pure is not None and dose.pure.is_polymer:
            reason, remedy = MOLES_OF_POLYMER
            yield Fault("amount", str(dose), reason, remedy)


def _additive_faults(dose: Dose) -> Iterator[Fault]:
    if dose.unit == "M(solution)":
        remedy = "give it in M, m or wt%"
        yield Fault("additives", str(dose), "an additive per litre of solution", remedy)
    if dose.unit == "vol%" and dose.pure is not None and dose.pure.kind == "salt":
        yield Fault("additives", str(dose), "a salt has no volume", "give it in wt%, M or m")
    if isinstance(dose.compound, Mixture) and dose.unit in ("M", "mM", "m", "mol%"):
        remedy = "give it in wt%, vol%, ppm or g/L"
        yield Fault("additives", str(dose), "moles of a solution", remedy)


def _percent(dose: Dose, unit: Unit) -> float:
    """Return the share of an additive in a percent unit; ppm counts as wt%."""
    if dose.unit == "ppm" and unit == "wt%":
        return (dose.amount or 0.0) / 1e4
    if dose.unit != unit:
        return 0.0
    return UNKNOWN_PERCENT if dose.amount is None else dose.amount
