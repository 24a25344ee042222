"""The four faces: what is public stays importable, and what is shown to users comes from there."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FACES = ("anolyte.datasets", "anolyte.features", "anolyte.models", "anolyte.experiments")
# Promised to users: none of these goes away.
PROMISED = {
    "anolyte.datasets": (
        "load_measurements",
        "read_measurements",
        "efficiencies",
        "parse",
        "shipped_compounds",
        "log_coulombic_efficiency",
    ),
    "anolyte.features": ("ElectrolyteFeaturizer", "BLOCKS", "DEFAULT_BLOCKS"),
    "anolyte.models": ("CoulombicEfficiencyModel", "SEIModel", "Prediction"),
    "anolyte.experiments": (
        "train",
        "predict",
        "explain",
        "evaluate",
        "screen",
        "suggest",
        "CandidateSpace",
        "RankedList",
    ),
}
NOTEBOOKS = sorted((ROOT / "experiments" / "notebooks").glob("*.ipynb"))
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
_PYTHON = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("face", FACES)
def test_promised_names_are_public(face: str) -> None:
    assert set(PROMISED[face]) <= set(import_module(face).__all__)


@pytest.mark.parametrize("face", FACES)
def test_public_names_can_be_imported(face: str) -> None:
    module = import_module(face)
    found: dict[str, object] = {}
    exec(f"from {face} import *", found)
    assert set(module.__all__) <= set(found)
    assert set(module.__all__) <= set(dir(module))
    assert module.__all__ == sorted(set(module.__all__), key=lambda n: (not n.isupper(), n))


def test_a_name_that_is_not_there() -> None:
    with pytest.raises(ImportError, match="screem"):
        exec("from anolyte.experiments import screem")


def test_names_of_experiments_come_from_where_type_checkers_see_them() -> None:
    """A name is written twice there: for type checkers, and to be loaded on first use."""
    face = import_module("anolyte.experiments")
    tree = ast.parse((ROOT / "experiments" / "__init__.py").read_text("utf-8"))
    seen = {
        each.name: f"anolyte.experiments.{node.module}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.level
        for each in node.names
    }
    assert sorted(seen) == sorted(face.__all__)
    for name, home in seen.items():
        assert getattr(face, name) is getattr(import_module(home), name)
        assert getattr(face, name).__module__ == home


def test_names_of_experiments_are_loaded_on_first_use() -> None:
    code = "import sys, anolyte.experiments; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert not {"numpy", "pandas", "rdkit", "typer"} & set(done.stdout.split())
    assert {name for name in done.stdout.split() if name.startswith("anolyte")} == {
        "anolyte",
        "anolyte.experiments",
    }


@pytest.mark.parametrize("path", [*NOTEBOOKS, *PAGES], ids=lambda path: path.name)
def test_users_are_shown_the_faces_alone(path: Path) -> None:
    for code in shown_code(path):
        for node in ast.walk(ast.parse(code)):
            if isinstance(node, ast.Import):
                assert not [each.name for each in node.names if each.name.startswith("anolyte")]
            elif isinstance(node, ast.ImportFrom) and str(node.module).startswith("anolyte"):
                assert node.module in FACES
                assert {each.name for each in node.names} <= set(import_module(node.module).__all__)


def test_code_is_shown() -> None:
    assert sum(len(shown_code(path)) for path in NOTEBOOKS) > 10
    assert sum(len(shown_code(path)) for path in PAGES) >= 2


def shown_code(path: Path) -> list[str]:
    """Return the Python of a page or a notebook."""
    text = path.read_text("utf-8")
    if path.suffix == ".md":
        return _PYTHON.findall(text)
    cells = json.loads(text)["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
