"""A full disk and a read-only one: one clear line, and what was there is there as it was.

Each command runs in a small file system in memory; nothing half made stays behind.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

HANG_SECONDS = 300
MODEL = ("--metal", "Zn", "--model", "Zn")
SPACE = ("--salts", "ZnSO4", "--solvents", "H2O,DMSO", "--additives", "none", *MODEL)
EVALUATE = ("evaluate", "--metal", "K", "--quick", "--splits", "random")
NOWHERE = "http://127.0.0.1:9"
# The commands, and the place that each has to name.
COMMANDS = {
    "measurements": (("data", "add", "b.csv"), "anolyte-data/"),
    "new measurements": (("data", "add", "b.csv", "--store", "mine"), "mine"),
    "list as CSV": (("screen", *SPACE, "--out", "list.csv", "--no-tracking"), "list.csv"),
    "list as Parquet": (("screen", *SPACE, "--out", "new.parquet", "--no-tracking"), "new.parquet"),
    "predictions": (("predict", "--file", "many.txt", *MODEL, "--out", "p.csv"), "p.csv"),
    "checkpoints": (("screen", *SPACE, "--resume", "parts", "--no-tracking"), "parts/"),
    "outbox": (("screen", *SPACE, "--tracking-uri", NOWHERE), "anolyte-outbox"),
    "new store": (("screen", *SPACE, "--tracking-uri", "sqlite:///MODE.db"), "MODE.db"),
    "store": (("screen", *SPACE, "--tracking-uri", "sqlite:///mlflow.db"), "mlflow.db"),
    "model": (("train", "--metal", "K", "--quick", "--no-tracking", "--out", "Zn"), "Zn"),
    "report": (
        (*EVALUATE, "--report", "report.html", "--no-tracking"),
        "report.html",
    ),
    "tracked report": ((*EVALUATE, "--tracking-uri", "sqlite:///MODE-2.db"), "MODE-2.db"),
}
# Those of `make test`: one that writes a table, a list, a model and a store.
FEW = {
    "full": ("measurements", "list as CSV", "checkpoints", "outbox", "new store", "store", "model"),
    "read-only": ("measurements", "new measurements", "model"),
}
# Runs each command on a file system of its own, in a state that the first argument names.
SCRIPT = """
import contextlib, hashlib, io, json, os, subprocess, sys
from pathlib import Path
from anolyte.experiments.cli.app import main
from anolyte.experiments.tracking.mlflow_store import MlflowStore

mode, place, model, commands = sys.argv[1], Path(sys.argv[2]), sys.argv[3], sys.argv[4]

def system(*command):
    subprocess.run(command, check=True)

def call(words):
    sys.argv, said, code = ["anolyte", *words], io.StringIO(), 0
    with contextlib.redirect_stderr(said), contextlib.redirect_stdout(io.StringIO()):
        try:
            main()
        except SystemExit as end:
            code = end.code
    return code, said.getvalue()

def there():
    return {
        str(path): hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
        for path in Path().rglob("*")
    }

place, again = place / "whole", place / "again"
place.mkdir()
again.mkdir()
system("mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(place))
os.chdir(place)
system("cp", "-r", model, "Zn")
Path("parts").mkdir()
for name, amount in (("a", "1.1"), ("b", "1.2")):
    row = f"Li,{amount} M LiFSI in DEE,98.8,notebook 2025"
    Path(name + ".csv").write_text(f"metal,electrolyte,ce_pct,source\\n{row}\\n")
Path("many.txt").write_text("1 M ZnSO4 in H2O\\n" * 1200)
Path("list.csv").write_text("electrolyte\\n1 M LiFSI in DME\\n")
assert call(["data", "add", "a.csv"])[0] == 0
MlflowStore("sqlite:///mlflow.db").start("anolyte/Li/screening", "Li-before", {}, 1)
if mode == "read-only":
    # The same files in another folder: nothing of them is open there.
    system("mount", "--bind", str(place), str(again))
    system("mount", "-o", "remount,bind,ro", str(again))
    os.chdir(again)
for name, words in json.loads(commands).items():
    if mode == "full":
        with contextlib.suppress(OSError), open("fill", "wb", buffering=0) as fill:
            while True:
                fill.write(bytes(512))
    before = there()
    code, said = call(words)
    after = there()
    if mode == "full":
        Path("fill").unlink()
    names = [run.name for run in MlflowStore(f"sqlite:///{place}/mlflow.db").runs()]
    changed = sorted(path for path in before | after if before.get(path) != after.get(path))
    print(json.dumps([name, code, said, changed, names]), flush=True)
"""


@dataclass(frozen=True)
class Outcome:
    """How a command ended: its code, what it said, the files that changed, the runs there are."""

    code: int
    said: str
    changed: list[str]
    runs: list[str]


@pytest.fixture(scope="module", params=["full", "read-only"])
def outcomes(
    request: pytest.FixtureRequest,
    zinc_folder: Path,
    environment: dict[str, str],
    moments: int,
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, Outcome]:
    """What became of each command, by its name."""
    before = ("unshare", "-m" if os.name == "posix" and os.getuid() == 0 else "-rm")
    place = tmp_path_factory.mktemp("disk")
    trial = (*before, "mount", "-t", "tmpfs", "tmpfs", str(place))
    if not shutil.which("unshare") or subprocess.run(trial, check=False).returncode:
        pytest.skip("needs `unshare -rm`, to mount a small file system")
    mode = str(request.param)
    commands = {
        name: [word.replace("MODE", mode) for word in words]
        for name, (words, _) in COMMANDS.items()
        if moments or name in FEW[mode]
    }
    given = (mode, str(place), str(zinc_folder), json.dumps(commands))
    done = subprocess.run(
        [*before, sys.executable, "-c", SCRIPT, *given],
        env=environment,
        capture_output=True,
        text=True,
        timeout=HANG_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told = map(json.loads, done.stdout.splitlines())
    return {name: Outcome(*rest) for name, *rest in told}


@pytest.mark.parametrize("name", COMMANDS)
def test_nothing_is_lost(name: str, outcomes: dict[str, Outcome]) -> None:
    if name not in outcomes:
        pytest.skip("the whole campaign is `make test-robustness`")
    outcome, (_, place) = outcomes[name], COMMANDS[name]
    assert outcome.code == 2, outcome.said
    *progress, error = outcome.said.splitlines()
    assert not any(line.startswith(("error", "Traceback", " ")) for line in progress)
    assert error.startswith("error: ")
    for word in place.split("MODE"):
        assert word in error
    assert any(remedy in error for remedy in ("free some space", "not read-only", "permissions"))
    assert not any(word in error for word in ("SQL:", "sqlite3.", "Errno", "Traceback"))
    assert len(error) < 250
    assert outcome.changed == []
    assert outcome.runs == ["Li-before"]
