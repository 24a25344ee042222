"""Put the files of a model in the place of another's, so that no moment shows a half model.

The manifest decides: it names every file with its SHA-256 and is replaced in one step. The new
files lie beside the old ones until then, under names of their own, where the loader finds them.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from anolyte.datasets.files.atomic import flush
from filelock import FileLock

from .files import NEXT, digest_of
from .reader import MANIFEST

LOCK = ".lock"
PATIENCE = 60
# Files of other estimators than those of the new model; boosted trees were once in UBJ.
_ESTIMATORS = ("*.skops", "*.ubj", "*xgboost.json")


def publish(staging: Path, folder: Path, named: Mapping[str, Any]) -> None:
    """Move a bundle from a hidden folder beside `folder` to `folder`.

    Parameters
    ----------
    named
        The files that its manifest names.
    """
    for path in staging.iterdir():
        flush(path)
    if not (folder / MANIFEST).is_file():
        try:
            if folder.is_dir():
                folder.rmdir()
            os.replace(staging, folder)
            return
        except OSError:
            # Unless another process saved a model here meanwhile.
            if not (folder / MANIFEST).is_file():
                raise
    with FileLock(folder / LOCK, timeout=PATIENCE):
        _settle(folder, _named(folder))
        for name in named:
            os.replace(staging / name, folder / f"{name}{NEXT}")
        os.replace(staging / MANIFEST, folder / MANIFEST)
        _settle(folder, named)
        for pattern in _ESTIMATORS:
            for path in folder.glob(pattern):
                if path.name not in named:
                    path.unlink()


def _settle(folder: Path, named: Mapping[str, Any]) -> None:
    """Give new files that the manifest names their names; remove those of a killed save."""
    for path in folder.glob(f"*{NEXT}"):
        name = path.name.removesuffix(NEXT)
        if name in named and digest_of(path) == named[name]["sha256"]:
            os.replace(path, folder / name)
        else:
            path.unlink()


def _named(folder: Path) -> Mapping[str, Any]:
    """Return the files that the manifest of a folder names; none if it cannot be read."""
    try:
        return dict(json.loads((folder / MANIFEST).read_bytes())["files"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return {}
