"""Tight-binding calculations: single points and optimisations. The only user of tblite and ASE."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec

import numpy as np
from anolyte.datasets.errors import AnolyteError

from ..arrays import Floats
from .conformers import Geometry

FORCE = 0.02  # eV/A at which a geometry counts as relaxed
STEPS = 500
_HARTREE = 27.211386245988
_BOHR = 0.529177210903
_DEBYE = 2.541746473


class MissingExtraError(AnolyteError):
    """The packages of the extra `quantum` are not installed."""


class XtbError(AnolyteError):
    """A calculation that did not converge."""


@dataclass(frozen=True, eq=False, slots=True)
class SinglePoint:
    """One calculation: energies in eV, dipole in debye, charges (a,) of the atoms in e.

    `homo` or `lumo` is NaN where the minimal basis has no such orbital.
    """

    energy: float
    homo: float
    lumo: float
    dipole: float
    charges: Floats


def require() -> None:
    """Check that tblite and ASE are installed.

    Raises
    ------
    MissingExtraError
        With the command that installs them.
    """
    missing = [name for name in ("tblite", "ase") if find_spec(name) is None]
    if missing:
        raise MissingExtraError(
            f"computing quantum descriptors needs {' and '.join(missing)}: "
            'pip install "anolyte[quantum]"'
        )


def versions() -> dict[str, str]:
    """Return the versions of what the numbers depend on, by column name."""
    return {f"{name}_version": version(name) for name in ("tblite", "rdkit")}


def single_point(
    geometry: Geometry, charge: int, unpaired: int = 0, method: str = "GFN2-xTB"
) -> SinglePoint:
    """Return energy, frontier orbitals, dipole and charges at a geometry.

    Parameters
    ----------
    geometry
        The atoms.
    charge
        Total charge in e.
    unpaired
        Number of unpaired electrons.
    method
        A method of tblite: GFN2-xTB, GFN1-xTB or IPEA1-xTB.

    Raises
    ------
    XtbError
        If the calculation does not converge.
    """
    from tblite.interface import Calculator

    try:
        calculator = Calculator(
            method, geometry.numbers, geometry.positions / _BOHR, charge=charge, uhf=unpaired
        )
        calculator.set("verbosity", 0)
        result = calculator.singlepoint()
    except RuntimeError as error:
        raise XtbError(f"{method} does not converge") from error
    levels = np.asarray(result.get("orbital-energies")) * _HARTREE
    # Electrons are smeared at 300 K, so a level counts as occupied from half an electron on.
    occupied = int((np.asarray(result.get("orbital-occupations")) >= 0.5).sum())
    return SinglePoint(
        energy=float(result.get("energy")) * _HARTREE,
        homo=float(levels[occupied - 1]) if occupied else float("nan"),
        lumo=float(levels[occupied]) if occupied < len(levels) else float("nan"),
        dipole=float(np.linalg.norm(result.get("dipole"))) * _DEBYE,
        charges=np.asarray(result.get("charges"), dtype=float),
    )


def optimise(geometry: Geometry, charge: int, unpaired: int = 0) -> Geometry:
    """Return the geometry relaxed with GFN2-xTB.

    Raises
    ------
    XtbError
        If the energy or the geometry does not converge.
    """
    from ase import Atoms
    from ase.calculators.calculator import CalculatorError
    from ase.optimize import LBFGS
    from tblite.ase import TBLite

    if len(geometry.numbers) == 1:
        return geometry
    atoms = Atoms(geometry.numbers, geometry.positions)
    atoms.calc = TBLite(method="GFN2-xTB", charge=charge, multiplicity=unpaired + 1, verbosity=0)
    try:
        converged = LBFGS(atoms, logfile=None).run(fmax=FORCE, steps=STEPS)
    except (CalculatorError, RuntimeError) as error:
        raise XtbError("GFN2-xTB does not converge") from error
    if not converged:
        raise XtbError(f"the geometry does not converge in {STEPS} steps")
    return Geometry(geometry.numbers, np.array(atoms.get_positions()))
