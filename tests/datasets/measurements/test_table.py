"""The measurement tables: those shipped, and what a user's may look like."""

from __future__ import annotations

from importlib.resources import as_file, files
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
from anolyte.datasets.compounds.metals import METALS, Metal
from anolyte.datasets.compounds.registry import Compound, CompoundRegistry, shipped_compounds
from anolyte.datasets.electrolytes.grammar import parse
from anolyte.datasets.errors import TableError
from anolyte.datasets.measurements.checks import warnings_of
from anolyte.datasets.measurements.schema import COLUMNS, NUMBER_COLUMNS, TEXT_COLUMNS, VOCABULARIES
from anolyte.datasets.measurements.table import (
    PLATING_METHODS,
    commonest_salt,
    efficiencies,
    load_measurements,
    read_measurements,
)

HEADER = "metal,electrolyte,ce_pct,source"


def write(folder: Path, text: str) -> Path:
    path = folder / "measurements.csv"
    path.write_text(text, encoding="utf-8")
    return path


def faults_of(path: Path, metal: str | None = None) -> list[tuple[str, str]]:
    with pytest.raises(TableError) as caught:
        read_measurements(path, metal)
    assert all(fault.remedy for fault in caught.value.faults)
    return [(fault.place, fault.reason) for fault in caught.value.faults]


# --- the shipped tables


@pytest.mark.parametrize("metal", METALS)
def test_shipped_table_passes_its_own_check_unchanged(metal: Metal) -> None:
    table = files("anolyte.datasets") / "tables" / f"measurements_{metal}.csv"
    with as_file(table) as path:
        checked = read_measurements(path)
    pd.testing.assert_frame_equal(checked, load_measurements(metal))


@pytest.mark.parametrize("metal", METALS)
def test_shipped_table_keeps_to_the_schema(metal: Metal) -> None:
    table = load_measurements(metal)
    assert list(table.columns) == list(COLUMNS)
    assert (table["metal"] == metal).all()
    assert table["measurement_id"].is_unique
    assert table["measurement_id"].str.fullmatch(rf"{metal}-\d{{4}}").all()
    assert (table["source"] != "").all()
    assert all(pd.api.types.is_float_dtype(table[column]) for column in NUMBER_COLUMNS)
    assert not table[list(TEXT_COLUMNS)].isna().any(axis=None)
    for column, words in VOCABULARIES.items():
        assert set(table[column]) <= {"", *words}
    assert table["ce_pct"].dropna().between(0, 100).all()
    says = table["sei_composition"] + table["sei_function"] + table["sei_species"]
    assert (table["ce_pct"].notna() | (says != "")).all()


def test_all_metals_come_as_one_table() -> None:
    everything = load_measurements("all")
    assert len(everything) == sum(len(load_measurements(metal)) for metal in METALS)
    assert list(everything.index) == list(range(len(everything)))
    assert everything["measurement_id"].is_unique


def test_metal_is_named_in_any_case_and_unknown_metals_are_refused() -> None:
    pd.testing.assert_frame_equal(load_measurements("na"), load_measurements("Na"))
    with pytest.raises(ValueError, match="unknown metal 'Pb'"):
        load_measurements("Pb")


def test_loaded_table_is_free_to_change() -> None:
    table = load_measurements("K")
    table["ce_pct"] = 0.0
    table.loc[:, "electrolyte"] = "nothing"
    assert (load_measurements("K")["electrolyte"] != "nothing").all()


def test_compiled_lithium_efficiencies_are_shipped_as_curated(facts: Path) -> None:
    curated = pd.read_csv(facts / "measurements_li.csv", keep_default_na=False)
    curated = curated[curated["source"].str.startswith("kim2023")]
    shipped = load_measurements("Li")
    shipped = shipped[shipped["where"].str.contains("data row")]
    # What was found wrong since says so.
    corrected = shipped["notes"].str.contains("corrected: ")
    assert 5 <= corrected.sum() <= 10
    shipped = shipped[~corrected]
    assert len(shipped) >= 150
    known = {
        (str(parse(text)), float(ce))
        for text, ce in zip(curated["electrolyte"], curated["ce_pct"], strict=True)
    }
    assert set(zip(shipped["electrolyte"], shipped["ce_pct"], strict=True)) <= known


def test_efficiencies_leave_out_what_measures_something_else() -> None:
    everything = load_measurements("all")
    kept = efficiencies(everything)
    assert kept["ce_pct"].notna().all()
    assert set(kept["ce_method"]) <= {"", *PLATING_METHODS}
    assert "graphite" not in set(kept["substrate"])
    assert not kept["notes"].str.contains("DEPOSITION-ONLY").any()
    left = everything[~everything["measurement_id"].isin(kept["measurement_id"])]
    assert {"first_cycle", "full_cell"} <= set(left["ce_method"])
    assert list(kept.index) == list(range(len(kept)))


@pytest.mark.parametrize(
    ("metal", "salt"),
    [("Li", "LiFSI"), ("Na", "NaPF6"), ("K", "KFSI"), ("Zn", "ZnSO4"), ("Al", "AlCl3")],
)
def test_commonest_salt(metal: Metal, salt: str) -> None:
    assert str(commonest_salt(metal)) == salt


@pytest.mark.parametrize("metal", METALS)
def test_commonest_salt_holds_the_metal(metal: Metal) -> None:
    assert commonest_salt(metal).is_salt
    assert f"[{metal}" in commonest_salt(metal).smiles


# --- a user's good table

GOOD = [
    ["metal", "electrolyte", "ce_pct", "source", "ce_method", "temperature_C", "notes", "operator"],
    ["Li", "1M LiPF6 in EC:DMC 1:1 v/v", "98.5", "notebook 7", "Average", "25", "25 °C", "Ada"],
    ["na", "1 M NaPF6 in diglyme", ">99.5", "notebook 7", "", "", "", "Ada"],
    ["Zn", "2 m ZnSO4 in H2O", "~ 90 %", "notebook 8", "aurbach", "-10", "n/a", "Bo"],
]


def as_text(separator: str) -> str:
    return "".join(separator.join(row) + "\r\n" for row in GOOD)


@pytest.fixture
def good(tmp_path: Path) -> pd.DataFrame:
    return read_measurements(write(tmp_path, as_text(",")))


def test_good_table_comes_in_canonical_form(good: pd.DataFrame) -> None:
    assert list(good.columns) == list(COLUMNS)
    assert list(good["metal"]) == ["Li", "Na", "Zn"]
    assert list(good["electrolyte"]) == [
        "1 M LiPF6 in EC/DMC (1:1 v/v)",
        "1 M NaPF6 in G2",
        "2 m ZnSO4 in H2O",
    ]
    assert list(good["ce_pct"]) == [98.5, 99.5, 90]
    assert list(good["ce_qualifier"]) == ["=", ">", "~"]
    assert list(good["ce_method"]) == ["average", "", "aurbach"]
    np.testing.assert_array_equal(good["temperature_C"], [25, np.nan, -10])
    assert list(good["notes"]) == ["25 °C", "", ""]
    assert list(good["sei_species"]) == ["", "", ""]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        pytest.param("t.tsv", as_text("\t").encode(), id="TSV"),
        pytest.param("t.csv", as_text(";").encode(), id="semicolon"),
        pytest.param("t.csv", as_text(",").encode("utf-8-sig"), id="BOM"),
        pytest.param("t.csv", as_text(",").encode("utf-16"), id="UTF-16"),
        pytest.param("t.csv", as_text(";").encode("cp1252"), id="Windows-1252"),
        pytest.param("t.csv", as_text(";").replace("98.5", "98,5").encode(), id="decimal comma"),
        pytest.param("t.csv", as_text(",").replace("98.5", '"98,5"').encode(), id="quoted comma"),
        pytest.param("t.csv", as_text(",").replace("\r", "").encode(), id="LF"),
    ],
)
def test_good_table_reads_alike_in_every_container(
    tmp_path: Path, good: pd.DataFrame, name: str, data: bytes
) -> None:
    (tmp_path / name).write_bytes(data)
    pd.testing.assert_frame_equal(read_measurements(tmp_path / name), good)


def test_workbook_with_numbers_reads_alike(tmp_path: Path, good: pd.DataFrame) -> None:
    book = openpyxl.Workbook()
    for row in GOOD:
        book.active.append(
            [float(cell) if cell in ("98.5", "25", "-10") else cell or None for cell in row]
        )
    book.save(tmp_path / "t.xlsx")
    pd.testing.assert_frame_equal(read_measurements(tmp_path / "t.xlsx"), good)


def test_read_table_reads_back_unchanged(tmp_path: Path, good: pd.DataFrame) -> None:
    path = tmp_path / "again.csv"
    good.to_csv(path, index=False)
    pd.testing.assert_frame_equal(read_measurements(path), good)


def test_sodium_is_a_metal_and_not_a_missing_value(tmp_path: Path) -> None:
    path = write(tmp_path, f"{HEADER}\nNa,1 M NaPF6 in G2,99,lab\nNA,1 M NaPF6 in DME,98,lab\n")
    assert list(read_measurements(path)["metal"]) == ["Na", "Na"]


def test_sodium_as_substrate_is_not_a_missing_value(tmp_path: Path) -> None:
    path = write(tmp_path, f"{HEADER},substrate\nNa,1 M NaPF6 in G2,99,lab,Na\n")
    assert list(read_measurements(path)["substrate"]) == ["Na"]


def test_metal_of_a_table_without_the_column(tmp_path: Path) -> None:
    path = write(tmp_path, "electrolyte,ce_pct,source\n1 M LiPF6 in EC,90,lab\n")
    assert list(read_measurements(path, "li")["metal"]) == ["Li"]
    assert faults_of(path) == [("row 1 (header)", "column is missing")]


def test_observation_without_efficiency_may_describe_the_sei(tmp_path: Path) -> None:
    text = f"{HEADER},sei_composition\nLi,1 M LiFSI in DME,,lab,Inorganic rich\n"
    table = read_measurements(write(tmp_path, text))
    assert list(table["sei_composition"]) == ["inorganic-rich"]
    assert table["ce_pct"].isna().all()
    assert list(table["ce_qualifier"]) == [""]


def test_former_one_word_character_is_split_into_its_two_answers(tmp_path: Path) -> None:
    rows = "".join(
        f"Li,1 M LiFSI in {solvent},,lab,{word}\n"
        for solvent, word in (("DME", "mixed"), ("DEE", "Passivating"), ("THF", "organic rich"))
    )
    table = read_measurements(write(tmp_path, f"{HEADER},SEI_character\n{rows}"))
    assert list(table["sei_composition"]) == ["mixed", "", "organic-rich"]
    assert list(table["sei_function"]) == ["", "passivates", ""]
    assert "sei_character" not in table


def test_former_character_may_not_contradict_the_new_columns(tmp_path: Path) -> None:
    text = f"{HEADER},sei_character,sei_composition\nLi,1 M LiFSI in DME,,lab,mixed,organic-rich\n"
    assert faults_of(write(tmp_path, text)) == [
        ("row 2, column sei_character", "contradicts sei_composition")
    ]


def test_year_is_that_of_a_known_source_unless_the_table_gives_one(tmp_path: Path) -> None:
    rows = "Li,1 M LiFSI in DME,90,kim2023-ref02,\nLi,1 M LiFSI in DEE,90,lab,2024\n"
    table = read_measurements(
        write(tmp_path, f"{HEADER},year\n{rows}Li,1 M LiFSI in THF,90,lab,\n")
    )
    np.testing.assert_array_equal(table["year"], [2002, 2024, np.nan])


def test_cells_and_their_spread_are_kept(tmp_path: Path) -> None:
    text = f"{HEADER},cells,ce_sd\nLi,1 M LiFSI in DME,90,lab,3,0.4\n"
    table = read_measurements(write(tmp_path, text))
    assert table[["cells", "ce_sd"]].to_numpy().tolist() == [[3.0, 0.4]]


def test_qualifier_may_have_its_own_column(tmp_path: Path) -> None:
    text = f"{HEADER},ce_qualifier\nLi,1 M LiFSI in DME,99,lab,>\n"
    assert list(read_measurements(write(tmp_path, text))["ce_qualifier"]) == [">"]


def test_contradicting_qualifiers_are_refused(tmp_path: Path) -> None:
    text = f"{HEADER},ce_qualifier\nLi,1 M LiFSI in DME,>99,lab,=\n"
    assert faults_of(write(tmp_path, text))


def test_compounds_of_ones_own_are_known_to_the_table(tmp_path: Path) -> None:
    registry = CompoundRegistry([*shipped_compounds(), Compound("PMC", "CCCOC(=O)OC")])
    path = write(tmp_path, f"{HEADER}\nLi,1 M LiPF6 in pmc,90,lab\n")
    assert list(read_measurements(path, registry=registry)["electrolyte"]) == ["1 M LiPF6 in PMC"]
    assert len(faults_of(path)) == 1


# --- a user's broken table

COLUMNS_OF_BROKEN = (
    "metal,electrolyte,ce_pct,source,ce_method,ce_qualifier,sei_composition,confidence,"
    "current_mA_cm2,capacity_mAh_cm2,temperature_C,cell"
)
# Row, and what is wrong with it: column and reason. Row 2 is fine and row 21 repeats its cell.
BROKEN: list[tuple[str, list[tuple[str, str]]]] = [
    ("Li,1 M LiPF6 in DME,90,lab,,,,,,,,A1", []),
    ("Pb,1 M LiPF6 in DME,90,lab", [("metal", "unknown metal")]),
    (",1 M LiPF6 in DEC,90,lab", [("metal", "empty")]),
    (
        "Li,1 M LiPF6 in EC/DMC (1:1),90,lab",
        [("electrolyte", "position 22 ratio without its kind")],
    ),
    ("Li,1 M LiPF7 in EC,90,lab", [("electrolyte", "position 5 unknown compound")]),
    ("Li,n/a,90,lab", [("electrolyte", "empty")]),
    ("Li,2 M LiPF6 in EC,90,", [("source", "empty")]),
    ("Li,3 M LiPF6 in EC,about 90,lab", [("ce_pct", "not a number")]),
    ("Li,4 M LiPF6 in EC,-3,lab", [("ce_pct", "below 0")]),
    ("Li,5 M LiPF6 in EC,106,lab", [("ce_pct", "above 105 %")]),
    ("Li,6 M LiPF6 in EC,inf,lab", [("ce_pct", "not a finite number")]),
    ('Li,7 M LiPF6 in EC,"98,512",lab', [("ce_pct", "thousands or decimals?")]),
    (
        "Li,8 M LiPF6 in EC,,lab",
        [("ce_pct", "neither a Coulombic efficiency nor an SEI observation")],
    ),
    ("Li,9 M LiPF6 in EC,91,lab,galvanostatic", [("ce_method", "not in the vocabulary")]),
    ("Li,10 M LiPF6 in EC,92,lab,,about", [("ce_qualifier", "not in the vocabulary")]),
    ("Li,11 M LiPF6 in EC,93,lab,,,nice", [("sei_composition", "not in the vocabulary")]),
    ("Li,12 M LiPF6 in EC,94,lab,,,,sure", [("confidence", "not in the vocabulary")]),
    ("Li,13 M LiPF6 in EC,95,lab,,,,,0", [("current_mA_cm2", "not above 0")]),
    ("Li,14 M LiPF6 in EC,96,lab,,,,,1,one", [("capacity_mAh_cm2", "not a number")]),
    ("Li,1 M LiPF6 in DME,90,lab,,,,,,,,A1", [("", "same cell and observation as row 2")]),
    ("Li,15 M LiPF6 in EC,97,lab,,,,,,,900", [("temperature_C", "no plausible temperature")]),
    ("Pb,EC,90 mAh,", [
        ("metal", "unknown metal"),
        ("electrolyte", "formulation no salt"),
        ("ce_pct", "not a number"),
        ("source", "empty"),
    ]),
]  # fmt: skip


def test_every_fault_of_a_broken_table_is_told_with_row_and_column(tmp_path: Path) -> None:
    text = "\n".join([COLUMNS_OF_BROKEN, *(row for row, _ in BROKEN)])
    expected = {
        (f"row {number}" + (f", column {column}" if column else ""), reason)
        for number, (_, faults) in enumerate(BROKEN, start=2)
        for column, reason in faults
    }
    found = faults_of(write(tmp_path, text))
    assert len({reason for _, reason in found}) >= 15
    assert set(found) == expected
    assert len(found) == len(expected)


def test_rows_with_different_faulty_values_are_not_called_the_same(tmp_path: Path) -> None:
    text = f"{HEADER}\nLi,1 M LiPF6 in EC,about 90,lab\nLi,1 M LiPF6 in EC,about 80,lab\n"
    assert faults_of(write(tmp_path, text)) == [
        ("row 2, column ce_pct", "not a number"),
        ("row 3, column ce_pct", "not a number"),
    ]


def test_error_message_shows_one_line_for_each_fault(tmp_path: Path) -> None:
    path = write(tmp_path, f"{HEADER}\nPb,1 M LiPF6 in EC,abc,lab\n")
    with pytest.raises(TableError) as caught:
        read_measurements(path)
    lines = str(caught.value).splitlines()
    assert len(lines) == 3
    assert str(path) in lines[0]
    assert "row 2, column metal: 'Pb': unknown metal" in lines[1]
    assert "row 2, column ce_pct: 'abc': not a number" in lines[2]


@pytest.mark.parametrize("values", [("0.985", "0.99"), ("0.5",), ("1.0", "0.97", "1.04")])
def test_column_of_fractions_is_refused(tmp_path: Path, values: tuple[str, ...]) -> None:
    rows = "".join(f"Li,{i + 1} M LiPF6 in EC,{v},lab\n" for i, v in enumerate(values))
    assert faults_of(write(tmp_path, f"{HEADER}\n{rows}")) == [
        ("column ce_pct", "looks like fractions")
    ]


def test_single_low_efficiency_among_percentages_is_kept(tmp_path: Path) -> None:
    text = f"{HEADER}\nLi,1 M LiPF6 in EC,0.5,lab\nLi,1 M LiPF6 in DME,90,lab\n"
    assert list(read_measurements(write(tmp_path, text))["ce_pct"]) == [0.5, 90]


def test_cell_that_fails_to_plate_is_no_fraction(tmp_path: Path) -> None:
    table = read_measurements(write(tmp_path, f"{HEADER}\nMg,1 M MgCl2 in DME,0,lab\n"))
    assert list(table["ce_pct"]) == [0]


def test_same_cell_in_two_spellings_is_the_same_observation(tmp_path: Path) -> None:
    rows = "Li,1 M LiPF6 in DME,90,lab,A1\nli,1M lipf6 in monoglyme,90.0,lab,A1\n"
    assert faults_of(write(tmp_path, f"{HEADER},cell\n{rows}")) == [
        ("row 3", "same cell and observation as row 2")
    ]


@pytest.mark.parametrize(("cells", "asked"), [(("A1", "A2", "A3"), []), (("", "", ""), [3, 4])])
def test_cells_with_the_same_efficiency_are_observations_of_their_own(
    tmp_path: Path, cells: tuple[str, ...], asked: list[int]
) -> None:
    rows = "".join(f"Li,1 M LiPF6 in DME,90,lab 2026,{cell}\n" for cell in cells)
    table = read_measurements(write(tmp_path, f"{HEADER},cell\n{rows}"))
    assert list(table["cell"]) == list(cells)
    assert len(efficiencies(table)) == 3
    warnings = warnings_of(table)
    assert [warning.place for warning in warnings] == [f"row {number}" for number in asked]
    assert all("reads like row 2" in warning.reason for warning in warnings)


@pytest.mark.parametrize(
    "change", ["Li,1 M LiPF6 in DME,90,other lab", "Li,1 M LiPF6 in DME,91,lab"]
)
def test_repeated_measurement_of_another_source_or_value_is_kept(
    tmp_path: Path, change: str
) -> None:
    text = f"{HEADER}\nLi,1 M LiPF6 in DME,90,lab\n{change}\n"
    assert len(read_measurements(write(tmp_path, text))) == 2


@pytest.mark.parametrize(
    ("column", "first", "second"),
    [
        ("ce_method", "average", "aurbach"),
        ("cycles", "1-50", "51-100"),
        ("substrate", "Cu", "SS"),
        ("current_mA_cm2", "0.5", "1"),
        ("capacity_mAh_cm2", "0.5", "1"),
        ("temperature_C", "25", "-20"),
        ("sei_composition", "mixed", "organic-rich"),
        ("sei_function", "conducts", "passivates"),
    ],
)
def test_condition_tells_two_observations_apart(
    tmp_path: Path, column: str, first: str, second: str
) -> None:
    row = "Li,1 M LiPF6 in DME,90,lab,A1"
    path = write(tmp_path, f"{HEADER},cell,{column}\n{row},{first}\n{row},{second}\n")
    assert len(read_measurements(path)) == 2
    path = write(tmp_path, f"{HEADER},cell,{column}\n{row},{first}\n{row},{first}\n")
    assert faults_of(path) == [("row 3", "same cell and observation as row 2")]


def test_table_without_rows_is_refused(tmp_path: Path) -> None:
    assert faults_of(write(tmp_path, f"{HEADER}\n")) == [("file", "no rows below the header")]


def test_all_missing_columns_are_named(tmp_path: Path) -> None:
    path = write(tmp_path, "formulation,ce\nx,1\n")
    assert faults_of(path) == [("row 1 (header)", "column is missing")] * 4


def test_unquoted_decimal_comma_in_a_comma_table_is_not_guessed(tmp_path: Path) -> None:
    path = write(tmp_path, f"{HEADER}\nLi,1 M LiPF6 in EC,98,5,lab\n")
    assert faults_of(path) == [("row 2", "5 cells under 4 columns")]
