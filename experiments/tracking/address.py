"""Where runs are tracked: addresses of stores, and whether a server answers.

Imported before MLflow, because MLflow reads its environment once: telemetry and job
execution are off, and waiting for a server is short.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from anolyte.datasets.errors import AnolyteError

from ..project import Project

# Before MLflow is imported: it reads these once.
os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
os.environ["DO_NOT_TRACK"] = "true"
os.environ["MLFLOW_SERVER_ENABLE_JOB_EXECUTION"] = "false"
for _name, _value in {
    "MLFLOW_LOGGING_LEVEL": "WARNING",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    "GIT_PYTHON_REFRESH": "quiet",
    # Standard output is for data.
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
    # MLflow would wait 120 s, seven times over.
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "20",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2",
    "MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR": "1",
}.items():
    os.environ.setdefault(_name, _value)

ARTIFACTS = "mlartifacts"
PROBE_SECONDS = 3.0


class TrackingError(AnolyteError):
    """The tracking store cannot be used."""


class UnreachableError(TrackingError):
    """The tracking server does not answer."""


def tracking_uri(given: str | None = None) -> str:
    """Return the tracking URI: as given, from MLFLOW_TRACKING_URI, or that of the project."""
    return given or os.environ.get("MLFLOW_TRACKING_URI") or Project.here().tracking_uri


def shown(uri: str) -> str:
    """Return a URI without the password that may stand in it."""
    return re.sub(r"//[^/@]*@", "//", uri)


def is_server(uri: str) -> bool:
    """Return whether a URI is that of a server."""
    return uri.startswith(("http://", "https://"))


def sqlite_file(uri: str) -> Path | None:
    """Return the file of a SQLite store; None for another kind."""
    path = uri.removeprefix("sqlite:///")
    return Path(path) if path not in (uri, "", ":memory:") else None


def artifact_place(database: Path) -> str:
    """Return the URI of the folder where the files of a SQLite store's runs lie."""
    return (database.resolve().parent / ARTIFACTS).as_uri()


def absolute(uri: str, folder: Path = Path()) -> str:
    """Return the URI of a SQLite store with its whole path.

    MLflow keeps what it has opened by its URI; a relative one means another file in another
    working folder.

    Parameters
    ----------
    folder
        What a relative path starts from.
    """
    database = sqlite_file(uri)
    return uri if database is None else f"sqlite:///{(folder / database).resolve().as_posix()}"


def relative(uri: str, folder: Path) -> str:
    """Return the URI of a SQLite store in a folder or below as seen from there; others whole."""
    database = sqlite_file(uri)
    if database is None or not database.resolve().is_relative_to(folder.resolve()):
        return absolute(uri)
    return f"sqlite:///{database.resolve().relative_to(folder.resolve()).as_posix()}"


def probe(uri: str) -> None:
    """Find out in seconds whether a server answers at all.

    Raises
    ------
    UnreachableError
        If it does not. An error page is an answer.
    """
    from http.client import HTTPException
    from urllib.error import HTTPError
    from urllib.request import urlopen

    try:
        with urlopen(f"{shown(uri).rstrip('/')}/health", timeout=PROBE_SECONDS):
            pass
    except HTTPError:
        pass
    except (OSError, HTTPException, ValueError) as error:
        reason = getattr(error, "reason", None) or error
        raise UnreachableError(f"no answer from {shown(uri)} ({reason})") from error
