"""How right the SEI model is on publications it has not seen, beside its baselines.

Run with ``python -m anolyte.experiments.benchmarks.sei [REPEATS]``. Identical folds for every
line; the rules know nothing of what the row's own publication told the decomposition table.
"""

from __future__ import annotations

import sys

from ..evaluation.evaluate_sei import evaluate_sei, sei_tables


def main() -> None:
    """Print the tables."""
    repeats = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    print(f"publications left out, {repeats} repeats")
    for title, table in sei_tables(evaluate_sei(repeats)).items():
        print(f"\n{title}\n{table.round(3).to_string(index=False)}")


if __name__ == "__main__":
    main()
