"""Any text is an electrolyte that survives its own text, or a refusal: never another error.

The search for such texts at length is ``make fuzz``; what it finds is kept in REGRESSIONS.
"""

from __future__ import annotations

import time

import pytest
from anolyte.datasets.compounds.registry import (
    MAX_HEAVY_ATOMS,
    MAX_NAME_LENGTH,
    MAX_SMILES_LENGTH,
    canonical_smiles,
    shipped_compounds,
)
from anolyte.datasets.electrolytes.electrolyte import MAX_AMOUNT, MAX_COMPONENTS, MAX_LENGTH
from anolyte.datasets.electrolytes.grammar import parse
from anolyte.datasets.errors import FormulationError
from anolyte.datasets.measurements.table import load_measurements
from hypothesis import given, settings
from hypothesis import strategies as st

# A hang takes minutes; a busy machine takes a text of the worst shape well under a second.
HANG_SECONDS = 20

# Shapes that once took long, were misread, or might be.
REGRESSIONS = {
    "run of blanks": "1 M LiPF6" + " " * 3900 + "x",
    "blanks before a plus": "1 M LiPF6 in EC" + " " * 3900 + "+",
    "parts without end": "1 M LiPF6 in EC (" + "1:" * 1900,
    "parts with blanks": "1 M LiPF6 in EC " + "1 : " * 950,
    "colons around a digit": "1 M LiPF6 in EC (" + ": " * 900 + "1" + ": " * 900,
    "digits without end": "1 M LiPF6 in EC/DMC (" + "1" * 3900,
    "unknown names without end": "1 M LiPF6 in " + "/".join(["qq"] * 1300) + " (1:1 v/v)",
    "dashes without end": "1 M LiPF6 in " + "-".join(["EC"] * 1300),
    "open brackets": "1 M LiPF6 in " + "(" * 3900,
    "one sign that stands for eighteen": "1 M LiPF6 in " + "\ufdfa" * 3900,
    "additives without end": "1 M LiPF6 in EC " + "+ " * 1900,
    "exponents": "1 M LiPF6 in EC (" + "1e1:" * 900 + "1 v/v)",
    "nested brackets": "1 M LiPF6 in " + "([{" * 600 + "EC" + "}])" * 600,
    "blank in a structure": "1 M LiPF6 in {COC COC}",
    "name behind a structure": "1 M LiPF6 in {COC |$a$|}",
    "raised dot in a structure": "1 M {[Li+]·[F-]} in EC",
    "smallest number": "5e-324 M LiPF6 in EC",
    "amount beyond a float": "1e309 M LiPF6 in EC/DMC (1e309:1 v/v) + 1e309 wt% VC",
    "not a number": "nan M LiPF6 in EC/DMC (nan:inf v/v) + inf wt% VC",
    "reversed writing": "1 M LiPF6 in \u202eCE",
    "lone surrogate": "1 M LiPF6 in \ud800",
    "charge beyond an integer": "1 M LiPF6 in {[C+99999999999999999999]}",
    "isotope beyond an integer": "1 M LiPF6 in {[99999999999999999999C]}",
    "ring number beyond an integer": "1 M LiPF6 in {C%(99999999999)CC%(99999999999)}",
    "many rings": "1 M LiPF6 in {" + "C1CC1" * 29 + "}",
    "many parts": "1 M LiPF6 in {" + "C." * 149 + "C}",
    "hydrogen alone": "1 M LiPF6 in {" + "[H]" * 160 + "}",
    "large aromatic ring": "1 M LiPF6 in {c1" + "c" * 147 + "1}",
    "wildcard": "1 M LiPF6 in {C*}",
    "query": "1 M LiPF6 in {[#6]~[#7]}",
}


def assert_read_or_refused(text: str) -> None:
    try:
        electrolyte = parse(text)
    except FormulationError as error:
        refusal = error
    else:
        assert parse(str(electrolyte)) == electrolyte
        return
    assert refusal.faults
    assert all(fault.place and fault.reason and fault.remedy for fault in refusal.faults)
    assert len(str(refusal)) < 40_000


@pytest.mark.parametrize("shape", REGRESSIONS)
def test_odd_shape(shape: str) -> None:
    start = time.process_time()
    assert_read_or_refused(REGRESSIONS[shape])
    assert time.process_time() - start < HANG_SECONDS


SHIPPED = st.sampled_from(sorted(set(load_measurements("all")["electrolyte"])))
SIGNS = st.sampled_from(
    [
        *"0123456789?.,:;/+-–·()[]{}（）：%~<>=",
        " in ",
        " + ",
        " M ",
        "e309",
        "nan",
        "inf",
        "\n",
        "\0",
    ]
)


@st.composite
def slips(draw: st.DrawFn) -> str:
    """A real formulation after some slips: deletion, duplication, swap, nesting, insertion."""
    text = draw(SHIPPED)
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        end = draw(st.integers(start, min(len(text), start + 12)))
        part = text[start:end]
        new = draw(
            st.sampled_from(["", part[::-1], f"({part})", f"[{part}]", f"{{{part}}}"])
            | st.integers(2, 40).map(part.__mul__)
            | SIGNS
            | st.characters()
            | SHIPPED
        )
        text = text[:start] + new + text[end:]
    return text


@settings(max_examples=600)
@given(slips())
def test_slips_in_real_formulations(text: str) -> None:
    assert_read_or_refused(text)


ATOMS = st.sampled_from(
    [
        *"CNOFSPBcnosp()[]=#./\\@-+:%*$~123456789",
        *("Cl", "Br", "[Li+]", "[LI+]", "[Na+]", "[C@@H]", "[F-]", "[NH4+]", "[13C]", "[Xx]"),
        *("C1CC1", "c1ccccc1", "%10", "->", "|", " ", "\n", "é"),
    ]
)


@settings(max_examples=600)
@given(st.lists(ATOMS, max_size=30).map("".join) | st.text(max_size=40))
def test_any_structure_in_braces(smiles: str) -> None:
    assert_read_or_refused(f"1 M LiFSI in {{{smiles}}}")


@settings(max_examples=300)
@given(st.lists(ATOMS, max_size=40).map("".join))
def test_canonical_structure_is_a_fixed_point(smiles: str) -> None:
    try:
        canonical = canonical_smiles(smiles)
    except ValueError:
        return
    assert canonical_smiles(canonical) == canonical


def test_nothing_is_printed(capfd: pytest.CaptureFixture[str]) -> None:
    for text in REGRESSIONS.values():
        assert_read_or_refused(text)
    for smiles in ("C(", "c1cc", "[Li++++", "C[N](C)(C)(C)C", "F/C=C/F\\", "[nH]1cccc1C1"):
        assert_read_or_refused(f"1 M LiFSI in {{{smiles}}}")
    assert capfd.readouterr() == ("", "")


# --- the limits: at each of them a text is read, beyond it is refused with the limit


def named(components: int) -> str:
    solvents = [str(each) for each in shipped_compounds() if not each.is_salt][: components - 1]
    return f"1 M LiPF6 in {'/'.join(solvents)} ({':'.join('1' * len(solvents))} v/v)"


# Text at the limit, text beyond it, and the reason.
LIMITS = {
    "characters": (
        "1 M LiPF6 in EC".ljust(MAX_LENGTH),
        "1 M LiPF6 in EC".ljust(MAX_LENGTH + 1),
        f"over {MAX_LENGTH} characters",
    ),
    "components": (named(MAX_COMPONENTS), named(MAX_COMPONENTS + 1), "too many"),
    "amount": (
        f"{MAX_AMOUNT:.0f} M LiPF6 in EC",
        f"{MAX_AMOUNT + 1:.0f} M LiPF6 in EC",
        "not above 0 and up to",
    ),
    "heavy atoms": (
        f"1 M LiPF6 in {{{'C' * MAX_HEAVY_ATOMS}}}",
        f"1 M LiPF6 in {{{'C' * (MAX_HEAVY_ATOMS + 1)}}}",
        f"more than {MAX_HEAVY_ATOMS} heavy atoms",
    ),
    "characters of a structure": (
        f"1 M LiPF6 in {{{'C' * 8 + '[CH2]' * 98 + 'CC'}}}",
        f"1 M LiPF6 in {{{'C' * 8 + '[CH2]' * 98 + 'CCC'}}}",
        f"longer than {MAX_SMILES_LENGTH} characters",
    ),
}


@pytest.mark.parametrize("limit", LIMITS)
def test_limit(limit: str) -> None:
    within, beyond, reason = LIMITS[limit]
    electrolyte = parse(within)
    assert parse(str(electrolyte)) == electrolyte
    with pytest.raises(FormulationError) as caught:
        parse(beyond)
    assert reason in str(caught.value)


def test_name_beyond_the_limit_is_not_looked_up() -> None:
    for length, reason in (
        (MAX_NAME_LENGTH, "unknown compound"),
        (MAX_NAME_LENGTH + 1, "no compound name"),
    ):
        with pytest.raises(FormulationError, match=reason):
            parse(f"1 M LiPF6 in {'x' * length}")
