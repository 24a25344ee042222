"""A server that is away: nothing is lost, nothing is sent twice."""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from anolyte.experiments.tracking import (
    RunReference,
    TrackingError,
    find_model,
    outbox,
    sync,
    tracked,
)
from anolyte.experiments.tracking.mlflow_store import MlflowStore
from anolyte.experiments.tracking.page import served
from anolyte.experiments.tracking.run_record import RecordError, RunRecord

Log = Callable[..., RunReference]
ERRORS = np.full(20, 0.3)


@pytest.fixture
def box(tmp_path: Path) -> Path:
    return tmp_path / "box"


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def silent() -> Iterator[int]:
    """Port that takes connections and never answers."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield int(listener.getsockname()[1])


def test_training_finishes_without_the_server_and_is_sent_later(
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    box: Path,
    log_model: Log,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    port = closed_port()
    uri = f"http://127.0.0.1:{port}"
    started = time.monotonic()
    reference = log_model(tmp_path, uri, "offline", ERRORS, box, note="on the train")
    assert time.monotonic() - started < 30
    assert reference.waiting is not None
    assert "anolyte runs sync" in str(reference)
    sent, faults = sync(None, box)
    assert (sent, len(faults)) == ([], 1)
    with served(f"sqlite:///{tmp_path / 'server' / 'mlflow.db'}", port):
        (sent,), faults = sync(None, box)
        assert faults == []
        assert outbox.waiting(box) == ([], [])
        store = MlflowStore(uri)
        run = store.get(sent.run_id)
        assert (run.name, run.status, run.tags["note"]) == ("offline", "FINISHED", "on the train")
        assert run.tags["model_version"] == "anolyte-ce-Li/1"
        assert run.ended_ms is not None
        assert run.ended_ms - run.started_ms < 30_000
        # Sent once more, from a copy, it is there once.
        log_model(tmp_path, uri, "online", ERRORS, box)
        assert [each.name for each in store.runs(where="tags.metal = 'Li'")] == [
            "online",
            "offline",
        ]
        folder = find_model("offline", uri=uri)
        assert folder == Path("anolyte-models/fetched", sent.run_id)
        assert find_model("offline", uri=uri) == folder
        assert capsys.readouterr().out == ""
        assert (folder / "part.skops").read_text() == "offline"


def test_each_is_sent_once_whatever_came_before(
    tmp_path: Path, box: Path, monkeypatch: pytest.MonkeyPatch, log_model: Log
) -> None:
    uri = f"sqlite:///{tmp_path / 'mlflow.db'}"

    def fails(*_: object) -> None:
        raise TrackingError("the disk is full")

    with monkeypatch.context() as patched:
        # After values, figures and files: the worst moment.
        patched.setattr(MlflowStore, "register", fails)
        assert log_model(tmp_path, uri, "half", ERRORS, box).waiting is not None
    store = MlflowStore(uri)
    (half, child) = store.runs()
    assert {half.status, child.status} == {"RUNNING", "FINISHED"}
    (item,), _ = outbox.waiting(box)
    outbox.put(item.record, item.files, item.uri, tmp_path / "copy")
    (first,), _ = sync(uri, box)
    (second,), _ = sync(uri, tmp_path / "copy")
    assert first.run_id == second.run_id
    assert second.said == "it was there already"
    runs = store.runs()
    assert sorted(run.name for run in runs) == ["half", "ridge"]
    assert {run.status for run in runs} == {"FINISHED"}
    assert len(store.versions("anolyte-ce-Li")) == 1


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_server_that_dies_in_the_middle_gets_the_rest_later(
    tmp_path: Path, box: Path, monkeypatch: pytest.MonkeyPatch, log_model: Log
) -> None:
    port = closed_port()
    store, uri = f"sqlite:///{tmp_path / 'server' / 'mlflow.db'}", f"http://127.0.0.1:{port}"
    with served(store, port) as process, monkeypatch.context() as patched:
        whole = MlflowStore.write_files

        def killed_before(self: MlflowStore, *arguments: Any) -> None:
            # The values are written, the files are not.
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            whole(self, *arguments)

        patched.setattr(MlflowStore, "write_files", killed_before)
        reference = log_model(tmp_path, uri, "cut", ERRORS, box, note="the power failed")
        assert reference.waiting is not None, str(reference)
    (half,) = MlflowStore(store).runs()
    assert (half.name, half.status) == ("cut", "RUNNING")
    assert half.metrics["lso_rmse"] == pytest.approx(0.3)
    with served(store, port):
        (sent,), faults = sync(None, box)
        assert (faults, outbox.waiting(box)) == ([], ([], []))
        again = MlflowStore(uri)
        run = again.get(sent.run_id)
        # The run that was begun, completed: not another one.
        assert (run.run_id, run.status) == (half.run_id, "FINISHED")
        assert run.tags["note"] == "the power failed"
        assert [each.name for each in again.runs(where="tags.metal = 'Li'")] == ["cut"]
        (version,) = again.versions("anolyte-ce-Li")
        assert version.run_id == run.run_id
        assert len(pd.read_parquet(again.fetch(run, "held_out.parquet", tmp_path))) == len(ERRORS)


def test_two_that_send_at_once_send_each_once(tmp_path: Path, box: Path, log_model: Log) -> None:
    uri = f"sqlite:///{tmp_path / 'mlflow.db'}"
    away = f"http://127.0.0.1:{closed_port()}"
    for name in ("one", "two"):
        log_model(tmp_path, away, name, ERRORS, box)
    threads = [threading.Thread(target=sync, args=(uri, box)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    names = [run.name for run in MlflowStore(uri).runs(where="tags.metal = 'Li'")]
    assert sorted(names) == ["one", "two"]


def test_a_server_that_does_not_answer_costs_seconds(
    silent: int, tmp_path: Path, box: Path, log_model: Log
) -> None:
    started = time.monotonic()
    uri = f"http://someone:secret@127.0.0.1:{silent}"
    reference = log_model(tmp_path, uri, "silent", ERRORS, box)
    assert time.monotonic() - started < 15
    assert reference.waiting is not None
    assert "secret" not in str(reference)
    assert "secret" not in (reference.waiting / outbox.RECORD).read_text()


def test_interrupted_while_sending_is_kept(
    tmp_path: Path, box: Path, monkeypatch: pytest.MonkeyPatch, log_model: Log
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(MlflowStore, "write_files", interrupted)
    with pytest.raises(KeyboardInterrupt):
        log_model(tmp_path, f"sqlite:///{tmp_path / 'mlflow.db'}", "cut", ERRORS, box)
    (item,), faults = outbox.waiting(box)
    assert (item.record.name, faults) == ("cut", [])


def test_a_failed_training_leaves_nothing_in_the_outbox(box: Path) -> None:
    uri = f"http://127.0.0.1:{closed_port()}"
    with pytest.raises(RuntimeError), tracked("anolyte/Li/test", "fails", {}, uri, box):
        raise RuntimeError
    assert not box.exists()


def test_records_survive_the_journey(tmp_path: Path, box: Path, log_model: Log) -> None:
    log_model(tmp_path, f"http://127.0.0.1:{closed_port()}", "record", ERRORS, box)
    (item,), _ = outbox.waiting(box)
    assert RunRecord.from_json(item.record.to_json()) == item.record


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"schema_version": 9}', "[" * 100_000])
def test_what_is_no_record_is_told(text: str, box: Path) -> None:
    with pytest.raises(RecordError):
        RunRecord.from_json(text)
    (box / "broken").mkdir(parents=True)
    (box / "broken" / outbox.RECORD).write_text(text)
    sent, (fault,) = sync("sqlite:///nowhere.db", box)
    assert sent == []
    assert "broken" in fault
