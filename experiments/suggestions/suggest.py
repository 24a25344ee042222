"""Suggest the next experiments: a batch from a candidate space, by what a model believes.

Every candidate is predicted, chunk by chunk, whatever the size of the space; the batch is
chosen from the `SHORTLIST` best (see `acquisition`), one for each set of salts and solvents.
Where the model is `prior only` all candidates look alike to it, so the batch is spread
over the space instead. What cannot work for a physical reason is never suggested.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from anolyte.datasets.electrolytes.grammar import parse
from anolyte.datasets.measurements.lce import NOISE_BETWEEN_SOURCES, coulombic_efficiency
from anolyte.features.arrays import Floats, Integers
from anolyte.features.families import family_names
from anolyte.features.mixtures import Mixtures
from anolyte.models.efficiency.crossfit import Progress
from anolyte.models.efficiency.model import CoulombicEfficiencyModel
from anolyte.models.prediction import CE_BOUNDS, Column, Prediction
from anolyte.models.property_columns import ROOM_CELSIUS, Properties
from scipy.spatial.distance import cdist
from scipy.stats import norm

from ..constraints.constraint import WITHOUT_GATED
from ..constraints.cost import any_price, cost_per_litre
from ..ranking.ranking import by_score
from ..screening.engine import CHUNK
from ..spaces.candidate_space import CandidateSpace
from . import acquisition
from .acquisition import Beliefs, choose_batch, place
from .pending import Taken

# Few enough that draws of all of them together take seconds.
SHORTLIST = 2_000
# Constraints may leave few of a sample.
SAMPLE = 10 * SHORTLIST
SPACE_FILLING = "space-filling"
COVERAGE = 0.9
# In standard deviations, half the width of the middle 80 % of a normal distribution.
_HALF_WIDTH_80 = float(norm.ppf(0.9))

# Another name in a sheet whose column ce_pct is for what will be measured.
PREDICTED = tuple(f"predicted_{name}" for name in CE_BOUNDS)
COLUMNS = (
    *("rank", "metal", Column.ELECTROLYTE),
    *PREDICTED,
    *("family", Column.EVIDENCE, "why"),
)


@dataclass(frozen=True)
class Suggestions:
    """A batch of experiments.

    Attributes
    ----------
    frame
        One row an experiment with the columns `COLUMNS`; CE in % with its 90 % interval.
    by
        The criterion, or `SPACE_FILLING` where the model can tell no candidates apart.
    looked_at
        How many candidates were compared.
    left_out
        How many of the space had been measured already or are pending.

    Examples
    --------
    >>> from anolyte.datasets import shipped_compounds
    >>> from anolyte.experiments import CandidateSpace, suggest
    >>> from anolyte.models import load_model
    >>> known = shipped_compounds()
    >>> space = CandidateSpace.of("Zn", [known["Zn(OTf)2"]], [known["H2O"], known["DME"]])
    >>> found = suggest(space, load_model("anolyte-models/Zn"), [], batch=2)
    >>> found.frame[["rank", "electrolyte", "why"]].shape
    (2, 3)
    """

    frame: pd.DataFrame
    by: str
    looked_at: int
    left_out: int


def suggest(  # noqa: PLR0913
    space: CandidateSpace,
    model: CoulombicEfficiencyModel,
    measured: Sequence[str],
    pending: Sequence[str] = (),
    batch: int = 8,
    by: str = acquisition.DEFAULT,
    seed: int = 0,
    progress: Progress | None = None,
    *,
    celsius: float = ROOM_CELSIUS,
) -> Suggestions:
    """Choose the next experiments.

    Parameters
    ----------
    space
        The candidates.
    model
        A fitted model of the same metal.
    measured
        Electrolytes with a measured efficiency: what is to be improved on, and not suggested.
    pending
        Electrolytes whose experiments are under way: not suggested, and believed to turn out
        as predicted, so that a new batch keeps away from them.
    batch
        How many experiments.
    by
        One of `acquisition.CRITERIA`.
    seed
        Of every random choice.
    celsius
        Temperature of what else is predicted, such as the conductivity, in degrees C.

    Raises
    ------
    ValueError
        If the model is of another metal, the criterion is unknown, or nothing is left to
        suggest.

    Examples
    --------
    >>> from anolyte.datasets import shipped_compounds
    >>> from anolyte.experiments import CandidateSpace, measured_electrolytes, suggest
    >>> from anolyte.models import load_model
    >>> known = shipped_compounds()
    >>> space = CandidateSpace.of("Zn", [known["Zn(OTf)2"]], [known["H2O"], known["DME"]])
    >>> measured = measured_electrolytes("Zn")
    >>> found = suggest(space, load_model("anolyte-models/Zn"), measured, batch=2)
    >>> len(found.frame), set(found.frame["electrolyte"]) & set(measured)
    (2, set())
    """
    if model.metal != space.metal:
        raise ValueError(f"the model is for {model.metal}, the candidates are for {space.metal}")
    if batch < 1:
        raise ValueError("a batch has at least one experiment")
    acquisition.checked_criterion(by)
    properties = Properties(model.properties_, celsius)
    space.constraints.check(properties, model.metal)
    begun = (tuple(measured), tuple(pending))
    search = _Search(space.constrained(WITHOUT_GATED), model, *begun, properties=properties)
    if model.is_prior:
        return search.spread_out(batch, seed)
    return search.best(batch, by, seed, progress)


@dataclass
class _Search:
    """One search for a batch: the space, the model and what is known beforehand."""

    space: CandidateSpace
    model: CoulombicEfficiencyModel
    measured: tuple[str, ...]
    pending: tuple[str, ...]
    left_out: int = 0
    properties: Properties = field(default_factory=Properties)

    def __post_init__(self) -> None:
        texts = (*self.measured, *self.pending)
        self.taken = Taken(map(parse, texts), self.space.mixtures(0, 1).compounds)

    def open(self, numbers: Integers) -> tuple[Integers, Mixtures]:
        """Return those candidates that the constraints allow and nobody has begun with."""
        mixtures = self.space.take(numbers)
        constraints = self.space.constraints
        allowed = constraints.mask(mixtures)
        allowed &= constraints.admits(mixtures, self.properties, allowed)
        begun = self.taken.mask(mixtures)
        self.left_out += int((allowed & begun).sum())
        keep = allowed & ~begun
        return numbers[keep], mixtures.take(keep)

    def assess(self, electrolytes: Mixtures | Sequence[str]) -> Prediction:
        """Return what the model says of some electrolytes."""
        return self.model.assess(electrolytes, COVERAGE, self.properties.celsius)

    def descriptors(self, electrolytes: Mixtures | Sequence[str]) -> Floats:
        """Return the descriptors (n, d) that may tell candidates apart."""
        return self.model.without_metal(self.model.descriptors(electrolytes))

    def best(self, batch: int, by: str, seed: int, progress: Progress | None) -> Suggestions:
        """Choose from the best by a criterion."""
        best, without_metal = self.model.mean_lce, self.model.without_metal
        measured = self.assess(self.measured) if self.measured else None
        if measured is not None:
            best = float(measured.lce.max())
        short, lead, count = self.shortlist(by, best, progress)
        means, deviations = short["mean"].to_numpy(), short["deviation"].to_numpy()
        features = self.descriptors(self.space.take(short["candidate"].to_numpy()))
        if self.pending:
            begun = self.assess(self.pending)
            means = np.append(means, begun.lce)
            deviations = np.append(deviations, _deviations(begun))
            features = np.vstack([features, without_metal(begun.descriptors)])
        reference = features
        if measured is not None and len(measured) > 1:
            reference = without_metal(measured.descriptors)
        beliefs = Beliefs(means, deviations, place(features, reference), best)
        under_way = range(len(short), len(beliefs))
        chosen = short.iloc[choose_batch(beliefs, batch, by, seed, under_way)]
        beliefs_of = zip(chosen["mean"], chosen["deviation"], strict=True)
        why = [_why(mean, deviation, lead) for mean, deviation in beliefs_of]
        return self.suggestions(chosen["candidate"].to_numpy(), why, by, count)

    def shortlist(
        self, by: str, best: float, progress: Progress | None
    ) -> tuple[pd.DataFrame, tuple[float, float], int]:
        """Return the best candidates, mean and deviation of the highest mean, and the count."""
        short = pd.DataFrame()
        lead = (-np.inf, 0.0)
        count = 0
        for start, stop in self.space.chunks(CHUNK):
            if progress is not None:
                progress("looking at candidates", start, len(self.space))
            numbers, mixtures = self.open(np.arange(start, stop))
            if not len(numbers):
                continue
            count += len(numbers)
            predicted = self.assess(mixtures)
            mean, deviation = predicted.lce, _deviations(predicted)
            top = int(np.argmax(mean))
            lead = max(lead, (float(mean[top]), float(deviation[top])))
            score = acquisition.scores(by, mean, deviation, best)
            family = self.space.families(numbers)
            columns = (numbers, family, mean, deviation, score)
            names = ("candidate", "family", "mean", "deviation", "score")
            chunk = pd.DataFrame(dict(zip(names, columns, strict=True)))
            short = by_score(pd.concat([short, chunk]) if len(short) else chunk)
            short = short.drop_duplicates("family").head(SHORTLIST)
        if progress is not None:
            progress("looking at candidates", len(self.space), len(self.space))
        self.need(count)
        return short.reset_index(drop=True), lead, count

    def spread_out(self, batch: int, seed: int) -> Suggestions:
        """Choose candidates that stand for a uniform sample of the space."""
        numbers, _ = self.open(self.space.sample(SAMPLE, seed))
        self.need(len(numbers))
        generator = np.random.Generator(np.random.PCG64(seed))
        looked_at, numbers = len(numbers), np.sort(generator.permutation(numbers)[:SHORTLIST])
        features = self.descriptors(self.space.take(numbers))
        points = place(features, features)
        begun = (*self.measured, *self.pending)
        known = place(self.descriptors(begun), features) if begun else None
        chosen = acquisition.space_filling(points, batch, known)
        nearest = cdist(points, points[chosen]).argmin(axis=1)
        shares = np.bincount(nearest, minlength=len(chosen)) / len(points)
        told = "space-filling: nearest of the batch to {:.0%} of the space"
        why = [told.format(share) for share in shares]
        return self.suggestions(numbers[chosen], why, SPACE_FILLING, looked_at)

    def need(self, count: int) -> None:
        """Raise if nothing is left to suggest."""
        if not count:
            told = f"{self.left_out:,} measured or pending"
            raise ValueError(f"nothing to suggest in the space {self.space.name}: {told}")

    def suggestions(
        self, numbers: Integers, why: Sequence[str], by: str, looked_at: int
    ) -> Suggestions:
        """Return candidates as suggestions."""
        predicted = self.assess(self.space.take(numbers))
        columns = (
            np.arange(1, len(numbers) + 1),
            self.space.metal,
            [str(self.space.electrolyte(int(number))) for number in numbers],
            *(predicted.bounds[name].round(2) for name in CE_BOUNDS),
            family_names(predicted.mixtures),
            predicted.evidence,
            list(why),
        )
        frame = pd.DataFrame(dict(zip(COLUMNS, columns, strict=True)))
        further = predicted.properties.round(3)
        frame = pd.concat([frame, further], axis=1)
        if any_price(predicted.mixtures):
            frame["cost_per_l"] = cost_per_litre(predicted.mixtures).round(2)
        return Suggestions(frame, by, looked_at, self.left_out)


def _deviations(predicted: Prediction) -> Floats:
    """Return the deviation (n,) of each LCE: the 80 % interval as a normal's."""
    return predicted.half_width(0.8) / _HALF_WIDTH_80


def _why(mean: float, deviation: float, lead: tuple[float, float]) -> str:
    """Return whether a candidate was chosen for its mean, its spread or its being different."""
    behind = lead[0] - mean
    if behind <= NOISE_BETWEEN_SOURCES:
        return f"exploit: predicted within replicate error of the best ({behind:.2f} LCE behind)"
    told = f"explore: {behind:.2f} LCE behind the best predicted"
    if deviation <= lead[1]:
        return f"{told}, but unlike those before it"
    reach = float(coulombic_efficiency(mean + deviation))
    return (
        f"{told}, but less certain (deviation {deviation:.2f}, the best's {lead[1]:.2f}): "
        f"one deviation up is {reach:.2f} %"
    )
