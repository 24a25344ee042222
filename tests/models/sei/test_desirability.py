"""The SEI model that lists and predictions use."""

from __future__ import annotations

from pathlib import Path

import pytest
from anolyte.datasets.measurements.own import add_measurements
from anolyte.models.sei.desirability import sei_model

TABLE = "metal,electrolyte,ce_pct,source,sei_character\n" + "".join(
    f"Li,{amount} M LiFSI in DME,,notebook {n},organic-rich\n"
    for n, amount in enumerate((0.7, 0.8, 0.9, 1.1, 1.3, 1.7, 2.2, 2.6, 2.7, 3.1, 3.3, 3.6))
)


def test_own_labels_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    asked = ["2 M LiFSI in DME"]
    before = sei_model().predict_character(asked)["organic-rich"][0]
    (tmp_path / "own.csv").write_text(TABLE)
    add_measurements(tmp_path / "own.csv", tmp_path / "anolyte-data")
    after = sei_model().predict_character(asked)["organic-rich"][0]
    assert after > before + 0.05
    assert sei_model() is sei_model()
