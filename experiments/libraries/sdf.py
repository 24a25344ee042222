"""Write a list of molecules as an SDF file, as chemists' programs read it."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from anolyte.datasets.compounds.registry import molecule
from anolyte.datasets.files.atomic import write_bytes


def write_sdf(frame: pd.DataFrame, path: str | Path) -> Path:
    """Write the molecules of a table, drawn flat, each with the table's other columns.

    Parameters
    ----------
    frame
        With the column ``smiles``; an empty one is left out.
    path
        Of the file.

    Raises
    ------
    ValueError
        If the table has no structures.
    """
    from rdkit.Chem import Mol, SDWriter
    from rdkit.Chem.AllChem import Compute2DCoords  # type: ignore[attr-defined]

    if "smiles" not in frame:
        raise ValueError("an SDF file is of molecules: it needs --library")
    lines: list[str] = []
    for row in frame[frame["smiles"].astype(str) != ""].to_dict("records"):
        mol = Mol(molecule(str(row["smiles"])))
        Compute2DCoords(mol)
        mol.SetProp("_Name", _one_line(row.get("name") or row["smiles"]))
        named = {str(key): _one_line(value) for key, value in row.items() if key != "name"}
        for key, value in named.items():
            mol.SetProp(key, value)
        lines.append(SDWriter.GetText(mol, kekulize=True))
    return write_bytes("".join(lines).encode(), Path(path))


def _one_line(value: object) -> str:
    # A line of its own would end the value, and a row of dollars the entry.
    return " ".join(str(value).split()).replace("$$$$", "$ $ $ $")
