"""Tracking: where trainings and ranked lists are kept, found and compared.

The only package that knows MLflow (`mlflow_store`, `mlflow_formats`). A run is first a plain
record, then sent; what a server cannot take waits in the outbox.
"""

from __future__ import annotations

from .address import TrackingError, UnreachableError, tracking_uri
from .api import (
    EvaluationRun,
    TrainingRun,
    evaluation_run,
    log_property,
    log_screening,
    log_sei,
    log_suggestions,
    log_training,
    training_run,
)
from .campaigns import Campaign, is_tracked, log_results
from .contents import model_id
from .finding import find_model
from .page import page_address, server_command
from .sending import RunReference, sync, tracked

__all__ = [
    "Campaign",
    "EvaluationRun",
    "RunReference",
    "TrackingError",
    "TrainingRun",
    "UnreachableError",
    "evaluation_run",
    "find_model",
    "is_tracked",
    "log_property",
    "log_results",
    "log_screening",
    "log_sei",
    "log_suggestions",
    "log_training",
    "model_id",
    "page_address",
    "server_command",
    "sync",
    "tracked",
    "tracking_uri",
    "training_run",
]
