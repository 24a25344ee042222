"""A deliberately broken table: every planted fault is found, and all at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from anolyte.datasets import read_measurements
from anolyte.datasets.errors import TableError
from anolyte.datasets.measurements.checks import conflicts, resolves, warnings_of

HEADER = [
    "measurement_id",
    "metal",
    "electrolyte",
    "ce_pct",
    "ce_qualifier",
    "ce_method",
    "cycles",
    "substrate",
    "current_mA_cm2",
    "capacity_mAh_cm2",
    "temperature_C",
    "sei_character",
    "sei_species",
    "source",
    "doi",
    "confidence",
    "notes",
]
GOOD = {
    "metal": "Li",
    "electrolyte": "1 M LiFSI in DME",
    "ce_pct": "98.4",
    "source": "Journal 1 (2020) 1",
}

# What is planted: the cells that differ from the good row, and the column and words to expect.
FAULTS: dict[str, tuple[dict[str, str], str, str]] = {
    "no metal": ({"metal": ""}, "metal", "empty"),
    "unknown metal": ({"metal": "Xx"}, "metal", "unknown metal"),
    "no electrolyte": ({"electrolyte": ""}, "electrolyte", "empty"),
    "unknown compound": ({"electrolyte": "1 M LiFSO in DME"}, "electrolyte", "unknown compound"),
    "no ratio": ({"electrolyte": "1 M LiPF6 in EC/DMC"}, "electrolyte", "no ratio"),
    "ratio without kind": (
        {"electrolyte": "1 M LiPF6 in EC/DMC (1:1)"},
        "electrolyte",
        "without its kind",
    ),
    "amount without unit": ({"electrolyte": "1 LiPF6 in EC"}, "electrolyte", "without a unit"),
    "percent of what": (
        {"electrolyte": "1 M LiPF6 in EC + 2 % VC"},
        "electrolyte",
        "percent of what",
    ),
    "negative amount": ({"electrolyte": "-1 M LiPF6 in EC"}, "electrolyte", "negative"),
    "charged structure": (
        {"electrolyte": "1 M LiPF6 in {C[NH3+]}"},
        "electrolyte",
        "net charge",
    ),
    "broken structure": ({"electrolyte": "1 M LiPF6 in {C1CC}"}, "electrolyte", "not a valid"),
    "wrong number of parts": (
        {"electrolyte": "1 M LiPF6 in EC/DMC (1:1:1 v/v)"},
        "electrolyte",
        "3 parts for 2",
    ),
    "component twice": (
        {"electrolyte": "1 M LiPF6 in EC/EC (1:1 v/v)"},
        "electrolyte",
        "more than once",
    ),
    "salt by volume": ({"electrolyte": "LiFSI/DME (1:2 v/v)"}, "electrolyte", "no volume"),
    "negative CE": ({"ce_pct": "-3"}, "ce_pct", "below 0"),
    "CE far above 100": ({"ce_pct": "984"}, "ce_pct", "above 105"),
    "CE in words": ({"ce_pct": "high"}, "ce_pct", "not a number"),
    "CE with a thousands comma": ({"ce_pct": "98,400"}, "ce_pct", "thousands or decimals"),
    "infinite CE": ({"ce_pct": "inf"}, "ce_pct", "not a finite number"),
    "nothing observed": ({"ce_pct": ""}, "ce_pct", "neither"),
    "unknown method": ({"ce_method": "guess"}, "ce_method", "not in the vocabulary"),
    "current in words": ({"current_mA_cm2": "slow"}, "current_mA_cm2", "not a number"),
    "current of zero": ({"current_mA_cm2": "0"}, "current_mA_cm2", "not above 0"),
    "negative capacity": ({"capacity_mAh_cm2": "-1"}, "capacity_mAh_cm2", "not above 0"),
    "temperature in kelvin of a star": (
        {"temperature_C": "5778"},
        "temperature_C",
        "no plausible temperature",
    ),
    "unknown SEI character": (
        {"sei_character": "beautiful"},
        "sei_character",
        "not in the vocabulary",
    ),
    "unknown SEI species": ({"sei_species": "LiF;magic"}, "sei_species", "magic"),
    "no source": ({"source": ""}, "source", "empty"),
    "unknown confidence": ({"confidence": "sure"}, "confidence", "not in the vocabulary"),
}

WARNINGS: dict[str, tuple[dict[str, str], str]] = {
    "no lithium": ({"electrolyte": "1 M NaPF6 in DME"}, "no Li in it"),
    "too concentrated": ({"electrolyte": "98 M LiFSI in DME"}, "more than 30 M"),
    "source leads nowhere": ({"source": "a colleague"}, "leads nowhere"),
    "malformed DOI": ({"doi": "doi pending"}, "no DOI"),
    "malformed cycles": ({"cycles": "many"}, "no cycle count"),
}


def write(path: Path, rows: list[dict[str, str]]) -> Path:
    lines = [",".join(HEADER)]
    for row in rows:
        cells = [(GOOD | row).get(column, "") for column in HEADER]
        lines.append(",".join(f'"{cell}"' for cell in cells))
    path.write_text("\n".join(lines), "utf-8")
    return path


def test_every_planted_fault_is_found_at_once(tmp_path: Path) -> None:
    planted = [changes | {"notes": name} for name, (changes, _, _) in FAULTS.items()]
    with pytest.raises(TableError) as caught:
        read_measurements(write(tmp_path / "broken.csv", planted))
    found = {fault.place: fault for fault in caught.value.faults}
    for number, (name, (_, column, words)) in enumerate(FAULTS.items(), start=2):
        fault = found[f"row {number}, column {column}"]
        assert words in f"{fault.value} {fault.reason}", name
        assert fault.remedy, name


def test_fractions_are_faults(tmp_path: Path) -> None:
    fractions = [{"ce_pct": "0.98"}, {"ce_pct": "0.95", "electrolyte": "1 M LiFSI in DEE"}]
    with pytest.raises(TableError, match="multiply them by 100"):
        read_measurements(write(tmp_path / "fractions.csv", fractions))


def test_every_planted_warning_is_found(tmp_path: Path) -> None:
    planted = [changes for changes, _ in WARNINGS.values()]
    warnings = warnings_of(read_measurements(write(tmp_path / "odd.csv", planted)), published=True)
    found = {warning.place.split(",")[0]: warning for warning in warnings}
    for number, (name, (_, words)) in enumerate(WARNINGS.items(), start=2):
        assert words in found[f"row {number}"].reason, name


def test_own_notebooks_are_sources_too(tmp_path: Path) -> None:
    table = read_measurements(write(tmp_path / "own.csv", [{"source": "notebook 12"}]))
    assert warnings_of(table) == []
    assert len(warnings_of(table, published=True)) == 1


def test_a_good_table_has_no_warnings(tmp_path: Path) -> None:
    assert warnings_of(read_measurements(write(tmp_path / "good.csv", [{}]))) == []


def test_repeated_ids_are_a_warning(tmp_path: Path) -> None:
    rows = [{"measurement_id": "a"}, {"measurement_id": "a", "ce_pct": "97"}]
    warnings = warnings_of(read_measurements(write(tmp_path / "ids.csv", rows)))
    assert [warning.reason for warning in warnings] == ["occurs twice"]


def test_contradicting_reports(tmp_path: Path) -> None:
    rows = [{"ce_pct": "99.5"}, {"ce_pct": "60", "source": "Journal 2 (2021) 5"}]
    table = read_measurements(write(tmp_path / "conflict.csv", rows))
    (conflict,) = conflicts(table).to_dict("records")
    assert (conflict["lowest"], conflict["highest"], conflict["reports"]) == (60, 99.5, 2)
    assert "contradict" in warnings_of(table)[0].reason


@pytest.mark.parametrize(
    ("source", "doi", "expected"),
    [
        ("kim2023-ref02", "", True),
        ("anything", "10.1073/pnas.2214357120", True),
        ("https://pubs.rsc.org/x", "", True),
        ("Mogi et al., J. Electrochem. Soc. 149 (2002) A1578", "", True),
        ("kim2023-ref99", "", False),
        ("my friend", "", False),
    ],
)
def test_resolving_sources(source: str, doi: str, expected: bool) -> None:
    assert resolves(source, doi) is expected
