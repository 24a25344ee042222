"""Applicability domain: how near an electrolyte is to what was measured, and to what exactly.

Distances are taken in the space of the descriptors, each turned into ranks over the
training rows from 0 to 1, divided by the root of their number.

With d(x) the mean distance of an electrolyte to the 5 nearest of the n training rows, and d_i
that of training row i to the 5 nearest rows of *other* sources, the domain score is

    #{i : d_i > d(x)} / n,

the share of what was measured that lay farther from what other laboratories had measured. Mean
distances to nearest neighbours, held against those within the training set, are a usual measure
of the domain of structure-property models (Sahigara et al.; their thresholds, one for each
training row, are not used here). Read as a test of "this is one more electrolyte of a further
source", the score is a conformal p-value (Bates et al.) but for the one that these add to both
counts; leaving out the row's own source takes the place of calibrating on data set aside.

References
----------
F. Sahigara, D. Ballabio, R. Todeschini, V. Consonni, Defining a novel k-nearest neighbours
approach to assess the applicability domain of a QSAR model for reliable predictions, Journal of
Cheminformatics 5 (2013) 27, doi:10.1186/1758-2946-5-27.
S. Bates, E. Candes, L. Lei, Y. Romano, M. Sesia, Testing for outliers with conformal p-values,
Annals of Statistics 51 (2023) 149, arXiv:2104.08279.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from anolyte.datasets.measurements.sources import laboratories
from anolyte.features.arrays import Floats, Integers
from sklearn.neighbors import NearestNeighbors
from sklearn.pipeline import Pipeline, make_pipeline

from .families import fitted_ranks

# Distances to so many measured electrolytes make the domain score.
NEIGHBOURS = 5
# Farther than all but so many of the training rows from other sources: outside.
OUTSIDE = 0.05
MEASURED = ("electrolyte", "ce_pct", "ce_qualifier", "source", "laboratory")


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
        Largest value (d,) of each descriptor among the training rows, see `largest_values`.
    measured
        The training rows with the columns `MEASURED`.
    """

    points: Pipeline
    distances: Floats
    largest: Floats
    measured: pd.DataFrame

    @classmethod
    def fit(cls, features: Floats, measurements: pd.DataFrame, largest: Floats) -> Domain:
        """Place measurements by their descriptors (n, d), of which the largest are (d,)."""
        scaling = fitted_ranks(features)
        neighbours = NearestNeighbors(algorithm="brute").fit(scaling.transform(features))
        points = make_pipeline(scaling, neighbours)
        known = measurements.assign(laboratory=laboratories(measurements))
        measured = known.reindex(columns=list(MEASURED)).reset_index(drop=True)
        measured["ce_qualifier"] = measured["ce_qualifier"].astype(object).fillna("=")
        each = cls(points, np.zeros(0), largest, measured)._from_other_sources(features)
        return cls(points, np.sort(each), largest, measured)

    def _from_other_sources(self, features: Floats) -> Floats:
        """Return of each row of `measured` its mean distance (n,) to those of other sources."""
        sources = self.measured["source"].to_numpy(dtype=object)
        far, order = self._sorted(features)
        other = sources[order] != sources[:, None]
        return np.array([_first(row[mask]) for row, mask in zip(far, other, strict=True)])

    def _sorted(self, features: Floats) -> tuple[Floats, Integers]:
        """Return distances to all training rows (m, n), nearest first, and the row numbers."""
        placed, neighbours = self.points[:-1].transform(features), self.points[-1]
        distances, order = neighbours.kneighbors(placed, n_neighbors=neighbours.n_samples_fit_)
        return distances / np.sqrt(features.shape[1]), order

    def distances_to(self, features: Floats) -> Floats:
        """Return the distances (m, n) of electrolytes from the rows of `measured`."""
        far, order = self._sorted(features)
        distances = np.empty_like(far)
        np.put_along_axis(distances, order, far, axis=1)
        return distances

    def score(self, features: Floats) -> Floats:
        """Return the domain score (m,) of electrolytes with descriptors (m, d).

        The share of the training rows that lie farther from the rows of other sources than
        this electrolyte lies from the training rows: 1 is familiar, below `OUTSIDE` is
        outside the domain.
        """
        far, _ = self._sorted(features)
        return self._share_farther(far[:, :NEIGHBOURS].mean(axis=1))

    def held_out_score(self, features: Floats) -> Floats:
        """Return the domain score (n,) of each row of `measured` without those of its source."""
        return self._share_farther(self._from_other_sources(features))

    def _share_farther(self, distances: Floats) -> Floats:
        farther = len(self.distances) - np.searchsorted(self.distances, distances)
        return np.asarray(farther / len(self.distances))

    def nearest(self, features: Floats, count: int = 3) -> Integers:
        """Return for each of m electrolytes the rows (m, count) of `measured` most like it.

        No electrolyte of one source comes twice; at one distance, what was measured with
        known amounts comes first.
        """
        far, order = self._sorted(features)
        first = ~self.measured.duplicated(["electrolyte", "source"]).to_numpy()
        kept = first[order]
        # As many in each row, since each row of `order` holds all measurements.
        shape = (len(features), int(first.sum()))
        rows, distances = order[kept].reshape(shape), far[kept].reshape(shape).round(6)
        vague = self.measured["electrolyte"].str.contains("?", regex=False).to_numpy()
        by = np.lexsort((rows, vague[rows], distances), axis=1)[:, :count]
        return np.take_along_axis(rows, by, axis=1)

    def told(self, features: Floats, count: int = 3) -> list[str]:
        """Return the measured electrolytes most like each, with CE and source, in words."""
        measured = self.measured
        qualifier = measured["ce_qualifier"].where(measured["ce_qualifier"] != "=", "")
        figure = qualifier + measured["ce_pct"].map("{:g}".format)
        told = measured["electrolyte"] + ": " + figure + " % [" + measured["source"] + "]"
        nearest = told.to_numpy(dtype=object)[self.nearest(features, count)]
        return ["; ".join(each) for each in nearest]


def _first(distances: Floats) -> float:
    return float(distances[:NEIGHBOURS].mean()) if len(distances) else 0.0
