"""Pictures of structures."""

from __future__ import annotations

import struct

from anolyte.datasets.compounds.drawing import SIZE, structure_png, structure_svg
from anolyte.datasets.compounds.registry import shipped_compounds


def test_picture_has_the_size_asked_for() -> None:
    ether = shipped_compounds()["DME"]
    for size in (SIZE, (200, 100)):
        picture = structure_png(ether, size)
        assert picture.startswith(b"\x89PNG")
        assert struct.unpack(">II", picture[16:24]) == size


def test_other_compounds_look_different() -> None:
    registry = shipped_compounds()
    pictures = {structure_png(registry[name]) for name in ("DME", "DEE", "LiFSI", "LiPF6", "FEC")}
    assert len(pictures) == 5


def test_vector_picture_is_one_element() -> None:
    picture = structure_svg(shipped_compounds()["LiFSI"])
    assert picture.startswith("<svg")
    assert picture.rstrip().endswith("</svg>")


def test_every_shipped_compound_can_be_drawn() -> None:
    for compound in shipped_compounds():
        assert len(structure_png(compound)) > 300, compound
