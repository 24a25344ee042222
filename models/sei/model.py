"""SEIModel: which solid electrolyte interphase an electrolyte leaves on a metal.

Three parts, each of its own kind: the composition and the function are regressions on contrasts
within a metal (`within_metal`), the species are what was reported of like electrolytes, with what
the rules know of each ingredient (`species`, `rules`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Self

import numpy as np
import pandas as pd
from anolyte.datasets.interphases.vocabulary import SEI_COMPOSITIONS, SEI_FUNCTIONS
from anolyte.features.arrays import Floats
from anolyte.features.mixtures import Mixtures, as_mixtures
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from ..prediction import Column, Efficiencies
from ..threads import one_thread
from .chemistry import COMPOSITION, FUNCTION, composition_features, function_features
from .desirability import desirability
from .function import agreed, capped
from .labels import LabelledRows, labelled, says_sei, shipped_labels
from .parts import (
    COMPOSITION_DIRECTIONS,
    FUNCTION_DIRECTIONS,
    fit_composition,
    fit_function,
    fit_species,
)
from .ranked import ranked
from .rules import Shares, rule_scores
from .species import SpeciesReports
from .validation import evaluate, reliability
from .within_metal import WithinMetal

SCHEMA_VERSION = 2
KIND = "sei"
CHUNK = 20_000
# How many species a summary names.
TOLD = 3


class SEIModel(BaseEstimator):  # type: ignore[misc]
    """Predict composition, function and species of the SEI; one model serves all metals.

    On Li, Na and K the inorganic, fluoride-rich film that anions leave is wanted; on Mg, Ca and
    Al the same decomposition mostly passivates, though thin films of it, hydrides, chlorides and
    borates may conduct (Li et al., The contrast between monovalent and multivalent metal battery
    anodes, review; for the alkali metals Xiang et al., doi:10.1016/j.joule.2019.07.027).

    Parameters
    ----------
    metal
        The metal of electrolytes that do not name one.
    repeats
        Of the evaluation on unseen publications; 0 leaves it out.

    Attributes
    ----------
    composition_, function_
        The fitted `WithinMetal` of each.
    species_
        The `SpeciesReports`.
    evaluation_, reliability_
        Accuracy beside the baselines, see `validation.evaluate` and `validation.reliability`.

    Examples
    --------
    >>> from anolyte.datasets import load_measurements
    >>> from anolyte.features import Mixtures
    >>> from anolyte.models import SEIModel
    >>> model = SEIModel("Li", repeats=0).fit(load_measurements("all"))
    >>> model.predict_species(["1 M LiFSI in DME"], top=1)[["species", "origin"]]
      species                     origin
    0     LiF  FSI- (in the first shell)
    1     CH4                        DME
    >>> model.predict_composition(["1 M LiFSI in DME", "4 M LiFSI in DME"]).idxmax(axis=1).tolist()
    ['inorganic-rich', 'inorganic-rich']

    The same model serves all metals:

    >>> texts = ["0.4 M Mg(TFSI)2 in DME", "? M MgCl2 + ? M AlCl3 in DME"]
    >>> magnesium = Mixtures.from_electrolytes(texts, "Mg")
    >>> model.predict_function(magnesium).idxmax(axis=1).tolist()
    ['passivates', 'conducts']
    """

    def __init__(self, metal: str = "Li", repeats: int = 3) -> None:
        self.metal = metal
        self.repeats = repeats

    def fit(self, X: pd.DataFrame, y: None = None) -> Self:
        """Fit to measurements of any metals, those of an SEI and those of a CE alone.

        Needs the columns electrolyte, source and one of sei_composition, sei_function and
        sei_species; metal, doi and seen_in are used if there, and the columns of a CE, which
        tells the function. Where there are few labels, the answers are the metal's frequencies.

        Raises
        ------
        ValueError
            If no row says anything of its SEI.
        """
        if not says_sei(X):
            raise ValueError("no measurement says what its SEI is made of, does or holds")
        observed = labelled(X)
        # One thread: the same bits on every machine, and no slower on matrices of this size.
        with one_thread():
            rows = LabelledRows.from_measurements(observed, as_mixtures(observed, self.metal))
            self.composition_ = fit_composition(rows)
            self.function_ = fit_function(rows)
            self.species_ = fit_species(rows)
            self.evaluation_ = evaluate(rows, self.repeats)
            self.reliability_ = reliability(rows) if self.repeats else pd.DataFrame()
        return self

    def predict_composition(self, X: Any) -> pd.DataFrame:
        """Return the probability of each composition: one column each of `SEI_COMPOSITIONS`.

        `X` may be whatever `anolyte.features.mixtures.as_mixtures` takes.
        """
        parts = [
            self.composition_.predict(composition_features(mixtures), mixtures.metals)
            for mixtures in self._chunks(X)
        ]
        return pd.DataFrame(np.vstack(parts), columns=list(SEI_COMPOSITIONS))

    def predict_function(self, X: Any, efficiencies: Efficiencies | None = None) -> pd.DataFrame:
        """Return the probability of each function: one column each of `SEI_FUNCTIONS`.

        Parameters
        ----------
        X
            Electrolytes.
        efficiencies
            Their predicted LCE (n,), of any model, and that model's mean: the function then
            agrees with it, see `function.agreed`. By the chemistry alone without.
        """
        mixtures = as_mixtures(X, self.metal)
        parts = [
            self.function_.predict(function_features(chunk), chunk.metals)[:, 0]
            for chunk in self._chunks(mixtures)
        ]
        conducts = np.concatenate(parts)
        if efficiencies is not None:
            conducts = agreed(conducts, efficiencies, mixtures.metals)
        columns = dict(zip(SEI_FUNCTIONS, (conducts, 1 - conducts), strict=True))
        return pd.DataFrame(columns)

    def cap(self, X: Any, efficiencies: Efficiencies) -> Floats:
        """Return LCE (n,) that the function does not contradict, see `function.capped`."""
        mixtures = as_mixtures(X, self.metal)
        conducts = self.predict_function(mixtures, efficiencies)["conducts"].to_numpy()
        return capped(conducts, efficiencies.lce, mixtures.metals)

    def predict_species(self, X: Any, top: int = 5) -> pd.DataFrame:
        """Return the likeliest species of each electrolyte, and the gas beside the film.

        Returns
        -------
        pandas.DataFrame
            Long: row (position in `X`), rank (from 1), species, score (the probability that a
            source which describes the SEI names it), share (of the film, by the rules; NaN
            where they give none), origin (the ingredients that it stems from). A row has at
            most `top` species of the film; the likeliest gas, a by-product that does not stay
            in it, comes after them and scores by how sure the rules are.
        """
        parts, offset = [], 0
        for mixtures in self._chunks(X):
            rules = rule_scores(mixtures)
            frame = ranked(mixtures, rules, self.species_.scores(mixtures, rules.species), top)
            parts.append(frame.assign(row=frame["row"] + offset))
            offset += len(mixtures)
        return pd.concat(parts, ignore_index=True)

    def describe(self, X: Any) -> pd.DataFrame:
        """Return what the rules see: one column each of `rules.Shares`."""
        parts = [np.column_stack(rule_scores(chunk).shares) for chunk in self._chunks(X)]
        return pd.DataFrame(np.vstack(parts), columns=list(Shares._fields))

    def desirability(self, X: Any, efficiencies: Efficiencies | None = None) -> Floats:
        """Return how desirable the SEI is on the metal (n,), from 0 to 1, see `desirability`."""
        mixtures = as_mixtures(X, self.metal)
        conducts = self.predict_function(mixtures, efficiencies)["conducts"].to_numpy()
        return desirability(self.predict_composition(mixtures), conducts, mixtures.metals)

    def summary(self, X: Any, efficiencies: Efficiencies | None = None) -> pd.DataFrame:
        """Return what the SEI will be: one row an electrolyte, the columns `prediction.SEI`.

        The likelier composition and function, each with its probability; the likeliest species
        with what they stem from; how desirable that is. `efficiencies` as in `predict_function`.
        """
        mixtures = as_mixtures(X, self.metal)
        composition = self.predict_composition(mixtures)
        function = self.predict_function(mixtures, efficiencies)
        listed = self.predict_species(mixtures, TOLD)
        listed["text"] = listed["species"] + " from " + listed["origin"]
        texts = listed.groupby("row")["text"].agg("; ".join)
        return pd.DataFrame(
            {
                Column.SEI_COMPOSITION: composition.idxmax(axis=1),
                Column.SEI_COMPOSITION_PROBABILITY: composition.max(axis=1),
                Column.SEI_FUNCTION: function.idxmax(axis=1),
                Column.SEI_FUNCTION_PROBABILITY: function.max(axis=1),
                Column.SEI_SPECIES: texts.reindex(range(len(mixtures)), fill_value=""),
                Column.SEI_DESIRABILITY: desirability(
                    composition, function["conducts"].to_numpy(), mixtures.metals
                ),
            }
        )

    def _chunks(self, X: Any) -> Iterator[Mixtures]:
        check_is_fitted(self)
        mixtures = as_mixtures(X, self.metal)
        with one_thread():
            for start in range(0, len(mixtures), CHUNK):
                yield mixtures.take(np.arange(start, min(start + CHUNK, len(mixtures))))

    def to_dict(self) -> dict[str, Any]:
        """Return the fitted model as plain numbers and texts, ready for JSON."""
        return {
            "schema_version": SCHEMA_VERSION,
            "kind": KIND,
            "metal": self.metal,
            "repeats": self.repeats,
            "composition": self.composition_.to_dict(),
            "function": self.function_.to_dict(),
            "species": self.species_.to_dict(),
            "evaluation": _records(self.evaluation_),
            "reliability": _records(self.reliability_),
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Self:
        """Return the model that `to_dict` wrote.

        Raises
        ------
        ValueError
            If it is of another schema, or misses or misnames something.
        """
        if stored.get("kind") != KIND or stored.get("schema_version") != SCHEMA_VERSION:
            raise ValueError(f"not an SEI model of schema {SCHEMA_VERSION}; train it again")
        try:
            model = cls(str(stored["metal"]), int(stored["repeats"]))
            model.composition_ = WithinMetal.from_dict(
                stored["composition"], COMPOSITION, COMPOSITION_DIRECTIONS
            )
            model.function_ = WithinMetal.from_dict(
                stored["function"], FUNCTION, FUNCTION_DIRECTIONS
            )
            model.species_ = SpeciesReports.from_dict(stored["species"])
            model.evaluation_ = pd.DataFrame(stored["evaluation"])
            model.reliability_ = pd.DataFrame(stored["reliability"])
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"the stored SEI model is incomplete: {error!r}") from error
        return model


@lru_cache(maxsize=1)
def shipped_sei_model() -> SEIModel:
    """Return the SEI model of the shipped labels alone, for what comes without one of its own."""
    return SEIModel(repeats=0).fit(shipped_labels())


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return a table as records without NaN, which JSON does not know."""
    objects = table.astype(object).where(table.notna(), None)
    return [dict(zip(objects.columns, row, strict=True)) for row in objects.to_numpy().tolist()]
