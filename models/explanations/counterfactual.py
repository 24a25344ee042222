"""Counterfactual neighbours: which single change of an electrolyte is expected to pay most.

One salt or solvent replaced by another of its kind that the metal was measured with, or
another concentration: what the model expects of those that no gate holds back.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import pandas as pd
from anolyte.datasets.compounds.ions import holds
from anolyte.datasets.compounds.registry import Compound
from anolyte.datasets.electrolytes.electrolyte import Dose, Share
from anolyte.datasets.electrolytes.grammar import Electrolyte, parse
from anolyte.datasets.errors import FormulationError
from anolyte.features.arrays import Floats
from anolyte.features.mixtures import Mixtures

from ..efficiency.domain import Domain
from ..efficiency.evidence import LEVELS
from ..efficiency.model import CoulombicEfficiencyModel
from ..prediction import Column, Prediction

FACTORS = (0.5, 0.75, 1.25, 1.5, 2.0)
# A lower bound that rises by less than this in LCE is no gain.
LEAST_GAIN = 0.02
# A change smaller than this quantile of the distances between measurements counts as that one.
LEAST_CHANGE = 0.05
COLUMNS = (
    "change",
    "from",
    "to",
    Column.ELECTROLYTE,
    f"{Column.CE_LOW}_before",
    Column.CE_LOW,
    f"{Column.CE}_before",
    Column.CE,
    "gain_lce",
    "size",
    "gain_per_size",
    Column.EVIDENCE,
    Column.NEAREST,
)


class Variant(NamedTuple):
    """An electrolyte that differs in one thing."""

    change: str
    old: str
    new: str
    electrolyte: Electrolyte


def counterfactuals(
    model: CoulombicEfficiencyModel,
    electrolyte: Electrolyte | str,
    count: int = 5,
    coverage: float = 0.9,
    per_place: int = 2,
) -> pd.DataFrame:
    """Return the single changes that raise the lower bound most for their size.

    Parameters
    ----------
    model
        A fitted model.
    electrolyte
        The formulation to start from.
    count
        How many changes at most.
    coverage
        Of the interval whose lower bound shall rise.
    per_place
        How many changes at most of one thing (a salt, a solvent, the concentration).

    Returns
    -------
    pandas.DataFrame
        Columns `COLUMNS`, best first: what changes from what to what, the new electrolyte,
        lower bound and prediction (CE in %) before and after, the gain of the lower bound in
        LCE (of the prediction where the bound is 0 before and after), the size of the change
        (distance in the space of the applicability domain) and their ratio, evidence and
        nearest measurement. Changes to electrolytes with less evidence than the first, or
        more concentrated than any measured, or to what cannot work, are left out. Empty if
        nothing is expected to help, as where the model is its metal's mean.

    Examples
    --------
    >>> from anolyte.models import counterfactuals, load_model
    >>> better = counterfactuals(load_model("anolyte-models/Zn"), "2 M ZnSO4 in H2O", count=3)
    >>> bool((better["ce_low"] > better["ce_low_before"]).all())
    True
    """
    start = parse(electrolyte) if isinstance(electrolyte, str) else electrolyte
    variants = list(_variants(start, model))
    if not variants:
        return pd.DataFrame(columns=list(COLUMNS))
    kept, mixtures = _resolved([Variant("", "", "", start), *variants], model.metal)
    predicted = model.assess(mixtures, coverage)
    bounds = predicted.bounds
    sizes = _sizes(model.domain_, model.without_metal(predicted.descriptors))
    gain = _gains(bounds)
    table = pd.DataFrame([each[:3] for each in kept], columns=["change", "from", "to"])
    table[Column.ELECTROLYTE] = [str(variant.electrolyte) for variant in kept]
    for column in (Column.CE_LOW, Column.CE):
        table[f"{column}_before"] = float(bounds[column].iloc[0])
        table[column] = bounds[column].to_numpy()
    table["gain_lce"], table["size"], table["gain_per_size"] = gain, sizes, gain / sizes
    chosen = table[_allowed(model, predicted, gain)]
    ordered = chosen.sort_values("gain_per_size", ascending=False, kind="stable")
    place = ordered["change"] + ordered["from"].where(ordered["change"] != "concentration", "")
    best = ordered[ordered.groupby(place, sort=False).cumcount() < per_place].head(count)
    if best.empty:
        return pd.DataFrame(columns=list(COLUMNS))
    stands = predicted.take(best.index.to_numpy())
    best = best.reset_index(drop=True)
    best[Column.EVIDENCE], best[Column.NEAREST] = stands.evidence, stands.nearest(1)
    return best[list(COLUMNS)]


def _gains(bounds: pd.DataFrame) -> Floats:
    """Return by how much (n,) each lower bound lies above the first, in LCE.

    Where both are 0, a bound says nothing and the prediction itself must rise.
    """
    low, middle = bounds[Column.LCE_LOW].to_numpy(), bounds[Column.LCE].to_numpy()
    return np.asarray(np.where((low == 0) & (low[0] == 0), middle - middle[0], low - low[0]))


def _allowed(
    model: CoulombicEfficiencyModel, predicted: Prediction, gain: Floats
) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Mark the changes (n,) that gain and lead nowhere less known than the first row.

    Nor to what cannot work for a physical reason.
    """
    levels = np.array([LEVELS.index(level) for level in predicted.evidence])
    features = predicted.descriptors
    allowed = (gain >= LEAST_GAIN) & (levels >= levels[0]) & ~predicted.verdicts.gated
    names = model.feature_names
    if "cation_concentration" in names:
        at = names.index("cation_concentration")
        most = max(float(model.domain_.largest[at]), float(features[0, at]))
        allowed &= features[:, at] <= most * 1.01
    return np.asarray(allowed)


def _sizes(domain: Domain, features: Floats) -> Floats:
    """Return the distance (n,) of each row from the first, small ones raised to a floor."""
    placed = domain.points[:-1].transform(features)
    far = np.linalg.norm(placed - placed[0], axis=1) / np.sqrt(features.shape[1])
    floor = float(np.quantile(domain.distances, LEAST_CHANGE))
    return np.asarray(np.maximum(far, max(floor, 1e-6)))


def _resolved(variants: list[Variant], metal: str) -> tuple[list[Variant], Mixtures]:
    """Return the variants whose amounts are possible, as mixtures."""
    try:
        return variants, Mixtures.from_electrolytes([v.electrolyte for v in variants], metal)
    except FormulationError:
        kept = []
        for variant in variants:
            try:
                Mixtures.from_electrolytes([variant.electrolyte], metal)
            except FormulationError:
                continue
            kept.append(variant)
        return kept, Mixtures.from_electrolytes([v.electrolyte for v in kept], metal)


def _variants(start: Electrolyte, model: CoulombicEfficiencyModel) -> Iterator[Variant]:
    measured = tuple(model.domain_.measured["electrolyte"].unique())
    salts, solvents = _known(measured, model.metal)
    present = set(start.compounds)
    for at, share in enumerate(start.base):
        if not isinstance(share.compound, Compound):
            continue
        pool = salts if share.compound.is_salt else solvents
        for new in _same_kind(share.compound, pool, present):
            base = (*start.base[:at], Share(share.part, new), *start.base[at + 1 :])
            change = "salt" if share.compound.is_salt else "solvent"
            yield from _made(change, share.compound, new, start, base=base)
    for at, dose in enumerate(start.salts):
        if dose.pure is None:
            continue
        for new in _same_kind(dose.pure, salts, present):
            doses = (*start.salts[:at], replace(dose, compound=new), *start.salts[at + 1 :])
            yield from _made("salt", dose.pure, new, start, salts=doses)
    yield from _concentrations(start)


def _concentrations(start: Electrolyte) -> Iterator[Variant]:
    """Yield the electrolyte with the amounts of all its salts multiplied by `FACTORS`."""
    doses = [dose for dose in start.salts if dose.amount is not None]
    shares = [s for s in start.base if getattr(s.compound, "is_salt", False) and s.part is not None]
    if start.salts and len(doses) < len(start.salts):
        return
    if not doses and not shares:
        return
    for factor in FACTORS:
        salts = tuple(_scaled(dose, factor) for dose in start.salts)
        base = start.base
        if not doses:
            base = tuple(
                Share(round((s.part or 0) * factor, 4), s.compound) if s in shares else s
                for s in base
            )
        old, new = (
            " + ".join(map(str, d)) if d else f"{f:g} times the salt"
            for d, f in ((start.salts, 1.0), (salts, factor))
        )
        yield from _made("concentration", old, new, start, salts=salts, base=base)


def _scaled(dose: Dose, factor: float) -> Dose:
    return replace(dose, amount=float(f"{(dose.amount or 0.0) * factor:.3g}"))


def _made(
    change: str, old: object, new: object, start: Electrolyte, **parts: object
) -> Iterator[Variant]:
    try:
        yield Variant(change, str(old), str(new), replace(start, **parts))  # type: ignore[arg-type]
    except FormulationError:
        # Not a formulation, as where the swap would name a compound twice.
        return


def _same_kind(old: Compound, pool: tuple[Compound, ...], present: set[Compound]) -> list[Compound]:
    return [new for new in pool if new.kind == old.kind and new not in present]


@lru_cache(maxsize=32)
def _known(
    measured: tuple[str, ...], metal: str
) -> tuple[tuple[Compound, ...], tuple[Compound, ...]]:
    """Return the salts of a metal and the solvents in its measured electrolytes."""
    salts: dict[Compound, None] = {}
    solvents: dict[Compound, None] = {}
    for text in measured:
        electrolyte = parse(text)
        shares = [share.compound for share in electrolyte.base]
        for compound in (each for each in shares if isinstance(each, Compound)):
            (salts if compound.is_salt else solvents)[compound] = None
        salts.update((dose.pure, None) for dose in electrolyte.salts if dose.pure is not None)
    own = [salt for salt in salts if holds(salt, metal)]
    return tuple(own), tuple(solvents)
