"""Prediction: electrolytes with all that a model says of them; the one home of its columns.

The way of the data: formulations become mixtures, these descriptors, these a prediction. Each step
is taken once; what is costly and not always wanted (nearest measured electrolytes, the SEI) is
computed when first asked for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd
from anolyte.datasets.compounds.ions import holds
from anolyte.datasets.measurements.lce import coulombic_efficiency
from anolyte.features.arrays import Flags, Floats, Objects
from anolyte.features.mixtures import Mixtures
from anolyte.features.molecules.donor import imputed_donor_share

from .gates.verdicts import Verdicts, liquid_remarks
from .property_columns import ROOM_CELSIUS, Properties, PropertyPredictor


class Column:
    """What the columns of predictions are called, in whichever table they stand."""

    ELECTROLYTE = "electrolyte"
    CE = "ce_pct"
    CE_LOW = "ce_low"
    CE_HIGH = "ce_high"
    LCE = "lce"
    LCE_LOW = "lce_low"
    LCE_HIGH = "lce_high"
    SEI_COMPOSITION = "sei_composition"
    SEI_COMPOSITION_PROBABILITY = "sei_composition_probability"
    SEI_FUNCTION = "sei_function"
    SEI_FUNCTION_PROBABILITY = "sei_function_probability"
    SEI_SPECIES = "sei_species"
    SEI_DESIRABILITY = "sei_desirability"
    EVIDENCE = "evidence"
    DOMAIN_SCORE = "domain_score"
    NEAREST = "nearest"
    REMARKS = "remarks"
    ASSUMPTIONS = "assumptions"


# CE in % with its interval, and the same as LCE.
CE_BOUNDS = (Column.CE, Column.CE_LOW, Column.CE_HIGH)
LCE_BOUNDS = (Column.LCE, Column.LCE_LOW, Column.LCE_HIGH)
SEI = (
    Column.SEI_COMPOSITION,
    Column.SEI_COMPOSITION_PROBABILITY,
    Column.SEI_FUNCTION,
    Column.SEI_FUNCTION_PROBABILITY,
    Column.SEI_SPECIES,
    Column.SEI_DESIRABILITY,
)
# What stands behind a prediction.
BACKING = (
    Column.EVIDENCE,
    Column.DOMAIN_SCORE,
    Column.NEAREST,
    Column.REMARKS,
    Column.ASSUMPTIONS,
)
COLUMNS = (Column.ELECTROLYTE, *CE_BOUNDS, *LCE_BOUNDS, *SEI, *BACKING)
# How many measured electrolytes are named beside a prediction.
NEAREST = 3
NOTHING = "none"
ESTIMATED = "donor number estimated"
# Half of a 90 % interval as wide as this tells of the LCE no more than an order.
ORDER_ONLY = 1.0
WIDE = "order only: the efficiency itself is not known within a factor of ten of the loss"
_ASSUMED = ("amounts", "salt", "density estimated")


class Efficiencies(NamedTuple):
    """What a model predicts of CE: the LCE (n,) and, to see what is more or less, its mean."""

    lce: Floats
    mean_lce: float


class Interphases(Protocol):
    """What a prediction asks of the SEI model; `SEIModel` is one."""

    def predict_composition(self, X: Any) -> pd.DataFrame:
        """Return the probability of each composition (n rows)."""

    def predict_function(self, X: Any, efficiencies: Efficiencies | None = None) -> pd.DataFrame:
        """Return the probability of each function (n rows), in agreement with the CE."""

    def summary(self, X: Any, efficiencies: Efficiencies | None = None) -> pd.DataFrame:
        """Return the columns `SEI` (n rows)."""

    def desirability(self, X: Any, efficiencies: Efficiencies | None = None) -> Floats:
        """Return how desirable the SEI is (n,), from 0 to 1."""


class Model(Protocol):
    """What a prediction asks of the model that made it; `CoulombicEfficiencyModel` is one."""

    @property
    def sei(self) -> Interphases:
        """The SEI model that goes with it."""

    @property
    def properties_(self) -> Mapping[str, PropertyPredictor]:
        """The models of further properties that go with it, by name; perhaps none."""

    @property
    def mean_lce(self) -> float:
        """Mean LCE of what it learned from."""

    def half_width(self, coverage: float, spread: Floats) -> Floats:
        """Return the half-width (n,) of intervals in LCE."""

    def domain_score(self, descriptors: Floats) -> Floats:
        """Return how familiar electrolytes are (n,), from 0 to 1."""

    def evidence(self, domain_score: Floats, held_back: Flags) -> Objects:
        """Return the evidence level (n,), never better than weak where a gate holds back."""

    def nearest(self, descriptors: Floats, count: int) -> list[str]:
        """Return for each electrolyte the measured ones most like it, in words."""

    def remarks(self, descriptors: Floats, domain_score: Floats) -> list[str]:
        """Return for each electrolyte why to be careful, or nothing."""

    def answered_for(self, mixtures: Mixtures) -> list[str]:
        """Return for which laboratory and conditions the predictions (n) are, or nothing."""


@dataclass(frozen=True, eq=False, repr=False)
class Prediction:
    """What a model says of n electrolytes, see `CoulombicEfficiencyModel.assess`.

    Attributes
    ----------
    mixtures, descriptors
        The electrolytes, and their descriptors (n, d), the metal's last.
    lce, spread
        Predicted LCE (n,), and the spread (n,) that intervals are multiples of.
    model
        Which made it, and knows what stands behind it.
    coverage
        Of the interval in `bounds` and in tables.
    electrolytes
        The formulations as text (n); empty where only mixtures were given.
    celsius
        The temperature of the further properties, such as the conductivity; no efficiency
        depends on it.

    Examples
    --------
    >>> from anolyte.datasets import efficiencies, load_measurements
    >>> from anolyte.models import CoulombicEfficiencyModel
    >>> model = CoulombicEfficiencyModel("Ca").fit(efficiencies(load_measurements("Ca")))
    >>> predicted = model.assess(["0.5 M Ca(BH4)2 in THF", "? M Ca(TFSI)2 in DME"])
    >>> predicted
    <Prediction of 2 electrolytes>
    >>> predicted.assumptions
    ['none', 'amounts']
    >>> predicted.to_frame(["electrolyte", "evidence"])["evidence"].tolist()
    ['prior only', 'prior only']
    """

    mixtures: Mixtures
    descriptors: Floats
    lce: Floats
    spread: Floats
    model: Model
    coverage: float = 0.9
    electrolytes: tuple[str, ...] = ()
    celsius: float = ROOM_CELSIUS

    def __len__(self) -> int:
        return len(self.lce)

    def __repr__(self) -> str:
        return f"<Prediction of {len(self)} electrolytes>"

    def take(self, rows: npt.NDArray[Any] | slice) -> Prediction:
        """Return the predictions of some rows, given as positions, mask or slice."""
        texts = np.array(self.electrolytes, dtype=object)
        return replace(
            self,
            mixtures=self.mixtures.take(rows),
            descriptors=self.descriptors[rows],
            lce=self.lce[rows],
            spread=self.spread[rows],
            electrolytes=tuple(texts[rows]) if len(texts) else (),
        )

    @property
    def ce_pct(self) -> Floats:
        """Predicted CE (n,) in %."""
        return coulombic_efficiency(self.lce)

    @property
    def efficiencies(self) -> Efficiencies:
        """The predicted LCE (n,) and the mean that the model learned from."""
        return Efficiencies(self.lce, self.model.mean_lce)

    def half_width(self, coverage: float) -> Floats:
        """Return the half-width (n,) of the interval in LCE at one of the coverages."""
        return self.model.half_width(coverage, self.spread)

    def interval(self, coverage: float) -> pd.DataFrame:
        """Return the columns `CE_BOUNDS` (in %) and `LCE_BOUNDS` (n rows)."""
        return interval_columns(self.lce, self.half_width(coverage))

    @cached_property
    def bounds(self) -> pd.DataFrame:
        """The interval of `coverage`, see `interval`."""
        return self.interval(self.coverage)

    @cached_property
    def domain_score(self) -> Floats:
        """How familiar each electrolyte is (n,): 1 like what was measured, 0 like nothing."""
        return self.model.domain_score(self.descriptors)

    @cached_property
    def verdicts(self) -> Verdicts:
        """Which physical reasons speak against the electrolytes, see `gates`."""
        return Verdicts.of(self.mixtures)

    @property
    def evidence(self) -> Objects:
        """How much stands behind each prediction (n,), one of `efficiency.evidence.LEVELS`.

        Never better than weak where a gate speaks against the electrolyte.
        """
        return self.model.evidence(self.domain_score, self.verdicts.weak)

    def nearest(self, count: int = NEAREST) -> list[str]:
        """Return the measured electrolytes most like each, with CE and source, in words."""
        return self.model.nearest(self.descriptors, count)

    @property
    def remarks(self) -> list[str]:
        """Why to be careful with each prediction, or nothing; what cannot work comes first."""
        lacking = zip(self.mixtures.metals, without_metal(self.mixtures), strict=True)
        imputed = imputed_donor_share(self.mixtures) > 0.5
        each = zip(
            self.verdicts.sentences(),
            [f"no {metal} in it" * bool(no) for metal, no in lacking],
            liquid_remarks(self.mixtures),
            self.model.remarks(self.descriptors, self.domain_score),
            [ESTIMATED * bool(share) for share in imputed],
            [WIDE * bool(width >= ORDER_ONLY) for width in self.half_width(0.9)],
            self.model.answered_for(self.mixtures),
            strict=True,
        )
        return ["; ".join(filter(None, words)) for words in each]

    @property
    def assumptions(self) -> list[str]:
        """What had to be assumed of each electrolyte, or ``none``."""
        mixtures = self.mixtures
        flags = (mixtures.amounts_assumed, mixtures.salt_assumed, mixtures.density_estimated)
        return [
            "; ".join(word for word, flag in zip(_ASSUMED, row, strict=True) if flag) or NOTHING
            for row in zip(*flags, strict=True)
        ]

    @cached_property
    def sei_composition(self) -> pd.DataFrame:
        """Probability of each composition of the SEI (n rows)."""
        return self.model.sei.predict_composition(self.mixtures)

    @cached_property
    def sei_function(self) -> pd.DataFrame:
        """Probability of each function of the SEI (n rows); it does not contradict the CE."""
        return self.model.sei.predict_function(self.mixtures, self.efficiencies)

    @cached_property
    def sei_desirability(self) -> Floats:
        """How desirable the SEI is on the metal (n,), from 0 to 1."""
        return self.model.sei.desirability(self.mixtures, self.efficiencies)

    @cached_property
    def sei(self) -> pd.DataFrame:
        """The columns `SEI`: composition and function with probabilities, species, desirability."""
        return self.model.sei.summary(self.mixtures, self.efficiencies)

    @cached_property
    def properties(self) -> pd.DataFrame:
        """Further properties with intervals (n rows), see `property_columns`; perhaps none."""
        return Properties(self.model.properties_, self.celsius).frame(self.mixtures, self.coverage)

    def to_frame(self, columns: Sequence[str] = COLUMNS) -> pd.DataFrame:
        """Return a table, one row an electrolyte, of some of `COLUMNS`; no others are computed."""
        return pd.DataFrame({name: self._column(name) for name in columns if self._has(name)})

    def _has(self, name: str) -> bool:
        return name != Column.ELECTROLYTE or bool(self.electrolytes)

    def _column(self, name: str) -> Any:
        if name in (*CE_BOUNDS, *LCE_BOUNDS):
            return self.bounds[name]
        if name == Column.SEI_COMPOSITION:
            return self.sei_composition.idxmax(axis=1)
        if name == Column.SEI_FUNCTION:
            return self.sei_function.idxmax(axis=1)
        if name in SEI:
            return self.sei[name]
        if name == Column.NEAREST:
            return self.nearest()
        return list(self.electrolytes) if name == Column.ELECTROLYTE else getattr(self, name)


def sei_words(table: pd.DataFrame) -> list[str]:
    """Return function and composition of the SEI of a table's rows in words, the function first.

    Examples
    --------
    >>> import pandas as pd
    >>> from anolyte.models.prediction import sei_words
    >>> row = {"sei_function": "conducts", "sei_function_probability": 0.98}
    >>> row |= {"sei_composition": "mixed", "sei_composition_probability": 0.51}
    >>> sei_words(pd.DataFrame([row]))
    ['conducts 98%, mixed 51%']
    """
    answers = (
        (Column.SEI_FUNCTION, Column.SEI_FUNCTION_PROBABILITY),
        (Column.SEI_COMPOSITION, Column.SEI_COMPOSITION_PROBABILITY),
    )
    told = [
        [f"{word} {share:.0%}" for word, share in zip(table[name], table[share], strict=True)]
        for name, share in answers
    ]
    return [", ".join(words) for words in zip(*told, strict=True)]


def interval_columns(lce: Floats, half_width: Floats) -> pd.DataFrame:
    """Return the columns `CE_BOUNDS` (in %) and `LCE_BOUNDS` of predicted LCE (n,)."""
    each = (lce, lce - half_width, lce + half_width)
    ce = {name: coulombic_efficiency(v) for name, v in zip(CE_BOUNDS, each, strict=True)}
    # An LCE below 0 would be a negative efficiency.
    clipped = {name: np.maximum(v, 0.0) for name, v in zip(LCE_BOUNDS, each, strict=True)}
    return pd.DataFrame(ce | clipped)


def texts_of(X: Any) -> tuple[str, ...]:
    """Return the formulations of X as text; none of mixtures, which are amounts alone."""
    if isinstance(X, Mixtures):
        return ()
    given = X["electrolyte"] if isinstance(X, pd.DataFrame) else np.asarray(X, dtype=object).ravel()
    return tuple(map(str, given))


def without_metal(mixtures: Mixtures) -> Flags:
    """Return of which mixtures (n,) no compound holds the metal."""
    absent = np.ones(len(mixtures), dtype=bool)
    for metal, rows in mixtures.rows_by_metal.items():
        metallic = np.array([holds(compound, metal) for compound in mixtures.compounds])
        absent[rows] = ~(mixtures.mole_fractions[rows][:, metallic] > 0).any(axis=1)
    return absent
