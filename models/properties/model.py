"""PropertyModel: a property of electrolytes, with an interval, inside of what was measured.

The mean of two that err differently: a Gaussian process over mixtures (`mixture_process`), smooth
in concentration and temperature, and boosted trees on the descriptors, which may not fall with the
temperature where the property does not. How far they differ is the spread; conformal calibration
on sources held out, each of which counts once, makes it an interval. What `seen` leaves outside
has no value but a reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple, Self

import numpy as np
import pandas as pd
from anolyte.datasets.measurements.property_tables import ROOM
from anolyte.datasets.measurements.splits import group_folds
from anolyte.features.arrays import Floats, Integers, Objects
from anolyte.features.mixtures import Mixtures, as_mixtures

from ..efficiency.intervals import ConformalScale
from ..efficiency.weights import source_sizes
from ..property_columns import Told
from ..threads import one_thread
from .inputs import Inputs
from .mixture_process import MixtureProcess
from .property import Property
from .seen import PRESENT, Seen

FOLDS = 5
# Rows of one source that are learned from, and of these those that the process keeps: a hundred
# temperatures and dilutions of one electrolyte say little more than some.
MOST_ROWS, MOST_POINTS = 120, 40
# Weight of a row: so many in a source to this power.
WEIGHT = -0.6
TREES, DEPTH, RATE = 200, 6, 0.08
# A neutral compound has a column of its own if so many sources hold it.
IDENTIFIED = 2


class Learned(NamedTuple):
    """Predictions on the scale that is learned (n,), their spread, and why not to use them."""

    mean: Floats
    spread: Floats
    reason: Objects


@dataclass(frozen=True, eq=False)
class Fitted:
    """The two members and the domain, fitted to the same rows."""

    process: MixtureProcess
    trees: Any
    identified: tuple[str, ...]
    seen: Seen

    @classmethod
    def fit(
        cls,
        what: Property,
        metal: str,
        inputs: Inputs,
        target: Floats,
        sources: Objects,
        seed: int = 0,
    ) -> Fitted:
        """Fit to rows (n) with values on the scale that is learned (n,)."""
        kept = thinned(sources, MOST_ROWS, seed)
        inputs, target, sources = inputs.take(kept), target[kept], sources[kept]
        mixtures = inputs.mixtures
        least = what.least_salts.get(metal, 1)
        seen = Seen.fit(mixtures, inputs.concentration, inputs.kelvin, least)
        points = thinned(sources, MOST_POINTS, seed)
        process = MixtureProcess.fit(inputs.take(points).points, target[points], sources[points])
        identified = _identified(mixtures, sources)
        trees = _trees(what, inputs.tree_inputs(identified), target, sources, seed)
        return cls(process, trees, identified, seen)

    def predict(self, inputs: Inputs, floor: float = 0.0, everywhere: bool = False) -> Learned:
        """Return predictions; of what is outside no more than the reason, unless `everywhere`."""
        reason = self.seen.outside(inputs.mixtures, inputs.concentration, inputs.kelvin)
        mean, spread = (np.full(len(inputs), np.nan) for _ in range(2))
        inside = np.flatnonzero((reason == "") | everywhere)
        if len(inside):
            some = inputs.take(inside)
            with one_thread():
                smooth = self.process.predict(some.points)
                stepped = self.trees.predict(some.tree_inputs(self.identified)).astype(float)
            mean[inside] = (smooth + stepped) / 2
            spread[inside] = floor + np.abs(smooth - stepped)
        return Learned(mean, spread, reason)


class PropertyModel:
    """Predict a property of the electrolytes of a metal.

    Parameters
    ----------
    what
        The property, see `registry`.
    metal
        Symbol of the metal.
    seed
        Of every random choice.

    Attributes
    ----------
    fitted_
        Members and domain.
    scale_, floor_
        Calibrated intervals; what is added to the members' difference to make the spread.
    sources_, rows_
        How many sources and rows there were.

    Examples
    --------
    >>> from anolyte.models import shipped_properties
    >>> model = shipped_properties("Li")["conductivity"]
    >>> told = model.assess(["1 M LiPF6 in EC/DMC (1:1 v/v)", "1 M LiFSI in H2O"], celsius=0)
    >>> told.value.round(0).tolist(), told.reason.tolist()
    ([7.0, nan], ['', 'not measured with H2O'])

    Fitted anew, which takes half a minute::

        PropertyModel(what, "Li").fit(what.rows("Li"))  # what = get("conductivity")
    """

    def __init__(self, what: Property, metal: str, seed: int = 0) -> None:
        self.what, self.metal, self.seed = what, metal, seed

    def fit(self, rows: pd.DataFrame) -> Self:
        """Fit to the rows of a table: electrolyte, temperature_K, source and the property's column.

        Raises
        ------
        ValueError
            If there are fewer than two sources to calibrate between.
        """
        sources = rows["source"].to_numpy(dtype=object)
        rows = rows.iloc[thinned(sources, MOST_ROWS, self.seed)]
        sources = rows["source"].to_numpy(dtype=object)
        self.sources_, self.rows_ = len(set(sources)), len(rows)
        inputs = Inputs.of_rows(rows, self.metal)
        target = self.what.learned(rows[self.what.column].to_numpy(float), inputs.concentration)
        parts = []
        for train, test in group_folds(sources, FOLDS, self.seed):
            fitted = self._fitted(inputs.take(train), target[train], sources[train])
            found = fitted.predict(inputs.take(test))
            parts.append(
                pd.DataFrame({"source": sources[test], "error": target[test] - found.mean})
            )
            parts[-1]["difference"] = found.spread
        held_out = pd.concat(parts).dropna()
        self.floor_, self.scale_ = calibrated(held_out)
        self.fitted_ = self._fitted(inputs, target, sources)
        return self

    def _fitted(self, inputs: Inputs, target: Floats, sources: Objects) -> Fitted:
        return Fitted.fit(self.what, self.metal, inputs, target, sources, self.seed)

    def assess(self, X: Any, celsius: float = 25.0, coverage: float = 0.9) -> Told:
        """Return the property of electrolytes at a temperature in degrees C.

        Parameters
        ----------
        X
            Whatever `anolyte.features.mixtures.as_mixtures` takes.
        celsius
            The temperature.
        coverage
            Of the interval, one of `anolyte.models.efficiency.intervals.COVERAGES`.
        """
        mixtures: Mixtures = as_mixtures(X, self.metal)
        kelvin = np.full(len(mixtures), celsius + ROOM - 25.0)
        inputs = Inputs(mixtures, kelvin)
        found = self.fitted_.predict(inputs, self.floor_)
        half = self.scale_.half_width(found.spread, coverage)
        ends = (found.mean, found.mean - half, found.mean + half)
        value, low, high = (self.what.value(each, inputs.concentration) for each in ends)
        return Told(value, low, high, found.reason)


def calibrated(held_out: pd.DataFrame) -> tuple[float, ConformalScale]:
    """Return the floor of the spread and the intervals that held-out rows ask for.

    Parameters
    ----------
    held_out
        source, error and difference of the members, of each row.
    """
    if held_out["source"].nunique() < 2:
        raise ValueError("a property model needs rows of at least two sources")
    difference = held_out["difference"].to_numpy(float)
    floor = max(float(np.median(difference)), 1e-6)
    errors = held_out["error"].to_numpy(float)
    return floor, ConformalScale.fit(errors, floor + difference, 1.0 / source_sizes(held_out))


def thinned(sources: Objects, most: int, seed: int) -> Integers:
    """Return sorted row numbers: of each source all its rows, or so many drawn at random."""
    order = np.random.Generator(np.random.PCG64(seed)).permutation(len(sources))
    place = pd.Series(sources[order]).groupby(sources[order]).cumcount().to_numpy()
    return np.asarray(np.sort(order[place < most]))


def _identified(mixtures: Mixtures, sources: Objects) -> tuple[str, ...]:
    """Return the structures of the neutral compounds that several sources hold."""
    present = mixtures.mole_fractions > PRESENT
    return tuple(
        compound.smiles
        for column, compound in enumerate(mixtures.compounds)
        if not compound.is_salt and len(set(sources[present[:, column]])) >= IDENTIFIED
    )


def _trees(what: Property, features: Floats, target: Floats, sources: Objects, seed: int) -> Any:
    """Return trees fitted to features (n, d), of which the last is the reciprocal temperature."""
    from xgboost import XGBRegressor

    size = pd.Series(sources).groupby(sources).transform("size").to_numpy(float)
    falling = -1 if what.rises_with_temperature else 0
    trees = XGBRegressor(
        n_estimators=TREES,
        learning_rate=RATE,
        max_depth=DEPTH,
        subsample=0.7,
        colsample_bytree=0.4,
        min_child_weight=3,
        reg_lambda=3.0,
        monotone_constraints=(*[0] * (features.shape[1] - 1), falling),
        random_state=seed,
        n_jobs=1,
        tree_method="hist",
    )
    return trees.fit(features, target, sample_weight=size**WEIGHT / (size**WEIGHT).mean())


__all__ = ["PropertyModel", "calibrated", "thinned"]
