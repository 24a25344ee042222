"""What the runs of an evaluation hold: of the efficiencies of a metal, and of the SEI."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from anolyte.models.efficiency.metrics import OURS

from .contents import accuracy, finite, measurements_facts
from .lists import write_list
from .mlflow_formats import write_table
from .run_record import Metric, readable
from .training_files import REPORT, SEI_MODEL, write_sei_model

if TYPE_CHECKING:
    import pandas as pd
    from anolyte.models.sei.model import SEIModel

    from ..evaluation.evaluate import Evaluation

SEI_EVALUATION = "sei_evaluation"
LEAVE_PUBLICATION_OUT = "leave-publication-out"


def evaluation_fields(
    evaluation: Evaluation, sei: Mapping[str, pd.DataFrame], files: Path
) -> dict[str, Any]:
    """Write the files of an evaluation to `files` and return the fields of its record.

    Parameters
    ----------
    sei
        Tables for the report, see `evaluate_sei.sei_tables`; perhaps none.
    """
    from ..evaluation.report import figures, write_report

    write_report([evaluation], sei, files / REPORT)
    write_table(evaluation.summary().round(4), files / "accuracy.json")
    for name, figure in figures(evaluation):
        figure.savefig(files / f"{name}.png")
    metal, rows = evaluation.metal, evaluation.measurements
    names = tuple(evaluation.splits)
    facts = {"metal": metal, "split": names, "blocks": evaluation.blocks, "seed": evaluation.seed}
    sizes = {"rows": len(rows), "sources": rows["source"].nunique()}
    tags = {key: text for key, text in readable(facts).items() if key != "metal"}
    return {
        "tags": {**tags, "data_sha256": evaluation.digest},
        "params": readable({**facts, **sizes}),
        "metrics": _metrics(evaluation),
        "dataset": measurements_facts(metal, rows, evaluation.digest),
        "tables": ("accuracy.json",),
    }


def _metrics(evaluation: Evaluation) -> tuple[Metric, ...]:
    """Return our figures on every split; those of the headline are named as a training's."""
    from ..evaluation.evaluate import HEADLINE

    found: tuple[Metric, ...] = ()
    for name, result in evaluation.splits.items():
        if name == HEADLINE:
            found += accuracy(result.table)
        else:
            found += finite(result.table.loc[OURS].items(), f"{name.replace('-', '_')}_")
    return found


def property_fields(name: str, metal: str, evaluation: pd.DataFrame, files: Path) -> dict[str, Any]:
    """Write the files of a property's evaluation to `files` and return its record's fields.

    Parameters
    ----------
    name
        Short name of the property.
    evaluation
        See `anolyte.models.properties.validation.evaluate_property`.
    """
    write_table(evaluation.round(4), files / "accuracy.json")
    ours = evaluation[evaluation["model"] == OURS].drop(columns="model").set_index("split")
    found: tuple[Metric, ...] = ()
    for split, row in ours.iterrows():
        found += finite(row.items(), f"{str(split).replace('-', '_')}_")
    facts = readable({"metal": metal, "property": name, "split": tuple(map(str, ours.index))})
    return {
        "tags": {key: text for key, text in facts.items() if key != "metal"},
        "params": facts,
        "metrics": found,
        "tables": ("accuracy.json",),
    }


def sei_fields(
    evaluation: pd.DataFrame,
    metal: str,
    files: Path,
    reliability: pd.DataFrame | None = None,
    model: SEIModel | None = None,
) -> dict[str, Any]:
    """Write the files of an SEI evaluation to `files` and return its record's fields.

    Parameters
    ----------
    evaluation, reliability
        See `validation.evaluate` and `validation.reliability` of `anolyte.models.sei`.
    metal
        Symbol, or ``all``.
    model
        The one that was evaluated, to be registered if it is not yet.

    Raises
    ------
    ValueError
        If no SEI of the metal was evaluated.
    """
    from ..evaluation.evaluate_sei import pivoted
    from ..plots.evaluation import reliability_curve

    mine = evaluation[evaluation["metal"] == metal]
    if mine.empty:
        raise ValueError(f"no SEI of {metal} was evaluated")
    write_list(mine, SEI_EVALUATION, files)
    tables = {
        f"sei_{task}.json": pivoted(rows, ["contender"], "metric")
        for task, rows in mine.groupby("task")
    }
    if reliability is not None and not reliability.empty:
        tables["sei_reliability.json"] = reliability
        reliability_curve(reliability).savefig(files / "sei_reliability.png")
    for name, table in tables.items():
        write_table(table.round(4), files / name)
    figures = {
        f"{row.task}.{row.contender}.{row.metric}".replace(" ", "_"): float(value)
        for row, value in zip(mine.itertuples(), mine["value"], strict=True)
    }
    # Of ours under short names too, which a search field takes without quotes.
    ours = mine[mine["contender"] == "SEIModel"]
    short = (ours["task"] + "_" + ours["metric"]).tolist()
    figures |= dict(zip(short, ours["value"].astype(float), strict=True))
    sizes = {"rows": int(mine["rows"].max()), "sources": int(mine["sources"].max())}
    digest = {} if model is None else {"sei_sha256": write_sei_model(model, files / SEI_MODEL)}
    return {
        "tags": {"split": LEAVE_PUBLICATION_OUT, **digest},
        "params": readable({"metal": metal, "split": LEAVE_PUBLICATION_OUT, **sizes}),
        "metrics": finite(figures.items()),
        "tables": (*tables, f"{SEI_EVALUATION}.json"),
    }
