"""The wheel: holds the tables, installs into its own environment, and runs there."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ORDER = ("datasets", "features", "models", "experiments")


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new environment with the built wheel; the dependencies are borrowed from this one."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    subprocess.run(["git", "clone", "--quiet", ROOT, source], check=True)
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*build, "--wheel-dir", folder, source], check=True, capture_output=True)
    venv.create(folder / "env", with_pip=True)
    python = folder / "env" / "bin" / "python"
    (wheel,) = folder.glob("anolyte-*.whl")
    subprocess.run([python, "-m", "pip", "install", "--quiet", "--no-deps", wheel], check=True)
    site = subprocess.run(
        [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()
    Path(site, "borrowed.pth").write_text(sysconfig.get_path("purelib"))
    return folder / "env"


def test_wheel_predicts(environment: Path, tmp_path: Path) -> None:
    command = [environment / "bin" / "anolyte", "predict", "1 M LiFSI in DME", "--metal", "Li"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "1 M LiFSI in DME" in done.stdout
    code = "import anolyte.datasets as d; print(d.__file__)"
    where = subprocess.run(
        [environment / "bin" / "python", "-c", code],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert where.stdout.startswith(str(environment))


def imported_layers(path: Path) -> set[str]:
    """Return the other packages of the project that a file imports."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        names = []
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        for name in names:
            match = re.match(r"anolyte\.(\w+)", name)
            if match:
                found.add(match[1])
    return found


@pytest.mark.parametrize("layer", ORDER)
def test_imports_run_one_way(layer: str) -> None:
    allowed = set(ORDER[: ORDER.index(layer) + 1])
    for path in (ROOT / layer).rglob("*.py"):
        assert imported_layers(path) <= allowed, path


@pytest.mark.parametrize(
    ("library", "home"),
    [
        ("mlflow", {"mlflow_store.py", "mlflow_formats.py"}),
        ("openpyxl", {"workbooks.py"}),
        ("tblite", {"tight_binding.py"}),
        ("ase", {"tight_binding.py"}),
    ],
)
def test_library_is_known_to_one_module(library: str, home: set[str]) -> None:
    pattern = re.compile(rf"^\s*(import|from) {library}\b", re.MULTILINE)
    users = {
        path.name
        for layer in ORDER
        for path in (ROOT / layer).rglob("*.py")
        if pattern.search(path.read_text("utf-8"))
    }
    assert users == home
