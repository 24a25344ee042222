"""`anolyte data`: check, add, show, import and export measurement tables."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .shared.console import (
    CompoundsOption,
    JsonOption,
    NoTrackingOption,
    StoreOption,
    UriOption,
    print_json,
    print_table,
    records,
    registry_with,
    tell,
    tell_warnings,
)
from .shared.results import tell_results

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd
    from anolyte.datasets.errors import Fault
    from anolyte.datasets.measurements.corrections import Correction

app = typer.Typer(help="Measurement tables.", no_args_is_help=True)

TableMetalOption = Annotated[
    str | None, typer.Option("--metal", "-m", help="If the table has no column metal.")
]


@app.callback()
def _group() -> None:
    """Measurement tables."""


def _store(folder: Path | None) -> Path:
    from ..project import Project

    return folder or Project.here().data


def _as_records(faults: Iterable[Fault]) -> list[dict[str, str]]:
    return [
        {"place": f.place, "value": f.value, "reason": f.reason, "remedy": f.remedy} for f in faults
    ]


@app.command("check")
def check_command(
    file: Annotated[
        Path | None, typer.Argument(help="CSV, TSV or XLSX; without one, the shipped tables.")
    ] = None,
    metal: TableMetalOption = None,
    compounds: CompoundsOption = None,
    models: Annotated[
        Path | None,
        typer.Option("--models", help="Folder of trained models; default anolyte-models."),
    ] = None,
    json: JsonOption = False,
) -> None:
    """Check a measurement table: faults with row, column and remedy, then warnings.

    Where a model of the metal was trained, values far outside its interval are warnings too.

    Example:  anolyte data check my_cells.csv --metal Li
    """
    from anolyte.datasets.errors import InputError
    from anolyte.datasets.measurements.checks import warnings_of
    from anolyte.datasets.measurements.table import (
        efficiencies,
        load_measurements,
        read_measurements,
    )

    name = str(file or "the shipped tables")
    try:
        table = (
            load_measurements("all")
            if file is None
            else read_measurements(file, metal, registry_with(compounds))
        )
    except InputError as error:
        if not json:
            raise
        print_json({"file": name, "faults": _as_records(error.faults)})
        raise typer.Exit(2) from None
    warnings = warnings_of(table, published=file is None)
    if file is not None:
        from ..evaluation.outliers import outliers
        from ..project import Project

        warnings += outliers(table, models or Project.here().models)
    counts = {
        "rows": len(table),
        "Coulombic efficiencies to train on": len(efficiencies(table)),
        "sources": int(table["source"].nunique()),
    }
    if json:
        print_json({"file": name, "faults": [], "warnings": _as_records(warnings), **counts})
        return
    for warning in warnings:
        print(f"warning: {warning}")
    listed = ", ".join(f"{count} {what}" for what, count in counts.items())
    print(f"{name}: no faults, {len(warnings)} warnings; {listed}")


@app.command("add")
def add_command(
    file: Annotated[Path, typer.Argument(help="CSV, TSV or XLSX with measurements.")],
    metal: TableMetalOption = None,
    store: StoreOption = None,
    tracking_uri: UriOption = None,
    no_tracking: NoTrackingOption = False,
) -> None:
    """Add a checked table to the project's own measurements; training uses them from then on.

    What was suggested and measured is no longer pending, and is logged beside what was predicted
    into the run in MLflow that suggested it.

    Example:  anolyte data add my_cells.csv --metal Li
    """
    from anolyte.datasets.measurements.own import add_measurements

    from ..suggestions.pending import drop_measured

    folder = _store(store)
    done = add_measurements(file, folder, metal)
    tell_warnings(done.measurements)
    added = ", ".join(f"{count} of {symbol}" for symbol, count in done.added.items())
    print(f"Added {added} to {done.table}")
    if done.backup is not None:
        print(f"The table as it was: {done.backup}")
    ended = drop_measured(list(done.added), folder)
    if ended:
        print(f"No longer pending: {ended}")
    if not no_tracking:
        tell_results(list(done.added), folder, tracking_uri)


@app.command("remove")
def remove_command(
    ids: Annotated[list[str], typer.Argument(help="Of own measurements, such as own-00003.")],
    store: StoreOption = None,
) -> None:
    """Remove own measurements by their ids, which `anolyte data export` shows; keep a back-up.

    Example:  anolyte data remove own-00003 own-00004
    """
    from anolyte.datasets.measurements.corrections import remove_measurements

    done = remove_measurements(ids, _store(store))
    _tell_correction("removed", done)


@app.command("edit")
def edit_command(
    identifier: Annotated[str, typer.Argument(help="Of an own measurement, such as own-00003.")],
    changes: Annotated[
        list[str], typer.Argument(help="column=value; an empty value empties the cell.")
    ],
    store: StoreOption = None,
) -> None:
    """Change cells of an own measurement; the row is checked and a back-up kept.

    Example:  anolyte data edit own-00003 ce_pct=98.2 "notes=read again"
    """
    from anolyte.datasets.measurements.corrections import edit_measurement

    pairs = [change.partition("=") for change in changes]
    unread = [column for column, sign, _ in pairs if not sign]
    if unread:
        raise ValueError(f"{unread[0]!r}: write column=value, e.g. ce_pct=98.2")
    cells = {column.strip(): value.strip() for column, _, value in pairs}
    done = edit_measurement(identifier, cells, _store(store))
    _tell_correction("was", done)
    _tell_rows("is", done.after)


def _tell_correction(what: str, done: Correction) -> None:
    _tell_rows(what, done.before)
    print(f"The table as it was: {done.backup}")


def _tell_rows(what: str, rows: pd.DataFrame) -> None:
    for row in rows.to_dict("records"):
        ce = (
            ""
            if row["ce_pct"] != row["ce_pct"]
            else f", CE {row['ce_qualifier']}{row['ce_pct']:g} %"
        )
        print(f"{what}: {row['measurement_id']} {row['metal']}, {row['electrolyte']}{ce}")


@app.command("show")
def show_command(
    metal: Annotated[str, typer.Option("--metal", "-m", help="A metal, or all.")] = "all",
    store: StoreOption = None,
    rows: Annotated[int, typer.Option("--rows", min=0, help="Measurements to print.")] = 10,
    json: JsonOption = False,
) -> None:
    """Show what is known: counts, coverage, conflicts, a histogram of CE, the best rows.

    Example:  anolyte data show --metal Na
    """
    from anolyte.datasets.measurements.checks import conflicts
    from anolyte.datasets.measurements.overview import (
        coverage,
        efficiency_histogram,
        known_measurements,
    )

    table = known_measurements(metal, _store(store))
    counts = coverage(table)
    if json:
        print_json({"coverage": records(counts), "measurements": records(table)})
        return
    print_table(counts, "Measurements")
    histogram = efficiency_histogram(table)
    widest = max(1, int(histogram["count"].max()))
    print("Plating/stripping Coulombic efficiency")
    for row in histogram.to_dict("records"):
        bar = "#" * round(40 * row["count"] / widest)
        print(f"  {row['range']:>14} %  {row['count']:4d}  {bar}")
    disputed = conflicts(table)
    if not disputed.empty:
        print_table(disputed, "Electrolytes whose reports contradict each other")
    columns = ["metal", "electrolyte", "ce_qualifier", "ce_pct", "sei_composition", "source"]
    best = table.sort_values("ce_pct", ascending=False, kind="stable")[columns].head(rows)
    if rows:
        # Some are long addresses; `data export` and --json give them whole.
        sources = best["source"].map(lambda text: text if len(text) <= 48 else text[:47] + "…")
        print_table(best.assign(source=sources).fillna("-"), "Highest reported")


@app.command("import")
def import_command(
    file: Annotated[Path, typer.Argument(help="A published table.")],
    out: Annotated[Path, typer.Option("--out", help="CSV to write, for `anolyte data add`.")],
    format_name: Annotated[
        str | None,
        typer.Option(
            "--format",
            help="helena, s4, electrolytomics, edb2, ibm-lce, kim-ratios, calisol, anolyte or "
            "general; found by the columns if not given.",
        ),
    ] = None,
    solvents: Annotated[
        str, typer.Option("--solvents", help="general: columns as name:part, separated by commas.")
    ] = "",
    salts: Annotated[
        str, typer.Option("--salts", help="general: columns as name:amount, separated by commas.")
    ] = "",
    additives: Annotated[
        str, typer.Option("--additives", help="general: columns as name:amount.")
    ] = "",
    ratio: Annotated[
        str, typer.Option("--ratio", help="general: what the parts count: v/v, w/w or mol/mol.")
    ] = "v/v",
    salt_unit: Annotated[
        str, typer.Option("--salt-unit", help="general: M, m, mM, or mol/mol with the solvents.")
    ] = "M",
    additive_unit: Annotated[
        str, typer.Option("--additive-unit", help="general: wt%, vol%, mol%, ppm, M, m or mM.")
    ] = "wt%",
    ce: Annotated[str, typer.Option("--ce", help="general: the column of the efficiency.")] = "CE",
    scale: Annotated[
        str, typer.Option("--scale", help="general: what it holds: percent, fraction or lce.")
    ] = "percent",
    source: Annotated[
        str, typer.Option("--source", help="general: a column, or the source of all rows.")
    ] = "source",
    metal: TableMetalOption = None,
    more: Annotated[
        list[str] | None,
        typer.Option("--column", help="general: cycles=Cycle and the like; may be repeated."),
    ] = None,
) -> None:
    """Convert a published table to the columns of this project; say what did not convert.

    Example:  anolyte data import helena.csv --out helena_rows.csv
    Example:  anolyte data import lab.csv --format general --solvents "S1:P1,S2:P2"
              --salts "Salt:Molarity" --ce CE --source "notebook 12" --metal Na --out rows.csv
    """
    import pandas as pd
    from anolyte.datasets.importers.general import column_map, general
    from anolyte.datasets.importers.reading import detect, import_rows, named_importer
    from anolyte.datasets.measurements.own import write_table

    if format_name == "general":
        parts = {"solvents": solvents, "salts": salts, "additives": additives}
        told = {"ratio": ratio, "salt_unit": salt_unit, "additive_unit": additive_unit}
        told |= {"ce": ce, "scale": scale, "source": source, "metal": metal or ""}
        importer = general(column_map(parts, more or [], **told))
    else:
        importer = named_importer(format_name) if format_name else detect(file)
    rows, skipped = import_rows(file, importer)
    for fault in skipped:
        tell(f"left out: {fault}")
    write_table(pd.DataFrame(rows, columns=list(importer.columns)).fillna(""), out)
    told_next = f"; next: anolyte data add {out}" if "ce_pct" in importer.columns else ""
    print(f"{out}: {len(rows)} rows, {len(skipped)} left out{told_next}")


@app.command("export")
def export_command(
    out: Annotated[Path, typer.Option("--out", help="File to write: .csv or .parquet.")],
    metal: Annotated[str, typer.Option("--metal", "-m", help="A metal, or all.")] = "all",
    store: StoreOption = None,
) -> None:
    """Write the shipped and own measurements to one file.

    Example:  anolyte data export --metal Na --out sodium.parquet
    """
    from anolyte.datasets.files.exports import write_table_file
    from anolyte.datasets.measurements.overview import known_measurements

    table = known_measurements(metal, _store(store))
    print(f"{write_table_file(table, out)}: {len(table)} rows")
