"""The generated pages of the documentation: every command, and every public name.

Writes Markdown from the command line's own help and the packages' ``__all__``; the site is
built by MkDocs, which calls this through ``docs/build/hooks.py``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any

import typer
from typer.main import get_command

# The packages whose public names are those of their ``__all__``.
PACKAGES = ("anolyte.datasets", "anolyte.features", "anolyte.models")
# `anolyte.experiments` collects none, so that one command loads no other's modules.
EXPERIMENTS: Mapping[str, tuple[str, ...]] = {
    "Training and evaluation": (
        "training.train.gather",
        "training.train.gather_others",
        "training.train.train",
        "training.train.TrainingResult",
        "training.train.save_training",
        "evaluation.evaluate.evaluate",
        "evaluation.evaluate.Evaluation",
        "evaluation.evaluate_sei.evaluate_sei",
        "evaluation.report.write_report",
    ),
    "Screening": (
        "spaces.candidate_space.CandidateSpace",
        "screening.screen.screen",
        "screening.ranked_list.RankedList",
        "ranking.ranking.Ranking",
        "constraints.constraint.Constraint",
        "constraints.constraint.Constraints",
    ),
    "Criteria": (
        "ranking.criteria.LowerBound",
        "ranking.criteria.Expected",
        "ranking.criteria.Probability",
        "ranking.multi_objective.Weighted",
        "ranking.multi_objective.Pareto",
        "ranking.criteria.Precedent",
    ),
    "Suggesting": (
        "suggestions.suggest.suggest",
        "suggestions.suggest.Suggestions",
        "suggestions.lab_sheet.lab_sheet",
        "suggestions.pending.measured_electrolytes",
    ),
    "Tracking": (
        "tracking.training_run",
        "tracking.log_training",
        "tracking.log_screening",
        "tracking.log_suggestions",
        "tracking.log_sei",
        "tracking.find_model",
        "tracking.sync",
        "tracking.RunReference",
    ),
}
_EXAMPLE = re.compile(r"^Example:\s+(?P<command>.+)$")


def command_tree(app: typer.Typer) -> dict[tuple[str, ...], Any]:
    """Return every command of an app by its words; those of the app itself are ``()``."""
    found: dict[tuple[str, ...], Any] = {}

    def walk(command: Any, words: tuple[str, ...]) -> None:
        found[words] = command
        for name, child in getattr(command, "commands", {}).items():
            walk(child, (*words, name))

    walk(get_command(app), ())
    return found


def command_reference(app: typer.Typer, name: str = "anolyte") -> str:
    """Return the page of all commands as Markdown.

    Parameters
    ----------
    app
        The app, whose help texts are the source.
    name
        What is typed for it.
    """
    tree = command_tree(app)
    lines = [
        "# Commands",
        "",
        f"All that `{name} COMMAND --help` says. Results go to standard output, messages to "
        "standard error; a mistake ends with one message and exit code 2.",
        "",
    ]
    for words, command in tree.items():
        if words:
            lines += _command(command, " ".join((name, *words)), len(words) + 1)
    return "\n".join(lines)


def _command(command: Any, title: str, level: int) -> Iterator[str]:
    """Yield the lines of one command."""
    yield from (f"{'#' * level} `{title}`", "")
    text, examples = _prose_and_examples(command.help or "")
    yield from (text, "")
    if getattr(command, "commands", None):
        return
    arguments = [each for each in command.params if each.param_type_name == "argument"]
    options = [each for each in command.params if each.param_type_name == "option"]
    if examples:
        yield from ("```bash", *examples, "```", "")
    if arguments:
        yield from ("| argument | meaning |", "| --- | --- |")
        yield from (f"| `{_argument(each)}` | {_cell(each.help)} |" for each in arguments)
        yield ""
    if options:
        yield from ("| option | meaning | default |", "| --- | --- | --- |")
        yield from (_option(each) for each in options)
        yield ""


def _prose_and_examples(text: str) -> tuple[str, list[str]]:
    """Return a help text without its examples, and these."""
    prose, examples = [], []
    for line in text.splitlines():
        match = _EXAMPLE.match(line.strip())
        if match:
            examples.append(match["command"])
        else:
            prose.append(line)
    return "\n".join(prose).strip(), examples


def _argument(argument: Any) -> str:
    shown = str(argument.name).upper()
    shown += "..." if argument.nargs != 1 else ""
    return shown if argument.required else f"[{shown}]"


def _option(option: Any) -> str:
    names = ", ".join(f"`{name}`" for name in (*option.opts, *option.secondary_opts))
    default = option.default
    # Without one, or a switch that is off, there is nothing to say.
    silent = default is None or default is False or default == ""
    shown = "" if silent or callable(default) else f"`{default}`"
    if option.secondary_opts:
        shown = f"`{(option.opts if default else option.secondary_opts)[0]}`"
    return f"| {names} | {_cell(option.help)} | {shown} |"


def _cell(text: str | None) -> str:
    return " ".join((text or "").split()).replace("|", "\\|").replace("<", "&lt;")


def public_names(package: str) -> list[str]:
    """Return the whole names of what a package offers."""
    if package in PACKAGES:
        return [f"{package}.{name}" for name in import_module(package).__all__]
    return [f"anolyte.experiments.{name}" for names in EXPERIMENTS.values() for name in names]


def api_page(package: str) -> str:
    """Return the page of a package's public names, as mkdocstrings reads it."""
    summary = (import_module(package).__doc__ or "").strip().splitlines()[0]
    lines = [f"# `{package}`", "", summary, ""]
    if package in PACKAGES:
        # Classes and functions; plain values have no page of their own.
        names = [name for name in public_names(package) if _is_documented(name)]
        return "\n".join([*lines, *(_block(name, 2) for name in names)])
    for title, names_of in EXPERIMENTS.items():
        lines += [f"## {title}", ""]
        lines += [_block(f"anolyte.experiments.{name}", 3) for name in names_of]
    return "\n".join(lines)


def named(name: str) -> Any:
    """Return the object of a whole name."""
    module, _, last = name.rpartition(".")
    return getattr(import_module(module), last)


def _is_documented(name: str) -> bool:
    found = named(name)
    return isinstance(found, type) or hasattr(found, "__wrapped__") or hasattr(found, "__code__")


def _block(name: str, level: int) -> str:
    return f"::: {name}\n    options:\n      heading_level: {level}\n"
