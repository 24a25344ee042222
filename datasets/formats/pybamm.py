"""PyBaMM: what is known of an electrolyte before anything is measured, ready for a simulation.

``pybamm.ParameterValues.update`` takes the entries in square-bracket units: the initial
concentration is a parameter of its models, the density one of PyBOP and pybamm-tea. Conductivity,
diffusivity and transference number are no part of a composition: give your own.
"""

from __future__ import annotations

from typing import Any

from ..electrolytes.composition import resolve
from ..electrolytes.electrolyte import Electrolyte
from .counting import rounded
from .portions import kilograms, portions, solution_litres


def parameters(electrolyte: Electrolyte) -> dict[str, Any]:
    """Return parameters of PyBaMM, and the composition beside them.

    The concentration is that of all dissolved salts per volume of the solution, the density that
    of the solution, mixed ideally where it was not measured.

    Raises
    ------
    ValueError
        If the electrolyte leaves a salt or an amount open.

    Examples
    --------
    >>> from anolyte.datasets.formats.pybamm import parameters
    >>> from anolyte.datasets import parse
    >>> found = parameters(parse("1 M LiPF6 in EC/DMC (1:1 v/v)"))
    >>> found["Initial concentration in electrolyte [mol.m-3]"]
    914.698
    """
    found = portions(electrolyte)
    volume = solution_litres(resolve(electrolyte))
    salts, solvent = sum(found.salts.values()), kilograms(found.base)
    whole = kilograms(found.compounds)
    values: dict[str, Any] = {
        "Initial concentration in electrolyte [mol.m-3]": rounded(1000 * salts / volume),
        "Electrolyte density [kg.m-3]": rounded(1000 * whole / volume),
    }
    if solvent:
        values["Electrolyte molality [mol.kg-1]"] = rounded(salts / solvent)
    values["composition"] = {
        "formulation": str(electrolyte),
        "mole fractions": {str(c): rounded(n) for c, n in found.compounds.items()},
        "mass fractions": {
            str(c): rounded(kilograms({c: n}) / whole) for c, n in found.compounds.items()
        },
    }
    return values
