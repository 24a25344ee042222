"""The notebooks run from top to bottom, and what they show can be drawn.

Here on the measurements of a few sources; `make docs` runs them on all.
"""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from anolyte import experiments

NOTEBOOKS = sorted(
    (Path(__file__).resolve().parents[2] / "experiments" / "notebooks").glob("*.ipynb")
)
# As many of those there are, and what a notebook itself adds at the end.
FIRST, LAST = 40, 2


@pytest.fixture(autouse=True)
def few_sources(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the notebooks gather quickly learned tables."""
    for name in ("gather", "gather_others"):
        whole = getattr(experiments, name)

        def few(*given: Any, whole: Any = whole) -> pd.DataFrame:
            rows = whole(*given)
            sources = rows["source"].unique()
            some = rows["source"].isin([*sources[:FIRST], *sources[-LAST:]])
            return rows[some].reset_index(drop=True)

        monkeypatch.setattr(experiments, name, few)


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
