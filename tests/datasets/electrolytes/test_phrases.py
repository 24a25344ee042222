"""Pieces of text that remember where they stood."""

from __future__ import annotations

import re

import pytest
from anolyte.datasets.electrolytes.phrases import normalise
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("EC–DMC", "EC-DMC"),
        ("EC—DMC − x", "EC-DMC - x"),
        ("（１：１）", "(1:1)"),
        ("【EMIm】Cl", "[EMIm]Cl"),
        ("Zn(ClO4)2⋅6H2O", "Zn(ClO4)2·6H2O"),
        ("mol L⁻¹", "mol L-1"),
        ("a\u00a0b\u2009c\td\ne", "a b c d e"),
        ("Li\u200bPF\u00ad6", "LiPF6"),
        ("LiPF₆", "LiPF6"),
        ("  a  ", "a"),
        ("", ""),
        (" \u200b ", ""),
    ],
)
def test_odd_signs_become_plain(written: str, plain: str) -> None:
    assert normalise(written).text == plain


@given(st.text(max_size=60))
def test_each_character_remembers_its_place(text: str) -> None:
    phrase = normalise(text)
    assert len(phrase.text) == len(phrase.origin)
    assert list(phrase.origin) == sorted(phrase.origin)
    for character, index in zip(phrase.text, phrase.origin, strict=True):
        if text[index].isascii() and not text[index].isspace():
            assert character == text[index]


def test_split_spares_brackets_and_keeps_positions() -> None:
    pieces = normalise("EC/ {C/C=C/C} /Mg[B(a/b)]2").split("/")
    assert [piece.text for piece in pieces] == ["EC", "{C/C=C/C}", "Mg[B(a/b)]2"]
    assert [piece.position for piece in pieces] == [1, 5, 16]


def test_stray_closing_bracket_does_not_open_the_next_ones() -> None:
    pieces = normalise("a)b / (c/d)").split("/")
    assert [piece.text for piece in pieces] == ["a)b", "(c/d)"]


def test_partition_cuts_at_the_first_match_outside_of_brackets() -> None:
    before, after = normalise("1 M {a in b} IN c in d").partition(r"\s+in\s+")
    assert before is not None
    assert (before.text, after.text) == ("1 M {a in b}", "c in d")
    assert (before.position, after.position) == (1, 17)
    assert normalise("no separator").partition(r"\s+in\s+")[0] is None


def test_part_of_a_match_keeps_its_position() -> None:
    phrase = normalise("\u00a0\u00a0EC (1:1)")
    match = re.search(r"\((?P<ratio>.*)\)", phrase.text)
    assert match is not None
    assert phrase.part(match, "ratio").text == "1:1"
    assert phrase.part(match, "ratio").position == 7


@given(st.text(alphabet="([{)]}a/", max_size=30))
def test_unbalanced_brackets_lose_no_text(text: str) -> None:
    assert "".join(piece.text for piece in normalise(text).split("/")).replace("/", "") == (
        text.replace("/", "")
    )
