"""Quantum descriptors beside the first molecules of a list."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from anolyte.experiments import LibraryList
from anolyte.experiments.libraries import confirmation


def test_the_first_are_told_in_the_order_of_their_reduction(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def compute(compounds, path, *rest):  # type: ignore[no-untyped-def]
        """Return a table as the quantum room writes it, one molecule not computed."""
        rows = [
            {"smiles": "O=C1OCCO1", "lumo_eV": "-4", "lumo_shift_Li_eV": "3", "status": "ok"},
            {"smiles": "COCCOC", "lumo_eV": "2", "lumo_shift_Li_eV": "3", "status": "ok"},
            {"smiles": "CCC", "lumo_eV": "", "lumo_shift_Li_eV": "", "status": "failed: x"},
        ]
        table = pd.DataFrame(rows).assign(electron_affinity_eV="", binding_Li_eV="-2")
        return table[table["smiles"].isin([each.smiles for each in compounds])]

    monkeypatch.setattr(confirmation, "compute", compute)
    frame = pd.DataFrame({"smiles": ["COCCOC", "CCC", "O=C1OCCO1", "CCOCC"]})
    ranked = LibraryList(frame, "Li", "lower-bound", 0.9, 4)
    found = confirmation.confirmed(ranked, 3, tmp_path).frame
    assert found["lumo_with_Li_eV"].tolist()[::2] == [-1.0, -7.0]
    assert found["reduced_as"].tolist()[::2] == [2.0, 1.0]
    assert found["quantum_status"].tolist() == ["ok", "failed: x", "ok", ""]
    assert found["smiles"].tolist() == frame["smiles"].tolist()
    assert frame.columns.tolist() == ["smiles"]
