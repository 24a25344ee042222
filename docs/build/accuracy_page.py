"""The kept accuracy of the models, and the page of the documentation that shows it.

    anolyte evaluate --metal all --splits leave-source-out,later-literature --json |
        python docs/build/accuracy_page.py FILE.json

keeps what an evaluation found, with its date, version and data; every figure of accuracy in
the documentation comes from that file.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from textwrap import indent
from typing import Any

from anolyte.datasets.compounds.metals import as_metal
from anolyte.datasets.files.atomic import write_bytes
from anolyte.datasets.measurements.lce import NOISE_BETWEEN_SOURCES
from anolyte.datasets.measurements.splits import LATER
from anolyte.datasets.measurements.table import efficiencies, load_measurements
from anolyte.experiments.cells import cell
from anolyte.experiments.evaluation.evaluate import HEADLINE
from anolyte.experiments.tracking.run_record import common_tags
from anolyte.experiments.training.train import digest
from anolyte.models.efficiency.metrics import BASELINE, OURS

SCHEMA_VERSION = 1
COMMAND = "anolyte evaluate --metal all --splits leave-source-out,later-literature --json"
PACKAGES = ("anolyte", "numpy", "scikit-learn", "rdkit", "xgboost")
DIGITS = 4
COLUMNS = {
    "model": "model",
    "rmse": "RMSE",
    "mae": "MAE",
    "skill": "skill",
    "explained": "explained",
    "spearman": "Spearman",
    "precision_top10": "best tenth found",
    "coverage_90": "90 % interval covers",
    "coverage_90_by_source": "by source",
    "width_90": "its width",
}
OUR_SEI = "SEIModel"
PERCENT = ("precision_top10", "explained", "coverage_90", "coverage_90_by_source")
READING = (
    "Errors are in LCE = -log10(1 - CE/100), where 1 is 90 %, 2 is 99 % and 3 is 99.9 %; reports "
    f"of one electrolyte in two sources scatter by {NOISE_BETWEEN_SOURCES:g} each. *Skill* is the "
    "RMSE over that of predicting the metal's mean: below 1 is better than the mean. *Explained* "
    "is the share of the variance beyond that scatter which the model explains. *Best tenth "
    "found* is the share of the predicted best tenth that is among the measured best tenth."
)


def keep(found: Mapping[str, Any], made: datetime) -> dict[str, Any]:
    """Return what is kept of an evaluation: its figures, rounded, and where they come from.

    Parameters
    ----------
    found
        What ``anolyte evaluate --json`` printed.
    made
        When.
    """
    return {
        "schema_version": SCHEMA_VERSION,
        "command": COMMAND,
        "date": made.strftime("%Y-%m-%d"),
        "commit": common_tags("all", "evaluation").get("commit", ""),
        "packages": {name: version(name) for name in PACKAGES},
        **_rounded({"efficiency": found["efficiency"], "sei": found["sei"]}),
    }


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, DIGITS)
    if isinstance(value, Mapping):
        return {key: _rounded(each) for key, each in value.items()}
    return [_rounded(each) for each in value] if isinstance(value, list) else value


def read_kept(path: Path) -> dict[str, Any]:
    """Return the kept evaluation of a file.

    Raises
    ------
    ValueError
        If it is of another schema.
    """
    kept: dict[str, Any] = json.loads(path.read_text("utf-8"))
    if kept.get("schema_version") != SCHEMA_VERSION:
        raise ValueError(f"{path} is no kept evaluation of schema {SCHEMA_VERSION}")
    return kept


def changed_since(kept: Mapping[str, Any]) -> list[str]:
    """Return the metals whose shipped rows are not those that were evaluated."""
    return [
        metal
        for metal, one in kept["efficiency"].items()
        if digest(efficiencies(load_measurements(as_metal(metal)))) != one["data_sha256"]
    ]


def provenance(kept: Mapping[str, Any]) -> str:
    """Return when, with what and on what an evaluation was made, as Markdown."""
    packages = ", ".join(f"{name} {number}" for name, number in kept["packages"].items())
    commit = f", commit `{kept['commit'][:12]}`" if kept["commit"] else ""
    changed = changed_since(kept)
    state = (
        f"**The rows of {', '.join(changed)} have changed since.**"
        if changed
        else "The shipped rows are those that were evaluated."
    )
    return (
        f"Measured on {kept['date']} by `{kept['command']}` with {packages}{commit}. {state} "
        "All figures: [evaluation.json](evaluation.json)."
    )


def headline_table(kept: Mapping[str, Any]) -> str:
    """Return every metal on later literature and with sources left out, as one Markdown table."""
    head = ("metal", "rows", "sources",
            "later literature: RMSE", f"RMSE of a {BASELINE}", "Spearman",
            "90 % interval covers of sources",
            "sources left out: RMSE", "skill", "Spearman", "covers")  # fmt: skip
    rows = []
    for metal, one in kept["efficiency"].items():
        later, left = _models(one, LATER), _models(one, HEADLINE)
        new, ours = later.get(OURS, {}), left.get(OURS, {})
        figures = [
            _cell("rmse", new.get("rmse")),
            _cell("rmse", later.get(BASELINE, {}).get("rmse")),
            _cell("spearman", new.get("spearman")),
            _cell("coverage_90_by_source", new.get("coverage_90_by_source")),
            _cell("rmse", ours.get("rmse")),
            "prior only" if one["prior_only"] else _cell("skill", ours.get("skill")),
            _cell("spearman", ours.get("spearman")),
            _cell("coverage_90_by_source", ours.get("coverage_90_by_source")),
        ]
        rows.append([metal, one["measurements"], one["sources"], *figures])
    return table(head, rows)


def accuracy_page(kept: Mapping[str, Any]) -> str:
    """Return the page of all figures as Markdown."""
    lines = ["# Accuracy", "", READING, "", provenance(kept), ""]
    lines += [
        "## All metals",
        "",
        "Learned up to a year and judged after it, and whole sources held out:",
        "",
        headline_table(kept),
        "",
    ]
    for metal, one in kept["efficiency"].items():
        lines += [f"## {metal}", "", *_metal(one)]
    lines += ["## SEI", "", "Whole publications held out. Better: a lower log loss, higher shares."]
    for title, rows in kept["sei"].items():
        names = list(rows[0])
        lines += [
            "",
            f"**{title}**",
            "",
            table(names, [[_cell(*each) for each in row.items()] for row in rows]),
        ]
    return "\n".join([*lines, ""])


def _metal(one: Mapping[str, Any]) -> Iterator[str]:
    """Yield the splits of one metal."""
    yield f"{one['measurements']} measurements from {one['sources']} sources."
    if one["prior_only"]:
        yield "Too few to choose a model by: every prediction is the metal's mean."
    yield ""
    for split in dict.fromkeys(row["split"] for row in one["accuracy"]):
        rows = [
            [_cell(column, row.get(column)) for column in COLUMNS]
            for row in _models(one, split).values()
        ]
        found = table(tuple(COLUMNS.values()), rows)
        if one["recipes"].get(split):
            shares = one["recipes"][split].items()
            told = ", ".join(f"{name} {share:.0%}" for name, share in shares)
            found += f"\n\nRecipes, by the measurements that each predicted: {told}."
        yield from (f'=== "{split}"', "", indent(found, "    "), "")
    for split, reason in one["skipped"].items():
        yield from (f"Left out: {split} ({reason}).", "")


def _models(one: Mapping[str, Any], split: str) -> dict[str, Mapping[str, Any]]:
    """Return the rows of a split by model."""
    return {row["model"]: row for row in one["accuracy"] if row["split"] == split}


def _cell(column: str, value: object) -> str:
    told = cell(value, ".0%" if column in PERCENT else ".2f", missing="–")
    return f"**{told}**" if told in (OURS, OUR_SEI) else told


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Return a Markdown table."""
    lines = [list(head), ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(str, cells))} |" for cells in lines)


def main() -> None:
    """Keep the evaluation that comes on standard input in the file named first."""
    if len(sys.argv) != 2:
        sys.exit(f"usage: {COMMAND} | python docs/build/accuracy_page.py FILE.json")
    kept = keep(json.load(sys.stdin), datetime.now(UTC))
    text = json.dumps(kept, indent=1, ensure_ascii=False) + "\n"
    write_bytes(text.encode(), Path(sys.argv[1]))


if __name__ == "__main__":
    main()
