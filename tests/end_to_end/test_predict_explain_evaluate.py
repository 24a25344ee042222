"""predict, explain and evaluate as a user runs them: streams, files, exit codes, figures."""

from __future__ import annotations

import json
import re
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from anolyte.datasets.measurements.table import efficiencies, load_measurements
from anolyte.experiments.predictions.predict import COLUMNS
from anolyte.models import CoulombicEfficiencyModel, save_model

if TYPE_CHECKING:
    from .conftest import Anolyte

FORMULATIONS = ["0.4 M Mg[B(hfip)4]2 in DME", "0.5 M Mg(TFSI)2 in XYZ", "1 M Mg(TFSI)2 in G2"]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("project")
    rows = efficiencies(load_measurements("Mg"))
    model = CoulombicEfficiencyModel("Mg", scopes=("own",), folds=3, singles=False).fit(rows)
    save_model(model, folder / "anolyte-models" / "Mg")
    return folder


@pytest.mark.parametrize("command", ["predict", "explain", "evaluate"])
def test_help_shows_an_example(anolyte: Anolyte, command: str, tmp_path: Path) -> None:
    text = re.sub(r"\s+", " ", anolyte(command, "--help", cwd=tmp_path).stdout)
    assert f"Example: anolyte {command} " in text


def test_standard_input(anolyte: Anolyte, project: Path) -> None:
    given = "\n".join(FORMULATIONS) + "\n"
    done = anolyte("predict", "-", "--metal", "Mg", cwd=project, given=given)
    table = pd.read_csv(StringIO(done.stdout))
    assert table.columns.tolist() == list(COLUMNS)
    assert table["status"].tolist() == ["ok", "error", "ok"]
    assert "1 of 3 rows could not be predicted" in done.stderr


def test_standard_input_as_json_lines(anolyte: Anolyte, project: Path) -> None:
    given = "\n".join(FORMULATIONS)
    done = anolyte("predict", "-", "--metal", "Mg", "--json", cwd=project, given=given)
    assert [json.loads(line)["row"] for line in done.stdout.splitlines()] == [1, 2, 3]


def test_nothing_readable_is_exit_code_2(anolyte: Anolyte, project: Path) -> None:
    done = anolyte("predict", "-", "--metal", "Mg", cwd=project, given="bad\n", code=2)
    assert "error" in done.stdout
    done = anolyte("predict", "-", "--metal", "Mg", cwd=project, given="\n", code=2)
    assert "no formulations" in done.stderr


def test_what_can_be_read_is_answered_beside_what_cannot(anolyte: Anolyte, project: Path) -> None:
    given = ("0.3 M Mg[B(hfip)4]2 in G2", "1 M Mg(ClO4)2 in the", "0.5 M Mg(TFSI)2 in DME")
    done = anolyte("predict", *given, "--metal", "Mg", cwd=project, code=2)
    found = pd.read_csv(StringIO(done.stdout))
    assert found["electrolyte"].tolist() == list(given)
    assert found["status"].tolist() == ["ok", "error", "ok"]
    assert found["ce_pct"].notna().tolist() == [True, False, True]
    assert f"cannot predict {given[1]!r}" in done.stderr
    assert "position" in done.stderr


def test_file_to_file(anolyte: Anolyte, project: Path) -> None:
    table = pd.DataFrame({"sample": [7, 8, 9], "electrolyte": FORMULATIONS})
    table.to_csv(project / "in.csv", index=False)
    arguments = ("--file", "in.csv", "--metal", "Mg", "--out", "out.parquet")
    done = anolyte("predict", *arguments, cwd=project)
    assert done.stdout == ""
    found = pd.read_parquet(project / "out.parquet")
    assert found["row"].tolist() == [2, 3, 4]
    assert found["reason"].str.contains("unknown compound").tolist() == [False, True, False]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "give formulations, or --file"),
        (("1 M Mg(TFSI)2 in DME", "--file", "in.csv"), "give formulations, or --file"),
        (("1 M Mg(TFSI)2 in DME", "-"), "goes with no further formulation"),
        (("1 M Mg(TFSI)2 in DME + 99 wt% G2 + 99 mol% THF",), "leave no room"),
        (("1 M Mg(TFSI)2 in DME", "--out", "a.xls"), ".csv or .parquet"),
    ],
)
def test_bad_arguments(
    anolyte: Anolyte, project: Path, arguments: tuple[str, ...], message: str
) -> None:
    done = anolyte("predict", *arguments, "--metal", "Mg", cwd=project, code=2)
    assert message in done.stderr
    assert done.stdout == ""


def test_explain(anolyte: Anolyte, project: Path) -> None:
    arguments = ("1 M Mg(TFSI)2 in G2", "--metal", "Mg", "--plot", "why.png")
    done = anolyte("explain", *arguments, cwd=project)
    for word in ("interval)", "Evidence:", "Nearest measured:", "Contributions", "SEI function:"):
        assert word in done.stdout
    assert (project / "why.png").read_bytes().startswith(b"\x89PNG")


def test_explain_as_json(anolyte: Anolyte, project: Path) -> None:
    done = anolyte("explain", "1 M Mg(TFSI)2 in G2", "--metal", "Mg", "--json", cwd=project)
    told = json.loads(done.stdout)
    assert told["electrolyte"] == "1 M Mg(TFSI)2 in G2"
    assert {"contributions", "species", "counterfactuals", "evidence"} <= set(told)


def test_evaluate(anolyte: Anolyte, project: Path) -> None:
    arguments = ("--metal", "Al", "--quick", "--splits", "leave-source-out,leave-metal-out")
    done = anolyte("evaluate", *arguments, "--report", "report.html", cwd=project)
    assert "prior only" in done.stdout
    assert "leave-metal-out" in done.stdout
    assert "prior only" in (project / "report.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--splits", "alphabetical"), "unknown split 'alphabetical'"),
        (("--metal", "Xx"), "unknown metal"),
        (("--report", "report.pdf"), "must end in .html"),
    ],
)
def test_bad_evaluations(
    anolyte: Anolyte, project: Path, arguments: tuple[str, ...], message: str
) -> None:
    assert message in anolyte("evaluate", *arguments, cwd=project, code=2).stderr
