"""Read a formulation text: the grammar of electrolytes.

    <salts> in <solvents> [+ <additive>]...
    1 M LiPF6 in EC/DMC (1:1 v/v) + 2 wt% VC
    LiFSI/DME/TTE (1:1.2:3 mol/mol)              ratio form, salts included
    ? M NaPF6 in DME + ? wt% FEC                 amounts the source does not give
    1 M ? in H2O + 50 mM glycine                 a salt the source does not name
    1 M LiFSI in {COCCOC}                        a structure instead of a name

Turns text into `Electrolyte`; what an amount means is `composition`'s business.
"""

from __future__ import annotations

import re
from functools import lru_cache

from ..compounds.registry import MAX_NAME_LENGTH, Compound, CompoundRegistry, shipped_compounds
from ..errors import Fault, FormulationError
from .electrolyte import (
    MAX_COMPONENTS,
    MAX_LENGTH,
    SALT_UNITS,
    Dose,
    Electrolyte,
    RatioKind,
    Share,
    Unit,
    format_number,
)
from .phrases import Phrase, normalise

__all__ = ["Dose", "Electrolyte", "Share", "format_number", "parse"]

_NUMBER = r"(?:\d++(?:\.\d++)?|\.\d++)(?:[eE][-+]?\d++)?"
_DOSE = re.compile(
    rf"(?P<amount>\?|{_NUMBER})\s*"
    r"(?P<unit>mmol/[Ll]|mol/[Ll]|mol\s?[Ll]-1|mol/kg|mol\s?kg-1|mol\s?%|ppm|mM|M|m(?!\w)|(?:wt|w|mass|vol|v|weight)\.?\s?%|%)?"
    r"(?:\s+|(?=\{)|(?<=[\w%])(?=[A-Z\[?]))(?P<name>\S.*)"
)
_RAISED_DOTS = "\u00b7\u2219\u22c5\u2022"
_UNITS: dict[str, Unit] = {
    "mmol/L": "mM",
    "mol/L": "M",
    "mol/kg": "m",
    "mol%": "mol%",
    "ppm": "ppm",
    "mM": "mM",
    "M": "M",
    "m": "m",
    "wt%": "wt%",
    "w%": "wt%",
    "mass%": "wt%",
    "weight%": "wt%",
    "vol%": "vol%",
    "v%": "vol%",
}
# The patterns end as soon as no match is left (possessive, bounded): a text of any shape
# is read or refused in linear time.
_RATIO = rf"(?P<ratio>\?|{_NUMBER}(?:\s*:\s*{_NUMBER})*+)"
_BETWEEN = r"\s*,?\s*(?:by\s+)?"
_KIND = r"(?P<kind>[A-Za-z][A-Za-z/:. ]*)?"
_RATIO_IN_BRACKETS = re.compile(rf"(?P<names>.*\S)\s*\(\s*{_RATIO}{_BETWEEN}{_KIND}\s*\)")
# A bare tail needs a colon, so that a name ending in a digit (LiPF6, G2) is never cut.
_RATIO_TAIL = re.compile(
    rf"(?P<names>.*\S)\s+(?P<ratio>{_NUMBER}(?:\s*:\s*{_NUMBER}){{1,{MAX_COMPONENTS}}}+)"
    rf"{_BETWEEN}{_KIND}"
)
_MALFORMED_RATIO = re.compile(r".*\S\s*\((?P<ratio>(?=[-.,:\s?]*\d)[-\d.,:\s?]*+)[A-Za-z/:. ]*+\)")
_KINDS: dict[str, RatioKind] = {
    **dict.fromkeys(("v/v", "v", "vol", "vol.", "volume", "vol/vol", "v:v"), "v/v"),
    **dict.fromkeys(("w/w", "w", "wt", "wt.", "weight", "wt/wt", "mass", "w:w"), "w/w"),
    **dict.fromkeys(("mol/mol", "mol", "mole", "molar", "n/n", "molar ratio"), "mol/mol"),
}


def parse(text: str, registry: CompoundRegistry | None = None) -> Electrolyte:
    """Read a formulation.

    Parameters
    ----------
    text
        The formulation, see the module's grammar. Full-width signs, typographic dashes,
        non-breaking blanks and ``EC:DMC`` or ``EC-DMC`` are understood.
    registry
        The known compounds; the shipped ones by default.

    Returns
    -------
    Electrolyte
        ``parse(str(electrolyte)) == electrolyte`` holds for every electrolyte.

    Notes
    -----
    Limits, each told where it is passed: `formulation.MAX_LENGTH` characters,
    `formulation.MAX_COMPONENTS` components, amounts up to `formulation.MAX_AMOUNT`;
    names of `compounds.MAX_NAME_LENGTH` characters; structures of
    `compounds.MAX_SMILES_LENGTH` characters and `compounds.MAX_HEAVY_ATOMS` heavy atoms.

    Raises
    ------
    FormulationError
        Naming every token at fault, its position and what to write instead.

    Examples
    --------
    >>> from anolyte.datasets import parse
    >>> str(parse("1M LiPF6 in EC:DMC 1:1 vol + 2wt% VC"))
    '1 M LiPF6 in EC/DMC (1:1 v/v) + 2 wt% VC'
    >>> parse("? M NaPF6 in diglyme").has_unknown_amounts
    True
    """
    if registry is None or registry is shipped_compounds():
        return _parse_with_shipped(text)
    return _Parser(text, registry).electrolyte()


@lru_cache(maxsize=20_000)
def _parse_with_shipped(text: str) -> Electrolyte:
    return _Parser(text, shipped_compounds()).electrolyte()


class _Parser:
    """One pass over one text; faults are collected so that all are reported together."""

    def __init__(self, text: str, registry: CompoundRegistry) -> None:
        self.text = text
        self.registry = registry
        self.faults: list[Fault] = []

    def electrolyte(self) -> Electrolyte:
        """Return what the text says, or raise with all faults."""
        if len(self.text) > MAX_LENGTH:
            self.faults.append(
                Fault("formulation", self.text, f"over {MAX_LENGTH} characters", "shorten it")
            )
            raise self.error()
        whole = normalise(self.text)
        # One compatibility character may stand for many plain ones.
        if len(whole.text) > MAX_LENGTH:
            self.fault(whole, f"over {MAX_LENGTH} characters", "shorten it")
            raise self.error()
        if not whole.text:
            self.faults.append(
                Fault("formulation", "", "empty", "write e.g. 1 M LiPF6 in EC/DMC (1:1 v/v)")
            )
            raise self.error()
        salt_phrase, rest = whole.partition(r"\s+in\s+")
        base_phrase, *additive_phrases = rest.split(r"\s+\+\s*|\s*\+\s+")
        salt_phrases = salt_phrase.split(r"\s+\+\s*|\s*\+\s+") if salt_phrase else []
        if len(salt_phrases) + len(additive_phrases) > MAX_COMPONENTS:
            self.fault(whole, "too many components", f"use up to {MAX_COMPONENTS}")
            raise self.error()
        salts = [self.dose(phrase, "salt") for phrase in salt_phrases]
        base, kind = self.base(base_phrase)
        additives = [self.dose(phrase, "additive") for phrase in additive_phrases]
        if self.faults:
            raise self.error()
        try:
            return Electrolyte(
                tuple(filter(None, salts)), base, kind, tuple(filter(None, additives))
            )
        except FormulationError as error:
            self.faults.extend(error.faults)
            raise self.error() from error

    def error(self) -> FormulationError:
        """Return the error that carries all faults found so far."""
        shown = self.text if len(self.text) <= 120 else self.text[:117] + "..."
        return FormulationError(f"cannot read the electrolyte {shown!r}", self.faults)

    def fault(self, phrase: Phrase, reason: str, remedy: str) -> None:
        """Note a fault at the place of a phrase."""
        self.faults.append(Fault(f"position {phrase.position}", phrase.text, reason, remedy))

    def dose(self, phrase: Phrase, role: str) -> Dose | None:
        """Read ``2 wt% VC`` or ``1 M LiFSI``."""
        if phrase.text.startswith("-"):
            self.fault(phrase, "negative amount", "give a positive amount, or ?")
            return None
        if re.match(r"\d+,\d+\s", phrase.text):
            self.fault(phrase, "decimal comma", "write a decimal point")
            return None
        match = _DOSE.fullmatch(phrase.text)
        if match is None or (match["unit"] is None and phrase.text in self.registry):
            usual = "M" if role == "salt" else "wt%"
            self.fault(
                phrase,
                f"{role} without amount and unit",
                f"write e.g. ? {usual} {phrase.text} if the amount is not known",
            )
            return None
        unit = self.unit(phrase, match["unit"], role)
        if match["name"] == "?" and role == "salt":
            compound = None
        else:
            compound = self.compound(phrase.part(match, "name"))
            if compound is None:
                return None
        if unit is None:
            return None
        return Dose(_number(match["amount"]), unit, compound)

    def unit(self, phrase: Phrase, written: str | None, role: str) -> Unit | None:
        """Return the canonical unit, noting a fault where it is missing or unfit."""
        plain = re.sub(r"[\s.]", "", written or "")
        unit = _UNITS.get(re.sub(r"/?([Ll]|kg)(-1)?$", r"/\1", plain).replace("/l", "/L"))
        if unit is None:
            units = "M, mM or m" if role == "salt" else "wt%, vol%, mol%, M, mM, m or ppm"
            reason = "percent of what?" if written else "amount without a unit"
            self.fault(phrase, reason, f"write the unit: {units}")
        elif role == "salt" and unit not in SALT_UNITS:
            self.fault(phrase, f"a salt cannot be given in {unit}", "write it in M, mM or m")
            return None
        return unit

    def base(self, phrase: Phrase) -> tuple[tuple[Share, ...], RatioKind | None]:
        """Read ``EC/DMC (1:1 v/v)``: names, parts and the kind of their ratio."""
        match = _RATIO_IN_BRACKETS.fullmatch(phrase.text) or _RATIO_TAIL.fullmatch(phrase.text)
        # `Mg(2 v)` cannot be a ratio of one: a single name keeps its brackets.
        if match is not None and self.known(phrase.text):
            match = None
        if match is None and self.malformed_ratio(phrase):
            return (), None
        names = self.names(phrase if match is None else phrase.part(match, "names"))
        if len(names) > MAX_COMPONENTS:
            self.fault(phrase, "too many components", f"use up to {MAX_COMPONENTS}")
            return (), None
        compounds = [self.compound(name) for name in names]
        parts: list[float | None] = [None] * len(names)
        kind: RatioKind | None = None
        if match is None:
            parts = [1.0] if len(names) == 1 else parts
            if len(names) > 1:
                self.fault(phrase, "no ratio", "write e.g. (1:1 v/v), or (? v/v) if not known")
        else:
            written = re.sub(r"\s+", " ", (match["kind"] or "").strip().rstrip(".")).lower()
            kind = _KINDS.get(written)
            if kind is None:
                self.fault(
                    phrase.part(match, "ratio"),
                    f"ratio of unknown kind {written!r}" if written else "ratio without its kind",
                    "write v/v, w/w or mol/mol behind it",
                )
            parts = self.parts(phrase.part(match, "ratio"), len(names))
        shares = [
            Share(part, compound)
            for part, compound in zip(parts, compounds, strict=False)
            if compound is not None
        ]
        return tuple(shares), kind if len(names) > 1 else None

    def malformed_ratio(self, phrase: Phrase) -> bool:
        """Note what is wrong with a bracket that was meant as a ratio; say whether one was."""
        match = _MALFORMED_RATIO.fullmatch(phrase.text)
        if match is None or self.known(phrase.text):
            return False
        ratio = phrase.part(match, "ratio")
        if "," in ratio.text:
            self.fault(ratio, "decimal comma", "write a decimal point")
        elif "-" in ratio.text:
            self.fault(ratio, "negative part, or a dash for a colon", "write e.g. (1:1 v/v)")
        else:
            self.fault(ratio, "no ratio", "write e.g. (1:1 v/v), or (? v/v) if not known")
        return True

    def parts(self, phrase: Phrase, count: int) -> list[float | None]:
        """Read the numbers of a ratio and check that there is one for each component."""
        if phrase.text == "?":
            if count == 1:
                self.fault(phrase, "a ratio of one component", "leave it out")
            return [None] * count
        parts = [_number(part) for part in phrase.text.split(":")]
        if len(parts) != count or count == 1:
            self.fault(
                phrase,
                f"{len(parts)} parts for {count} component{'s' * (count != 1)}",
                "give one part for each component",
            )
        return parts

    def names(self, phrase: Phrase) -> list[Phrase]:
        """Split ``EC/DMC``; also ``EC:DMC`` and ``EC-DMC`` where that is unambiguous."""
        for separator in ("/", ":"):
            names = phrase.split(rf"\s*{separator}\s*")
            if len(names) > 1:
                return names
        names = phrase.split(r"\s*-\s*")
        # DME-THF is two solvents, although without its dash it would be DMeTHF.
        is_one_name = self.registry.is_written(phrase.text)
        if is_one_name or len(names) == 1 or not all(self.known(name.text) for name in names):
            return [phrase]
        return names

    def known(self, name: str) -> bool:
        """Whether the registry holds a name."""
        return name in self.registry

    def compound(self, phrase: Phrase) -> Compound | None:
        """Return the compound of a name or of a structure in braces."""
        name = phrase.text
        if name == "?":
            self.fault(phrase, "a solvent or additive has no name", "only salts may be ?")
        elif name.startswith("{") and name.endswith("}"):
            return self.structure(phrase, name[1:-1].strip())
        elif name in self.registry:
            return self.registry[name]
        elif not name or len(name) > MAX_NAME_LENGTH:
            self.fault(phrase, "no compound name", "name a compound, or write {SMILES}")
        else:
            self.fault(phrase, "unknown compound", self.registry.advice(name))
        return None

    def structure(self, phrase: Phrase, smiles: str) -> Compound | None:
        """Return the compound of a SMILES."""
        # Elsewhere a raised dot is read as a dash; here that would be a bond between ions.
        if set(_RAISED_DOTS) & set(self.text[phrase.origin[0] : phrase.origin[-1] + 1]):
            self.fault(phrase, "a raised dot in a SMILES", "write . between its parts")
            return None
        try:
            return self.registry.from_smiles(smiles)
        except ValueError as error:
            self.fault(phrase, str(error), "write a neutral SMILES in the braces")
        return None


def _number(text: str) -> float | None:
    return None if text.strip() == "?" else float(text)
