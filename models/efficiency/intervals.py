"""Prediction intervals by conformal calibration on grouped residuals.

Residuals come from folds that hold out whole sources, because that is how the model will
be used: on random folds a nominal 90 % interval covered only 69 % of later literature.

Measurements of one source are alike, so that rows are not exchangeable; sources are taken to
be. The score of row i of source k is its residual over what the model said of its uncertainty,

    s_ki = |y_ki - f(x_ki)| / sigma(x_ki),

and the interval of coverage q around a prediction f(x) is f(x) +- m_q sigma(x) with

    m_q = min { s : sum_k sum_i [s_ki <= s] / N_k >= (K + 1) q }

over K sources of N_k rows: the quantile of the scores in which each source counts once, and one
more source, of which nothing is known, counts with an infinite score. This is the threshold of
hierarchical conformal prediction (Lee, Barber, Willett). Within a source it averages, as the
pooling of distributions over groups does (Dunn, Wasserman, Ramdas). With N_k = 1 it is split
conformal prediction.

What does not hold: no source can be promised a coverage of more than K/(K + 1), that is 90 %
below 9 sources and 80 % below 4; where the papers' interval is then infinite, this one ends at
the largest score. And the residuals are those of cross-fitting, from which the recipe was
chosen as well, not those of data set aside, so that the coverage is measured (`anolyte
evaluate`, whose choice is nested) and not proven.

References
----------
Y. Lee, R. F. Barber, R. Willett, Distribution-free inference with hierarchical data,
arXiv:2306.06342; ACM Journal of Data Science (2026), doi:10.1145/3786352.
R. Dunn, L. Wasserman, A. Ramdas, Distribution-free prediction sets for two-layer hierarchical
models, Journal of the American Statistical Association 118 (2023) 2491,
doi:10.1080/01621459.2022.2060112, arXiv:1809.07441.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from anolyte.features.arrays import Floats

COVERAGES = (0.5, 0.8, 0.9)


@dataclass(frozen=True)
class ConformalScale:
    """Multiples of the model's own spread that cover given shares of the held-out rows.

    Attributes
    ----------
    quantiles
        For each coverage, the multiple of the spread that makes the half-width.
    """

    quantiles: dict[float, float]

    @classmethod
    def fit(
        cls, residuals: Floats, spreads: Floats, weights: Floats | None = None
    ) -> ConformalScale:
        """Calibrate on held-out residuals.

        Parameters
        ----------
        residuals
            Held-out observed minus predicted values (n,).
        spreads
            What the model said of its uncertainty at these rows (n,), above 0.
        weights
            How many observations each row stands for (n,), 1 by default: 1/N_k, one over
            the rows of its source, where the interval is meant for a further source.
        """
        scores = np.abs(residuals) / spreads
        order = np.argsort(scores, kind="stable")
        each = np.ones(len(scores)) if weights is None else weights[order]
        # The finite-sample rank, ceil((n + 1) q) of n if all weights are 1; a little off it,
        # because sums of weights are rounded.
        reached = np.cumsum(each) + 1e-9
        ranks = {q: np.searchsorted(reached, (reached[-1] + 1) * q) for q in COVERAGES}
        last = len(scores) - 1
        return cls({q: float(scores[order[min(rank, last)]]) for q, rank in ranks.items()})

    @classmethod
    def student(cls, deviation: float, sources: int, degrees: int) -> ConformalScale:
        """Return Student's prediction interval for a further source (spread 1).

        Where sources are too few to calibrate: t_{(1 + q)/2} s sqrt(1 + 1/K) around the mean
        of K = `sources` sources with their standard deviation s, known with `degrees`
        degrees of freedom. It takes the means of sources for normally distributed.
        """
        from scipy.stats import t

        widened = deviation * np.sqrt(1 + 1 / sources)
        return cls({q: float(t.ppf((1 + q) / 2, degrees) * widened) for q in COVERAGES})

    def half_width(self, spreads: Floats, coverage: float) -> Floats:
        """Return the half-width (n,) of the interval at one of `COVERAGES`."""
        if coverage not in self.quantiles:
            known = ", ".join(f"{each:g}" for each in self.quantiles)
            raise ValueError(f"no interval was calibrated at {coverage:g}; use one of {known}")
        return self.quantiles[coverage] * spreads
