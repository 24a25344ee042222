"""Predicting from text: rows in, rows out, whatever is wrong with some of them."""

from __future__ import annotations

import io
from pathlib import Path

import pandas as pd
import pytest
from anolyte.datasets import FormulationError, TableError, log_coulombic_efficiency, parse
from anolyte.datasets.electrolytes.electrolyte import MAX_LENGTH
from anolyte.experiments.predictions.formulations import (
    Request,
    requests_of_file,
    requests_of_lines,
)
from anolyte.experiments.predictions.predict import (
    COLUMNS,
    Predictor,
    predict,
)
from anolyte.experiments.training.train import TrainingResult

TEXTS = [
    "1M LiFSI in DME",
    "1 M LiFSO in DME",
    "1 M LiFSI in DME + 99 wt% VC + 99 vol% FEC",
    "? M ? in DME",
    "",
    "1 M NaPF6 in DME",
]


@pytest.fixture(scope="module")
def frame(trained: TrainingResult) -> pd.DataFrame:
    requests = [Request(row, text) for row, text in enumerate(TEXTS, start=2)]
    return Predictor(trained.model).predict(requests)


def test_every_row_stays_in_its_place(frame: pd.DataFrame, trained: TrainingResult) -> None:
    assert tuple(frame.columns) == Predictor(trained.model).columns
    assert set(COLUMNS) < set(frame.columns)
    assert frame["row"].tolist() == [2, 3, 4, 5, 6, 7]
    assert frame["status"].tolist() == ["ok", "error", "error", "ok", "error", "ok"]
    assert frame["electrolyte"].tolist()[:2] == ["1 M LiFSI in DME", "1 M LiFSO in DME"]
    assert "did you mean LiFSI" in frame["reason"][1]
    assert "leave no room" in frame["reason"][2]
    assert frame.loc[frame["status"] == "error", "ce_pct"].isna().all()


def test_figures_are_those_of_the_model(frame: pd.DataFrame, trained: TrainingResult) -> None:
    expected = trained.model.predict_interval(["1 M LiFSI in DME"]).iloc[0]
    for column in ("ce_pct", "ce_low", "ce_high"):
        assert frame[column][0] == pytest.approx(expected[column])
    assert frame["nearest"][0].startswith("1 M LiFSI in DME: ")


def test_what_was_assumed_and_what_is_odd(frame: pd.DataFrame) -> None:
    assert frame["assumptions"][0] == "none"
    assert frame["assumptions"][3] == "amounts; salt"
    assert frame["remarks"][5].startswith("no Li in it")


def test_chunks_count_and_agree(trained: TrainingResult, frame: pd.DataFrame) -> None:
    predictor = Predictor(trained.model)
    requests = (Request(row, text) for row, text in enumerate(TEXTS, start=2))
    chunks = list(predictor.stream(requests, chunk=4))
    assert [len(chunk) for chunk in chunks] == [4, 2]
    assert (predictor.rows, predictor.failed) == (6, 3)
    joined = pd.concat(chunks, ignore_index=True)
    pd.testing.assert_frame_equal(joined, frame, check_dtype=False)


def test_a_row_of_another_metal_is_refused(trained: TrainingResult) -> None:
    requests = [Request(1, "1 M LiFSI in DME", metal) for metal in ("li", "Na", "Xx")]
    frame = Predictor(trained.model).predict(requests)
    assert frame["status"].tolist() == ["ok", "error", "error"]
    assert frame["reason"][1] == "the row is for Na, the model for Li"


def test_lines() -> None:
    text = io.StringIO("\n1 M LiFSI in DME\n\n  1 M LiPF6 in PC  \n" + "x" * 10_000)
    requests = list(requests_of_lines(text))
    assert [request.row for request in requests] == [2, 4, 5]
    assert requests[1].text == "1 M LiPF6 in PC"
    assert len(requests[2].text) == MAX_LENGTH + 1
    assert list(requests_of_lines([])) == []


def test_lines_with_a_header() -> None:
    lines = ["id;Electrolyte;Metal\n", "a;1 M LiFSI in DME;Li\n", "b;1 M LiPF6 in PC;\n", "c\n"]
    requests = list(requests_of_lines(lines))
    assert requests == [
        Request(2, "1 M LiFSI in DME", "Li", {"id": "a"}),
        Request(3, "1 M LiPF6 in PC", "", {"id": "b"}),
        Request(4, "", "", {"id": "c"}),
    ]


@pytest.mark.parametrize("name", ["a.csv", "a.tsv", "a.xlsx", "a.txt"])
def test_files(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    table = pd.DataFrame({"id": [1, 2], "electrolyte": ["1 M LiFSI in DME", "bad"]})
    if name.endswith("xlsx"):
        table.to_excel(path, index=False)
    elif name.endswith("txt"):
        path.write_text("1 M LiFSI in DME\nbad\n", encoding="utf-8-sig")
    else:
        table.to_csv(path, index=False, sep="\t" if name.endswith("tsv") else ",")
    requests = requests_of_file(path)
    assert [request.text for request in requests] == ["1 M LiFSI in DME", "bad"]


def test_a_table_without_the_column(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("formulation\n1 M LiFSI in DME\n")
    with pytest.raises(TableError, match="rename 'formulation', if that is it"):
        requests_of_file(path)


def test_what_else_a_file_holds_goes_through(tmp_path: Path, trained: TrainingResult) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        "vial,electrolyte,CE_pct,ce_pct,\nA1,1 M LiFSI in DME,x,98.1,\nA2,bad,y,,stray\n"
    )
    frame = Predictor(trained.model).predict(requests_of_file(path))
    assert frame["vial"].tolist() == ["A1", "A2"]
    assert frame["CE_pct"].tolist() == ["x", "y"]
    # The measured value stands beside the predicted one, not in its place.
    assert frame["given_ce_pct"].tolist() == ["98.1", ""]
    assert frame["ce_pct"].notna().tolist() == [True, False]
    own = Predictor(trained.model).columns
    assert tuple(frame)[: len(own)] == own


def test_one_call_predicts(
    frame: pd.DataFrame, trained: TrainingResult, model_folder: Path
) -> None:
    texts = ["1 M LiFSI in DME", "? M ? in DME"]
    found = predict(texts, "Li", trained.model)
    expected = frame.iloc[[0, 3]].drop(columns=["row", "status", "reason"]).reset_index(drop=True)
    pd.testing.assert_frame_equal(found, expected)
    pd.testing.assert_frame_equal(predict(map(parse, texts), "Li", model_folder), expected)
    pd.testing.assert_frame_equal(predict(texts[0], "Li", trained.model), expected.head(1))


def test_one_call_names_all_that_it_cannot_read(trained: TrainingResult) -> None:
    with pytest.raises(FormulationError, match=r"(?s)2 faults.*LiFSO.*DMEE"):
        predict(["1 M LiFSO in DME", "1 M LiFSI in DME", "1 M LiFSI in DMEE"], "Li", trained.model)
    with pytest.raises(ValueError, match=r"99 vol% FEC': .*leave no room"):
        predict("1 M LiFSI in DME + 99 wt% VC + 99 vol% FEC", "Li", trained.model)
    with pytest.raises(ValueError, match="no formulations"):
        predict([], "Li", trained.model)
    with pytest.raises(ValueError, match="the model is for Li, not for Na"):
        predict("1 M NaPF6 in DME", "Na", trained.model)


def test_conditions_count_where_they_are_given(trained: TrainingResult) -> None:
    text = "1 M LiFSI in DME"
    conditions = {"current_mA_cm2": "0.5", "capacity_mAh_cm2": "3"}
    requests = [
        Request(1, text),
        Request(2, text, further=conditions),
        Request(3, text, further={"current_mA_cm2": "fast"}),
        Request(4, text, further={"ce_method": "unknown"}),
    ]
    frame = Predictor(trained.model).predict(requests)
    assert frame["status"].tolist() == ["ok", "ok", "error", "ok"]
    assert "give a number above 0" in frame["reason"][2]
    assert frame["ce_pct"][3] == pytest.approx(frame["ce_pct"][0])
    assert "conditions" in frame["remarks"][1] or "for the given current" in frame["remarks"][1]
    assert "given" not in frame["remarks"][0]
    asked = predict(text, "Li", trained.model, conditions=conditions)
    assert asked["ce_pct"][0] == pytest.approx(frame["ce_pct"][1])
    added, _ = trained.model.conditions_.corrections(pd.DataFrame([conditions]))
    lce = log_coulombic_efficiency(frame["ce_pct"].iloc[:2])
    assert lce[1] - lce[0] == pytest.approx(added[0], abs=1e-6)
