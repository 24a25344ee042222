"""MLflow: where trainings and ranked lists are kept. The only module that knows MLflow.

Telemetry and job execution are off. The default store is ``sqlite:///mlflow.db`` in the
working directory, initialised once under a file lock because MLflow's own first use is not
safe in parallel.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

# Before MLflow is imported: it reads these once.
os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
os.environ["DO_NOT_TRACK"] = "true"
os.environ["MLFLOW_SERVER_ENABLE_JOB_EXECUTION"] = "false"
os.environ.setdefault("MLFLOW_LOGGING_LEVEL", "WARNING")
os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")

from anolyte.datasets.errors import AnolyteError
from anolyte.models.store import read_manifest

from .rank import RankedList
from .train import TrainingResult

DEFAULT_URI = "sqlite:///mlflow.db"
ARTIFACTS = "mlartifacts"
TABLE_ROWS = 200


class TrackingError(AnolyteError):
    """The tracking store cannot be used."""


@dataclass(frozen=True)
class RunReference:
    """Where a run is kept."""

    run_id: str
    experiment: str
    uri: str

    def __str__(self) -> str:
        return f"run {self.run_id} in experiment {self.experiment} at {self.uri}"


def tracking_uri(given: str | None = None) -> str:
    """Return the tracking URI: as given, from MLFLOW_TRACKING_URI, or the default."""
    return given or os.environ.get("MLFLOW_TRACKING_URI") or DEFAULT_URI


def _sqlite_file(uri: str) -> Path | None:
    return Path(uri.removeprefix("sqlite:///")) if uri.startswith("sqlite:///") else None


@contextmanager
def _lock(uri: str) -> Iterator[None]:
    """Hold the store's lock while it is initialised; a server does that by itself."""
    database = _sqlite_file(uri)
    if database is None:
        yield
        return
    from filelock import FileLock

    database.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(database.with_name(database.name + ".lock"), timeout=120):
        yield


@contextmanager
def run(
    experiment: str, name: str, tags: Mapping[str, str], uri: str | None = None
) -> Iterator[RunReference]:
    """Start a run in an experiment (made on first use) and end it, failed if an error rises.

    Raises
    ------
    TrackingError
        If the store cannot be reached or written.
    """
    import logging

    import mlflow
    from mlflow.exceptions import MlflowException
    from sqlalchemy.exc import SQLAlchemyError

    logging.getLogger("alembic").setLevel(logging.WARNING)
    where = tracking_uri(uri)
    try:
        with _lock(where):
            mlflow.set_tracking_uri(where)
            experiment_id = _experiment_id(experiment, where)
        started = mlflow.start_run(
            experiment_id=experiment_id,
            run_name=name,
            tags={"anolyte.version": version("anolyte"), **tags},
        )
    except (MlflowException, SQLAlchemyError, OSError) as error:
        raise TrackingError(f"cannot use the tracking store {where}: {error}") from error
    with started:
        yield RunReference(started.info.run_id, experiment, where)


def _experiment_id(name: str, uri: str) -> str:
    import mlflow

    found = mlflow.get_experiment_by_name(name)
    if found is not None:
        return str(found.experiment_id)
    database = _sqlite_file(uri)
    location = None if database is None else (database.resolve().parent / ARTIFACTS).as_uri()
    # The kind makes MLflow's page show runs and plots instead of its GenAI views.
    tags = {"mlflow.experimentKind": "custom_model_development"}
    return str(mlflow.create_experiment(name, artifact_location=location, tags=tags))


def _parameters(values: Mapping[str, Any]) -> dict[str, str]:
    return {
        key: ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
        for key, value in values.items()
    }


def log_training(
    result: TrainingResult, folder: Path, uri: str | None = None, note: str = ""
) -> RunReference:
    """Log a training: parameters, metrics, data set, plots and the model's files."""
    import mlflow

    from . import plots

    model = result.model
    tags = {"metal": model.metal, "task": "coulombic-efficiency", "split": "leave-source-out"}
    if note:
        tags["mlflow.note.content"] = note
    with run(
        f"anolyte/{model.metal}/coulombic-efficiency", f"train {model.metal}", tags, uri
    ) as reference:
        mlflow.log_params(
            _parameters(
                {
                    "metal": model.metal,
                    "blocks": model.blocks,
                    "recipe": model.choice_.recipe,
                    "slope": round(model.choice_.slope, 3),
                    "scopes": model.scopes,
                    "folds": model.folds,
                    "seed": model.seed,
                    "rows": len(result.measurements),
                    "sources": result.measurements["source"].nunique(),
                    "features": len(model.feature_names),
                    "repeats": result.repeats,
                }
            )
        )
        mlflow.set_tag("data_sha256", result.digest)
        # A ranked list carries the same tag: that is how it finds its training.
        mlflow.set_tag("model_id", model_id(read_manifest(folder)))
        mlflow.log_input(_dataset(result), context="training")
        mlflow.set_tag("evidence", model.evidence_)
        if result.validation is not None:
            _log_comparison(result)
            predicted = result.validation.predictions["anolyte"]
            title = f"{model.metal}: sources not seen"
            mlflow.log_figure(plots.parity(result.measurements, predicted, title), "parity.png")
            mlflow.log_figure(
                plots.residuals_by_source(result.measurements, predicted),
                "residuals_by_source.png",
            )
        if not result.curve.empty:
            mlflow.log_figure(plots.learning_curve_plot(result.curve), "learning_curve.png")
            for sources, rmse in result.curve[["sources", "rmse"]].to_numpy():
                mlflow.log_metric("learning_curve_rmse", float(rmse), step=round(sources))
        mlflow.log_artifacts(str(folder), "model")
    return reference


def _dataset(result: TrainingResult) -> Any:
    """Return the training rows as an MLflow data set with their digest."""
    import warnings

    import mlflow

    with warnings.catch_warnings():
        # Several kinds of source would fit a file path; which one MLflow picks is no matter.
        warnings.simplefilter("ignore", UserWarning)
        return mlflow.data.from_pandas(
            result.measurements[["electrolyte", "ce_pct", "source"]],
            source=f"anolyte-{version('anolyte')}/measurements_{result.model.metal}.csv",
            targets="ce_pct",
            name=f"{result.model.metal} Coulombic efficiencies",
            digest=result.digest[:16],
        )


def _log_comparison(result: TrainingResult) -> None:
    import mlflow

    ours = result.comparison.T["anolyte"].dropna().to_dict()
    mlflow.log_metrics({f"lso_{name}": value for name, value in ours.items()})
    baselines = result.comparison["rmse"].drop(index="anolyte").to_dict()
    for contender, rmse in baselines.items():
        mlflow.log_metric(f"{str(contender).replace(' ', '_')}.lso_rmse", rmse)
    table = result.comparison.reset_index(names="model")
    mlflow.log_table(table.round(4), "comparison.json")


def log_screening(
    ranked: RankedList, model: Mapping[str, Any], uri: str | None = None, note: str = ""
) -> RunReference:
    """Log a ranked list: the space, the model it used, the list as table, parquet and CSV.

    Parameters
    ----------
    ranked
        The list.
    model
        Manifest of the model, see `models.store.read_manifest`.
    """
    import tempfile

    import mlflow

    from . import plots
    from .tables import write_csv

    tags = {"metal": ranked.metal, "task": "screening"}
    if note:
        tags["mlflow.note.content"] = note
    with run(f"anolyte/{ranked.metal}/screening", f"screen {ranked.metal}", tags, uri) as reference:
        asked = {"criterion": ranked.criterion, "coverage": ranked.coverage, "top": len(ranked)}
        mlflow.log_params(_parameters({**ranked.space, **asked}))
        facts = model.get("facts", {})
        mlflow.set_tags(
            {
                "model_id": model_id(model),
                "data_sha256": facts.get("data_sha256", ""),
            }
        )
        frame = ranked.to_frame()
        mlflow.log_metrics(
            {
                "screened": ranked.screened,
                "best_ce_pct": float(frame["ce_pct"].iloc[0]),
                "best_ce_low": float(frame["ce_low"].iloc[0]),
            }
        )
        # The UI shows this table; the whole list goes beside it as files.
        mlflow.log_table(frame.head(TABLE_ROWS).round(3), "ranked_list.json")
        mlflow.log_dict(dict(ranked.space), "space.json")
        mlflow.log_figure(plots.ranked_bars(frame), "ranked_list.png")
        with tempfile.TemporaryDirectory() as folder:
            frame.to_parquet(Path(folder) / "ranked_list.parquet", index=False)
            write_csv(frame, Path(folder) / "ranked_list.csv")
            mlflow.log_artifacts(folder)
    return reference


def model_id(manifest: Mapping[str, Any]) -> str:
    """Return a short name of a model that changes with any of its files."""
    import hashlib

    digests = sorted(entry["sha256"] for entry in manifest["files"].values())
    return f"{manifest['metal']}-{hashlib.sha256(''.join(digests).encode()).hexdigest()[:12]}"


def server_command(uri: str, port: int) -> list[str]:
    """Return the arguments for Python that serve a store's MLflow page on this machine only.

    Raises
    ------
    TrackingError
        If the store is itself a server: its page is at its own address.
    """
    if uri.startswith(("http://", "https://")):
        raise TrackingError(f"{uri} is a server already: open it in a browser")
    with _lock(uri):
        _initialise(uri)
    listen = ["--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    return ["-m", "mlflow", "server", "--backend-store-uri", uri, *listen]


def page_address(port: int) -> str:
    """Return the address of the served page, in its view for models instead of GenAI."""
    return f"http://127.0.0.1:{port}/#/experiments?workflowType=machine_learning"


def _initialise(uri: str) -> None:
    from mlflow import MlflowClient

    MlflowClient(uri).search_experiments(max_results=1)
