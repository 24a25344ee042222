"""Cautious: the expected CE where something near was measured, else the lower bound."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from anolyte.features.arrays import Floats
from anolyte.models.efficiency.evidence import REMOTE
from anolyte.models.efficiency.model import CoulombicEfficiencyModel
from anolyte.models.prediction import Prediction

from ..ranking.criteria import Criterion, Expected


@dataclass(frozen=True)
class Cautious(Criterion):
    """Expected LCE; of what is far from everything measured, the lower bound of its interval.

    Far is a domain score below `evidence.REMOTE`. A model that extrapolates errs more than its
    expectation tells, and a long list has many that it errs on in the pleasant direction.
    """

    name: ClassVar[str] = Expected.name

    def scores(self, predicted: Prediction, model: CoulombicEfficiencyModel) -> Floats:
        """Return the scores (n,) in LCE."""
        low = predicted.lce - predicted.half_width(predicted.coverage)
        return np.where(predicted.domain_score < REMOTE, low, predicted.lce)


def cautious(criterion: Criterion) -> Criterion:
    """Return a criterion as libraries are ranked by it."""
    return Cautious() if isinstance(criterion, Expected) else criterion
