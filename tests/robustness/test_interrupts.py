"""Ctrl-C ends a command with one clear line, and nothing of it goes on."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

Start = Callable[..., subprocess.Popen[str]]
HANG_SECONDS = 120
SPACE = ("--salts", "LiFSI,LiPF6", "--solvents", "DME,EC,DMC,TTE", "--no-tracking")
# Commands and how long they are at it on a machine of their own, seconds.
COMMANDS = {
    "imports": (("predict", "1 M LiFSI in DME"), 1.0),
    "training": (("train", "--metal", "Li", "--quick"), 8.0),
    "screening": (("screen", "--model", "MODEL", "--no-tracking"), 12.0),
    "workers": (("screen", "--model", "MODEL", "--no-tracking", "--workers", "2"), 20.0),
    "evaluation": (("evaluate", "--metal", "K", "--quick"), 8.0),
    "suggestion": (("suggest", "--model", "MODEL", "--batch", "4", "--no-tracking"), 8.0),
}


def interrupted(process: subprocess.Popen[str]) -> str:
    """Interrupt a command as a terminal does, and return what it wrote to standard error."""
    children = psutil.Process(process.pid).children(recursive=True)
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=HANG_SECONDS)
    assert process.returncode == 130, err
    assert err.splitlines()[-1] == "interrupted"
    assert "Traceback" not in err
    _, left = psutil.wait_procs(children, HANG_SECONDS)
    assert left == []
    return err


def test_while_it_predicts_a_stream(start: Start, small_folder: Path, tmp_path: Path) -> None:
    process = start(tmp_path, "predict", "-", "--model", str(small_folder), stdin=subprocess.PIPE)
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write("1 M LiFSI in DME\n" * 1500)
    process.stdin.flush()
    assert process.stdout.readline().startswith("row,")
    assert interrupted(process).splitlines() == ["interrupted"]


QUANTUM = """
import time
from anolyte.experiments import quantum
from anolyte.features import xtb
from anolyte.features.species import QuantumRow

def describe(smiles, charge):
    time.sleep(0.01 if smiles == "O" else 600)
    return QuantumRow(homo_eV=-1.0)

# A calculation that lasts, in the place of the real one.
quantum.describe_species = describe
xtb.require = lambda: None
xtb.versions = lambda: {"tblite_version": "1.0", "rdkit_version": "2"}

if __name__ == "__main__":
    from anolyte.experiments.cli.start import main
    main()
"""


def test_while_processes_compute(environment: dict[str, str], tmp_path: Path) -> None:
    script, table = tmp_path / "script.py", tmp_path / "table.csv"
    script.write_text(QUANTUM)
    command = [sys.executable, str(script), "quantum", "compute", "--compounds", "H2O,EC,DMC"]
    process = subprocess.Popen(
        [*command, "--out", str(table)],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509
    )
    # Water is done, the others last.
    end = time.monotonic() + HANG_SECONDS
    while not table.exists() and process.poll() is None and time.monotonic() < end:
        time.sleep(0.05)
    interrupted(process)
    assert table.read_text().count("ok") == 1


@pytest.mark.parametrize("command", COMMANDS)
def test_at_any_moment(
    command: str, start: Start, small_folder: Path, moments: int, tmp_path: Path
) -> None:
    if not moments:
        pytest.skip("the whole campaign is `make test-robustness`")
    arguments, lasts = COMMANDS[command]
    given = [str(small_folder) if each == "MODEL" else each for each in arguments]
    chance = random.Random(command)
    for number in range(max(1, moments // 10)):
        folder = tmp_path / str(number)
        folder.mkdir()
        process = start(folder, *given, stdout=subprocess.DEVNULL)
        # Python itself, before it reads the program, ends with a traceback.
        time.sleep(0.2 + chance.random() * lasts)
        if process.poll() is None:
            interrupted(process)
        assert list(folder.rglob(".Li-*")) == []
