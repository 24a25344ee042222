"""The commands as a user runs them: processes, exit codes, printed text, files."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

COMMANDS = [
    [],
    ["train"],
    ["predict"],
    ["screen"],
    ["data", "check"],
    ["compounds", "find"],
    ["ui"],
]


def anolyte(*arguments: str, cwd: Path, check: bool = True) -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in os.environ.items() if "MLFLOW" not in key}
    command = [sys.executable, "-m", "anolyte.experiments.cli.app", *arguments]
    done = subprocess.run(
        command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert not check or done.returncode == 0, done.stderr
    return done


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("project")
    anolyte("train", "--metal", "Li", "--quick", cwd=folder)
    return folder


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_help_shows_an_example(command: list[str], tmp_path: Path) -> None:
    text = re.sub(r"\s+", " ", anolyte(*command, "--help", cwd=tmp_path).stdout)
    assert "anolyte " + " ".join(command) in text
    if command:
        assert f"Example: anolyte {' '.join(command)} " in text


def test_help_imports_nothing_heavy(tmp_path: Path) -> None:
    code = (
        "import sys, anolyte.experiments.cli.app\n"
        "print([m for m in ('numpy', 'pandas', 'rdkit', 'sklearn', 'mlflow') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_train_screen_and_read_the_list(project: Path) -> None:
    done = anolyte(
        "screen",
        *("--salts", "LiFSI,LiPF6", "--solvents", "EC,DMC,DME,TTE", "--additives", "none"),
        *("--concentrations", "1,2", "--top", "7", "--out", "list.csv"),
        cwd=project,
    )
    assert "1 M LiFSI in" in done.stdout
    assert "sqlite:///mlflow.db" in done.stdout
    frame = pd.read_csv(project / "list.csv")
    assert frame["rank"].tolist() == [1, 2, 3, 4, 5, 6, 7]
    assert (project / "mlflow.db").is_file()
    assert (project / "anolyte-models/Li/manifest.json").is_file()


def test_screen_as_json(project: Path) -> None:
    arguments = ("--solvents", "DME,DEE", "--additives", "none", "--no-tracking", "--json")
    result = json.loads(anolyte("screen", *arguments, "--top", "3", cwd=project).stdout)
    assert len(result["ranked"]) == 3
    assert result["mlflow"] == ""


def test_predict(project: Path) -> None:
    done = anolyte("predict", "1 M LiFSI in DME", "AlCl3/[EMIm]Cl (? mol/mol)", cwd=project)
    assert "1 M LiFSI in DME" in done.stdout
    assert "[EMIm]Cl" in done.stdout
    assert "amounts" in done.stdout


def test_predict_as_json(project: Path) -> None:
    done = anolyte("predict", "1M LiFSI in diglyme", "--json", cwd=project)
    (row,) = json.loads(done.stdout)
    assert row["electrolyte"] == "1 M LiFSI in G2"
    assert row["ce_low"] < row["ce_pct"] < row["ce_high"]


def test_predict_without_a_model_trains_one(tmp_path: Path) -> None:
    done = anolyte("predict", "1 M Mg(TFSI)2 in DME", "--metal", "mg", cwd=tmp_path)
    assert "training one on the shipped table" in done.stderr
    assert (tmp_path / "anolyte-models/Mg/manifest.json").is_file()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["predict", "1 M LiFSO in DME"], "did you mean LiFSI"),
        (["predict", "1 M LiFSI in DME", "--metal", "Xx"], "unknown metal 'Xx'"),
        (["predict", "1 M LiFSI in DME", "--coverage", "0.99"], "use one of 0.5, 0.8, 0.9"),
        (["predict", "1 M LiFSI in DME", "--model", "nowhere"], "no model in nowhere"),
        (["screen", "--salts", "LiFSI,NaPF7"], "NaPF6"),
        (["screen", "--salts", "NaPF6"], "NaPF6 holds no Li"),
        (["screen", "--concentrations", "one"], "write numbers"),
        (["screen", "--concentrations", "-1"], "above 0"),
        (["screen", "--out", "list.docx"], ".csv or .parquet"),
        (["screen", "--by", "luck"], "lower-bound, expected"),
        (["train", "--blocks", "astrology"], "choose from composition"),
        (["train", "--only-data"], "needs --data"),
        (["data", "check", "nowhere.csv"], "No such file"),
        (["compounds", "find", "dyglime"], "diglyme"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_bad_input_is_one_message_and_exit_code_2(
    project: Path, arguments: list[str], message: str
) -> None:
    done = anolyte(*arguments, cwd=project, check=False)
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_data_check_lists_all_faults(project: Path) -> None:
    (project / "broken.csv").write_text(
        "metal,electrolyte,ce_pct,source\nLi,1 M LiPF6 in EC/DMC,98,a\nLi,1 M LiFSI in DME,-1,b\n"
    )
    done = anolyte("data", "check", "broken.csv", cwd=project, check=False)
    assert done.returncode == 2
    assert "row 2, column electrolyte" in done.stderr
    assert "row 3, column ce_pct" in done.stderr
    done = anolyte("data", "check", "broken.csv", "--json", cwd=project, check=False)
    assert done.returncode == 2
    assert len(json.loads(done.stdout)["faults"]) == 2


def test_data_check_of_a_good_table(project: Path) -> None:
    (project / "good.csv").write_text(
        "electrolyte,ce_pct,source\n1 M LiFSI in DME,>98.5,notebook 1\n"
    )
    done = anolyte("data", "check", "good.csv", "--metal", "Li", cwd=project)
    assert "no faults; 1 rows" in done.stdout


def test_find_compound(tmp_path: Path) -> None:
    text = anolyte("compounds", "find", "DEGDME", cwd=tmp_path).stdout
    assert "COCCOCCOC" in text
    assert anolyte("compounds", "find", "G2", cwd=tmp_path).stdout == text
