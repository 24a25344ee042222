"""The rules that candidates can be held to: what each judges, on what basis, what it needs.

A rule answers pass (1), fail (0) or unknown (-1). Where it depends on a compound alone it also
judges compounds, so that a space can leave them out before anything is counted. Only measured
properties count; an estimate is unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial

import numpy as np
from anolyte.datasets.compounds.ions import holds
from anolyte.datasets.compounds.registry import Compound, shipped_compounds
from anolyte.datasets.files.shipped import shipped_table
from anolyte.features.arrays import Flags, Floats, Verdicts
from anolyte.features.blocks.fluorination import element_counts, is_pfas
from anolyte.features.mixtures import Mixtures
from anolyte.models.gates.verdicts import Verdicts as Gated

from .cost import at_most, has_price
from .selectors import measured
from .solubility import solubility

Compounds = tuple[Compound, ...]

FAIL, PASS, UNKNOWN = 0, 1, -1
GAS_CONSTANT = 8.314462618  # J/(mol K), CODATA 2018
_ZERO_CELSIUS = 273.15
_FLUORINE = 18.998403
# Neutral molecules without a viscosity may make up this much before the mean says nothing.
_IGNORED_SHARE = 0.05
# With more salt than this (a mole fraction) an electrolyte is no molecular solution.
_MOLECULAR = 1 / 3


@dataclass(frozen=True)
class Rule:
    """One kind of constraint.

    Attributes
    ----------
    says
        The constraint in words, with ``{limit}``.
    basis
        Where its figures come from, or what it is a proxy for.
    compound
        Judges a compound: False rules out every candidate that holds it, None is unknown.
    mixtures
        Judges mixtures (n,) by their amounts; None where the compounds decide alone.
    lacks
        Whether the value that the amounts need is missing for a compound.
    missing
        What to say where the answer is unknown.
    at_least
        The short name of a property that is predicted of mixtures: the limit is its least value.
    """

    says: str
    basis: str
    missing: str
    compound: Callable[[Compound, float], bool | None] | None = None
    mixtures: Callable[[Mixtures, float], Verdicts] | None = None
    lacks: Callable[[Compound, float], bool] | None = None
    at_least: str = ""


def _verdicts(passes: Flags, unknown: Flags) -> Verdicts:
    return np.where(unknown, UNKNOWN, np.where(passes, PASS, FAIL)).astype(np.int8)


@lru_cache(maxsize=64)
def _masses(compounds: Compounds, pfas: bool) -> Floats:
    """Return the mass of fluorine, or of PFAS, and the whole mass per mole (k, 2)."""
    mass = np.array([compound.molar_mass for compound in compounds])
    if pfas:
        part = mass * [is_pfas(compound) for compound in compounds]
    else:
        part = _FLUORINE * np.array([element_counts(compound)[0] for compound in compounds])
    return np.column_stack([part, mass])


def weight_percent(mixtures: Mixtures, pfas: bool) -> Floats:
    """Return the weight per cent (n,) of fluorine, or of PFAS."""
    part, whole = (mixtures.mole_fractions @ _masses(mixtures.compounds, pfas)).T
    return np.asarray(100 * part / whole)


def _at_most(mixtures: Mixtures, limit: float, pfas: bool) -> Verdicts:
    # A share computed from amounts carries rounding, the limit does not.
    within = weight_percent(mixtures, pfas) <= limit + 1e-9
    return _verdicts(within, np.zeros(len(mixtures), dtype=bool))


def _no_fluorine(compound: Compound, limit: float) -> bool:
    return limit > 0 or not holds(compound, "F")


def _no_pfas(compound: Compound, limit: float) -> bool:
    return limit > 0 or not is_pfas(compound)


def _flash_point(compound: Compound, limit: float) -> bool | None:
    value = None if compound.is_salt else measured(compound, "flash_point")
    return compound.is_salt or (None if value is None else value >= limit)


def _boils_above(compound: Compound, limit: float) -> bool | None:
    value = None if compound.is_salt else measured(compound, "boiling_point")
    return compound.is_salt or (None if value is None else value > limit)


def _stays_dissolved(compound: Compound, celsius: float) -> float:
    """Return the mole fraction up to which a compound does not freeze out; nan: unknown.

    Ideal solubility of a solid: ln x = -(H/R) (1/T - 1/Tm), H the enthalpy of fusion.
    """
    melting = measured(compound, "melting_point")
    if compound.is_salt or (melting is not None and melting <= celsius):
        return 1.0
    enthalpy = measured(compound, "fusion_enthalpy")
    if melting is None or enthalpy is None:
        return np.nan
    kelvin, fusion = celsius + _ZERO_CELSIUS, melting + _ZERO_CELSIUS
    return float(np.exp(-1000 * enthalpy / GAS_CONSTANT * (1 / kelvin - 1 / fusion)))


@lru_cache(maxsize=64)
def _liquid_limits(compounds: Compounds, celsius: float) -> Floats:
    return np.array([_stays_dissolved(compound, celsius) for compound in compounds])


def _liquid(mixtures: Mixtures, celsius: float) -> Verdicts:
    limits = _liquid_limits(mixtures.compounds, celsius)
    present = mixtures.mole_fractions > 0
    above = mixtures.mole_fractions > np.nan_to_num(limits, nan=1.0) + 1e-9
    stays = np.asarray(~above.any(axis=1))
    salty = mixtures.mole_fractions @ mixtures.salts.astype(float) > _MOLECULAR
    return _verdicts(stays, np.asarray(salty | (stays & (present @ np.isnan(limits)))))


@lru_cache(maxsize=64)
def _log_viscosities(compounds: Compounds) -> Floats:
    values = [None if c.is_salt else measured(c, "viscosity") for c in compounds]
    return np.array([np.nan if value is None else np.log(value) for value in values])


def _viscosity(mixtures: Mixtures, limit: float) -> Verdicts:
    logs = _log_viscosities(mixtures.compounds)
    neutral = mixtures.mole_fractions @ mixtures.solvents.astype(float)
    known = mixtures.mole_fractions @ (~np.isnan(logs)).astype(float)
    total = mixtures.mole_fractions @ np.nan_to_num(logs)
    unknown = (known <= 0) | (known < (1 - _IGNORED_SHARE) * neutral)
    mean = np.exp(total / np.where(known > 0, known, 1.0))
    return _verdicts(mean <= limit * (1 + 1e-12), unknown)


def _components(mixtures: Mixtures, limit: float) -> Verdicts:
    count = np.count_nonzero(mixtures.mole_fractions, axis=1)
    return _verdicts(count <= limit, np.zeros(len(mixtures), dtype=bool))


@lru_cache(maxsize=1)
def critical_elements() -> frozenset[str]:
    """Return the symbols of `critical_elements.csv`."""
    return frozenset(shipped_table("critical_elements")["element"])


@lru_cache(maxsize=64)
def _critical_table(compounds: Compounds) -> Floats:
    each = sorted(critical_elements())
    return np.array([[float(holds(c, e)) for e in each] for c in compounds])


def critical_count(mixtures: Mixtures) -> Floats:
    """Return the number of distinct critical elements (n,), the metal included."""
    found = (mixtures.mole_fractions > 0).astype(float) @ _critical_table(mixtures.compounds)
    return np.asarray(np.count_nonzero(found, axis=1), dtype=float)


def _critical(mixtures: Mixtures, limit: float) -> Verdicts:
    return _verdicts(critical_count(mixtures) <= limit, np.zeros(len(mixtures), dtype=bool))


@lru_cache(maxsize=1)
def _anodic_limits() -> dict[str, float]:
    table = shipped_table("salt_limits")
    rows = table[table["quantity"] == "anodic_limit"].to_dict("records")
    registry = shipped_compounds()
    return {registry[row["salt"]].smiles: float(row["value"]) for row in rows}


def _anodic(compound: Compound, limit: float) -> bool | None:
    if compound.kind != "salt":
        return True
    known = _anodic_limits().get(compound.smiles)
    # The tabulated values are lower bounds: below the limit they prove nothing.
    return True if known is not None and known >= limit else None


def _without_gated(mixtures: Mixtures, limit: float) -> Verdicts:
    gated = Gated.of(mixtures).gated
    return _verdicts(~gated, np.zeros(len(mixtures), dtype=bool))


RULES: Mapping[str, Rule] = {
    "max_fluorine_wt_pct": Rule(
        "at most {limit:g} wt% fluorine", "structures and amounts", "",
        _no_fluorine, partial(_at_most, pfas=False),
    ),
    "max_pfas_wt_pct": Rule(
        "at most {limit:g} wt% PFAS", "structures; OECD definition of 2021", "",
        _no_pfas, partial(_at_most, pfas=True),
    ),
    "min_flash_point_c": Rule(
        "every neutral compound with a flash point of at least {limit:g} C",
        "proxy: a mixture flashes as its most flammable compound; properties.csv, chemicals",
        "flash point", _flash_point,
    ),
    "liquid_at_c": Rule(
        "liquid at {limit:g} C",
        "no neutral compound boils below, none above its ideal solubility as a solid "
        "(melting point, enthalpy of fusion of the CRC tables); no statement beyond a third "
        "of salt by mole; properties.csv, chemicals",
        "whether it is liquid", _boils_above, _liquid,
        lambda compound, limit: bool(np.isnan(_stays_dissolved(compound, limit))),
    ),
    "max_viscosity_mPa_s": Rule(
        "solvents of at most {limit:g} mPa s",
        "proxy: mole-fraction mean of the logarithms of the neat solvents' viscosities near "
        "25 C, salts left out; properties.csv, chemicals",
        "viscosity", None, _viscosity,
        lambda compound, _: not compound.is_salt and measured(compound, "viscosity") is None,
    ),
    "within_solubility": Rule(
        "salts within their solubility",
        "limits of salt_limits.csv; used as high in the measurements, same class of solvent",
        "solubility", None, solubility,
    ),
    "without_gated": Rule(
        "nothing that cannot work for a physical reason", "models/gates", "",
        None, _without_gated,
    ),
    "max_components": Rule("at most {limit:g} components", "the formulation", "",
                           None, _components),
    "max_critical_elements": Rule(
        "at most {limit:g} critical elements, the metal included",
        "EU list of critical raw materials of 2023, critical_elements.csv", "",
        None, _critical,
    ),
    "max_cost_per_l": Rule(
        "at most {limit:g} per litre, by the prices given", "the user's own prices per kilogram",
        "cost", None, at_most,
        lambda compound, _: not has_price(compound),
    ),
    "min_conductivity_mS_cm": Rule(
        "a conductivity of at least {limit:g} mS/cm", "predicted, models/properties",
        "conductivity", at_least="conductivity",
    ),
    "min_anodic_limit_v": Rule(
        "salts stable up to {limit:g} V or more",
        "salt_limits.csv; reference electrode as the source leaves it", "anodic limit", _anodic,
    ),
}  # fmt: skip
