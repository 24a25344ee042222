"""Electrolyte as a value: what it refuses to hold, and its canonical text."""

from __future__ import annotations

import math

import pytest
from anolyte.datasets.compounds.registry import shipped_compounds
from anolyte.datasets.electrolytes.grammar import Dose, Electrolyte, Share, format_number, parse
from anolyte.datasets.errors import FormulationError
from hypothesis import given
from hypothesis import strategies as st

REGISTRY = shipped_compounds()
LIPF6, LIFSI, EC, DMC, DME, VC = (REGISTRY[n] for n in ["LiPF6", "LiFSI", "EC", "DMC", "DME", "VC"])
SALT = (Dose(1.0, "M", LIPF6),)
BASE = (Share(1.0, EC), Share(1.0, DMC))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "?"),
        (1.0, "1"),
        (1, "1"),
        (0.1, "0.1"),
        (1e-7, "0.0000001"),
        (1e6, "1000000"),
        (1 / 3, "0.3333333333333333"),
    ],
)
def test_numbers_are_written_short_and_positional(value: float | None, text: str) -> None:
    assert format_number(value) == text


@given(st.floats(1e-300, 1e9))
def test_written_number_reads_back_exactly(value: float) -> None:
    text = format_number(value)
    assert float(text) == value
    assert "e" not in text


@pytest.mark.parametrize(
    ("electrolyte", "text"),
    [
        (Electrolyte(SALT, (Share(1.0, EC),)), "1 M LiPF6 in EC"),
        (Electrolyte(SALT, BASE, "v/v"), "1 M LiPF6 in EC/DMC (1:1 v/v)"),
        (
            Electrolyte((Dose(None, "m", None),), (Share(None, EC), Share(None, DMC)), "w/w"),
            "? m ? in EC/DMC (? w/w)",
        ),
        (
            Electrolyte(
                (), (Share(1.0, LIFSI), Share(1.5, DME)), "mol/mol", (Dose(9.0, "ppm", VC),)
            ),
            "LiFSI/DME (1:1.5 mol/mol) + 9 ppm VC",
        ),
    ],
)
def test_canonical_text(electrolyte: Electrolyte, text: str) -> None:
    assert str(electrolyte) == text
    assert parse(text) == electrolyte


def test_equal_electrolytes_are_one_key() -> None:
    assert len({Electrolyte(SALT, BASE, "v/v"), parse("1.0 M LiPF6 in EC-DMC (1:1 vol)")}) == 1


def test_electrolyte_cannot_be_changed() -> None:
    electrolyte = Electrolyte(SALT, BASE, "v/v")
    with pytest.raises(AttributeError):
        electrolyte.ratio_kind = "w/w"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ((SALT, ()), "no solvent"),
        ((SALT, BASE), "a ratio goes with two or more components"),
        ((SALT, (Share(1.0, EC),), "v/v"), "a ratio goes with two or more components"),
        ((SALT, (Share(1.0, EC), Share(None, DMC)), "v/v"), "partly unknown"),
        ((SALT, (Share(None, EC),)), "partly unknown"),
        ((SALT, (Share(1.0, EC), Share(2.0, EC)), "v/v"), "named more than once"),
        (((*SALT, *SALT), BASE, "v/v"), "named more than once"),
        (((Dose(1.0, "M", None), Dose(2.0, "M", None)), BASE, "v/v"), "named more than once"),
        ((SALT, BASE, "v/v", (Dose(1.0, "wt%", None),)), "an additive has no name"),
        (((Dose(1.0, "wt%", LIPF6),), BASE, "v/v"), "a salt is given in M, mM, m or g/L"),
        (((Dose(0.0, "M", LIPF6),), BASE, "v/v"), "not above 0"),
        (((Dose(-1.0, "M", LIPF6),), BASE, "v/v"), "not above 0"),
        (((Dose(math.nan, "M", LIPF6),), BASE, "v/v"), "not above 0"),
        (((Dose(math.inf, "M", LIPF6),), BASE, "v/v"), "not above 0"),
        ((SALT, (Share(-1.0, EC), Share(1.0, DMC)), "v/v"), "not above 0"),
        ((SALT, BASE, "v/v", (Dose(100.0, "mol%", VC),)), "100 % or more"),
        ((SALT, BASE, "v/v", (Dose(1e6, "ppm", VC),)), "100 % or more"),
        (((), BASE, "w/w"), "no salt"),
        (((), (Share(1.0, LIFSI), Share(1.0, DME)), "v/v"), "a salt has no volume"),
    ],
)
def test_impossible_electrolyte_is_refused(arguments: tuple[object, ...], reason: str) -> None:
    with pytest.raises(FormulationError, match=reason):
        Electrolyte(*arguments)  # type: ignore[arg-type]


def test_all_faults_are_raised_together() -> None:
    with pytest.raises(FormulationError) as caught:
        Electrolyte((Dose(-1.0, "wt%", LIPF6),), (Share(1.0, EC), Share(1.0, EC)))
    assert len(caught.value.faults) == 4


def test_part_of_a_single_solvent_is_refused_or_survives_its_text() -> None:
    try:
        electrolyte = Electrolyte(SALT, (Share(2.0, EC),))
    except FormulationError:
        return
    assert parse(str(electrolyte)) == electrolyte


def test_largest_electrolyte_survives_its_text() -> None:
    names = sorted((c for c in REGISTRY if not c.is_salt), key=lambda c: -len(c.abbreviation))
    parts = tuple(Share(1.2345678901234567 + i, c) for i, c in enumerate(names[:19]))
    electrolyte = Electrolyte(SALT, parts, "v/v")
    assert parse(str(electrolyte)) == electrolyte
