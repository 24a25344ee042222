"""Extreme tables: the model learns from them or falls back to the mean, and never says nonsense."""

from __future__ import annotations

import subprocess
import sys
import warnings
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from anolyte.datasets.measurements.lce import CE_CEILING
from anolyte.datasets.measurements.table import efficiencies, load_measurements
from anolyte.models import CoulombicEfficiencyModel
from anolyte.models.efficiency.recipes import PRIOR

ASKED = ["1 M LiFSI in DME", "1 M LiPF6 in EC/DMC (1:1 v/v) + 2 wt% VC", "4 M LiFSI in DME"]
Change = Callable[[pd.DataFrame], pd.DataFrame]


def few() -> pd.DataFrame:
    """Return forty measurements of lithium, from at least eight sources."""
    rows = efficiencies(load_measurements("Li"))
    return rows.iloc[::5].reset_index(drop=True).iloc[:40]


def all_zero(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(ce_pct=0.0)


def all_full(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(ce_pct=100.0)


def only_extremes(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(ce_pct=np.where(np.arange(len(rows)) % 2, 0.0, 100.0))


def one_row(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.head(1)


def one_source(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(source="notebook 1")


def one_electrolyte(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(electrolyte="1 M LiPF6 in EC/DMC (1:1 v/v)")


def one_measurement_from_many(rows: pd.DataFrame) -> pd.DataFrame:
    again = pd.concat([rows.head(1)] * 60, ignore_index=True)
    return again.assign(source=[f"notebook {n % 20}" for n in range(60)])


def a_thousand_copies_among_others(rows: pd.DataFrame) -> pd.DataFrame:
    return pd.concat([rows, *[rows.head(1)] * 1000], ignore_index=True)


def no_conditions(rows: pd.DataFrame) -> pd.DataFrame:
    measured = rows.select_dtypes("number").columns.difference(["ce_pct"])
    return rows.assign(**dict.fromkeys(measured, np.nan))


def one_far_out(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(ce_pct=rows["ce_pct"].where(rows.index != 7, 0.0))


def all_bounds(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(ce_qualifier=">")


CHANGES: list[Change] = [
    all_zero,
    all_full,
    only_extremes,
    one_row,
    one_source,
    one_electrolyte,
    one_measurement_from_many,
    a_thousand_copies_among_others,
    no_conditions,
    one_far_out,
    all_bounds,
]


@pytest.mark.parametrize("change", CHANGES)
def test_extremes_are_learned_from_in_silence(change: Change) -> None:
    rows = change(few())
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model = CoulombicEfficiencyModel("Li", scopes=("own",), folds=2).fit(rows)
        found = model.predict_interval(ASKED)
        assessed = model.assess(ASKED).to_frame()
    assert np.isfinite(found.to_numpy()).all()
    assert (found["ce_low"] <= found["ce_pct"] + 1e-9).all()
    assert (found["ce_pct"] <= found["ce_high"] + 1e-9).all()
    assert found["ce_low"].min() >= 0
    assert found["ce_high"].max() <= CE_CEILING + 1e-9
    assert assessed["domain_score"].between(0, 1).all()


@pytest.mark.parametrize("change", [one_row, one_source])
def test_too_little_is_called_prior_only(change: Change) -> None:
    model = CoulombicEfficiencyModel("Li", scopes=("own",)).fit(change(few()))
    assert model.evidence_ == PRIOR
    assert np.ptp(model.predict(ASKED)) == 0


def test_what_never_varies_predicts_itself() -> None:
    model = CoulombicEfficiencyModel("Li", scopes=("own",), folds=2).fit(few().assign(ce_pct=99.0))
    assert model.predict(ASKED) == pytest.approx([99.0] * len(ASKED), abs=1e-6)


def test_nothing_is_refused_with_a_reason() -> None:
    with pytest.raises(ValueError, match="no measurements of Li"):
        CoulombicEfficiencyModel("Li").fit(few().head(0))


PREDICTED = """
import sys
sys.path.insert(0, {folder!r})
from test_extremes import predicted
print(predicted().hex())
"""


def predicted() -> bytes:
    """Return what a model trained now says, to the last bit."""
    model = CoulombicEfficiencyModel("Li", scopes=("own",), folds=2).fit(few())
    return np.concatenate(model.predict_lce(ASKED)).tobytes()


@pytest.mark.slow
@pytest.mark.usefixtures("whole_forests")
def test_threads_and_processes_do_not_change_a_bit(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = PREDICTED.format(folder=str(request.path.parent))
    # Here one fit follows the other; there they are made at once, and on more threads
    # than the one that `make test` allows.
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        monkeypatch.setenv(name, "7")
    monkeypatch.setenv("PYTHONHASHSEED", "1")
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == predicted().hex()
