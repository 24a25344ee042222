"""The notebooks run from top to bottom, and what they show can be drawn."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest

NOTEBOOKS = sorted(
    (Path(__file__).resolve().parents[2] / "experiments" / "notebooks").glob("*.ipynb")
)


def test_there_are_notebooks() -> None:
    assert len(NOTEBOOKS) >= 5


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_runs(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {"__name__": "__main__"}
    cells = json.loads(path.read_text("utf-8"))["cells"]
    shown = []
    for cell in cells:
        if cell["cell_type"] == "code":
            assert not cell["outputs"], "notebooks are stored without outputs"
            shown.append(show(ast.parse("".join(cell["source"])), names))
    assert any(shown)
    assert "Traceback" not in capsys.readouterr().out


def show(cell: ast.Module, names: dict[str, object]) -> str:
    """Run a cell and return what its last expression shows, as a notebook would."""
    last = cell.body.pop() if isinstance(cell.body[-1], ast.Expr) else None
    exec(compile(cell, "cell", "exec"), names)
    if not isinstance(last, ast.Expr):
        return ""
    value = eval(compile(ast.Expression(last.value), "cell", "eval"), names)
    html = getattr(value, "_repr_html_", None)
    return "" if value is None else str(html() if html is not None else value)
