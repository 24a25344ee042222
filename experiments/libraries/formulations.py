"""How a molecule of a library is put into an electrolyte: as solvent, diluent or additive.

The amounts are those of `anolyte.datasets.electrolytes.composition`, as arrays over molecules: of
a molecule they need its molar mass and density alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from anolyte.datasets.compounds.densities import density
from anolyte.datasets.compounds.ions import holds
from anolyte.datasets.compounds.metals import Metal
from anolyte.datasets.compounds.registry import Compound
from anolyte.datasets.electrolytes.composition import resolve
from anolyte.datasets.electrolytes.electrolyte import Mixture, RatioKind, format_number
from anolyte.datasets.electrolytes.grammar import Dose, Electrolyte, Share
from anolyte.datasets.errors import Fault, InputError, choice
from anolyte.features.arrays import Floats

Role = Literal["solvent", "diluent", "additive"]
ROLES: tuple[Role, ...] = get_args(Role)
CONCENTRATIONS = (1.0, 2.0)
PARTS = (1.0, 2.0)
WT_PCT = (2.0,)
# What stands for the molecule in words.
PLACE = "X"


@dataclass(frozen=True)
class Formulation:
    """One way of putting a molecule into an electrolyte.

    Attributes
    ----------
    role
        Of the molecule.
    amount
        Of the role: its mol/L of salt as a solvent, its parts by volume for one of the base as a
        diluent, its per cent by weight of the whole as an additive.
    salt
        Dissolved in the molecule, where that is the solvent.
    base
        What it is added to, where it is not.
    """

    role: Role
    amount: float
    salt: Compound | None = None
    base: Electrolyte | None = None

    def electrolyte(self, molecule: Compound) -> Electrolyte:
        """Return the electrolyte with a molecule."""
        if self.role == "solvent":
            salts = (Dose(self.amount, "M", self.salt),)
            return Electrolyte(salts, (Share(1.0, molecule),), None)
        base = self.base
        assert base is not None
        if self.role == "additive":
            extra = (*base.additives, Dose(self.amount, "wt%", molecule))
            return Electrolyte(base.salts, base.base, base.ratio_kind, extra)
        inner = Mixture(base.salts, base.base, base.ratio_kind, base.additives)
        kind: RatioKind = "v/v"
        return Electrolyte((), (Share(1.0, inner), Share(self.amount, molecule)), kind)

    @property
    def compounds(self) -> tuple[Compound, ...]:
        """What it holds beside the molecule."""
        if self.role == "solvent":
            assert self.salt is not None
            return (self.salt,)
        assert self.base is not None
        return self.base.compounds

    def moles(self, compounds: Sequence[Compound]) -> Floats:
        """Return the moles (k,) of its compounds beside which `of_molecules` counts."""
        if self.role == "solvent":
            return np.array([self.amount * (compound == self.salt) for compound in compounds])
        assert self.base is not None
        resolved = resolve(self.base)
        found = dict(zip(resolved.compounds, resolved.mole_fractions.tolist(), strict=True))
        return np.array([found.get(compound, 0.0) for compound in compounds])

    def of_molecules(self, masses: Floats, litres: Floats) -> Floats:
        """Return the moles (m,) of molecules with g/mol (m,) and L/mol (m,)."""
        if self.role == "solvent":
            return 1 / litres
        assert self.base is not None
        resolved = resolve(self.base)
        moles = dict(zip(resolved.compounds, resolved.mole_fractions.tolist(), strict=True))
        if self.role == "diluent":
            # A solution that is mixed further has the volume of all it holds.
            base = sum(n * c.molar_mass / density(c).value / 1000 for c, n in moles.items())
            return np.asarray(self.amount * base / litres)
        share = self.amount / 100
        grams = sum(n * c.molar_mass for c, n in moles.items())
        return np.asarray(share / (1 - share) * grams / masses)

    def __str__(self) -> str:
        amount = format_number(self.amount)
        if self.role == "solvent":
            return f"{amount} M {self.salt} in {PLACE}"
        if self.role == "additive":
            return f"{self.base} + {amount} wt% {PLACE}"
        return f"({self.base})/{PLACE} (1:{amount} v/v)"


def library_formulations(
    metal: Metal,
    role: str,
    salts: Sequence[Compound] = (),
    amounts: Sequence[float] = (),
    bases: Sequence[Electrolyte] = (),
) -> tuple[Formulation, ...]:
    """Return the formulations that each molecule of a library is screened in.

    Parameters
    ----------
    metal
        Of the anode.
    role
        One of `ROLES`.
    salts
        As a solvent: each dissolved in the molecule alone.
    amounts
        See `Formulation.amount`; by default `CONCENTRATIONS`, `PARTS` or `WT_PCT`.
    bases
        As a diluent or additive: what it is added to.

    Raises
    ------
    InputError
        If the role is none, or lacks its salts or bases, or an amount is impossible.

    Examples
    --------
    >>> from anolyte.datasets import parse
    >>> from anolyte.experiments.libraries.formulations import library_formulations
    >>> base = parse("4 M LiFSI in DME")
    >>> list(map(str, library_formulations("Li", "diluent", bases=[base])))
    ['(4 M LiFSI in DME)/X (1:1 v/v)', '(4 M LiFSI in DME)/X (1:2 v/v)']
    """
    faults = list(_faults(metal, role, salts, amounts, bases))
    if faults:
        raise InputError("cannot put a library into electrolytes", faults)
    if role == "solvent":
        each = amounts or CONCENTRATIONS
        return tuple(Formulation("solvent", c, salt) for salt in salts for c in each)
    if role == "diluent":
        each = amounts or PARTS
        return tuple(Formulation("diluent", part, base=base) for base in bases for part in each)
    each = amounts or WT_PCT
    return tuple(Formulation("additive", share, base=base) for base in bases for share in each)


def _faults(
    metal: Metal,
    role: str,
    salts: Sequence[Compound],
    amounts: Sequence[float],
    bases: Sequence[Electrolyte],
) -> list[Fault]:
    if role not in ROLES:
        return [Fault("role", role, "unknown role", choice(role, ROLES))]
    found = [Fault("amounts", f"{a:g}", "not above 0", "leave it out") for a in amounts if a <= 0]
    if role == "additive":
        found += [
            Fault("amounts", f"{a:g} wt%", "leaves no room", "lower it")
            for a in amounts
            if a >= 100
        ]
    if role == "solvent":
        if not salts:
            found.append(Fault("salts", "", "no salt", "name one, e.g. LiFSI"))
        if bases:
            found.append(Fault("base", str(bases[0]), "a solvent has none", "give --salts"))
        found += [
            Fault("salts", str(each), f"holds no {metal}", f"name a salt of {metal}")
            for each in salts
            if not holds(each, metal)
        ]
        return found
    if not bases:
        found.append(Fault("base", "", f"a {role} is added to one", "e.g. 1 M LiFSI in DME"))
    for base in bases:
        if base.has_unknown_amounts or base.has_unknown_salt:
            found.append(Fault("base", str(base), "its amounts are open", "write them"))
        elif not any(holds(compound, metal) for compound in base.compounds):
            found.append(Fault("base", str(base), f"holds no {metal}", f"take a salt of {metal}"))
    return found
