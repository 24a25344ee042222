"""The examples in the docstrings run, each by itself, in a project folder with a zinc model."""

from __future__ import annotations

import doctest
import inspect
import io
import shutil
from collections.abc import Iterator
from functools import lru_cache
from importlib import import_module
from pathlib import Path

import pytest
from anolyte.experiments.evaluation import evaluate_sei

ROOT = Path(__file__).parents[2]
FACES = ("datasets", "features", "models", "experiments")
MODULES = [
    path.relative_to(ROOT)
    for face in FACES
    for path in sorted((ROOT / face).rglob("*.py"))
    if ">>>" in path.read_text("utf-8")
]
OPTIONS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


@pytest.fixture(scope="session")
def project(zinc_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a project folder as `anolyte train --metal Zn` leaves it, with a small model."""
    folder = tmp_path_factory.mktemp("project")
    shutil.copytree(zinc_folder, folder / "anolyte-models" / "Zn")
    return folder


@pytest.fixture(scope="module", autouse=True)
def evaluated_once() -> Iterator[None]:
    """Let the second example that evaluates the SEI model have what the first found."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(evaluate_sei, "evaluated_sei", lru_cache(evaluate_sei.evaluated_sei))
        yield


@pytest.mark.parametrize("face", FACES)
def test_public_names_have_an_example(face: str) -> None:
    module = import_module(f"anolyte.{face}")
    offered = {name: getattr(module, name) for name in module.__all__}
    without = [
        name
        for name, each in offered.items()
        if callable(each) and inspect.getdoc(each) and ">>>" not in (inspect.getdoc(each) or "")
    ]
    assert not without


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.as_posix())
def test_examples_run(path: Path, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project)
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    told = io.StringIO()
    tried = 0
    for example in examples(path):
        doctest.DocTestRunner(optionflags=OPTIONS).run(example, out=told.write)
        tried += len(example.examples)
    assert tried
    assert not told.getvalue(), told.getvalue()


def examples(path: Path) -> Iterator[doctest.DocTest]:
    """Yield the examples of a module; they begin with no name known, as a user does."""
    module = import_module(".".join(("anolyte", *path.with_suffix("").parts)))
    finder = doctest.DocTestFinder(exclude_empty=True)
    yield from (each for each in finder.find(module, globs={}) if each.examples)
