"""Measure making, reading, describing and screening libraries: seconds, linearity, peak memory.

Run with ``make bench``, or ``python -m anolyte.experiments.benchmarks.libraries [SIZE ...]``.
Nothing here is asserted. Each size is screened cold (nothing kept from before) and again with what
is kept. Beside the elapsed time stands that of the processors: on a machine that does nothing else
the first is the second over the number of processes.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
from anolyte.datasets import shipped_compounds
from anolyte.datasets.files.exports import write_csv
from anolyte.datasets.files.processes import retire

from ..libraries.formulations import library_formulations
from ..libraries.library import MoleculeLibrary, read_library
from ..libraries.neighbours import as_table, make_library
from ..libraries.screening import screen_library
from .speed import lithium_model

SIZES = (1_000, 10_000)
CONCENTRATIONS = (1.0, 2.0, 4.0)
SALTS = ("LiFSI", "LiPF6")
# Atoms of the parents, so that three edits stay small.
MOST_ATOMS = 12


def library_of(count: int) -> MoleculeLibrary:
    """Return so many neighbours of the solvents of the registry."""
    parents = [
        each
        for each in shipped_compounds()
        if each.kind == "solvent"
        and not each.is_salt
        and "*" not in each.smiles
        and "." not in each.smiles
        and each.mol.GetNumHeavyAtoms() <= MOST_ATOMS
    ]
    return make_library(parents, times=3, most=count)


class Spent(NamedTuple):
    """Seconds that passed, and seconds of all processors."""

    elapsed: float
    processors: float

    def __str__(self) -> str:
        return f"{self.elapsed:.1f} s ({self.processors:.1f} s of processor time)"


def spent(work: Callable[[], object]) -> Spent:
    """Return what a call takes, with its processes, which end with it."""

    def used() -> float:
        both = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        return sum(each.ru_utime + each.ru_stime for each in both)

    start, before = time.perf_counter(), used()
    work()
    retire()
    return Spent(time.perf_counter() - start, used() - before)


def peaks() -> str:
    """Return the peak memory of this process and of the largest of its own."""
    own, others = (
        resource.getrusage(who).ru_maxrss / 1024**2
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return f"peak memory {own:.2f} GiB, of a process beside it {others:.2f} GiB"


def measure(size: int, workers: int, folder: Path) -> None:
    """Print the seconds of each step for so many molecules."""
    made: list[MoleculeLibrary] = []
    making = spent(lambda: made.append(library_of(size)))
    path = write_csv(as_table(made[0])[["smiles", "name"]], folder / "library.csv")
    known = shipped_compounds()
    ways = library_formulations("Li", "solvent", [known[s] for s in SALTS], CONCENTRATIONS)
    model = lithium_model()

    def end_to_end() -> None:
        library = read_library(path, folder / "cache", workers)
        screen_library(library, model, ways, cache=folder / "cache", workers=workers)

    cold, again = spent(end_to_end), spent(end_to_end)
    count = len(made[0])
    ratio = cold.processors / again.processors
    print(f"{count:,} molecules x {len(ways)} formulations, {workers} processes: made in {making}")
    print(f"  cold:  {cold}, {1e3 * cold.processors / count:.2f} ms a molecule")
    print(
        f"  again: {again}, {1e3 * again.processors / count:.2f} ms; cold is {ratio:.1f} times it"
    )
    print(f"  {peaks()}", flush=True)


def repeated(size: int, described: int, workers: int, folder: Path) -> None:
    """Print the memory of screening so many molecules, of which some thousand are described."""
    some = library_of(described)
    known = shipped_compounds()
    ways = library_formulations("Li", "solvent", [known["LiFSI"]], [1.0])
    at = np.arange(size) % len(some)
    whole = some.take(at)
    model = lithium_model()
    took = spent(
        lambda: screen_library(whole, model, ways, cache=folder / "cache", workers=workers)
    )
    print(f"{size:>9,} molecules, {len(some):,} of them distinct: {took}; {peaks()}", flush=True)


def main() -> None:
    """Print each size in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", nargs="*", type=int, default=list(SIZES))
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--one", action="store_true", help="Measure here, the first size alone.")
    parser.add_argument("--memory", type=int, help="Only so many molecules, most of them repeated.")
    given = parser.parse_args()
    if given.one or given.memory:
        with tempfile.TemporaryDirectory() as scratch:
            if given.memory:
                repeated(given.memory, 10_000, given.workers, Path(scratch))
            else:
                measure(given.sizes[0], given.workers, Path(scratch))
        return
    for size in given.sizes:
        here = [sys.executable, "-m", __spec__.name, str(size), "--one"]
        subprocess.run([*here, "--workers", str(given.workers)], check=True)


if __name__ == "__main__":
    main()
