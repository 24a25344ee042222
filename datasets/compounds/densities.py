"""Density of a liquid at room temperature: tabulated, from `chemicals`, or estimated.

The estimate is a least-squares fit of molar volumes on atom and structure counts over the
liquids of known density; `estimate_error` states how well it predicts one it was not fitted to.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from .ions import atom_counts
from .properties import Origin, measured_values, property_value
from .registry import Compound, canonical_smiles, molar_mass, molecule, shipped_compounds

SMALLEST_MOLAR_VOLUME = 15.0
ROOM = 25.0
# No sum over atoms gives the volume of its hydrogen-bonded network.
WATER = ("O", "[2H]O[2H]")
# Heavy halogens and the metalloids of this field; what is rare shares the third-row term.
_ELEMENTS = ("H", "C", "N", "O", "F", "Si", "P", "S", "Cl")
_HEAVY = ("As", "B", "Br", "I", "Se", "Sn", "Al")


@dataclass(frozen=True, slots=True)
class Density:
    """A density in g/cm3, whether it was measured or estimated, and where it comes from."""

    value: float
    origin: Origin
    source: str


def density(compound: Compound) -> Density:
    """Return the density of a compound as a liquid near 25 degrees C.

    In order: the shipped table, the CRC table of the `chemicals` package (measured, room
    temperature), an estimate from the structure.
    """
    known = property_value(compound, "density")
    if known is not None and known.origin == "measured":
        return Density(known.value, "measured", known.source)
    return _estimate(compound.smiles)


@lru_cache(maxsize=4096)
def _estimate(smiles: str) -> Density:
    # No molecule of this field is smaller than a hydrogen-bonded water molecule.
    volume = max(float(_counts(smiles) @ _fit()), SMALLEST_MOLAR_VOLUME)
    return Density(molar_mass(smiles) / volume, "estimated", "molar volume fitted on atom counts")


def _counts(smiles: str) -> npt.NDArray[np.float64]:
    from rdkit.Chem.rdMolDescriptors import CalcNumHBD, CalcNumRings

    mol = molecule(smiles)
    atoms = atom_counts(smiles)
    heavy = sum(atoms[element] for element in _HEAVY)
    charged = float("." in smiles)
    # A unit within a chain has no ends, which is what the constant stands for.
    whole = float("*" not in smiles)
    structure = (whole, heavy, CalcNumRings(mol), CalcNumHBD(mol), charged)
    return np.array([*(atoms[element] for element in _ELEMENTS), *structure], dtype=float)


def _training_set() -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return counts and molar volumes of the table's liquids and of those the package knows."""
    liquids = {canonical_smiles(s): v for s, v in measured_values("density").items()}
    for compound in shipped_compounds():
        if compound.smiles not in liquids and _is_liquid(compound):
            known = property_value(compound, "density")
            if known is not None and known.origin == "measured":
                liquids[compound.smiles] = known.value
    liquids = {s: value for s, value in liquids.items() if s not in WATER and "*" not in s}
    rows = np.array([_counts(smiles) for smiles in liquids])
    masses = np.array([molar_mass(smiles) for smiles in liquids])
    return rows, masses / np.array(list(liquids.values()))


def _is_liquid(compound: Compound) -> bool:
    """Whether nothing speaks against a liquid at room temperature."""
    if compound.is_salt:
        return False
    melting = property_value(compound, "melting_point")
    boiling = property_value(compound, "boiling_point")
    frozen = melting is not None and melting.value > ROOM
    return not frozen and (boiling is None or boiling.value > ROOM)


@lru_cache(maxsize=1)
def _fit() -> npt.NDArray[np.float64]:
    return _ridge(*_training_set())


def _ridge(
    rows: npt.NDArray[np.float64], volumes: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    # The small ridge only settles counts that no tabulated liquid has (they get 0).
    gram = rows.T @ rows + 1e-3 * np.eye(rows.shape[1])
    return np.asarray(np.linalg.solve(gram, rows.T @ volumes))


def estimate_error() -> tuple[float, float]:
    """Return the median and 90th percentile relative error of the estimate.

    Measured by leaving out each liquid of known density in turn.
    """
    rows, volumes = _training_set()
    errors = []
    for left_out in range(len(volumes)):
        kept = np.arange(len(volumes)) != left_out
        predicted = rows[left_out] @ _ridge(rows[kept], volumes[kept])
        errors.append(abs(predicted / volumes[left_out] - 1))
    median, high = np.quantile(errors, [0.5, 0.9])
    return float(median), float(high)
