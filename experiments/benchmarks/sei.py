"""How right the SEI model is on publications it has not seen, and what more labels would give.

Run with ``python -m anolyte.experiments.benchmarks.sei [REPEATS]``. Identical folds for every
line; the rules know nothing of what the row's own publication told the decomposition table.
"""

from __future__ import annotations

import sys

from anolyte.datasets.measurements.overview import known_measurements
from anolyte.features.mixtures import as_mixtures
from anolyte.models.sei.labels import LabelledRows, labelled
from anolyte.models.sei.validation import learning_curve

from ..evaluation.evaluate_sei import evaluated_sei, sei_tables
from ..project import Project


def main() -> None:
    """Print the tables and the learning curve."""
    repeats = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    print(f"publications left out, {repeats} repeats")
    model = evaluated_sei(repeats)
    tables = sei_tables(model.evaluation_, model.reliability_)
    known = labelled(known_measurements(store=Project.here().data))
    rows = LabelledRows.from_measurements(known, as_mixtures(known, model.metal))
    tables["learning curve"] = learning_curve(rows, repeats=repeats)
    for title, table in tables.items():
        print(f"\n{title}\n{table.round(3).to_string(index=False)}")


if __name__ == "__main__":
    main()
