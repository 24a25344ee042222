"""What given conditions change, learned from held-out errors and used only where it is worth it."""

from __future__ import annotations

from dataclasses import asdict

import numpy as np
import pandas as pd
import pytest
from anolyte.models.efficiency.conditions import (
    CAPACITY,
    CURRENT,
    METHOD,
    UNUSED,
    Conditions,
    checked,
    conditions_of,
)

COUNT = 120


def rows(seed: int = 0) -> pd.DataFrame:
    """Return measurements of sixty sources, each with conditions and a year."""
    draw = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "source": [f"paper {number // 2}" for number in range(COUNT)],
            "year": 2000 + np.arange(COUNT) // 6,
            CURRENT: 10 ** draw.uniform(-1, 1, COUNT),
            CAPACITY: np.where(np.arange(COUNT) % 4, 10 ** draw.uniform(-1, 1, COUNT), np.nan),
            METHOD: draw.choice(["average", "aurbach", ""], COUNT),
        }
    )


TABLE = rows()
NOISE = np.random.default_rng(1).normal(0, 0.1, COUNT)
FALLS = -0.4 * np.log10(TABLE[CURRENT].to_numpy())


def test_what_errors_follow_is_learned() -> None:
    fitted = Conditions.fit(TABLE, FALLS + NOISE)
    given = pd.DataFrame({CURRENT: [0.2, 2.0, np.nan], METHOD: ["", "", "aurbach"]})
    added, told = fitted.corrections(given)
    assert added[0] - added[1] == pytest.approx(0.4, abs=0.08)
    assert added[2] == 0
    assert "for the given current (held-out error 0.0" in told[0]
    assert told[2] == UNUSED


def test_nothing_given_changes_nothing() -> None:
    fitted = Conditions.fit(TABLE, FALLS + NOISE)
    for given in (pd.DataFrame({"electrolyte": ["a"]}), pd.DataFrame({CURRENT: [np.nan]})):
        added, told = fitted.corrections(given)
        assert (added.tolist(), told) == ([0.0], [""])


def test_beyond_what_was_measured_the_edge_counts() -> None:
    fitted = Conditions.fit(TABLE, FALLS + NOISE)
    edge = TABLE[CURRENT].max()
    added, _ = fitted.corrections(pd.DataFrame({CURRENT: [edge, 100 * edge]}))
    assert added[0] == pytest.approx(added[1])


def test_what_later_literature_denies_is_not_used() -> None:
    """The slope of early papers turns over in later ones."""
    late = (TABLE["year"] > 2010).to_numpy()
    errors = np.where(late, -FALLS, FALLS) + NOISE
    unseen = TABLE[late], errors[late]
    kept = Conditions.fit(TABLE[~late], errors[~late])
    denied = Conditions.fit(TABLE[~late], errors[~late], 2009, unseen)
    assert (CURRENT,) in {each.columns for each in kept.fits}
    assert (CURRENT,) not in {each.columns for each in denied.fits}


def test_few_rows_teach_nothing() -> None:
    assert Conditions.fit(TABLE.head(30), FALLS[:30]) == Conditions()


def test_saved_as_plain_values() -> None:
    fitted = Conditions.fit(TABLE, FALLS + NOISE)
    plain = [asdict(each) for each in fitted.fits]
    assert conditions_of(plain) == fitted
    with pytest.raises(ValueError, match="do not fit"):
        conditions_of([plain[0] | {"slopes": [1.0, 2.0, 3.0, 4.0]}])
    with pytest.raises(ValueError, match="do not fit"):
        conditions_of([plain[0] | {"offset": float("inf")}])


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({CURRENT: "fast"}, "number above 0"),
        ({CAPACITY: -1}, "number above 0"),
        ({METHOD: "guess"}, "average or aurbach"),
    ],
)
def test_what_is_no_condition_is_refused(given: dict[str, object], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        checked(given)
    assert checked({METHOD: "unknown", CURRENT: None}) == {}
