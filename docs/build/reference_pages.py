"""The generated pages of the documentation: every command, and every public name.

Writes Markdown from the command line's own help and the packages' ``__all__``; the site is
built by MkDocs, which calls this through ``docs/build/hooks.py``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import typer
from typer.main import get_command

TITLES = {"sei": "SEI"}
PACKAGES = ("anolyte.datasets", "anolyte.features", "anolyte.models", "anolyte.experiments")
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
    """Return the whole names of the classes and functions that a package offers.

    Plain values and types are left out: they have no docstring to show.
    """
    offered = import_module(package).__all__
    return [f"{package}.{name}" for name in offered if _is_documented(f"{package}.{name}")]


def api_page(package: str) -> str:
    """Return the page of a package's public names, room by room, as mkdocstrings reads it."""
    lines = [f"# `{package}`", "", _summary(package), ""]
    rooms: dict[str, list[str]] = {}
    for name in public_names(package):
        rooms.setdefault(_room(name), []).append(name)
    for room, names in sorted(rooms.items()):
        title = room.rpartition(".")[2]
        lines += [f"## {TITLES.get(title, title.capitalize())}", "", _summary(room), ""]
        lines += [_block(name, 3) for name in names]
    return "\n".join(lines)


def _room(name: str) -> str:
    """Return the package, or the module right below the public one, where a name stands."""
    return ".".join(named(name).__module__.split(".")[:3])


def _summary(module: str) -> str:
    return (import_module(module).__doc__ or "").strip().splitlines()[0]


def named(name: str) -> Any:
    """Return the object of a whole name."""
    module, _, last = name.rpartition(".")
    return getattr(import_module(module), last)


def _is_documented(name: str) -> bool:
    found = named(name)
    return isinstance(found, type) or hasattr(found, "__wrapped__") or hasattr(found, "__code__")


def _block(name: str, level: int) -> str:
    return f"::: {name}\n    options:\n      heading_level: {level}\n"
