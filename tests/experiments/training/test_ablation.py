"""Which descriptor blocks earn their place."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from anolyte.datasets.measurements.splits import fold_of_row, split
from anolyte.experiments.training.ablation import ablation, held_out, plans
from anolyte.experiments.training.significance import paired_gain
from anolyte.experiments.training.train import gather
from anolyte.models.efficiency.metrics import metrics

BLOCKS = ("composition", "ions")


@pytest.fixture(scope="module")
def magnesium() -> pd.DataFrame:
    return gather("Mg")


def test_plans() -> None:
    assert next(plans(("a", "b", "c"))) == ("all", "", ("a", "b", "c"))
    left = {(plan, block): blocks for plan, block, blocks in plans(("a", "b", "c"))}
    assert left["alone", "b"] == ("b",)
    assert left["without", "b"] == ("a", "c")
    assert len(left) == 7
    # One block can neither be left out nor be more alone.
    assert len(list(plans(("a",)))) == 1


def test_each_line_is_the_error_of_its_blocks(magnesium: pd.DataFrame) -> None:
    fold = fold_of_row(split(magnesium, folds=4, seed=1))
    told: list[tuple[int, int]] = []
    table = ablation(magnesium, BLOCKS, fold, 1, lambda _, done, total: told.append((done, total)))
    assert told == [(done, 5) for done in range(1, 6)]
    lines = table.set_index(["plan", "block"])
    alone = metrics(magnesium, held_out(magnesium, ("ions",), fold, 1))
    assert lines.loc[("alone", "ions"), "rmse"] == pytest.approx(alone["rmse"])
    assert lines.loc[("alone", "ions"), "spearman"] == pytest.approx(alone["spearman"])
    # Of two blocks the one left out leaves the other alone.
    assert lines.loc[("without", "composition"), "rmse"] == lines.loc[("alone", "ions"), "rmse"]
    whole = lines.loc[("all", "")]
    assert (whole["change"], whole["noise"]) == (0, 0)
    assert np.allclose(lines["change"], lines["rmse"] - whole["rmse"])
    assert (lines["noise"].drop(("all", "")) > 0).all()


def test_gain_is_that_of_the_error_and_its_noise_counts_sources() -> None:
    old, new = np.array([0.4, 0.4, 0.2, 0.2]), np.array([0.2, 0.2, 0.2, 0.2])
    better, noise = paired_gain(old, new, ["a", "a", "b", "b"])
    assert better == pytest.approx(np.sqrt(0.1) - 0.2)
    # One source of two improves: no evidence.
    assert noise == pytest.approx(better)
    with pytest.raises(ValueError, match="one source"):
        paired_gain(old, new, ["a"] * 4)
