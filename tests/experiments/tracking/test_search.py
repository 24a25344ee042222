"""The filters that a user types find exactly the runs that they describe."""

from __future__ import annotations

from typing import Any

import pytest
from anolyte.experiments.tracking import tracked
from anolyte.experiments.tracking.mlflow_store import MlflowStore
from anolyte.experiments.tracking.run_record import Metric, common_tags
from anolyte.experiments.tracking.sending import staging

# name, metal, task, lso_rmse, further tags
RUNS: tuple[tuple[str, str, str, float | None, dict[str, str]], ...] = (
    ("good", "Na", "coulombic-efficiency", 0.28, {"seed": "0", "blocks": "composition, shell"}),
    ("poor", "Na", "coulombic-efficiency", 0.92, {"seed": "1", "blocks": "composition"}),
    ("lithium", "Li", "coulombic-efficiency", 0.28, {"seed": "0", "blocks": "composition"}),
    ("unjudged", "Na", "coulombic-efficiency", None, {"seed": "0", "split": "none"}),
    ("list", "Na", "screening", None, {"seed": "0", "blocks": "composition, shell"}),
)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> MlflowStore:
    """Store with some runs, all tagged as every run is."""
    folder = tmp_path_factory.mktemp("search")
    uri = f"sqlite:///{folder / 'mlflow.db'}"
    for name, metal, task, rmse, tags in RUNS:
        given: dict[str, Any] = {"split": "leave-source-out", "commit": f"{name}-commit", **tags}
        common = common_tags(metal, task, f"note on {name}")
        metrics = () if rmse is None else (Metric("lso_rmse", rmse),)
        experiment = f"anolyte/{metal}/{task}"
        with (
            tracked(experiment, name, {**common, **given}, uri, folder / "box") as run,
            staging() as files,
        ):
            run.finish(files, metrics=metrics)
    return MlflowStore(uri)


EVERY = {name for name, *_ in RUNS}


@pytest.mark.parametrize(
    ("where", "names"),
    [
        ("tags.metal = 'Na' and metrics.lso_rmse < 0.3", {"good"}),
        ("tags.metal = 'Na' and metrics.lso_rmse >= 0.3", {"poor"}),
        ("metrics.lso_rmse < 0.3", {"good", "lithium"}),
        ("tags.split = 'leave-source-out' and tags.metal = 'Na'", {"good", "poor", "list"}),
        ("tags.blocks LIKE '%shell%'", {"good", "list"}),
        ("tags.seed = '1'", {"poor"}),
        ("tags.commit = 'poor-commit'", {"poor"}),
        ("tags.note LIKE '%lithium'", {"lithium"}),
        ("tags.task = 'screening'", {"list"}),
        ("tags.version = '0.0.0'", set()),
        ("attributes.status = 'FINISHED' and tags.version != '0.0.0'", EVERY),
    ],
)
def test_filter(store: MlflowStore, where: str, names: set[str]) -> None:
    found = [run.name for run in store.runs(where=where)]
    assert sorted(found) == sorted(names)


def test_every_run_says_its_version(store: MlflowStore) -> None:
    from importlib.metadata import version

    assert {run.tags["version"] for run in store.runs()} == {version("anolyte")}
