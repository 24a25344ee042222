"""Send run records to MLflow, each exactly once; keep in the outbox what it cannot take."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from anolyte.datasets.files.processes import terminable, uninterrupted

from ..project import Project
from . import outbox
from .address import TrackingError, is_server, shown, tracking_uri
from .mlflow_store import MlflowStore
from .processes import settle_abandoned
from .registry import register, register_sei
from .run_record import COMPLETE_TAG, RECORD_TAG, RunRecord, now_ms
from .stored import Version
from .training_files import SEI_MODEL

_TASK_PARENT = "mlflow.parentRunId"
# For a server to note that a run was killed.
MARK_SECONDS = 1.0


@dataclass(frozen=True)
class RunReference:
    """Where a run is kept.

    Attributes
    ----------
    run_id
        Its id in MLflow; empty while it waits in the outbox.
    said
        What became of it further, such as the version its model was registered as.
    waiting
        Its folder in the outbox.

    Examples
    --------
    >>> from anolyte.experiments import gather, log_training, save_training, train
    >>> result = train(gather("Al"), "Al")
    >>> where = log_training(result, save_training(result, "anolyte-models/Al"))
    >>> print(where)
    run ... in experiment anolyte/Al/coulombic-efficiency at sqlite:///mlflow.db; ...
    """

    run_id: str
    experiment: str
    uri: str
    said: str = ""
    waiting: Path | None = None

    def __str__(self) -> str:
        if self.waiting is not None:
            return f"kept in {self.waiting}, to be sent with: anolyte runs sync ({self.said})"
        more = f"; {self.said}" if self.said else ""
        return f"run {self.run_id} in experiment {self.experiment} at {shown(self.uri)}{more}"


class TrackedRun:
    """A run that has begun; see `tracked`."""

    def __init__(self, record: RunRecord, uri: str, box: Path) -> None:
        self.record = record
        self.uri = uri
        self.problem = ""
        self.reference: RunReference | None = None
        # In MLflow; empty if the store could not be reached.
        self.run_id = ""
        self._box = box

    def begin(self) -> None:
        """Start the run in the store; a server that is away is noted in `problem`."""
        record = self.record
        tags = {**record.tags, RECORD_TAG: record.id}
        try:
            store = MlflowStore(self.uri)
            settle_abandoned(store, record.experiment)
            self._start(store, tags)
        except TrackingError as error:
            if not is_server(self.uri):
                # A file that cannot be used now will not do after the training either.
                raise
            self.problem = str(error)

    def _start(self, store: MlflowStore, tags: dict[str, str]) -> None:
        record = self.record
        try:
            self.run_id = store.start(record.experiment, record.name, tags, record.started_ms)
        except (KeyboardInterrupt, SystemExit):
            # The store may have made the run, and not have come to say so. A server may be
            # what the user has tired of waiting for.
            if not is_server(self.uri):
                with suppress(TrackingError):
                    self.run_id, _ = _known(store, record)
            raise

    def finish(self, files: Path, **fields: Any) -> RunReference:
        """Complete the record with its fields and send it with the files of a folder."""
        given = {key: value for key, value in fields.pop("tags", {}).items() if value}
        self.record = replace(
            self.record, **fields, tags={**self.record.tags, **given}, ended_ms=now_ms()
        )
        try:
            run_id, said = deliver(MlflowStore(self.uri), self.record, files)
            self.reference = RunReference(run_id, self.record.experiment, self.uri, said)
        except TrackingError as error:
            self._keep(files, str(error))
        except BaseException as error:
            # Interrupted while sending: the results are worth as much as before.
            self._keep(files, f"interrupted: {type(error).__name__}")
            raise
        assert self.reference is not None
        return self.reference

    def _keep(self, files: Path, why: str) -> None:
        place = outbox.put(self.record, files, shown(self.uri), self._box)
        self.reference = RunReference("", self.record.experiment, self.uri, why, place)

    def end(self, status: str, why: str = "") -> None:
        """End a run that was not finished, as far as the store can be reached.

        One that was killed while it was sent is, although its results wait in the outbox.
        """
        kept = self.reference
        halfway = kept is not None and kept.waiting is not None and status == "KILLED"
        if not self.run_id or (kept is not None and not halfway):
            return
        with suppress(TrackingError):
            store = MlflowStore(self.uri)
            tags = {"error": why[:500]} if why else {}
            store.write(self.run_id, {}, (), tags, now_ms())
            store.end(self.run_id, status, now_ms())


@contextmanager
def tracked(
    experiment: str,
    name: str,
    tags: Mapping[str, str],
    uri: str | None = None,
    box: Path | None = None,
) -> Iterator[TrackedRun]:
    """Begin a run and end it: finished, failed if an error rises, killed if interrupted.

    Raises
    ------
    TrackingError
        If the store cannot be used. A server that does not answer is no error: the run goes
        to the outbox when it is finished.
    """
    record = RunRecord(experiment, name, dict(tags), started_ms=now_ms())
    run = TrackedRun(record, tracking_uri(uri), _box(box))
    try:
        with terminable():
            run.begin()
            yield run
    except Exception as error:
        run.end("FAILED", f"{type(error).__name__}: {error}")
        raise
    except BaseException:
        with uninterrupted():
            _end_killed(run)
        raise
    run.end("FINISHED")


def _end_killed(run: TrackedRun) -> None:
    """Mark a run as killed; a server that lingers is not waited for.

    What stays unmarked is found by the next command that opens the store, see `processes`.
    """
    if not is_server(run.uri):
        run.end("KILLED")
        return
    marking = threading.Thread(target=run.end, args=("KILLED",), daemon=True)
    marking.start()
    marking.join(MARK_SECONDS)


def deliver(store: MlflowStore, record: RunRecord, files: Path) -> tuple[str, str]:
    """Write a record and its files to a store and return run id and what became of it.

    Whatever an earlier attempt left is completed; a run that is there whole is left alone.
    """
    run_id, whole = _known(store, record)
    if whole:
        return run_id, "it was there already"
    tags = {**record.tags, RECORD_TAG: record.id, **_model_used(store, record)}
    if not run_id:
        run_id = store.start(record.experiment, record.name, tags, record.started_ms)
    store.write(run_id, record.params, record.metrics, tags, record.ended_ms)
    if record.dataset is not None:
        store.write_dataset(run_id, record.dataset)
    store.write_files(run_id, files, record.tables)
    _deliver_children(store, record, run_id)
    done, said = {COMPLETE_TAG: "yes"}, ""
    if record.model:
        version, verdict = register(store, store.get(run_id))
        done |= {"model_version": _numbered(version), "verdict": verdict}
        said = f"{version}: {verdict}"
    if (files / SEI_MODEL).is_dir():
        done["sei_version"] = _numbered(register_sei(store, store.get(run_id)))
    store.write(run_id, {}, (), done, record.ended_ms)
    store.end(run_id, "FINISHED", record.ended_ms)
    return run_id, said


def _numbered(version: Version) -> str:
    return f"{version.name}/{version.number}"


def _known(store: MlflowStore, record: RunRecord) -> tuple[str, bool]:
    """Return the id of the run that a record has already, and whether it is complete."""
    there = store.runs(record.experiment, f"tags.`{RECORD_TAG}` = '{record.id}'", 1)
    if not there:
        return "", False
    return there[0].run_id, there[0].tags.get(COMPLETE_TAG) == "yes"


def _deliver_children(store: MlflowStore, record: RunRecord, parent: str) -> None:
    below = store.runs(record.experiment, f"tags.`{_TASK_PARENT}` = '{parent}'")
    there = {each.name: each for each in below}
    for child in record.children:
        old = there.get(child.name)
        if old is not None and old.status == "FINISHED":
            continue
        tags = {**child.tags, _TASK_PARENT: parent, "version": record.tags.get("version", "")}
        run_id = (
            store.start(record.experiment, child.name, tags, record.started_ms)
            if old is None
            else old.run_id
        )
        store.write(run_id, child.params, child.metrics, {}, record.ended_ms)
        store.end(run_id, "FINISHED", record.ended_ms)


def _model_used(store: MlflowStore, record: RunRecord) -> dict[str, str]:
    """Return the tags that link a list to the registered model it was made with."""
    wanted = record.tags.get("model_id")
    if record.model or not wanted:
        return {}
    found = store.versions(record.tags["model_name"], f"tags.model_id = '{wanted}'")
    if not found:
        return {}
    return {"model_version": _numbered(found[0]), "model_run": found[0].run_id}


def sync(uri: str | None = None, box: Path | None = None) -> tuple[list[RunReference], list[str]]:
    """Send what waits in the outbox; return what was sent, and what went wrong.

    Parameters
    ----------
    uri
        Where to; default the store that each run was meant for.
    box
        The outbox; default that of the project.

    Examples
    --------
    >>> from anolyte.experiments import sync
    >>> sync()  # nothing waits
    ([], [])
    """
    sent: list[RunReference] = []
    folder = _box(box)
    with outbox.locked(folder):
        items, faults = outbox.waiting(folder)
        for item in items:
            where = uri or item.uri
            try:
                run_id, said = deliver(MlflowStore(where), item.record, item.files)
            except TrackingError as error:
                faults.append(f"{item.folder}: {error}")
                continue
            outbox.remove(item)
            sent.append(RunReference(run_id, item.record.experiment, where, said))
    return sent, faults


def _box(given: Path | None) -> Path:
    return Project.here().outbox if given is None else given


@contextmanager
def staging() -> Iterator[Path]:
    """Give a folder for the files of a run, which is removed afterwards."""
    with tempfile.TemporaryDirectory(prefix="anolyte-run-") as folder:
        yield Path(folder)
