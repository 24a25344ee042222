"""The vocabulary of SEI characters and species."""

from __future__ import annotations

import pytest
from anolyte.datasets import METALS, load_measurements
from anolyte.datasets.interphases.vocabulary import (
    SEI_COMPOSITIONS,
    SEI_FUNCTIONS,
    nearest_species,
    normalise_species,
    sei_vocabulary,
)


def test_words_are_unique() -> None:
    words: dict[str, str] = {}
    for name, species in sei_vocabulary().items():
        for word in (name, *species.aliases):
            assert words.setdefault(word.casefold(), name) == name, word


def test_nature_is_closed() -> None:
    assert {species.nature for species in sei_vocabulary().values()} == {
        "inorganic",
        "organic",
        "either",
    }


@pytest.mark.parametrize(
    ("written", "known"),
    [
        ("LiF; Li oxides;LiF", ["LiF", "Li2O"]),
        ("ROCOONa;Zn4SO4(OH)6.5H2O", ["ROCO2Na", "Zn4SO4(OH)6.xH2O"]),
        ("lif", ["LiF"]),
        ("", []),
    ],
)
def test_normalisation(written: str, known: list[str]) -> None:
    assert normalise_species(written) == (known, [])


def test_unknown_words_are_reported() -> None:
    assert normalise_species("LiF;unobtainium") == (["LiF"], ["unobtainium"])
    assert "LiF" in nearest_species("LiFF")


@pytest.mark.parametrize("metal", METALS)
def test_shipped_rows_use_the_vocabulary_and_keep_the_original(metal: str) -> None:
    rows = load_measurements(metal)
    assert set(rows["sei_composition"]) <= {"", *SEI_COMPOSITIONS}
    assert set(rows["sei_function"]) <= {"", *SEI_FUNCTIONS}
    for written, kept in zip(rows["sei_species_text"], rows["sei_species"], strict=True):
        known, unknown = normalise_species(written)
        assert unknown == []
        assert ";".join(known) == kept
