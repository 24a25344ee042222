"""Confirm the best molecules of a list by GFN2-xTB: which of them is reduced first on Li+."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from anolyte.models.efficiency.crossfit import Progress

from ..project import Project
from ..quantum_table import compute
from .describing import compound_of
from .screening import LibraryList

MOST = 50
TABLE = "quantum.csv"
_ENERGIES = ("electron_affinity_eV", "binding_Li_eV")


def confirmed(
    ranked: LibraryList,
    most: int = MOST,
    cache: str | Path | None = None,
    workers: int = 2,
    progress: Progress | None = None,
) -> LibraryList:
    """Return the list with quantum descriptors of its first molecules; the order stays.

    The columns are ``lumo_with_Li_eV`` (LUMO of the molecule's Li+ complex: the higher, the later
    it is reduced), ``reduced_as`` (1 is reduced first), ``electron_affinity_eV``, ``binding_Li_eV``
    and ``quantum_status``; see `anolyte.features.xtb`. They tell an order among molecules on the
    scale of the method, no potentials.

    Parameters
    ----------
    ranked
        See `screen_library`.
    most
        How many of its rows.
    cache
        Folder that keeps what was computed; that of the project by default.
    workers
        How many molecules at once; a molecule takes about a minute.
    progress
        Told what is done.

    Raises
    ------
    MissingExtraError
        If tblite or ASE is not installed (the extra ``quantum``).
    """
    folder = Project.here().libraries if cache is None else Path(cache)
    folder.mkdir(parents=True, exist_ok=True)
    smiles = ranked.frame["smiles"].head(most)
    table = compute(map(compound_of, smiles), folder / TABLE, max(workers, 1), False, progress)
    known = table.set_index("smiles").reindex(smiles)
    numbers = known[["lumo_eV", "lumo_shift_Li_eV"]].apply(pd.to_numeric, errors="coerce")
    lumo = (numbers["lumo_eV"] - numbers["lumo_shift_Li_eV"]).to_numpy()
    frame = ranked.frame.copy()
    blank = np.full(len(frame) - len(smiles), np.nan)
    frame["lumo_with_Li_eV"] = np.concatenate([lumo.round(3), blank])
    frame["reduced_as"] = frame["lumo_with_Li_eV"].rank(method="min")
    for name in _ENERGIES:
        values = pd.to_numeric(known[name], errors="coerce").to_numpy()
        frame[name] = np.concatenate([values, blank])
    frame["quantum_status"] = [*known["status"].astype(str), *[""] * len(blank)]
    return replace(ranked, frame=frame)
