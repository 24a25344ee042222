"""Would a library have found the solvents that made history? Each hidden, then looked for.

Run with ``python -m anolyte.experiments.benchmarks.retrospective [NAME ...]``. For each solvent all
rows that hold it are hidden, and all rows from the year of the first of them on. A model learns
from what is left, a library is made of the neighbours of what was known, the solvent is put among
them, and all are ranked in the formulations of a solvent. Told is the percentile of the solvent
(100 is the top), beside that by similarity to the best that was known; at random it would be 50 on
the average. A benchmark for the record, not a place to tune.

What stays known of a hidden solvent: what the shipped tables measured of it, such as a density.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from anolyte.datasets.compounds.metals import Metal
from anolyte.datasets.compounds.registry import Compound, shipped_compounds
from anolyte.datasets.electrolytes.grammar import parse
from anolyte.features.arrays import Floats
from anolyte.features.blocks.fingerprints import morgan_bits
from anolyte.models.efficiency.model import CoulombicEfficiencyModel

from ..constraints.constraint import WITHOUT_GATED
from ..libraries.facts import facts_of
from ..libraries.filters import MOST_ATOMS, Candidates, filtered
from ..libraries.formulations import Formulation, library_formulations
from ..libraries.library import MoleculeLibrary
from ..libraries.library_space import CHUNK, Asked, LibrarySpace, amounts_of
from ..libraries.neighbours import make_library
from ..libraries.store import DescriptorStore
from ..ranking.criteria import LowerBound
from ..training.train import gather, untrained

METAL: Metal = "Li"
# Solvents that reached 98.9 % or more, chosen by what the shipped table holds with years, before
# any was looked for: ethers, fluorinated ethers, acetals, silanes, sulfonamides, esters.
MADE_HISTORY = (
    "FSA", "ETFEC", "DEE", "DMTMSA", "FDMB", "F4DEE", "F5DEE", "DMDMS", "TEOF", "DPE", "DBE",
    "MTBE", "TMMS", "THP", "BTSE", "F2DEM", "DMM", "MODOL", "DFME", "EMTMSA",
)  # fmt: skip
# Of the best by CE, so many are parents of two edits; of all others one.
PARENTS_OF_TWO, MOST = 10, 4000
# What counts as the best that was known.
BEST_SHARE = 0.1
AMOUNTS = (1.0, 2.0)
WORKERS = 2


def solvents_of(electrolyte: str) -> set[Compound]:
    """Return the solvents of a formulation."""
    return set(parse(electrolyte).solvents)


def known_before(rows: pd.DataFrame, hidden: Compound) -> tuple[int, pd.DataFrame]:
    """Return the first year of a solvent, and the rows before it, none of which holds it."""
    holds = rows["electrolyte"].map(lambda text: hidden in solvents_of(text))
    year = int(rows.loc[holds, "year"].min())
    return year, rows[~holds & (rows["year"] < year)].reset_index(drop=True)


def best_first(rows: pd.DataFrame) -> list[Compound]:
    """Return the solvents of measurements, by the best CE of each."""
    best: dict[Compound, float] = {}
    for text, ce in zip(rows["electrolyte"], rows["ce_pct"], strict=True):
        for each in solvents_of(text):
            best[each] = max(best.get(each, 0.0), float(ce))
    fit = [c for c in best if "*" not in c.smiles and c.mol.GetNumHeavyAtoms() <= MOST_ATOMS]
    return sorted(fit, key=lambda each: (-best[each], each.smiles))


def neighbours(known: Sequence[Compound]) -> list[str]:
    """Return the neighbours of known solvents, best first, without these."""
    twice = make_library(known[:PARENTS_OF_TWO], times=2, most=MOST)
    once = make_library(known, times=1, most=MOST)
    taken = {each.smiles for each in known}
    return [s for s in dict.fromkeys([*once.smiles, *twice.smiles]) if s not in taken]


def similarity_to_best(rows: pd.DataFrame, smiles: Sequence[str]) -> Floats:
    """Return the largest Tanimoto similarity (n,) to a solvent of the best electrolytes."""
    best = rows[rows["ce_pct"] >= rows["ce_pct"].quantile(1 - BEST_SHARE)]
    models = {each for text in best["electrolyte"] for each in solvents_of(text)}

    def bits(each: Sequence[Compound]) -> Floats:
        return np.array([morgan_bits(compound) for compound in each])

    one, other = bits([Compound(s, s) for s in smiles]), bits(sorted(models, key=str))
    common = one @ other.T
    either = one.sum(axis=1)[:, None] + other.sum(axis=1) - common
    return np.asarray((common / np.maximum(either, 1)).max(axis=1))


def scores(
    model: CoulombicEfficiencyModel,
    library: MoleculeLibrary,
    ways: tuple[Formulation, ...],
    cache: Path,
) -> tuple[Floats, Floats]:
    """Return the best lower bound and expectation in LCE (n,) of each molecule; nan if gated."""
    asked = Asked.of(model, ways, WITHOUT_GATED, LowerBound())
    store = DescriptorStore(cache)
    places = store.ensure(library.smiles, (*asked.functions, amounts_of, facts_of), WORKERS)
    space = LibrarySpace(model, LowerBound(), library, ways, str(cache), places, WITHOUT_GATED)
    low, expected = np.full((2, len(space)), -np.inf)
    for start, stop in space.chunks(CHUNK):
        mixtures = space.mixtures(start, stop)
        passing = WITHOUT_GATED.mask(mixtures)
        predicted = model.assess(mixtures)
        bound = predicted.lce - predicted.half_width(0.9)
        low[start:stop] = np.where(passing, bound, -np.inf)
        expected[start:stop] = np.where(passing, predicted.lce, -np.inf)
    best = [each.reshape(len(library), -1).max(axis=1) for each in (low, expected)]
    return best[0], best[1]


def percentile(values: Floats, of: float) -> float:
    """Return the share in % of finite values that are lower, half of the equal ones included."""
    known = values[np.isfinite(values)]
    return float(100 * ((known < of).mean() + 0.5 * (known == of).mean()))


def looked_for(rows: pd.DataFrame, hidden: Compound, cache: Path) -> dict[str, object]:
    """Return where a hidden solvent stands among the neighbours of what was known."""
    year, before = known_before(rows, hidden)
    known = best_first(before)
    made = neighbours(known)
    reached = hidden.smiles in made
    smiles = made if reached else [*made, hidden.smiles]
    library = MoleculeLibrary(tuple(smiles), ("",) * len(smiles))
    salts = {salt for text in before["electrolyte"] for salt in parse(text).named_salts}
    chosen = shipped_compounds()["LiFSI"]
    if chosen not in salts:
        chosen = shipped_compounds()["LiPF6"]
    ways = library_formulations(METAL, "solvent", [chosen], AMOUNTS)
    model = untrained(METAL, quick=True).fit(before)
    low, expected = scores(model, library, ways, cache)
    store = DescriptorStore(cache)
    facts = store.values(facts_of, store.places(library.smiles))
    found = filtered(Candidates(library.smiles, facts, METAL, "solvent"))
    at = smiles.index(hidden.smiles)
    passing = found.kept & np.isfinite(low)
    failed = [name for name, v in found.verdicts.items() if v[at] == 2]
    alike = similarity_to_best(before, smiles)
    rank = 1 + int((low[passing] > low[at]).sum())
    holds = rows["electrolyte"].map(lambda text: hidden in solvents_of(text))
    return {
        "solvent": str(hidden),
        "year": year,
        "best_ce": float(rows.loc[holds, "ce_pct"].max()),
        "known_rows": len(before),
        "salt": str(chosen),
        "molecules": int(passing.sum()),
        "reached": reached,
        "kept": bool(passing[at]) or ", ".join(failed) or "gates",
        "rank": rank,
        "percentile": percentile(low[passing], low[at]),
        "by_expectation": percentile(expected[passing], expected[at]),
        "by_similarity": percentile(alike[passing], alike[at]),
    }


def retrospective(names: Sequence[str], cache: Path) -> Iterator[dict[str, object]]:
    """Yield the row of each solvent."""
    rows = gather(METAL)
    rows = rows[rows["year"].notna()].reset_index(drop=True)
    for name in names:
        yield looked_for(rows, shipped_compounds()[name], cache)


def main() -> None:
    """Print the table, row by row as it comes, then the means."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", default=list(MADE_HISTORY))
    parser.add_argument("--out", type=Path, help="Write the table as CSV.")
    parser.add_argument("--cache", type=Path, help="Folder of descriptors.")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        found = []
        for row in retrospective(given.names, given.cache or Path(scratch)):
            found.append(row)
            print(", ".join(f"{key} {value}" for key, value in row.items()), flush=True)
            if given.out is not None:
                pd.DataFrame(found).to_csv(given.out, index=False)
    table = pd.DataFrame(found)
    print(table.round(1).to_string(index=False))
    for column in ("percentile", "by_expectation", "by_similarity"):
        print(
            f"{column}: mean {table[column].mean():.0f}, median {table[column].median():.0f}, "
            f"in the top tenth {(table[column] >= 90).sum()} of {len(table)} (at random 50, 50, "
            f"{len(table) / 10:g})"
        )


if __name__ == "__main__":
    main()
