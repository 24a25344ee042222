"""The featurizer as a part of scikit-learn."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from anolyte.datasets.compounds.metals import METALS
from anolyte.datasets.measurements.lce import log_coulombic_efficiency
from anolyte.datasets.measurements.table import efficiencies, load_measurements
from anolyte.features import BLOCKS, ElectrolyteFeaturizer, Mixtures
from sklearn.base import clone
from sklearn.linear_model import Ridge
from sklearn.model_selection import GridSearchCV, GroupKFold, cross_validate
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.validation import check_is_fitted

TEXTS = [
    "1 M LiFSI in DME",
    "LiFSI/DME/TTE (1:1.2:3 mol/mol)",
    "1 M LiPF6 in EC/DMC (1:1 v/v) + 2 wt% VC",
    "? M ? in DOL/DME (? v/v)",
]


@pytest.fixture(scope="module")
def lithium() -> pd.DataFrame:
    return efficiencies(load_measurements("Li"))


@pytest.mark.parametrize("metal", METALS)
def test_every_shipped_electrolyte_has_finite_descriptors(metal: str) -> None:
    table = load_measurements(metal)
    features = ElectrolyteFeaturizer(metal=metal).fit_transform(table)
    assert features.shape == (len(table), len(ElectrolyteFeaturizer().get_feature_names_out()))
    assert np.isfinite(features).all()


def test_all_metals_together_have_the_descriptors_of_each_alone() -> None:
    featurizer = ElectrolyteFeaturizer()
    together = featurizer.fit_transform(load_measurements("all"))
    alone = np.vstack([featurizer.fit_transform(load_measurements(metal)) for metal in METALS])
    np.testing.assert_allclose(together, alone, rtol=1e-9, atol=1e-12)


def test_descriptors_of_a_row_do_not_depend_on_the_others(lithium: pd.DataFrame) -> None:
    featurizer = ElectrolyteFeaturizer()
    features = featurizer.fit_transform(lithium)
    order = np.random.default_rng(7).permutation(len(lithium))
    np.testing.assert_allclose(
        featurizer.transform(lithium.iloc[order]), features[order], rtol=1e-9, atol=1e-12
    )
    for row in (0, 50, len(lithium) - 1):
        np.testing.assert_allclose(
            featurizer.transform(lithium.iloc[[row]])[0], features[row], rtol=1e-9, atol=1e-12
        )


def test_batches_do_not_show(lithium: pd.DataFrame, monkeypatch: pytest.MonkeyPatch) -> None:
    featurizer = ElectrolyteFeaturizer([name for name in BLOCKS if name != "fingerprints"])
    whole = featurizer.transform(lithium)
    monkeypatch.setattr("anolyte.features.featurizer._BATCH", 7)
    np.testing.assert_allclose(featurizer.transform(lithium), whole, rtol=1e-9, atol=1e-12)


def test_metal_of_the_featurizer_decides_the_unnamed_salt() -> None:
    lithium, zinc = (
        ElectrolyteFeaturizer(["ions"], metal).fit_transform(["1 M ? in H2O"])
        for metal in ("Li", "Zn")
    )
    assert not np.allclose(lithium, zinc)
    table = pd.DataFrame({"electrolyte": ["1 M ? in H2O"], "metal": ["Zn"]})
    np.testing.assert_array_equal(ElectrolyteFeaturizer(["ions"], "Li").fit_transform(table), zinc)


def test_pandas_output_keeps_names_and_index(lithium: pd.DataFrame) -> None:
    featurizer = ElectrolyteFeaturizer().set_output(transform="pandas")
    table = lithium.iloc[[5, 3, 8]]
    frame = featurizer.fit_transform(table)
    assert isinstance(frame, pd.DataFrame)
    assert list(frame.index) == [5, 3, 8]
    assert list(frame.columns) == list(featurizer.get_feature_names_out())
    np.testing.assert_array_equal(frame, ElectrolyteFeaturizer().fit_transform(table))


@pytest.mark.parametrize("name", BLOCKS)
def test_each_block_is_a_transformer_of_its_own(name: str) -> None:
    block = BLOCKS[name]().set_output(transform="pandas")
    frame = block.fit_transform(TEXTS)
    assert block.name == name
    assert list(frame.columns) == [descriptor.name for descriptor in block.descriptors]
    np.testing.assert_array_equal(frame, ElectrolyteFeaturizer([name]).fit_transform(TEXTS))


def test_names_are_unique_and_in_the_order_of_the_blocks() -> None:
    names = ElectrolyteFeaturizer(list(BLOCKS)).get_feature_names_out()
    assert len(set(names)) == len(names)
    swapped = ElectrolyteFeaturizer(["ions", "composition"])
    first, second = (BLOCKS[name]().get_feature_names_out() for name in ("ions", "composition"))
    assert list(swapped.get_feature_names_out()) == [*first, *second]
    features = swapped.fit_transform(TEXTS)
    np.testing.assert_array_equal(
        features[:, len(first) :], ElectrolyteFeaturizer(["composition"]).fit_transform(TEXTS)
    )


def test_description_covers_every_descriptor() -> None:
    featurizer = ElectrolyteFeaturizer(list(BLOCKS))
    table = featurizer.describe()
    assert list(table["name"]) == list(featurizer.get_feature_names_out())
    assert list(dict.fromkeys(table["block"])) == list(BLOCKS)
    assert (table[["unit", "definition"]] != "").all(axis=None)


def test_mixtures_give_the_same_as_their_texts() -> None:
    featurizer = ElectrolyteFeaturizer()
    mixtures = Mixtures.from_electrolytes(TEXTS, "Li")
    expected = featurizer.fit_transform(TEXTS)
    np.testing.assert_array_equal(featurizer.fit_transform(mixtures), expected)
    # A subset still has the columns of all compounds, those it lacks with amount 0.
    np.testing.assert_allclose(
        featurizer.transform(mixtures.take(np.array([1, 3]))), expected[[1, 3]], rtol=1e-12
    )


def test_spelling_does_not_matter() -> None:
    featurizer = ElectrolyteFeaturizer()
    np.testing.assert_array_equal(
        featurizer.fit_transform(["1M lipf6 in EC:DMC 1:1 v/v"]),
        featurizer.fit_transform(["1 M LiPF6 in ethylene carbonate/{COC(=O)OC} (2:2 vol)"]),
    )


def test_clone_keeps_the_parameters() -> None:
    featurizer = ElectrolyteFeaturizer(["composition", "ions"], "Na")
    copy = clone(featurizer)
    assert copy is not featurizer
    assert copy.get_params() == {"blocks": ["composition", "ions"], "metal": "Na"}
    np.testing.assert_array_equal(
        copy.fit_transform(["1 M ? in G2"]), featurizer.fit_transform(["1 M ? in G2"])
    )
    assert clone(ElectrolyteFeaturizer()).get_params() == ElectrolyteFeaturizer().get_params()


def test_parameters_can_be_set() -> None:
    featurizer = ElectrolyteFeaturizer().set_params(blocks=["composition"])
    assert featurizer.fit_transform(TEXTS).shape == (len(TEXTS), 13)


def test_featurizer_needs_no_fit() -> None:
    check_is_fitted(ElectrolyteFeaturizer())
    np.testing.assert_array_equal(
        ElectrolyteFeaturizer().transform(TEXTS), ElectrolyteFeaturizer().fit_transform(TEXTS)
    )


@pytest.mark.parametrize("blocks", [["composition", "colour"], ["Composition"], []])
def test_unknown_blocks_are_named_with_the_choices(blocks: list[str]) -> None:
    with pytest.raises(ValueError, match="choose from") as caught:
        ElectrolyteFeaturizer(blocks).fit(TEXTS)
    assert all(name in str(caught.value) for name in BLOCKS)
    assert set(blocks) - set(BLOCKS) == {name for name in blocks if repr(name) in str(caught.value)}


def test_pipeline_can_be_cross_validated(lithium: pd.DataFrame) -> None:
    target = log_coulombic_efficiency(lithium["ce_pct"])
    pipeline = make_pipeline(ElectrolyteFeaturizer(), StandardScaler(), Ridge(30.0))
    scores = cross_validate(
        pipeline,
        lithium,
        target,
        groups=lithium["source"],
        cv=GroupKFold(5),
        scoring="neg_root_mean_squared_error",
        return_train_score=True,
        error_score="raise",
    )
    assert np.isfinite(scores["test_score"]).all()
    # Better than the mean on what it saw: the descriptors carry the target.
    assert -scores["train_score"].mean() < 0.8 * target.std()


def test_pipeline_takes_a_list_of_texts_and_searches_over_blocks(lithium: pd.DataFrame) -> None:
    texts = list(lithium["electrolyte"].iloc[:60])
    target = log_coulombic_efficiency(lithium["ce_pct"].iloc[:60])
    search = GridSearchCV(
        make_pipeline(ElectrolyteFeaturizer(), StandardScaler(), Ridge()),
        {"electrolytefeaturizer__blocks": [["composition"], ["composition", "ions"]]},
        cv=3,
        error_score="raise",
    ).fit(texts, target)
    assert search.predict(TEXTS).shape == (len(TEXTS),)
