"""EMMO JSON-LD: an electrolyte in the terms of the battery and electrochemistry domains.

The shape is that of ``docs/assets/jsonld/electrolytes`` in emmo-repo/domain-electrochemistry and of
the records that EmpaEconversion/BattInfoConverter writes: solvents with their mass fraction in
the solvent, solutes and additives with theirs in the whole, solutes also per kilogram of solvent
and, where they are written so, per litre. A compound has its class where the domain of chemical
substances knows it; each has its name, SMILES and InChIKey.
"""

from __future__ import annotations

from typing import Any

from ..compounds.registry import Compound
from ..electrolytes.composition import resolve
from ..electrolytes.electrolyte import Electrolyte
from ..electrolytes.medium import medium_masses
from .counting import rounded
from .identity import emmo_class, inchikey
from .portions import Portions, kilograms, portions

CONTEXT = [
    "https://w3id.org/emmo/domain/battery/context",
    {
        "schema": "https://schema.org/",
        "emmo": "https://w3id.org/emmo#",
        "chemical": "https://w3id.org/emmo/domain/chemical-substance#",
        "unit": "https://qudt.org/vocab/unit/",
        "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    },
]
_TYPES = {
    "aqueous": "AqueousElectrolyte",
    "organic": "OrganicElectrolyte",
    "ionic liquid": "IonicLiquidElectrolyte",
}


def json_ld(electrolyte: Electrolyte) -> dict[str, Any]:
    """Return an electrolyte as JSON-LD.

    Raises
    ------
    ValueError
        If it leaves a salt or an amount open.

    Examples
    --------
    >>> from anolyte.datasets.formats.json_ld import json_ld
    >>> from anolyte.datasets import parse
    >>> found = json_ld(parse("0.6 M LiTFSI + 0.4 M LiBOB in EC/EMC (5:5 w/w)"))
    >>> found["@type"], [each["@type"][1] for each in found["hasSolute"]]
    ('OrganicElectrolyte',
     ['chemical:LithiumBistrifluoromethanesulfonylimide', 'chemical:LithiumBisoxalatoborate'])
    """
    found = portions(electrolyte)
    masses = medium_masses(resolve(electrolyte))
    medium = max(masses, key=lambda name: masses[name])
    record: dict[str, Any] = {
        "@context": CONTEXT,
        "@type": _TYPES[medium] if any(masses.values()) else "Electrolyte",
        "rdfs:label": str(electrolyte),
    }
    if found.base:
        solvent = kilograms(found.base)
        constituents = [
            _compound(compound, "Solvent", _fraction(kilograms({compound: moles}) / solvent))
            for compound, moles in found.base.items()
        ]
        record["hasSolvent"] = {"@type": "Solvent", "hasConstituent": constituents}
    whole = kilograms(found.compounds)
    if found.salts:
        record["hasSolute"] = [
            _compound(salt, "Solute", *_amounts(electrolyte, found, salt)) for salt in found.salts
        ]
    if found.additives:
        record["hasAdditive"] = [
            _compound(each, "ElectrolyteAdditive", _fraction(kilograms({each: moles}) / whole))
            for each, moles in found.additives.items()
        ]
    return record


def _compound(compound: Compound, role: str, *amounts: dict[str, Any]) -> dict[str, Any]:
    known = emmo_class(compound)
    identity = {"schema:smiles": compound.smiles, "schema:inChIKey": inchikey(compound.smiles)}
    return {
        "@type": [role, f"chemical:{known}"] if known else [role],
        "schema:name": compound.name or str(compound),
        "schema:alternateName": str(compound),
        **{key: value for key, value in identity.items() if value},
        "hasProperty": list(amounts),
    }


def _amounts(electrolyte: Electrolyte, found: Portions, salt: Compound) -> list[dict[str, Any]]:
    moles = found.salts[salt]
    amounts = [_fraction(kilograms({salt: moles}) / kilograms(found.compounds))]
    if found.base:
        amounts.append(_quantity("Molality", moles / kilograms(found.base), "unit:MOL-PER-KiloGM"))
    amounts += [
        _quantity("AmountConcentration", dose.amount, "unit:MOL-PER-L")
        for dose in electrolyte.salts
        if dose.pure == salt and dose.unit == "M" and dose.amount is not None
    ]
    return amounts


def _fraction(value: float) -> dict[str, Any]:
    return _quantity("MassFraction", value, "emmo:UnitOne")


def _quantity(kind: str, value: float, unit: str) -> dict[str, Any]:
    number = {"@type": "emmo:RealData", "hasNumberValue": rounded(value)}
    return {"@type": kind, "hasNumericalPart": number, "hasMeasurementUnit": unit}
