"""Log a training, an evaluation, a ranked list or suggestions as a run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from anolyte.models.bundles.bundle import read_manifest

from .contents import training_fields
from .evaluations import evaluation_fields, property_fields, sei_fields
from .lists import screening_fields, suggestions_fields
from .run_record import common_tags, default_name, now_ms
from .sending import RunReference, TrackedRun, staging, tracked

if TYPE_CHECKING:
    import pandas as pd
    from anolyte.models.sei.model import SEIModel

    from ..evaluation.evaluate import Evaluation
    from ..screening.ranked_list import RankedList
    from ..suggestions.suggest import Suggestions
    from ..training.train import TrainingResult

EFFICIENCY, SCREENING = "coulombic-efficiency", "screening"
SUGGESTIONS, SEI = "suggestions", "sei"
# The task of a run beside the trainings, in their experiment.
EVALUATION = "evaluation"


def experiment_name(metal: str, task: str) -> str:
    """Return the experiment of a metal and a task: ``anolyte/Li/screening``."""
    return f"anolyte/{metal}/{task}"


class _OpenRun:
    """A run that is under way."""

    def __init__(self, run: TrackedRun) -> None:
        self._run = run

    @property
    def problem(self) -> str:
        """Why the results will be kept in the outbox; "" if the store answers."""
        return self._run.problem


class TrainingRun(_OpenRun):
    """The run of a training that is under way, see `training_run`."""

    def log(self, result: TrainingResult, folder: Path) -> RunReference:
        """Log the training and its saved model, register the model, and return where."""
        with staging() as files:
            return self._run.finish(files, **training_fields(result, folder, files))


@contextmanager
def training_run(
    metal: str, uri: str | None = None, note: str = "", outbox: Path | None = None
) -> Iterator[TrainingRun]:
    """Cover a training with a run: its duration is real, and what stops it is marked.

    Parameters
    ----------
    metal
        Symbol of the metal.
    uri
        Tracking store; default MLFLOW_TRACKING_URI, else that of the project.
    note
        The user's own words.
    outbox
        Folder that keeps the results if the store cannot take them; default that of the project.

    Raises
    ------
    TrackingError
        If the store is a file that cannot be used. A server that does not answer is no error.

    Examples
    --------
    >>> from anolyte.experiments import gather, save_training, train, training_run
    >>> with training_run("Al", note="a first try") as run:
    ...     result = train(gather("Al"), "Al")
    ...     where = run.log(result, save_training(result, "anolyte-models/Al"))
    >>> where.experiment
    'anolyte/Al/coulombic-efficiency'
    """
    tags, name = common_tags(metal, EFFICIENCY, note), default_name(metal, "train", now_ms())
    with tracked(experiment_name(metal, EFFICIENCY), name, tags, uri, outbox) as run:
        yield TrainingRun(run)


def log_training(
    result: TrainingResult,
    folder: Path,
    uri: str | None = None,
    note: str = "",
    outbox: Path | None = None,
) -> RunReference:
    """Log a training that is over; see `training_run` for the parameters.

    Examples
    --------
    >>> from anolyte.experiments import gather, log_training, save_training, train
    >>> result = train(gather("Al"), "Al")
    >>> where = log_training(result, save_training(result, "anolyte-models/Al"), note="a first try")
    >>> where.experiment, where.uri
    ('anolyte/Al/coulombic-efficiency', 'sqlite:///mlflow.db')
    """
    with training_run(result.model.metal, uri, note, outbox) as run:
        return run.log(result, folder)


class EvaluationRun(_OpenRun):
    """The run of an evaluation that is under way, see `evaluation_run`."""

    def log(
        self, evaluation: Evaluation, sei: Mapping[str, pd.DataFrame] | None = None
    ) -> RunReference:
        """Log the evaluation, and the tables of the SEI model in its report."""
        with staging() as files:
            return self._run.finish(files, **evaluation_fields(evaluation, sei or {}, files))


@contextmanager
def evaluation_run(
    metal: str, uri: str | None = None, note: str = "", outbox: Path | None = None
) -> Iterator[EvaluationRun]:
    """Cover an evaluation with a run beside the trainings of the metal, see `training_run`."""
    tags, name = common_tags(metal, EVALUATION, note), default_name(metal, "evaluate", now_ms())
    with tracked(experiment_name(metal, EFFICIENCY), name, tags, uri, outbox) as run:
        yield EvaluationRun(run)


def log_screening(
    ranked: RankedList,
    model: str | Path | Mapping[str, Any],
    uri: str | None = None,
    note: str = "",
    space_file: str | Path | None = None,
    outbox: Path | None = None,
) -> RunReference:
    """Log a ranked list: the space, the model it used, the list as table, parquet and CSV.

    Parameters
    ----------
    ranked
        The list.
    model
        Folder of the model that ranked it, or its manifest, see `read_manifest`.
    space_file
        The file that the space was read from, or the name of a ready-made one; kept beside
        the list.

    Examples
    --------
    >>> from anolyte.datasets import shipped_compounds
    >>> from anolyte.experiments import CandidateSpace, log_screening, screen
    >>> from anolyte.models import load_model
    >>> known = shipped_compounds()
    >>> salts, solvents = [known["ZnSO4"], known["Zn(OTf)2"]], [known["H2O"], known["DME"]]
    >>> space = CandidateSpace.of("Zn", salts, solvents)

    >>> ranked = screen(space, load_model("anolyte-models/Zn"), top=3)
    >>> log_screening(ranked, "anolyte-models/Zn").experiment
    'anolyte/Zn/screening'
    """
    manifest = _manifest(model)

    def write(files: Path) -> dict[str, Any]:
        return screening_fields(ranked, manifest, files, space_file)

    return _log(ranked.metal, SCREENING, "screen", write, uri, note, outbox)


def log_suggestions(
    found: Suggestions,
    model: str | Path | Mapping[str, Any],
    uri: str | None = None,
    note: str = "",
    outbox: Path | None = None,
) -> RunReference:
    """Log a batch of suggested experiments and the model behind it, see `log_screening`.

    Examples
    --------
    >>> from anolyte.datasets import shipped_compounds
    >>> from anolyte.experiments import CandidateSpace, log_suggestions, suggest
    >>> from anolyte.models import load_model
    >>> known = shipped_compounds()
    >>> salts, solvents = [known["ZnSO4"], known["Zn(OTf)2"]], [known["H2O"], known["DME"]]
    >>> space = CandidateSpace.of("Zn", salts, solvents)

    >>> found = suggest(space, load_model("anolyte-models/Zn"), [], batch=2)
    >>> log_suggestions(found, "anolyte-models/Zn").experiment
    'anolyte/Zn/suggestions'
    """
    manifest = _manifest(model)

    def write(files: Path) -> dict[str, Any]:
        return suggestions_fields(found, manifest, files)

    return _log(str(manifest["metal"]), SUGGESTIONS, "suggest", write, uri, note, outbox)


def log_sei(
    evaluation: pd.DataFrame,
    metal: str,
    uri: str | None = None,
    note: str = "",
    outbox: Path | None = None,
    *,
    reliability: pd.DataFrame | None = None,
    model: SEIModel | None = None,
) -> RunReference:
    """Log how good the SEI model is on one metal (or ``all``).

    Parameters
    ----------
    evaluation, reliability
        See `validation.evaluate` and, over all metals, `validation.reliability` of
        `anolyte.models.sei`.
    model
        The one that was evaluated: the run then carries it, and it is registered as
        ``anolyte-sei`` unless a training has registered the same already.

    Examples
    --------
    >>> from anolyte.experiments import evaluate_sei, log_sei
    >>> log_sei(evaluate_sei(repeats=1), "all").experiment
    'anolyte/all/sei'
    """

    def write(files: Path) -> dict[str, Any]:
        return sei_fields(evaluation, metal, files, reliability, model)

    return _log(metal, SEI, "sei", write, uri, note, outbox)


def log_property(
    name: str,
    metal: str,
    evaluation: pd.DataFrame,
    uri: str | None = None,
    note: str = "",
    outbox: Path | None = None,
) -> RunReference:
    """Log how good the model of a further property is, beside the trainings of the metal.

    Parameters
    ----------
    name
        Short name of the property, see `anolyte.models.properties`.
    evaluation
        See `anolyte.models.properties.validation.evaluate_property`.

    Examples
    --------
    >>> from anolyte.experiments import log_property
    >>> import pandas as pd
    >>> found = pd.DataFrame([{"split": "random", "model": "anolyte", "rmse": 0.02}])
    >>> log_property("hydrogen-onset", "Zn", found).experiment
    'anolyte/Zn/coulombic-efficiency'
    """
    tags = common_tags(metal, EVALUATION, note)
    run_name = default_name(metal, name, now_ms())
    experiment = experiment_name(metal, EFFICIENCY)
    with tracked(experiment, run_name, tags, uri, outbox) as run, staging() as files:
        return run.finish(files, **property_fields(name, metal, evaluation, files))


def _manifest(model: str | Path | Mapping[str, Any]) -> Mapping[str, Any]:
    return model if isinstance(model, Mapping) else read_manifest(Path(model))


def _log(
    metal: str,
    task: str,
    what: str,
    write: Callable[[Path], dict[str, Any]],
    uri: str | None,
    note: str,
    outbox: Path | None,
) -> RunReference:
    tags, name = common_tags(metal, task, note), default_name(metal, what, now_ms())
    with tracked(experiment_name(metal, task), name, tags, uri, outbox) as run, staging() as files:
        return run.finish(files, **write(files))
