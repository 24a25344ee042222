"""Lab sheet: an electrolyte as masses and volumes to weigh and pipette, for a batch volume.

The batch volume is that of the solvent mixture, the litre that M counts (ideal mixing, see
`datasets.composition`); salts and additives come on top of it. Masses are of the pure,
anhydrous compound.
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
from anolyte.datasets.electrolytes.grammar import Electrolyte, Share, parse

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
# Significant digits: beyond what a balance shows; a bare float would print 17.
DIGITS = 6


@dataclass(frozen=True, slots=True)
class Amount:
    """How much of one compound goes into the batch.

    Attributes
    ----------
    compound, role
        The compound and what it is in this electrolyte: salt, solvent, diluent, ionic liquid
        or additive.
    mass_g
        In gram.
    volume_ml
        In millilitre, from the density near 25 degrees C; None for salts and for additives
        that are not known to be liquid then.
    density_estimated
        Whether that density is an estimate from the structure.
    remark
        What to heed while weighing, or nothing.
    """

    compound: Compound
    role: str
    mass_g: float
    volume_ml: float | None
    density_estimated: bool
    remark: str = ""


def amounts(electrolyte: Electrolyte, volume_ml: float) -> list[Amount]:
    """Return what to weigh: salts first, then the base in written order, then additives.

    Parameters
    ----------
    electrolyte
        The formulation; a compound that is solvent and additive at once is one line.
    volume_ml
        Volume of the solvent mixture; in a recipe by ratio, of its liquids.

    Raises
    ------
    ValueError
        If the volume is not above 0, or the formulation leaves a salt or an amount open.
    """
    if not 0 < volume_ml < float("inf"):
        raise ValueError(f"a batch of {volume_ml:g} mL: give a volume above 0")
    if electrolyte.has_unknown_amounts or electrolyte.has_unknown_salt:
        raise ValueError(f"{electrolyte}: it leaves amounts open, so there is nothing to weigh")
    composition = resolve(electrolyte)
    fractions = dict(zip(composition.compounds, composition.mole_fractions, strict=True))
    total = _total_moles(electrolyte, volume_ml, fractions)
    return [
        _amount(compound, role, total * float(fractions[compound]))
        for compound, role in _roles(electrolyte).items()
    ]


def _roles(electrolyte: Electrolyte) -> dict[Compound, str]:
    roles: dict[Compound, str] = {}
    for dose in electrolyte.salts:
        if dose.compound is not None:
            roles[dose.compound] = "salt"
    for share in electrolyte.base:
        kind = share.compound.kind.replace("_", " ")
        roles.setdefault(share.compound, "solvent" if kind == "additive" else kind)
    for dose in electrolyte.additives:
        if dose.compound is not None:
            roles.setdefault(dose.compound, "additive")
    return dict(sorted(roles.items(), key=lambda item: item[1] != "salt"))


def _total_moles(
    electrolyte: Electrolyte, volume_ml: float, fractions: dict[Compound, float]
) -> float:
    """Return the moles of the whole batch from those of a compound that are known outright."""
    base = base_moles(electrolyte, volume_ml)
    doses = (*electrolyte.salts, *electrolyte.additives)
    dosed = {dose.compound for dose in doses}
    for compound, moles in base.items():
        if compound not in dosed:
            return moles / float(fractions[compound])
    for dose in electrolyte.salts:
        others = [other for other in doses if other is not dose]
        alone = dose.compound not in base and all(o.compound != dose.compound for o in others)
        if alone and dose.compound is not None and dose.amount is not None:
            litres_or_kg = volume_ml / 1000 * (1e-3 if dose.unit == "mM" else 1.0)
            if dose.unit == "m":
                litres_or_kg = sum(n * c.molar_mass for c, n in base.items() if _liquid(c)) / 1000
            return dose.amount * litres_or_kg / float(fractions[dose.compound])
    raise ValueError(f"{electrolyte}: every component is named twice; add their amounts up")


def base_moles(electrolyte: Electrolyte, volume_ml: float) -> dict[Compound, float]:
    """Return moles of each component of the base, whose liquids fill a volume in mL together."""
    parts = {s.compound: _moles_of_part(s, electrolyte.ratio_kind) for s in electrolyte.base}
    # Where the base has no liquid at all, its components are counted as liquids.
    liquids = {c: n for c, n in parts.items() if _liquid(c)} or parts
    litres = sum(n * c.molar_mass / density(c).value for c, n in liquids.items())
    return {compound: moles * volume_ml / litres for compound, moles in parts.items()}


def _liquid(compound: Compound) -> bool:
    return compound.kind != "salt"


def _moles_of_part(share: Share, kind: str | None) -> float:
    part = 1.0 if share.part is None else share.part
    if kind == "v/v":
        return part * density(share.compound).value / share.compound.molar_mass
    return part / share.compound.molar_mass if kind == "w/w" else part


def _amount(compound: Compound, role: str, moles: float) -> Amount:
    mass = _rounded(moles * compound.molar_mass)
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
    volume = _rounded(mass / found.value)
    return Amount(compound, role, mass, volume, found.origin == "estimated", remark)


def _measured(compound: Compound, name: str) -> PropertyValue | None:
    found = property_value(compound, name)
    return found if found is not None and found.origin == "measured" else None


def _rounded(value: float) -> float:
    return float(np.format_float_positional(value, DIGITS, unique=False, fractional=False))


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


def lab_sheet(suggestions: pd.DataFrame, volume_ml: float) -> pd.DataFrame:
    """Return the sheet: suggestions, amounts of up to k components, and columns to fill in.

    Parameters
    ----------
    suggestions
        One row an experiment with the column electrolyte; its other columns are kept.
    volume_ml
        Batch volume of each.

    Returns
    -------
    pandas.DataFrame
        The columns of `suggestions`, ``safety``, ``batch_mL``, then for each component
        ``component_1``, ``role_1``, ``mass_1_g``, ``volume_1_mL`` and ``remark_1``, then
        `TO_FILL`, empty. Once they are filled in, `anolyte data add` reads the sheet.

    Examples
    --------
    >>> import pandas as pd
    >>> from anolyte.experiments import lab_sheet
    >>> chosen = pd.DataFrame({"electrolyte": ["2 M ZnSO4 in H2O"]})
    >>> lab_sheet(chosen, volume_ml=5.0)[["component_1", "mass_1_g", "component_2"]].round(2)
      component_1  mass_1_g component_2
    0       ZnSO4      1.61         H2O
    """
    electrolytes = [parse(text) for text in suggestions["electrolyte"]]
    recipes = [amounts(each, volume_ml) for each in electrolytes]
    sheet = suggestions.copy().reset_index(drop=True)
    sheet["safety"] = [flash_point(each) for each in electrolytes]
    sheet["batch_mL"] = float(volume_ml)
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
            f"mass_{number}_g": each.mass_g,
            f"volume_{number}_mL": each.volume_ml,
            f"remark_{number}": remarks(each),
        }
    return cells


def remarks(amount: Amount) -> str:
    """Return what to heed about an amount in words."""
    estimated = "density estimated: weigh it" if amount.density_estimated else ""
    return "; ".join(filter(None, (amount.remark, estimated)))
