"""BattINFO: an electrolyte as an `electrolyte-spec` record, plain JSON.

The schema is BIG-MAP/BattINFO, ``assets/schemas/electrolyte-spec.schema.json`` and what it refers
to. It has room for one salt: of several the most abundant stands there, the others stand among
the additives and in the notes. It knows volume or mass fractions of solvents, one of them in a
mixture; recipes by mole are given by mass.
"""

from __future__ import annotations

import hashlib
from importlib.metadata import version
from typing import Any

from ..compounds.registry import Compound
from ..electrolytes.composition import resolve
from ..electrolytes.electrolyte import Electrolyte
from ..electrolytes.medium import medium_masses
from .counting import rounded
from .identity import inchikey, ions
from .portions import Portions, kilograms, litres, portions

SCHEMA_VERSION = "0.1.0"
# A second medium from this share of the liquid on makes a hybrid of two families.
HYBRID = 0.1
# Crockford's digits, as the identifiers of BattINFO use them.
_DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"
_FAMILIES = {"aqueous": "aqueous", "organic": "organic", "ionic liquid": "ionic_liquid"}


def electrolyte_spec(electrolyte: Electrolyte) -> dict[str, Any]:
    """Return an electrolyte as an `electrolyte-spec` record.

    Its id follows from the canonical text: the same electrolyte has the same id.

    Raises
    ------
    ValueError
        If the electrolyte leaves a salt or an amount open.

    Examples
    --------
    >>> from anolyte.datasets.formats.battinfo import electrolyte_spec
    >>> from anolyte.datasets import parse
    >>> record = electrolyte_spec(parse("1 M LiPF6 in EC/EMC (3:7 v/v)"))
    >>> record["electrolyte_spec"]["family"], record["electrolyte_spec"]["salt"]["name"]
    ('organic', 'LiPF6')
    """
    found = portions(electrolyte)
    salts = sorted(found.salts, key=lambda salt: -found.salts[salt])
    identifier = _identifier(str(electrolyte))
    spec: dict[str, Any] = {
        "id": f"https://w3id.org/battinfo/spec/{identifier}",
        "short_id": identifier.replace("-", "")[:6],
        "name": str(electrolyte),
        "family": _family(electrolyte),
    }
    if salts:
        spec["salt"] = _salt(electrolyte, found, salts[0])
    if found.base:
        spec["solvent_mixture"] = {"component": _solvents(electrolyte, found)}
    whole = kilograms(found.compounds)
    extra = {**{salt: found.salts[salt] for salt in salts[1:]}, **found.additives}
    if extra:
        spec["additive"] = [
            {
                "name": str(compound),
                "property": _fraction("mass_fraction", kilograms({compound: moles}) / whole),
                **({"comment": "a further conducting salt"} if compound in found.salts else {}),
            }
            for compound, moles in extra.items()
        ]
    source = {"source_type": "other", "source_name": f"anolyte {version('anolyte')}"}
    return {
        "schema_version": SCHEMA_VERSION,
        "electrolyte_spec": spec,
        "provenance": source,
        "notes": _notes(electrolyte, found, salts),
    }


def _identifier(text: str) -> str:
    number = int.from_bytes(hashlib.sha256(text.encode()).digest()[:10], "big")
    digits = "".join(_DIGITS[number >> 5 * place & 31] for place in range(16))
    return "-".join(digits[start : start + 4] for start in range(0, 16, 4))


def _family(electrolyte: Electrolyte) -> str:
    masses = medium_masses(resolve(electrolyte))
    first, second, *_ = sorted(masses.values(), reverse=True)
    if second >= HYBRID:
        return "hybrid"
    return _FAMILIES[max(masses, key=lambda name: masses[name])] if first else "unknown"


def _salt(electrolyte: Electrolyte, found: Portions, salt: Compound) -> dict[str, Any]:
    solvent = kilograms(found.base)
    amounts: dict[str, Any] = {}
    written = {d.pure: d for d in electrolyte.salts if d.unit == "M" and d.amount is not None}
    if salt in written:
        amounts["concentration"] = _quantity(written[salt].amount or 0.0, "mol/L")
    if solvent:
        amounts["molality"] = _quantity(found.salts[salt] / solvent, "mol/kg")
    cation, anion = ions(salt)
    named = {"cation": cation, "anion": anion} if cation and anion else {}
    return {"name": str(salt), **named, "property": amounts}


def _solvents(electrolyte: Electrolyte, found: Portions) -> list[dict[str, Any]]:
    by_volume = electrolyte.ratio_kind in ("v/v", None) and not electrolyte.inner
    measure = litres if by_volume else kilograms
    name = "volume_fraction" if by_volume else "mass_fraction"
    whole = measure(found.base)
    return [
        {"name": str(compound), "property": _fraction(name, measure({compound: moles}) / whole)}
        for compound, moles in found.base.items()
    ]


def _fraction(name: str, value: float) -> dict[str, Any]:
    return {name: _quantity(value, "1")}


def _quantity(value: float, unit: str) -> dict[str, Any]:
    return {"value": rounded(value), "unit": unit}


def _notes(electrolyte: Electrolyte, found: Portions, salts: list[Compound]) -> list[str]:
    notes = ["concentration is in mol per litre of the solvents, molality per kilogram of them"]
    if len(salts) > 1:
        whole = sum(found.salts.values())
        told = ", ".join(f"{100 * found.salts[salt] / whole:.4g} mol% {salt}" for salt in salts)
        notes.append(f"{len(salts)} salts, the record has room for one: {told}")
    for compound in electrolyte.compounds:
        key = inchikey(compound.smiles)
        notes.append(f"{compound}: {compound.smiles}" + (f", InChIKey {key}" if key else ""))
    return notes
