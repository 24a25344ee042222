"""What is written in MLflow's own formats: tables, the identity of data, a model's card."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from .run_record import DatasetFacts

if TYPE_CHECKING:
    import pandas as pd


def write_table(frame: pd.DataFrame, path: Path) -> None:
    """Write a table in the form that MLflow's page shows as one."""
    path.write_text(frame.to_json(orient="split", index=False, force_ascii=False), "utf-8")


def dataset_facts(frame: pd.DataFrame, name: str, source: str, digest: str) -> DatasetFacts:
    """Return the identity of measurements, described by MLflow (schema, number of rows)."""
    import warnings

    import mlflow

    with warnings.catch_warnings():
        # Several kinds of source would fit a file path; which one MLflow picks is no matter.
        warnings.simplefilter("ignore", UserWarning)
        data = mlflow.data.from_pandas(frame, source, "ce_pct", name, digest).to_dict()
    return DatasetFacts(name, digest, source, schema=data["schema"], profile=data["profile"])


def write_mlmodel(folder: Path, outputs: Mapping[str, str], example: str, held: str) -> None:
    """Describe a model folder for MLflow: its signature and an input example.

    Every model of ours takes the texts of electrolytes; `held` is the file that holds it.

    The flavour is our own and has no loader, so that MLflow never runs code to load it.
    """
    from mlflow.models import Model
    from mlflow.models.signature import ModelSignature
    from mlflow.types.schema import ColSpec, Schema

    schemas = [Schema([ColSpec(kind, name) for name, kind in side.items()])
               for side in ({"electrolyte": "string"}, outputs)]  # fmt: skip
    shown_example = {"artifact_path": "input_example.json", "type": "dataframe"}
    model = Model(
        signature=ModelSignature(*schemas),
        saved_input_example_info=shown_example | {"pandas_orient": "split"},
    )
    model.add_flavor("anolyte", bundle=held)
    model.save(str(folder / "MLmodel"))
    (folder / "input_example.json").write_text(example, "utf-8")
