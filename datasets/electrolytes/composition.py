"""Turn the amounts of an electrolyte into mole and mass fractions.

Conventions: M (and g/L) counts moles of salt per litre of the solvent mixture (ideal mixing of the
solvents, the convention of the published tables), M(solution) per litre of the solution, m per
kilogram of the solvent mixture; wt%, vol%, mol% and ppm (by mass) are of the whole, vol% of the
whole liquid without salts. A solution that is mixed further has the volume of all it holds,
salts with the volume that their structure suggests. In water alone M counts per litre of solution,
as chemists of aqueous cells mean it, where the density of the solution was measured (see
`aqueous`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..compounds.densities import density
from ..compounds.registry import Compound, shipped_compounds
from ..errors import Fault, FormulationError
from .aqueous import WATER, litres_of_solution
from .electrolyte import UNKNOWN_PERCENT, Dose, Mixture, Share, Unit

DEFAULT_CONCENTRATION = 1.0
DEFAULT_ADDITIVE: dict[Unit, float] = {
    "wt%": UNKNOWN_PERCENT,
    "vol%": UNKNOWN_PERCENT,
    "mol%": UNKNOWN_PERCENT,
    # Sources that count in small units mean small amounts.
    "mM": 10.0,
    "ppm": 100.0,
}
_PER_LITRE = {"M": 1.0, "mM": 1e-3, "g/L": 1.0}


@dataclass(frozen=True)
class Composition:
    """What an electrolyte consists of, and what had to be assumed to say so.

    Attributes
    ----------
    compounds
        The compounds, each once.
    mole_fractions, mass_fractions
        Arrays of the same length; each adds up to 1.
    amounts_assumed, salt_assumed
        Whether a ``?`` amount or salt was replaced by a stated default.
    densities_estimated
        Compounds whose density the conversion needed and had to estimate.
    base_litres
        Litres of the base, the litre that M counts, in a mole of the whole.
    parts
        What is put together as written, hydrates and mixtures in one, with its grams in a mole
        of the whole.
    """

    compounds: tuple[Compound, ...]
    mole_fractions: npt.NDArray[np.float64]
    mass_fractions: npt.NDArray[np.float64]
    amounts_assumed: bool
    salt_assumed: bool
    densities_estimated: tuple[Compound, ...]
    base_litres: float = float("nan")
    parts: tuple[tuple[Compound | Mixture, float], ...] = ()


def resolve(electrolyte: Mixture, default_salt: Compound | None = None) -> Composition:
    """Compute the composition of an electrolyte.

    Unknown amounts become 1 M (or 1 m) of a salt, equal parts of a ratio, and 2 wt% (vol%,
    mol%) of an additive, 10 mM or 100 ppm where the source counts in these.

    Parameters
    ----------
    electrolyte
        The formulation.
    default_salt
        What an unnamed salt stands for: by convention the metal's commonest salt.

    Raises
    ------
    ValueError
        If the electrolyte has an unnamed salt and no default is given.
    FormulationError
        If the additives' shares leave no room for the rest.
    """
    moles = _filled(electrolyte, default_salt)
    compounds = tuple(moles.amounts)
    amounts = np.array(list(moles.amounts.values()))
    masses = amounts * [compound.molar_mass for compound in compounds]
    return Composition(
        compounds=compounds,
        mole_fractions=amounts / amounts.sum(),
        mass_fractions=masses / masses.sum(),
        amounts_assumed=electrolyte.has_unknown_amounts,
        salt_assumed=electrolyte.has_unknown_salt,
        densities_estimated=tuple(moles.estimated),
        base_litres=moles.litres / float(amounts.sum()),
        parts=tuple((each, grams / float(amounts.sum())) for each, grams in moles.grams.items()),
    )


def _filled(mixture: Mixture, default_salt: Compound | None) -> _Moles:
    moles = _Moles(default_salt)
    moles.add_base(mixture)
    salts = []
    for dose in mixture.salts:
        compound = dose.pure or default_salt
        if compound is None:
            raise ValueError(f"{mixture}: the salt is not named and no default is given")
        # Unknown, it counts as any salt.
        unit: Unit = "M" if dose.amount is None and dose.unit == "g/L" else dose.unit
        salts.append(Dose(_known_amount(dose), unit, compound))
    moles.swelling = swelling(_pure(mixture.base), salts) if not mixture.inner else 1.0
    for dose in salts:
        if dose.unit != "M(solution)":
            moles.add_dissolved(dose.pure, dose.unit, _known_amount(dose))
    moles.add_per_solution([dose for dose in salts if dose.unit == "M(solution)"])
    moles.add_additives(mixture.additives)
    return moles


def _known_amount(dose: Dose) -> float:
    default = DEFAULT_ADDITIVE["mM"] if dose.unit == "mM" else DEFAULT_CONCENTRATION
    return default if dose.amount is None else dose.amount


def swelling(base: Sequence[Compound], salts: Sequence[Dose]) -> float:
    """Return the litres that M counts by, per litre of the base.

    In water alone the litres of measured solution; else 1.
    """
    if [compound.smiles for compound in base] != [WATER]:
        return 1.0
    molarities = {
        dose.pure.anhydrous or dose.pure: (dose.amount or 0.0)
        * _moles_per_litre(dose.unit, dose.pure)
        for dose in salts
        if dose.pure is not None and dose.unit != "m"
    }
    if len(molarities) < len(salts):
        return 1.0
    return litres_of_solution(molarities) or 1.0


def _moles_per_litre(unit: Unit, compound: Compound) -> float:
    return 1 / compound.molar_mass if unit == "g/L" else {"mM": 1e-3}.get(unit, 1.0)


def pieces(compound: Compound) -> tuple[tuple[Compound, float], ...]:
    """Return what a mole of a compound counts as: of a hydrate, the salt and its water."""
    if compound.anhydrous is None:
        return ((compound, 1.0),)
    water = shipped_compounds()["H2O"]
    return ((compound.anhydrous, 1.0), (water, float(compound.crystal_water)))


@dataclass(frozen=True, slots=True)
class _Portion:
    """Moles of compounds that go in together: a compound, a hydrate, or a mixture."""

    amounts: dict[Compound, float]
    litres: float
    estimated: tuple[Compound, ...] = ()

    @property
    def moles(self) -> float:
        return sum(self.amounts.values())

    @property
    def kilograms(self) -> float:
        return sum(n * c.molar_mass for c, n in self.amounts.items()) / 1000


class _Moles:
    """Moles per compound while a mixture is put together."""

    def __init__(self, default_salt: Compound | None = None) -> None:
        self.default_salt = default_salt
        self.swelling = 1.0
        self.amounts: dict[Compound, float] = {}
        self.estimated: dict[Compound, None] = {}
        self.base: tuple[tuple[Compound | Mixture, float], ...] = ()
        self.grams: dict[Compound | Mixture, float] = {}

    def portion(self, component: Compound | Mixture) -> _Portion:
        """Return what one mole of a compound, or some amount of a mixture, consists of."""
        if isinstance(component, Mixture):
            inner = _filled(component, self.default_salt)
            litres = sum(n * inner.molar_volume(c) for c, n in inner.amounts.items()) / 1000
            return _Portion(inner.amounts, litres, tuple(inner.estimated))
        return _Portion(dict(pieces(component)), 0.0)

    def add(self, component: Compound | Mixture, count: float) -> None:
        portion = self.portion(component)
        for compound, moles in portion.amounts.items():
            self.amounts[compound] = self.amounts.get(compound, 0.0) + count * moles
        self.weigh(component, count * 1000 * portion.kilograms)

    def weigh(self, component: Compound | Mixture, grams: float) -> None:
        self.grams[component] = self.grams.get(component, 0.0) + grams

    def molar_volume(self, compound: Compound) -> float:
        """Return cm3/mol, noting where the density is an estimate."""
        found = density(compound)
        if found.origin == "estimated":
            self.estimated[compound] = None
        return compound.molar_mass / found.value

    def volume(self, component: Compound | Mixture) -> float:
        """Return cm3 of a mole of a compound, or of a portion of a mixture."""
        if not isinstance(component, Mixture):
            return self.molar_volume(component)
        portion = self.portion(component)
        self.estimated |= dict.fromkeys(portion.estimated)
        return 1000 * portion.litres

    def add_base(self, mixture: Mixture) -> None:
        kind = mixture.ratio_kind or "mol/mol"
        if kind == "?/?":
            # Moles where salts are counted, else volumes, as most sources do.
            has_salt = any(c.kind == "salt" for c in _pure(mixture.base))
            kind = "mol/mol" if mixture.is_ratio_form and has_salt else "v/v"
        self.base = tuple((s.compound, self._from_part(s, kind)) for s in mixture.base)
        for component, count in self.base:
            self.add(component, count)

    def _from_part(self, share: Share, kind: str) -> float:
        part = 1.0 if share.part is None else share.part
        portion = self.portion(share.compound)
        if kind == "mol/mol":
            return part / (portion.moles if isinstance(share.compound, Mixture) else 1.0)
        return part / (1000 * portion.kilograms if kind == "w/w" else self.volume(share.compound))

    @property
    def _liquids(self) -> list[tuple[Compound | Mixture, float]]:
        # A solid salt in a ratio form takes no part in the litre or kilogram of solvent.
        liquids = [(c, n) for c, n in self.base if isinstance(c, Mixture) or c.kind != "salt"]
        return liquids or list(self.base)

    @property
    def litres(self) -> float:
        """Litres of the base."""
        return sum(n * self.volume(component) for component, n in self._liquids) / 1000

    def add_dissolved(
        self, component: Compound | Mixture | None, unit: Unit, amount: float
    ) -> None:
        """Add what is dosed in M, mM, g/L (per litre) or m (per kilogram) of the base."""
        assert component is not None
        portion = self.portion(component)
        if unit == "m":
            kilograms = sum(n * self.portion(c).kilograms for c, n in self._liquids)
            count = amount * kilograms
        else:
            count = amount * self.litres * self.swelling * _PER_LITRE[unit]
        if unit == "g/L":
            count /= 1000 * portion.kilograms
        self._dissolve(component, count)

    def _dissolve(self, component: Compound | Mixture, count: float) -> None:
        water = shipped_compounds()["H2O"]
        in_water = [c for c, _ in self.base] == [water]
        if in_water and isinstance(component, Compound) and component.anhydrous is not None:
            # In water the crystal water is part of the litre or kilogram that is counted.
            crystal = count * component.crystal_water * water.molar_mass
            self.add(component.anhydrous, count)
            self.weigh(component, self.grams.pop(component.anhydrous) + crystal)
            self.weigh(water, -crystal)
        else:
            self.add(component, count)

    def add_per_solution(self, doses: list[Dose]) -> None:
        """Add salts in moles per litre of the solution, whose volume they enlarge.

        V = V_base + sum n_i v_i with n_i = c_i V for the salts so dosed; volumes add up.
        """
        if not doses:
            return
        litres = self.litres
        base = {c for c, _ in self.base}
        others = {c: n for c, n in self.amounts.items() if c not in base and c.kind == "salt"}
        litres += sum(n * self.molar_volume(c) for c, n in others.items()) / 1000
        salts = [(dose.pure, _known_amount(dose)) for dose in doses]
        if self.swelling != 1:
            # The solution was measured.
            for salt, concentration in salts:
                assert isinstance(salt, Compound)
                self._dissolve(salt, concentration * self.litres * self.swelling)
            return
        taken = sum(c * self._salt_volume(salt) for salt, c in salts) / 1000
        if taken >= 1:
            written = " + ".join(map(str, doses))
            remedy = "count per litre of solvent, in M, or per kilogram, in m"
            fault = Fault("salts", written, "more salt than a litre holds", remedy)
            raise FormulationError("impossible electrolyte", [fault])
        for salt, concentration in salts:
            assert isinstance(salt, Compound)
            self._dissolve(salt, concentration * litres / (1 - taken))

    def _salt_volume(self, salt: Compound | Mixture | None) -> float:
        assert isinstance(salt, Compound)
        return self.molar_volume(salt.anhydrous or salt)

    def add_additives(self, additives: tuple[Dose, ...]) -> None:
        shares: list[tuple[Compound | Mixture, Unit, float]] = []
        for dose in additives:
            component = dose.compound
            assert component is not None  # Mixture allows only salts to be unnamed
            unit = dose.unit
            amount = dose.amount
            if amount is None and unit in ("M", "m", "g/L"):
                # Unknown: 1 M would make it a main salt, so it counts as any unknown additive.
                unit = "wt%"
            if amount is None:
                amount = DEFAULT_ADDITIVE[unit]
            if unit in ("M", "m", "mM", "g/L"):
                self.add_dissolved(component, unit, amount)
            else:
                shares.append((component, unit, amount / (1e6 if unit == "ppm" else 100)))
        if shares:
            self._add_shares(shares)

    def _add_shares(self, shares: list[tuple[Compound | Mixture, Unit, float]]) -> None:
        """Solve for the additives given as a share of the whole, which includes themselves.

        For additive j with share s_j of a measure u (mass, moles or liquid volume):
        n_j u_j - s_j sum_k n_k u_k = s_j U, where U is the measure of everything else.
        """
        count = len(shares)
        matrix = np.zeros((count, count))
        known = np.zeros(count)
        for row, (_, unit, share) in enumerate(shares):
            measures = [self._measure(component, unit) for component, _, _ in shares]
            matrix[row] = [-share * measure for measure in measures]
            matrix[row, row] += measures[row]
            total = sum(n * self._measure(c, unit) for c, n in self.amounts.items())
            known[row] = share * total
        try:
            solution = np.linalg.solve(matrix, known)
        except np.linalg.LinAlgError:
            solution = np.full(count, -1.0)
        if (solution <= 0).any():
            written = ", ".join(f"{100 * share:g} {unit} {c}" for c, unit, share in shares)
            remedy = "lower the amounts, or give vol% to an electrolyte that holds a liquid"
            fault = Fault("additives", written, "leave no room for the rest", remedy)
            raise FormulationError("impossible electrolyte", [fault])
        for (component, _, _), number in zip(shares, solution, strict=True):
            self.add(component, float(number))

    def _measure(self, component: Compound | Mixture, unit: Unit) -> float:
        amounts = self.portion(component).amounts.items()
        if unit == "mol%":
            return sum(n for _, n in amounts)
        if unit == "vol%":
            return sum(0.0 if c.kind == "salt" else n * self.molar_volume(c) for c, n in amounts)
        return sum(n * c.molar_mass for c, n in amounts)


def _pure(shares: tuple[Share, ...]) -> list[Compound]:
    return [share.compound for share in shares if isinstance(share.compound, Compound)]
