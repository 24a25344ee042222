"""Registered models: which one is the champion, and how one becomes it.

A new model becomes the champion only if it beats the old one on the same measurements and
folds by more than the noise; else it is the candidate. A person may decide otherwise.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from ..training.significance import paired_gain
from .address import TrackingError
from .contents import SEI_MEASURE, SEI_MODEL_NAME, model_name
from .finding import find_run
from .mlflow_store import MlflowStore
from .stored import CANDIDATE, CHAMPION, StoredRun, Version
from .training_files import HELD_OUT, MODEL, SEI_MODEL

# Where errors of single measurements are not at hand: RMSE in LCE that says nothing.
NOISE = 0.01
HISTORY = "champions"
# Two trainings are judged by the same measure only if these agree.
SAME = ("split", "folds", "seed", "repeats")
_COPIED = ("metal", "model_id", "data_sha256", "evidence", "blocks", "note")


@dataclass(frozen=True)
class Verdict:
    """Whether a challenger replaces the champion, and why."""

    better: bool
    why: str


def register(store: MlflowStore, run: StoredRun) -> tuple[Version, str]:
    """Register the model of a training's run; return its version and what became of it."""
    name = model_name(run.tags["metal"])
    tags = {key: run.tags[key] for key in _COPIED if run.tags.get(key)}
    if "lso_rmse" in run.metrics:
        tags["lso_rmse"] = f"{run.metrics['lso_rmse']:.4f}"
    with store.lock():
        known = {each.run_id for each in store.versions(name)}
        version = store.register(name, run, MODEL, tags)
        if run.run_id in known and version.tags.get("verdict"):
            return version, version.tags["verdict"]
        champion = champion_of(store, name)
        if champion is None or champion.number == version.number:
            verdict = Verdict(True, "the first model of its kind")
        else:
            verdict = judge(store, store.get(champion.run_id), run)
        alias = CHAMPION if verdict.better else CANDIDATE
        if verdict.better:
            make_champion(store, version)
        else:
            store.set_alias(name, CANDIDATE, version.number)
        text = f"{alias} ({verdict.why})"
        store.set_version_tag(version, "verdict", text)
    return version, text


def register_sei(store: MlflowStore, run: StoredRun) -> Version:
    """Register the SEI model of a run; one that is registered already stays one version.

    The newest is the champion: every bundle brings its own, so none waits to replace another.
    """
    digest = run.tags["sei_sha256"]
    with store.lock():
        there = store.versions(SEI_MODEL_NAME, f"tags.sei_sha256 = '{digest}'")
        if there:
            version = there[0]
        else:
            tags = {"sei_sha256": digest, "note": run.tags.get("note", "")}
            version = store.register(SEI_MODEL_NAME, run, SEI_MODEL, tags)
            make_champion(store, version)
        if SEI_MEASURE in run.metrics and run.tags.get("metal") == "all":
            store.set_version_tag(version, SEI_MEASURE, f"{run.metrics[SEI_MEASURE]:.3f}")
    return version


def champion_of(store: MlflowStore, name: str) -> Version | None:
    """Return the champion among the versions of a model."""
    number = store.aliases(name).get(CHAMPION)
    return next((each for each in store.versions(name) if each.number == number), None)


def make_champion(store: MlflowStore, version: Version) -> None:
    """Let a version be the champion and remember the one before."""
    now = champion_of(store, version.name)
    if now is not None and now.number == version.number:
        return
    if now is not None:
        store.set_model_tag(version.name, HISTORY, _joined([*history(store, now.name), now.number]))
    store.set_alias(version.name, CHAMPION, version.number)


def history(store: MlflowStore, name: str) -> list[int]:
    """Return the former champions of a model, the last one last."""
    return [int(each) for each in store.model_tag(name, HISTORY).split(",") if each.isdigit()]


def rollback(store: MlflowStore, metal: str) -> tuple[Version, Version]:
    """Let the former champion of a metal be it again; return the old and the new one.

    Raises
    ------
    TrackingError
        If there is no former champion.
    """
    name = model_name(metal)
    with store.lock():
        versions = {each.number: each for each in store.versions(name)}
        now = champion_of(store, name) if versions else None
        former = [number for number in history(store, name) if number in versions] if now else []
        if now is None or not former:
            raise TrackingError(f"no former champion of {name} to go back to")
        store.set_model_tag(name, HISTORY, _joined(former[:-1]))
        store.set_alias(name, CHAMPION, former[-1])
        return now, versions[former[-1]]


def promote(store: MlflowStore, text: str) -> tuple[Version | None, Version]:
    """Make a model the champion by hand; return the former champion and the new one.

    Parameters
    ----------
    text
        A version, an alias or a run, see `finding.find_run`.

    Raises
    ------
    TrackingError
        If there is no such model, or the run registered none.
    """
    run = find_run(store, text)
    name = model_name(run.tags.get("metal", ""))
    with store.lock():
        mine = [each for each in store.versions(name) if each.run_id == run.run_id]
        if not mine:
            raise TrackingError(f"run {run.name} registered no model")
        former = champion_of(store, name)
        make_champion(store, mine[0])
        return former, mine[0]


def _joined(numbers: list[int]) -> str:
    return ",".join(map(str, numbers[-50:]))


def judge(store: MlflowStore, champion: StoredRun, challenger: StoredRun) -> Verdict:
    """Compare two trainings by the RMSE of LCE on sources that they had not seen."""
    ours, theirs = (run.metrics.get("lso_rmse") for run in (challenger, champion))
    if ours is None:
        return Verdict(False, "it was not validated on unseen sources")
    if theirs is None:
        return Verdict(True, f"{champion.name} was never validated on unseen sources")
    differing = [key for key in SAME if challenger.params.get(key) != champion.params.get(key)]
    if challenger.tags.get("data_sha256") != champion.tags.get("data_sha256"):
        differing.insert(0, "measurements")
    if differing:
        said = f"not comparable with {champion.name}: other {', '.join(differing)}"
        return Verdict(False, f"{said}; `anolyte models promote` overrules this")
    return _judged(store, champion, challenger, theirs, ours)


def _judged(
    store: MlflowStore, champion: StoredRun, challenger: StoredRun, theirs: float, ours: float
) -> Verdict:
    """Judge two trainings that are comparable, from their RMSE and held-out errors."""
    try:
        gain, noise = paired(_held_out(store, champion), _held_out(store, challenger))
    except (TrackingError, ValueError, OSError):
        gain, noise = theirs - ours, NOISE
    said = f"RMSE {ours:.3f}, that of {champion.name} {theirs:.3f}"
    if gain <= 0:
        return Verdict(False, f"{said}: no better")
    if gain <= noise:
        return Verdict(False, f"{said}: better by {gain:.3f}, within the noise {noise:.3f}")
    return Verdict(True, f"{said}: better by {gain:.3f}, more than the noise {noise:.3f}")


def _held_out(store: MlflowStore, run: StoredRun) -> pd.DataFrame:
    with tempfile.TemporaryDirectory() as folder:
        return pd.read_parquet(store.fetch(run, HELD_OUT, Path(folder)))


def paired(champion: pd.DataFrame, challenger: pd.DataFrame) -> tuple[float, float]:
    """Return by how much the challenger's RMSE is smaller and the noise, see `paired_gain`.

    Parameters
    ----------
    champion, challenger
        See `training_files.held_out_table`; the same measurements in the same order.

    Raises
    ------
    ValueError
        If the measurements are not the same, or all of one source.
    """
    key = ["electrolyte", "source", "ce_pct"]
    if not champion[key].equals(challenger[key]):
        raise ValueError("other measurements")
    old, new = (frame["error"].to_numpy(dtype=float) for frame in (champion, challenger))
    return paired_gain(old, new, champion["source"])
