"""`anolyte pending`: the experiments that were suggested and are not yet measured."""

from __future__ import annotations

from typing import Annotated

import typer

from .shared.console import (
    AnyMetalOption,
    JsonOption,
    MetalOption,
    StoreOption,
    print_json,
    print_table,
    records,
    tell,
)

app = typer.Typer(help="Experiments under way.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Experiments under way."""


@app.command("list")
def list_command(
    metal: AnyMetalOption = None, store: StoreOption = None, json: JsonOption = False
) -> None:
    """List the pending experiments, which are not suggested again.

    Example:  anolyte pending list --metal Na
    """
    import pandas as pd
    from anolyte.datasets.compounds.metals import METALS, as_metal

    from ..suggestions.pending import pending

    chosen = METALS if metal is None else (as_metal(metal),)
    found = pd.concat([pending(each, store) for each in chosen], ignore_index=True)
    if json:
        print_json(records(found))
    elif found.empty:
        tell("No experiment is pending.")
    else:
        print_table(found)


@app.command("release")
def release_command(
    formulations: Annotated[
        list[str] | None, typer.Argument(help="Pending formulations, each in quotes.")
    ] = None,
    metal: MetalOption = "Li",
    everything: Annotated[bool, typer.Option("--all", help="All of the metal.")] = False,
    store: StoreOption = None,
) -> None:
    """Give pending experiments up: they may be suggested again.

    Example:  anolyte pending release "1 M NaPF6 in G2" --metal Na
    """
    from anolyte.datasets.compounds.metals import as_metal

    from ..suggestions.pending import release

    if bool(formulations) == everything:
        raise ValueError("name pending formulations, or give --all")
    released = release(None if everything else formulations, as_metal(metal), store)
    for text in released["electrolyte"]:
        print(f"released: {text}")
