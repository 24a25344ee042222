"""Cells of tables as text."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from anolyte.experiments.cells import cell
from anolyte.experiments.cli.shared.console import print_table


@pytest.mark.parametrize(
    ("value", "number", "text"),
    [
        (99.126, ".2f", "99.13"),
        (np.float64(0.5), "+.3f", "+0.500"),
        (99.95, "", "99.95"),
        (3, ".2f", "3"),
        (np.nan, ".2f", "-"),
        (None, "", "-"),
        (pd.NA, "", "-"),
        (pd.NaT, "", "-"),
        ("nan", "", "nan"),
        ("[EMIm]Cl", ".2f", "[EMIm]Cl"),
        (["LiFSI", "DME"], "", "['LiFSI', 'DME']"),
    ],
)
def test_cell(value: object, number: str, text: str) -> None:
    assert cell(value, number) == text


def test_share_in_per_cent_and_the_dash_of_a_page() -> None:
    assert cell(0.907, ".0%") == "91%"
    assert cell(float("nan"), ".3f", missing="–") == "–"


def test_printed_table(capsys: pytest.CaptureFixture[str]) -> None:
    frame = pd.DataFrame(
        {"electrolyte": ["AlCl3/[EMIm]Cl (1.5:1 mol/mol)", "1 M LiFSI in DME"],
         "ce_pct": [99.5, np.nan], "rows": [12, 3]}
    )  # fmt: skip
    print_table(frame, "Two rows", ".2f")
    lines = [line.split("  ") for line in capsys.readouterr().out.splitlines() if line.strip()]
    words = [[word.strip() for word in line if word.strip()] for line in lines]
    assert words[0] == ["Two rows"]
    assert ["AlCl3/[EMIm]Cl (1.5:1 mol/mol)", "99.50", "12"] in words
    assert ["1 M LiFSI in DME", "-", "3"] in words
