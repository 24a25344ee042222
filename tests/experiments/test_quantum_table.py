"""The computation of the quantum table: coverage, resuming, failures, the command."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from anolyte.datasets.compounds.registry import shipped_compounds
from anolyte.datasets.errors import TableError
from anolyte.datasets.files.shipped import shipped_table
from anolyte.experiments import quantum_table as quantum
from anolyte.experiments.cli.quantum import app
from anolyte.experiments.quantum_table import COLUMNS, compute, species_of
from anolyte.features.xtb.species import METHOD, QuantumRow
from typer.testing import CliRunner

REGISTRY = shipped_compounds()
SOME = [REGISTRY[name] for name in ("EC", "DME", "LiFSI")]


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Put a stand-in in the place of the calculation; the list tells what was computed."""
    computed: list[str] = []

    def describe(smiles: str, charge: int) -> QuantumRow:
        computed.append(smiles)
        if smiles == "COCCOC":
            raise ZeroDivisionError("stand-in")
        return QuantumRow(homo_eV=-1.23456789, dipole_D=None if charge else 1.0)

    monkeypatch.setattr(quantum, "describe_species", describe)
    monkeypatch.setattr(quantum.xtb, "require", lambda: None)
    names = {"tblite_version": "1.0", "rdkit_version": "2"}
    monkeypatch.setattr(quantum.xtb, "versions", lambda: names)
    return computed


def test_shipped_table_covers_the_registry() -> None:
    table = shipped_table("quantum")
    assert list(table.columns) == list(COLUMNS)
    keys = list(zip(table["smiles"], table["charge"].astype(int), strict=True))
    assert len(set(keys)) == len(keys)
    assert set(species_of()) <= set(keys)
    assert set(table["method"]) == {METHOD}
    ok = table["status"] == "ok"
    assert ok.mean() > 0.95
    values = table.loc[ok, "binding_Li_eV"].astype(float)
    assert (values < 0).all()


def test_species_are_molecules_and_anions() -> None:
    chosen = [REGISTRY[name] for name in ("LiFSI", "NaFSI", "DME", "AlCl3", "PEO")]
    assert species_of(chosen) == [
        ("O=S(=O)(F)[N-]S(=O)(=O)F", -1),
        ("COCCOC", 0),
        ("[Cl][Al]([Cl])[Cl]", 0),
    ]


def test_rows_come_in_the_order_of_the_compounds(calls: list[str], tmp_path: Path) -> None:
    table = compute(SOME, tmp_path / "q.csv", processes=1)
    assert table["smiles"].tolist() == [smiles for smiles, _ in species_of(SOME)]
    back = pd.read_csv(tmp_path / "q.csv")
    assert list(back.columns) == list(COLUMNS)
    assert back["homo_eV"].tolist()[0] == -1.2346
    assert len(calls) == 3


def test_a_failure_is_a_row(calls: list[str], tmp_path: Path) -> None:
    table = compute(SOME, tmp_path / "q.csv", processes=1).set_index("smiles")
    assert table.loc["COCCOC", "status"] == "failed: ZeroDivisionError: stand-in"
    assert (table.drop(index="COCCOC")["status"] == "ok").all()


def test_a_second_run_computes_what_is_new(calls: list[str], tmp_path: Path) -> None:
    path = tmp_path / "q.csv"
    compute(SOME[:2], path, processes=1)
    calls.clear()
    seen: list[tuple[int, int]] = []
    table = compute(SOME, path, 1, progress=lambda _, done, total: seen.append((done, total)))
    assert calls == ["O=S(=O)(F)[N-]S(=O)(=O)F"]
    assert seen == [(2, 3), (3, 3)]
    assert len(table) == 3
    calls.clear()
    compute(SOME, path, processes=1, retry=True)
    assert calls == ["COCCOC"]


def test_what_was_done_before_an_interruption_is_kept(
    calls: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "q.csv"

    def stop(_: str, done: int, total: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        compute(SOME, path, 1, progress=stop)
    assert len(pd.read_csv(path)) == 2
    calls.clear()
    compute(SOME, path, processes=1)
    assert len(calls) == 1


def test_rows_of_another_method_are_computed_anew(calls: list[str], tmp_path: Path) -> None:
    path = tmp_path / "q.csv"
    compute(SOME, path, processes=1).assign(method="another").to_csv(path, index=False)
    calls.clear()
    table = compute(SOME, path, processes=1)
    assert len(calls) == len(table) == 3
    assert set(table["method"]) == {METHOD}


def test_another_table_is_not_overwritten(calls: list[str], tmp_path: Path) -> None:
    path = tmp_path / "cells.csv"
    path.write_text("electrolyte,ce_pct\n")
    with pytest.raises(TableError, match="name another --out file"):
        compute(SOME, path, processes=1)
    assert path.read_text() == "electrolyte,ce_pct\n"


def test_command(calls: list[str], tmp_path: Path) -> None:
    path = tmp_path / "q.csv"
    arguments = ["compute", "--compounds", "EC, {COCCOC}", "--out", str(path), "--processes", "1"]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    assert "2 molecules and anions, 1 of them ok" in result.output
    assert "COCCOC: failed" in result.output


def test_command_names_every_unknown_compound(calls: list[str], tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["compute", "--compounds", "EC,DMEE,XYZZY"])
    assert result.exit_code != 0
    assert "DMEE" in str(result.exception)
    assert "XYZZY" in str(result.exception)


def test_two_processes_reproduce_the_shipped_rows(tmp_path: Path) -> None:
    pytest.importorskip("tblite")
    pytest.importorskip("ase")
    chosen = [REGISTRY["H2O"], REGISTRY["AN"]]
    table = compute(chosen, tmp_path / "q.csv", processes=2).set_index("smiles")
    shipped = shipped_table("quantum").set_index("smiles")
    for smiles in table.index:
        expected = float(shipped.loc[smiles, "binding_Li_eV"])
        assert table.loc[smiles, "binding_Li_eV"] == pytest.approx(expected, abs=0.02)
