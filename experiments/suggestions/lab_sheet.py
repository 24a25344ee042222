"""Lab sheet: an electrolyte as masses and volumes to weigh and pipette, for a batch volume.

The batch volume is that of the solvent mixture, the litre that M counts (ideal mixing, see
`datasets.composition`); salts and additives come on top of it. It may be asked for as that of
the whole solution instead, whose salts then count with an estimated volume. Masses are of the
pure, anhydrous compound, unless a hydrate is named: that is weighed, and its water left out of
the water.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from anolyte.datasets.compounds.densities import density
from anolyte.datasets.compounds.properties import PropertyValue, property_value
from anolyte.datasets.compounds.registry import Compound
from anolyte.datasets.electrolytes.composition import resolve
from anolyte.datasets.electrolytes.electrolyte import Mixture
from anolyte.datasets.electrolytes.grammar import Electrolyte, parse
from anolyte.datasets.formats.portions import solution_litres

# What the person at the bench fills in; `anolyte data add` reads these columns.
TO_FILL = (
    "ce_pct",
    "source",
    "ce_method",
    "cycles",
    "substrate",
    "current_mA_cm2",
    "capacity_mAh_cm2",
    "temperature_C",
    "notes",
)
ROOM = 25.0
# Significant digits of an amount, and in the sheet: what a balance and a pipette can do.
DIGITS = 6
SHOWN_DIGITS = 4
_WATER = 18.015
NOTE = "masses of pure, anhydrous compounds; a hydrate is weighed where one is named"


@dataclass(frozen=True, slots=True)
class Amount:
    """How much of one compound goes into the batch.

    Attributes
    ----------
    compound, role
        The compound, or a solution made beforehand, and what it is in this electrolyte: salt,
        solvent, diluent, ionic liquid, additive or stock solution.
    mass_g
        In gram.
    volume_ml
        In millilitre, from the density near 25 degrees C; None for salts, for stock solutions
        and for additives that are not known to be liquid then.
    density_estimated
        Whether that density is an estimate from the structure.
    remark
        What to heed while weighing, or nothing.
    """

    compound: Compound | Mixture
    role: str
    mass_g: float
    volume_ml: float | None
    density_estimated: bool
    remark: str = ""


def amounts(electrolyte: Electrolyte, volume_ml: float, of_solution: bool = False) -> list[Amount]:
    """Return what to weigh: salts first, then the base in written order, then additives.

    Parameters
    ----------
    electrolyte
        The formulation; a compound that is solvent and additive at once is one line.
    volume_ml
        Volume of the solvent mixture; in a recipe by ratio, of its liquids.
    of_solution
        Whether the volume is that of the whole solution instead: by measured densities for salts
        in water, else the sum of the volumes of all that is in it.

    Raises
    ------
    ValueError
        If the volume is not above 0, the formulation leaves a salt or an amount open, or its
        hydrates bring more water than it holds.
    """
    if not 0 < volume_ml < float("inf"):
        raise ValueError(f"a batch of {volume_ml:g} mL: give a volume above 0")
    if electrolyte.has_unknown_amounts or electrolyte.has_unknown_salt:
        raise ValueError(f"{electrolyte}: it leaves amounts open, so there is nothing to weigh")
    composition = resolve(electrolyte)
    litres = solution_litres(composition) if of_solution else composition.base_litres
    scale = volume_ml / 1000 / litres
    grams = {component: scale * mass for component, mass in composition.parts}
    short = [component for component, mass in grams.items() if mass < 0]
    if short:
        raise ValueError(f"{electrolyte}: its hydrates bring more water than it holds")
    found = []
    for component, role in _roles(electrolyte).items():
        mass = grams[component]
        if isinstance(component, Mixture):
            found.append(
                Amount(component, role, _rounded(mass), None, False, _stock(component, mass))
            )
        else:
            found.append(_amount(component, role, mass / component.molar_mass))
    return found


def _stock(mixture: Mixture, grams: float) -> str:
    """Return what a stock solution is made of, in words."""
    composition = resolve(mixture)
    pairs = zip(composition.compounds, composition.mass_fractions, strict=True)
    made = ", ".join(f"{_rounded(grams * w, SHOWN_DIGITS):g} g {compound}" for compound, w in pairs)
    return f"stock solution, in it {made}"


def _roles(electrolyte: Electrolyte) -> dict[Compound | Mixture, str]:
    roles: dict[Compound | Mixture, str] = {}
    for dose in electrolyte.salts:
        if dose.compound is not None:
            roles[dose.compound] = "salt"
    for share in electrolyte.base:
        roles.setdefault(share.compound, _role_in_base(share.compound))
    for dose in electrolyte.additives:
        if dose.compound is not None:
            stock = isinstance(dose.compound, Mixture)
            roles.setdefault(dose.compound, "stock solution" if stock else "additive")
    return dict(sorted(roles.items(), key=lambda item: item[1] != "salt"))


def _role_in_base(component: Compound | Mixture) -> str:
    if isinstance(component, Mixture):
        return "stock solution"
    kind = component.kind.replace("_", " ")
    return "solvent" if kind == "additive" else kind


def _amount(compound: Compound, role: str, moles: float) -> Amount:
    mass = _rounded(moles * compound.molar_mass)
    if compound.anhydrous is not None:
        water = _rounded(moles * compound.crystal_water * _WATER, SHOWN_DIGITS)
        return Amount(compound, role, mass, None, False, f"brings {water:g} g of water")
    melting = _measured(compound, "melting_point")
    boiling = _measured(compound, "boiling_point")
    solid = melting is not None and melting.value > ROOM
    if role == "salt" or (role == "additive" and (compound.kind == "salt" or solid)):
        return Amount(compound, role, mass, None, False)
    found = density(compound)
    remark = ""
    if melting is not None and melting.value > ROOM:
        remark = f"melts at {melting.value:.0f} °C: weigh it"
    if boiling is not None and boiling.value < ROOM:
        remark = f"boils at {boiling.value:.0f} °C: a liquefied gas, needs a pressure cell"
    if compound.kind == "ionic_liquid":
        remark = "an ionic liquid: by mass"
    volume = _rounded(mass / found.value)
    return Amount(compound, role, mass, volume, found.origin == "estimated", remark)


def _measured(compound: Compound, name: str) -> PropertyValue | None:
    found = property_value(compound, name)
    return found if found is not None and found.origin == "measured" else None


def _rounded(value: float, digits: int = DIGITS) -> float:
    return float(np.format_float_positional(value, digits, unique=False, fractional=False))


def flash_point(electrolyte: Electrolyte) -> str:
    """Return the lowest measured flash point among the liquids, its source and what is unknown.

    Empty where none is known. A mixture may flash below what is known of its components.
    """
    liquids = [compound for compound in electrolyte.compounds if not compound.is_salt]
    found = {compound: _measured(compound, "flash_point") for compound in liquids}
    known = {compound: each for compound, each in found.items() if each is not None}
    if not known:
        return ""
    compound, lowest = min(known.items(), key=lambda item: item[1].value)
    unknown = ", ".join(str(compound) for compound in found if compound not in known)
    told = f"lowest known flash point: {lowest.value:.0f} °C, {compound} ({lowest.source})"
    return f"{told}; none known of {unknown}" if unknown else told


def lab_sheet(
    suggestions: pd.DataFrame, volume_ml: float, of_solution: bool = False
) -> pd.DataFrame:
    """Return the sheet: suggestions, amounts of up to k components, and columns to fill in.

    Parameters
    ----------
    suggestions
        One row an experiment with the column electrolyte; its other columns are kept.
    volume_ml
        Batch volume of each.
    of_solution
        Whether it is the volume of the whole solution, see `amounts`.

    Returns
    -------
    pandas.DataFrame
        The columns of `suggestions`, ``safety``, ``batch_mL``, ``weighing``, then for each
        component ``component_1``, ``role_1``, ``mass_1_g``, ``volume_1_mL`` and ``remark_1``, then
        `TO_FILL`, empty. Once they are filled in, `anolyte data add` reads the sheet.

    Examples
    --------
    >>> import pandas as pd
    >>> from anolyte.experiments import lab_sheet
    >>> chosen = pd.DataFrame({"electrolyte": ["2 M ZnSO4 in H2O"]})
    >>> lab_sheet(chosen, volume_ml=5.0)[["component_1", "mass_1_g", "component_2"]].round(2)
      component_1  mass_1_g component_2
    0       ZnSO4      1.64         H2O
    """
    electrolytes = [parse(text) for text in suggestions["electrolyte"]]
    recipes = [amounts(each, volume_ml, of_solution) for each in electrolytes]
    sheet = suggestions.copy().reset_index(drop=True)
    sheet["safety"] = [flash_point(each) for each in electrolytes]
    sheet["batch_mL"] = float(volume_ml)
    of_what = "of solution" if of_solution else "of solvents"
    sheet["weighing"] = f"batch {of_what}; {NOTE}"
    parts = pd.DataFrame([_cells(recipe) for recipe in recipes], index=sheet.index)
    sheet = pd.concat([sheet, parts], axis=1)
    blank = pd.DataFrame("", index=sheet.index, columns=list(TO_FILL))
    return pd.concat([sheet, blank], axis=1)


def _cells(recipe: Sequence[Amount]) -> dict[str, str | float | None]:
    cells: dict[str, str | float | None] = {}
    for number, each in enumerate(recipe, start=1):
        cells |= {
            f"component_{number}": str(each.compound),
            f"role_{number}": each.role,
            f"mass_{number}_g": _rounded(each.mass_g, SHOWN_DIGITS),
            f"volume_{number}_mL": each.volume_ml and _rounded(each.volume_ml, SHOWN_DIGITS),
            f"remark_{number}": remarks(each),
        }
    return cells


def remarks(amount: Amount) -> str:
    """Return what to heed about an amount in words."""
    estimated = "density estimated: weigh it" if amount.density_estimated else ""
    return "; ".join(filter(None, (amount.remark, estimated)))
