"""MlflowStore: what is asked of an MLflow store, and nothing else.

With `empty_store` and `mlflow_formats` the only module that knows MLflow. A store in a SQLite
file is made in a place of its own and appears whole: MLflow's own first use is not safe in
parallel, and what it has begun and not finished it can never use again.
"""

from __future__ import annotations

import errno
import functools
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname

from anolyte.datasets.files.atomic import write_bytes

from .address import TrackingError, absolute, artifact_place, is_server, probe, shown, sqlite_file
from .empty_store import empty_store
from .moved import mend
from .run_record import DatasetFacts, Metric
from .stored import StoredRun, Version

# MLflow takes no more of each in one call.
_MOST_METRICS, _MOST_TEXTS = 1000, 100
# What SQLite and the system say of a place that takes nothing, and the remedy.
_SPACE = "free some space, or name another store with --tracking-uri"
_PERMISSION = "see to the permissions, or name another store with --tracking-uri"
_REFUSALS = {
    "database or disk is full": _SPACE,
    "disk I/O error": _SPACE,
    "attempt to write a readonly database": _PERMISSION,
    "unable to open database file": _PERMISSION,
}
_SYSTEM = {
    errno.ENOSPC: _SPACE,
    errno.EDQUOT: _SPACE,
    errno.EROFS: _PERMISSION,
    errno.EACCES: _PERMISSION,
    errno.EPERM: _PERMISSION,
}

P = ParamSpec("P")
T = TypeVar("T")


@contextmanager
def errors(uri: str) -> Iterator[None]:
    """Turn whatever MLflow and its libraries raise into TrackingError."""
    from mlflow.exceptions import MlflowException
    from requests import RequestException
    from sqlalchemy.exc import SQLAlchemyError

    try:
        yield
    except (MlflowException, SQLAlchemyError, RequestException, OSError) as error:
        message = f"cannot use the tracking store {shown(uri)}: {shown(_reason(error, uri))}"
        raise TrackingError(message) from error


def _reason(error: Exception, uri: str) -> str:
    """Return what went wrong in one clause, and a remedy where the system refuses to write."""
    if isinstance(error, OSError) and error.errno in _SYSTEM:
        database, place = sqlite_file(uri), error.filename
        # The store itself and its lock are named already.
        named = place is None or (database and Path(place).name.startswith(database.name))
        where = "" if named else f"{place}: "
        return f"{where}{os.strerror(error.errno).lower()}; {_SYSTEM[error.errno]}"
    text = " ".join(str(error).split())
    for refusal, remedy in _REFUSALS.items():
        if refusal in text:
            return f"{refusal}; {remedy}"
    # SQLAlchemy goes on with the statement and its values.
    text = text.partition(" [SQL:")[0].partition(" (Background on this error")[0]
    return text if len(text) <= 300 else text[:297] + "..."


def _guarded(
    method: Callable[Concatenate[MlflowStore, P], T],
) -> Callable[Concatenate[MlflowStore, P], T]:
    @functools.wraps(method)
    def inner(self: MlflowStore, /, *args: P.args, **kwargs: P.kwargs) -> T:
        with errors(self.uri):
            return method(self, *args, **kwargs)

    return inner


class MlflowStore:
    """An MLflow tracking store.

    Parameters
    ----------
    uri
        ``sqlite:///...`` or the address of a server.
    create
        Whether a SQLite file that is not there is made.

    Raises
    ------
    TrackingError
        If the store cannot be used; UnreachableError if a server does not answer.
    """

    def __init__(self, uri: str, create: bool = True) -> None:
        self.uri = uri
        database = sqlite_file(uri)
        if database is not None and not create and not database.is_file():
            raise TrackingError(f"nothing was tracked here yet: there is no {database}")
        if is_server(uri):
            probe(uri)
        import logging

        logging.getLogger("alembic").setLevel(logging.WARNING)
        # It prints with a traceback what it then raises.
        logging.getLogger("mlflow.store.db.utils").setLevel(logging.CRITICAL)
        with errors(uri):
            from mlflow import MlflowClient

            if database is not None:
                if not _begun(database):
                    self._make(database)
                mend(database, self.lock)
            self._client = MlflowClient(absolute(uri))
            self._client.search_experiments(max_results=1)

    def _make(self, database: Path) -> None:
        """Make the file of a store; it appears complete or not at all."""
        database.parent.mkdir(parents=True, exist_ok=True)
        # It takes seconds, and nobody has to wait for it.
        empty = empty_store(artifact_place(database))
        lock = _lock_of(database)
        begun = lock.exists()
        with self.lock():
            if _begun(database):
                return
            try:
                write_bytes(empty, database)
            except BaseException:
                if not begun:
                    # Who waits for it notices that it is gone, and makes another.
                    lock.unlink(missing_ok=True)
                raise

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the lock of a SQLite store; a server sees to order by itself."""
        from filelock import FileLock

        database = sqlite_file(self.uri)
        # Singleton: the holder may ask again.
        held = (
            nullcontext()
            if database is None
            else FileLock(_lock_of(database), 120, is_singleton=True)
        )
        with held:
            yield

    @_guarded
    def experiment_id(self, name: str) -> str:
        """Return the id of an experiment, which is made on first use."""
        with self.lock():
            found = self._client.get_experiment_by_name(name)
            if found is None:
                return self._new_experiment(name)
        if found.lifecycle_stage == "deleted":
            # Deleted on MLflow's page: its name stays taken until it is restored.
            self._client.restore_experiment(found.experiment_id)
        return str(found.experiment_id)

    def _new_experiment(self, name: str) -> str:
        from mlflow.exceptions import MlflowException

        database = sqlite_file(self.uri)
        location = None if database is None else artifact_place(database)
        # The kind makes MLflow's page show runs and plots instead of its GenAI views.
        tags = {"mlflow.experimentKind": "custom_model_development"}
        try:
            return str(self._client.create_experiment(name, location, tags))
        except MlflowException:
            # Another process was quicker.
            found = self._client.get_experiment_by_name(name)
            if found is None:
                raise
            return str(found.experiment_id)

    @_guarded
    def start(self, experiment: str, name: str, tags: Mapping[str, str], at_ms: int) -> str:
        """Start a run and return its id."""
        place = self.experiment_id(experiment)
        run = self._client.create_run(place, at_ms, dict(tags), name)
        return str(run.info.run_id)

    @_guarded
    def write(
        self,
        run_id: str,
        params: Mapping[str, str],
        metrics: Sequence[Metric],
        tags: Mapping[str, str],
        at_ms: int,
    ) -> None:
        """Write values to a run; written twice they are there once."""
        from mlflow.entities import Metric as Point
        from mlflow.entities import Param, RunTag

        points = [Point(each.key, each.value, at_ms, each.step) for each in metrics]
        first = [Param(*item) for item in params.items()][:_MOST_TEXTS]
        marks = [RunTag(*item) for item in tags.items()][:_MOST_TEXTS]
        # Values of one call share its limit.
        for start in range(0, len(points), _MOST_METRICS - 2 * _MOST_TEXTS):
            self._client.log_batch(run_id, points[start : start + _MOST_METRICS - 2 * _MOST_TEXTS])
        self._client.log_batch(run_id, params=first, tags=marks)

    @_guarded
    def write_dataset(self, run_id: str, facts: DatasetFacts) -> None:
        """Note which data a run used."""
        from mlflow.entities import Dataset, DatasetInput, InputTag

        source = json.dumps({"uri": facts.source})
        entity = Dataset(
            facts.name,
            facts.digest,
            facts.source_type,
            source,
            facts.schema or None,
            facts.profile or None,
        )
        mark = InputTag("mlflow.data.context", facts.context)
        self._client.log_inputs(run_id, [DatasetInput(entity, [mark])])

    @_guarded
    def write_files(self, run_id: str, folder: Path, tables: Sequence[str]) -> None:
        """Copy the files of a folder to a run; `tables` are shown as tables."""
        self._client.log_artifacts(run_id, str(folder))
        if tables:
            listed = json.dumps([{"path": path, "type": "table"} for path in tables])
            self._client.set_tag(run_id, "mlflow.loggedArtifacts", listed)

    @_guarded
    def end(self, run_id: str, status: str, at_ms: int) -> None:
        """End a run: FINISHED, FAILED or KILLED."""
        self._client.set_terminated(run_id, status, at_ms)

    @_guarded
    def get(self, run_id: str) -> StoredRun:
        """Return a run by its whole id."""
        run = self._client.get_run(run_id)
        return self._stored(run, self._client.get_experiment(run.info.experiment_id).name)

    @_guarded
    def runs(
        self, experiments: str = "anolyte/%", where: str = "", most: int = 10_000
    ) -> list[StoredRun]:
        """Return runs, newest first.

        Parameters
        ----------
        experiments
            Name of the experiments, with ``%`` for anything.
        where
            A filter in MLflow's language.
        """
        named = self._client.search_experiments(filter_string=f"name LIKE '{experiments}'")
        names = {each.experiment_id: each.name for each in named}
        found: list[StoredRun] = []
        token: str | None = None
        while names and len(found) < most:
            page = self._client.search_runs(
                list(names),
                where,
                max_results=min(1000, most - len(found)),
                order_by=["attributes.start_time DESC"],
                page_token=token,
            )
            found += [self._stored(run, names[run.info.experiment_id]) for run in page]
            token = page.token
            if not token:
                break
        return found

    @staticmethod
    def _stored(run: Any, experiment: str) -> StoredRun:
        info, data = run.info, run.data
        return StoredRun(
            str(info.run_id),
            str(info.run_name),
            experiment,
            str(info.status),
            int(info.start_time),
            info.end_time,
            data.tags,
            data.params,
            data.metrics,
            str(info.artifact_uri),
        )

    @_guarded
    def fetch(self, run: StoredRun, path: str, into: Path) -> Path:
        """Return a file or folder of a run; one that is not on this machine is copied `into`."""
        place = urlsplit(run.artifacts)
        if place.scheme in ("", "file"):
            local = url2pathname(place.path) if place.scheme else unquote(place.path)
            found = Path(local) / path
            if not found.exists():
                raise TrackingError(f"{found} of run {run.name} is not there")
            return found
        into.mkdir(parents=True, exist_ok=True)
        return Path(self._client.download_artifacts(run.run_id, path, str(into)))

    @_guarded
    def register(self, name: str, run: StoredRun, path: str, tags: Mapping[str, str]) -> Version:
        """Register a folder of a run as a version of a model; done twice it is there once."""
        from mlflow.exceptions import MlflowException

        there = [each for each in self.versions(name) if each.run_id == run.run_id]
        if there:
            return there[0]
        try:
            self._client.create_registered_model(name)
        except MlflowException as error:
            if error.error_code != "RESOURCE_ALREADY_EXISTS":
                raise
        source = f"{run.artifacts.rstrip('/')}/{path}"
        made = self._client.create_model_version(
            name, source, run.run_id, dict(tags), await_creation_for=0
        )
        return _version(made)

    @_guarded
    def versions(self, name: str = "anolyte-%", where: str = "") -> list[Version]:
        """Return the versions of models, newest first; ``%`` in the name is anything."""
        match = f"name LIKE '{name}'" + (f" and {where}" if where else "")
        found = map(_version, self._client.search_model_versions(match, max_results=10_000))
        return sorted(found, key=lambda each: (each.name, -each.number))

    @_guarded
    def aliases(self, name: str) -> dict[str, int]:
        """Return the aliases of a model and the versions they stand for."""
        found = self._client.get_registered_model(name).aliases
        return {str(alias): int(number) for alias, number in found.items()}

    @_guarded
    def set_alias(self, name: str, alias: str, number: int) -> None:
        """Let an alias stand for a version."""
        self._client.set_registered_model_alias(name, alias, str(number))

    @_guarded
    def model_tag(self, name: str, key: str) -> str:
        """Return a tag of a registered model; "" if it has none."""
        return str(self._client.get_registered_model(name).tags.get(key, ""))

    @_guarded
    def set_model_tag(self, name: str, key: str, value: str) -> None:
        """Set a tag of a registered model."""
        self._client.set_registered_model_tag(name, key, value)

    @_guarded
    def set_version_tag(self, version: Version, key: str, value: str) -> None:
        """Set a tag of a version."""
        self._client.set_model_version_tag(version.name, str(version.number), key, value)


def _lock_of(database: Path) -> Path:
    return database.with_name(database.name + ".lock")


def _begun(database: Path) -> bool:
    # SQLite leaves an empty file when it could not begin.
    return database.is_file() and database.stat().st_size > 0


def _version(made: Any) -> Version:
    return Version(
        str(made.name), int(made.version), str(made.run_id), made.tags, int(made.creation_timestamp)
    )
