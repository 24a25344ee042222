"""Sources: their years, and the laboratories behind the rows."""

from __future__ import annotations

from anolyte.datasets import load_measurements
from anolyte.datasets.measurements.sources import laboratories, publication_years


def test_every_year_is_plausible_and_most_sources_have_one() -> None:
    years = publication_years()
    assert all(1960 <= year <= 2026 for year in years.values())
    rows = load_measurements("all")
    assert rows["year"].notna().mean() > 0.7


def test_rows_of_one_source_are_of_one_laboratory_unless_named() -> None:
    rows = load_measurements("Na")
    of_row = laboratories(rows)
    assert set(of_row[rows["laboratory"] == ""]) <= set(rows["source"])
    screened = rows[rows["laboratory"] == "sodium ether closed loop"]
    assert len(screened) == 45
    assert set(of_row[screened.index]) == {"sodium ether closed loop"}
