"""Open the tables that come with anolyte, and nothing else."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

import pandas as pd


@lru_cache(maxsize=32)
def _shipped_table(name: str) -> pd.DataFrame:
    with (files("anolyte.datasets") / "tables" / f"{name}.csv").open(encoding="utf-8") as stream:
        return pd.read_csv(stream, dtype=str, keep_default_na=False)


def shipped_table(name: str) -> pd.DataFrame:
    """Return a shipped table as text cells (a copy, free to change).

    Parameters
    ----------
    name
        File name in ``tables`` without its ending, for example ``properties``.
    """
    return _shipped_table(name).copy()


def shipped_table_names(prefix: str = "") -> list[str]:
    """Return the names of the shipped tables that start with `prefix`, sorted."""
    folder = files("anolyte.datasets") / "tables"
    names = (entry.name.removesuffix(".csv") for entry in folder.iterdir() if ".csv" in entry.name)
    return sorted(name for name in names if name.startswith(prefix))
