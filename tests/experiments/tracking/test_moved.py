"""A project that was moved or copied: its runs' lists and models are found where it is now."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from anolyte.experiments.cli.app import app
from anolyte.experiments.screening.ranked_list import RankedList
from anolyte.experiments.tracking import TrackingError, log_screening, model_id, tracked
from anolyte.experiments.tracking.mlflow_store import MlflowStore
from anolyte.experiments.tracking.moved import PLACES
from anolyte.models.bundles.bundle import read_manifest
from typer.testing import CliRunner

BUNDLE = Path(__file__).parents[2] / "models" / "bundles" / "fixtures" / "K-schema-2"


def ranking() -> RankedList:
    names = [f"{number} M KFSI in DME" for number in range(1, 5)]
    values = np.linspace(99, 97, len(names))
    frame = pd.DataFrame({"rank": range(1, 5), "electrolyte": names, "ce_pct": values})
    frame = frame.assign(ce_low=values - 1, ce_high=values + 0.5)
    return RankedList(frame, "K", "lower-bound", 0.9, 1000, {"salts": ["KFSI"]})


@dataclass(frozen=True)
class Former:
    """A project, and the ids of its training and its ranked list."""

    folder: Path
    training: str
    screening: str

    @property
    def places(self) -> set[str]:
        """Every place that its store names."""
        return places(self.folder)


@pytest.fixture(scope="module")
def former(tmp_path_factory: pytest.TempPathFactory) -> Former:
    folder, manifest = tmp_path_factory.mktemp("former") / "potassium", read_manifest(BUNDLE)
    facts = {"metal": "K", "task": "coulombic-efficiency", "model_name": "anolyte-ce-K"}
    facts |= {"model_id": model_id(manifest), "data_sha256": "one"}
    files, uri = tmp_path_factory.mktemp("files"), f"sqlite:///{folder}/mlflow.db"
    shutil.copytree(BUNDLE, files / "model")
    with tracked("anolyte/K/coulombic-efficiency", "K-train", facts, uri, folder) as run:
        training = run.finish(files, model="anolyte-ce-K").run_id
    screening = log_screening(ranking(), manifest, uri, outbox=folder).run_id
    return Former(folder, training, screening)


@pytest.fixture
def gone(former: Former) -> Iterator[None]:
    """While the project is not where it was."""
    hidden = former.folder.with_name("hidden")
    former.folder.rename(hidden)
    yield
    hidden.rename(former.folder)


def anolyte(*arguments: str) -> str:
    done = CliRunner().invoke(app, list(arguments))
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done.stdout


def places(project: Path) -> set[str]:
    """Return every place that a project's store names for files of runs."""
    with closing(sqlite3.connect(project / "mlflow.db")) as store:
        return {
            place
            for table, column in PLACES
            for (place,) in store.execute(f"SELECT {column} FROM {table}")
            if "mlartifacts" in place
        }


@pytest.mark.parametrize("how", ["moved", "copied"])
def test_lists_and_models_are_found(
    how: str,
    former: Former,
    request: pytest.FixtureRequest,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before, now = former.places, tmp_path / "now"
    shutil.copytree(former.folder, now)
    if how == "moved":
        request.getfixturevalue("gone")
    monkeypatch.chdir(now)
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    with pytest.warns(UserWarning, match=f"moved or copied here from {former.folder}"):
        assert "4 M KFSI in DME" in anolyte("runs", "show", former.screening)
    asked = "1 M KFSI in DME"
    assert asked in anolyte("predict", asked, "--metal", "K", "--model", former.training)
    assert "champion" in anolyte("models", "list")
    # Further runs of the same experiments lie here as well.
    again = log_screening(ranking(), read_manifest(BUNDLE)).run_id
    assert (now / "mlartifacts" / again).is_dir()
    beside = (now / "mlartifacts").as_uri()
    assert len(places(now)) > len(before)
    assert all(place.startswith(beside) for place in places(now))
    if how == "moved":
        assert not former.folder.exists()
    else:
        assert former.places == before
        assert not (former.folder / "mlartifacts" / again).exists()


def test_a_store_under_another_name_stays_as_it_is(former: Former, tmp_path: Path) -> None:
    before = former.places
    (tmp_path / "link").symlink_to(former.folder)
    assert MlflowStore(f"sqlite:///{tmp_path}/link/mlflow.db").get(former.training).name
    assert former.places == before


def test_a_store_that_was_copied_alone_keeps_to_the_files_it_had(
    former: Former, tmp_path: Path
) -> None:
    shutil.copy(former.folder / "mlflow.db", tmp_path)
    store = MlflowStore(f"sqlite:///{tmp_path}/mlflow.db")
    found = store.fetch(store.get(former.screening), "ranked_list.csv", tmp_path / "into")
    assert found.is_relative_to(former.folder)


def test_a_copied_store_that_cannot_be_written_says_where_from(
    former: Former, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = tmp_path / "now"
    shutil.copytree(former.folder, now)

    def refused(*args: object, **how: object) -> sqlite3.Connection:
        return connect(f"{(now / 'mlflow.db').as_uri()}?mode=ro", uri=True)

    connect = sqlite3.connect
    monkeypatch.setattr("anolyte.experiments.tracking.moved.sqlite3.connect", refused)
    with pytest.raises(TrackingError, match=f"here from {former.folder}, .*readonly.*permissions"):
        MlflowStore(f"sqlite:///{now}/mlflow.db")
