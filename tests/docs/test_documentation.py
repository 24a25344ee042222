"""What the documentation says exists: commands, options, formulations, names, search terms."""

from __future__ import annotations

import ast
import importlib.util
import re
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml
from anolyte.datasets import FormulationError, parse, read_measurements, shipped_compounds
from anolyte.experiments import (
    CandidateSpace,
    RunReference,
    TrainingResult,
    log_screening,
    screen,
)
from anolyte.experiments.cli.app import app
from anolyte.experiments.mixing.stocks import read_stocks
from anolyte.experiments.tracking.mlflow_store import MlflowStore
from reference_pages import PACKAGES, api_page, command_reference, command_tree, public_names

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")])
_FENCE = re.compile(
    r"^(?P<marks>`{3,})(?P<kind>[^\n`]*)\n(?P<text>.*?)^(?P=marks)\s*$", re.M | re.S
)
_INLINE = re.compile(r"`(anolyte [a-z][^`]*)`")
_SEARCHED = r"\b(tags|metrics|params)\.(?:`([^`]+)`|([\w-]+))"
_SHELL = {"|", ">", ">>", "<", "&&", ";"}


def fences(path: Path, kind: str = "") -> Iterator[tuple[str, str]]:
    """Yield kind and text of the fenced blocks of a page, perhaps of one kind alone."""
    for match in _FENCE.finditer(path.read_text("utf-8")):
        if kind in ("", match["kind"].strip()):
            yield match["kind"].strip(), match["text"]


def typed(path: Path, program: str) -> list[list[str]]:
    """Return the words of the lines of code that run a program."""
    found = []
    for _, text in fences(path):
        for line in text.replace("\\\n", " ").splitlines():
            if line.startswith(f"{program} "):
                words = shlex.shlex(line, posix=True, punctuation_chars="|<>&;")
                words.whitespace_split = True
                found.append(list(words))
    return found


def upto_shell(words: list[str]) -> list[str]:
    end = next((at for at, word in enumerate(words) if word in _SHELL), len(words))
    return words[:end]


def command_of(words: list[str]) -> tuple[tuple[str, ...], list[str]]:
    """Return the command that words name, and the words that follow it."""
    tree = command_tree(app)
    deepest = max(n for n in range(len(words) + 1) if tuple(words[:n]) in tree)
    return tuple(words[:deepest]), words[deepest:]


COMMANDS = [
    pytest.param(upto_shell(words)[1:], id=f"{path.name}: {shlex.join(words)[:60]}")
    for path in PAGES
    for words in typed(path, "anolyte")
]


def test_pages_show_commands() -> None:
    assert len(COMMANDS) > 60


@pytest.mark.parametrize("words", COMMANDS)
def test_command_can_be_typed(words: list[str]) -> None:
    name, rest = command_of(words)
    command = command_tree(app)[name]
    assert not getattr(command, "commands", None), f"{' '.join(words)}: names no command"
    # Reads the words as the command line would, and raises where it would; runs nothing.
    given = command.make_context(" ".join(name), list(rest)).params
    if name in (("predict",), ("explain",)) and "--compounds" not in rest:
        for text in given.get("formulations") or [given.get("formulation")]:
            assert text is None or parse(text)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_command_in_prose_exists(path: Path) -> None:
    tree = command_tree(app)
    for text in _INLINE.findall(path.read_text("utf-8")):
        name, rest = command_of(shlex.split(text)[1:])
        assert name, f"{path.name}: {text}"
        group = getattr(tree[name], "commands", None)
        assert not (group and rest), f"{path.name}: {text}"
        known = {option for each in tree[name].params for option in each.opts}
        assert {word for word in rest if word.startswith("-")} <= known, f"{path.name}: {text}"


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_make_target_and_module_exist(path: Path) -> None:
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.M)
    for words in typed(path, "make"):
        assert words[1] in targets, shlex.join(words)
    for words in typed(path, "python"):
        assert words[1] == "-m", shlex.join(words)
        assert importlib.util.find_spec(words[2]), shlex.join(words)


def test_formulations_can_be_read() -> None:
    lines = [
        line.strip()
        for path in PAGES
        for _, text in fences(path, "electrolyte")
        for line in text.splitlines()
    ]
    assert len(lines) > 15
    for line in lines:
        assert parse(str(parse(line))) == parse(line)


def test_faulty_formulations_are_refused_for_the_reason_told() -> None:
    lines = [
        line
        for _, text in fences(ROOT / "docs" / "formulations.md", "faulty")
        for line in text.splitlines()
    ]
    assert len(lines) > 5
    for line in lines:
        text, reason = re.split(r"\s{2,}", line.strip())
        with pytest.raises(FormulationError, match=re.escape(reason)):
            parse(text)


def test_tables_can_be_read(tmp_path: Path) -> None:
    read = 0
    for path in PAGES:
        for _, text in fences(path, "csv"):
            table = tmp_path / f"{read}.csv"
            table.write_text(text)
            if text.startswith("abbreviation"):
                # Together with the shipped ones, as the command line takes them.
                registry = shipped_compounds().extended(table)
                name = text.splitlines()[1].split(",")[0]
                assert parse(f"1 M LiFSI in {name}", registry)
            elif text.startswith("stock"):
                assert read_stocks(table)
            else:
                assert len(read_measurements(table, "Li"))
            read += 1
    assert read >= 2


def test_space_can_be_read(tmp_path: Path) -> None:
    texts = [text for path in PAGES for _, text in fences(path, "yaml")]
    assert texts
    for text in texts:
        path = tmp_path / "space.yaml"
        path.write_text(text)
        assert len(CandidateSpace.read(str(path))) > 100
        assert yaml.safe_load(text)["parts"]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_python_imports_what_exists(path: Path) -> None:
    for _, text in fences(path, "python"):
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.ImportFrom):
                module = importlib.import_module(node.module or "")
                assert all(hasattr(module, each.name) for each in node.names), text


def test_python_on_formulations_runs() -> None:
    for _, text in fences(ROOT / "docs" / "formulations.md", "python"):
        exec(compile(text, "formulations.md", "exec"), {})


def test_reference_names_every_command_and_option() -> None:
    page = command_reference(app)
    for words, command in command_tree(app).items():
        if words:
            assert f"`anolyte {' '.join(words)}`\n" in page
        for option in command.params if not getattr(command, "commands", None) else ():
            told = option.opts[0] if option.param_type_name == "option" else option.name
            assert told in page
    # Examples stand in blocks of code, and nothing but these and code has angle brackets.
    assert "Example:" not in page
    assert page.count("```bash\n") >= 20
    assert page.count("```") % 2 == 0
    assert "<" not in re.sub(r"```.*?```|`[^`\n]+`", "", page, flags=re.S)


def test_reference_tells_each_command_in_one_whole_sentence() -> None:
    lists = re.findall(r"^\* `[a-z]+`: (.+)$", command_reference(app), re.M)
    assert len(lists) >= 20
    assert all(told.endswith(".") and not told.endswith("...") for told in lists)


def test_reference_shows_a_default_of_zero() -> None:
    assert re.search(r"^\* `--seed [^`]+`: [^\[]+ \[default: 0\b", command_reference(app), re.M)


@pytest.mark.parametrize("package", PACKAGES)
def test_public_classes_and_functions_are_documented(package: str) -> None:
    page = api_page(package)
    face = importlib.import_module(package)
    names = public_names(package)
    left_out = set(face.__all__) - {name.rpartition(".")[2] for name in names}
    # Plain values and types, which have no docstring to show.
    assert left_out <= {"METALS", "Metal", "BLOCKS", "DEFAULT_BLOCKS"}
    assert sorted(re.findall(r"^::: (.+)$", page, re.M)) == sorted(names)
    assert names
    assert all(getattr(face, name.rpartition(".")[2]).__doc__ for name in names)


@pytest.fixture(scope="module")
def store(
    trained: TrainingResult,
    model_folder: Path,
    space: CandidateSpace,
    logged: Callable[[Path], RunReference],
    tmp_path_factory: pytest.TempPathFactory,
) -> MlflowStore:
    """Return a store with a real training and a real ranked list."""
    folder = tmp_path_factory.mktemp("store")
    uri = logged(folder).uri
    ranked = screen(space, trained.model, top=5)
    log_screening(ranked, model_folder, uri, outbox=folder / "outbox")
    return MlflowStore(uri)


@pytest.mark.parametrize(
    ("kind", "task"), [("training", "coulombic-efficiency"), ("screening", "screening")]
)
def test_search_terms_mean_something(store: MlflowStore, kind: str, task: str) -> None:
    run = next(r for r in store.runs(f"anolyte/Li/{task}") if "mlflow.parentRunId" not in r.tags)
    known = {"tags": run.tags, "metrics": run.metrics, "params": run.params}
    lines = [
        line
        for _, text in fences(ROOT / "docs" / "tracking.md", f"search-{kind}")
        for line in text.splitlines()
    ]
    assert len(lines) >= 3
    found = 0
    for line in lines:
        for where, quoted, plain in re.findall(_SEARCHED, line):
            assert (quoted or plain) in known[where], f"{line}: no {where}.{quoted or plain}"
        found += run.run_id in {each.run_id for each in store.runs(f"anolyte/Li/{task}", line)}
    # What is not true of this run is at least a search that MLflow understands.
    assert found >= len(lines) / 2


def test_tags_of_the_page_are_written(store: MlflowStore) -> None:
    runs = store.runs("anolyte/Li/%", "attributes.status = 'FINISHED'")
    written = {tag for run in runs for tag in run.tags}
    text = (ROOT / "docs" / "tracking.md").read_text("utf-8")
    section = text.split("carries these tags")[1].split("\n## ")[0]
    told = {
        name
        for row in section.splitlines()
        if row.startswith("| `")
        for name in re.findall(r"`(\w+)`", row.split("|")[1])
    }
    # Of failed runs alone, and of a working folder under git.
    assert told - {"error", "commit"} <= written
    assert len(told) > 10
