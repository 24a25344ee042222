"""Portions: an electrolyte taken apart into salts, base and additives, inner mixtures dissolved.

What the formats and ways of counting start from. A compound that is an additive and something
else too counts as that.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..compounds.densities import density
from ..compounds.registry import Compound
from ..electrolytes.aqueous import WATER, solution_density
from ..electrolytes.composition import Composition, resolve
from ..electrolytes.electrolyte import Electrolyte, Mixture

Moles = dict[Compound, float]
# With more than this share of other molecules (by mass) salt water is no salt water.
_TRACES = 0.05


@dataclass(frozen=True)
class Portions:
    """What is in a mole of an electrolyte, in moles.

    Attributes
    ----------
    salts
        Metal salts and others that are dissolved.
    base
        What they are dissolved in: solvents, diluents, ionic liquids.
    additives
        Compounds that are named as additives alone.
    """

    salts: Moles
    base: Moles
    additives: Moles

    @property
    def compounds(self) -> Moles:
        """All of them: the base, the salts, the additives."""
        return {**self.base, **self.salts, **self.additives}


def portions(electrolyte: Electrolyte) -> Portions:
    """Take an electrolyte apart.

    Raises
    ------
    ValueError
        If it leaves a salt or an amount open: nothing could be said of it in numbers.
    """
    if electrolyte.has_unknown_amounts or electrolyte.has_unknown_salt:
        raise ValueError(f"{electrolyte}: it leaves amounts open, so there is nothing to convert")
    moles = _moles(resolve(electrolyte))
    extra = set(_additives(electrolyte)) - set(_others(electrolyte))
    additives = {c: n for c, n in moles.items() if c in extra}
    rest = {c: n for c, n in moles.items() if c not in extra}
    salts = {c: n for c, n in rest.items() if c.kind == "salt"}
    return Portions(salts, {c: n for c, n in rest.items() if c not in salts}, additives)


def _moles(composition: Composition) -> Moles:
    """Return what is in a mole of a composition."""
    pairs = zip(composition.compounds, composition.mole_fractions, strict=True)
    return {compound: float(fraction) for compound, fraction in pairs}


def _additives(mixture: Mixture) -> Iterable[Compound]:
    for dose in mixture.additives:
        if isinstance(dose.compound, Mixture):
            yield from dose.compound.compounds
        elif dose.compound is not None:
            yield dose.compound.anhydrous or dose.compound
    for inner in mixture.inner:
        yield from _additives(inner)


def _others(mixture: Mixture) -> Iterable[Compound]:
    for part in mixture.parts[: len(mixture.base) + len(mixture.salts)]:
        if isinstance(part.compound, Mixture):
            yield from _others(part.compound)
        elif part.compound is not None:
            yield part.compound.anhydrous or part.compound


def kilograms(moles: Moles) -> float:
    """Return the mass of some compounds."""
    return sum(n * c.molar_mass for c, n in moles.items()) / 1000


def litres(moles: Moles) -> float:
    """Return the volume of some compounds, mixed ideally; solids count as in solution."""
    return sum(n * c.molar_mass / density(c).value for c, n in moles.items()) / 1000


def solution_litres(composition: Composition) -> float:
    """Return the litres of a mole of the whole.

    Of salts in water by the density of measured solutions, where there are such; else the sum of
    the volumes, salts with the one that their structure suggests. So are additives to water.
    """
    moles = _moles(composition)
    solution = {c: n for c, n in moles.items() if c.smiles == WATER or c.kind == "salt"}
    others = {c: n for c, n in moles.items() if c not in solution}
    whole = kilograms(solution)
    if any(c.smiles == WATER for c in moles) and kilograms(others) <= _TRACES * whole:
        salts = (c for c in solution if c.smiles != WATER)
        measured = solution_density({c: kilograms({c: solution[c]}) / whole for c in salts})
        if measured is not None:
            return whole / measured + litres(others)
    return litres(moles)
