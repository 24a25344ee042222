"""Prediction: what a model says of electrolytes, computed once, and its columns."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from anolyte.datasets.electrolytes.grammar import parse
from anolyte.features.mixtures import Mixtures, as_mixtures
from anolyte.models import CoulombicEfficiencyModel, Prediction, SEIModel
from anolyte.models.prediction import CE_BOUNDS, COLUMNS, LCE_BOUNDS, SEI, Column, without_metal
from anolyte.models.sei.model import shipped_sei_model

TEXTS = ["1 M LiPF6 in EC/DMC (1:1 v/v)", "1 M LiFSI in DME", "1 M NaFSI in DME"]


@pytest.fixture(scope="module")
def predicted(lithium_model: CoulombicEfficiencyModel) -> Prediction:
    return lithium_model.assess(TEXTS, coverage=0.8)


def test_a_table_has_every_column_in_order(
    predicted: Prediction, lithium_model: CoulombicEfficiencyModel
) -> None:
    frame = predicted.to_frame()
    assert tuple(frame.columns) == COLUMNS
    assert frame[Column.ELECTROLYTE].tolist() == TEXTS
    assert frame[Column.CE].to_numpy() == pytest.approx(lithium_model.predict(TEXTS))
    assert frame[[*CE_BOUNDS, *LCE_BOUNDS]].equals(lithium_model.predict_interval(TEXTS, 0.8))
    assert frame[list(SEI)].equals(shipped_sei_model().summary(TEXTS, predicted.efficiencies))
    assert frame[Column.DOMAIN_SCORE].between(0, 1).all()


def test_a_table_of_some_columns_computes_no_others(
    predicted: Prediction, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object) -> None:
        raise AssertionError("the SEI was not asked for")

    for name in ("predict_composition", "predict_function", "summary", "desirability"):
        monkeypatch.setattr(SEIModel, name, never)
    fresh = replace(predicted)
    assert list(fresh.to_frame([Column.CE_LOW, Column.EVIDENCE])) == ["ce_low", "evidence"]
    with pytest.raises(AssertionError, match="not asked for"):
        fresh.to_frame([Column.SEI_FUNCTION])


def test_descriptors_are_computed_once(
    lithium_model: CoulombicEfficiencyModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    from anolyte.models import contributions, reasons

    asked: list[object] = []
    usual = CoulombicEfficiencyModel.descriptors

    def counted(model: CoulombicEfficiencyModel, X: object) -> np.ndarray:
        asked.append(X)
        return usual(model, X)

    monkeypatch.setattr(CoulombicEfficiencyModel, "descriptors", counted)
    predicted = lithium_model.assess(Mixtures.from_electrolytes(TEXTS, "Li"))
    predicted.to_frame()
    reasons(lithium_model, predicted)
    contributions(lithium_model, predicted)
    assert sum(isinstance(each, Mixtures) for each in asked) == 1


def test_some_rows_are_those_of_all(predicted: Prediction) -> None:
    some = predicted.take(np.array([2, 0]))
    expected = predicted.to_frame().iloc[[2, 0]].reset_index(drop=True)
    pd.testing.assert_frame_equal(some.to_frame(), expected)
    assert len(some) == 2
    assert predicted.take(slice(1)).electrolytes == (TEXTS[0],)


def test_what_is_odd_is_remarked(predicted: Prediction) -> None:
    assert ["no Li in it" in each for each in predicted.remarks] == [False, False, True]
    assert predicted.assumptions == ["none", "none", "none"]


def test_what_was_assumed_is_said(lithium_model: CoulombicEfficiencyModel) -> None:
    found = lithium_model.assess(["? M LiFSI in DME", "1 M ? in DME"])
    assert found.assumptions == ["amounts", "salt"]


def test_texts_are_known_of_all_but_mixtures(lithium_model: CoulombicEfficiencyModel) -> None:
    mixtures = Mixtures.from_electrolytes(TEXTS, "Li")
    values = [parse(text) for text in TEXTS]
    table = pd.DataFrame({"electrolyte": TEXTS})
    for given in (TEXTS, values, table, np.array(TEXTS, dtype=object)[:, None]):
        assert lithium_model.assess(given).electrolytes == tuple(TEXTS)
    without = lithium_model.assess(mixtures)
    assert without.electrolytes == ()
    assert Column.ELECTROLYTE not in without.to_frame(COLUMNS[:4])


def test_the_sei_is_that_of_the_model_given(lithium: pd.DataFrame) -> None:
    labels = pd.DataFrame(
        {
            "metal": "Li",
            "electrolyte": TEXTS[1],
            "source": [f"notebook {number}" for number in range(12)],
            "sei_composition": "organic-rich",
            "sei_function": "",
        }
    )
    sei, few = SEIModel(repeats=0).fit(labels), lithium.head(5)
    given = CoulombicEfficiencyModel("Li").fit(few, sei=sei).assess(TEXTS)
    assert given.sei_composition.equals(sei.predict_composition(TEXTS))
    assert given.sei_function.equals(sei.predict_function(TEXTS, given.efficiencies))
    assert given.to_frame(SEI).equals(sei.summary(TEXTS, given.efficiencies))
    assert np.array_equal(given.sei_desirability, given.sei[Column.SEI_DESIRABILITY])
    without = CoulombicEfficiencyModel("Li").fit(few).assess(TEXTS)
    assert without.sei.equals(shipped_sei_model().summary(TEXTS, without.efficiencies))


def test_a_film_likelier_to_passivate_caps_the_efficiency() -> None:
    rows = pd.DataFrame(
        {
            "electrolyte": ["? M MgCl2 + ? M AlCl3 in DME", "? M Bu2Mg + ? M EtAlCl2 in THF"],
            "ce_pct": 99.0,
            "source": ["one", "other"],
        }
    )
    model = CoulombicEfficiencyModel("Mg").fit(rows)
    texts = ["0.4 M Mg(TFSI)2 in DME", "0.25 M MgCl2 + 0.25 M AlCl3 in DME"]
    found = model.assess(texts).to_frame([Column.CE, *SEI])
    assert model.predict(texts) == pytest.approx([99.0, 99.0], abs=0.1)
    assert found[Column.CE].tolist() == pytest.approx([80.0, 99.0], abs=0.1)
    assert found[Column.SEI_FUNCTION].tolist() == ["passivates", "conducts"]


def test_without_metal() -> None:
    mixtures = as_mixtures(["1 M LiFSI in DME", "1 M NaPF6 in DME", "? M ? in DME"], "Li")
    assert without_metal(mixtures).tolist() == [False, True, False]
