"""Cross-fitting: models fitted without some rows, predicting those rows.

Leaving out single folds gives the held-out predictions that choose and calibrate a model;
leaving out pairs of folds gives, for every fold, such predictions by models that have not
seen it either. So a nested validation costs half the fits of the textbook's. What was
published after a year is left out in the same way: alone, and with each fold.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt
from anolyte.datasets.files.processes import in_processes
from anolyte.features.arrays import Floats, Integers

from .members import Member, Rows, fit_members

Progress = Callable[[str, int, int], None]
Left = frozenset[int]
# Stands among the left-out folds for what was published after a year, or at no known time.
LATER = -1


@dataclass(frozen=True)
class HeldOut:
    """What models fitted without some rows say of these rows.

    Attributes
    ----------
    rows
        Numbers (m,) of the rows among the metal's own.
    means
        Mean LCE (m,) of the rows that the models of each were fitted to.
    predictions, spread
        Of each member (m,), and the spread (m,).
    """

    rows: Integers
    means: Floats
    predictions: dict[Member, Floats]
    spread: Floats


def cross_fit(
    rows: Rows,
    fold_of_row: Integers,
    members: Sequence[Member],
    seed: int = 0,
    pairs: bool = False,
    progress: Progress | None = None,
    cut: int | None = None,
) -> dict[Left, HeldOut]:
    """Fit members once without each fold, and if asked once without each pair of folds.

    With a year to cut at, once more without what is later, and so for each pair of that and a
    fold; it is then the rows later than the year that are predicted, those of the fold left out.

    Parameters
    ----------
    rows
        All rows; of other metals, those from a source among the left out are left out too.
    fold_of_row
        Fold (n,) of each row of the metal.
    members, seed
        See `fit_members`.
    pairs
        Whether to leave out pairs as well.
    cut
        Last year that counts as earlier.
    """
    folds = [int(fold) for fold in np.unique(fold_of_row)]
    if cut is not None:
        folds.append(LATER)
    left = [frozenset((fold,)) for fold in folds]
    if pairs:
        left += [frozenset(pair) for pair in combinations(folds, 2)]
    workers = min(os.cpu_count() or 1, len(left))
    calls = ((rows, fold_of_row, each, cut, members, seed) for each in left)
    results: dict[Left, HeldOut] = {}
    what = "validating on unseen sources" if pairs else "calibrating intervals"
    for number, held_out in in_processes(_fit_without, calls, workers):
        results[left[number]] = held_out
        if progress is not None:
            progress(what, len(results), len(left))
    return results


def _fit_without(
    rows: Rows,
    fold_of_row: Integers,
    left: Left,
    cut: int | None,
    members: Sequence[Member],
    seed: int,
) -> HeldOut:
    own = np.flatnonzero(rows.own)
    out = np.isin(fold_of_row, list(left))
    unseen = set(rows.sources[own[out]])
    keep = np.array([source not in unseen for source in rows.sources])
    keep[own] = ~out
    if cut is not None and LATER in left:
        out = ~out & (rows.years[own] > cut)
        keep &= rows.years <= cut
    ensemble = fit_members(rows.take(keep), members, seed)
    predictions, spread = ensemble.predict(rows.features[own[out]], members)
    means = np.full(out.sum(), ensemble.mean)
    return HeldOut(np.flatnonzero(out), means, predictions, spread)


def assemble(parts: Sequence[HeldOut], only: Sequence[Integers]) -> HeldOut:
    """Join held-out predictions of several fits, sorted by row number.

    Parameters
    ----------
    parts
        Held-out predictions.
    only
        For each part, the row numbers to keep; no row may come twice.
    """
    masks = [np.isin(part.rows, kept) for part, kept in zip(parts, only, strict=True)]

    def join(values: Callable[[HeldOut], npt.NDArray[Any]]) -> npt.NDArray[Any]:
        return np.concatenate([values(p)[mask] for p, mask in zip(parts, masks, strict=True)])

    rows = join(lambda part: part.rows)
    order = np.argsort(rows)
    predictions = {}
    for member in parts[0].predictions:
        each = [p.predictions[member][mask] for p, mask in zip(parts, masks, strict=True)]
        predictions[member] = np.concatenate(each)[order]
    means = join(lambda part: part.means)[order]
    return HeldOut(rows[order], means, predictions, join(lambda part: part.spread)[order])
