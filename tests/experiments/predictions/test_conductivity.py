"""Predictions tell the conductivity at a temperature, or why there is none."""

from __future__ import annotations

import numpy as np
from anolyte.experiments import TrainingResult, explain, predict
from anolyte.experiments.predictions.formulations import Request
from anolyte.experiments.predictions.predict import Predictor

TEXTS = ["1 M LiPF6 in EC/DMC (1:1 v/v)", "1 M LiFSI in H2O"]
COLUMN, REASON = "conductivity_mS_cm", "conductivity_not_predicted"


def test_predictions_tell_the_conductivity_at_a_temperature(trained: TrainingResult) -> None:
    warm = predict(TEXTS, "Li", trained.model)
    cold = predict(TEXTS, "Li", trained.model, celsius=-10)
    assert warm[f"{COLUMN}_low"][0] < warm[COLUMN][0] < warm[f"{COLUMN}_high"][0]
    assert 2 < warm[COLUMN][0] / cold[COLUMN][0] < 4
    assert warm["ce_pct"].equals(cold["ce_pct"])
    assert np.isnan(warm[COLUMN][1])
    assert warm[REASON].tolist() == ["", "not measured with H2O"]


def test_a_row_that_cannot_be_read_keeps_its_place(trained: TrainingResult) -> None:
    predictor = Predictor(trained.model)
    frame = predictor.predict([Request(1, TEXTS[0]), Request(2, "no electrolyte")])
    assert tuple(frame.columns) == predictor.columns
    assert frame["status"].tolist() == ["ok", "error"]
    assert frame[REASON].tolist() == ["", ""]
    assert np.isnan(frame[COLUMN][1])


def test_an_explanation_tells_it_too(trained: TrainingResult) -> None:
    told = explain(TEXTS[0], "Li", trained.model, celsius=0).to_dict()
    assert 5 < told[COLUMN] < 9
    assert explain(TEXTS[1], "Li", trained.model).to_dict()[COLUMN] is None
