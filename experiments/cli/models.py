"""`anolyte models`: registered models, and which of them is the champion."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from .shared.console import (
    AnyMetalOption,
    JsonOption,
    UriOption,
    print_json,
    print_table,
    records,
    tell,
)

if TYPE_CHECKING:
    from ..tracking.mlflow_store import MlflowStore

app = typer.Typer(help="Registered models, one name a metal.", no_args_is_help=True)


@app.command("list")
def list_command(
    metal: AnyMetalOption = None,
    tracking_uri: UriOption = None,
    json: JsonOption = False,
) -> None:
    """List the registered models, newest first.

    Example:  anolyte models list --metal Li
    """
    from anolyte.datasets.compounds.metals import as_metal

    from ..tracking.finding import models_table

    table = models_table(_store(tracking_uri), None if metal is None else as_metal(metal))
    if json:
        print_json(records(table))
    elif table.empty:
        tell("No registered models: anolyte train registers them.")
    else:
        print_table(table[[name for name in table if (table[name] != "").any()]])


@app.command("promote")
def promote_command(
    model: Annotated[
        str, typer.Argument(help="A version (Li/3), Li@candidate, or the training's run.")
    ],
    tracking_uri: UriOption = None,
) -> None:
    """Make a model the champion of its metal, whatever the comparison said.

    Example:  anolyte models promote Li/3
    """
    from ..tracking.registry import promote

    former, now = promote(_store(tracking_uri), model)
    print(f"champion: {now}" + (f" (was {former})" if former else ""))


@app.command("rollback")
def rollback_command(
    metal: Annotated[str, typer.Argument(help="Li, Na, K, Mg, Ca, Zn or Al.")],
    tracking_uri: UriOption = None,
) -> None:
    """Make the former champion of a metal the champion again.

    Example:  anolyte models rollback Li
    """
    from anolyte.datasets.compounds.metals import as_metal

    from ..tracking.registry import rollback

    former, now = rollback(_store(tracking_uri), as_metal(metal))
    print(f"champion: {now} (was {former})")


def _store(uri: str | None) -> MlflowStore:
    from ..tracking import tracking_uri as resolve
    from ..tracking.mlflow_store import MlflowStore

    return MlflowStore(resolve(uri), create=False)
