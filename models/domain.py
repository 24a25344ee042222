"""Applicability domain: how near an electrolyte is to what was measured, and to what exactly.

Distances are taken in the space of the descriptors, each turned into ranks over the
training rows and scaled to unit variance, divided by the root of their number.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from anolyte.features.mixtures import Floats
from sklearn.neighbors import NearestNeighbors
from sklearn.pipeline import Pipeline, make_pipeline

from .families import scaled_ranks

# Distances to so many measured electrolytes make the domain score.
NEIGHBOURS = 5
# Farther than all but so many of the training rows from other sources: outside.
OUTSIDE = 0.05
MEASURED = ("electrolyte", "ce_pct", "ce_qualifier", "source")


@dataclass
class Domain:
    """The measured electrolytes as points.

    Attributes
    ----------
    points
        Pipeline of the scaling and the neighbours.
    distances
        Sorted (n,): of each training row, its mean distance to the nearest `NEIGHBOURS`
        rows of other sources.
    largest
        Largest value (d,) of each descriptor among the training rows.
    measured
        The training rows with the columns `MEASURED`.
    """

    points: Pipeline
    distances: Floats
    largest: Floats
    measured: pd.DataFrame

    @classmethod
    def fit(cls, features: Floats, measurements: pd.DataFrame) -> Domain:
        """Place measurements by their descriptors (n, d)."""
        neighbours = NearestNeighbors(algorithm="brute")
        points = make_pipeline(*scaled_ranks(len(features)), neighbours).fit(features)
        measured = measurements.reindex(columns=list(MEASURED)).reset_index(drop=True)
        measured["ce_qualifier"] = measured["ce_qualifier"].fillna("=")
        sources = measured["source"].to_numpy(dtype=object)
        largest = features.max(axis=0)
        far, order = cls(points, np.zeros(0), largest, measured)._sorted(features)
        other = sources[order] != sources[:, None]
        each = [_first(row[mask]) for row, mask in zip(far, other, strict=True)]
        return cls(points, np.sort(each), largest, measured)

    def _sorted(self, features: Floats) -> tuple[Floats, npt.NDArray[np.int64]]:
        """Return distances to all training rows (m, n), nearest first, and the row numbers."""
        placed, neighbours = self.points[:-1].transform(features), self.points[-1]
        distances, order = neighbours.kneighbors(placed, n_neighbors=neighbours.n_samples_fit_)
        return distances / np.sqrt(features.shape[1]), order

    def score(self, features: Floats) -> Floats:
        """Return the domain score (m,) of electrolytes with descriptors (m, d).

        The share of the training rows that lie farther from the rows of other sources than
        this electrolyte lies from the training rows: 1 is familiar, below `OUTSIDE` is
        outside the domain.
        """
        far, _ = self._sorted(features)
        mean = far[:, :NEIGHBOURS].mean(axis=1)
        farther = len(self.distances) - np.searchsorted(self.distances, mean)
        return np.asarray(farther / len(self.distances))

    def nearest(self, features: Floats, count: int = 3) -> list[pd.DataFrame]:
        """Return for each of m electrolytes the nearest measured ones and their distance."""
        far, order = self._sorted(features)
        tables = []
        for distances, rows in zip(far, order, strict=True):
            table = self.measured.iloc[rows].assign(distance=distances)
            tables.append(table.drop_duplicates(["electrolyte", "source"]).head(count))
        return [table.reset_index(drop=True) for table in tables]


def _first(distances: Floats) -> float:
    return float(distances[:NEIGHBOURS].mean()) if len(distances) else 0.0
