"""The wheel: holds the tables, installs into its own environment, and runs there."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FLOORS = ("datasets", "features", "models", "experiments")


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new environment with the built wheel; the dependencies are borrowed from this one."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    subprocess.run(["git", "clone", "--quiet", ROOT, source], check=True)
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*build, "--wheel-dir", folder, source], check=True, capture_output=True)
    venv.create(folder / "env")
    python = folder / "env" / "bin" / "python"
    (wheel,) = folder.glob("anolyte-*.whl")
    pip = [sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-deps"]
    subprocess.run([*pip, wheel], check=True)
    site = subprocess.run(
        [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()
    Path(site, "borrowed.pth").write_text(sysconfig.get_path("purelib"))
    return folder / "env"


@pytest.mark.slow
def test_wheel_trains_and_predicts(environment: Path, tmp_path: Path) -> None:
    command = [environment / "bin" / "anolyte", "train", "--metal", "Mg", "--quick"]
    subprocess.run([*command, "--no-tracking"], cwd=tmp_path, capture_output=True, check=True)
    command = [environment / "bin" / "anolyte", "predict", "1 M Mg(TFSI)2 in G2", "--metal", "Mg"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "1 M Mg(TFSI)2 in G2" in done.stdout
    code = "import anolyte.datasets as d; print(d.__file__)"
    where = subprocess.run(
        [environment / "bin" / "python", "-c", code],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert where.stdout.startswith(str(environment))


def test_every_folder_is_listed_for_the_wheel() -> None:
    listed = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]
    folders = {path.parent for path in shipped_files(ROOT)}
    assert set(listed["packages"]) == {
        ".".join(("anolyte", *folder.relative_to(ROOT).parts)) for folder in folders
    }
    # What lies in folders of data alone is taken as it is.
    data = {folder for folder in folders if not (folder / "__init__.py").is_file()}
    for folder in data:
        name = ".".join(("anolyte", *folder.relative_to(ROOT).parts))
        assert listed["package-data"][name] == ["*"]
    assert len(data) >= 2


@pytest.mark.slow
def test_wheel_holds_every_file(environment: Path) -> None:
    (wheel,) = environment.parent.glob("anolyte-*.whl")
    source = environment.parent / "source"
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if name.startswith("anolyte/")}
    assert held == {f"anolyte/{path.relative_to(source)}" for path in shipped_files(source)}


def shipped_files(root: Path) -> list[Path]:
    """Return the files under version control that belong into the wheel."""
    command = ["git", "ls-files", "-z", *FLOORS]
    named = subprocess.run(command, cwd=root, check=True, capture_output=True, text=True).stdout
    found = [root / name for name in named.split("\0") if name]
    return [path for path in found if path.is_file() and "notebooks" not in path.parts]
