"""RunRecord: all that a run will hold, as plain values, before any store has seen it.

The same record is sent to MLflow or, where that cannot be reached, kept in the outbox.
"""

from __future__ import annotations

import getpass
import json
import os
import platform
import subprocess
import time
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

from anolyte.datasets.errors import AnolyteError

SCHEMA_VERSION = 1
RECORD_TAG = "anolyte.record"
COMPLETE_TAG = "anolyte.complete"
PROCESS_TAG = "anolyte.process"
_LONGEST = 500


class RecordError(AnolyteError):
    """A kept record cannot be read."""


@dataclass(frozen=True)
class Metric:
    """One figure of a run; `step` orders the points of a curve."""

    key: str
    value: float
    step: int = 0


@dataclass(frozen=True)
class DatasetFacts:
    """Identity of the data that a run used; `schema` and `profile` are MLflow's JSON."""

    name: str
    digest: str
    source: str
    context: str = "training"
    source_type: str = "local"
    schema: str = ""
    profile: str = ""


@dataclass(frozen=True)
class ChildRun:
    """A run below a run, without files."""

    name: str
    tags: dict[str, str]
    params: dict[str, str]
    metrics: tuple[Metric, ...]


@dataclass(frozen=True)
class RunRecord:
    """What a run holds.

    Attributes
    ----------
    id
        Its own identity, from which a store knows that it has the run already.
    tables
        Files among its files that MLflow's page shows as tables.
    model
        Name under which its folder ``model`` is registered; empty for none.
    """

    experiment: str
    name: str
    tags: dict[str, str] = field(default_factory=dict)
    params: dict[str, str] = field(default_factory=dict)
    metrics: tuple[Metric, ...] = ()
    dataset: DatasetFacts | None = None
    tables: tuple[str, ...] = ()
    children: tuple[ChildRun, ...] = ()
    model: str = ""
    started_ms: int = 0
    ended_ms: int = 0
    id: str = field(default_factory=lambda: uuid.uuid4().hex)

    def to_json(self, **further: str) -> str:
        """Return the record as JSON text, with further fields of the caller's."""
        return json.dumps({"schema_version": SCHEMA_VERSION, **further, **asdict(self)}, indent=1)

    @classmethod
    def from_json(cls, text: str) -> RunRecord:
        """Return the record of a JSON text.

        Raises
        ------
        RecordError
            If it is none.
        """
        try:
            value = json.loads(text)
            if value.pop("schema_version") != SCHEMA_VERSION:
                raise RecordError(f"not of record schema {SCHEMA_VERSION}")
            known = {name: value[name] for name in cls.__dataclass_fields__}
            known["metrics"] = _metrics(known["metrics"])
            known["tables"] = tuple(known["tables"])
            facts = known["dataset"]
            known["dataset"] = None if facts is None else DatasetFacts(**facts)
            known["children"] = tuple(
                ChildRun(**{**child, "metrics": _metrics(child["metrics"])})
                for child in known["children"]
            )
            return cls(**known)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise RecordError(f"no run record: {error!r}") from error


def _metrics(values: list[dict[str, Any]]) -> tuple[Metric, ...]:
    return tuple(Metric(str(v["key"]), float(v["value"]), int(v["step"])) for v in values)


def now_ms() -> int:
    """Return the time in milliseconds, as MLflow counts it."""
    return time.time_ns() // 1_000_000


def readable(values: Mapping[str, Any]) -> dict[str, str]:
    """Return parameters as flat text: lists with commas, long ones cut."""
    texts = {
        key: ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
        for key, value in values.items()
    }
    return {k: t if len(t) <= _LONGEST else t[: _LONGEST - 3] + "..." for k, t in texts.items()}


def default_name(metal: str, what: str, at_ms: int) -> str:
    """Return a run name that can be typed and says when: ``Li-train-20261121-0803``."""
    return f"{metal}-{what}-{time.strftime('%Y%m%d-%H%M', time.localtime(at_ms / 1000))}"


def common_tags(metal: str, task: str, note: str = "") -> dict[str, str]:
    """Return the tags of every run: what is searched for, and what MLflow's page shows."""
    commit, changed = _commit(Path.cwd())
    tags = {
        "metal": metal,
        "task": task,
        "version": version("anolyte"),
        "commit": commit + ("+changes" if changed else ""),
        "note": note,
        "mlflow.note.content": note,
        "mlflow.user": _user(),
        "mlflow.source.name": "anolyte",
        "mlflow.source.type": "LOCAL",
        "mlflow.source.git.commit": commit,
        PROCESS_TAG: this_process(),
    }
    return {key: value for key, value in tags.items() if value}


def this_process() -> str:
    """Return machine and process number, by which a killed run is known as such."""
    return f"{platform.node()}:{os.getpid()}"


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        # No name for the user's number, as in some containers.
        return ""


def _commit(folder: Path) -> tuple[str, bool]:
    """Return the commit of a working folder and whether files differ from it; "" without git."""
    try:
        head, changes = (
            subprocess.run(
                ["git", "--no-optional-locks", *arguments],
                cwd=folder,
                capture_output=True,
                text=True,
                timeout=5,
                check=True,
            ).stdout.strip()
            for arguments in (
                ("rev-parse", "HEAD"),
                ("status", "--porcelain", "--untracked-files=no"),
            )
        )
    except (OSError, subprocess.SubprocessError):
        return "", False
    return head, bool(changes)
