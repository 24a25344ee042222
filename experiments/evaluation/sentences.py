"""What the figures of an evaluation mean, in plain sentences."""

from __future__ import annotations

import math

from anolyte.datasets.measurements.lce import (
    NOISE_BETWEEN_SOURCES,
    explained_share,
    log_coulombic_efficiency,
)
from anolyte.datasets.measurements.splits import LATER, NEW_COMPOUND
from anolyte.models.efficiency.metrics import BASELINE, CONSTANT, OURS
from anolyte.models.efficiency.validation import SplitResult

from .evaluate import HEADLINE, TRANSFERRED, Evaluation

# What a reader must know of a split to read its figure.
MEANS = {
    "random": "Rows of one source stand on both sides here: not the figure to quote.",
    LATER: "Learned from what was published up to a year, judged on what came after it.",
    NEW_COMPOUND: "Judged on solvents and additives new to a laboratory known by other rows.",
}
# Errors within this share of each other are called alike.
ALIKE = 0.02


def headline(evaluation: Evaluation) -> list[str]:
    """Return what leave-source-out says: error, gain over baselines, ranking, intervals."""
    metal, result = evaluation.metal, evaluation.splits.get(HEADLINE)
    if evaluation.prior_only:
        sources = evaluation.measurements["source"].nunique()
        told = [
            f"prior only: {sources} sources are too few to learn from some and be judged on "
            f"others; every prediction is the mean of {metal}, with its spread."
        ]
        return told if result is None else [*told, _intervals(result)]
    if result is None:
        return []
    return [
        _error(evaluation, result),
        _against(result, metal),
        _ranking(result),
        _intervals(result),
    ]


def _error(evaluation: Evaluation, result: SplitResult) -> str:
    rmse = float(result.table["rmse"][OURS])
    measured = log_coulombic_efficiency(evaluation.measurements["ce_pct"])
    share = explained_share(measured, result.held_out["predicted"])
    told = (
        f"On sources not seen, predictions are off by {rmse:.2f} LCE (RMSE): the loss "
        f"(100 % minus CE) is off by a factor of {10**rmse:.1f}. Reports of one electrolyte in "
        f"two sources scatter by {NOISE_BETWEEN_SOURCES:g} each, so nothing can be better than "
        "that"
    )
    if math.isnan(share):
        return f"{told}; the measurements themselves scatter no more."
    return f"{told}; of the variance beyond it the model explains {max(share, 0.0):.0%}."


def _against(result: SplitResult, metal: str) -> str:
    rmse = result.table["rmse"]
    parts = [
        f"{_relation(float(rmse[OURS] / rmse[other]))} {name}"
        for other, name in ((CONSTANT, f"the mean of {metal}"), (BASELINE, f"the {BASELINE}"))
        if other in rmse
    ]
    return f"The error is {' and '.join(parts)}."


def _relation(ratio: float) -> str:
    if abs(ratio - 1) < ALIKE:
        return "about that of"
    return f"{abs(1 - ratio):.0%} {'smaller' if ratio < 1 else 'larger'} than that of"


def _ranking(result: SplitResult) -> str:
    ours = result.table.loc[OURS].astype(float).to_dict()
    chance = float(result.table["precision_top10"][CONSTANT])
    if math.isnan(ours["spearman"]):
        return "It ranks nothing: all predictions are alike."
    return (
        f"As a ranking: Spearman {ours['spearman']:.2f}; of the predicted best tenth, "
        f"{ours['precision_top10']:.0%} are among the measured best tenth ({chance:.0%} by chance)."
    )


def _intervals(result: SplitResult) -> str:
    covered = float(result.table["coverage_90"][OURS])
    rows = len(result.held_out)
    # Two standard deviations of a share of 90 % among so many rows.
    margin = 2 * math.sqrt(0.9 * 0.1 / rows)
    verdict = (
        "as promised"
        if abs(covered - 0.9) <= margin
        else "fewer than promised: read them as wider"
        if covered < 0.9
        else "more than promised: they are cautious"
    )
    return f"The 90 % intervals hold {covered:.0%} of the {rows} held-out measurements, {verdict}."


def comparison(evaluation: Evaluation) -> list[str]:
    """Return how the other splits differ from the headline, and what that says."""
    told: list[str] = []
    head = evaluation.splits.get(HEADLINE)
    for name, result in evaluation.splits.items():
        if name == HEADLINE or (name != TRANSFERRED and head is None):
            continue
        told.append(_transfer(result) if name == TRANSFERRED else _split(name, result, head))
    return told


def _split(name: str, result: SplitResult, head: SplitResult | None) -> str:
    rmse = float(result.table["rmse"][OURS])
    ratio = rmse / float(head.table["rmse"][OURS]) if head is not None else 1.0
    told = f"{name}: {rmse:.2f} LCE, {_relation(ratio)} leave-source-out."
    told += f" {MEANS[name]}" if name in MEANS else ""
    if float(result.table["skill"][OURS]) > 1 - ALIKE:
        told += " Here the model is no better than the mean."
    return told


def _transfer(result: SplitResult) -> str:
    ours = result.table.loc[OURS].astype(float).to_dict()
    rank = ours["spearman"]
    order = "no order" if math.isnan(rank) else f"Spearman {rank:.2f}"
    return (
        f"{TRANSFERRED}: trained on the other metals alone, {ours['rmse']:.2f} LCE and {order}. "
        "The level of a metal cannot be known from others; the order may be."
    )


def chosen(evaluation: Evaluation) -> list[str]:
    """Return which recipe predicted which share of the held-out measurements, by split."""
    return [
        f"{name}: " + ", ".join(f"{recipe} {share:.0%}" for recipe, share in result.recipes.items())
        for name, result in evaluation.splits.items()
        if result.recipes
    ]
