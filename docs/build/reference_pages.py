"""The generated pages of the documentation: every command, and every public name.

Writes Markdown from the command line's own help and the packages' ``__all__``; the site is
built by MkDocs, which calls this through ``docs/build/hooks.py``.
"""

from __future__ import annotations

import re
from importlib import import_module
from typing import Any

import typer
from typer.cli import get_docs_for_click
from typer.main import get_command

TITLES = {"sei": "SEI"}
PACKAGES = ("anolyte.datasets", "anolyte.features", "anolyte.models", "anolyte.experiments")
NOTE = (
    "All that `anolyte COMMAND --help` says. Results go to standard output, messages to standard "
    "error; a mistake ends with one message and exit code 2."
)
_EXAMPLES = re.compile(r"^(?:Example:.+\n)+", re.M)
_CODE = re.compile(r"(```.*?```|`[^`\n]+`)", re.S)
_HELP = "* `--help`: Show this message and exit.\n"


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
    """Return the page of all commands as Markdown, as typer writes it.

    Parameters
    ----------
    app
        The app, whose help texts are the source.
    name
        What is typed for it.
    """
    tree = command_tree(app)
    for command in tree.values():
        # Else cut after 45 letters.
        command.short_help = (command.help or "").partition("\n")[0]
    context = typer.Context(tree[()])
    page = get_docs_for_click(obj=tree[()], ctx=context, name=name, title="Commands")
    page = page.replace(_HELP, "").replace("**Options**:\n\n\n", "")
    page = _EXAMPLES.sub(_fenced, page.replace("\n\n", f"\n\n{NOTE}\n\n", 1))
    # What stands in angle brackets outside of code would be taken for HTML.
    return "".join(
        part if at % 2 else part.replace("<", "&lt;") for at, part in enumerate(_CODE.split(page))
    )


def _fenced(examples: re.Match[str]) -> str:
    lines = [line.partition(":")[2].strip() for line in examples[0].strip().splitlines()]
    return "\n".join(["```bash", *lines, "```", ""])


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
