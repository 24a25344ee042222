"""Gathering data and training."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from anolyte.datasets.errors import TableError
from anolyte.datasets.measurements.splits import LATER
from anolyte.experiments.training.model_card import CARD
from anolyte.experiments.training.train import TrainingResult, digest, gather, save_training
from anolyte.models.bundles.bundle import read_manifest
from anolyte.models.efficiency.validation import SplitResult

TABLE = """metal,electrolyte,ce_pct,source
Li,1.1 M LiFSI in DEE,98.8,notebook 7
Na,1 M NaPF6 in DME,99.1,notebook 7
"""


def test_own_rows_are_added(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text(TABLE)
    shipped, both = gather("Li"), gather("Li", path)
    assert len(both) == len(shipped) + 1
    assert both["electrolyte"].iloc[-1] == "1.1 M LiFSI in DEE"
    assert digest(shipped) != digest(both)


def test_own_rows_alone(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text(TABLE)
    assert gather("Na", path, only_data=True)["source"].tolist() == ["notebook 7"]
    with pytest.raises(ValueError, match="no plating/stripping"):
        gather("Ca", path, only_data=True)


def test_faulty_table_stops_the_training(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text(TABLE.replace("98.8", "-3").replace("NaPF6", "NaPF7"))
    with pytest.raises(TableError) as caught:
        gather("Li", path)
    assert len(caught.value.faults) == 2


def test_digest_is_that_of_the_content() -> None:
    rows = gather("Mg")
    assert digest(rows) == digest(rows.copy())
    assert len(digest(rows)) == 64


def test_later_literature_is_in_the_card(trained: TrainingResult, tmp_path: Path) -> None:
    later = SplitResult(LATER, trained.comparison * 1.1, pd.DataFrame())
    folder = save_training(replace(trained, later=later), tmp_path / "Li")
    accuracy = read_manifest(folder)["facts"]["accuracy"]
    assert set(accuracy) == {LATER, "leave-source-out"}
    error = trained.comparison["rmse"]["anolyte"]
    assert accuracy[LATER]["anolyte"]["rmse"] == pytest.approx(1.1 * error, abs=1e-4)
    assert f"On data not seen ({LATER})" in (folder / CARD).read_text("utf-8")


def test_manifest_keeps_the_provenance(trained: TrainingResult, tmp_path: Path) -> None:
    facts = read_manifest(save_training(trained, tmp_path / "Li"))["facts"]
    assert facts["data_sha256"] == trained.digest
    assert facts["rows"] == len(trained.measurements)
    assert facts["sources"] == trained.measurements["source"].nunique()
