"""One electrolyte in every way of counting: each answer is a formulation that reads back.

The composition stays, to six digits; only what is counted changes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from ..compounds.registry import Compound
from ..electrolytes.composition import resolve
from ..electrolytes.electrolyte import Dose, Electrolyte, Mixture, RatioKind, Share, Unit
from .portions import Moles, Portions, kilograms, litres, portions, solution_litres

DIGITS = 6
_STEPS, _CLOSE = 50, 1e-9


def rounded(value: float, digits: int = DIGITS) -> float:
    """Return a number with so many significant digits."""
    return float(np.format_float_positional(value, digits, unique=False, fractional=False))


def molality(electrolyte: Electrolyte) -> Electrolyte:
    """Return a recipe with its salts per kilogram of solvents, which are parts by weight.

    Raises
    ------
    ValueError
        If amounts are open, or there is nothing but salts.

    Examples
    --------
    >>> from anolyte.datasets.formats.counting import molality
    >>> from anolyte.datasets import parse
    >>> print(molality(parse("1 M LiPF6 in EC/DMC (1:1 v/v) + 2 wt% VC")))
    0.83682 m LiPF6 in EC/DMC (55.2301:44.7699 w/w) + 2 wt% VC
    """
    return _per_kilogram(_solution(electrolyte))


def as_molality(found: Portions) -> Mixture:
    """Return the recipe of some portions in m, or by weight where there is no salt or solvent."""
    if not found.base or not found.salts:
        masses = {c: kilograms({c: n}) for c, n in found.compounds.items()}
        return Mixture((), *_shares(masses, "w/w"))
    return _per_kilogram(found)


def _per_kilogram(found: Portions) -> Electrolyte:
    return _dissolved(found, {c: n / kilograms(found.base) for c, n in found.salts.items()}, "m")


def molarity(electrolyte: Electrolyte) -> Electrolyte:
    """Return a recipe with its salts in M, as this package counts, and solvents by volume.

    Raises
    ------
    ValueError
        If amounts are open, or there is nothing but salts.

    Examples
    --------
    >>> from anolyte.datasets.formats.counting import molarity
    >>> from anolyte.datasets import parse
    >>> print(molarity(parse("LiFSI/DME/TTE (1:1.2:3 mol/mol)")))
    1.72727 M LiFSI in DME/TTE (21.5205:78.4795 v/v)
    """
    found = _solution(electrolyte)
    wanted = np.array([n / sum(found.base.values()) for n in found.salts.values()])
    amounts = np.array([n / litres(found.base) for n in found.salts.values()])
    # In water M counts per litre of solution, which depends on how much is dissolved.
    for _ in range(_STEPS):
        tried = _dissolved(found, dict(zip(found.salts, amounts, strict=True)), "M", 15)
        again = portions(tried)
        moles = np.array([again.salts[c] for c in found.salts]) / sum(again.base.values())
        if np.allclose(moles, wanted, rtol=_CLOSE):
            break
        amounts = amounts * wanted / moles
    return _dissolved(found, dict(zip(found.salts, amounts, strict=True)), "M")


def _solution(electrolyte: Electrolyte) -> Portions:
    found = portions(electrolyte)
    if not found.base or not found.salts:
        what = "solvent" if not found.base else "salt"
        raise ValueError(f"there is no {what} to count by: convert to mole-fraction or mass")
    return found


def _dissolved(found: Portions, amounts: Moles, unit: Unit, digits: int = DIGITS) -> Electrolyte:
    salts = tuple(Dose(rounded(amounts[c], digits), unit, c) for c in found.salts)
    by_volume = unit == "M"
    parts = {c: (litres if by_volume else kilograms)({c: n}) for c, n in found.base.items()}
    shares, kind = _shares(parts, "v/v" if by_volume else "w/w", digits)
    whole = kilograms(found.compounds)
    extra = tuple(
        Dose(rounded(100 * kilograms({c: n}) / whole, digits), "wt%", c)
        for c, n in found.additives.items()
    )
    return Electrolyte(salts, shares, kind, extra)


def _shares(
    parts: Mapping[Compound, float], kind: RatioKind, digits: int = DIGITS
) -> tuple[tuple[Share, ...], RatioKind | None]:
    if len(parts) == 1:
        return (Share(1.0, next(iter(parts))),), None
    whole = sum(parts.values())
    return tuple(Share(rounded(100 * part / whole, digits), c) for c, part in parts.items()), kind


def mole_fractions(electrolyte: Electrolyte) -> Electrolyte:
    """Return a recipe with every compound in mol %.

    Examples
    --------
    >>> from anolyte.datasets.formats.counting import mole_fractions
    >>> from anolyte.datasets import parse
    >>> print(mole_fractions(parse("21 m LiTFSI in H2O")))
    H2O/LiTFSI (72.5524:27.4476 mol/mol)
    """
    return Electrolyte((), *_shares(portions(electrolyte).compounds, "mol/mol"))


def mass_fractions(electrolyte: Electrolyte) -> Electrolyte:
    """Return a recipe with every compound in % by weight."""
    found = portions(electrolyte).compounds
    return Electrolyte((), *_shares({c: kilograms({c: n}) for c, n in found.items()}, "w/w"))


COUNTS: Mapping[str, Callable[[Electrolyte], Electrolyte]] = {
    "molarity": molarity,
    "molality": molality,
    "mole-fraction": mole_fractions,
    "mass": mass_fractions,
}


def table(electrolyte: Electrolyte) -> pd.DataFrame:
    """Return every compound of an electrolyte in every count.

    Returns
    -------
    pandas.DataFrame
        compound, role, mol_pct, wt_pct, mol_per_kg_solvent, mol_per_l_solution, g_per_l_solution;
        volumes are ideal (see `portions.solution_litres`).

    Raises
    ------
    ValueError
        If amounts are open.
    """
    found = portions(electrolyte)
    volume = solution_litres(resolve(electrolyte))
    solvent, whole = kilograms(found.base), kilograms(found.compounds)
    rows = []
    for role in ("salts", "base", "additives"):
        for compound, moles in getattr(found, role).items():
            mass = kilograms({compound: moles})
            rows.append(
                {
                    "compound": str(compound),
                    "role": _ROLES[role],
                    "mol_pct": 100 * moles,
                    "wt_pct": 100 * mass / whole,
                    "mol_per_kg_solvent": moles / solvent if solvent else float("nan"),
                    "mol_per_l_solution": moles / volume,
                    "g_per_l_solution": 1000 * mass / volume,
                }
            )
    return pd.DataFrame(rows)


_ROLES = {"salts": "salt", "base": "solvent", "additives": "additive"}
