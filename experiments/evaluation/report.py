"""The report of an evaluation: one HTML page with everything in it, nothing loaded."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from html import escape
from importlib.metadata import version
from pathlib import Path

import pandas as pd
from anolyte.datasets.files.atomic import write_bytes
from anolyte.models.efficiency.intervals import COVERAGES
from matplotlib.figure import Figure

from ..cells import cell
from ..plots.evaluation import calibration_curve, width_against_error
from ..plots.figures import learning_curve_plot, parity
from .evaluate import HEADLINE, Evaluation
from .sentences import chosen, comparison, headline

STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem;
  color: #222; background: #fff; }
table { border-collapse: collapse; margin: 1rem 0; }
th, td { padding: .2rem .7rem; text-align: right; border-bottom: 1px solid #ddd; }
th:nth-child(-n+2), td:nth-child(-n+2) { text-align: left; }
tr.ours { font-weight: 600; background: #eef4fb; }
figure { display: inline-block; margin: .5rem; } img { max-width: 100%; }
.small { color: #666; font-size: 13px; }
"""
CAPTIONS = {
    "parity": "predicted against measured",
    "calibration": "calibration",
    "interval_width": "interval width against error",
    "learning_curve": "learning curve",
}
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
READING = (
    "All errors are in LCE = -log10(1 - CE/100): 1 is 90 %, 2 is 99 %, 3 is 99.9 %. skill is the "
    "error relative to predicting the metal's mean (below 1 is better), precision_top10 the share "
    "of the predicted best tenth that is among the measured best tenth, coverage_90 the share of "
    "measurements inside the 90 % interval and width_90 its mean width. The figure to quote is "
    "leave-source-out: whole publications are held out, and what judges has no part in any choice."
)


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
    parts = [part for evaluation in evaluations for part in _metal(evaluation)]
    made = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    packages = ("anolyte", "scikit-learn", "xgboost", "rdkit")
    versions = ", ".join(f"{name} {version(name)}" for name in packages)
    return "\n".join(
        [
            '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">',
            f"<title>anolyte: accuracy</title><style>{STYLE}</style></head><body>",
            "<h1>How good the predictions are</h1>",
            f"<p>{escape(READING)}</p>",
            *parts,
            *_sei(sei or {}),
            f'<p class="small">{escape(made)}; {escape(versions)}</p></body></html>',
        ]
    )


def _sei(tables: Mapping[str, pd.DataFrame]) -> Iterator[str]:
    if tables:
        yield "<h2>SEI</h2>"
        yield "<p>Whole publications are held out. Better: a lower log_loss, higher shares.</p>"
    for title, table in tables.items():
        yield f"<h3>{escape(title)}</h3>{_table(table)}"


def _metal(evaluation: Evaluation) -> Iterator[str]:
    rows, sources = len(evaluation.measurements), evaluation.measurements["source"].nunique()
    yield f"<h2>{escape(evaluation.metal)}</h2>"
    yield (
        f'<p class="small">{rows} measurements from {sources} sources, '
        f"SHA-256 {escape(evaluation.digest[:12])}</p>"
    )
    yield _paragraphs(headline(evaluation))
    if evaluation.splits:
        yield _table(evaluation.summary())
    yield _paragraphs(comparison(evaluation))
    yield _paragraphs(_left_out(evaluation))
    if recipes := chosen(evaluation):
        yield "<p>Share of the held-out measurements that each recipe predicted:</p>"
        yield f"<ul>{''.join(f'<li>{escape(told)}</li>' for told in recipes)}</ul>"
    for name, figure in figures(evaluation):
        yield _figure(figure, f"{evaluation.metal}: {CAPTIONS[name]}")


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


def _paragraphs(sentences: Sequence[str]) -> str:
    return "".join(f"<p>{escape(sentence)}</p>" for sentence in sentences)


def _table(frame: pd.DataFrame) -> str:
    """Return a table as HTML, the rows of our model marked."""
    head = "".join(f"<th>{escape(str(name))}</th>" for name in frame.columns)
    lines = []
    for cells in frame.itertuples(index=False):
        ours = ' class="ours"' if {"anolyte", "SEIModel"} & {str(cell) for cell in cells} else ""
        lines.append(f"<tr{ours}>{''.join(f'<td>{_cell(cell)}</td>' for cell in cells)}</tr>")
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(lines)}</tbody></table>"


def _cell(value: object) -> str:
    return escape(cell(value, ".3f", missing="–"))


def _figure(figure: Figure, caption: str) -> str:
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png")
    data = base64.b64encode(buffer.getvalue()).decode()
    alt = escape(caption, quote=True)
    return f'<figure><img alt="{alt}" src="data:image/png;base64,{data}"></figure>'
