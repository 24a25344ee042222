"""Killed before any of its file operations, a write leaves the old or the new, and whole."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pandas as pd
import pytest
from anolyte.datasets.compounds.registry import shipped_compounds
from anolyte.datasets.files.atomic import ABANDONED_SECONDS, write_bytes
from anolyte.datasets.measurements.own import TABLE, add_measurements, own_measurements
from anolyte.experiments import quantum_table as quantum
from anolyte.experiments.ranking.ranking import Ranking
from anolyte.experiments.screening import engine as partitions
from anolyte.experiments.screening.checkpoints import Checkpoints
from anolyte.experiments.screening.engine import Screening
from anolyte.experiments.screening.screen import survivors
from anolyte.experiments.spaces.candidate_space import CandidateSpace
from anolyte.experiments.tracking import outbox, sync
from anolyte.experiments.tracking.mlflow_store import MlflowStore
from anolyte.experiments.tracking.run_record import Metric, RunRecord
from anolyte.features.xtb.species import QuantumRow
from anolyte.models.bundles.bundle import load_model, read_manifest, save_model

Killed = Callable[[Callable[[], object], Callable[[], object], Callable[[], object]], int]
Restore = Callable[[Path, Path], None]
FIRST = "metal,electrolyte,ce_pct,source\nLi,1.1 M LiFSI in DEE,98.8,notebook 2025\n"
SECOND = "metal,electrolyte,ce_pct,source\nNa,1 M NaPF6 in G2,99.1,notebook 2025\n"
SPACE = {
    "salts": ["Zn(OTf)2", "Zn(TFSI)2"],
    "solvents": ["H2O", "DMSO", "AN", "DMF"],
    "additives": ["FEC"],
}


@pytest.mark.parametrize("there", [True, False], ids=["replaced", "new"])
def test_model(
    there: bool,
    zinc_folder: Path,
    tmp_path: Path,
    killed_at_each: Killed,
    restore: Restore,
) -> None:
    folder = tmp_path / "models" / "Zn"
    text = ["1 M ZnSO4 in H2O"]
    new = load_model(zinc_folder)
    # As if trained on other rows: a table and an estimator that differ.
    new.domain_.measured.loc[0, "source"] = "notebook"
    trees = next(e for m, e in new.ensemble_.estimators.items() if m.family == "extra_trees")
    trees.random_state = 7
    figures = {"old": load_model(zinc_folder).predict(text), "new": new.predict(text)}

    def reset() -> None:
        shutil.rmtree(tmp_path / "models", ignore_errors=True)
        if there:
            restore(zinc_folder, folder)
            shutil.copy(folder / "own-extra_trees.skops", folder / "pooled-extra_trees.skops")

    def which() -> str:
        found = load_model(folder)
        said = "new" if found.domain_.measured["source"][0] == "notebook" else "old"
        assert found.predict(text) == pytest.approx(figures[said])
        return said

    def check() -> None:
        if there or folder.exists():
            assert which() in ("old", "new")
        save_model(new, folder)
        assert which() == "new"
        named = {*read_manifest(folder)["files"], "manifest.json", ".lock"}
        assert {path.name for path in folder.iterdir()} <= named

    assert killed_at_each(lambda: save_model(new, folder), reset, check) > 1


def test_measurements(
    tmp_path: Path, killed_at_each: Killed, restore: Restore, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    first.write_text(FIRST)
    second.write_text(SECOND)
    before, store = tmp_path / "before", tmp_path / "store"
    add_measurements(first, before)
    restore(before, tmp_path / "after")
    add_measurements(second, tmp_path / "after")
    expected = (tmp_path / "after" / TABLE).read_bytes()

    def check() -> None:
        own = own_measurements(store)
        assert own is not None
        assert len(own) in (1, 2)
        if len(own) == 1:
            add_measurements(second, store)
        assert (store / TABLE).read_bytes() == expected

    def reset() -> None:
        restore(before, store)

    assert killed_at_each(lambda: add_measurements(second, store), reset, check) > 2


def test_checkpoints(
    zinc_folder: Path, tmp_path: Path, killed_at_each: Killed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(partitions, "CHUNK", 40)
    monkeypatch.setattr(partitions, "CHUNKS_PER_PARTITION", 1)
    registry = shipped_compounds()
    chosen = {axis: [registry[name] for name in names] for axis, names in SPACE.items()}
    space = CandidateSpace.of("Zn", **chosen, concentrations=[1.0, 2.0])
    screening = Screening(space, load_model(zinc_folder), Ranking(20))
    assert len(screening.partitions()) > 1
    expected = survivors(screening).best.to_csv()
    folder = tmp_path / "partitions"

    def check() -> None:
        if folder.is_dir():
            kept = Checkpoints(folder, screening)
            whole = [kept.load(each) is not None for each in screening.partitions()]
            assert sum(whole) == len(list(folder.glob("[!.]*.parquet")))
        assert survivors(screening, resume=folder).best.to_csv() == expected

    def reset() -> None:
        shutil.rmtree(folder, ignore_errors=True)

    assert killed_at_each(lambda: survivors(screening, resume=folder), reset, check) > 2


def test_quantum_table(
    tmp_path: Path, killed_at_each: Killed, monkeypatch: pytest.MonkeyPatch
) -> None:
    def describe(smiles: str, charge: int) -> QuantumRow:
        return QuantumRow(homo_eV=float(len(smiles)))

    monkeypatch.setattr(quantum, "describe_species", describe)
    monkeypatch.setattr(quantum.xtb, "require", lambda: None)
    names = {"tblite_version": "1.0", "rdkit_version": "2"}
    monkeypatch.setattr(quantum.xtb, "versions", lambda: names)
    registry = shipped_compounds()
    some = [registry[name] for name in ("EC", "DME", "LiFSI")]
    expected = tmp_path / "expected.csv"
    quantum.compute(some, expected, processes=1)
    path = tmp_path / "table.csv"

    def check() -> None:
        if path.exists():
            assert set(pd.read_csv(path)["status"]) == {"ok"}
        quantum.compute(some, path, processes=1)
        assert path.read_bytes() == expected.read_bytes()

    def work() -> None:
        quantum.compute(some, path, processes=1)

    assert killed_at_each(work, lambda: path.unlink(missing_ok=True), check) > 2


def a_run(files: Path) -> RunRecord:
    (files / "more").mkdir(parents=True, exist_ok=True)
    (files / "note.txt").write_text("1 M LiFSI in DME")
    (files / "more" / "table.csv").write_text("rank,electrolyte\n1,1 M LiFSI in DME\n")
    return RunRecord(
        "anolyte/Li/screening",
        "Li-screen",
        {"metal": "Li"},
        {"top": "1"},
        (Metric("screened", 1.0),),
        started_ms=1,
        ended_ms=2,
        id="0123456789abcdef",
    )


def test_outbox(tmp_path: Path, killed_at_each: Killed) -> None:
    box, files = tmp_path / "box", tmp_path / "files"
    record = a_run(files)

    def check() -> None:
        items, faults = outbox.waiting(box)
        assert faults == []
        for item in items:
            assert item.record == record
            assert (item.files / "more" / "table.csv").is_file()
        if not items:
            outbox.put(record, files, "sqlite:///mlflow.db", box)
        assert len(outbox.waiting(box)[0]) == 1

    def work() -> None:
        outbox.put(record, files, "sqlite:///mlflow.db", box)

    assert killed_at_each(work, lambda: shutil.rmtree(box, ignore_errors=True), check) > 2


def test_sending(tmp_path: Path, killed_at_each: Killed) -> None:
    """Sent in part or whole, a run that was in the outbox is in the store once in the end."""
    files, empty = tmp_path / "files", tmp_path / "empty"
    record = a_run(files)
    empty.mkdir()
    MlflowStore(f"sqlite:///{empty}/mlflow.db")
    # A folder for each attempt: MLflow keeps what it has opened by its address.
    places: list[Path] = []

    def uri() -> str:
        return f"sqlite:///{places[-1]}/mlflow.db"

    def reset() -> None:
        places.append(tmp_path / f"{len(places)}")
        shutil.copytree(empty, places[-1])
        outbox.put(record, files, uri(), places[-1] / "box")

    def check() -> None:
        box = places[-1] / "box"
        MlflowStore(uri()).runs()
        assert outbox.waiting(box)[1] == []
        assert sync(None, box)[1] == []
        assert outbox.waiting(box) == ([], [])
        assert {path.name for path in box.iterdir()} <= {".lock"}
        (run,) = MlflowStore(uri()).runs()
        assert (run.name, run.status, run.metrics) == ("Li-screen", "FINISHED", {"screened": 1.0})
        assert Path(unquote(urlsplit(run.artifacts).path), "more", "table.csv").is_file()

    assert killed_at_each(lambda: sync(None, places[-1] / "box"), reset, check) > 2


def test_what_killed_runs_left_is_removed_later(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    old, young, foreign = (
        tmp_path / name for name in (".list.csv-a1b2c3d4", ".list.csv-e5f6g7h8", ".list.csv-copy")
    )
    for each in (old, young, foreign):
        each.write_text("part")
    long_ago = time.time() - 2 * ABANDONED_SECONDS
    for each in (old, foreign):
        os.utime(each, (long_ago, long_ago))
    write_bytes(b"whole", path)
    assert {each.name for each in tmp_path.iterdir()} == {path.name, young.name, foreign.name}
