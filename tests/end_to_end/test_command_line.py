"""The commands as a user runs them: exit codes, printed text, files."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pytest

if TYPE_CHECKING:
    from .conftest import Anolyte

COMMANDS = [
    [],
    ["train"],
    ["predict"],
    ["screen"],
    ["explain"],
    ["evaluate"],
    ["suggest"],
    ["convert"],
    ["mix"],
    ["space", "list"],
    ["space", "describe"],
    ["library", "make"],
    ["library", "read"],
    ["library", "moves"],
    ["library", "filters"],
    ["data", "check"],
    ["data", "add"],
    ["data", "remove"],
    ["data", "edit"],
    ["data", "show"],
    ["data", "import"],
    ["data", "export"],
    ["pending", "list"],
    ["pending", "release"],
    ["compounds", "find"],
    ["quantum", "compute"],
    ["ui"],
]


def in_a_process(*arguments: str, cwd: Path, code: int) -> subprocess.CompletedProcess[str]:
    """Run a command as users start it, and see that it ends with a code."""
    command = [sys.executable, "-m", "anolyte.experiments.cli.start", *arguments]
    done = subprocess.run(
        command, cwd=cwd, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == code, done.stderr
    return done


@pytest.fixture(scope="module")
def project(
    anolyte: Anolyte, tmp_path_factory: pytest.TempPathFactory, lithium: pd.DataFrame
) -> Path:
    folder = tmp_path_factory.mktemp("project")
    some = lithium[lithium["source"].isin(lithium["source"].unique()[:12])]
    some.drop(columns="measurement_id").to_csv(folder / "some.csv", index=False)
    given = ("--data", "some.csv", "--only-data")
    anolyte("train", "--metal", "Li", "--quick", *given, cwd=folder)
    return folder


def test_a_command_is_a_process(tmp_path: Path) -> None:
    """The others run in this process, which is quicker."""
    done = in_a_process("--help", cwd=tmp_path, code=0)
    assert "anolyte train --metal Li" in done.stdout
    assert not done.stderr
    done = in_a_process("compounds", "find", "dyglime", cwd=tmp_path, code=2)
    assert not done.stdout
    assert done.stderr.startswith("error: ")
    assert "diglyme" in done.stderr


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_help_shows_an_example(anolyte: Anolyte, command: list[str], tmp_path: Path) -> None:
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


def test_train_screen_and_read_the_list(anolyte: Anolyte, project: Path) -> None:
    done = anolyte(
        "screen",
        *("--salts", "LiFSI,LiPF6", "--solvents", "EC,DMC,DME,TTE", "--additives", "none"),
        *("--concentrations", "1,2", "--top", "7", "--out", "list.csv"),
        cwd=project,
    )
    assert " M LiFSI in " in done.stdout
    assert "sqlite:///mlflow.db" in done.stdout
    frame = pd.read_csv(project / "list.csv")
    assert frame["rank"].tolist() == [1, 2, 3, 4, 5, 6, 7]
    assert (project / "mlflow.db").is_file()
    assert (project / "anolyte-models/Li/manifest.json").is_file()


def test_screen_as_json(anolyte: Anolyte, project: Path) -> None:
    arguments = ("--solvents", "DME,DEE", "--additives", "none", "--no-tracking", "--json")
    result = json.loads(anolyte("screen", *arguments, "--top", "3", cwd=project).stdout)
    assert len(result["ranked"]) == 3
    assert result["mlflow"] == ""


def test_predict(anolyte: Anolyte, project: Path) -> None:
    done = anolyte("predict", "1 M LiFSI in DME", "AlCl3/[EMIm]Cl (? mol/mol)", cwd=project)
    assert "1 M LiFSI in DME" in done.stdout
    assert "[EMIm]Cl" in done.stdout
    assert "amounts" in done.stdout


def test_predict_as_json(anolyte: Anolyte, project: Path) -> None:
    done = anolyte("predict", "1M LiFSI in diglyme", "--json", cwd=project)
    (row,) = json.loads(done.stdout)
    assert row["electrolyte"] == "1 M LiFSI in G2"
    assert row["ce_low"] < row["ce_pct"] < row["ce_high"]


def test_predict_without_a_model_trains_one(anolyte: Anolyte, tmp_path: Path) -> None:
    # Quickly trained; `make test-robustness` does so with a metal that is learned.
    done = anolyte("predict", "AlCl3/[EMIm]Cl (1.5:1 mol/mol)", "--metal", "al", cwd=tmp_path)
    assert "training one on the shipped table" in done.stderr
    assert "AlCl3/[EMIm]Cl (1.5:1 mol/mol)" in done.stdout
    assert (tmp_path / "anolyte-models/Al/manifest.json").is_file()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["predict", "1 M LiFSO in DME"], "did you mean LiFSI"),
        (["predict", "1 M LiFSI in DME", "--metal", "Xx"], "unknown metal 'Xx'"),
        (["predict", "1 M LiFSI in DME", "--coverage", "0.99"], "use one of 0.5, 0.8, 0.9"),
        (["predict", "1 M LiFSI in DME", "--current", "-1"], "number above 0"),
        (["explain", "1 M LiFSI in DME", "--method", "guess"], "average or aurbach"),
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
    anolyte: Anolyte, project: Path, arguments: list[str], message: str
) -> None:
    done = anolyte(*arguments, cwd=project, code=2)
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_a_training_that_is_refused_opens_no_run(anolyte: Anolyte, tmp_path: Path) -> None:
    anolyte("train", "--metal", "Al", "--blocks", "astrology", cwd=tmp_path, code=2)
    assert list(tmp_path.iterdir()) == []


def test_data_check_lists_all_faults(anolyte: Anolyte, project: Path) -> None:
    (project / "broken.csv").write_text(
        "metal,electrolyte,ce_pct,source\nLi,1 M LiPF6 in EC/DMC,98,a\nLi,1 M LiFSI in DME,-1,b\n"
    )
    done = anolyte("data", "check", "broken.csv", cwd=project, code=2)
    assert "row 2, column electrolyte" in done.stderr
    assert "row 3, column ce_pct" in done.stderr
    done = anolyte("data", "check", "broken.csv", "--json", cwd=project, code=2)
    assert len(json.loads(done.stdout)["faults"]) == 2


def test_data_check_of_a_good_table(anolyte: Anolyte, project: Path) -> None:
    (project / "good.csv").write_text(
        "electrolyte,ce_pct,source\n1 M LiFSI in DME,>98.5,notebook 1\n"
    )
    done = anolyte("data", "check", "good.csv", "--metal", "Li", cwd=project)
    assert "no faults, 0 warnings; 1 rows" in done.stdout


def test_shipped_tables_are_clean(anolyte: Anolyte, tmp_path: Path) -> None:
    done = anolyte("data", "check", cwd=tmp_path)
    assert "the shipped tables: no faults, 0 warnings" in done.stdout


def test_values_hard_to_believe_are_warnings(anolyte: Anolyte, project: Path) -> None:
    (project / "odd.csv").write_text(
        "metal,electrolyte,ce_pct,source\nLi,1.05 M LiFSI in DME,12,notebook 2025\n"
    )
    done = anolyte("data", "check", "odd.csv", cwd=project)
    told = re.search(r"expected (\d+\.\d)", done.stdout)
    assert told is not None
    assert float(told[1]) > 90
    assert "1 warnings" in done.stdout


def test_add_show_export(anolyte: Anolyte, tmp_path: Path) -> None:
    (tmp_path / "new.csv").write_text(
        "metal,electrolyte,ce_pct,source\nK,1 M KFSI in G2,98.2,notebook 2025\n"
    )
    assert "Added 1 of K" in anolyte("data", "add", "new.csv", cwd=tmp_path).stdout
    again = anolyte("data", "add", "new.csv", cwd=tmp_path, code=2)
    assert "already known" in again.stderr
    shown = anolyte("data", "show", "--metal", "K", "--rows", "200", cwd=tmp_path).stdout
    assert "1 M KFSI in G2" in shown
    assert "98 to 99 %" in shown
    anolyte("data", "export", "--metal", "K", "--out", "k.parquet", cwd=tmp_path)
    table = pd.read_parquet(tmp_path / "k.parquet")
    assert "own-00001" in set(table["measurement_id"])


def test_import_then_add(anolyte: Anolyte, tmp_path: Path) -> None:
    (tmp_path / "helena.csv").write_text(
        "Electrolyte,CE,Solvent_1,Salt_1,Reference\n"
        "x,98.4,COCCOC:9.6,[Li+].O=S(=O)(F)[N-]S(=O)(=O)F:1,10.1021/x\n"
        "y,97,C1CC:9.6,[Li+].O=S(=O)(F)[N-]S(=O)(=O)F:1,10.1021/y\n"
    )
    done = anolyte("data", "import", "helena.csv", "--out", "rows.csv", cwd=tmp_path)
    assert "1 rows, 1 left out" in done.stdout
    assert "row 3" in done.stderr
    assert "Added 1 of Li" in anolyte("data", "add", "rows.csv", cwd=tmp_path).stdout


def test_own_compounds(anolyte: Anolyte, project: Path) -> None:
    (project / "own.csv").write_text("abbreviation,smiles\nXPMC,CCCOC(=O)OC\n")
    done = anolyte("predict", "1 M LiPF6 in XPMC", "--compounds", "own.csv", cwd=project)
    assert "1 M LiPF6 in XPMC" in done.stdout
    assert "density estimated" in done.stdout
    assert "XPMC" in anolyte("predict", "1 M LiPF6 in XPMC", cwd=project, code=2).stderr


def test_find_compound(anolyte: Anolyte, tmp_path: Path) -> None:
    text = anolyte("compounds", "find", "DEGDME", cwd=tmp_path).stdout
    assert "COCCOCCOC" in text
    assert anolyte("compounds", "find", "G2", cwd=tmp_path).stdout == text
