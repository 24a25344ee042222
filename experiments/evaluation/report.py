"""The report of an evaluation: one HTML page with everything in it, nothing loaded."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import pandas as pd
from anolyte.datasets.files.atomic import write_bytes
from anolyte.models.efficiency.intervals import COVERAGES
from matplotlib.figure import Figure

from ..pages import page
from ..plots.evaluation import calibration_curve, reliability_curve, width_against_error
from ..plots.figures import learning_curve_plot, parity
from .evaluate import HEADLINE, Evaluation
from .evaluate_sei import RELIABILITY
from .sentences import chosen, comparison, headline

CAPTIONS = {
    "parity": "predicted against measured",
    "calibration": "calibration",
    "interval_width": "interval width against error",
    "learning_curve": "learning curve",
}


def write_report(
    evaluations: Sequence[Evaluation], sei: Mapping[str, pd.DataFrame], path: str | Path
) -> Path:
    """Write the report; the file appears complete or not at all.

    Examples
    --------
    >>> from anolyte.experiments import evaluate, gather, gather_others, write_report
    >>> splits = ["leave-source-out"]
    >>> found = evaluate("Al", gather("Al"), gather_others("Al"), splits, quick=True)
    >>> write_report([found], {}, "report.html").name
    'report.html'
    """
    return write_bytes(report(evaluations, sei).encode(), Path(path))


def report(evaluations: Sequence[Evaluation], sei: Mapping[str, pd.DataFrame] | None = None) -> str:
    """Return the report as HTML.

    Parameters
    ----------
    evaluations
        One a metal.
    sei
        Tables of the SEI model by title, see `evaluate_sei.sei_tables`; perhaps none.
    """
    packages = ("anolyte", "scikit-learn", "xgboost", "rdkit")
    told = sei or {}
    return page(
        "report",
        metals=[_metal(evaluation) for evaluation in evaluations],
        sei=told,
        reliability=_picture(reliability_curve(told[RELIABILITY])) if RELIABILITY in told else "",
        made=datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        versions=", ".join(f"{name} {version(name)}" for name in packages),
    )


def _metal(evaluation: Evaluation) -> dict[str, object]:
    """Return what the template tells of a metal."""
    return {
        "metal": evaluation.metal,
        "rows": len(evaluation.measurements),
        "sources": evaluation.measurements["source"].nunique(),
        "digest": evaluation.digest[:12],
        "headline": headline(evaluation),
        "summary": evaluation.summary() if evaluation.splits else None,
        "comparison": [*comparison(evaluation), *_left_out(evaluation)],
        "recipes": chosen(evaluation),
        "figures": [(CAPTIONS[name], _picture(each)) for name, each in figures(evaluation)],
    }


def figures(evaluation: Evaluation) -> Iterator[tuple[str, Figure]]:
    """Yield the figures that there is enough data for, by the names in `CAPTIONS`."""
    measurements = evaluation.measurements
    result = evaluation.splits.get(HEADLINE)
    if result is None or evaluation.prior_only:
        return
    predicted = result.held_out["predicted"].to_numpy()
    title = f"{evaluation.metal}, colours are sources"
    yield "parity", parity(measurements, predicted, title)
    calibrated = {
        name: each.held_out
        for name, each in evaluation.splits.items()
        if set(COVERAGES) <= set(each.held_out.columns)
    }
    yield "calibration", calibration_curve(measurements, calibrated)
    yield "interval_width", width_against_error(measurements, result.held_out)
    if not evaluation.curve.empty:
        yield "learning_curve", learning_curve_plot(evaluation.curve)


def _left_out(evaluation: Evaluation) -> list[str]:
    """Return which splits were left out, those with the same reason in one sentence."""
    names: dict[str, list[str]] = {}
    for name, why in evaluation.skipped.items():
        names.setdefault(why, []).append(name)
    return [f"Left out: {', '.join(left)} ({why})." for why, left in names.items()]


def _picture(figure: Figure) -> str:
    """Return a figure as PNG, in base 64."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png")
    return base64.b64encode(buffer.getvalue()).decode()
