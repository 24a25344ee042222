"""The project folder, found upward as git does, and the names of what lies in it."""

from __future__ import annotations

import os
from pathlib import Path

# An empty file of this name makes a folder a project before anything else is there.
MARKER = ".anolyte"
DATA = "anolyte-data"
MODELS = "anolyte-models"
OUTBOX = "anolyte-outbox"
DATABASE = "mlflow.db"
# Can be computed again, so that it marks no project.
LIBRARIES = "anolyte-libraries"
PLACES = (MARKER, DATA, MODELS, OUTBOX, DATABASE)


def project_root(start: str | Path = "") -> Path:
    """Return the nearest folder, from one upward, that holds any of `PLACES`; else that one.

    Parameters
    ----------
    start
        The working folder by default; it is returned as it was given, a parent as a whole path.
    """
    first = Path(start)
    for folder in (first, *first.resolve().parents):
        if any(os.path.lexists(folder / place) for place in PLACES):
            return folder
    return first
