"""Drawings of compounds' structures. With `registry` what draws with RDKit."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from .registry import Compound

SIZE = (320, 220)
SMALL = (120, 84)


@lru_cache(maxsize=512)
def structure_png(compound: Compound, size: tuple[int, int] = SIZE) -> bytes:
    """Return the structure of a compound as a PNG picture.

    Parameters
    ----------
    compound
        A salt is drawn with all its ions.
    size
        Width and height in pixels.
    """
    from rdkit.Chem.Draw.rdMolDraw2D import MolDraw2DCairo

    # Small molecules are not blown up: all bonds are about as long.
    return bytes(_drawn(MolDraw2DCairo(*size), compound, fixedBondLength=45))


@lru_cache(maxsize=512)
def structure_svg(compound: Compound, size: tuple[int, int] = SMALL) -> str:
    """Return the structure of a compound as an SVG element, see `structure_png`."""
    from rdkit.Chem.Draw.rdMolDraw2D import MolDraw2DSVG

    text = str(_drawn(MolDraw2DSVG(*size), compound, clearBackground=False))
    return text[text.index("<svg") :]


def _drawn(canvas: Any, compound: Compound, **options: float) -> Any:
    """Return what a canvas of RDKit holds after a compound was drawn with some options."""
    from rdkit.Chem.Draw.rdMolDraw2D import PrepareAndDrawMolecule

    for name, value in {"padding": 0.08, **options}.items():
        setattr(canvas.drawOptions(), name, value)
    PrepareAndDrawMolecule(canvas, compound.mol)
    canvas.FinishDrawing()
    return canvas.GetDrawingText()
