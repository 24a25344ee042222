"""Boiling and melting points of molecules that nobody measured, by sums over groups.

    T = c_0 + (sum_i n_i c_i) / (n^0.66 + 1.7) + c_1 / n + c_2 n^0.5

with the counts n_i of the groups and n atoms other than hydrogen: the sum grows slower than the
molecule does. Group contributions to boiling points are an old idea (Joback and Reid, Chem. Eng.
Comm. 57 (1987) 233); these were fitted by ridge regression to the CRC points of the package
`chemicals`, and ``python -m anolyte.experiments.benchmarks.volatility`` fits and judges them anew.
"""

from __future__ import annotations

import csv
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from anolyte.datasets.compounds.ions import atom_counts
from anolyte.datasets.compounds.registry import Compound, molecule
from anolyte.features.arrays import Floats
from anolyte.features.molecules.groups import GROUPS, group_count

if TYPE_CHECKING:
    from rdkit.Chem import Mol

# Mean absolute and 90th percentile of the errors in K, in ten-fold cross-validation, over the
# compounds of the registry whose points the handbook has.
BOILING_ERROR, MELTING_ERROR = (22.0, 45.0), (33.0, 64.0)
_ELEMENTS = ("C", "N", "O", "F", "Si", "P", "S", "Cl", "Br")
# Beside those of `GROUPS`: how the carbon skeleton is made, and what binds hydrogen.
SKELETON = {
    "CH3": "[CX4;H3]",
    "CH2 of a chain": "[CX4;H2;!R]",
    "CH2 of a ring": "[CX4;H2;R]",
    "CH of a chain": "[CX4;H1;!R]",
    "CH of a ring": "[CX4;H1;R]",
    "C without H": "[CX4;H0;!$(CF)]",
    "double bond": "[CX3;!$(C=O)]=[CX3;!$(C=O)]",
    "triple bond": "[CX2]#[CX2]",
    "aromatic CH": "[cH]",
    "aromatic C": "[c;H0]",
    "NH2": "[NX3;H2]",
    "NH": "[NX3;H1]",
    "acid": "C(=O)[OH]",
    "alcohol": "[CX4][OH]",
    "lactone": "[#6;R](=O)[#8;R]",
    "nitro": "[N+](=O)[O-]",
    "amide NH": "[NH]C=O",
    "CHF": "[CX4;H1,H2]F",
    "CHF2": "[CX4;H1](F)F",
}
TERMS = (*_ELEMENTS, *GROUPS, *SKELETON, "rings", "H donors", "rotatable bonds", "polar surface")
NAMES = (*TERMS, "1/n", "n^0.5", "constant")


class Estimates(NamedTuple):
    """Estimated normal boiling point and melting point in degrees C."""

    boiling: float
    melting: float


@lru_cache(maxsize=1)
def _patterns() -> tuple[Mol, ...]:
    from rdkit.Chem import MolFromSmarts

    return tuple(map(MolFromSmarts, SKELETON.values()))


@lru_cache(maxsize=8192)
def terms(smiles: str) -> tuple[float, ...]:
    """Return what each coefficient is multiplied by, in the order of `NAMES`."""
    from rdkit.Chem import rdMolDescriptors

    mol, compound = molecule(smiles), Compound(smiles, smiles)
    atoms, size = atom_counts(smiles), mol.GetNumHeavyAtoms()
    counts = (
        *(atoms[element] for element in _ELEMENTS),
        *(group_count(compound, group) for group in GROUPS),
        *(len(mol.GetSubstructMatches(pattern)) for pattern in _patterns()),
        rdMolDescriptors.CalcNumRings(mol),
        rdMolDescriptors.CalcNumHBD(mol),
        rdMolDescriptors.CalcNumRotatableBonds(mol),
        rdMolDescriptors.CalcTPSA(mol) / 10,
    )
    return (*(count / (size**0.66 + 1.7) for count in counts), 1 / size, size**0.5, 1.0)


@lru_cache(maxsize=1)
def _coefficients() -> Floats:
    text = (files("anolyte.experiments.libraries") / "volatility.csv").read_text("utf-8")
    rows = {row["term"]: row for row in csv.DictReader(text.splitlines())}
    return np.array([[float(rows[n][k]) for k in ("boiling", "melting")] for n in NAMES])


def estimates(smiles: str) -> Estimates:
    """Return the estimates of a molecule.

    Examples
    --------
    >>> from anolyte.experiments.libraries.volatility import estimates
    >>> round(estimates("COCCOC").boiling)  # dimethoxyethane, measured: 85
    8...
    """
    return Estimates(*(np.array(terms(smiles)) @ _coefficients()).tolist())
