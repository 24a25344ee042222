"""SEIModel: which solid electrolyte interphase an electrolyte leaves on a metal.

Rules first (`rules`), corrected by what the labels of all metals teach where that helps on
unseen publications (`learned`, `validation`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Self, cast

import numpy as np
import pandas as pd
from anolyte.datasets.compounds.metals import Metal
from anolyte.datasets.interphases.vocabulary import SEI_CHARACTERS
from anolyte.features.arrays import Floats, Integers, Objects
from anolyte.features.mixtures import Mixtures, as_mixtures
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted
from threadpoolctl import threadpool_limits

from ..prediction import Column
from .desirability import desirability
from .labels import LabelledRows, labelled, shipped_labels
from .learned import CharacterCorrection, SpeciesPrior, correction_features
from .products import SPECIES, Ingredient, is_by_analogy
from .rules import RuleScores, Shares, rule_character, rule_scores
from .validation import evaluate, fit_correction, fit_prior

SCHEMA_VERSION = 1
KIND = "sei"
CHUNK = 20_000
# An anion is said to be in the first shell above this share of it.
IN_SHELL = 0.05
# A second origin is named if it gives at least this part of the first.
SECOND_ORIGIN = 0.25
# How many species a summary names.
TOLD = 3


class SEIModel(BaseEstimator):  # type: ignore[misc]
    """Predict character and species of the SEI; one model serves all metals.

    On Li, Na and K the inorganic, fluoride-rich film that anions leave is wanted; on Mg, Ca and
    Al it blocks the cation and the same decomposition is called passivating (Li et al., The
    contrast between monovalent and multivalent metal battery anodes, review; for the alkali
    metals Xiang et al., Joule 3 (2019) 2334, doi:10.1016/j.joule.2019.07.027).

    Parameters
    ----------
    metal
        The metal of electrolytes that do not name one.
    repeats
        Of the evaluation on unseen publications; 0 leaves it out.
    seed
        Of the folds within which the correction is chosen.

    Attributes
    ----------
    correction_
        The fitted `CharacterCorrection`.
    prior_
        The fitted `SpeciesPrior`.
    corrected_
        Whether the correction is used; if not, the rules alone are.
    evaluation_
        Accuracy beside the baselines, see `sei_validation.evaluate`.

    Examples
    --------
    >>> from anolyte.datasets import load_measurements
    >>> from anolyte.models import SEIModel
    >>> model = SEIModel("Li", repeats=0).fit(load_measurements("all"))
    >>> model.predict_species(["1 M LiFSI in DME"], top=1)[["species", "origin"]]
      species                        origin
    0     LiF  FSI- (in the first shell)
    >>> character = model.predict_character(["1 M LiFSI in DME"])
    >>> float(character.sum(axis=1).round(6).iloc[0])
    1.0
    """

    def __init__(self, metal: str = "Li", repeats: int = 3, seed: int = 0) -> None:
        self.metal = metal
        self.repeats = repeats
        self.seed = seed

    def fit(self, X: pd.DataFrame, y: None = None) -> Self:
        """Fit to measurements of any metals; rows without an SEI observation count nothing.

        Needs the columns electrolyte, source and one of sei_composition, sei_function and
        sei_species; metal, doi and seen_in are used if there. With few labels the rules stay
        as they are.

        Raises
        ------
        ValueError
            If no row has a label.
        """
        observed = labelled(X)
        if observed.empty:
            raise ValueError("no measurement says what its SEI is made of, does or holds")
        # One thread: the same bits on every machine, and no slower on matrices of this size.
        with threadpool_limits(1):
            rows = LabelledRows.from_measurements(observed, as_mixtures(observed, self.metal))
            self.correction_ = fit_correction(rows.with_character(), self.seed)
            self.prior_ = fit_prior(rows.with_species(), self.seed)
            self.evaluation_ = evaluate(rows, self.repeats)
        return self

    @property
    def corrected_(self) -> bool:
        """Whether labels correct the rules for the character."""
        check_is_fitted(self)
        return self.correction_.blend > 0

    def predict_character(self, X: Any) -> pd.DataFrame:
        """Return the probability of each character: one column each of `SEI_CHARACTERS`.

        `X` may be whatever `anolyte.features.mixtures.as_mixtures` takes.
        """
        parts = []
        for mixtures in self._chunks(X):
            shares = rule_scores(mixtures).shares
            rules = rule_character(shares, mixtures.metals)
            features = correction_features(rules, np.column_stack(shares), mixtures.metals)
            parts.append(self.correction_.predict(features, rules))
        return pd.DataFrame(np.vstack(parts), columns=list(SEI_CHARACTERS))

    def predict_species(self, X: Any, top: int = 5) -> pd.DataFrame:
        """Return the likeliest species of each electrolyte.

        Returns
        -------
        pandas.DataFrame
            Long: row (position in `X`), rank (from 1), species, score (0 to 1, comparable
            within one metal), origin (the ingredients that it stems from). A species without
            an origin in the electrolyte is not listed, so a row may have fewer than `top`.
        """
        parts, offset = [], 0
        for mixtures in self._chunks(X):
            rules = rule_scores(mixtures)
            scores = self.prior_.apply(rules.species, mixtures.metals)
            frame = _ranked(mixtures, rules, scores, top)
            parts.append(frame.assign(row=frame["row"] + offset))
            offset += len(mixtures)
        return pd.concat(parts, ignore_index=True)

    def describe(self, X: Any) -> pd.DataFrame:
        """Return what the rules see: one column each of `sei_rules.Shares`."""
        parts = [np.column_stack(rule_scores(chunk).shares) for chunk in self._chunks(X)]
        return pd.DataFrame(np.vstack(parts), columns=list(Shares._fields))

    def desirability(self, X: Any) -> Floats:
        """Return how desirable the SEI is on the metal (n,), from 0 to 1, see `desirability`."""
        mixtures = as_mixtures(X, self.metal)
        character, shares = self.predict_character(mixtures), self.describe(mixtures)
        return desirability(character, shares, mixtures.metals)

    def summary(self, X: Any) -> pd.DataFrame:
        """Return what the SEI will be: one row an electrolyte, the columns `prediction.SEI`.

        The most probable character and its probability; the likeliest species with what they
        stem from; how desirable that is.
        """
        mixtures = as_mixtures(X, self.metal)
        character, shares = self.predict_character(mixtures), self.describe(mixtures)
        listed = self.predict_species(mixtures, TOLD)
        listed["text"] = listed["species"] + " from " + listed["origin"]
        texts = listed.groupby("row")["text"].agg("; ".join)
        return pd.DataFrame(
            {
                Column.SEI_CHARACTER: character.idxmax(axis=1),
                Column.SEI_PROBABILITY: character.max(axis=1),
                Column.SEI_SPECIES: texts.reindex(range(len(mixtures)), fill_value=""),
                Column.SEI_DESIRABILITY: desirability(character, shares, mixtures.metals),
            }
        )

    def _chunks(self, X: Any) -> Iterator[Mixtures]:
        check_is_fitted(self)
        mixtures = as_mixtures(X, self.metal)
        with threadpool_limits(1):
            for start in range(0, len(mixtures), CHUNK):
                yield mixtures.take(np.arange(start, min(start + CHUNK, len(mixtures))))

    def to_dict(self) -> dict[str, Any]:
        """Return the fitted model as plain numbers and texts, ready for JSON."""
        return {
            "schema_version": SCHEMA_VERSION,
            "kind": KIND,
            "metal": self.metal,
            "repeats": self.repeats,
            "seed": self.seed,
            "correction": self.correction_.to_dict(),
            "prior": self.prior_.to_dict(),
            "evaluation": self.evaluation_.to_dict("records"),
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
            model = cls(str(stored["metal"]), int(stored["repeats"]), int(stored["seed"]))
            model.correction_ = CharacterCorrection.from_dict(stored["correction"])
            model.prior_ = SpeciesPrior.from_dict(stored["prior"])
            model.evaluation_ = pd.DataFrame(stored["evaluation"])
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"the stored SEI model is incomplete: {error!r}") from error
        return model


@lru_cache(maxsize=1)
def shipped_sei_model() -> SEIModel:
    """Return the SEI model of the shipped labels alone, for what comes without one of its own."""
    return SEIModel(repeats=0).fit(shipped_labels())


def _ranked(mixtures: Mixtures, rules: RuleScores, scores: Floats, top: int) -> pd.DataFrame:
    order = np.argsort(-scores, axis=1, kind="stable")[:, :top]
    rows = np.repeat(np.arange(len(scores)), order.shape[1])
    ranks = np.tile(np.arange(1, order.shape[1] + 1), len(scores))
    best = np.take_along_axis(scores, order, axis=1).ravel()
    species = order.ravel()
    listed = best > 0
    origins = np.empty(len(rows), dtype=object)
    for metal, table in rules.tables.items():
        here = np.flatnonzero(listed & (mixtures.metals[rows] == metal))
        origins[here] = _origins(rules, table, rows[here], species[here], cast("Metal", metal))
    frame = pd.DataFrame(
        {
            "row": rows,
            "rank": ranks,
            "species": np.array(SPECIES, dtype=object)[species],
            "score": best,
            "origin": origins,
        }
    )
    return frame[listed].reset_index(drop=True)


def _origins(
    rules: RuleScores,
    table: Floats,
    rows: Integers,
    species: Integers,
    metal: Metal,
) -> Objects:
    """Return a text each (n,) that names the one or two ingredients that give most of a species."""
    names = np.array([_wordings(each, metal) for each in rules.ingredients], dtype=object)
    given = rules.weights[rows] * table[:, species].T
    each = np.arange(len(rows))
    texts: list[Objects] = []
    largest = given.max(axis=1, initial=0.0)
    for place in range(2):
        chosen = given.argmax(axis=1)
        amount = given[each, chosen]
        named = names[chosen, (rules.in_shell[rows, chosen] >= IN_SHELL).astype(int)]
        worth = (amount > 0) & (amount >= (SECOND_ORIGIN if place else 0.0) * largest)
        texts.append(np.where(worth, named if place == 0 else ", " + named, ""))
        given[each, chosen] = 0.0
    return np.asarray(texts[0] + texts[1], dtype=object)


def _wordings(ingredient: Ingredient, metal: Metal) -> tuple[str, str]:
    """Return how an ingredient is named outside and inside the first shell.

    That a solvent is in the shell goes without saying; of an anion it is the point.
    """
    analogy = ["by analogy"] if is_by_analogy(ingredient, metal) else []
    shell = ["in the first shell"] if ingredient.role in ("anion", "salt") else []
    outside, inside = (
        f"{ingredient.name} ({'; '.join(words)})" if words else ingredient.name
        for words in (analogy, shell + analogy)
    )
    return outside, inside
