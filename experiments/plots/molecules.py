"""Pictures of what the electrolytes of a list are made of (no display needed)."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pandas as pd
from anolyte.datasets.compounds.drawing import SIZE, structure_png
from anolyte.datasets.compounds.registry import Compound
from anolyte.datasets.electrolytes.electrolyte import Dose, Electrolyte, Mixture, format_number
from anolyte.datasets.electrolytes.grammar import parse
from anolyte.datasets.errors import InputError
from matplotlib.figure import Figure

# Inches: a molecule, the line above a row, the names below the molecules.
_WIDTH, _HEIGHT = 1.9, 1.9 * SIZE[1] / SIZE[0]
_HEADING, _NAMES, _MARGIN = 0.34, 0.42, 0.12
_LEAST_ACROSS = 4


def components(electrolyte: Electrolyte) -> Iterator[tuple[Compound, str]]:
    """Yield each component of an electrolyte and its amount in words."""
    kind = electrolyte.ratio_kind
    named: list[tuple[Compound | Mixture | None, str]] = [
        *((dose.compound, _amount(dose)) for dose in electrolyte.salts),
        *(
            (s.compound, (kind and f"{format_number(s.part)} {_part(s.part)} {kind}") or "")
            for s in electrolyte.base
        ),
        *((dose.compound, _amount(dose)) for dose in electrolyte.additives),
    ]
    for component, amount in named:
        if isinstance(component, Mixture):
            yield from ((each, f"in {amount}") for each in component.compounds)
        elif component is not None:
            yield component, amount


def _amount(dose: Dose) -> str:
    return f"{format_number(dose.amount)} {dose.unit}"


def _part(value: float | None) -> str:
    return "part" if value == 1 else "parts"


def molecule_grid(frame: pd.DataFrame, most: int = 10) -> Figure:
    """Draw the molecules of the first electrolytes of a list, with names and amounts.

    Parameters
    ----------
    frame
        A ranked list: rank, electrolyte, ce_pct, ce_low and ce_high. An electrolyte that
        cannot be read here, such as one with the user's own compounds, is a line of text.
    most
        How many rows of it.
    """
    head = frame.head(most)
    rows = [(_heading(row), _readable(str(row["electrolyte"]))) for _, row in head.iterrows()]
    across = max([_LEAST_ACROSS, *(len(parts) for _, parts in rows)])
    heights = [_HEADING + bool(parts) * (_HEIGHT + _NAMES) for _, parts in rows]
    width, height = across * _WIDTH + 2 * _MARGIN, sum(heights) + 2 * _MARGIN
    figure = Figure(figsize=(width, height), dpi=120)
    top = height - _MARGIN
    for (heading, parts), used in zip(rows, heights, strict=True):
        middle = (top - _HEADING / 2) / height
        # As large as fits; a letter is about 0.65 of its size wide.
        size = min(9.0, 72 * width / (0.65 * len(heading)))
        figure.text(_MARGIN / width, middle, heading, fontsize=size, weight="bold", va="center")
        below = top - _HEADING - _HEIGHT
        for at, (compound, amount) in enumerate(parts):
            left = _MARGIN + at * _WIDTH
            _molecule(figure, compound, (left / width, below / height))
            name = f"{compound}\n{amount}"
            figure.text((left + _WIDTH / 2) / width, below / height, name, ha="center", va="top",
                        fontsize=8)  # fmt: skip
        top -= used
    return figure


def _heading(row: pd.Series) -> str:
    figures = f"CE {row['ce_pct']:.2f} % ({row['ce_low']:.2f} to {row['ce_high']:.2f})"
    return f"{row['rank']}   {row['electrolyte']}   {figures}"


def _readable(text: str) -> list[tuple[Compound, str]]:
    try:
        return list(components(parse(text)))
    except InputError:
        return []


def _molecule(figure: Figure, compound: Compound, place: tuple[float, float]) -> None:
    from matplotlib.image import imread

    width, height = figure.get_size_inches()
    axes = figure.add_axes((*place, _WIDTH / width, _HEIGHT / height))
    axes.imshow(imread(io.BytesIO(structure_png(compound)), format="png"))
    axes.set_axis_off()
