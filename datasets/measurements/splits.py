"""Named, reproducible splits of measurements into folds, safe from leakage.

In each split a group stands on one side only: all rows of a source, of a main salt, of a
main solvent, of a metal, or (random) all rows of one electrolyte.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..electrolytes.composition import resolve
from ..electrolytes.grammar import parse

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
    return lambda measurements: measurements["electrolyte"].map(lambda text: _main(text, salt))


SPLITS: Mapping[str, Callable[[pd.DataFrame], pd.Series]] = {
    "leave-source-out": _column("source"),
    "leave-salt-out": _main_of(salt=True),
    "leave-main-solvent-out": _main_of(salt=False),
    "leave-metal-out": _column("metal"),
    "random": _column("electrolyte"),
}


def groups(measurements: pd.DataFrame, split: str) -> npt.NDArray[np.object_]:
    """Return the group (n,) of each measurement in a named split.

    Raises
    ------
    ValueError
        If the split is not one of `SPLITS`.
    """
    if split not in SPLITS:
        raise ValueError(f"unknown split {split!r}; use one of {', '.join(SPLITS)}")
    return SPLITS[split](measurements).to_numpy(dtype=object)


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


def split(
    measurements: pd.DataFrame, name: str = "leave-source-out", folds: int = 10, seed: int = 0
) -> list[Fold]:
    """Return the folds of a named split, see `SPLITS` and `group_folds`."""
    return group_folds(groups(measurements, name), folds, seed)
