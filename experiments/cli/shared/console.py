"""What the commands share: options, progress bars, tables and JSON on standard output."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    import pandas as pd
    from anolyte.datasets.compounds.metals import Metal
    from anolyte.datasets.compounds.registry import Compound, CompoundRegistry
    from anolyte.models.efficiency.crossfit import Progress
    from anolyte.models.efficiency.model import CoulombicEfficiencyModel

MetalOption = Annotated[str, typer.Option("--metal", "-m", help="Li, Na, K, Mg, Ca, Zn or Al.")]
AnyMetalOption = Annotated[
    str | None, typer.Option("--metal", "-m", help="Li, Na, K, Mg, Ca, Zn or Al; all by default.")
]
MetalsOption = Annotated[
    str, typer.Option("--metal", "-m", help="Li, Na, K, Mg, Ca, Zn, Al or all.")
]
SeedOption = Annotated[int, typer.Option("--seed", min=0, help="Of every random choice.")]
CoverageOption = Annotated[
    float, typer.Option("--coverage", help="Of the interval: 0.5, 0.8 or 0.9.")
]
TemperatureOption = Annotated[
    float,
    typer.Option("--temperature", help="Of the conductivity, degrees C; no CE depends on it."),
]
LaboratoryOption = Annotated[
    str,
    typer.Option(
        "--lab", help="For which laboratory: as its rows name it (laboratory, else source)."
    ),
]
CurrentOption = Annotated[
    float | None, typer.Option("--current", help="Current density in mA/cm2, if it is known.")
]
CapacityOption = Annotated[
    float | None, typer.Option("--capacity", help="Areal capacity in mAh/cm2, if it is known.")
]
MethodOption = Annotated[
    str, typer.Option("--method", help="How CE is counted, if known: average or aurbach.")
]
TableFileOption = Annotated[
    Path | None, typer.Option("--out", help="Write the table, whole: .csv or .parquet.")
]
StoreOption = Annotated[
    Path | None, typer.Option("--store", help="Folder of own measurements; default anolyte-data.")
]
UriOption = Annotated[
    str | None,
    typer.Option(
        "--tracking-uri",
        help="MLflow store; default MLFLOW_TRACKING_URI, else mlflow.db of the project.",
    ),
]
CrateOption = Annotated[
    Path | None,
    typer.Option("--crate", help="Pack the results into this new folder as an RO-Crate."),
]
NoTrackingOption = Annotated[bool, typer.Option("--no-tracking", help="Do not log to MLflow.")]
NoteOption = Annotated[str, typer.Option("--note", help="A note kept with the run in MLflow.")]
ModelOption = Annotated[
    Path | None,
    typer.Option(
        "--model",
        help="Folder, run, Li/3, champion or candidate; default anolyte-models/<metal>.",
    ),
]
CompoundsOption = Annotated[
    Path | None,
    typer.Option("--compounds", help="CSV of your own compounds: abbreviation, smiles, ..."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for scripts.")]


def in_laboratory(model: CoulombicEfficiencyModel, name: str) -> CoulombicEfficiencyModel:
    """Return a model as it predicts for a laboratory, and tell what is known of that."""
    if not name:
        return model
    if not (rows := model.laboratory_rows(name)):
        known = model.domain_.measured["laboratory"].value_counts().head(5)
        most = "; ".join(f"{name} ({count})" for name, count in known.items())
        tell(
            f"No measurement of {model.metal} is of a laboratory {name!r}: predicting for a new "
            f"one. Those with most: {most}. Own rows: anolyte data add, then anolyte train."
        )
    else:
        tell(f"Laboratory {name}: {rows} of its measurements of {model.metal} are known.")
    return model.at_laboratory(name)


def conditions_of(
    current: float | None, capacity: float | None, method: str
) -> dict[str, float | str]:
    """Return the conditions of the options, checked."""
    from anolyte.models.efficiency.conditions import GIVEN, checked

    return checked(dict(zip(GIVEN, (current, capacity, method), strict=True)))


def tell(message: str) -> None:
    """Say something to the user on standard error, so that standard output stays data."""
    print(message, file=sys.stderr, flush=True)


def tell_warnings(measurements: pd.DataFrame) -> None:
    """Say what is probably wrong with a measurement table that has no faults."""
    from anolyte.datasets.measurements.checks import warnings_of

    for warning in warnings_of(measurements):
        tell(f"warning: {warning}")


def separated(text: str) -> list[str]:
    """Return the words of an option that are separated by commas."""
    return [word.strip() for word in text.split(",") if word.strip()]


def chosen_metals(text: str) -> tuple[Metal, ...]:
    """Return the metals of an option that takes one or ``all``.

    Raises
    ------
    ValueError
        If it is neither.
    """
    from anolyte.datasets.compounds.metals import METALS, as_metal

    return METALS if text.strip().casefold() == "all" else (as_metal(text),)


@contextmanager
def progress_bar() -> Iterator[Progress | None]:
    """Give a progress callback that draws bars on a terminal, or None where there is none."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich import progress
    from rich.console import Console

    columns = (
        progress.TextColumn("{task.description}"),
        progress.BarColumn(),
        progress.TimeElapsedColumn(),
    )
    with progress.Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        tasks = {}

        def update(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = bars.add_task(what, total=total)
            bars.update(tasks[what], completed=done, total=total)

        yield update


def print_table(frame: pd.DataFrame, title: str = "", number: str = "") -> None:
    """Print a table; text columns are never cut, floats are written as `cells.cell` does."""
    import pandas as pd
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from ...cells import MISSING, cell

    frame = frame.map(cell, number=number)
    if title:
        # Not rich's title: that one wraps at the width of the table.
        print(title)
    table = Table(box=box.SIMPLE_HEAD)
    for name in frame.columns:
        numeric = pd.to_numeric(frame[name].replace(MISSING, "0"), errors="coerce").notna().all()
        table.add_column(str(name), justify="right" if numeric else "left", overflow="fold")
    for row in frame.itertuples(index=False):
        # Text, not markup: square brackets belong to names such as [EMIm]Cl.
        table.add_row(*map(Text, row))
    console = Console()
    if not console.is_terminal:
        # A file has no width: wide enough for a ranked list.
        console = Console(width=200)
    console.print(table)


def print_json(value: object) -> None:
    """Print a value as JSON."""
    import json

    print(json.dumps(value, indent=2, ensure_ascii=False))


def records(frame: pd.DataFrame) -> list[dict[str, object]]:
    """Return a table as JSON-ready records; missing numbers become null."""
    import json

    return list(json.loads(frame.to_json(orient="records")))


def registry_with(compounds: Path | None) -> CompoundRegistry:
    """Return the shipped compounds and those of a user's table."""
    from anolyte.datasets.compounds.registry import shipped_compounds

    shipped = shipped_compounds()
    return shipped if compounds is None else shipped.extended(compounds)


def named_compounds(text: str) -> list[Compound]:
    """Return the compounds of a comma-separated list of names or ``{SMILES}``.

    Raises
    ------
    UnknownCompoundError
        With every name that is not known.
    """
    from anolyte.datasets.compounds.registry import shipped_compounds
    from anolyte.datasets.errors import Fault, UnknownCompoundError

    registry = shipped_compounds()
    found: list[Compound] = []
    faults: list[Fault] = []
    for name in separated(text):
        try:
            is_smiles = name.startswith("{") and name.endswith("}")
            found.append(registry.from_smiles(name[1:-1]) if is_smiles else registry[name])
        except UnknownCompoundError as error:
            faults += error.faults
    if faults:
        raise UnknownCompoundError("cannot look up", faults)
    return found
