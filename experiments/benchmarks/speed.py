"""Measure the speed of screening against simpler ways, as ratios in one run.

Run with ``make bench``. Nothing here is asserted: a machine's load is not a fault.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
from anolyte.datasets.measurements import efficiencies, load_measurements
from anolyte.experiments.candidates import CandidateSpace
from anolyte.experiments.rank import CHUNK, screen
from anolyte.features import ElectrolyteFeaturizer
from anolyte.features.mixtures import Mixtures
from anolyte.models import CoulombicEfficiencyModel


def rate(work: Callable[[], object], rows: int) -> float:
    """Return rows per second of one call of `work`."""
    start = time.perf_counter()
    work()
    return rows / (time.perf_counter() - start)


def main() -> None:
    """Print one line a measurement."""
    space = CandidateSpace.default("Li")
    model = CoulombicEfficiencyModel("Li").fit(efficiencies(load_measurements("Li")))
    featurizer = ElectrolyteFeaturizer()
    sample = np.random.default_rng(0).integers(0, len(space), 300)
    texts = [str(space.electrolyte(int(index))) for index in sample]
    featurizer.transform(space.mixtures(0, 10))

    def one_by_one() -> None:
        for text in texts:
            model.predict_interval([text])

    def products() -> None:
        mixtures = space.mixtures(0, CHUNK)
        mixtures.mole_fractions @ np.ones((len(mixtures.compounds), 77))

    measured = {
        "candidates to matrix and one bare product": rate(products, CHUNK),
        "featurizing candidates, all blocks": rate(
            lambda: featurizer.transform(space.mixtures(0, CHUNK)), CHUNK
        ),
        "parsing texts to mixtures": rate(
            lambda: Mixtures.from_electrolytes(texts, "Li"), len(texts)
        ),
        "predicting texts one by one": rate(one_by_one, len(texts)),
        "screening the whole space": rate(lambda: screen(space, model), len(space)),
    }
    slowest = min(measured.values())
    print(f"{'what':45}{'rows/s':>14}{'ratio to slowest':>18}")
    for what, value in measured.items():
        print(f"{what:45}{value:14,.0f}{value / slowest:18,.1f}")


if __name__ == "__main__":
    main()
