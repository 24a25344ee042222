"""Evaluation on every split, its sentences and its report."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from anolyte.datasets import Metal
from anolyte.datasets.measurements.splits import LATER, NEW_COMPOUND, cut_years
from anolyte.experiments.evaluation.evaluate import (
    HEADLINE,
    ORDER,
    SHOWN,
    TRANSFERRED,
    Evaluation,
    SplitResult,
    checked_splits,
    evaluate,
)
from anolyte.experiments.evaluation.report import report, write_report
from anolyte.experiments.evaluation.sentences import chosen, comparison, headline
from anolyte.experiments.training import train as training
from anolyte.experiments.training.train import gather, gather_others
from anolyte.models.efficiency.intervals import COVERAGES

SEI = {
    "SEI <character>": pd.DataFrame({"contender": ["rules", "SEIModel"], "accuracy": [0.4, 0.5]})
}


def some_others(metal: Metal) -> pd.DataFrame:
    """Return forty measurements of each other metal."""
    return gather_others(metal).groupby("metal").head(40)


@pytest.fixture(scope="module", autouse=True)
def few_folds() -> Iterator[None]:
    """Three folds within each training."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(training, "QUICK_FOLDS", 3)
        yield


@pytest.fixture(scope="module")
def magnesium() -> Evaluation:
    names = (HEADLINE, LATER, NEW_COMPOUND, "leave-salt-out", TRANSFERRED)
    return evaluate("Mg", gather("Mg"), some_others("Mg"), names, quick=True)


@pytest.fixture(scope="module")
def potassium() -> Evaluation:
    return evaluate("K", gather("K"), some_others("K"), quick=True)


def test_all_contenders_on_all_splits(magnesium: Evaluation) -> None:
    summary = magnesium.summary()
    assert summary.columns.tolist() == ["split", "model", *SHOWN]
    assert summary.groupby("split").size().tolist() == [4, 4, 4, 4]
    errors = summary[["rmse", "mae", "skill"]].to_numpy()
    assert np.isfinite(errors).all()
    ours = summary[summary["model"] == "anolyte"].set_index("split")
    judged = [HEADLINE, LATER, "leave-salt-out"]
    assert ours.loc[judged, "coverage_90"].between(0.5, 1).all()
    assert np.isnan(ours["coverage_90"][TRANSFERRED])
    constant = summary[summary["model"] == "constant"]
    assert constant["skill"].tolist() == pytest.approx([1, 1, 1, 1])


def test_held_out_rows_are_all_predicted(magnesium: Evaluation) -> None:
    for name, result in magnesium.splits.items():
        assert name == LATER or len(result.held_out) == len(magnesium.measurements)
        assert result.held_out.notna().to_numpy().all()
    for name in (HEADLINE, LATER, "leave-salt-out"):
        assert sum(magnesium.splits[name].recipes.values()) == pytest.approx(1)


def test_later_literature_is_later_and_what_cannot_be_split_is_skipped(
    magnesium: Evaluation,
) -> None:
    rows = magnesium.measurements.iloc[magnesium.splits[LATER].held_out.index]
    assert rows["year"].min() > min(cut_years(magnesium.measurements))
    assert LATER in " ".join(comparison(magnesium))
    assert "no laboratory" in magnesium.skipped[NEW_COMPOUND]


def test_few_sources_are_prior_only(potassium: Evaluation) -> None:
    assert potassium.prior_only
    assert set(potassium.skipped) == set(ORDER) - {HEADLINE, TRANSFERRED}
    table = potassium.splits[HEADLINE].table
    assert table["skill"].tolist() == [1, 1]
    assert table["spearman"].isna().all()
    assert headline(potassium)[0].startswith(
        f"prior only: {gather('K')['source'].nunique()} sources"
    )


def test_sentences_say_what_the_table_says(magnesium: Evaluation) -> None:
    ours = magnesium.splits[HEADLINE].table.loc["anolyte"]
    error, against, ranking, intervals = headline(magnesium)
    assert f"{ours['rmse']:.2f} LCE" in error
    assert "the mean of Mg" in against
    assert f"Spearman {ours['spearman']:.2f}" in ranking
    assert f"hold {ours['coverage_90']:.0%} of the {len(gather('Mg'))}" in intervals
    others = [LATER, "leave-salt-out", TRANSFERRED]
    assert [told.split(":")[0] for told in comparison(magnesium)] == others
    assert [told.split(":")[0] for told in chosen(magnesium)] == [HEADLINE, *others[:2]]


@pytest.mark.parametrize(
    ("covered", "verdict"),
    [(0.9, "as promised"), (0.7, "fewer than promised"), (1.0, "more than promised")],
)
def test_verdict_on_intervals(covered: float, verdict: str) -> None:
    table = pd.DataFrame(
        {"rmse": 0.5, "spearman": float("nan"), "precision_top10": 0.1, "coverage_90": covered},
        index=["constant", "anolyte"],
    )
    held_out = pd.DataFrame(np.zeros((200, 4)), columns=["predicted", *COVERAGES])
    splits = {HEADLINE: SplitResult(HEADLINE, table, held_out)}
    rows = pd.DataFrame({"source": "a", "ce_pct": np.linspace(80, 99.5, 200)})
    found = Evaluation("Li", rows, splits, {}, pd.DataFrame(), False, "0")
    told = headline(found)
    assert verdict in told[-1]
    assert "scatter by 0.257 each" in told[0]
    # Each is predicted to be 0 %.
    assert "the model explains 0%" in told[0]
    assert "about that of the mean of Li" in told[1]
    assert "ranks nothing" in told[2]


def test_the_report_stands_alone(
    magnesium: Evaluation, potassium: Evaluation, tmp_path: Path
) -> None:
    path = write_report([magnesium, potassium], SEI, tmp_path / "report.html")
    page = path.read_text("utf-8")
    assert page.count("<img ") == 3
    assert not re.search(r"(?:src|href)=.(?!data:image/png;base64)", page)
    assert "<script" not in page
    assert "SEI &lt;character&gt;" in page
    assert "prior only" in page
    assert page.count('<tr class="ours">') == 4 + 2 + 1
    assert report([potassium], {}).endswith("</html>")


def test_split_names() -> None:
    assert checked_splits(["random", HEADLINE]) == [HEADLINE, "random"]
    with pytest.raises(ValueError, match="unknown split 'alphabetical'"):
        checked_splits(["alphabetical"])
