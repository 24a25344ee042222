"""Compare two runs: figures side by side; for ranked lists who rose and who fell."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from .address import TrackingError
from .lists import RANKED, SUGGESTED
from .mlflow_store import MlflowStore
from .stored import StoredRun

DEPTHS = (10, 50, 100)
# Two are always in the same order or in the opposite one.
FEWEST = 3
_TAGS = ("metal", "task", "version", "commit", "split", "evidence", "data_sha256", "model_version")


@dataclass(frozen=True)
class ListComparison:
    """What differs between two ranked lists.

    Attributes
    ----------
    moves
        Electrolytes that both have: rank_a, rank_b, rise (positive: better in B), CE of both.
    overlap
        How many of the first 10, 50, 100 both have; depths that either list lacks are left out.
    rank_correlation
        Spearman's of those that both have; None where there is none.
    no_correlation
        Why there is none; "" where there is one.
    only_a, only_b
        Electrolytes of one list alone, best first.
    """

    moves: pd.DataFrame
    overlap: dict[int, int]
    rank_correlation: float | None
    no_correlation: str
    only_a: list[str]
    only_b: list[str]


def side_by_side(first: StoredRun, second: StoredRun) -> pd.DataFrame:
    """Return what two runs hold: kind, name, a, b, change; what neither has is left out."""
    parts = []
    for kind, left, right in (
        ("tag", _chosen(first), _chosen(second)),
        ("param", first.params, second.params),
        ("metric", first.metrics, second.metrics),
    ):
        for name in sorted({*left, *right}):
            a, b = left.get(name), right.get(name)
            both = kind == "metric" and a is not None and b is not None
            change = float(b) - float(a) if both else float("nan")  # type: ignore[arg-type]
            parts.append((kind, name, a, b, change))
    return pd.DataFrame(parts, columns=["kind", "name", "a", "b", "change"])


def _chosen(run: StoredRun) -> dict[str, str]:
    return {name: run.tags[name] for name in _TAGS if run.tags.get(name)}


def read_list(store: MlflowStore, run: StoredRun) -> pd.DataFrame | None:
    """Return the whole list of a run; None if it holds none."""
    for name in (RANKED, SUGGESTED):
        with tempfile.TemporaryDirectory() as folder:
            try:
                return pd.read_parquet(store.fetch(run, f"{name}.parquet", Path(folder)))
            except TrackingError:
                continue
    return None


def compare_lists(first: pd.DataFrame, second: pd.DataFrame) -> ListComparison:
    """Compare two ranked lists by the names of their electrolytes."""
    a, b = (frame.drop_duplicates("electrolyte") for frame in (first, second))
    columns = ["electrolyte", "rank", "ce_pct"]
    a, b = (frame[[name for name in columns if name in frame]] for frame in (a, b))
    moves = a.merge(b, on="electrolyte", suffixes=("_a", "_b"))
    moves["rise"] = moves["rank_a"] - moves["rank_b"]
    depths = [depth for depth in DEPTHS if depth <= max(len(a), len(b))]
    overlap = {
        depth: len({*a["electrolyte"].head(depth)} & {*b["electrolyte"].head(depth)})
        for depth in depths
    }
    return ListComparison(
        moves.sort_values("rank_b", kind="stable").reset_index(drop=True),
        overlap,
        *_spearman(moves["rank_a"], moves["rank_b"]),
        _alone(a, b),
        _alone(b, a),
    )


def _spearman(left: pd.Series, right: pd.Series) -> tuple[float | None, str]:
    """Return the rank correlation, or None and why there is none."""
    if len(left) < FEWEST:
        return None, f"it takes {FEWEST} electrolytes in both"
    if min(left.nunique(), right.nunique()) < 2:
        return None, "all have the same rank"
    return float(np.corrcoef(left.rank(), right.rank())[0, 1]), ""


def _alone(these: pd.DataFrame, those: pd.DataFrame) -> list[str]:
    return [
        str(t) for t in these.loc[~these["electrolyte"].isin(those["electrolyte"]), "electrolyte"]
    ]
