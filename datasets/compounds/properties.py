"""Properties of compounds: from the shipped table, else from the `chemicals` package.

What a package holds is not retyped: the shipped table adds what it lacks, and each value
says which of the two it came from. Group-contribution predictions never count as values.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Literal

import numpy as np

from ..files.shipped import shipped_table
from .donor_scale import AFFINITY, donor_numbers_by_affinity
from .registry import Compound, molecule, shipped_compounds

Origin = Literal["measured", "estimated"]

UNITS: Mapping[str, str] = {
    "donor_number": "kcal/mol",
    AFFINITY: "kJ/mol",
    "acceptor_number": "1",
    "relative_permittivity": "1",
    "viscosity": "mPa*s",
    "density": "g/cm3",
    "boiling_point": "degC",
    "melting_point": "degC",
    "flash_point": "degC",
    "dipole_moment": "D",
    "critical_temperature": "degC",
    "fusion_enthalpy": "kJ/mol",
    "hansen_dispersion": "MPa^0.5",
    "hansen_polar": "MPa^0.5",
    "hansen_hydrogen": "MPa^0.5",
}
ROOM_TEMPERATURE = 298.15
GAS_DENSITY = 300.0  # kg/m3; no liquid of this field is lighter
# JOBACK is a prediction; the other two are sometimes at reduced pressure.
_UNTRUSTED = {"JOBACK", "COMMON_CHEMISTRY", "YAWS"}


@dataclass(frozen=True, slots=True)
class PropertyValue:
    """A property of a compound with its unit, kind and source."""

    value: float
    unit: str
    origin: Origin
    source: str


def property_value(compound: Compound, name: str) -> PropertyValue | None:
    """Return a property of a compound, or None where nothing is known.

    In order: measured in the shipped table, `chemicals` (data, near 25 degrees C), estimated
    in the shipped table, estimated from another scale (see `donor_scale`).

    Raises
    ------
    ValueError
        If there is no property of that name, see `UNITS`.
    """
    if name not in UNITS:
        raise ValueError(f"unknown property {name!r}; use one of {', '.join(UNITS)}")
    own = compound.measured.get(name)
    if own is not None:
        return PropertyValue(own, UNITS[name], "measured", "your compounds table")
    return _property_value(compound.smiles, compound.cas, name)


@lru_cache(maxsize=16384)
def _property_value(smiles: str, cas: str, name: str) -> PropertyValue | None:
    shipped = _shipped().get((smiles, name))
    if shipped is not None and shipped.origin == "measured":
        return shipped
    return _from_chemicals(smiles, cas, name) or shipped or _from_scale(smiles, name)


def _from_scale(smiles: str, name: str) -> PropertyValue | None:
    if name != "donor_number" or smiles not in donor_numbers_by_affinity():
        return None
    value = donor_numbers_by_affinity()[smiles]
    return PropertyValue(value, UNITS[name], "estimated", "from its BF3 affinity (Maria and Gal)")


@lru_cache(maxsize=1)
def _shipped() -> dict[tuple[str, str], PropertyValue]:
    """Return the first measured value of each compound and property, else the first estimate."""
    table = shipped_table("properties")
    table = table[table["property"].isin(UNITS)]
    found: dict[tuple[str, str], PropertyValue] = {}
    for kind in ("measured", "estimated"):
        for row in table[table["value_kind"] == kind].to_dict("records"):
            key = (str(row["smiles"]), str(row["property"]))
            origin: Origin = "measured" if kind == "measured" else "estimated"
            value = PropertyValue(float(row["value"]), UNITS[key[1]], origin, str(row["source"]))
            found.setdefault(key, value)
    return found


def measured_values(name: str) -> dict[str, float]:
    """Return the measured values of a property in the shipped table, by SMILES."""
    return {
        smiles: found.value
        for (smiles, what), found in _shipped().items()
        if what == name and found.origin == "measured"
    }


def cas_number(smiles: str) -> str | None:
    """Return the CAS number of a molecule: the registry's, else the one `chemicals` knows.

    A shipped molecule without a number is not looked up: `chemicals` had none for it, and
    reads all of its index to say so.
    """
    registered = _registered()
    return registered[smiles] or None if smiles in registered else _looked_up(smiles)


@lru_cache(maxsize=1)
def _registered() -> dict[str, str]:
    return {each.smiles: each.cas for each in shipped_compounds() if not each.ions}


@lru_cache(maxsize=4096)
def _looked_up(smiles: str) -> str | None:
    if "*" in smiles:
        return None
    from chemicals.identifiers import search_chemical
    from rdkit.Chem import MolToInchiKey

    key = MolToInchiKey(molecule(smiles))  # type: ignore[no-untyped-call]
    try:
        return str(search_chemical(f"InChIKey={key}").CASs)
    except ValueError:
        return None


def _from_chemicals(smiles: str, cas: str, name: str) -> PropertyValue | None:
    lookup = _LOOKUPS.get(name)
    # Salts and ionic liquids are not what the package's tables of liquids mean.
    if lookup is None or "." in smiles:
        return None
    number = cas or cas_number(smiles)
    found = lookup(number) if number else None
    if found is None or not np.isfinite(found[0]):
        return None
    return PropertyValue(float(found[0]), UNITS[name], "measured", f"chemicals: {found[1]}")


Found = tuple[float, str] | None


def _density(cas: str) -> Found:
    from chemicals import miscdata

    for table_name in ("CRC_organic_data", "CRC_inorganic_data"):
        table = getattr(miscdata, table_name)
        # The handbook lists some gases as gases.
        if cas in table.index and table.at[cas, "rho"] > GAS_DENSITY:
            return table.at[cas, "rho"] / 1000, table_name
    return None


def _permittivity(cas: str) -> Found:
    from chemicals.permittivity import permittivity_data_CRC as table

    if cas not in table.index:
        return None
    row = table.loc[cas]
    coefficients = np.nan_to_num([row["A"], row["B"], row["C"], row["D"]])
    inside = row["Tmin"] <= ROOM_TEMPERATURE <= row["Tmax"]
    if inside and coefficients[0]:
        value = float(coefficients @ ROOM_TEMPERATURE ** np.arange(4))
        return value, "CRC permittivity at 298.15 K"
    # Outside its range the fit may not be trusted (ethylene carbonate is solid at 25 C).
    return row["Permittivity"], f"CRC permittivity at {row['T']:g} K"


def _viscosity(cas: str) -> Found:
    from chemicals.dippr import EQ101
    from chemicals.viscosity import mu_data_Perrys_8E_2_313 as table

    if cas not in table.index:
        return None
    row = table.loc[cas]
    if not row["Tmin"] <= ROOM_TEMPERATURE <= row["Tmax"]:
        return None
    coefficients = (row[f"C{index}"] for index in range(1, 6))
    return EQ101(ROOM_TEMPERATURE, *coefficients) * 1000, "Perry 8E table 2-313 at 298.15 K"


def _celsius(cas: str, function: Callable[..., float], methods: Callable[..., list[str]]) -> Found:
    for method in methods(cas):
        if method not in _UNTRUSTED:
            return function(cas, method=method) - 273.15, method
    return None


def _boiling_point(cas: str) -> Found:
    import chemicals

    return _celsius(cas, chemicals.Tb, chemicals.Tb_methods)


def _melting_point(cas: str) -> Found:
    import chemicals

    return _celsius(cas, chemicals.Tm, chemicals.Tm_methods)


def _flash_point(cas: str) -> Found:
    import chemicals

    return _celsius(cas, chemicals.T_flash, chemicals.T_flash_methods)


def _critical_temperature(cas: str) -> Found:
    import chemicals

    return _celsius(cas, chemicals.Tc, chemicals.Tc_methods)


def _fusion_enthalpy(cas: str) -> Found:
    import chemicals

    if "CRC" not in chemicals.Hfus_methods(cas):
        return None
    return chemicals.Hfus(cas, method="CRC") / 1000, "CRC enthalpy of fusion"


def _hansen(cas: str, part: str) -> Found:
    from chemicals import solubility

    methods = getattr(solubility, f"hansen_delta_{part}_methods")(cas)
    if not methods:
        return None
    return getattr(solubility, f"hansen_delta_{part}")(cas, methods[0]) / 1000, methods[0]


def _dipole_moment(cas: str) -> Found:
    import chemicals

    # MULLER belongs to a group-contribution scheme (4.51 D for ethylene carbonate).
    for method in chemicals.dipole_moment_methods(cas):
        if method != "MULLER":
            return chemicals.dipole_moment(cas, method=method), method
    return None


_LOOKUPS: Mapping[str, Callable[[str], Found]] = {
    "density": _density,
    "relative_permittivity": _permittivity,
    "viscosity": _viscosity,
    "boiling_point": _boiling_point,
    "melting_point": _melting_point,
    "flash_point": _flash_point,
    "dipole_moment": _dipole_moment,
    "critical_temperature": _critical_temperature,
    "fusion_enthalpy": _fusion_enthalpy,
    "hansen_dispersion": partial(_hansen, part="d"),
    "hansen_polar": partial(_hansen, part="p"),
    "hansen_hydrogen": partial(_hansen, part="h"),
}
