"""Named, reproducible splits of measurements into folds, safe from leakage.

In the splits of `GROUPS` a group stands on one side only: all rows of a source, of a main salt,
of a main solvent, of a metal, or (random) all rows of one electrolyte; every row is tested
once. Two more ask what a user asks:

- ``later-literature`` trains on what was published up to a year and tests on what came after,
  for several years; tests overlap. Rows without a year may be later than any cut: they are
  neither tested nor trained on.
- ``new-compound`` tests solvents and additives that are new to a laboratory whose other rows
  are known: in screening sets and sources of many rows, sets of solvents and additives are
  held out, everywhere they occur; the other rows are trained on and never tested.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..electrolytes.composition import resolve
from ..electrolytes.grammar import parse
from .sources import laboratories

Fold = tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]


def _main(electrolyte_text: str, salt: bool) -> str:
    """Return the salt (or neutral compound) with the most moles; ``?`` for an unnamed salt."""
    electrolyte = parse(electrolyte_text)
    if electrolyte.has_unknown_salt:
        known = [str(share.compound) for share in electrolyte.base]
        return "?" if salt else known[0]
    composition = resolve(electrolyte)
    amounts = {
        str(compound): fraction
        for compound, fraction in zip(
            composition.compounds, composition.mole_fractions, strict=True
        )
        if compound.is_salt == salt
    }
    return max(amounts, key=lambda name: amounts[name]) if amounts else "none"


def _column(name: str) -> Callable[[pd.DataFrame], pd.Series]:
    return lambda measurements: measurements[name]


def _main_of(salt: bool) -> Callable[[pd.DataFrame], pd.Series]:
    def main(measurements: pd.DataFrame) -> pd.Series:
        electrolytes = measurements["electrolyte"]
        return electrolytes.map({text: _main(text, salt) for text in electrolytes.unique()})

    return main


GROUPS: Mapping[str, Callable[[pd.DataFrame], pd.Series]] = {
    "leave-source-out": _column("source"),
    "leave-salt-out": _main_of(salt=True),
    "leave-main-solvent-out": _main_of(salt=False),
    "leave-metal-out": _column("metal"),
    "random": _column("electrolyte"),
}
LATER, NEW_COMPOUND = "later-literature", "new-compound"
SPLITS = (*GROUPS, LATER, NEW_COMPOUND)

# Each side of a cut in time holds at least so much of the dated rows, and so many rows.
LEAST_SHARE, LEAST_ROWS = 0.2, 10
# The shares of earlier rows that the cuts come nearest to.
EARLIER_SHARES = (0.3, 0.5, 0.7)
# A laboratory with fewer rows, or fewer sets of solvents and additives, screens nothing.
SCREENED_ROWS, SCREENED_SETS = 10, 5


def groups(measurements: pd.DataFrame, split: str) -> npt.NDArray[np.object_]:
    """Return the group (n,) of each measurement in a named split.

    Raises
    ------
    ValueError
        If the split is not one of `GROUPS`.
    """
    if split not in GROUPS:
        raise ValueError(f"unknown split {split!r}; use one of {', '.join(GROUPS)}")
    return GROUPS[split](measurements).to_numpy(dtype=object)


def group_folds(labels: npt.NDArray[np.object_], folds: int, seed: int) -> list[Fold]:
    """Deal whole groups out to folds of about equal size.

    The same on every machine: groups are sorted by name, shuffled by a seeded generator of
    fixed kind, and dealt largest first to the smallest fold.

    Parameters
    ----------
    labels
        Group (n,) of each row.
    folds
        Number of folds; at most the number of groups is used.
    seed
        Of the shuffle that breaks ties between groups of one size.

    Returns
    -------
    list of (train rows, test rows)
    """
    names, inverse, sizes = np.unique(labels.astype(str), return_inverse=True, return_counts=True)
    if len(names) < 2:
        raise ValueError("a split needs at least two groups")
    order = np.random.Generator(np.random.PCG64(seed)).permutation(len(names))
    order = order[np.argsort(-sizes[order], kind="stable")]
    loads = np.zeros(min(folds, len(names)), dtype=int)
    fold_of_group = np.empty(len(names), dtype=int)
    for group in order:
        fold_of_group[group] = loads.argmin()
        loads[loads.argmin()] += sizes[group]
    fold_of_row = fold_of_group[inverse]
    rows = np.arange(len(labels))
    return [(rows[fold_of_row != fold], rows[fold_of_row == fold]) for fold in range(len(loads))]


def fold_of_row(folds: Sequence[Fold]) -> npt.NDArray[np.int64]:
    """Return the number (n,) of the fold that tests each row."""
    number = np.zeros(sum(len(test) for _, test in folds), dtype=np.int64)
    for fold, (_, test) in enumerate(folds):
        number[test] = fold
    return number


def cut_years(measurements: pd.DataFrame) -> list[int]:
    """Return the years that ``later-literature`` trains up to; perhaps none.

    Of the years that leave enough dated rows on both sides, those that come nearest to
    `EARLIER_SHARES`.
    """
    return sorted(set(_years_nearest(measurements, EARLIER_SHARES)))


def middle_year(measurements: pd.DataFrame) -> int | None:
    """Return the year of `cut_years` that about half of the dated rows are later than."""
    nearest = _years_nearest(measurements, (0.5,))
    return nearest[0] if nearest else None


def _years_nearest(measurements: pd.DataFrame, shares: Sequence[float]) -> list[int]:
    """Return for each share the year up to which about so many of the dated rows are."""
    if "year" not in measurements:
        return []
    years = measurements["year"].dropna()
    earlier = {int(year): float((years <= year).mean()) for year in sorted(set(years))}
    least = max(LEAST_SHARE, LEAST_ROWS / max(len(years), 1))
    usable = {year: share for year, share in earlier.items() if least <= share <= 1 - least}
    if not usable:
        return []
    return [min(usable, key=lambda year: abs(usable[year] - share)) for share in shares]


def later_literature(measurements: pd.DataFrame) -> list[Fold]:
    """Return a fold for each of `cut_years`: the rows up to the year, and those after it.

    Raises
    ------
    ValueError
        If too few rows have a year, or all have nearly the same.
    """
    years = measurements["year"].to_numpy(dtype=float)
    cuts = cut_years(measurements)
    if not cuts:
        raise ValueError(
            f"no year with {LEAST_ROWS} measurements and {LEAST_SHARE:.0%} of the dated ones on "
            "both sides"
        )
    return [(np.flatnonzero(years <= cut), np.flatnonzero(years > cut)) for cut in cuts]


def _solvents_and_additives(electrolyte_text: str) -> str:
    electrolyte = parse(electrolyte_text)
    liquids = [s.compound for s in electrolyte.base if getattr(s.compound, "kind", "") != "salt"]
    additives = [dose.compound for dose in electrolyte.additives]
    return " ".join(sorted({str(compound) for compound in (*liquids, *additives)}))


def new_compound(measurements: pd.DataFrame, folds: int, seed: int) -> list[Fold]:
    """Return folds that hold out sets of solvents and additives of known laboratories.

    Raises
    ------
    ValueError
        If no laboratory has enough rows and sets.
    """
    sets = measurements["electrolyte"].map(_solvents_and_additives)
    by_laboratory = sets.groupby(laboratories(measurements).to_numpy())
    screened = (by_laboratory.transform("size") >= SCREENED_ROWS) & (
        by_laboratory.transform("nunique") >= SCREENED_SETS
    )
    if not screened.any():
        raise ValueError(
            f"no laboratory with {SCREENED_ROWS} measurements of {SCREENED_SETS} sets of "
            "solvents and additives"
        )
    rows, labels = np.flatnonzero(screened), sets.to_numpy(dtype=object)
    found = []
    for _, test in group_folds(labels[rows], folds, seed):
        unseen = np.isin(labels.astype(str), np.unique(labels[rows[test]].astype(str)))
        found.append((np.flatnonzero(~unseen), rows[test]))
    return found


def split(
    measurements: pd.DataFrame, name: str = "leave-source-out", folds: int = 10, seed: int = 0
) -> list[Fold]:
    """Return the folds of one of `SPLITS`.

    Parameters
    ----------
    measurements
        Rows in the form of `load_measurements`.
    name
        Of the split.
    folds, seed
        See `group_folds`; the years of ``later-literature`` follow from the rows alone.

    Raises
    ------
    ValueError
        If there is no such split, or too little to split by.
    """
    if name == LATER:
        return later_literature(measurements)
    if name == NEW_COMPOUND:
        return new_compound(measurements, folds, seed)
    if name not in GROUPS:
        raise ValueError(f"unknown split {name!r}; use one of {', '.join(SPLITS)}")
    return group_folds(groups(measurements, name), folds, seed)


def known_others(
    others: pd.DataFrame, measurements: pd.DataFrame, fold: Fold, name: str
) -> pd.DataFrame:
    """Return the rows of other metals that may be trained on beside a fold of a metal's rows.

    Not those of a tested source, and in ``later-literature`` none that is later than the
    training rows or has no year.
    """
    train, test = fold
    known = ~others["source"].isin(set(measurements["source"].iloc[test]))
    if name == LATER:
        known &= others["year"] <= measurements["year"].iloc[train].max()
    return others[known]
