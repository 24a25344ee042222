"""The SEI model: what it says of known electrolytes, and how right it is on unseen sources."""

from __future__ import annotations

import json
import time

import numpy as np
import pandas as pd
import pytest
from anolyte.datasets.interphases.vocabulary import (
    SEI_COMPOSITIONS,
    SEI_FUNCTIONS,
    sei_vocabulary,
)
from anolyte.datasets.measurements.table import load_measurements
from anolyte.features.mixtures import Mixtures
from anolyte.models.prediction import Efficiencies
from anolyte.models.sei.model import SEIModel


@pytest.fixture(scope="module")
def model() -> SEIModel:
    return SEIModel(repeats=1).fit(load_measurements("all"))


@pytest.fixture(scope="module")
def everything() -> pd.DataFrame:
    return load_measurements("all")


def composition(model: SEIModel, text: str, metal: str) -> pd.Series:
    return model.predict_composition(Mixtures.from_electrolytes([text], metal)).iloc[0]


def conducts(model: SEIModel, text: str, metal: str) -> float:
    found = model.predict_function(Mixtures.from_electrolytes([text], metal))
    return float(found["conducts"].iloc[0])


def species(model: SEIModel, text: str, metal: str) -> pd.DataFrame:
    found = model.predict_species(Mixtures.from_electrolytes([text], metal))
    return found.set_index("species")


def test_more_salt_makes_the_film_more_inorganic(model: SEIModel) -> None:
    dilute, concentrated = (composition(model, f"{c} M LiFSI in DME", "Li") for c in (1, 4))
    assert concentrated["inorganic-rich"] > dilute["inorganic-rich"] + 0.1
    assert concentrated["organic-rich"] < dilute["organic-rich"]


def test_a_diluent_keeps_the_film_inorganic(model: SEIModel) -> None:
    dilute = composition(model, "1 M LiFSI in DME", "Li")
    localised = composition(model, "LiFSI/DME/TTE (1:1.2:3 mol/mol)", "Li")
    assert localised["inorganic-rich"] > dilute["inorganic-rich"] + 0.1


def test_sodium_in_ethers_is_more_inorganic_than_in_carbonates(model: SEIModel) -> None:
    ether = composition(model, "1 M NaPF6 in DME", "Na")
    carbonate = composition(model, "1 M NaPF6 in EC/DEC (1:1 v/v)", "Na")
    assert ether["inorganic-rich"] > carbonate["inorganic-rich"] + 0.2
    assert carbonate.idxmax() == "organic-rich"


@pytest.mark.parametrize(
    ("text", "metal", "expected"),
    [
        ("0.4 M Mg(TFSI)2 in DME", "Mg", "passivates"),
        ("0.5 M Mg(ClO4)2 in PC", "Mg", "passivates"),
        ("0.25 M MgCl2 + 0.25 M AlCl3 in DME", "Mg", "conducts"),
        ("0.5 M Mg(BH4)2 + 1.5 M LiBH4 in TEGDME", "Mg", "conducts"),
        ("0.3 M Mg[B(hfip)4]2 in DME", "Mg", "conducts"),
        ("1 M {CCC[CH2][Mg][Cl]} in THF", "Mg", "conducts"),
        ("0.5 M Mg(TFSI)2 in DME/MOEA (9:1 v/v)", "Mg", "conducts"),
        ("0.5 M Ca(TFSI)2 in DME", "Ca", "passivates"),
        ("0.5 M Ca[B(hfip)4]2 in DME", "Ca", "conducts"),
        ("1.5 M Ca(BH4)2 in THF", "Ca", "conducts"),
        ("1 M Al(OTf)3 in H2O", "Al", "passivates"),
        ("AlCl3/[EMIm]Cl (1.5:1 mol/mol)", "Al", "conducts"),
        ("1 M LiTFSI in DME", "Li", "conducts"),
        ("1 M NaTFSI in DME", "Na", "conducts"),
        ("1 M KFSI in DME", "K", "conducts"),
        ("2 M ZnSO4 in H2O", "Zn", "conducts"),
    ],
)
def test_the_contrast_of_the_reviews(model: SEIModel, text: str, metal: str, expected: str) -> None:
    """Li et al., The contrast between monovalent and multivalent metal battery anodes."""
    assert (conducts(model, text, metal) >= 0.5) == (expected == "conducts")


def test_a_predicted_efficiency_moves_the_function(model: SEIModel) -> None:
    mixtures = Mixtures.from_electrolytes(["0.4 M Mg(TFSI)2 in DME"], "Mg")
    by_chemistry = model.predict_function(mixtures)["conducts"].iloc[0]
    known = [Efficiencies(np.array([lce]), 0.9) for lce in (0.0, 1.3)]
    low, high = (model.predict_function(mixtures, each)["conducts"].iloc[0] for each in known)
    assert low < by_chemistry < high < 0.5
    assert model.cap(mixtures, Efficiencies(np.array([1.3]), 0.9))[0] == pytest.approx(
        0.699, abs=1e-3
    )
    assert model.cap(mixtures, Efficiencies(np.array([0.2]), 0.9))[0] == 0.2


def test_no_film_that_passivates_has_a_high_efficiency(
    model: SEIModel, everything: pd.DataFrame
) -> None:
    lce = np.linspace(0, 3, len(everything))
    told = model.cap(everything, Efficiencies(lce, 1.5))
    function = model.predict_function(everything, Efficiencies(told, 1.5))["conducts"].to_numpy()
    assert not ((told > 0.6990) & (function < 0.5)).any()
    assert not ((told < 0.0969) & (function >= 0.5)).any()


def test_fluoride_stems_from_fluoroethylene_carbonate(model: SEIModel) -> None:
    found = species(model, "1 M LiClO4 in EC/DMC (1:1 v/v) + 10 wt% FEC", "Li")
    assert found.loc["LiF", "origin"] == "FEC"
    assert species(model, "1 M LiClO4 in EC/DMC (1:1 v/v)", "Li").index.isin(["LiF"]).sum() == 0


def test_nitride_stems_from_nitrate_in_the_shell(model: SEIModel) -> None:
    found = species(model, "1 M LiTFSI in DME/DOL (1:1 v/v) + 1 wt% LiNO3", "Li")
    assert found.loc["Li3N", "origin"].startswith("NO3- (in the first shell)")


def test_aqueous_zinc(model: SEIModel) -> None:
    sulfate = species(model, "2 M ZnSO4 in H2O", "Zn")
    assert {"Zn4SO4(OH)6.xH2O", "ZnO", "Zn(OH)2"} <= set(sulfate.index)
    triflate = species(model, "3 m Zn(OTf)2 in H2O", "Zn")
    assert triflate.index[0] == "ZnF2"
    assert triflate.loc["ZnF2", "origin"] == "OTf- (in the first shell)"


@pytest.mark.parametrize(
    "text", ["1 M ZnSO4 in H2O", "3 M ZnSO4 in H2O", "2 M ZnSO4 in H2O + 50 mM glycine"]
)
def test_mild_sulfate_leaves_basic_zinc_sulfate_before_sulfide(model: SEIModel, text: str) -> None:
    ranks = species(model, text, "Zn")["rank"]
    assert ranks["Zn4SO4(OH)6.xH2O"] == 1
    assert ranks.get("ZnS", 9) > 1


def test_hydrogen_is_a_by_product_beside_the_film(model: SEIModel) -> None:
    found = species(model, "2 M ZnSO4 in H2O", "Zn")
    assert found.index[-1] == "H2"
    assert found.loc["H2", "origin"] == "H2O"
    assert np.isnan(found.loc["H2", "share"])


@pytest.mark.parametrize(
    ("text", "metal"),
    [
        ("? M LiFSI in [Pyr13]FSI", "Li"),
        ("AlCl3/[EMIm]Cl (1.5:1 mol/mol)", "Al"),
        ("1 M ? in {CC(C)(C)C#N}", "Li"),
        ("1 M KCl in H2O", "K"),
        ("1 M {[Mg+2].[O-]C(C)C.[O-]C(C)C} in {C1CCCCC1}", "Mg"),
    ],
)
def test_odd_electrolytes_have_an_answer(model: SEIModel, text: str, metal: str) -> None:
    assert composition(model, text, metal).sum() == pytest.approx(1)
    assert 0 < conducts(model, text, metal) < 1
    found = species(model, text, metal)
    assert len(found)
    assert (found["origin"] != "").all()


def test_what_is_inferred_says_so(model: SEIModel) -> None:
    found = species(model, "1 M ? in {CC(C)(C)CC#N}", "Ca")
    assert found["origin"].str.contains("by analogy|by its elements").any()


def test_form_of_the_answers(model: SEIModel, everything: pd.DataFrame) -> None:
    for probabilities, words in (
        (model.predict_composition(everything), SEI_COMPOSITIONS),
        (model.predict_function(everything), SEI_FUNCTIONS),
    ):
        assert tuple(probabilities.columns) == words
        np.testing.assert_allclose(probabilities.sum(axis=1), 1)
        assert (probabilities > 0).all(axis=None)
    found = model.predict_species(everything, top=3)
    assert list(found.columns) == ["row", "rank", "species", "score", "share", "origin"]
    assert set(found["species"]) <= set(sei_vocabulary())
    assert found["score"].between(0, 1).all()
    assert found["share"].dropna().between(0, 1).all()
    gas = found["species"].map(lambda name: sei_vocabulary()[name].family == "gas")
    assert found["rank"][~gas].max() == 3
    assert found["rank"].max() == 4
    for _, part in found.groupby("row"):
        assert part["rank"].tolist() == list(range(1, len(part) + 1))
    for _, part in found[~gas].groupby("row"):
        assert part["score"].is_monotonic_decreasing
        assert part["share"].sum() <= 1 + 1e-9


def test_rows_do_not_depend_on_their_neighbours(model: SEIModel, everything: pd.DataFrame) -> None:
    some = everything.iloc[[3, 250, 480, 620]]
    for answer in (model.predict_composition, model.predict_function, model.predict_species):
        alone = [answer(some.iloc[[k]]) for k in range(len(some))]
        expected = answer(some)
        columns = expected.select_dtypes(float).columns
        np.testing.assert_allclose(pd.concat(alone)[columns], expected[columns])


def test_same_data_same_model(model: SEIModel, everything: pd.DataFrame) -> None:
    again, some = SEIModel(repeats=0).fit(everything), everything.iloc[::5]
    assert again.predict_composition(some).equals(model.predict_composition(some))
    assert again.predict_function(some).equals(model.predict_function(some))


def test_stored_and_read(model: SEIModel, everything: pd.DataFrame) -> None:
    copy = SEIModel.from_dict(json.loads(json.dumps(model.to_dict(), allow_nan=False)))
    some = everything.iloc[::5]
    assert copy.predict_composition(some).equals(model.predict_composition(some))
    assert copy.predict_function(some).equals(model.predict_function(some))
    assert copy.predict_species(some).equals(model.predict_species(some))
    pd.testing.assert_frame_equal(copy.evaluation_, model.evaluation_, check_dtype=False)


def test_another_file_is_refused(model: SEIModel) -> None:
    stored = model.to_dict()
    for broken in (
        {},
        stored | {"schema_version": 99},
        {key: value for key, value in stored.items() if key != "species"},
        stored | {"composition": stored["composition"] | {"features": ["temperature"]}},
        stored | {"species": {"reports": [{"metal": "Fe"}], "frequencies": {}}},
    ):
        with pytest.raises(ValueError, match=r"SEI|unknown metal"):
            SEIModel.from_dict(broken)


def test_no_labels_are_refused(everything: pd.DataFrame) -> None:
    nothing = dict.fromkeys(("sei_composition", "sei_function", "sei_species"), "")
    with pytest.raises(ValueError, match="no measurement says what its SEI"):
        SEIModel().fit(everything.assign(**nothing))


def test_few_labels_leave_the_frequencies() -> None:
    rows = {"electrolyte": ["1 M LiFSI in DME"], "source": ["notebook"], "metal": ["Li"]}
    few = SEIModel().fit(pd.DataFrame({**rows, "sei_composition": ["mixed"]}))
    texts = ["4 M LiFSI in DME", "1 M LiPF6 in EC/DMC (1:1 v/v)"]
    found = few.predict_composition(texts)
    assert (found.idxmax(axis=1) == "mixed").all()
    np.testing.assert_allclose(few.predict_function(texts), 0.5)
    assert few.predict_species(texts)["species"].notna().all()
    assert few.evaluation_.empty


def metric(model: SEIModel, task: str, name: str, contender: str, metal: str = "all") -> float:
    table = model.evaluation_
    chosen = table[(table["metal"] == metal) & (table["metric"] == name) & (table["task"] == task)]
    return float(chosen.loc[chosen["contender"] == contender, "value"].iloc[0])


def test_better_than_the_frequency_of_the_metal_on_unseen_sources(model: SEIModel) -> None:
    """Over all rows, and within each metal that has rows enough to tell."""
    for metal, most in (("all", 0.95), ("Li", 1.0), ("Na", 1.0), ("Zn", 1.0)):
        assert metric(model, "composition", "relative_log_loss", "SEIModel", metal) < most
    for metal in ("Li", "Na"):
        assert metric(model, "composition", "auc", "SEIModel", metal) > 0.65
    for metal in ("Mg", "Ca"):
        assert metric(model, "function", "auc", "SEIModel", metal) > 0.8
        assert metric(model, "function", "relative_log_loss", "SEIModel", metal) < 0.8
    for name in ("recall_top5", "main_first"):
        for contender in ("rules", "frequency of the metal"):
            ours = metric(model, "species", name, "SEIModel")
            assert ours > metric(model, "species", name, contender) + 0.05


def test_what_is_said_holds_about_as_often(model: SEIModel) -> None:
    table = model.reliability_
    assert set(table["task"]) == {"composition", "function", "species"}
    told = table[table["count"] >= 30]
    assert (told["said"] - told["held"]).abs().max() < 0.2


def test_thousands_of_rows_are_quick(model: SEIModel, everything: pd.DataFrame) -> None:
    metals = everything["metal"].to_numpy()
    mixtures = Mixtures.from_electrolytes(everything["electrolyte"], metals)
    many = mixtures.take(np.arange(4_000) % len(mixtures))
    model.predict_species(mixtures)
    start = time.process_time()
    model.predict_composition(many)
    model.predict_function(many)
    model.predict_species(many)
    assert time.process_time() - start < 1.6
