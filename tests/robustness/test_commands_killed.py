"""Whole commands killed at any moment: what was there is there, and a second run completes it."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
import pytest
from anolyte.datasets.compounds.registry import shipped_compounds
from anolyte.datasets.measurements.own import BACKUPS, TABLE, add_measurements, own_measurements
from anolyte.experiments import quantum_table as quantum
from anolyte.experiments.cli.app import main
from anolyte.experiments.screening import checkpoints
from anolyte.experiments.screening import engine as partitions
from anolyte.experiments.tracking import outbox, sync
from anolyte.experiments.tracking.mlflow_store import MlflowStore
from anolyte.experiments.tracking.run_record import Metric, RunRecord
from anolyte.features.xtb.species import QuantumRow
from anolyte.models.bundles.bundle import load_model, read_manifest, save_model

Run = Callable[..., str]
Kill = Callable[..., Iterator[Path]]
HANG_SECONDS = 300
ASKED = ["1 M ZnSO4 in H2O", "1 M Zn(OTf)2 in H2O/DMSO (1:1 v/v)"]
OTHER = "notebook"
BOX = "anolyte-outbox"
ENTRY = "from anolyte.experiments.cli.start import main\nmain()\n"


def begin(folder: Path, script: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", script, *arguments],
        cwd=folder,
        env={key: value for key, value in os.environ.items() if "MLFLOW" not in key},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def finished(folder: Path, script: str, *arguments: str) -> float:
    """Run a command to its good end, and return how long it took in seconds."""
    started = time.monotonic()
    process = begin(folder, script, *arguments)
    _, err = process.communicate(timeout=HANG_SECONDS)
    assert process.returncode == 0, err
    return time.monotonic() - started


def kill(process: subprocess.Popen[str]) -> None:
    """Kill a command with the processes that it started."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate(timeout=HANG_SECONDS)


@pytest.fixture
def killed(moments: int, tmp_path: Path) -> Kill:
    """Kill a command at moments of its whole duration; in `make test` once, when it writes.

    Yields, after each kill, the folder in which the command worked.
    """

    def each(
        prepare: Callable[[Path], object],
        writes: Callable[[Path], bool],
        lasts: Callable[[], float],
        script: str,
        *arguments: str,
    ) -> Iterator[Path]:
        chance = random.Random(" ".join(arguments))
        whole = lasts() if moments else 0.0
        for number in range(max(1, moments // 5)):
            folder = tmp_path / f"killed-{number}"
            folder.mkdir()
            prepare(folder)
            process = begin(folder, script, *arguments)
            end = time.monotonic() + (chance.random() * whole if moments else HANG_SECONDS)
            while time.monotonic() < end and process.poll() is None:
                if not moments and writes(folder):
                    break
                time.sleep(0.002)
            kill(process)
            yield folder
            shutil.rmtree(folder)

    return each


def listed(folder: Path) -> dict[str, list[str]]:
    """Return the statuses of the tracked runs by name; empty where nothing was tracked."""
    database = folder / "mlflow.db"
    if not database.exists():
        return {}
    found: dict[str, list[str]] = {}
    for run in MlflowStore(f"sqlite:///{database}", create=False).runs():
        found.setdefault(run.experiment, []).append(run.status)
    return found


def which(folder: Path, new: Path) -> str:
    """Return whether a model folder holds the old model or the new one, and nothing between."""
    model = load_model(folder)
    if model.domain_.measured["source"][0] == OTHER:
        return "old"
    manifests = [read_manifest(each) for each in (folder, new)]
    for manifest in manifests:
        # Archives, which hold the time.
        del manifest["files"]
    assert manifests[0] == manifests[1]
    assert model.predict(ASKED) == pytest.approx(load_model(new).predict(ASKED), abs=0)
    return "new"


def test_training(zinc_folder: Path, moments: int, killed: Kill, tmp_path: Path) -> None:
    if not moments:
        pytest.skip("the whole campaign is `make test-robustness`")
    command = ("train", "--metal", "Zn", "--quick")
    place = Path("anolyte-models", "Zn")
    reference = tmp_path / "reference"
    reference.mkdir()
    new = reference / place
    old = load_model(zinc_folder)
    # As if trained on other rows.
    old.domain_.measured.loc[0, "source"] = OTHER
    save_model(old, tmp_path / "old")

    def lasts() -> float:
        return finished(reference, ENTRY, *command)

    def prepare(folder: Path) -> None:
        if int(folder.name.rpartition("-")[2]) % 2:
            (folder / place).parent.mkdir()
            shutil.copytree(tmp_path / "old", folder / place)

    def writes(folder: Path) -> bool:
        return any((folder / "anolyte-models").glob(".Zn-*/*"))

    for folder in killed(prepare, writes, lasts, ENTRY, *command):
        if (folder / place).exists():
            assert which(folder / place, new) in ("old", "new")
        listed(folder)
        finished(folder, ENTRY, *command)
        assert which(folder / place, new) == "new"
        assert [path.name for path in (folder / "anolyte-models").glob("[!.]*")] == ["Zn"]
        statuses = listed(folder)["anolyte/Zn/coulombic-efficiency"]
        assert statuses[0] == "FINISHED"
        assert set(statuses[1:]) <= {"KILLED", "FINISHED"}


# Small partitions, so that there are many.
SCREEN = """
from anolyte.experiments.screening import engine
engine.CHUNK, engine.CHUNKS_PER_PARTITION = 40, 1
from anolyte.experiments.cli.start import main
main()
"""


@pytest.fixture
def screened(moments: int, monkeypatch: pytest.MonkeyPatch) -> Callable[..., object]:
    """Run a screening to its end: as a process, in `make test` in this one, which is quicker."""
    if moments:
        return finished
    for module in (partitions, checkpoints):
        monkeypatch.setattr(module, "CHUNK", 40)
    monkeypatch.setattr(partitions, "CHUNKS_PER_PARTITION", 1)

    def here(folder: Path, _: str, *command: str) -> None:
        monkeypatch.chdir(folder)
        monkeypatch.setattr(sys, "argv", ["anolyte", *command])
        with pytest.raises(SystemExit) as end:
            main()
        assert not end.value.code

    return here


def test_screening(
    zinc_folder: Path, moments: int, killed: Kill, screened: Callable[..., object], tmp_path: Path
) -> None:
    space = ("--metal", "Zn", "--salts", "Zn(OTf)2,Zn(TFSI)2", "--solvents", "H2O,DMSO,AN,DMF")
    kept = ("--resume", "parts", "--out", "list.csv", "--top", "30")
    tracking = () if moments else ("--no-tracking",)
    command = ("screen", *space, *kept, "--model", str(zinc_folder), *tracking)
    reference = tmp_path / "reference"
    reference.mkdir()
    took = screened(reference, SCREEN, *command)
    expected = (reference / "list.csv").read_bytes()
    parts = {path.name: pd.read_parquet(path) for path in (reference / "parts").iterdir()}
    assert len(parts) > 10

    def writes(folder: Path) -> bool:
        return len(list((folder / "parts").glob("[!.]*"))) > 5

    def whole(folder: Path) -> dict[Path, int]:
        """Return when each finished partition was written."""
        found = list((folder / "parts").glob("[!.]*"))
        for path in found:
            assert pd.read_parquet(path).equals(parts[path.name])
        return {path: path.stat().st_mtime_ns for path in found}

    for folder in killed(lambda folder: None, writes, lambda: took, SCREEN, *command):
        there = whole(folder)
        assert moments or 5 < len(there) < len(parts)
        if (folder / "list.csv").exists():
            assert (folder / "list.csv").read_bytes() == expected
        listed(folder)
        screened(folder, SCREEN, *command)
        assert (folder / "list.csv").read_bytes() == expected
        after = whole(folder)
        assert len(after) == len(parts)
        # What was finished was not screened again.
        assert {path: after[path] for path in there} == there
        if moments:
            assert listed(folder)["anolyte/Zn/screening"][0] == "FINISHED"


def measurements(path: Path, metal: str, count: int) -> None:
    """Write a table in which no two rows are alike."""
    amounts = [1 + number / 1000 for number in range(count)]
    rows = [f"{metal},{amount:g} M {metal}FSI in DME,98.8,notebook 2025" for amount in amounts]
    path.write_text("\n".join(["metal,electrolyte,ce_pct,source", *rows, ""]))


def test_adding(killed: Kill, tmp_path: Path) -> None:
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    measurements(first, "Li", 20)
    measurements(second, "Na", 400)
    command = ("data", "add", str(second))
    reference = tmp_path / "reference"

    def prepare(folder: Path) -> None:
        add_measurements(first, folder / "anolyte-data")

    def lasts() -> float:
        shutil.rmtree(reference)
        reference.mkdir()
        prepare(reference)
        return finished(reference, ENTRY, *command)

    reference.mkdir()
    prepare(reference)
    add_measurements(second, reference / "anolyte-data")
    expected = (reference / "anolyte-data" / TABLE).read_bytes()

    def writes(folder: Path) -> bool:
        return (folder / "anolyte-data" / BACKUPS).exists()

    for folder in killed(prepare, writes, lasts, ENTRY, *command):
        store = folder / "anolyte-data"
        own = own_measurements(store)
        assert own is not None
        assert len(own) in (20, 420)
        if len(own) == 20:
            add_measurements(second, store)
        assert (store / TABLE).read_bytes() == expected
        for backup in (store / BACKUPS).glob("[!.]*"):
            assert backup.read_text().count("\n") == 21


def test_sending(killed: Kill, tmp_path: Path) -> None:
    files = tmp_path / "files"
    files.mkdir()
    (files / "note.txt").write_text("1 M LiFSI in DME")
    names = [f"Li-screen-{number}" for number in range(6)]

    def prepare(folder: Path) -> None:
        for number, name in enumerate(names):
            record = RunRecord(
                "anolyte/Li/screening",
                name,
                {"metal": "Li"},
                {"top": "1"},
                (Metric("screened", 1.0),),
                started_ms=number,
                ended_ms=number + 1,
                id=f"{number:016d}",
            )
            outbox.put(record, files, f"sqlite:///{folder}/mlflow.db", folder / BOX)

    def lasts() -> float:
        reference = tmp_path / "reference"
        reference.mkdir()
        prepare(reference)
        return finished(reference, ENTRY, "runs", "sync")

    def writes(folder: Path) -> bool:
        return len(list((folder / BOX).glob("[!.]*"))) < len(names) - 1

    for folder in killed(prepare, writes, lasts, ENTRY, "runs", "sync"):
        box = folder / BOX
        items, faults = outbox.waiting(box)
        assert faults == []
        for item in items:
            assert (item.files / "note.txt").is_file()
        listed(folder)
        sent, faults = sync(None, box)
        assert (len(sent), faults) == (len(items), [])
        assert {path.name for path in box.iterdir()} <= {".lock"}
        runs = MlflowStore(f"sqlite:///{folder}/mlflow.db").runs()
        assert sorted(run.name for run in runs) == names
        assert {run.status for run in runs} == {"FINISHED"}


# A calculation that takes its time, in the place of the real one.
QUANTUM = """
import time
from anolyte.experiments import quantum_table as quantum
from anolyte.features.xtb import tight_binding as xtb
from anolyte.features.xtb.species import QuantumRow

def describe(smiles, charge):
    time.sleep(0.1)
    return QuantumRow(homo_eV=-float(len(smiles)))

quantum.describe_species = describe
xtb.require = lambda: None
xtb.versions = lambda: {"tblite_version": "1.0", "rdkit_version": "2"}
from anolyte.experiments.cli.start import main
main()
"""


def test_quantum(killed: Kill, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def describe(smiles: str, charge: int) -> QuantumRow:
        return QuantumRow(homo_eV=-float(len(smiles)))

    monkeypatch.setattr(quantum, "describe_species", describe)
    monkeypatch.setattr(quantum.xtb, "require", lambda: None)
    names = {"tblite_version": "1.0", "rdkit_version": "2"}
    monkeypatch.setattr(quantum.xtb, "versions", lambda: names)
    compounds = "H2O,EC,DMC,DME,TTE,FEC,VC,LiFSI,LiPF6,DEE"
    registry = shipped_compounds()
    some = [registry[name] for name in compounds.split(",")]
    expected = tmp_path / "expected.csv"
    quantum.compute(some, expected, processes=1)
    command = ("quantum", "compute", "--compounds", compounds, "--processes", "1")

    def lasts() -> float:
        reference = tmp_path / "reference"
        reference.mkdir()
        return finished(reference, QUANTUM, *command)

    def writes(folder: Path) -> bool:
        table = folder / "quantum.csv"
        return table.exists() and table.read_text().count("ok") > 2

    for folder in killed(lambda folder: None, writes, lasts, QUANTUM, *command):
        table = folder / "quantum.csv"
        if table.exists():
            assert set(pd.read_csv(table)["status"]) == {"ok"}
        quantum.compute(some, table, processes=1)
        assert table.read_bytes() == expected.read_bytes()
