"""One cell of a measurement table."""

from __future__ import annotations

import pytest
from anolyte.datasets.measurements.schema import (
    COLUMNS,
    NUMBER_COLUMNS,
    TEXT_COLUMNS,
    VOCABULARIES,
    CellError,
    check_electrolyte,
    check_metal,
    is_empty,
    read_efficiency,
    read_number,
    vocabulary_check,
)


def test_columns_are_text_or_number_and_named_once() -> None:
    assert sorted(COLUMNS) == sorted((*TEXT_COLUMNS, *NUMBER_COLUMNS))
    assert len(set(COLUMNS)) == len(COLUMNS)
    assert set(VOCABULARIES) <= set(TEXT_COLUMNS)


@pytest.mark.parametrize(
    ("text", "value", "qualifier"),
    [
        ("99.5", 99.5, ""),
        ("98,5", 98.5, ""),
        (">99.5", 99.5, ">"),
        ("> 99.5 %", 99.5, ">"),
        ("≥99", 99, ">"),
        (">=99", 99, ">"),
        ("<= 50%", 50, "<"),
        ("~95", 95, "~"),
        ("≈ 95", 95, "~"),
        ("=95", 95, "="),
        ("0", 0, ""),
        ("1e2", 100, ""),
        ("105", 105, ""),
    ],
)
def test_efficiency_and_its_qualifier(text: str, value: float, qualifier: str) -> None:
    assert read_efficiency(text) == (value, qualifier)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("-1", "below 0"),
        ("−5", "below 0"),
        ("105.1", "above 105 %"),
        ("9950", "above 105 %"),
        ("99,512", "thousands or decimals"),
        ("95 ± 1", "not a number"),
        ("99.5-99.9", "not a number"),
        (">>99", "not a number"),
        (">", "not a number"),
        ("%", "not a number"),
        ("ca. 95", "not a number"),
        ("inf", "not a finite number"),
        ("1e999", "not a finite number"),
        ("nan", "not a finite number"),
    ],
)
def test_no_efficiency(text: str, reason: str) -> None:
    with pytest.raises(CellError, match=reason) as caught:
        read_efficiency(text)
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("text", "value"),
    [("1.5", 1.5), (" 0,25 ", 0.25), ("-20", -20), ("−20,5", -20.5), ("1e-3", 1e-3)],
)
def test_plain_numbers(text: str, value: float) -> None:
    assert read_number(text) == value


@pytest.mark.parametrize("text", ["1 mA", "1.000,5", "1,000", "", "0.5 to 1", "one"])
def test_no_plain_number(text: str) -> None:
    with pytest.raises(CellError):
        read_number(text)


def test_underscore_makes_no_number() -> None:
    with pytest.raises(CellError):
        read_number("9_9")


@pytest.mark.parametrize("text", ["", "  ", "NaN", "n/a", "NA", "None", "null", "-", "–", "—"])
def test_empty_cells(text: str) -> None:
    assert is_empty(text)


@pytest.mark.parametrize("text", ["0", "Cu", "unknown", "?", "--"])
def test_cells_that_say_something(text: str) -> None:
    assert not is_empty(text)


@pytest.mark.parametrize(
    ("column", "text", "word"),
    [
        ("ce_method", "First Cycle", "first_cycle"),
        ("ce_method", "AURBACH", "aurbach"),
        ("sei_composition", "Inorganic rich", "inorganic-rich"),
        ("sei_character", "Passivating", "passivating"),
        ("sei_function", "Conducts", "conducts"),
        ("confidence", " High ", "high"),
        ("ce_qualifier", "~", "~"),
    ],
)
def test_vocabulary_forgives_case_and_blanks(column: str, text: str, word: str) -> None:
    assert vocabulary_check(column)(text) == word


@pytest.mark.parametrize("column", VOCABULARIES)
def test_word_outside_of_the_vocabulary_lists_the_words(column: str) -> None:
    with pytest.raises(CellError, match="not in the vocabulary") as caught:
        vocabulary_check(column)("sideways")
    assert all(word in caught.value.remedy for word in VOCABULARIES[column])


def test_electrolyte_cell_becomes_canonical_text() -> None:
    assert check_electrolyte("1M lipf6 in EC:DMC 1:1 v/v", None) == "1 M LiPF6 in EC/DMC (1:1 v/v)"


def test_broken_electrolyte_cell_tells_every_fault() -> None:
    with pytest.raises(CellError) as caught:
        check_electrolyte("1 LiPF6 in EC/DMC (1:1)", None)
    assert caught.value.reason == (
        "position 1 amount without a unit; position 20 ratio without its kind"
    )


def test_metal_cell() -> None:
    assert check_metal("na") == "Na"
    with pytest.raises(CellError, match="unknown metal"):
        check_metal("Pb")
