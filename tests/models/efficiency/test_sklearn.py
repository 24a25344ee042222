"""The Coulombic-efficiency model as a scikit-learn regressor."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any, Self

import numpy as np
import pandas as pd
import pytest
from anolyte.datasets.electrolytes.grammar import parse
from anolyte.datasets.measurements.lce import coulombic_efficiency, log_coulombic_efficiency
from anolyte.features.arrays import Floats
from anolyte.features.mixtures import Mixtures
from anolyte.models import CoulombicEfficiencyModel, SEIModel
from anolyte.models.prediction import BACKING
from sklearn.base import clone, is_regressor
from sklearn.compose import TransformedTargetRegressor
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV, GroupKFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.utils import Tags, estimator_checks
from sklearn.utils.estimator_checks import parametrize_with_checks
from sklearn.utils.validation import validate_data

TEXTS = ["1 M LiFSI in DME", "1 M LiPF6 in EC/DMC (1:1 v/v)", "4 M LiFSI in DME"]


# --- the checks that scikit-learn has for all regressors


class OfNumbers(CoulombicEfficiencyModel):
    """The model for the numbers that the checks are made of, each row a formulation.

    They look at what all estimators have in common, so that few sources and with it a fast
    fit will do; real models of formulations are in the tests below.
    """

    def fit(self, X: Any, y: Any) -> Self:
        X, y = validate_data(self, X, y, y_numeric=True)
        efficiencies = coulombic_efficiency(np.abs(np.ravel(y)))
        return super().fit(self._texts(X), efficiencies, np.arange(len(X)) % 4)

    def predict(self, X: Any) -> Floats:
        return super().predict(self._read(X))

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        return super().score(self._read(X), coulombic_efficiency(np.abs(y)), sample_weight)

    def _read(self, X: Any) -> list[str]:
        # Before the input is looked at, as `predict` of the model does.
        self.is_prior  # noqa: B018
        return self._texts(validate_data(self, X, reset=False))

    @staticmethod
    def _texts(X: Floats) -> list[str]:
        amounts = 1 + np.abs(np.tanh(X)).mean(axis=1)
        return [f"{amount:.4f} M LiFSI in DME" for amount in amounts]

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = True
        tags.input_tags.one_d_array = tags.input_tags.string = False
        tags.target_tags.required = True
        # The mean of few sources.
        tags.regressor_tags.poor_score = True
        return tags


# What they check is how a matrix of numbers is read, which a formulation is not: the class above
# would be tested, and not the model.
OF_MATRICES = {
    "check_array_api_input",
    "check_complex_data",
    "check_dtype_object",
    "check_estimator_sparse_array",
    "check_estimator_sparse_matrix",
    "check_estimator_sparse_tag",
    "check_estimators_dtypes",
    "check_estimators_empty_data_messages",
    "check_estimators_nan_inf",
    "check_estimators_partial_fit_n_features",
    "check_f_contiguous_array_estimator",
    "check_fit1d",
    "check_fit2d_1feature",
    "check_fit2d_1sample",
    "check_fit2d_predict1d",
    "check_n_features_in",
    "check_n_features_in_after_fitting",
    "check_positive_only_tag_during_fit",
    "check_readonly_memmap_input",
    "check_regressor_data_not_an_array",
    "check_regressors_int",
}


@parametrize_with_checks([OfNumbers()])
def test_checks_of_scikit_learn(estimator: object, check: Any) -> None:
    name = getattr(check, "func", check).__name__
    if name in OF_MATRICES:
        pytest.skip("of matrices of numbers")
    check(estimator)


def test_what_is_not_checked_is_a_check() -> None:
    unknown = {name for name in OF_MATRICES if not hasattr(estimator_checks, name)}
    # The first versions that are allowed do not have this one yet.
    assert unknown <= {"check_estimator_sparse_tag"}


# --- a regressor of formulations


def test_parameters_stay_as_given_and_a_clone_has_them() -> None:
    model = CoulombicEfficiencyModel("Zn", ["composition"], scopes=["own"], folds=4, seed=3)
    assert clone(model).get_params() == model.get_params()
    assert model.set_params(seed=5, metal="Na").get_params()["seed"] == 5
    assert repr(CoulombicEfficiencyModel("Zn", folds=4)) == (
        "CoulombicEfficiencyModel(folds=4, metal='Zn')"
    )
    assert is_regressor(model)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"metal": "Xx"}, "unknown metal"),
        ({"blocks": ["astrology"]}, "unknown blocks"),
        ({"scopes": ["own", "mine"]}, "unknown scopes"),
        ({"scopes": []}, "unknown scopes"),
        ({"folds": 1}, "1 folds"),
    ],
)
def test_wrong_parameters_are_refused_when_fitted(
    magnesium: pd.DataFrame, change: dict[str, object], told: str
) -> None:
    model = CoulombicEfficiencyModel("Mg").set_params(**change)
    with pytest.raises(ValueError, match=told):
        model.fit(magnesium.drop(columns="metal"))


@pytest.mark.parametrize(
    "ask",
    [
        lambda model: model.predict(TEXTS),
        lambda model: model.predict_interval(TEXTS),
        lambda model: model.assess(TEXTS),
        lambda model: model.score(TEXTS, [99.0, 98.0, 99.0]),
        lambda model: model.half_width(0.9),
        lambda model: model.is_prior,
        lambda model: model.held_out_error,
        lambda model: model.mean_lce,
    ],
)
def test_an_unfitted_model_says_so(ask: Callable[[CoulombicEfficiencyModel], object]) -> None:
    with pytest.raises(NotFittedError, match="not fitted yet"):
        ask(CoulombicEfficiencyModel())


@pytest.mark.parametrize(
    "ask",
    [
        SEIModel.predict_composition,
        SEIModel.predict_function,
        SEIModel.predict_species,
        SEIModel.describe,
    ],
)
def test_an_unfitted_sei_model_says_so(ask: Callable[[SEIModel, list[str]], object]) -> None:
    model = clone(SEIModel("Na", repeats=0))
    assert model.get_params() == {"metal": "Na", "repeats": 0}
    with pytest.raises(NotFittedError, match="not fitted yet"):
        ask(model, TEXTS)


def test_table_and_formulations_with_efficiencies_and_sources_fit_alike(
    magnesium: pd.DataFrame,
) -> None:
    # Too few to learn from: the mean, which the sources weigh, needs no time.
    rows = magnesium.drop(columns=["ce_qualifier", "confidence", "statement"]).head(11)
    columns = rows["electrolyte"].tolist(), rows["ce_pct"].tolist(), rows["source"].tolist()
    values = [parse(text) for text in columns[0]]
    model = CoulombicEfficiencyModel("Mg")
    asked = ["0.3 M Mg[B(hfip)4]2 in DME", "1 M Mg(ClO4)2 in PC"]
    expected = clone(model).fit(rows).predict_interval(asked)
    assert clone(model).fit(*columns).predict_interval(asked).equals(expected)
    again = clone(model).fit(values, *columns[1:])
    assert again.predict_interval(asked).equals(expected)
    backing = clone(model).fit(rows).assess(asked).to_frame(BACKING)
    assert again.assess(asked).to_frame(BACKING).equals(backing)


def test_formulations_without_sources_count_as_one_each_and_say_so() -> None:
    with pytest.warns(UserWarning, match="without sources"):
        model = CoulombicEfficiencyModel().fit([*TEXTS, TEXTS[0]], [99, 95, 99.2, 99.1])
    assert model.sources_ == 3


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((TEXTS,), "requires y"),
        ((TEXTS, [99.0, 98.0]), "3 electrolytes, but efficiencies"),
        ((TEXTS, [99.0, np.nan, 98.0]), "efficiency 2 is nan"),
        ((TEXTS, [99.0, -1.0, 98.0], list("abc")), "below 0"),
        ((TEXTS, [99.0, 97.0, 98.0], ["a"]), "3 electrolytes, but 1 sources"),
        ((TEXTS[0], [99.0]), "a sequence of formulations"),
        ((np.array([[1.0, 2.0]]), [99.0]), "in one column, not in 2"),
        (([], []), "no measurements of Li"),
    ],
)
def test_what_is_no_measurements_is_refused(arguments: tuple[Any, ...], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        CoulombicEfficiencyModel().fit(*arguments)


def test_rows_of_another_metal_are_refused(magnesium: pd.DataFrame) -> None:
    with pytest.raises(ValueError, match="rows of Mg for a model of Zn"):
        CoulombicEfficiencyModel("Zn").fit(magnesium)


def test_order_and_company_of_electrolytes_do_not_matter(
    lithium_model: CoulombicEfficiencyModel, lithium: pd.DataFrame
) -> None:
    texts = lithium["electrolyte"].head(40).tolist()
    predicted = lithium_model.predict(texts)
    assert lithium_model.predict(texts[::-1])[::-1] == pytest.approx(predicted, rel=1e-9)
    alone = [lithium_model.predict([text])[0] for text in texts[:5]]
    assert alone == pytest.approx(predicted[:5], rel=1e-9)


def test_a_pickled_model_predicts_the_same(lithium_model: CoulombicEfficiencyModel) -> None:
    again = pickle.loads(pickle.dumps(lithium_model))
    assert np.array_equal(again.predict(TEXTS), lithium_model.predict(TEXTS))


def test_score_is_that_of_the_logarithmic_scale(
    lithium_model: CoulombicEfficiencyModel, lithium: pd.DataFrame
) -> None:
    observed = log_coulombic_efficiency(lithium["ce_pct"])
    error = observed - lithium_model.predict_lce(lithium)[0]
    expected = 1 - np.mean(error**2) / np.var(observed)
    assert lithium_model.score(lithium) == pytest.approx(expected)
    texts, efficiencies = lithium["electrolyte"].tolist(), lithium["ce_pct"].tolist()
    assert lithium_model.score(texts, efficiencies) == pytest.approx(expected)


def test_cross_validation_holds_out_sources(magnesium: pd.DataFrame) -> None:
    model, folds = CoulombicEfficiencyModel("Mg"), GroupKFold(2)
    measured = magnesium[magnesium["source"].isin(magnesium["source"].unique()[:10])]
    sources, efficiencies = measured["source"], measured["ce_pct"]
    scores = cross_val_score(model, measured, efficiencies, groups=sources, cv=folds)
    by_hand = []
    for train, test in folds.split(measured, groups=sources):
        fitted = clone(model).fit(measured.iloc[train])
        by_hand.append(fitted.score(measured.iloc[test]))
    assert scores.tolist() == pytest.approx(by_hand)
    # The same of formulations, where the sources are handed to `fit` too.
    rows = measured.drop(columns=["ce_qualifier", "confidence", "statement"])
    texts = rows["electrolyte"].tolist()
    given = {"groups": sources.to_numpy()}
    same = cross_val_score(model, texts, efficiencies, groups=sources, cv=folds, params=given)
    assert same.tolist() == pytest.approx(
        cross_val_score(model, rows, efficiencies, groups=sources, cv=folds).tolist()
    )


def test_searched_in_a_pipeline(magnesium: pd.DataFrame) -> None:
    model = CoulombicEfficiencyModel("Mg", scopes=["own"], folds=2)
    few = magnesium.head(11)
    search = GridSearchCV(
        make_pipeline(FunctionTransformer(), model),
        {"coulombicefficiencymodel__blocks": [["composition"], ["fluorination"]]},
        cv=2,
    ).fit(few, few["ce_pct"])
    assert search.best_estimator_[-1].metal == "Mg"
    assert search.predict(["0.3 M Mg[B(hfip)4]2 in DME"]).shape == (1,)


def test_whoever_works_in_lce_wraps_it(lithium: pd.DataFrame) -> None:
    few = lithium.head(10)
    wrapped = TransformedTargetRegressor(
        CoulombicEfficiencyModel(),
        func=coulombic_efficiency,
        inverse_func=log_coulombic_efficiency,
    ).fit(few, log_coulombic_efficiency(few["ce_pct"]))
    expected = CoulombicEfficiencyModel().fit(few).predict_lce(TEXTS)[0]
    assert wrapped.predict(TEXTS) == pytest.approx(expected)


def test_mixtures_are_predicted_as_their_texts(lithium_model: CoulombicEfficiencyModel) -> None:
    mixtures = Mixtures.from_electrolytes(TEXTS, "Li")
    assert np.array_equal(lithium_model.predict(mixtures), lithium_model.predict(TEXTS))
