"""The `anolyte` command: registers the commands and turns errors into one clear message."""

from __future__ import annotations

import errno
import sys
import warnings
from typing import Any

import typer
from anolyte.datasets.files.processes import terminable
from typer.core import TyperGroup

from . import (
    INTERRUPTED,
    compounds,
    convert,
    data,
    evaluate,
    explain,
    library,
    mix,
    models,
    pending,
    predict,
    quantum,
    runs,
    screen,
    space,
    suggest,
    train,
    ui,
)

# What the user can do about it, by what the system says.
REMEDIES = {
    errno.ENOSPC: "free some space, or write elsewhere",
    errno.EDQUOT: "free some space, or write elsewhere",
    errno.EFBIG: "write to another file system",
    errno.EROFS: "write to a folder that is not read-only",
    errno.EACCES: "see to the permissions, or write elsewhere",
    errno.EPERM: "see to the permissions, or write elsewhere",
}


class Interruptible(TyperGroup):
    """The commands; an interrupt ends any of them with exit code 130."""

    # Caught here, because releases of Typer treat an interrupt differently.
    def make_context(self, *args: Any, **kwargs: Any) -> Any:
        """Read a command line."""
        try:
            return super().make_context(*args, **kwargs)
        except KeyboardInterrupt:
            raise SystemExit(INTERRUPTED) from None

    def invoke(self, ctx: Any) -> Any:
        """Run the command of a command line."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            raise SystemExit(INTERRUPTED) from None


app = typer.Typer(
    name="anolyte",
    cls=Interruptible,
    help="Screen electrolytes for rechargeable metal anodes.",
    epilog="Start with:  anolyte train --metal Li   then   anolyte screen --metal Li",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("train")(train.train_command)
app.command("predict")(predict.predict_command)
app.command("explain")(explain.explain_command)
app.command("evaluate")(evaluate.evaluate_command)
app.command("convert")(convert.convert_command)
app.command("screen")(screen.screen_command)
app.command("suggest")(suggest.suggest_command)
app.command("mix")(mix.mix_command)
app.add_typer(space.app, name="space")
app.add_typer(library.app, name="library")
app.add_typer(data.app, name="data")
app.add_typer(pending.app, name="pending")
app.add_typer(compounds.app, name="compounds")
app.add_typer(quantum.app, name="quantum")
app.add_typer(runs.app, name="runs")
app.add_typer(models.app, name="models")
app.command("ui")(ui.ui_command)


def main() -> None:
    """Run the command line; a known error ends with one message and exit code 2."""
    warnings.showwarning = _warn
    try:
        with terminable():
            app()
    except Exception as error:
        from anolyte.datasets.errors import AnolyteError

        if not isinstance(error, (AnolyteError, ValueError, OSError, MemoryError)):
            raise
        print(f"error: {_told(error)}", file=sys.stderr)
        raise SystemExit(2) from None


def _warn(message: Warning | str, *_: object, **__: object) -> None:
    """Say a warning in one line: where in the code it was raised is of no use to the user."""
    print(f"warning: {message}", file=sys.stderr, flush=True)


def _told(error: Exception) -> str:
    """Return what went wrong and, where the system refused a file, the place and a remedy."""
    if isinstance(error, MemoryError):
        return "not enough memory"
    if not isinstance(error, OSError) or error.errno not in REMEDIES:
        return str(error)
    place = "" if error.filename is None else f"{error.filename}: "
    return f"{place}{(error.strerror or str(error)).lower()}; {REMEDIES[error.errno]}"
