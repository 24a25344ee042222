"""Clio composition ids: ``DMC_EC|50_50|LiPF6|2``, both ways.

Solvents and their percents by mass, salts and their moles per kilogram of solvent; names in
alphabetical order, percents as whole numbers and molalities to two decimals (BattModels/
Clio-PythonAPI, ``README.md`` and ``ElectrolyteComposition.py``). Additives count as solvents if
they are molecules, as salts if they are salts: the id has no other place for them.
"""

from __future__ import annotations

from ..compounds.registry import CompoundRegistry, shipped_compounds
from ..electrolytes.electrolyte import Dose, Electrolyte, Share, format_number
from ..errors import Fault, FormulationError, UnknownCompoundError
from .portions import kilograms, portions

FIELDS, NAMES = "|", "_"
DECIMALS = 2


def composition_id(electrolyte: Electrolyte) -> str:
    """Return the composition id of an electrolyte, to the precision that ids have.

    Raises
    ------
    ValueError
        If amounts are open, there is no solvent, or a name holds a sign of the id.

    Examples
    --------
    >>> from anolyte.datasets.formats.clio import composition_id
    >>> from anolyte.datasets import parse
    >>> composition_id(parse("2 m LiPF6 in EC/DMC (1:1 w/w)"))
    'DMC_EC|50_50|LiPF6|2'
    """
    found = portions(electrolyte)
    extra = found.additives
    base = {**found.base, **{c: n for c, n in extra.items() if not c.is_salt}}
    salts = {**found.salts, **{c: n for c, n in extra.items() if c.is_salt}}
    odd = [str(c) for c in (*base, *salts) if FIELDS in str(c) or NAMES in str(c)]
    if not base or odd:
        raise ValueError(f"no composition id: {f'{odd[0]} holds | or _' if odd else 'no solvent'}")
    whole = kilograms(base)
    percents = {str(c): round(100 * kilograms({c: n}) / whole) for c, n in base.items()}
    solvents = {name: percents[name] for name in sorted(percents) if percents[name]}
    molalities = {str(c): round(n / whole, DECIMALS) for c, n in salts.items()}
    amounts = [format_number(molalities[name]) for name in sorted(molalities)]
    fields = (solvents, map(str, solvents.values()), sorted(molalities), amounts)
    return FIELDS.join(NAMES.join(each) for each in fields)


def from_composition_id(text: str, registry: CompoundRegistry | None = None) -> Electrolyte:
    """Return the electrolyte of a composition id.

    Raises
    ------
    FormulationError
        With all that is wrong: fields, counts, numbers, unknown names.

    Examples
    --------
    >>> from anolyte.datasets.formats.clio import from_composition_id
    >>> print(from_composition_id("DMC_EC|50_50|LiPF6|2"))
    2 m LiPF6 in DMC/EC (50:50 w/w)
    """
    known = registry or shipped_compounds()
    fields = [field.split(NAMES) for field in text.strip().split(FIELDS)]
    faults: list[Fault] = []
    if len(fields) != 4:
        remedy = "write solvents|percents by mass|salts|molalities, as DMC_EC|50_50|LiPF6|2"
        raise _error(text, [Fault("id", text, f"{len(fields)} fields, not 4", remedy)])
    names, parts, salts, amounts = fields
    for what, of, numbers in (("solvents", names, parts), ("salts", salts, amounts)):
        if len(of) != len(numbers):
            reason = f"{len(of)} names and {len(numbers)} numbers"
            faults.append(Fault(what, NAMES.join(of), reason, "give one number for each"))
        faults += _faults(what, of, numbers, known)
    if faults:
        raise _error(text, faults)
    doses = tuple(Dose(float(m), "m", known[s]) for s, m in zip(salts, amounts, strict=True))
    shares = tuple(Share(float(p), known[n]) for n, p in zip(names, parts, strict=True))
    if len(shares) == 1:
        return Electrolyte(doses, (Share(1.0, shares[0].compound),))
    return Electrolyte(doses, shares, "w/w")


def _faults(
    what: str, names: list[str], numbers: list[str], known: CompoundRegistry
) -> list[Fault]:
    faults = []
    for name in names:
        try:
            known[name]
        except UnknownCompoundError as error:
            faults += [Fault(what, f.value, f.reason, f.remedy) for f in error.faults]
    for number in numbers:
        if not number.replace(".", "", 1).isdigit() or not float(number):
            faults.append(Fault(what, number, "no number above 0", "write it with a point"))
    return faults


def _error(text: str, faults: list[Fault]) -> FormulationError:
    return FormulationError(f"cannot read the composition id {text!r}", faults)
