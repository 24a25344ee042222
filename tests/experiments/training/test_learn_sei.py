"""The SEI model that a training passes on."""

from __future__ import annotations

from pathlib import Path

from anolyte.datasets.measurements.own import add_measurements
from anolyte.experiments.training.train import learn_sei

TABLE = "metal,electrolyte,ce_pct,source,sei_composition\n" + "".join(
    f"Li,{amount} M LiFSI in DME,,notebook {n},organic-rich\n"
    for n, amount in enumerate((0.7, 0.8, 0.9, 1.1, 1.3, 1.7, 2.2, 2.6, 2.7, 3.1, 3.3, 3.6))
)
ASKED = ["2 M LiFSI in DME"]


def test_own_labels_count(tmp_path: Path) -> None:
    store = tmp_path / "store"
    before = learn_sei("Li", store=store).predict_composition(ASKED)["organic-rich"][0]
    (tmp_path / "own.csv").write_text(TABLE)
    given = learn_sei("Li", tmp_path / "own.csv", store).predict_composition(ASKED)
    add_measurements(tmp_path / "own.csv", store)
    kept = learn_sei("Li", store=store).predict_composition(ASKED)
    assert kept["organic-rich"][0] > before + 0.05
    assert given.equals(kept)
