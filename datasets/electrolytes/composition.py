"""Turn the amounts of an electrolyte into mole and mass fractions.

Conventions: M counts moles of salt per litre of the solvent mixture (ideal mixing of the
solvents, the convention of the published tables), m per kilogram of it; wt%, vol%, mol%
and ppm (by mass) are of the whole, vol% of the whole liquid without salts. In water alone M
counts per litre of solution, as chemists of aqueous cells mean it, where the density of the
solution was measured (see `aqueous`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..compounds.densities import density
from ..compounds.registry import Compound
from ..errors import Fault, FormulationError
from .aqueous import WATER, litres_of_solution
from .electrolyte import UNKNOWN_PERCENT, Dose, Electrolyte, Share, Unit

DEFAULT_CONCENTRATION = 1.0
DEFAULT_ADDITIVE: dict[Unit, float] = {
    "wt%": UNKNOWN_PERCENT,
    "vol%": UNKNOWN_PERCENT,
    "mol%": UNKNOWN_PERCENT,
    # Sources that count in small units mean small amounts.
    "mM": 10.0,
    "ppm": 100.0,
}


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
    """

    compounds: tuple[Compound, ...]
    mole_fractions: npt.NDArray[np.float64]
    mass_fractions: npt.NDArray[np.float64]
    amounts_assumed: bool
    salt_assumed: bool
    densities_estimated: tuple[Compound, ...]


def resolve(electrolyte: Electrolyte, default_salt: Compound | None = None) -> Composition:
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
    moles = _Moles()
    moles.add_base(electrolyte)
    salts = []
    for dose in electrolyte.salts:
        compound = dose.compound or default_salt
        if compound is None:
            raise ValueError(f"{electrolyte}: the salt is not named and no default is given")
        salts.append(Dose(_known_concentration(dose), dose.unit, compound))
    moles.swelling = swelling([share.compound for share in electrolyte.base], salts)
    for dose in salts:
        moles.add_dissolved(dose)
    moles.add_additives(electrolyte.additives)
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
    )


def _known_concentration(dose: Dose) -> float:
    default = DEFAULT_ADDITIVE["mM"] if dose.unit == "mM" else DEFAULT_CONCENTRATION
    return default if dose.amount is None else dose.amount


def swelling(base: Sequence[Compound], salts: Sequence[Dose]) -> float:
    """Return the litres that M counts by, per litre of the base.

    In water alone the litres of measured solution; else 1.
    """
    if [compound.smiles for compound in base] != [WATER]:
        return 1.0
    molarities = {
        dose.compound: (dose.amount or 0.0) / (1000 if dose.unit == "mM" else 1)
        for dose in salts
        if dose.compound is not None and dose.unit in ("M", "mM")
    }
    if len(molarities) < len(salts):
        return 1.0
    return litres_of_solution(molarities) or 1.0


class _Moles:
    """Moles per compound while an electrolyte is put together."""

    def __init__(self) -> None:
        self.swelling = 1.0
        self.amounts: dict[Compound, float] = {}
        self.estimated: dict[Compound, None] = {}
        self.base: tuple[tuple[Compound, float], ...] = ()

    def add(self, compound: Compound, moles: float) -> None:
        self.amounts[compound] = self.amounts.get(compound, 0.0) + moles

    def molar_volume(self, compound: Compound) -> float:
        """Return cm3/mol, noting where the density is an estimate."""
        found = density(compound)
        if found.origin == "estimated":
            self.estimated[compound] = None
        return compound.molar_mass / found.value

    def add_base(self, electrolyte: Electrolyte) -> None:
        kind = electrolyte.ratio_kind or "mol/mol"
        moles = [(share.compound, self._from_part(share, kind)) for share in electrolyte.base]
        for compound, amount in moles:
            self.add(compound, amount)
        # A solid salt in a ratio form takes no part in the litre or kilogram of solvent.
        solvents = [(c, amount) for c, amount in moles if c.kind != "salt"]
        self.base = tuple(solvents or moles)

    def _from_part(self, share: Share, kind: str) -> float:
        part = 1.0 if share.part is None else share.part
        if kind == "mol/mol":
            return part
        mass_or_volume = share.compound.molar_mass if kind == "w/w" else None
        return part / (mass_or_volume or self.molar_volume(share.compound))

    def add_dissolved(self, dose: Dose) -> None:
        """Add a salt or additive dosed in M, mM (per litre) or m (per kilogram) of the base."""
        compound, amount = dose.compound, dose.amount
        assert compound is not None
        assert amount is not None
        if dose.unit == "m":
            kilograms = sum(moles * base.molar_mass for base, moles in self.base) / 1000
            self.add(compound, amount * kilograms)
            return
        litres = sum(moles * self.molar_volume(base) for base, moles in self.base) / 1000
        litres *= self.swelling
        self.add(compound, amount * litres / (1000 if dose.unit == "mM" else 1))

    def add_additives(self, additives: tuple[Dose, ...]) -> None:
        shares: list[tuple[Compound, Unit, float]] = []
        for dose in additives:
            compound = dose.compound
            assert compound is not None  # Electrolyte allows only salts to be unnamed
            unit = dose.unit
            amount = dose.amount
            if amount is None and unit in ("M", "m"):
                # Unknown: 1 M would make it a main salt, so it counts as any unknown additive.
                unit = "wt%"
            if amount is None:
                amount = DEFAULT_ADDITIVE[unit]
            if unit in ("M", "m", "mM"):
                self.add_dissolved(Dose(amount, unit, compound))
            else:
                shares.append((compound, unit, amount / (1e6 if unit == "ppm" else 100)))
        if shares:
            self._add_shares(shares)

    def _add_shares(self, shares: list[tuple[Compound, Unit, float]]) -> None:
        """Solve for the additives given as a share of the whole, which includes themselves.

        For additive j with share s_j of a measure u (mass, moles or liquid volume):
        n_j u_j - s_j sum_k n_k u_k = s_j U, where U is the measure of everything else.
        """
        count = len(shares)
        matrix = np.zeros((count, count))
        known = np.zeros(count)
        for row, (_, unit, share) in enumerate(shares):
            measures = [self._measure(compound, unit) for compound, _, _ in shares]
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
        for (compound, _, _), moles in zip(shares, solution, strict=True):
            self.add(compound, float(moles))

    def _measure(self, compound: Compound, unit: Unit) -> float:
        if unit == "mol%":
            return 1.0
        if unit == "vol%":
            return 0.0 if compound.kind == "salt" else self.molar_volume(compound)
        return compound.molar_mass
