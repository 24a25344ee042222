"""`anolyte runs`, `anolyte models` and `anolyte ui` as a user runs them."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from urllib.request import urlopen

import numpy as np
import pandas as pd
import pytest
from anolyte.experiments.cli.app import app
from anolyte.experiments.screening.ranked_list import RankedList
from anolyte.experiments.tracking import RunReference, TrackingError, log_screening
from anolyte.experiments.tracking.comparison import compare_lists
from anolyte.experiments.tracking.mlflow_store import MlflowStore
from typer.testing import CliRunner, Result

Log = Callable[..., RunReference]
URI = "sqlite:///mlflow.db"
ERRORS = np.full(20, 0.3)
MANIFEST = {"metal": "Li", "files": {}, "packages": {"anolyte": "0.1.0"}, "facts": {}}


def anolyte(*arguments: str, code: int = 0) -> Result:
    done = CliRunner().invoke(app, list(arguments))
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == code, done.output
    return done


def ranking(names: list[str]) -> RankedList:
    frame = pd.DataFrame({"rank": range(1, len(names) + 1), "electrolyte": names})
    values = np.linspace(99, 97, len(names))
    frame = frame.assign(ce_pct=values, ce_low=values - 1, ce_high=values + 0.5)
    return RankedList(frame, "Li", "lower-bound", 0.9, 1000, {"salts": ["LiFSI"]})


@pytest.fixture(scope="module")
def former(tmp_path_factory: pytest.TempPathFactory, log_model: Log) -> tuple[Path, dict[str, str]]:
    """Folder with two trainings and two ranked lists, and the ids by name."""
    folder = tmp_path_factory.mktemp("former")
    uri, box = f"sqlite:///{folder / 'mlflow.db'}", folder / "box"
    ids = {}
    for name, factor in (("one", 1.0), ("two", 1.1)):
        logged = log_model(folder / "files", uri, name, ERRORS * factor, note=f"the {name}")
        ids[name] = logged.run_id
    names = [f"{number} M LiFSI in DME" for number in range(1, 21)]
    changed = [names[4], *names[:4], *names[5:15], "1 M LiFSI in EC"]
    for name, listed in (("before", names), ("after", changed)):
        ids[name] = log_screening(ranking(listed), MANIFEST, uri, note=name, outbox=box).run_id
    return folder, ids


@pytest.fixture
def project(
    former: tuple[Path, dict[str, str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> dict[str, str]:
    """Working folder with a copy of these, which a test may change; the ids by name."""
    shutil.copytree(former[0], tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    with pytest.warns(UserWarning, match="was moved or copied"):
        MlflowStore(URI)
    return former[1]


def test_list(project: dict[str, str]) -> None:
    text = anolyte("runs", "list").stdout
    assert [text.index(project[name][:8]) for name in project] == sorted(
        (text.index(project[name][:8]) for name in project), reverse=True
    )
    assert "ridge" not in text
    rows = json.loads(anolyte("runs", "list", "--task", "screening", "--json").stdout)
    assert {row["run_id"] for row in rows} == {project["before"], project["after"]}
    assert anolyte("runs", "list", "--metal", "na").stdout == ""


def test_list_tells_what_waits(project: dict[str, str], tmp_path: Path) -> None:
    from anolyte.experiments.tracking.outbox import put
    from anolyte.experiments.tracking.run_record import RunRecord

    box = tmp_path / "anolyte-outbox"
    put(RunRecord("anolyte/Li/test", "late"), tmp_path / "files" / "one", URI, box)
    assert "1 further run in anolyte-outbox" in anolyte("runs", "list").stderr
    assert "sent: run " in anolyte("runs", "sync").stdout
    assert "Nothing is waiting" in anolyte("runs", "sync").stderr


def test_show_gives_the_list_back(project: dict[str, str], tmp_path: Path) -> None:
    text = anolyte("runs", "show", "latest", "--top", "3", "--out", "list.csv").stdout
    assert "5 M LiFSI in DME" in text
    assert "note: after" in text
    assert "15 M LiFSI" not in text
    assert len(pd.read_csv(tmp_path / "list.csv")) == 16
    told = json.loads(anolyte("runs", "show", project["one"][:10], "--json").stdout)
    assert told["metrics"]["lso_rmse"] == pytest.approx(0.3)
    assert told["ranked"] == []
    with pytest.raises(ValueError, match="holds no list"):
        anolyte("runs", "show", "one", "--out", "list.csv")


def test_compare(project: dict[str, str]) -> None:
    text = anolyte("runs", "compare", "one", "two").stdout
    assert re.search(r"lso_rmse\s+0.3\s+0.33\s+\+0.03", text)
    text = anolyte("runs", "compare", project["before"][:8], project["after"][:8]).stdout
    assert "In both lists: 15 electrolytes (10 of the first 10)" in text
    assert "best that only b has: 1 M LiFSI in EC" in text
    arguments = ("runs", "compare", project["before"], project["after"], "--json")
    lists = json.loads(anolyte(*arguments).stdout)["lists"]
    first = lists["moves"][0]
    assert (first["electrolyte"], first["rise"]) == ("5 M LiFSI in DME", 4)
    assert lists["only_b"] == ["1 M LiFSI in EC"]


def test_lists_that_share_nothing() -> None:
    found = compare_lists(ranking(["a", "b"]).frame, ranking(["c"]).frame)
    assert (len(found.moves), found.only_a, found.only_b) == (0, ["a", "b"], ["c"])
    assert found.rank_correlation is None
    assert found.overlap == {}


def test_rank_correlation_is_that_of_the_common_ones() -> None:
    names = [f"e{number}" for number in range(60)]
    found = compare_lists(ranking(names).frame, ranking([*names[:50][::-1], "x"]).frame)
    assert found.rank_correlation == pytest.approx(-1)
    assert found.no_correlation == ""
    assert found.overlap == {10: 0, 50: 50}


def test_two_common_ones_have_no_rank_correlation(project: dict[str, str]) -> None:
    two = ranking(["5 M LiFSI in DME", "4 M LiFSI in DME", "1 M LiFSI in DEE"])
    other = str(log_screening(two, MANIFEST, URI).run_id)
    text = anolyte("runs", "compare", project["before"], other).stdout
    assert "no rank correlation: it takes 3 electrolytes in both" in text
    assert "nan" not in text


def test_those_of_one_rank_have_no_rank_correlation() -> None:
    names = [f"e{number}" for number in range(5)]
    tied = ranking(names).frame.assign(rank=1)
    found = compare_lists(ranking(names).frame, tied)
    assert (found.rank_correlation, found.no_correlation) == (None, "all have the same rank")


def test_models(project: dict[str, str]) -> None:
    rows = json.loads(anolyte("models", "list", "--json").stdout)
    assert [(row["model"], row["alias"]) for row in rows] == [
        ("Li/2", "candidate"),
        ("Li/1", "champion"),
    ]
    text = anolyte("models", "promote", "two").stdout
    assert text == "champion: anolyte-ce-Li version 2 (was anolyte-ce-Li version 1)\n"
    assert "version 1 (was" in anolyte("models", "rollback", "li").stdout
    with pytest.raises(TrackingError, match="no run"):
        anolyte("models", "promote", "three")


def test_nothing_tracked_yet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    with pytest.raises(TrackingError, match="nothing was tracked here yet"):
        anolyte("runs", "list")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_ui_serves_the_newest_run_and_stops_cleanly(
    project: dict[str, str], tmp_path: Path
) -> None:
    # By a plain end; by Ctrl-C in the tests of robustness.
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "anolyte.experiments.cli.start", "ui", "--no-browser"]
    process = subprocess.Popen(
        [*command, "--port", str(port)],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        lines = [process.stdout.readline(), process.stdout.readline()]
        assert project["after"] in lines[1]
        with urlopen(f"http://127.0.0.1:{port}/health", timeout=10) as answer:
            assert answer.status == 200
    finally:
        process.terminate()
        _, told = process.communicate(timeout=60)
    assert "Traceback" not in told
    with socket.socket() as probe:
        for _ in range(50):
            if probe.connect_ex(("127.0.0.1", port)):
                break
            time.sleep(0.1)
        else:
            pytest.fail("the server goes on")


def test_ui_says_that_the_port_is_taken(tmp_path: Path) -> None:
    from anolyte.experiments.tracking.page import served

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with (
            pytest.raises(TrackingError, match=f"port {port} is taken"),
            served(f"sqlite:///{tmp_path / 'mlflow.db'}", port),
        ):
            pass
