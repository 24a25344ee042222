"""The `anolyte` command: registers the commands and turns errors into one clear message."""

from __future__ import annotations

import sys

import typer

from . import (
    compounds,
    data,
    evaluate,
    explain,
    models,
    predict,
    quantum,
    runs,
    screen,
    space,
    suggest,
    train,
    ui,
)

app = typer.Typer(
    name="anolyte",
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
app.command("screen")(screen.screen_command)
app.command("suggest")(suggest.suggest_command)
app.add_typer(space.app, name="space")
app.add_typer(data.app, name="data")
app.add_typer(compounds.app, name="compounds")
app.add_typer(quantum.app, name="quantum")
app.add_typer(runs.app, name="runs")
app.add_typer(models.app, name="models")
app.command("ui")(ui.ui_command)


def main() -> None:
    """Run the command line; a known error ends with one message and exit code 2."""
    try:
        app()
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        raise SystemExit(130) from None
    except Exception as error:
        from anolyte.datasets.errors import AnolyteError

        if not isinstance(error, (AnolyteError, ValueError, OSError)):
            raise
        print(f"error: {error}", file=sys.stderr)
        raise SystemExit(2) from None


if __name__ == "__main__":
    main()
