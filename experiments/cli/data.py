"""`anolyte data`: check a measurement table."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .console import JsonOption, print_json

app = typer.Typer(help="Measurement tables.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Measurement tables."""


@app.command("check")
def check_command(
    file: Annotated[Path, typer.Argument(help="CSV, TSV or XLSX with measurements.")],
    metal: Annotated[
        str | None, typer.Option("--metal", "-m", help="If the table has no column metal.")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Check a measurement table and list every fault with its row, column and remedy.

    Example:  anolyte data check my_cells.csv --metal Li
    """
    from anolyte.datasets.errors import InputError
    from anolyte.datasets.measurements import efficiencies, read_measurements

    try:
        table = read_measurements(file, metal)
    except InputError as error:
        if not json:
            raise
        faults = [
            {"place": f.place, "value": f.value, "reason": f.reason, "remedy": f.remedy}
            for f in error.faults
        ]
        print_json({"file": str(file), "faults": faults})
        raise typer.Exit(2) from None
    counts = {
        "rows": len(table),
        "Coulombic efficiencies to train on": len(efficiencies(table)),
        "sources": int(table["source"].nunique()),
    }
    if json:
        print_json({"file": str(file), "faults": [], **counts})
        return
    listed = ", ".join(f"{count} {what}" for what, count in counts.items())
    print(f"{file}: no faults; {listed}")
