"""The words of formulations in print: units, kinds of ratios, and words that say no amount.

Only words that cannot change what is meant are passed over; all others are refused.
"""

from __future__ import annotations

import re
from typing import Literal

from .electrolyte import RatioKind, Unit

Role = Literal["in", "join", "with", "noise", "aqueous", "equal", "or", "vague"]

NUMBER = re.compile(r"(?:\d++(?:\.\d++)?|\.\d++)(?:[eE][-+]?\d++)?")
_PER = r"\s?(?:[\u00b7.*]\s?)?"
_MINUS = r"\s?\(?-\s?"
_LITRE = r"(?:[lL](?:it(?:er|re))?|dm3|dm\s3)"
_PER_LITRE = rf"(?:\s?/\s?{_LITRE}|{_PER}[lL]{_MINUS}1|{_PER}dm{_MINUS}3|\sper\s{_LITRE})"
_PER_KG = rf"(?:\s?/\s?[kK]g|{_PER}[kK]g{_MINUS}1|\sper\s(?:kg|kilogram))"
_VOLUME = r"(?:vol|v|volume|by\s(?:volume|vol))"
_BEHIND = r"(?![A-Za-z0-9])"
# In this order: what is longer comes first.
_PERCENTS = ("mol%", "wt%", "vol%", "%", "ppm")
_UNITS: tuple[tuple[Unit | Literal["%"], str], ...] = (
    ("M(solution)", r"M\s?\(solution\)"),
    ("mM", rf"mmol{_PER_LITRE}|millimolar{_BEHIND}"),
    ("M", rf"mol(?:es)?{_PER_LITRE}|molar{_BEHIND}"),
    ("m", rf"mol(?:es)?{_PER_KG}(?:\s(?:of\s)?(?:the\s)?solvents?)?|molal{_BEHIND}"),
    ("g/L", rf"(?:g{_PER_LITRE}|mg(?:\s?/\s?m[lL]|{_PER}m[lL]{_MINUS}1)|mg\sper\sm[lL])"),
    ("mol%", rf"mol(?:ar|es?)?[.\s-]{{0,2}}%|%\s?\(?(?:mol/mol|n/n|mol)\)?{_BEHIND}"),
    (
        "wt%",
        rf"(?:wt|w|mass|weight)[.\s-]{{0,2}}(?:%|percent)|%\s?\(?(?:w/w|wt/wt|m/m|wt){_BEHIND}\)?"
        rf"|(?:%|percent)\s?\(?by\s(?:weight|mass|wt){_BEHIND}\)?|w/w\s?%",
    ),
    (
        "vol%",
        rf"(?:volume|vol|v)[.\s-]{{0,2}}(?:%|percent)|%\s?\(?(?:v/v|vol/vol|vol){_BEHIND}\)?"
        rf"|(?:%|percent)\s?\(?by\s(?:volume|vol){_BEHIND}\)?|v/v\s?%",
    ),
    ("ppm", rf"ppm{_BEHIND}"),
    ("%", rf"%|percent{_BEHIND}"),
    ("mM", "mM"),
    ("M", "M"),
    ("m", "m"),
)
UNIT = re.compile(
    "|".join(
        f"(?P<u{at}>{f'(?i:{text})' if unit in _PERCENTS else text})"
        for at, (unit, text) in enumerate(_UNITS)
    )
)
SINGLE_LETTERS = ("mM", "M", "m")


def unit_of(found: re.Match[str]) -> Unit | Literal["%"]:
    """Return the unit that a match of `UNIT` means."""
    return _UNITS[int(str(found.lastgroup)[1:])][0]


_INTRO = r"(?:(?:by|in|as|the|a|an|at|with)\s)?(?:the\s|a\s)?"
_RATIO_OF = r"(?:[-\s]?(?:ratios?|fractions?|parts?))?(?:\s(?:of|was|is|being))?"


def _kind(words: str, single: str, plain: str) -> str:
    """Return the pattern of a kind: v/v, v:v:v, vol/vol, by volume, volume ratio of, vol%, v."""
    doubled = rf"(?:{single}|{plain})\.?(?:\s?[/:]\s?(?:{single}|{plain})\.?)+%?"
    named = rf"{_INTRO}(?:{words}){_RATIO_OF}"
    percent = rf"{_INTRO}(?:{plain}|{single}|{words})[.\s-]{{0,2}}%"
    return rf"{doubled}|{percent}|{named}|{_INTRO}(?:{plain})\.?{_RATIO_OF}|{single}"


_KINDS: tuple[tuple[RatioKind, str], ...] = (
    ("?/?", r"\?/\?"),
    ("v/v", _kind("volumes?|volumetric|vol", "[vV]", "[vV]ol")),
    (
        "w/w",
        _kind("weights?|masses|mass|gravimetric", "[wW]", "[wW]t|mass") + r"|m(?:/m)+|m(?::m)+|g/g",
    ),
    ("mol/mol", _kind("moles?|molar|mol", "n", "[mM]ol")),
)
# A single letter must stand alone; words may be in any case.
KIND = re.compile(
    "|".join(f"(?:(?P<k{at}>{text})){_BEHIND}" for at, (_, text) in enumerate(_KINDS)),
    re.IGNORECASE,
)


def kind_of(found: re.Match[str]) -> RatioKind:
    """Return the kind of ratio that a match of `KIND` means."""
    return _KINDS[int(str(found.lastgroup)[1:])][0]


_PHRASES: dict[Role, str] = {
    "in": "in into onto",
    "join": "and",
    "with": "with containing plus comprising including",
    "noise": """
        a an the of as at to by on is being
        dissolved dissolving solved solution solutions solvent solvents mixture mixtures mixed mix
        blend blended binary ternary quaternary co-solvent cosolvent co-solvents cosolvents
        salt salts additive additives electrolyte electrolytes ionic liquid anhydrous dry dried
        pure neat purified distilled deionized deionised ultrapure di milli-q battery-grade
        battery grade ratio addition added adding additional
        consisting consists composed comprised comprises made prepared formulated based
        dual-salt single-salt organic nonaqueous non-aqueous baseline commercial
    """,
    "aqueous": "aqueous aq aq.",
    "equal": "equal",
    "or": "or versus vs without",
    "vague": "saturated some trace traces small few little excess optimal optimized various",
}
WORDS: dict[str, Role] = {word: role for role, words in _PHRASES.items() for word in words.split()}
WORD = re.compile(r"[A-Za-z]+(?:-[A-Za-z]+)*")
