"""Names of salts and ionic liquids read as cation and anion: EMIM-TFSI, [C4mim][NTf2], LiTFSA.

A name is an alternative spelling of a cation, then of an anion; their charges say how many of
each there are. Brackets, blanks and dashes are no part of a spelling. Gives SMILES; which
compound that is, the registry knows.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from math import gcd

from .ion_spellings import ALKYLS, ANIONS, METAL_IONS, Anion
from .names import MAX_NAME_LENGTH, is_boundary

_ALKYL = "|".join(sorted(ALKYLS, key=lambda name: -len(name)))
# Groups with their SMILES, written so that the last atom is bound.
_SPECIALS = {
    "allyl": "C=CC",
    "benzyl": "c1ccccc1C",
    "2?hydroxyethyl": "OCC",
    "2?methoxyethyl": "COCC",
}
_SPECIAL = "|".join(_SPECIALS)
_GROUPS = f"{_ALKYL}|{_SPECIAL}"
_BEGINNING = _GROUPS.replace("2?", "(?:2-?)?")
_GROUP = rf"(?>{_ALKYL}|(?:(?:di|tri|tetra)n?|n|2)?(?:{_ALKYL}|2?methoxyethyl))"
# Abbreviation (case does not count), with the numbers of carbons or one of the names below.
_CATION = re.compile(
    rf"""(?P<mim>c(?P<c_mim>\d\d?)(?:c?1)?mim|(?P<l_mim>[ebhop])mim|(?P<l_mi>[eb])mi(?!m))
    |(?P<pyr>(?:pyrr?|py|p)1,?(?P<n_pyr>[1-8])(?!\d)|pyrr?2,?(?P<n_pyr2>4)(?!\d)
        |c(?P<c_pyr>\d)mpyrr?|(?P<l_pyr>[ebp])mpyrr?)
    |(?P<pip>(?:pp|pip)1,?(?P<n_pip>[1-8])(?!\d)|c(?P<c_pip>\d)mpip)
    |(?P<deme>deme|n122,?2?o1|n1,?2,?2,?2o1)
    |(?P<onium>[np])(?P<four>6,?6,?6,?14|[1-8],?[1-8],?[1-8],?[1-8])(?!\d)
    |(?P<quat>tea|tba|tma)(?=bf4|pf6|clo4|otf|tfsi|ntf2)
    |1?(?P<im123>{_GROUPS})2,?3dimethylimidazolium
    |(?:1,?3)?(?P<im13>di(?:{_ALKYL}))imidazolium
    |(?:1|3|n)?,?n?(?P<im1>{_ALKYL})[13]?(?P<im3>{_ALKYL})imidazolium
    |1?(?P<im1s>{_SPECIAL})3?methylimidazolium
    |(?:1|n)?,?n?(?P<ring_s>{_SPECIAL})(?:1|n)?methyl(?P<ring_of>pyrrolidinium|piperidinium)
    |[4n]?(?P<mo1>{_ALKYL})[4n]?(?P<mo2>{_ALKYL})morpholinium
    |(?:1|n)?n?(?P<pic>{_ALKYL})(?P<pic_at>[34])methylpyridinium
    |(?P<chol>choline|cholinium)
    |(?:1|n)?,?n?(?P<r1>{_ALKYL})(?:1|n)?,?n?(?P<r2>{_ALKYL})(?P<ring>pyrrolidinium|piperidinium)
    |(?:1|n)?n?(?P<py>{_ALKYL})pyridinium
    |(?P<groups>(?:[\dn,]{{0,6}}+{_GROUP}){{1,4}}+)(?P<centre>ammonium|phosphonium|sulfonium)""",
    re.IGNORECASE | re.VERBOSE,
)
_SYMBOLS = "|".join(symbol for symbol, _, _ in METAL_IONS)
_METAL_WORDS = "|".join(word for _, _, word in METAL_IONS)
# A quick look whether a salt or ionic liquid may begin here.
_START = re.compile(
    rf"(?P<salt>\(NH4|\[?(?:{_SYMBOLS}))|(?i:(?P<name>{_METAL_WORDS})"
    rf"|\[{{0,2}}(?:(?:1,?3|1|3|4|n,?)?-?\(?(?:di|tri|tetra)?(?:{_BEGINNING})|cholin"
    r"|[ebhop]mi|[eb]mpy|c\d|p[yip\d]|n\d|n,n|deme|tea|tba|tma|(?:di|tri|tetra)))"
)
_LETTERS = {"e": 2, "b": 4, "h": 6, "o": 8, "p": 3}
_QUATS = {"tea": 2, "tba": 4, "tma": 1}
_BRACKETS = "[]()"
_MULTIPLE = r"(?:bis|di|tris|tri)?"


@dataclass(frozen=True, slots=True)
class IonicName:
    """A salt or ionic liquid that was named by its ions."""

    end: int
    smiles: str
    abbreviation: str


def ionic_name(text: str, start: int) -> IonicName | None:
    """Read the name of a salt or ionic liquid that begins at `start`, or return None."""
    begins = _START.match(text, start)
    if begins is None:
        return None
    ways = (
        (_BRACKETS, _salt_formula if begins["salt"] else None),
        (_BRACKETS + " -\u00b7", _salt_name if begins["name"] else None),
        (_BRACKETS + " -\u00b7", None if begins["salt"] else _ionic_liquid),
    )
    for dropped, read in ways:
        if read is None:
            continue
        last = min(len(text), start + MAX_NAME_LENGTH)
        places = [at for at in range(start, last) if text[at] not in dropped]
        found = read("".join(text[at] for at in places)) if places else None
        if found is not None:
            length, smiles, abbreviation = found
            end = _closed(text, start, places[length - 1] + 1)
            if end and is_boundary(text, end):
                return IonicName(end, smiles, abbreviation)
    return None


def _closed(text: str, start: int, end: int) -> int:
    """Return the end of the name once its brackets are closed; 0 where they do not match."""
    for opening, closing in ("()", "[]", "()"):
        while text.count(opening, start, end) > text.count(closing, start, end):
            if end >= len(text) or text[end] not in ")]0123456789":
                return 0
            end += 1
    balanced = all(
        text.count(opening, start, end) == text.count(closing, start, end)
        for opening, closing in ("()", "[]")
    )
    return end if balanced else 0


Read = tuple[int, str, str]


def _salt_formula(plain: str) -> Read | None:
    found = _patterns()[0].match(plain)
    if found is None:
        return None
    metal, charge = next((m, c) for m, c, _ in METAL_IONS if m == found["cation"])
    anion = _anion(found)
    cations, anions = _counts(charge, anion[1])
    if int(found["cations"] or 1) != cations:
        return None
    if int(found["anions"] or 1) == anions:
        return found.end(), *_salt(metal, cations, anion, anions)
    # The digit behind it may be the next amount: `LiNO3(2 wt%)`.
    return (found.start("anions"), *_salt(metal, cations, anion, anions)) if anions == 1 else None


def _salt_name(plain: str) -> Read | None:
    found = _patterns()[1].match(plain)
    if found is None:
        return None
    metal, charge = next(
        (m, c) for m, c, word in METAL_IONS if re.match(word, found["cation"], re.I)
    )
    anion = _anion(found)
    cations, anions = _counts(charge, anion[1])
    return found.end(), *_salt(metal, cations, anion, anions)


def _salt(metal: str, cations: int, anion: Anion, anions: int) -> tuple[str, str]:
    """Return the SMILES and the formula of a salt."""
    charge = next(charge for symbol, charge, _ in METAL_IONS if symbol == metal)
    ion = "[NH4+]" if metal == "NH4" else f"[{metal}+{charge if charge > 1 else ''}]"
    smiles = ".".join([ion] * cations + [anion[0]] * anions)
    return smiles, _formula(metal, cations, anion[2], anions)


def _formula(cation: str, cations: int, anion: str, anions: int) -> str:
    if cation == "NH4" and cations > 1:
        cation = "(NH4)"
    simple = re.fullmatch("[A-Z][a-z]?", anion)
    last = anion if anions == 1 else f"{anion}{anions}" if simple else f"({anion}){anions}"
    return f"{cation}{cations if cations > 1 else ''}{last}"


def _ionic_liquid(plain: str) -> Read | None:
    cation = _CATION.match(plain)
    if cation is None:
        return None
    anion = _patterns()[2].match(plain, cation.end())
    smiles = _cation_smiles(cation)
    if anion is None or not smiles:
        return None
    drawn, charge, name, *_ = _anion(anion)
    if charge != 1:
        return None
    # A cation without a short name is written as its structure.
    short = f"[{smiles[1]}][{name}]" if smiles[1] else ""
    return anion.end(), f"{smiles[0]}.{drawn}", short


def _counts(cation: int, anion: int) -> tuple[int, int]:
    shared = gcd(cation, anion)
    return anion // shared, cation // shared


def _anion(found: re.Match[str]) -> Anion:
    return next(
        anion
        for number, anion in enumerate(ANIONS)
        if found.groupdict().get(f"f{number}") or found.groupdict().get(f"w{number}")
    )


@lru_cache(maxsize=1)
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """Return the patterns of a salt's formula, of a salt's name, of the anion of a liquid."""

    def longest_first(spellings: list[str], mark: str) -> str:
        options = sorted(enumerate(spellings), key=lambda each: -max(map(len, each[1].split("|"))))
        return "|".join(f"(?P<{mark}{number}>{option})" for number, option in options)

    formulas = longest_first([anion[3] for anion in ANIONS], "f")
    words = longest_first([anion[4] for anion in ANIONS], "w")
    return (
        re.compile(rf"(?P<cation>{_SYMBOLS})(?P<cations>[23]?)-?(?:{formulas})(?P<anions>[2-4]?)"),
        re.compile(rf"(?P<cation>{_METAL_WORDS}){_MULTIPLE}(?:{words})", re.IGNORECASE),
        re.compile(rf"(?:{words}|(?-i:{formulas}))", re.IGNORECASE),
    )


def _chain(carbons: int) -> str:
    return "C" * carbons


def _cation_smiles(found: re.Match[str]) -> tuple[str, str] | None:
    """Return the SMILES of a cation and its spelling in a canonical name."""
    got = {name: text.lower() for name, text in found.groupdict().items() if text}
    return next(read(got) for name, read in _CATIONS.items() if name in got)


Got = dict[str, str]
Cation = tuple[str, str] | None


def _by_letters(got: Got) -> Cation:
    letter = got.get("l_mim") or got.get("l_mi")
    return _imidazolium(_LETTERS[letter] if letter else int(got["c_mim"]), 1)


def _pyrrolidinium(got: Got) -> Cation:
    number = got.get("n_pyr") or got.get("n_pyr2") or got.get("c_pyr")
    long = int(number) if number else _LETTERS[got["l_pyr"]]
    return _ring("Pyr", 4, 2 if "n_pyr2" in got else 1, long)


def _named_ring(got: Got) -> Cation:
    kind, size = ("Pyr", 4) if got["ring"].startswith("pyr") else ("PP", 5)
    return _ring(kind, size, *sorted((ALKYLS[got["r1"]], ALKYLS[got["r2"]])))


def _pyridinium(got: Got) -> Cation:
    carbons = ALKYLS[got["py"]]
    return f"{_chain(carbons)}[n+]1ccccc1", f"C{carbons}py"


def _by_digits(got: Got) -> Cation:
    digits = got["four"].replace(",", "")
    sizes = [6, 6, 6, 14] if digits == "66614" else [int(digit) for digit in digits]
    return _onium(got["onium"].upper(), sizes)


_DEME = ("CC[N+](C)(CC)CCOC", "DEME")


def _arm(name: str) -> str:
    """Return the SMILES of a group whose last atom is bound."""
    if name in ALKYLS:
        return _chain(ALKYLS[name])
    return next(arm for words, arm in _SPECIALS.items() if re.fullmatch(words, name))


def _special_ring(got: Got) -> Cation:
    size = 4 if got["ring_of"].startswith("pyr") else 5
    return f"{_arm(got['ring_s'])}[N+]1(C){_chain(size)}1", ""


def _picolinium(got: Got) -> Cation:
    ring = "ccc(C)cc" if got["pic_at"] == "4" else "cccc(C)c"
    return f"{_chain(ALKYLS[got['pic']])}[n+]1{ring}1", ""


def _imidazolium(first: int, third: int) -> tuple[str, str]:
    long, short = max(first, third), min(first, third)
    letters = {2: "EMIm", 3: "PMIm", 4: "BMIm", 6: "HMIm", 8: "OMIm"}
    name = letters.get(long, f"C{long}mIm") if short == 1 else f"C{long}C{short}Im"
    return f"{_chain(long)}n1cc[n+]({_chain(short)})c1", name


def _ring(kind: str, size: int, first: int, second: int) -> tuple[str, str]:
    ring = f"{_chain(second)}[N+]1({_chain(first)}){_chain(size)}1"
    return ring, f"{kind}{first}{second}"


def _onium(centre: str, sizes: list[int]) -> tuple[str, str]:
    sizes = sorted(sizes)
    arms = "".join(f"({_chain(size)})" for size in sizes[:3])
    name = f"{centre}{''.join(map(str, sizes))}"
    return f"[{centre}+]{arms}{_chain(sizes[3])}", name


def _named_onium(groups: str, centre: str) -> tuple[str, str] | None:
    counts = {"di": 2, "tri": 3, "tetra": 4}
    sizes: list[int] = []
    ethers = 0
    pattern = rf"({_ALKYL})|(di|tri|tetra)?n?2?(?:({_ALKYL})|(methoxyethyl))"
    for found in re.finditer(pattern, groups):
        count = counts.get(found[2] or "", 1)
        if found[4]:
            ethers += count
        else:
            sizes += [ALKYLS[found[1] or found[3]]] * count
    if centre == "sulfonium":
        arms = [_chain(size) for size in sorted(sizes)]
        return (f"{arms[2]}[S+]({arms[0]}){arms[1]}", "") if len(arms) == 3 and not ethers else None
    if 0 < len(sizes) < 4 and not ethers:
        # Protonated: ethylammonium nitrate.
        symbol = "N" if centre == "ammonium" else "P"
        hydrogens = "H" if len(sizes) == 3 else f"H{4 - len(sizes)}"
        arms = [_chain(size) for size in sorted(sizes)]
        branches = "".join(f"({arm})" for arm in arms[:-1])
        return f"[{symbol}{hydrogens}+]{branches}{arms[-1]}", ""
    if len(sizes) + ethers != 4:
        return None
    if ethers:
        if centre != "ammonium" or ethers > 1:
            return None
        arms = [_chain(size) for size in sorted(sizes)]
        other = f"COCC[N+]({arms[0]})({arms[1]}){arms[2]}", ""
        return _DEME if sorted(sizes) == [1, 2, 2] else other
    return _onium("N" if centre == "ammonium" else "P", sizes)


_CATIONS: dict[str, Callable[[Got], Cation]] = {
    "mim": _by_letters,
    "im123": lambda got: (f"{_arm(got['im123'])}n1cc[n+](C)c1C", ""),
    "im13": lambda got: _imidazolium(*[ALKYLS[got["im13"].removeprefix("di")]] * 2),
    "im1s": lambda got: (f"{_arm(got['im1s'])}n1cc[n+](C)c1", ""),
    "ring_s": _special_ring,
    "mo1": lambda got: (f"{_arm(got['mo1'])}[N+]1({_arm(got['mo2'])})CCOCC1", ""),
    "pic": _picolinium,
    "chol": lambda _: ("C[N+](C)(C)CCO", ""),
    "im1": lambda got: _imidazolium(ALKYLS[got["im1"]], ALKYLS[got["im3"]]),
    "pyr": _pyrrolidinium,
    "pip": lambda got: _ring("PP", 5, 1, int(got.get("n_pip") or got["c_pip"])),
    "ring": _named_ring,
    "py": _pyridinium,
    "deme": lambda _: _DEME,
    "quat": lambda got: _onium("N", [_QUATS[got["quat"]]] * 4),
    "four": _by_digits,
    "groups": lambda got: _named_onium(got["groups"], got["centre"]),
}
