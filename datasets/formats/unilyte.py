"""unilyte: the shorthand of the package of that name, ``1M LiPF6 in EC:EMC 3:7wt + 1wt% LiDFOB``.

What `parse` reads of it already needs no reader here. The shorthand has one salt dissolved in
solvents of one ratio (vol, wt or mol), and additives in wt%, vol% or mol%; its names are letters
and digits that begin with a letter. What it has no words for is refused.
"""

from __future__ import annotations

import re

from ..electrolytes.electrolyte import Dose, Electrolyte, Mixture, format_number
from .counting import molality

_BASES = {"v/v": "vol", "w/w": "wt", "mol/mol": "mol"}
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9()]*(?:-[A-Za-z0-9()]+)*")


def to_unilyte(electrolyte: Electrolyte) -> str:
    """Return the shorthand of an electrolyte.

    A recipe by ratio is written with the salt per kilogram of solvent.

    Raises
    ------
    ValueError
        If the shorthand cannot say it: several salts, open amounts, other units, odd names.

    Examples
    --------
    >>> from anolyte.datasets.formats.unilyte import to_unilyte
    >>> from anolyte.datasets import parse
    >>> to_unilyte(parse("1 M LiPF6 in EC/EMC (3:7 w/w) + 1 wt% LiDFOB"))
    '1M LiPF6 in EC:EMC 3:7wt + 1wt% LiDFOB'
    >>> to_unilyte(parse("LiFSI/DME/TTE (1:1.2:3 mol/mol)"))
    '1.24323m LiFSI in DME:TTE 13.4451:86.5549wt'
    """
    if electrolyte.is_ratio_form or electrolyte.inner:
        electrolyte = molality(electrolyte)
    odd = list(_odd(electrolyte))
    if odd:
        raise ValueError(f"{electrolyte}: unilyte has no words for {'; '.join(odd)}")
    (salt,) = electrolyte.salts
    base = ":".join(str(share.compound) for share in electrolyte.base)
    if electrolyte.ratio_kind is not None:
        parts = ":".join(format_number(share.part) for share in electrolyte.base)
        base = f"{base} {parts}{_BASES[electrolyte.ratio_kind]}"
    return " + ".join([f"{_dose(salt)} in {base}", *map(_dose, electrolyte.additives)])


def _dose(dose: Dose) -> str:
    return f"{format_number(dose.amount)}{dose.unit} {dose.compound}"


def _odd(electrolyte: Mixture) -> list[str]:
    told = []
    if electrolyte.has_unknown_amounts or electrolyte.has_unknown_salt:
        told.append("open amounts")
    if len(electrolyte.salts) != 1:
        told.append(f"{len(electrolyte.salts)} salts")
    told += [str(d) for d in electrolyte.salts if d.unit not in ("M", "m")]
    told += [str(d) for d in electrolyte.additives if d.unit not in ("wt%", "vol%", "mol%")]
    return told + [
        f"the name {compound}"
        for compound in electrolyte.compounds
        if not _NAME.fullmatch(str(compound))
    ]
