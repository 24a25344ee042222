"""The kept accuracy of further properties, as tables of the documentation.

    anolyte evaluate --property conductivity --metal Li --json |
        python docs/build/property_page.py docs/properties.json

keeps what an evaluation found beside what is kept of others.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from accuracy_page import table
from anolyte.datasets.files.atomic import write_bytes
from anolyte.experiments.cells import cell

SHARES = ("predicted", "relative", "relative_25C", "relative_25C_carbonates_ethers",
          "coverage_90", "coverage_90_by_source")  # fmt: skip
COLUMNS = {
    "split": "held out",
    "model": "model",
    "predicted": "inside",
    "rmse": "RMSE",
    "mae": "MAE",
    "relative": "median relative error",
    "relative_25C": "at 25 °C",
    "relative_25C_carbonates_ethers": "carbonates and ethers at 25 °C",
    "coverage_90": "90 % interval covers",
    "coverage_90_by_source": "by source",
}
DIGITS = 4


def keep(found: Mapping[str, Any], kept: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is kept with the accuracy of what ``anolyte evaluate --json`` printed."""
    fresh = {name: dict(metals) for name, metals in kept.items()}
    for name, metals in found.items():
        for metal, one in metals.items():
            rows = [
                {key: round(v, DIGITS) if isinstance(v, float) else v for key, v in row.items()}
                for row in one["accuracy"]
            ]
            fresh.setdefault(name, {})[metal] = rows
    return fresh


def property_tables(kept: Mapping[str, Any]) -> str:
    """Return the accuracy of each property and metal as Markdown."""
    parts = []
    for name, metals in kept.items():
        for metal, rows in metals.items():
            columns = [each for each in COLUMNS if any(row.get(each) is not None for row in rows)]
            cells = [
                [
                    cell(row.get(each), ".0%" if each in SHARES else ".3f", missing="–")
                    for each in columns
                ]
                for row in rows
            ]
            parts += [f"**{name}, {metal}**", table([COLUMNS[each] for each in columns], cells)]
    return "\n\n".join(parts)


def main() -> None:
    """Keep the evaluation that comes on standard input in the file named first."""
    if len(sys.argv) != 2:
        sys.exit("usage: anolyte evaluate --property NAME --json | property_page.py FILE.json")
    path = Path(sys.argv[1])
    kept = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    text = json.dumps(keep(json.load(sys.stdin), kept), indent=1, ensure_ascii=False) + "\n"
    write_bytes(text.encode(), path)


if __name__ == "__main__":
    main()
