"""Find runs and models by name, by the start of an id, or by alias."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import pandas as pd
from anolyte.datasets.errors import ModelFileError
from anolyte.models.bundles.bundle import MANIFEST, read_manifest

from ..project import Project
from .address import TrackingError, shown, tracking_uri
from .contents import SEI_MEASURE, SEI_MODEL_NAME, model_id, model_name
from .mlflow_store import MlflowStore
from .stored import CANDIDATE, CHAMPION, StoredRun, Version
from .training_files import MODEL

LATEST = "latest"
FETCHED = "fetched"
TOP_LEVEL = "tags.`mlflow.parentRunId` IS NULL"
# What names are made of; anything else could not be put into a filter safely.
_NAME = re.compile(r"[\w.:@/+ -]+")


def when(at_ms: int) -> str:
    """Return a time as people write it."""
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(at_ms / 1000))


def list_runs(
    store: MlflowStore, metal: str | None = None, task: str | None = None, most: int = 50
) -> list[StoredRun]:
    """Return runs, newest first, without the runs below them."""
    experiments = f"anolyte/{_plain(metal or '%')}/{_plain(task or '%')}"
    return store.runs(experiments, TOP_LEVEL, most)


def _plain(text: str) -> str:
    if text != "%" and not _NAME.fullmatch(text):
        raise TrackingError(f"{text!r} cannot be a name")
    return text


def find_run(store: MlflowStore, text: str, metal: str | None = None) -> StoredRun:
    """Return the run of an id, the start of one, a name, the start of one, or an alias.

    Parameters
    ----------
    text
        Also ``latest``, and what `find_version` takes.
    metal
        For aliases such as ``champion``.

    Raises
    ------
    TrackingError
        If there is none, or several: the message lists them.
    """
    text = text.strip()
    if not _NAME.fullmatch(text):
        raise TrackingError(f"no run {text!r}")
    if text == LATEST:
        newest = list_runs(store, metal, most=1)
        if newest:
            return newest[0]
    version = find_version(store, text, metal)
    if version is not None:
        return store.get(version.run_id)
    found = {run.run_id: run for run in _by_id(store, text) + _by_name(store, text)}
    exact = [run for run in found.values() if text in (run.run_id, run.name)]
    matches = exact or list(found.values())
    if len(matches) == 1:
        return matches[0]
    if not matches:
        recent = "; ".join(map(_line, list_runs(store, most=3)))
        hint = f"; the newest: {recent}" if recent else ""
        raise TrackingError(f"no run, name or alias {text!r} in {shown(store.uri)}{hint}")
    choices = "\n  ".join(_line(run) for run in matches[:10])
    raise TrackingError(f"{text!r} could be any of {len(matches)} runs:\n  {choices}")


def _by_id(store: MlflowStore, text: str) -> list[StoredRun]:
    if not re.fullmatch(r"[0-9a-f]{4,32}", text):
        return []
    return store.runs(where=f"attributes.run_id LIKE '{text}%'", most=50)


def _by_name(store: MlflowStore, text: str) -> list[StoredRun]:
    where = f"attributes.run_name LIKE '{text}%' and {TOP_LEVEL}"
    # In a filter the underscore stands for any character.
    return [run for run in store.runs(where=where, most=50) if run.name.startswith(text)]


def _line(run: StoredRun) -> str:
    note = run.tags.get("note", "")
    return f"{run.run_id[:8]}  {run.name}  {when(run.started_ms)}" + (f"  {note}" if note else "")


def find_version(store: MlflowStore, text: str, metal: str | None = None) -> Version | None:
    """Return the version of a model: ``champion``, ``Na@candidate``, ``Li/3``; None for others.

    Parameters
    ----------
    metal
        Whose champion or candidate, where the text does not say.

    Raises
    ------
    TrackingError
        If the text is of this kind but there is no such version.
    """
    text = re.sub(r"^models:/+", "", text.strip())
    match = re.fullmatch(r"(?:(?:anolyte-ce-)?(\w+)@)?(champion|candidate)", text)
    numbered = re.fullmatch(r"(?:anolyte-ce-)?([A-Z][a-z]?)/v?(\d+)", text)
    if match is None and numbered is None:
        return None
    if numbered is not None:
        name, number = model_name(numbered[1]), int(numbered[2])
    else:
        assert match is not None
        symbol = match[1] or metal
        if symbol is None:
            raise TrackingError(f"whose {text}? Write for example Li@{text}")
        name = model_name(symbol)
        number = store.aliases(name).get(match[2], 0) if store.versions(name) else 0
    found = next((each for each in store.versions(name) if each.number == number), None)
    if found is None:
        raise TrackingError(f"no {text} of {name} in {shown(store.uri)}; see: anolyte models list")
    return found


def find_model(text: str, metal: str | None = None, uri: str | None = None) -> Path:
    """Return the folder of a model: a folder, or that of a run, version or alias.

    The model of a ranked list's run is the one that it was made with.

    Raises
    ------
    ModelFileError
        If there is no such model.
    TrackingError
        If several runs could be meant.

    Examples
    --------
    >>> from anolyte.experiments import find_model, gather, log_training, save_training, train
    >>> result = train(gather("Al"), "Al")
    >>> where = log_training(result, save_training(result, "anolyte-models/Al"))
    >>> find_model(where.run_id[:8], "Al") == find_model("latest", "Al")
    True
    >>> find_model("anolyte-models/Al").name
    'Al'
    """
    if Path(text).is_dir():
        return Path(text)
    where = tracking_uri(uri)
    try:
        store = MlflowStore(where, create=False)
        run = find_run(store, text, metal)
    except TrackingError as error:
        if "could be any of" in str(error):
            raise
        raise ModelFileError(f"no model in {text}: no such folder, and {error}") from None
    if "model_run" in run.tags:
        run = store.get(run.tags["model_run"])
    if run.tags.get("model_name") is None or run.tags.get("task") != "coulombic-efficiency":
        raise ModelFileError(f"run {run.name} holds no model")
    return _folder_of(store, run)


def _folder_of(store: MlflowStore, run: StoredRun) -> Path:
    """Return the model's folder of a run, checked to be the one that was logged."""
    folder = Project.here().models / FETCHED / run.run_id
    if not (folder / MANIFEST).is_file():
        with tempfile.TemporaryDirectory(prefix="anolyte-model-") as scratch:
            found = store.fetch(run, MODEL, Path(scratch))
            if found.is_relative_to(scratch):
                _keep(found, folder)
            else:
                folder = found
    if model_id(read_manifest(folder)) != run.tags.get("model_id"):
        raise ModelFileError(f"{folder} is not the model that run {run.name} logged")
    return folder


def _keep(found: Path, folder: Path) -> None:
    """Move a model that was fetched to where it is found again; it appears whole."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".fetched-", dir=folder.parent) as beside:
        whole = shutil.copytree(found, Path(beside) / MODEL)
        # Another process may have been quicker, with the same files.
        with suppress(OSError):
            os.replace(whole, folder)


def models_table(store: MlflowStore, metal: str | None = None) -> pd.DataFrame:
    """Return the registered models, newest first within each metal; the SEI's stand last."""
    rows = []
    aliases: dict[str, dict[str, int]] = {}
    found = store.versions(model_name(_plain(metal)) if metal else "anolyte-ce-%")
    for each in found if metal else [*found, *store.versions(SEI_MODEL_NAME)]:
        if each.name not in aliases:
            aliases[each.name] = store.aliases(each.name)
        names = [a for a in (CHAMPION, CANDIDATE) if aliases[each.name].get(a) == each.number]
        rows.append(
            {
                "model": f"{_short(each.name)}/{each.number}",
                "alias": ", ".join(names),
                "lso_rmse": each.tags.get("lso_rmse", ""),
                "sei_log_loss": each.tags.get(SEI_MEASURE, ""),
                "evidence": each.tags.get("evidence", ""),
                "data": each.tags.get("data_sha256", "")[:8],
                "run": each.run_id[:8],
                "made": when(each.created_ms),
                "note": each.tags.get("note", ""),
            }
        )
    columns = ["model", "alias", "lso_rmse", "sei_log_loss", "evidence"]
    return pd.DataFrame(rows, columns=[*columns, "data", "run", "made", "note"])


def _short(name: str) -> str:
    return "SEI" if name == SEI_MODEL_NAME else name.removeprefix("anolyte-ce-")
