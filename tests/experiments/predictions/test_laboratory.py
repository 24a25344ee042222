"""Predictions for a laboratory from Python and from the command line."""

from __future__ import annotations

import pytest
from anolyte.datasets import efficiencies, load_measurements
from anolyte.experiments import predict
from anolyte.experiments.cli.shared.console import in_laboratory
from anolyte.models import CoulombicEfficiencyModel

SCREENING = "potassium ether screening"


@pytest.fixture(scope="module")
def potassium() -> CoulombicEfficiencyModel:
    return CoulombicEfficiencyModel("K").fit(efficiencies(load_measurements("K")))


def test_python(potassium: CoulombicEfficiencyModel) -> None:
    texts = ["1 M KFSI in DME", "0.8 M KPF6 in EC/DEC (1:1 v/v)"]
    new = predict(texts, "K", potassium, laboratory="our own")
    known = predict(texts, "K", potassium, laboratory=SCREENING)
    width = known["ce_high"] - known["ce_low"]
    assert (width < new["ce_high"] - new["ce_low"]).all()


def test_what_is_told(
    potassium: CoulombicEfficiencyModel, capsys: pytest.CaptureFixture[str]
) -> None:
    assert in_laboratory(potassium, "") is potassium
    assert in_laboratory(potassium, SCREENING).laboratory_ is not None
    assert "128 of its measurements of K are known" in capsys.readouterr().err
    in_laboratory(potassium, "our own")
    told = capsys.readouterr().err
    assert f"{SCREENING} (128)" in told
    assert "new one" in told


def test_wide_intervals_tell_an_order_only() -> None:
    rows = efficiencies(load_measurements("Zn"))
    few = rows[rows["source"].isin(rows["source"].unique()[:7])]
    model = CoulombicEfficiencyModel("Zn").fit(few)
    told = predict("2 M ZnSO4 in H2O", "Zn", model, laboratory="our own")["remarks"]
    assert told.str.contains("order only").all()
