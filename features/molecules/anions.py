"""Anions as ligands of the cation: donor strength, size, number of binding sites.

Donor numbers are measured for few anions; the others are estimated, by stated rules, from
the tabulated HOMO energy or by analogy. They serve to order anions, not as data.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from anolyte.datasets.compounds.ions import atom_counts
from anolyte.datasets.compounds.registry import Compound, fragment_charge, molecule
from anolyte.datasets.files.shipped import shipped_table

HALOGENS = frozenset(("F", "Cl", "Br", "I"))
# [EMIm]Br and [EMIm][FAP], Schmeisser 2012 (doi:10.1002/chem.201200584), in ions.csv.
_BROMIDE = "[EMIm]Br"
_WEAKEST = "[EMIm][FAP]"
# Beyond this radius (of the Labute surface) no anion here is known to bind a cation firmly.
_BULKY = 3.2


@lru_cache(maxsize=1)
def _donor_numbers() -> dict[str, float]:
    return _column("donor_number")


@lru_cache(maxsize=1)
def _homo_energies() -> dict[str, float]:
    return _column("homo_gfn2")


def _column(name: str) -> dict[str, float]:
    """Return a property by canonical SMILES of the anion, or by name for ionic liquids."""
    from rdkit.Chem import MolToSmiles

    rows = shipped_table("ions")
    rows = rows[rows["property"] == name]
    keys = [
        MolToSmiles(molecule(s)) if s else ion
        for s, ion in zip(rows["smiles"], rows["ion"], strict=True)
    ]
    return dict(zip(keys, rows["value"].astype(float), strict=True))


@lru_cache(maxsize=1)
def _homo_line() -> tuple[float, float]:
    """Return slope and intercept of donor number against HOMO over the measured anions."""
    both = [key for key in _donor_numbers() if key in _homo_energies()]
    homo = [_homo_energies()[key] for key in both]
    slope, intercept = np.polyfit(homo, [_donor_numbers()[key] for key in both], 1)
    return float(slope), float(intercept)


@lru_cache(maxsize=1024)
def anion_donor_number(smiles: str) -> float:
    """Return the donor number of an anion in kcal/mol, estimated where none was measured.

    In order: the measured value; bromide's for a halide; that of the weakest anion measured
    for a bulky one (alkoxyborates, alkoxyaluminates, carboranes, tetraphenylborate); the
    line of donor number against GFN2 HOMO energy; the mean of the measured.
    """
    known = _donor_numbers()
    if smiles in known:
        return known[smiles]
    mol = molecule(smiles)
    if mol.GetNumHeavyAtoms() == 1 and mol.GetAtomWithIdx(0).GetSymbol() in HALOGENS:
        return known[_BROMIDE]
    if anion_radius(smiles) > _BULKY or "[BH]" in smiles:
        return known[_WEAKEST]
    homo = _homo_energies().get(smiles)
    slope, intercept = _homo_line()
    if homo is not None:
        # A doubly charged anion's orbital energy is off the line of the singly charged.
        return float(np.clip(slope * homo + intercept, known[_WEAKEST], known[_BROMIDE] / 2))
    return float(
        np.mean([value for key, value in known.items() if "]" in key and "EMIm" not in key])
    )


@lru_cache(maxsize=1024)
def anion_radius(smiles: str) -> float:
    """Return the radius in angstrom of a sphere with the anion's Labute surface area."""
    from rdkit.Chem.rdMolDescriptors import CalcLabuteASA

    return float(np.sqrt(CalcLabuteASA(molecule(smiles)) / (4 * np.pi)))


def binding_anions(compound: Compound) -> list[tuple[str, float]]:
    """Return the anions of a salt and how many per formula unit.

    A covalently drawn metal halide (AlCl3) counts as its metal and halide ions.
    """
    ionic = [(part, float(n)) for part, n in compound.ions.items() if fragment_charge(part) < 0]
    if ionic or compound.kind != "salt":
        return ionic
    atoms = atom_counts(compound.smiles)
    return [(f"[{x}-]", float(atoms[x])) for x in ("Cl", "Br", "I") if x in atoms]
