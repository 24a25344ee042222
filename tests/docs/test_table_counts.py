"""The data sheet's counts are those of the tables."""

from __future__ import annotations

import pytest
import table_counts


def test_counts_are_those_of_the_tables() -> None:
    text = table_counts.DATASHEET.read_text("utf-8")
    assert table_counts.renewed(text) == text, "run: make tables"


def test_counts_that_were_typed_are_replaced() -> None:
    text = table_counts.DATASHEET.read_text("utf-8")
    typed = text.replace("| Li |", "| Li | 1 ", 1)
    assert typed != text
    assert table_counts.renewed(typed) == text


def test_a_data_sheet_without_its_marks_is_refused() -> None:
    with pytest.raises(ValueError, match="no place for the counts"):
        table_counts.renewed("# Datasheet\n")
