"""Measure featurization of a million candidates: rate, growth, memory, against simpler ways.

Part of ``make bench``. The yardsticks, in the same run: the bare matrix products (mole
fractions times all descriptor tables), measured in turns because a machine's load drifts; and
a loop that computes the elemental ratios and the RDKit descriptors of one electrolyte after
the other with nothing cached.
"""

from __future__ import annotations

import resource
import time
from collections import Counter

import numpy as np
from anolyte.datasets.electrolytes.composition import resolve
from anolyte.datasets.measurements.usual_compounds import default_compounds
from anolyte.features import BLOCKS, ElectrolyteFeaturizer
from anolyte.models.threads import one_thread

from ..spaces.candidate_space import CandidateSpace

CHUNK = 10_000
SIZES = (10_000, 100_000, 1_000_000)
ROUNDS = 5
LOOP_ROWS = 200


def million() -> CandidateSpace:
    """Return a lithium space of more than a million candidates."""
    finer = tuple(np.round(np.arange(0.25, 4.01, 0.25), 2).tolist())
    return CandidateSpace.of("Li", *default_compounds("Li"), concentrations=finer)


def featurize(space: CandidateSpace, rows: int) -> float:
    """Return the seconds to featurize the first `rows` candidates with all blocks, chunked."""
    featurizer = ElectrolyteFeaturizer([name for name in BLOCKS if name != "fingerprints"])
    start = time.perf_counter()
    for first in range(0, rows, CHUNK):
        featurizer.transform(space.mixtures(first, min(first + CHUNK, rows)))
    return time.perf_counter() - start


def bare_products(space: CandidateSpace, rows: int) -> float:
    """Return the seconds of the matrices and one product with all descriptor tables at once."""
    featurizer = ElectrolyteFeaturizer([name for name in BLOCKS if name != "fingerprints"])
    sample = space.mixtures(0, 10)
    featurizer.transform(sample)
    describes = {describe: None for describe, _ in sample.tables}
    tables = np.hstack([sample.table(describe) for describe in describes])
    start = time.perf_counter()
    for first in range(0, rows, CHUNK):
        space.mixtures(first, min(first + CHUNK, rows)).mole_fractions @ tables
    return time.perf_counter() - start


def loop(space: CandidateSpace, rows: int) -> float:
    """Return the seconds of a plain loop over electrolytes, RDKit for each of its compounds."""
    from rdkit.Chem import MolFromSmiles, rdMolDescriptors

    indices = np.linspace(0, len(space) - 1, rows).astype(int)
    electrolytes = [space.electrolyte(int(index)) for index in indices]
    start = time.perf_counter()
    for electrolyte in electrolytes:
        composition = resolve(electrolyte)
        atoms: Counter[str] = Counter()
        means = np.zeros(9)
        for compound, share in zip(composition.compounds, composition.mole_fractions, strict=True):
            mol = MolFromSmiles(compound.smiles)
            for atom in mol.GetAtoms():
                atoms[atom.GetSymbol()] += share
                atoms["H"] += share * atom.GetTotalNumHs()
            means += share * np.array(
                [
                    rdMolDescriptors.CalcExactMolWt(mol),
                    rdMolDescriptors.CalcTPSA(mol),
                    *rdMolDescriptors.CalcCrippenDescriptors(mol),
                    rdMolDescriptors.CalcNumHBA(mol),
                    rdMolDescriptors.CalcNumHBD(mol),
                    rdMolDescriptors.CalcNumRotatableBonds(mol),
                    rdMolDescriptors.CalcNumRings(mol),
                    mol.GetNumHeavyAtoms(),
                ]
            )
    return time.perf_counter() - start


def main() -> None:
    """Print the rates, their ratios, the growth with the number of rows, and peak memory."""
    with one_thread():
        _measure()


def _measure() -> None:
    space = million()
    featurize(space, 1_000)
    seconds = {rows: featurize(space, rows) for rows in SIZES}
    rounds = [
        (SIZES[-1] / featurize(space, SIZES[-1]), SIZES[-1] / bare_products(space, SIZES[-1]))
        for _ in range(ROUNDS)
    ]
    ours, bare = np.median(rounds, axis=0)
    share = np.median([each / products for each, products in rounds])
    naive = LOOP_ROWS / loop(space, LOOP_ROWS)
    for rows in SIZES:
        print(
            f"featurize {rows:>9,} rows   {seconds[rows]:8.2f} s  {rows / seconds[rows]:12,.0f}/s"
        )
    print(f"featurize, median of {ROUNDS}    {ours:12,.0f}/s")
    print(f"bare matrix products      {bare:12,.0f}/s   ours / bare  {share:8.2f}")
    print(f"per-row RDKit loop        {naive:12,.0f}/s   ours / loop  {ours / naive:8.0f}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    print(f"peak memory of the process {peak:10.2f} GiB")


if __name__ == "__main__":
    main()
