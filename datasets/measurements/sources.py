"""Where measurements come from: publications with their year, and laboratories."""

from __future__ import annotations

from functools import lru_cache

import pandas as pd

from ..files.shipped import shipped_table


@lru_cache(maxsize=1)
def publication_years() -> dict[str, float]:
    """Return the year of each source of the shipped tables that has one."""
    table = shipped_table("sources")
    dated = table[table["year"] != ""]
    return dict(zip(dated["source"], dated["year"].astype(float), strict=True))


@lru_cache(maxsize=1)
def cited_sources() -> frozenset[str]:
    """Return the source keys that the shipped tables resolve to a citation or a DOI."""
    table = shipped_table("sources")
    return frozenset(table["source"][(table["citation"] != "") | (table["doi"] != "")])


def with_years(measurements: pd.DataFrame) -> pd.DataFrame:
    """Return the measurements with the year of each known source where they give none."""
    known = measurements["source"].map(publication_years()).astype(float)
    return measurements.assign(year=measurements["year"].fillna(known))


def laboratories(measurements: pd.DataFrame) -> pd.Series:
    """Return the laboratory of each measurement: the named one, else its source.

    One source is one laboratory unless its rows say otherwise.
    """
    if "laboratory" not in measurements:
        return measurements["source"]
    named = measurements["laboratory"].fillna("")
    return named.where(named != "", measurements["source"])
