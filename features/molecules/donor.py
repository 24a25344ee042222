"""Donor number of a molecule (Gutmann, kcal/mol) and how many cations' sites it offers.

Tabulated donor numbers come from the shipped properties; where there is none the affinity
towards boron trifluoride gives it (mean absolute error 1.9 kcal/mol), else it is imputed from
the structure by extra trees on functional groups (mean absolute error 4.7, median 2.7 kcal/mol
over 99 molecules in ten-fold cross-validation, standard deviation of the data 10.6).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from anolyte.datasets.compounds.donor_scale import donor_numbers_by_affinity
from anolyte.datasets.compounds.ions import atom_counts
from anolyte.datasets.compounds.registry import Compound, molecule, shipped_compounds
from anolyte.datasets.files.shipped import shipped_table

from ..arrays import Floats
from ..mixtures import Mixtures
from .groups import GROUPS, group_count, pattern

# One coordinating site for each of these groups.
_SITES = (
    "carbonate",
    "ester",
    "nitrile",
    "sulfone",
    "sulfonamide",
    "sulfonate",
    "sulfoxide",
    "sulfite",
    "phosphate",
    "amide",
    "ketone",
    "amine",
    "pyridine",
    "hydroxyl",
)


@lru_cache(maxsize=1)
def tabulated_donor_numbers() -> dict[str, float]:
    """Return the measured donor numbers in kcal/mol by SMILES, averaged where sources differ."""
    table = shipped_table("properties")
    table = table[(table["property"] == "donor_number") & (table["value_kind"] == "measured")]
    means = table["value"].astype(float).groupby(table["smiles"]).mean()
    return {str(smiles): float(value) for smiles, value in means.items()}


def donor_number(compound: Compound) -> float:
    """Return the donor number of a molecule in kcal/mol.

    In order: a user's own, tabulated, by affinity, imputed.
    """
    own = compound.measured.get("donor_number")
    return _donor_number(compound.smiles) if own is None else own


def is_donor_number_imputed(compound: Compound) -> bool:
    """Whether the donor number of a molecule had to be imputed from its structure."""
    return "donor_number" not in compound.measured and compound.smiles not in _known()


@lru_cache(maxsize=1)
def _known() -> dict[str, float]:
    return donor_numbers_by_affinity() | tabulated_donor_numbers()


def imputed_donor_share(mixtures: Mixtures) -> Floats:
    """Return the share (n,) of the solvent molecules whose donor number had to be imputed.

    For remarks beside a prediction. It is no descriptor: what we know of a molecule must not
    tell a model how well it works.
    """
    return mixtures.mean(_imputed, mixtures.solvents)[:, 0]


def _imputed(compound: Compound) -> tuple[float]:
    return (float(not compound.is_salt and is_donor_number_imputed(compound)),)


@lru_cache(maxsize=8192)
def _donor_number(smiles: str) -> float:
    known = _known().get(smiles)
    if known is not None:
        return known
    if smiles in _imputed_of_shipped():
        return _imputed_of_shipped()[smiles]
    if smiles in _imputed_together:
        return _imputed_together[smiles]
    return float(_imputer().predict([imputation_features(smiles)])[0])


@lru_cache(maxsize=1)
def _imputed_of_shipped() -> dict[str, float]:
    """Return the imputed donor numbers of the shipped molecules, made in one call.

    A call of the forest costs as much for one molecule as for hundreds.
    """
    molecules = {compound.smiles for compound in shipped_compounds() if not compound.is_salt}
    missing = sorted(molecules - set(_known()))
    imputed = _imputer().predict([imputation_features(smiles) for smiles in missing])
    return dict(zip(missing, imputed.tolist(), strict=True))


# Of the last call of `impute_together`.
_imputed_together: dict[str, float] = {}


def impute_together(smiles: Sequence[str]) -> None:
    """Impute the donor numbers of many molecules in one call, for `donor_number` to return.

    A call of the forest costs as much for one molecule as for hundreds. The values are the same.
    Kept until the next call.
    """
    missing = [each for each in smiles if each not in _known()]
    _imputed_together.clear()
    if missing:
        imputed = _imputer().predict([imputation_features(each) for each in missing])
        _imputed_together.update(zip(missing, imputed.tolist(), strict=True))


def imputation_features(smiles: str) -> Floats:
    """Return what the imputation sees of a molecule: groups, halogen share, polarity, size."""
    from rdkit.Chem.rdMolDescriptors import CalcNumRings, CalcTPSA

    mol = molecule(smiles)
    compound = Compound(smiles, smiles)
    counts = np.array([group_count(compound, group) for group in GROUPS], dtype=float)
    heavy = max(1, mol.GetNumHeavyAtoms())
    halogens = tuple(atom_counts(smiles)[element] / heavy for element in ("F", "Cl"))
    polarity = CalcTPSA(mol) / heavy
    shape = (polarity, float(heavy), float(CalcNumRings(mol)))
    return np.array([*np.minimum(counts, 2), *halogens, *np.minimum(counts, 1), *shape])


@lru_cache(maxsize=1)
def _imputer():  # type: ignore[no-untyped-def]
    from sklearn.ensemble import ExtraTreesRegressor

    known = tabulated_donor_numbers()
    features = np.array([imputation_features(smiles) for smiles in known])
    return ExtraTreesRegressor(200, random_state=0).fit(features, list(known.values()))


def coordinating_sites(compound: Compound, open_acetals: bool = False) -> float:
    """Return the number of sites with which a molecule can bind a cation.

    One for each group of `_SITES` and each ether oxygen, half for an oxygen on silicon. An
    ether oxygen beside a fluorinated carbon (alpha) counts nothing, and each fluorinated
    carbon one further away (beta) halves it. The rule follows the donor numbers: diethyl
    ether 19.2, bis(2,2,2-trifluoroethyl) ether 0.9, 1,1,2,2-tetrafluoroethyl
    2,2,3,3-tetrafluoropropyl ether 1.9 kcal/mol. The two oxygens of an acetal count as one
    (they cannot chelate), unless `open_acetals` says that the cation is wide enough to be held
    by both oxygens of an open-chain one. What the registry calls a diluent has none.
    """
    if compound.kind == "diluent":
        return 0.0
    if compound.smiles == "O":
        return 1.0
    sites = sum(group_count(compound, group) for group in _SITES)
    ethers = _ether_sites(compound.smiles, open_acetals)
    return sites + 0.5 * _silyl_ethers(compound.smiles) + ethers


@lru_cache(maxsize=8192)
def _silyl_ethers(smiles: str) -> int:
    return len(molecule(smiles).GetSubstructMatches(pattern("[OX2]([#6])[Si]")))


@lru_cache(maxsize=8192)
def _ether_sites(smiles: str, open_acetals: bool) -> float:
    mol = molecule(smiles)
    ethers = {match[0] for match in mol.GetSubstructMatches(pattern(GROUPS["ether"]))}
    total = 0.0
    for index in ethers:
        site = 1.0
        for carbon in mol.GetAtomWithIdx(index).GetNeighbors():
            around = [atom for atom in carbon.GetNeighbors() if atom.GetIdx() != index]
            if any(atom.GetSymbol() == "F" for atom in around):
                site = 0.0
            for atom in around:
                if any(second.GetSymbol() == "F" for second in atom.GetNeighbors()):
                    site *= 0.5
        # An oxygen between two fluorinated arms (0.25) no longer competes with an anion.
        total += site if site > 0.25 else 0.0
    middle = "[CX4;R]" if open_acetals else "[CX4]"
    acetal = pattern(f"[OX2;!$(OC=O)]([#6]){middle}[OX2][#6]")
    pairs = len(mol.GetSubstructMatches(acetal))
    return max(total - pairs, min(total, 1.0))


def crowding(compound: Compound) -> float:
    """Return the alkyl carbons that crowd an ether oxygen, mean over the ether oxygens.

    Counted are carbons two bonds away that neither carry a heteroatom (a bridge to the next
    donor: 0 in dimethoxyethane) nor lie in a ring with the oxygen (0 in tetrahydrofuran): 1 in
    1,2-diethoxyethane and 2-methyltetrahydrofuran, 2 in diethyl ether.
    """
    return _crowding(compound.smiles)


@lru_cache(maxsize=8192)
def _crowding(smiles: str) -> float:
    mol = molecule(smiles)
    rings = [set(ring) for ring in mol.GetRingInfo().AtomRings()]
    crowded = pattern("[OX2][#6][#6;!$([#6]~[!#6;!#1])]")
    ethers = {match[0] for match in mol.GetSubstructMatches(pattern(GROUPS["ether"]))}
    beside = [
        oxygen
        for oxygen, _, carbon in mol.GetSubstructMatches(crowded, uniquify=False)
        if oxygen in ethers and not any({oxygen, carbon} <= ring for ring in rings)
    ]
    return len(beside) / max(1, len(ethers))
