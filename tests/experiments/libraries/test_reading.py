"""Reading files of molecules: every record is a molecule or a counted fault."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from anolyte.datasets.errors import InputError
from anolyte.datasets.files import processes
from anolyte.experiments import MoleculeLibrary, read_library
from anolyte.experiments.libraries import reading
from anolyte.experiments.libraries.reading import read_records
from anolyte.experiments.libraries.standardising import OVERDUE
from hypothesis import given, settings
from hypothesis import strategies as st

KNOWN = {"DME": "COCCOC", "DEE": "CCOCCOCC", "EC": "O=C1OCCO1"}


def test_the_three_kinds_of_files_hold_the_same(tmp_path: Path) -> None:
    from rdkit.Chem import MolFromSmiles, MolToMolBlock

    lines = "".join(f"{smiles}\t{name}\n" for name, smiles in KNOWN.items())
    (tmp_path / "a.smi").write_text(f"# ethers\nsmiles name\n{lines}\n")
    rows = "".join(f'{name};"{smiles}"\n' for name, smiles in KNOWN.items())
    with gzip.open(tmp_path / "b.csv.gz", "wt") as packed:
        packed.write(f"Name;SMILES\n{rows}")
    blocks = [f"{name}{MolToMolBlock(MolFromSmiles(s))}\n$$$$\n" for name, s in KNOWN.items()]
    (tmp_path / "c.sdf").write_text("".join(blocks))
    for name in ("a.smi", "b.csv.gz", "c.sdf"):
        found = read_library(tmp_path / name, workers=0)
        assert dict(zip(found.names, found.smiles, strict=True)) == KNOWN


def test_one_structure_is_one_molecule() -> None:
    drawings = ["CS(C)=O", "C[S+](C)[O-]", "COCCOC", "O(C)CCOC", "C(COC)OC", "[2H]COCCOC"]
    found = MoleculeLibrary.of(drawings)
    assert found.smiles == ("CS(C)=O", "COCCOC")
    assert found.duplicates == 4


def test_faults_are_counted_by_kind_with_the_first_of_each() -> None:
    texts = ["CCOCC", "CC(", "C1CC", "[Li+].[Cl-]", "CCO.CCOCC", "[CH3]", "[NH4+]", "*CCO*", ""]
    found = MoleculeLibrary.of([*texts, "C" * 600])
    told = {each.kind: (each.count, each.line, each.text) for each in found.troubles}
    assert found.smiles == ("CCOCC",)
    assert told["no valid SMILES"] == (2, 2, "CC(")
    assert told["a salt or ionic liquid"][0] == told["several molecules in one"][0] == 1
    assert set(told) == {
        "no valid SMILES", "a salt or ionic liquid", "several molecules in one", "a radical",
        "a net charge", "a repeat unit of a polymer", "too large",
        "no structure, or a line too long to be one",
    }  # fmt: skip
    assert sum(count for count, _, _ in told.values()) + len(found) == found.read == 10


@settings(max_examples=25)
@given(st.lists(st.text(max_size=40), max_size=8))
def test_any_text_is_a_molecule_or_a_fault(texts: list[str]) -> None:
    found = MoleculeLibrary.of(texts)
    faults = sum(each.count for each in found.troubles)
    assert len(found) + found.duplicates + faults == found.read == len(texts)


@given(st.binary(max_size=300), st.sampled_from(["x.smi", "x.csv", "x.sdf", "x.smi.gz"]))
def test_any_file_is_read_or_refused_in_words(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, name: str
) -> None:
    path = tmp_path_factory.mktemp("any") / name
    path.write_bytes(data)
    records, refused = [], ""
    try:
        records = list(read_records(path))
    except InputError as error:
        refused = error.faults[0].remedy
    assert refused or all(record.line > 0 for record in records)


def test_a_line_without_end_is_one_fault(tmp_path: Path) -> None:
    path = tmp_path / "long.smi"
    path.write_text(f"CCOCC\n{'C' * 100_000}\nCCO\n")
    assert [record.text for record in read_records(path)] == ["CCOCC", "", "CCO"]


def test_what_is_no_file_of_molecules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = tmp_path / "t.csv"
    table.write_text("a,b\n1,2\n")
    with pytest.raises(InputError, match="no column of structures"):
        list(read_records(table))
    with pytest.raises(InputError, match="no such file"):
        list(read_records(tmp_path / "none.smi"))
    with pytest.raises(InputError, match="no known file"):
        list(read_records(tmp_path / "t.pkl"))
    (tmp_path / "empty.smi").write_text("CC(\n")
    with pytest.raises(InputError, match="no molecule"):
        read_library(tmp_path / "empty.smi", workers=0)
    monkeypatch.setattr(reading, "MOST_RECORDS", 2)
    (tmp_path / "many.smi").write_text("C\nCC\nCCC\n")
    with pytest.raises(InputError, match="more than 2 molecules"):
        list(read_records(tmp_path / "many.smi"))


def test_what_was_read_is_not_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from anolyte.experiments.libraries import library

    path = tmp_path / "a.smi"
    path.write_text("COCCOC\nCC(\n")
    first = read_library(path, tmp_path / "cache", workers=0)
    monkeypatch.setattr(library, "standardised", None)
    assert read_library(path, tmp_path / "cache", workers=0) == first


def test_a_call_that_hangs_or_dies_is_answered_all_the_same() -> None:
    import os
    import time

    slept = dict(processes.in_processes(time.sleep, [(0,), (60,), (0.01,)], 2, seconds=3.0))
    assert slept[0] is slept[2] is None
    assert isinstance(slept[1], processes.OverdueError)
    died = dict(processes.in_processes(os._exit, [(1,), (2,)], 1, seconds=60.0))
    assert all(isinstance(each, processes.OverdueError) for each in died.values())


def test_a_hostile_structure_is_a_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from anolyte.experiments.libraries import library
    from anolyte.experiments.libraries.standardising import Molecule, standardised

    def in_parts(function, items, workers, *rest):  # type: ignore[no-untyped-def]
        """Answer as the processes do where one of the records hangs."""
        for item in items:
            hangs = item.name == "hostile"
            yield [item], processes.OverdueError() if hangs else standardised([item])

    monkeypatch.setattr(library, "in_parts", in_parts)
    path = tmp_path / "a.smi"
    path.write_text("COCCOC\nCCOCC hostile\n")
    found = read_library(path)
    assert found.smiles == ("COCCOC",)
    assert [(each.kind, each.line) for each in found.troubles] == [(OVERDUE, 2)]
    assert Molecule("", "", OVERDUE).fault == OVERDUE
