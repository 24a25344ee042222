"""A server with PostgreSQL behind it keeps and gives back all that a file does."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pandas as pd
import pytest
from anolyte.experiments.cli.app import app
from anolyte.experiments.tracking import log_training
from anolyte.experiments.training.train import TrainingResult
from typer.testing import CliRunner

HOST, USER, PASSWORD = "127.0.0.1", "anolyte", "only for this test"
# A guard against hanging, not a demand.
PATIENCE_SECONDS = 240


def programs() -> Path | None:
    """Return the folder of PostgreSQL's programs: on the path, or where Debian puts them."""
    found = shutil.which("initdb")
    if found is not None:
        return Path(found).resolve().parent
    debian = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    return max((each.parent for each in debian), default=None, key=lambda p: int(p.parent.name))


def missing() -> str:
    """Return what this machine lacks; "" if nothing."""
    if find_spec("psycopg2") is None:
        return "the driver psycopg2 is missing: pip install 'anolyte[postgresql]'"
    if programs() is None:
        return "PostgreSQL is missing: no initdb on the path or in /usr/lib/postgresql"
    if os.name != "posix" or (os.getuid() == 0 and not _servant()):
        return "PostgreSQL refuses root, and there is no user postgres to run it as"
    return ""


def _servant() -> dict[str, Any]:
    """Return as whom to start PostgreSQL: as the user postgres where we are root."""
    import pwd

    if os.getuid() != 0:
        return {}
    with suppress(KeyError):
        entry = pwd.getpwnam("postgres")
        return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    return {}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(
    command: list[str], log: Path, stop: signal.Signals, **how: Any
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server in a group of its own until the block ends."""
    with log.open("wb") as stream:
        process = subprocess.Popen(
            command, stdout=stream, stderr=stream, start_new_session=True, **how
        )
    try:
        yield process
    except AssertionError as error:
        error.add_note(log.read_text("utf-8", "replace")[-2000:])
        raise
    finally:
        process.send_signal(stop)
        with suppress(subprocess.TimeoutExpired):
            process.wait(30)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def wait_for(process: subprocess.Popen[bytes], answers: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not answers():
        assert process.poll() is None, "it ended by itself"
        assert time.monotonic() < end, "no answer"
        time.sleep(0.3)


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    """Address of an empty database, on this machine only and gone afterwards."""
    if why := missing():
        pytest.skip(why)
    import psycopg2

    found = programs()
    assert found is not None
    # Not pytest's folder: the user postgres may not look into that.
    folder = Path(tempfile.mkdtemp(prefix="anolyte-postgresql-"))
    servant, port = _servant(), free_port()
    address = f"postgresql://{USER}:{PASSWORD.replace(' ', '%20')}@{HOST}:{port}"
    try:
        secret = folder / "password"
        secret.write_text(PASSWORD)
        if servant:
            for path in (secret, folder):
                os.chown(path, servant["user"], servant["group"])
        data = folder / "data"
        make = [str(found / "initdb"), "--pgdata", str(data), "--username", USER]
        make += ["--auth", "scram-sha-256", "--pwfile", str(secret)]
        make += ["--encoding", "UTF8", "--locale", "C", "--no-sync"]
        subprocess.run(make, check=True, capture_output=True, cwd=folder, **servant)
        settings = {"listen_addresses": HOST, "port": port, "unix_socket_directories": folder}
        serve = [str(found / "postgres"), "-D", str(data)]
        serve += [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]

        def answers() -> bool:
            with suppress(psycopg2.OperationalError):
                psycopg2.connect(f"{address}/postgres").close()
                return True
            return False

        with running(serve, folder / "log", signal.SIGINT, cwd=folder, **servant) as process:
            wait_for(process, answers)
            connection = psycopg2.connect(f"{address}/postgres")
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute("CREATE DATABASE anolyte")
            connection.close()
            yield f"{address}/anolyte"
    finally:
        shutil.rmtree(folder)


@pytest.fixture(scope="module")
def server(database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of MLflow's server upon the database, as a group would start it."""
    folder, port = tmp_path_factory.mktemp("server"), free_port()
    off = {"MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "true"}
    # With the driver named: another is the default of newer SQLAlchemy.
    backend = database.replace("postgresql:", "postgresql+psycopg2:", 1)
    command = [sys.executable, "-m", "mlflow", "server", "--backend-store-uri", backend]
    command += ["--artifacts-destination", str(folder / "mlartifacts")]
    command += ["--host", HOST, "--port", str(port), "--workers", "1"]

    def answers() -> bool:
        with suppress(OSError), urlopen(f"http://{HOST}:{port}/health", timeout=5) as answer:
            return bool(answer.status == 200)
        return False

    environment = {**os.environ, **off, "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}
    with running(command, folder / "log", signal.SIGTERM, cwd=folder, env=environment) as process:
        wait_for(process, answers)
        yield f"http://{HOST}:{port}"


def anolyte(*arguments: str) -> str:
    done = CliRunner().invoke(app, list(arguments))
    if done.exception is not None:
        raise done.exception
    return done.stdout


@pytest.mark.slow
def test_group_server_with_postgresql(
    database: str,
    server: str,
    trained: TrainingResult,
    model_folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import psycopg2

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", server)
    note = "Gruppenserver, 锂"
    training = log_training(trained, model_folder, note=note)
    assert training.waiting is None, str(training)
    space = ("--salts", "LiFSI", "--additives", "none", "--concentrations", "1,2")
    lists = []
    for name, solvents in (("first", "DME,DEE,TTE"), ("second", "DME,DEE,EC")):
        arguments = ("--model", "Li/1", "--solvents", solvents, "--top", "6", "--note", name)
        told = json.loads(anolyte("screen", *space, *arguments, "--json"))
        assert f"at {server}" in told["mlflow"]
        lists.append([row["electrolyte"] for row in told["ranked"]])

    rows = json.loads(anolyte("runs", "list", "--json"))
    assert [row["tags"]["note"] for row in rows] == ["second", "first", note]
    assert {row["status"] for row in rows} == {"FINISHED"}
    assert rows[0]["tags"]["model_version"] == "anolyte-ce-Li/1"
    assert rows[0]["tags"]["model_run"] == training.run_id
    shown = json.loads(anolyte("runs", "show", rows[1]["run_id"], "--out", "list.csv", "--json"))
    assert [row["electrolyte"] for row in shown["ranked"]] == lists[0]
    assert pd.read_csv("list.csv")["electrolyte"].tolist() == lists[0]
    shown = json.loads(anolyte("runs", "show", training.run_id[:8], "--json"))
    rmse = float(trained.comparison.loc["anolyte", "rmse"])
    assert shown["metrics"]["lso_rmse"] == pytest.approx(rmse)
    compared = json.loads(
        anolyte("runs", "compare", rows[1]["run_id"], rows[0]["run_id"], "--json")
    )
    assert set(compared["lists"]["only_a"]) == set(lists[0]) - set(lists[1])
    models = json.loads(anolyte("models", "list", "--json"))
    named = [(model["model"], model["alias"]) for model in models]
    assert named == [("Li/1", "champion"), ("SEI/1", "champion")]

    # It is the database that holds them, and nothing was written beside the server.
    with psycopg2.connect(database) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT run_uuid FROM runs WHERE status = 'FINISHED'")
        held = {run_id for (run_id,) in cursor.fetchall()}
    connection.close()
    assert {row["run_id"] for row in rows} <= held
    assert {path.name for path in tmp_path.iterdir()} == {"anolyte-models", "list.csv"}
