"""Measure the speed of screening against simpler ways, its memory and how it scales.

Run with ``make bench``. Nothing here is asserted: a machine's load is not a fault. Rates are
per second of processor time of one process, measured in turns, because the load drifts.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import time
from bisect import bisect_left
from collections.abc import Callable, Sequence

import numpy as np
from anolyte.datasets import shipped_compounds
from anolyte.datasets.measurements.table import efficiencies, load_measurements
from anolyte.datasets.measurements.usual_compounds import default_compounds
from anolyte.models import CoulombicEfficiencyModel
from anolyte.models.efficiency.families import fit_family
from anolyte.models.threads import one_thread

from ..constraints.constraint import WITHOUT_GATED
from ..ranking.ranking import Ranking
from ..screening.engine import CHUNK, Screening
from ..screening.screen import survivors
from ..spaces.candidate_space import CandidateSpace
from .featurize import loop

SIZES = (100_000, 1_000_000, 10_000_000)
TOP = 1000
ROUNDS = 3
NAIVE_ROWS = 60
SCALING_ROWS = 2_000_000
# Lengths of the lists in which the student's is compared with the exact one.
DEPTHS = (50, 500)


def space_of(rows: int) -> CandidateSpace:
    """Return a lithium space of about so many candidates: the habits, more or fewer solvents."""
    salts, solvents, additives = default_compounds("Li")
    liquids = [each for each in shipped_compounds() if each.kind in ("solvent", "diluent")]
    ordered = list(dict.fromkeys([*solvents, *liquids]))

    def with_first(count: int) -> CandidateSpace:
        return CandidateSpace.of("Li", salts, ordered[:count], additives)

    # The first is a solvent, and no diluent.
    counts = range(1, len(ordered))
    return with_first(counts[bisect_left(counts, rows, key=lambda n: len(with_first(n)))])


def lithium_model() -> CoulombicEfficiencyModel:
    """Return the model of the shipped lithium table, of its own rows."""
    model = CoulombicEfficiencyModel("Li", scopes=("own",))
    return model.fit(efficiencies(load_measurements("Li")))


def seconds(work: Callable[[], object]) -> float:
    """Return the processor time of one call of `work`."""
    start = time.process_time()
    work()
    return time.process_time() - start


def rates(model: CoulombicEfficiencyModel, space: CandidateSpace, top: int) -> None:
    """Print candidates per second of a screening and of its yardsticks."""
    ranking = Ranking(top).fitting(model)
    found: list[Screening] = []
    prepared = seconds(lambda: found.append(Screening(space, model, ranking).prepared()))
    screening, full = found[0], Screening(space, model, ranking, exact=True)
    every = screening.partitions()
    # From all over the space, because some solvents are ruled out sooner than others.
    some = sorted({every[place] for place in np.linspace(0, len(every) - 1, 3).astype(int)})
    middle = every[len(every) // 2][0]
    measurements = efficiencies(load_measurements("Li"))
    known = model.rows(measurements)
    boosted = fit_family("xgboost", known.features, known.target, known.weights)
    ready = np.ascontiguousarray(model.descriptors(space.mixtures(0, CHUNK)), dtype=np.float32)

    def screened(which: Screening, partitions: Sequence[tuple[int, int]]) -> float:
        rows = sum(stop - start for start, stop in partitions)
        return rows / seconds(lambda: [which.part(*partition) for partition in partitions])

    def bare() -> float:
        with one_thread():
            return 20 * CHUNK / seconds(lambda: [boosted.predict(ready) for _ in range(20)])

    def featurized() -> float:
        with one_thread():
            return CHUNK / seconds(lambda: model.descriptors(space.mixtures(CHUNK, 2 * CHUNK)))

    def naive() -> float:
        sample = np.linspace(0, len(space) - 1, NAIVE_ROWS).astype(int)
        texts = [str(space.electrolyte(int(index))) for index in sample]
        spent = seconds(lambda: loop(space, NAIVE_ROWS))
        spent += seconds(lambda: [model.predict_interval([text]) for text in texts])
        return NAIVE_ROWS / spent

    ways: dict[str, Callable[[], float]] = {
        f"screening to the best {top}": lambda: screened(screening, some),
        "screening, each predicted in full": lambda: screened(full, [(middle, middle + 2 * CHUNK)]),
        "features alone": featurized,
        "bare XGBoost on ready features": bare,
        "parse, RDKit and predict one by one": naive,
    }
    rounds = [[way() for way in ways.values()] for _ in range(ROUNDS)]
    rate = np.median(rounds, axis=0)
    told = screening.student or "each predicted in full"
    print(f"{len(space):,} candidates, {told}; rates per second of processor time")
    print(f"{'what':40}{'rows/s':>12}{'screening / it':>16}")
    for name, each in zip(ways, rate, strict=True):
        print(f"{name:40}{each:12,.0f}{rate[0] / each:16,.2f}")
    whole = len(space) / (prepared + len(space) / rate[0])
    print(f"once {prepared:.1f} s to teach the student; with that {whole:,.0f} rows/s", flush=True)


def recall(model: CoulombicEfficiencyModel, space: CandidateSpace) -> None:
    """Print how many of the best of a space the student leaves in, and at what price."""
    print(f"{len(space):,} candidates: of the exact list the student's has")
    exact = survivors(Screening(space, model, Ranking(max(DEPTHS), diversity=0), exact=True))
    for top in DEPTHS:
        found = survivors(Screening(space, model, Ranking(top, diversity=0)))
        best, other = (part.best["candidate"].to_numpy()[:top] for part in (exact, found))
        print(
            f"{np.isin(best, other).sum():>8} of {len(best)}, "
            f"{found.predicted:,} of {found.screened:,} predicted in full",
            flush=True,
        )


def memory(rows: int) -> None:
    """Screen a space of so many candidates; print time and the peak memory of the process."""
    model, space = lithium_model(), space_of(rows)
    start, used = time.perf_counter(), time.process_time()
    found = survivors(Screening(space, model, Ranking(TOP).fitting(model)))
    used, took = time.process_time() - used, time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    print(
        f"{found.screened:>12,} candidates to {min(TOP, len(found.best))}: {took:7.1f} s, "
        f"{used:7.1f} s of processor time ({found.screened / used:,.0f}/s), "
        f"peak memory {peak:.2f} GiB",
        flush=True,
    )


def scaling(model: CoulombicEfficiencyModel, space: CandidateSpace) -> None:
    """Print how much sooner two workers are done than one, start-up apart."""
    from ..screening.cluster import connected, screened

    screening = Screening(space, model, Ranking(TOP).fitting(model)).prepared()

    def elapsed(workers: int) -> float:
        with connected(workers=workers) as client:
            # Each worker gets the screening and computes its tables once.
            list(screened(client, screening, screening.partitions()[:workers]))
            start = time.perf_counter()
            list(screened(client, screening, screening.partitions()))
            return time.perf_counter() - start

    ratios = [elapsed(1) / elapsed(2) for _ in range(ROUNDS)]
    each = ", ".join(f"{ratio:.2f}" for ratio in ratios)
    print(f"two workers against one, {len(space):,} candidates: {each} times as fast")


def main() -> None:
    """Print rates, memory and scaling."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--memory", type=int, help="Only screen so many candidates.")
    parser.add_argument(
        "--only", choices=["rates", "recall", "memory", "scaling"], help="Only this part."
    )
    given = parser.parse_args()
    if given.memory:
        memory(given.memory)
        return
    model = lithium_model()
    usual = CandidateSpace.default("Li").constrained(WITHOUT_GATED)
    if given.only in (None, "rates"):
        rates(model, usual, 100)
        rates(model, space_of(SIZES[-1]), TOP)
    if given.only in (None, "recall"):
        recall(model, usual)
    if given.only in (None, "memory"):
        for rows in SIZES:
            subprocess.run([sys.executable, "-m", __spec__.name, "--memory", str(rows)], check=True)
    if given.only in (None, "scaling"):
        scaling(model, space_of(SCALING_ROWS))


if __name__ == "__main__":
    main()
