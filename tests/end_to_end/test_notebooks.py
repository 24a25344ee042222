"""The notebooks run from top to bottom, and what they show can be drawn.

Here on the measurements of a few sources in few folds; `make docs` runs them on all.
"""

from __future__ import annotations

import ast
import json
from dataclasses import replace
from functools import partial
from pathlib import Path

import pandas as pd
import pytest
from anolyte import datasets, experiments, models

NOTEBOOKS = sorted(
    (Path(__file__).resolve().parents[2] / "experiments" / "notebooks").glob("*.ipynb")
)
# As many of those there are, and what a notebook itself adds at the end.
FIRST, LAST = 24, 2
FOLDS = 3


@pytest.fixture(autouse=True)
def few_sources(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the notebooks learn from few sources and folds, and look at small spaces."""

    def some(rows: pd.DataFrame) -> pd.DataFrame:
        sources = rows["source"].unique()
        kept = rows["source"].isin([*sources[:FIRST], *sources[-LAST:]])
        return rows[kept].reset_index(drop=True)

    def every_third(rows: pd.DataFrame) -> pd.DataFrame:
        # Of all metals.
        return rows[rows["source"].isin(rows["source"].unique()[::3])].reset_index(drop=True)

    for name in ("gather", "gather_others"):
        whole = getattr(experiments, name)
        few = partial(lambda whole, *given: some(whole(*given)), whole)
        monkeypatch.setattr(experiments, name, few)
    shipped, library = datasets.load_measurements, experiments.make_library
    monkeypatch.setattr(datasets, "load_measurements", lambda metal: every_third(shipped(metal)))
    monkeypatch.setattr(experiments, "make_library", lambda parents, times: library(parents))
    space = experiments.CandidateSpace
    read = space.read

    def begun(name: str) -> experiments.CandidateSpace:
        whole = read(name)
        return replace(whole, parts=whole.parts[:1])

    monkeypatch.setattr(space, "read", begun)
    learned = partial(models.CoulombicEfficiencyModel, folds=FOLDS, singles=False)
    monkeypatch.setattr(models, "CoulombicEfficiencyModel", learned)


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
