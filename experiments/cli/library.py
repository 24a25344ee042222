"""`anolyte library`: make neighbours of known molecules, read files of molecules, list filters."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .shared.console import (
    CompoundsOption,
    JsonOption,
    print_json,
    print_table,
    progress_bar,
    records,
    separated,
    tell,
)
from .shared.libraries import CacheOption, CardsOption, SdfOption

app = typer.Typer(
    help="Molecules that no registry holds: make them from known ones, read files of them.",
    no_args_is_help=True,
)


@app.command("make")
def make_command(
    parents: Annotated[
        str, typer.Option("--from", help="Molecules to start from, separated by commas.")
    ],
    moves: Annotated[
        str, typer.Option("--moves", help="Separated by commas, all by default: library moves.")
    ] = "",
    times: Annotated[
        int, typer.Option("--times", min=1, max=3, help="Edits, one after the other.")
    ] = 1,
    most: Annotated[int, typer.Option("--most", min=1, help="Molecules at most.")] = 100_000,
    max_atoms: Annotated[
        int, typer.Option("--max-atoms", min=1, help="Atoms other than hydrogen at most.")
    ] = 17,
    out: Annotated[
        Path | None, typer.Option("--out", help="Write the library: .csv or .parquet.")
    ] = None,
    sdf: SdfOption = None,
    page: Annotated[
        Path | None, typer.Option("--page", help="Write a page with each molecule drawn, .html.")
    ] = None,
    picture: CardsOption = None,
    compounds: CompoundsOption = None,
    show: Annotated[int, typer.Option("--show", min=0, help="Rows to print.")] = 10,
    json: JsonOption = False,
) -> None:
    """Make the neighbours of known molecules by edits that a chemist would try.

    Example:  anolyte library make --from DME,DEE,TTE --times 2 --out neighbours.csv
    Example:  anolyte library make --from DEE --moves fluorinate-beta,lengthen --picture dee.png
    """
    from anolyte.datasets.compounds.registry import shipped_compounds
    from anolyte.datasets.files.atomic import write_bytes
    from anolyte.datasets.files.exports import checked_table_path, write_table_file

    from ..libraries.neighbours import as_table, make_library
    from ..libraries.sdf import write_sdf

    if out is not None:
        checked_table_path(out)
    known = shipped_compounds()
    known = known if compounds is None else known.extended(compounds)
    start = [known.find(name) for name in separated(parents)]
    with progress_bar() as progress:
        made = make_library(start, separated(moves), times, most, max_atoms, progress)
    table = as_table(made)
    if out is not None:
        write_table_file(table, out)
    if sdf is not None:
        write_sdf(table, sdf)
    if page is not None:
        from ..libraries.pages import library_page

        write_bytes(library_page(table, made.name).encode(), page)
    if picture is not None:
        from ..plots.molecule_cards import molecule_cards

        molecule_cards(table).savefig(picture)
    if json:
        print_json({"molecules": len(made), "library": records(table)})
        return
    print_table(table.drop(columns="name").head(show), f"{len(made):,} {made.name}")
    if out is not None:
        print(f"Library: {out}")


@app.command("moves")
def moves_command(json: JsonOption = False) -> None:
    """List the moves with their edits as reaction SMARTS.

    Example:  anolyte library moves
    """
    import pandas as pd

    from ..libraries.moves import MOVES

    rows = [
        {"move": move, "edit": edit, "reaction": smarts}
        for move, edits in MOVES.items()
        for edit, smarts in edits.items()
    ]
    if json:
        print_json(rows)
        return
    print_table(pd.DataFrame(rows), "Moves of library make")


@app.command("filters")
def filters_command(json: JsonOption = False) -> None:
    """List the filters that molecules pass before anything is predicted, with their basis.

    Example:  anolyte library filters
    """
    import pandas as pd

    from ..libraries.filters import FILTERS

    rows = [
        {"filter": name, "fails": each.says, "policy": each.policy, "basis": each.basis}
        for name, each in FILTERS.items()
    ]
    if json:
        print_json(rows)
        return
    print_table(pd.DataFrame(rows), "Filters; --filters NAME=drop, flag or keep changes a policy")


@app.command("read")
def read_command(
    path: Annotated[Path, typer.Argument(help="A .smi, .csv or .sdf file, perhaps .gz.")],
    out: Annotated[
        Path | None, typer.Option("--out", help="Write what was read: .csv or .parquet.")
    ] = None,
    workers: Annotated[int, typer.Option("--workers", min=1, help="Processes.")] = 2,
    cache: CacheOption = None,
    json: JsonOption = False,
) -> None:
    """Read a file of molecules and tell what is in it, each kind of fault with an example.

    Example:  anolyte library read solvents.smi
    """
    from anolyte.datasets.files.exports import checked_table_path, write_table_file

    from ..libraries.library import read_library
    from ..libraries.neighbours import as_table

    if out is not None:
        checked_table_path(out)
    with progress_bar() as progress:
        found = read_library(path, cache, workers, progress)
    if out is not None:
        write_table_file(as_table(found), out)
    if json:
        troubles = [vars(each) for each in found.troubles]
        print_json(
            {
                "records": found.read,
                "molecules": len(found),
                "duplicates": found.duplicates,
                "troubles": troubles,
            }
        )
        return
    for sentence in found.summary():
        print(sentence)
    if out is not None:
        tell(f"Library: {out}")
