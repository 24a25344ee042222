"""The registry of compounds: abbreviation, name, alias, CAS or SMILES to one compound.

May import RDKit and the shipped tables; knows nothing of amounts or electrolytes.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.resources import files
from pathlib import Path

from ..errors import Fault, TableError, UnknownCompoundError
from .compound import (
    KINDS,
    MAX_HEAVY_ATOMS,
    MAX_SMILES_LENGTH,
    Compound,
    canonical_smiles,
    fragment_charge,
    hydrate,
    molar_mass,
    molecule,
)
from .ionic_names import ionic_name
from .names import MAX_NAME_LENGTH, NameIndex, fold
from .own_compounds import (
    COLUMNS,
    is_cas,
    made_compound,
    read_compounds,
    read_own_table,
    with_more,
)
from .package_names import smiles_by_name
from .structures import flat, identity, redrawn

__all__ = [
    "COLUMNS",
    "KINDS",
    "MAX_HEAVY_ATOMS",
    "MAX_NAME_LENGTH",
    "MAX_SMILES_LENGTH",
    "Compound",
    "CompoundRegistry",
    "Found",
    "canonical_smiles",
    "fold",
    "fragment_charge",
    "is_cas",
    "molar_mass",
    "molecule",
    "read_compounds",
    "shipped_compounds",
]

MOST_CRYSTAL_WATER = 24
_STEREO = re.compile(
    r"(?:\((?:R|S|RS|rac|R,R|S,S|R,S|\+|-|\+/-|\u00b1)\)|rac|DL|[RSDLn]|cis|trans|meso)-"
)
_WATERS = ("", "mono", "di", "tri", "tetra", "penta", "hexa", "hepta", "octa", "nona", "deca")
_CRYSTAL_WATER = re.compile(
    r"(?:\s?[\u00b7*]\s?(?P<count>\d{1,2})?\s?|[-.](?P<dashed>\d{1,2}))"
    r"H2O(?![A-Za-z0-9])|\s(?P<word>mono|di|tri|tetra|penta|hexa|hepta|octa|nona|deca)hydrate\b"
)


@dataclass(frozen=True, slots=True)
class Found:
    """A compound that a name or a structure stands for, and what to say about it."""

    compound: Compound
    remark: str = ""
    # Index after the name, where it was looked for in a text.
    end: int = 0


class CompoundRegistry:
    """All compounds known by name; look-up is case and dash tolerant.

    Parameters
    ----------
    compounds
        The compounds, each name of which must be unique.
    recipes
        A user's own named electrolytes: formulations by their names.

    Raises
    ------
    TableError
        If two compounds share a name or a structure; all clashes are listed.

    Examples
    --------
    >>> from anolyte.datasets import shipped_compounds
    >>> known = shipped_compounds()
    >>> known["diglyme"] == known["111-96-6"] == known.from_smiles("COCCOCCOC")
    True
    >>> known["EMIM-TFSI"] == known["1-ethyl-3-methylimidazolium bis(trifluoromethylsulfonyl)imide"]
    True
    >>> known.from_smiles("C[S+](C)[O-]").abbreviation
    'DMSO'
    """

    def __init__(
        self, compounds: Iterable[Compound], recipes: Mapping[str, str] | None = None
    ) -> None:
        self._compounds = tuple(compounds)
        self.recipes: Mapping[str, str] = dict(recipes or {})
        self._by_key: dict[str, Compound] = {}
        self._by_smiles: dict[str, Compound] = {}
        self._written: dict[str, str] = {}
        self._spellings: set[str] = set()
        faults = [fault for compound in self._compounds for fault in self._add(compound)]
        if faults:
            raise TableError("compounds that clash", faults)

    def _add(self, compound: Compound) -> Iterator[Fault]:
        twin = self._by_smiles.setdefault(compound.smiles, compound)
        if twin is not compound:
            yield Fault(
                f"compound {compound.abbreviation}",
                compound.smiles,
                f"same structure as {twin.abbreviation}",
                "keep one of them and list the other name among its aliases",
            )
        names = (compound.abbreviation, compound.name, compound.cas, *compound.aliases)
        for name in filter(None, names):
            owner = self._by_key.setdefault(fold(name), compound)
            self._written.setdefault(fold(name), name)
            self._spellings.add(name)
            if owner is not compound:
                yield Fault(
                    f"compound {compound.abbreviation}",
                    name,
                    f"name already belongs to {owner.abbreviation}",
                    "choose another name (case, blanks, dashes and [ ] do not distinguish)",
                )

    def __iter__(self) -> Iterator[Compound]:
        return iter(self._compounds)

    def __len__(self) -> int:
        return len(self._compounds)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self._named(name) is not None

    def __getitem__(self, name: str) -> Compound:
        """Return the compound of an abbreviation, name, alias or CAS number.

        Salts and ionic liquids are found by the names of their ions, too.

        Raises
        ------
        UnknownCompoundError
            With the nearest known names.
        """
        found = self._named(name)
        if found is None:
            fault = Fault("compound", name, "unknown compound", self.advice(name))
            raise UnknownCompoundError("cannot look up", [fault])
        return found

    def _named(self, name: str) -> Compound | None:
        known = self._by_key.get(fold(name))
        if known is not None:
            return known
        found = self.named_at(name.strip(), 0)
        return found.compound if found is not None and found.end == len(name.strip()) else None

    @cached_property
    def _index(self) -> NameIndex:
        return NameIndex(self._written, self._spellings)

    def is_word(self, text: str) -> bool:
        """Whether a text is an English word rather than an abbreviation."""
        return self._index.is_word(text)

    def named_at(self, text: str, start: int) -> Found | None:
        """Return the compound of the longest name that begins at an index of a text.

        A hydrate's ``·7H2O`` belongs to its name; descriptors of stereo centres are left out,
        with a remark, where the registry has the flat compound only.
        """
        found = self._plain_name(text, start)
        prefix = None if found else _STEREO.match(text, start)
        if prefix is not None:
            found = self._plain_name(text, prefix.end())
            if found is not None and not prefix[0].casefold().startswith("n-"):
                remark = f"{text[start : found.end]} is read as {found.compound}, without stereo"
                found = Found(found.compound, remark, found.end)
        return None if found is None else self._with_crystal_water(text, found)

    def _plain_name(self, text: str, start: int) -> Found | None:
        end = self._index.longest(text, start)
        ionic = ionic_name(text, start)
        if ionic is not None and ionic.end > end:
            known = self._known(canonical_smiles(ionic.smiles))
            if known is None and not ionic.abbreviation:
                known = self.drawn(ionic.smiles)
            if known is None:
                smiles = redrawn(ionic.smiles)
                kind = "ionic_liquid" if ionic.abbreviation.startswith("[") else "salt"
                known = Found(Compound(ionic.abbreviation, smiles, kind))
            return Found(known.compound, "", ionic.end)
        return Found(self._by_key[fold(text[start:end])], "", end) if end > start else None

    def _with_crystal_water(self, text: str, found: Found) -> Found:
        water = _CRYSTAL_WATER.match(text, found.end)
        # AlCl3 is drawn without ions.
        is_salt = bool(found.compound.ions) or found.compound.kind == "salt"
        if water is None or not is_salt or found.compound.anhydrous is not None:
            return found
        count = (
            _WATERS.index(water["word"])
            if water["word"]
            else int(water["count"] or water["dashed"] or 1)
        )
        if not 0 < count <= MOST_CRYSTAL_WATER:
            return found
        return Found(hydrate(found.compound, count), found.remark, water.end())

    def find(self, text: str) -> Compound:
        """Look up by name, by structure (any SMILES of a known compound), by a package's name."""
        if text in self:
            return self[text]
        try:
            known = self._known(canonical_smiles(text))
        except ValueError:
            known = None
        known = known or self.named_in_package(text)
        return known.compound if known is not None else self[text]

    def named_in_package(self, name: str) -> Found | None:
        """Return the molecule that the package `chemicals` knows by a name, with a remark."""
        smiles = smiles_by_name(name)
        if smiles is None:
            return None
        compound = self.drawn(smiles).compound
        return Found(compound, f"{name} is read as {compound}, by the names of `chemicals`")

    def from_smiles(self, smiles: str) -> Compound:
        """Return the registered compound of a structure, or a new one named by its SMILES.

        Raises
        ------
        ValueError
            If the SMILES is not that of a neutral compound within the limits.
        """
        return self.drawn(smiles).compound

    def drawn(self, smiles: str) -> Found:
        """Return the compound of a structure, as `from_smiles` does, with a remark where due."""
        canonical = canonical_smiles(smiles)
        known = self._known(canonical)
        if known is not None:
            return known
        pieces = canonical.split(".")
        waters = pieces.count("O")
        rest = [piece for piece in pieces if piece != "O"]
        if 0 < waters <= MOST_CRYSTAL_WATER and any(map(fragment_charge, rest)):
            salt = self.drawn(".".join(rest))
            return Found(hydrate(salt.compound, waters), salt.remark)
        kept = redrawn(canonical)
        ionic = any(fragment_charge(part) for part in kept.split("."))
        return Found(Compound(f"{{{kept}}}", kept, "salt" if ionic else "solvent"))

    def _known(self, canonical: str) -> Found | None:
        """Return the registered compound of a structure in whatever drawing.

        Where only the compound without the isotopes or stereo centres is registered, that
        one, and a remark.
        """
        exact = self._by_smiles.get(canonical)
        if exact is None:
            exact = self._by_identity.get(identity(redrawn(canonical)))
        if exact is not None:
            return Found(exact)
        for what in ("isotopes", "stereo centres"):
            plain = flat(canonical, isotopes=what == "isotopes")
            known = None if plain == canonical else self._known(plain)
            if known is not None:
                return Found(known.compound, f"read as {known.compound}, without its {what}")
        return None

    @cached_property
    def _by_identity(self) -> dict[str, Compound]:
        return {identity(compound.smiles): compound for compound in reversed(self._compounds)}

    def nearest(self, name: str, count: int = 3) -> list[str]:
        """Return the known names most like `name`, best first."""
        from rapidfuzz import fuzz, process

        key = fold(name)[:MAX_NAME_LENGTH]
        hits = process.extract(
            key, self._by_key.keys(), scorer=fuzz.ratio, limit=3 * count, score_cutoff=55
        )
        return list(dict.fromkeys(self._written[key] for key, _, _ in hits))[:count]

    def advice(self, name: str) -> str:
        """Return a remedy for an unknown name: the nearest known ones, or how to add it."""
        near = self.nearest(name)
        add = "write its structure in braces, {SMILES}, or add it with a compounds table"
        return f"did you mean {', '.join(near)}? Otherwise {add}" if near else add

    def without_recipes(self) -> CompoundRegistry:
        """Return the compounds alone."""
        return CompoundRegistry(self) if self.recipes else self

    def extended(self, path: str | Path) -> CompoundRegistry:
        """Return a registry with the compounds, names and recipes of a user's CSV added.

        Raises
        ------
        TableError
            With every fault of the file.
        """
        own = read_own_table(path)
        compounds = {compound.abbreviation: compound for compound in self}
        faults = []
        for number, row in own.more.items():
            known = self._by_key.get(fold(row["abbreviation"]))
            if known is None:
                reason = "no structure, and no compound of that name is known"
                place = f"row {number}, column abbreviation"
                remedy = self.advice(row["abbreviation"])
                faults.append(Fault(place, row["abbreviation"], reason, remedy))
            else:
                compounds[known.abbreviation] = with_more(compounds[known.abbreviation], row)
        if faults:
            raise TableError(f"compounds table {path}", faults)
        recipes = {**self.recipes, **own.recipes}
        return CompoundRegistry([*compounds.values(), *own.compounds], recipes)


@lru_cache(maxsize=1)
def shipped_compounds() -> CompoundRegistry:
    """Return the registry of the compounds that come with anolyte.

    Examples
    --------
    >>> from anolyte.datasets import shipped_compounds
    >>> shipped_compounds()["vinylene carbonate"].abbreviation
    'VC'
    """
    rows = _shipped_rows("compounds")
    synonyms: dict[str, list[str]] = {}
    for row in _shipped_rows("synonyms"):
        synonyms.setdefault(row["abbreviation"], []).append(row["name"])
    # The shipped SMILES are canonical already (a test proves it), so start-up needs no RDKit.
    return CompoundRegistry(
        made_compound(row, row["smiles"], synonyms.get(row["abbreviation"], ())) for row in rows
    )


def _shipped_rows(table: str) -> Iterator[dict[str, str]]:
    text = (files("anolyte.datasets") / "tables" / f"{table}.csv").read_text("utf-8")
    yield from csv.DictReader(text.splitlines())
