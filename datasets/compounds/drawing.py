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
    from rdkit.Chem.Draw.rdMolDraw2D import MolDraw2DCairo, PrepareAndDrawMolecule

    canvas = MolDraw2DCairo(*size)
    # RDKit's stubs take the options for read-only.
    options: Any = canvas.drawOptions()
    options.padding = 0.08
    # Small molecules are not blown up: all bonds are about as long.
    options.fixedBondLength = 45
    PrepareAndDrawMolecule(canvas, compound.mol)
    canvas.FinishDrawing()
    return bytes(canvas.GetDrawingText())


@lru_cache(maxsize=512)
def structure_svg(compound: Compound, size: tuple[int, int] = SMALL) -> str:
    """Return the structure of a compound as an SVG element, see `structure_png`."""
    from rdkit.Chem.Draw.rdMolDraw2D import MolDraw2DSVG, PrepareAndDrawMolecule

    canvas = MolDraw2DSVG(*size)
    options: Any = canvas.drawOptions()
    options.clearBackground = False
    options.padding = 0.08
    PrepareAndDrawMolecule(canvas, compound.mol)
    canvas.FinishDrawing()
    text = str(canvas.GetDrawingText())
    return text[text.index("<svg") :]
