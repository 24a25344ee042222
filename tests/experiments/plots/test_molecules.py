"""Pictures of the molecules of a list."""

from __future__ import annotations

import pandas as pd
from anolyte.datasets.electrolytes.grammar import parse
from anolyte.experiments.plots.molecules import components, molecule_grid


def listed(*electrolytes: str) -> pd.DataFrame:
    ranks = range(1, len(electrolytes) + 1)
    frame = pd.DataFrame({"rank": ranks, "electrolyte": electrolytes})
    return frame.assign(ce_pct=99.1, ce_low=98.2, ce_high=99.6)


def told(text: str) -> list[str]:
    return [f"{compound}: {amount}" for compound, amount in components(parse(text))]


def test_components_are_told_with_their_amounts() -> None:
    assert told("1 M LiPF6 in EC/DMC (3:7 v/v) + 2 wt% VC") == [
        "LiPF6: 1 M",
        "EC: 3 parts v/v",
        "DMC: 7 parts v/v",
        "VC: 2 wt%",
    ]
    assert told("LiFSI/DME (1:1.2 mol/mol)") == ["LiFSI: 1 part mol/mol", "DME: 1.2 parts mol/mol"]
    assert told("? M NaPF6 in DME") == ["NaPF6: ? M", "DME: "]
    # A salt that is not known cannot be drawn.
    assert told("1 M ? in H2O") == ["H2O: "]


def test_one_picture_a_component() -> None:
    figure = molecule_grid(listed("1 M LiFSI in DME", "1 M LiPF6 in EC/DMC (1:1 v/v) + 2 wt% VC"))
    assert len(figure.axes) == 2 + 4
    written = [text.get_text() for text in figure.texts]
    assert "1   1 M LiFSI in DME   CE 99.10 % (98.20 to 99.60)" in written
    assert "VC\n2 wt%" in written
    # White paper with lines on it.
    picture = figure.axes[0].images[0].get_array()
    assert picture.min() < 0.5 < picture.max()


def test_no_more_than_asked_for() -> None:
    assert len(molecule_grid(listed(*["1 M LiFSI in DME"] * 4), most=3).axes) == 6


def test_what_cannot_be_read_is_a_line_of_text() -> None:
    figure = molecule_grid(listed("1 M LiFSI in MyOwnEther", "1 M LiFSI in DME"))
    assert len(figure.axes) == 2
    assert "MyOwnEther" in figure.texts[0].get_text()


def test_long_headings_fit() -> None:
    long = "1 M LiFSI in DME/DOL/TTE (1:1:1 v/v) + 2 wt% FEC + 1 wt% VC + 0.5 wt% LiNO3 + 2 wt% DTD"
    figure = molecule_grid(listed(long))
    figure.canvas.draw()
    assert figure.texts[0].get_window_extent().x1 < figure.bbox.x1
