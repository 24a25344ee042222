"""No command needs or seeks a network."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

MODEL = ("--metal", "Zn", "--model", "MODEL")
SPACE = ("--salts", "ZnSO4", "--solvents", "H2O,DMSO")
COMMANDS = (
    ("predict", "1 M ZnSO4 in H2O", *MODEL),
    ("explain", "1 M ZnSO4 in H2O", *MODEL),
    ("screen", *SPACE, *MODEL),
    ("suggest", "--space", "small.yaml", "--batch", "2", *MODEL, "--no-tracking"),
    ("train", "--metal", "K", "--quick"),
    ("evaluate", "--metal", "K", "--quick", "--splits", "random"),
    ("data", "check", "cells.csv"),
    ("runs", "list"),
    ("models", "list"),
    ("compounds", "find", "diglyme"),
)
# Runs the commands one after the other and records who is called.
SCRIPT = """
import json, socket, sys
tried = []
connect, lookup = socket.socket.connect, socket.getaddrinfo

def outside(host):
    return host not in ("127.0.0.1", "::1", "localhost")

def watched(self, address):
    if isinstance(address, tuple) and outside(address[0]):
        tried.append(str(address))
    return connect(self, address)

def looked_up(host, *rest, **more):
    if outside(host):
        tried.append(str(host))
    return lookup(host, *rest, **more)

socket.socket.connect, socket.getaddrinfo = watched, looked_up
from anolyte.experiments.cli.app import main
for command in json.loads(sys.argv[1]):
    sys.argv = ["anolyte", *command]
    try:
        main()
    except SystemExit as end:
        assert not end.code, (command, end.code)
assert not tried, tried
"""
SMALL = """
metal: Zn
parts:
  aqueous:
    salts: {compounds: [ZnSO4, Zn(OTf)2], amounts: [0.7, 1.3]}
    solvents: {compounds: [H2O, DMSO, EG], ratios: [[1], [1, 1]]}
"""
CELLS = "metal,electrolyte,ce_pct,source\nLi,1.1 M LiFSI in DEE,98.8,notebook 2025\n"


def executed(
    commands: tuple[tuple[str, ...], ...],
    model: Path,
    folder: Path,
    environment: dict[str, str],
    before: tuple[str, ...] = (),
) -> None:
    """Run commands in a folder, to a good end and without a call to elsewhere."""
    (folder / "small.yaml").write_text(SMALL)
    (folder / "cells.csv").write_text(CELLS)
    given = [[str(model) if word == "MODEL" else word for word in each] for each in commands]
    done = subprocess.run(
        [*before, sys.executable, "-c", SCRIPT, json.dumps(given)],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_no_command_seeks_one(
    zinc_folder: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    executed(COMMANDS, zinc_folder, tmp_path, environment)


def test_a_prediction_needs_none(
    zinc_folder: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    unshare = shutil.which("unshare")
    before = (unshare or "", "-r", "-n")
    if not unshare or subprocess.run([*before, "true"], check=False).returncode:
        pytest.skip("needs `unshare -rn`, to take the network away")
    executed(COMMANDS[:1], zinc_folder, tmp_path, environment, before)
