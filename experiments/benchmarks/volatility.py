"""Fit the group sums for boiling and melting points anew, and say how far they are off.

Run with ``python -m anolyte.experiments.benchmarks.volatility [--write FILE]``. The points are
those of the CRC Handbook in the package `chemicals`: neutral organic molecules of the elements of
this field with up to twenty atoms other than hydrogen. Errors are those of ten-fold
cross-validation.
"""

from __future__ import annotations

import argparse
import csv
import io
from pathlib import Path

import numpy as np
from anolyte.datasets.compounds.registry import shipped_compounds
from anolyte.datasets.files.atomic import write_bytes
from anolyte.features.arrays import Floats
from sklearn.linear_model import Ridge
from sklearn.model_selection import KFold, cross_val_predict

from ..libraries.volatility import NAMES, terms

MOST_ATOMS = 20
STRENGTH = 0.05
_ZERO_CELSIUS = 273.15
_ELEMENTS = {"C", "N", "O", "F", "Si", "P", "S", "Cl", "Br", "B"}


def points() -> dict[str, tuple[float, float]]:
    """Return boiling and melting points in degrees C (nan where unknown) by SMILES."""
    from chemicals import miscdata
    from chemicals.identifiers import search_chemical
    from rdkit import rdBase
    from rdkit.Chem import GetFormalCharge, MolFromSmiles, MolToSmiles

    table = miscdata.CRC_organic_data
    found = {}
    with rdBase.BlockLogs():
        for cas, row in table[table[["Tb", "Tm"]].notna().any(axis=1)].iterrows():
            try:
                mol = MolFromSmiles(search_chemical(str(cas)).smiles or "")
            except ValueError:
                continue
            if mol is None or not 0 < mol.GetNumHeavyAtoms() <= MOST_ATOMS or GetFormalCharge(mol):
                continue
            elements = {atom.GetSymbol() for atom in mol.GetAtoms()}
            smiles = str(MolToSmiles(mol))
            if "C" in elements and elements <= _ELEMENTS and "." not in smiles:
                found[smiles] = (row["Tb"] - _ZERO_CELSIUS, row["Tm"] - _ZERO_CELSIUS)
    return found


def main() -> None:
    """Print the errors, and write the coefficients if asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", type=Path, help="Write the coefficients to this CSV.")
    given = parser.parse_args()
    known = points()
    rows = np.array([terms(smiles) for smiles in known])
    registered = {compound.smiles for compound in shipped_compounds()}
    ours = np.array([smiles in registered for smiles in known])
    columns: dict[str, Floats] = {}
    for place, name in enumerate(("boiling", "melting")):
        values = np.array([each[place] for each in known.values()])
        at = np.isfinite(values)
        ridge = Ridge(STRENGTH, fit_intercept=False)
        folds = KFold(10, shuffle=True, random_state=0)
        missed = np.abs(cross_val_predict(ridge, rows[at], values[at], cv=folds) - values[at])
        for whose, mask in (("all", np.ones(at.sum(), dtype=bool)), ("registry", ours[at])):
            print(
                f"{name:8}{whose:10}{mask.sum():6}  mean error {missed[mask].mean():5.1f} K, "
                f"median {np.median(missed[mask]):5.1f}, nine of ten within "
                f"{np.quantile(missed[mask], 0.9):5.1f}"
            )
        columns[name] = ridge.fit(rows[at], values[at]).coef_
    if given.write is not None:
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(("term", *columns))
        for at, name in enumerate(NAMES):
            writer.writerow((name, *(f"{column[at]:.4f}" for column in columns.values())))
        write_bytes(text.getvalue().encode(), given.write)


if __name__ == "__main__":
    main()
