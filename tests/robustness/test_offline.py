"""No command needs or seeks a network."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

COMMANDS = (
    ("predict", "1 M LiFSI in DME", "--model", "MODEL"),
    ("screen", "--salts", "LiFSI", "--solvents", "DME,TTE", "--model", "MODEL"),
    ("runs", "list"),
    ("models", "list"),
    ("compounds", "find", "diglyme"),
)
# Runs the commands one after the other; with a word before them, records who is called.
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


@pytest.mark.parametrize("cut", [False, True], ids=["watched", "cut off"])
def test_commands(
    cut: bool, small_folder: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    before: tuple[str, ...] = ()
    if cut:
        unshare = shutil.which("unshare")
        before = (unshare or "", "-r", "-n")
        if not unshare or subprocess.run([*before, "true"], check=False).returncode:
            pytest.skip("needs `unshare -rn`, to take the network away")
    commands = [
        [str(small_folder) if word == "MODEL" else word for word in each] for each in COMMANDS
    ]
    done = subprocess.run(
        [*before, sys.executable, "-c", SCRIPT, json.dumps(commands)],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
