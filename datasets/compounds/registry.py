"""Compounds and their registry: abbreviation, name, alias, CAS or SMILES to one compound.

May import RDKit and the shipped tables; knows nothing of amounts or electrolytes.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import Fault, TableError, UnknownCompoundError
from .smiles import smiles_fault

if TYPE_CHECKING:
    from rdkit.Chem import Mol

KINDS = ("salt", "solvent", "diluent", "additive", "ionic_liquid")
COLUMNS = ("abbreviation", "name", "aliases", "smiles", "kind", "cas")
MAX_SMILES_LENGTH = 500
MAX_HEAVY_ATOMS = 150
MAX_NAME_LENGTH = 150

_FOLDED_AWAY = re.compile(r"[\s\-\u2010-\u2015\u2212\[\]]")
_BREAKS_GRAMMAR = re.compile(r"[/+:{}]|^\?$|(^|\s)in(\s|$)", re.IGNORECASE)
_CAS = re.compile(r"\d{2,7}-\d{2}-\d")


@dataclass(frozen=True)
class Compound:
    """One substance of an electrolyte.

    Two compounds are equal when their abbreviation and structure are.

    Attributes
    ----------
    abbreviation
        The short name the formulation grammar prints.
    smiles
        Canonical RDKit SMILES; a salt is written with all its ions, neutral as a whole.
    kind
        One of `KINDS`: the usual role. The role in a given electrolyte follows from
        where the compound stands in its formulation.

    Examples
    --------
    >>> from anolyte.datasets import shipped_compounds
    >>> salt = shipped_compounds()["LiFSI"]
    >>> salt.name, salt.kind, round(salt.molar_mass, 2)
    ('lithium bis(fluorosulfonyl)imide', 'salt', 187.07)
    """

    abbreviation: str
    smiles: str
    kind: str = field(default="solvent", compare=False)
    name: str = field(default="", compare=False)
    aliases: tuple[str, ...] = field(default=(), compare=False)
    cas: str = field(default="", compare=False)

    def __str__(self) -> str:
        return self.abbreviation

    @cached_property
    def mol(self) -> Mol:
        """The RDKit molecule of `smiles`."""
        return molecule(self.smiles)

    @cached_property
    def molar_mass(self) -> float:
        """Molar mass in g/mol."""
        return molar_mass(self.smiles)

    @cached_property
    def ions(self) -> Mapping[str, int]:
        """Charged fragments and how often each occurs, keyed by canonical SMILES."""
        parts = Counter(self.smiles.split("."))
        return {part: count for part, count in parts.items() if fragment_charge(part)}

    @property
    def is_salt(self) -> bool:
        """Whether the compound is a salt or ionic liquid (or a covalently drawn metal halide)."""
        return self.kind in ("salt", "ionic_liquid") or bool(self.ions)


@lru_cache(maxsize=4096)
def molecule(smiles: str) -> Mol:
    """Return the RDKit molecule of a SMILES, cached.

    Raises
    ------
    ValueError
        If the text is no SMILES or exceeds the limits: `MAX_SMILES_LENGTH` characters,
        `MAX_HEAVY_ATOMS` atoms other than hydrogen.
    """
    from rdkit import Chem, rdBase

    if len(smiles) > MAX_SMILES_LENGTH:
        raise ValueError(f"longer than {MAX_SMILES_LENGTH} characters")
    # RDKit would take what follows a blank for the molecule's name and drop it.
    if any(sign.isspace() for sign in smiles):
        raise ValueError("not a valid SMILES: holds a blank or a line break")
    with rdBase.BlockLogs():
        mol = Chem.MolFromSmiles(smiles)
    if mol is None or mol.GetNumAtoms() == 0:
        raise ValueError(smiles_fault(smiles))
    if any(atom.GetAtomicNum() == 0 for atom in mol.GetAtoms()):
        raise ValueError("holds a wildcard atom")
    if mol.GetNumHeavyAtoms() > MAX_HEAVY_ATOMS:
        raise ValueError(f"more than {MAX_HEAVY_ATOMS} heavy atoms")
    return mol


@lru_cache(maxsize=4096)
def molar_mass(smiles: str) -> float:
    """Return the molar mass of a SMILES in g/mol (RDKit's standard atomic weights)."""
    from rdkit.Chem.Descriptors import MolWt  # type: ignore[attr-defined]

    return float(MolWt(molecule(smiles)))


@lru_cache(maxsize=4096)
def fragment_charge(smiles: str) -> int:
    """Return the formal charge of one fragment."""
    if "+" not in smiles and "-" not in smiles:
        return 0
    from rdkit.Chem import GetFormalCharge

    return int(GetFormalCharge(molecule(smiles)))


def canonical_smiles(smiles: str) -> str:
    """Return RDKit's canonical form of a neutral compound's SMILES.

    Raises
    ------
    ValueError
        If it does not parse, exceeds the limits, or carries a net charge.
    """
    from rdkit.Chem import GetFormalCharge, MolToSmiles

    mol = molecule(smiles)
    charge = GetFormalCharge(mol)
    if charge:
        raise ValueError(f"carries a net charge of {charge:+d}")
    return str(MolToSmiles(mol))


def fold(name: str) -> str:
    """Reduce a name to its look-up key: no case, white space, dashes or square brackets."""
    return _FOLDED_AWAY.sub("", name).casefold()


class CompoundRegistry:
    """All compounds known by name; look-up is case and dash tolerant.

    Parameters
    ----------
    compounds
        The compounds, each name of which must be unique.

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
    >>> known.from_smiles("CCOCCOCCOCC").kind
    'solvent'
    """

    def __init__(self, compounds: Iterable[Compound]) -> None:
        self._compounds = tuple(compounds)
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
            self._spellings.add(name.casefold())
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
        return isinstance(name, str) and fold(name) in self._by_key

    def is_written(self, name: str) -> bool:
        """Whether a name is known in just this spelling, dashes and blanks included."""
        return name.casefold() in self._spellings

    def __getitem__(self, name: str) -> Compound:
        """Return the compound of an abbreviation, name, alias or CAS number.

        Raises
        ------
        UnknownCompoundError
            With the nearest known names.
        """
        found = self._by_key.get(fold(name))
        if found is None:
            fault = Fault("compound", name, "unknown compound", self.advice(name))
            raise UnknownCompoundError("cannot look up", [fault])
        return found

    def find(self, text: str) -> Compound:
        """Look up by name first, then by structure (any valid SMILES of a known compound)."""
        if text in self:
            return self[text]
        try:
            known = self._by_smiles.get(canonical_smiles(text))
        except ValueError:
            known = None
        return known if known is not None else self[text]

    def from_smiles(self, smiles: str) -> Compound:
        """Return the registered compound of a structure, or a new one named by its SMILES.

        Raises
        ------
        ValueError
            If the SMILES is not that of a neutral compound within the limits.
        """
        canonical = canonical_smiles(smiles)
        known = self._by_smiles.get(canonical)
        if known is not None:
            return known
        ionic = any(fragment_charge(part) for part in canonical.split("."))
        return Compound(f"{{{canonical}}}", canonical, "salt" if ionic else "solvent")

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

    def extended(self, path: str | Path) -> CompoundRegistry:
        """Return a registry with the compounds of a user's CSV added.

        Raises
        ------
        TableError
            With every fault of the file.
        """
        return CompoundRegistry([*self, *read_compounds(path)])


def read_compounds(path: str | Path) -> list[Compound]:
    """Read compounds from a CSV with the columns abbreviation and smiles at least.

    Optional columns: name, aliases (separated by ``;``), kind, cas.

    Raises
    ------
    TableError
        With all faults of the table at once.
    """
    from ..files.tables import read_rows

    table = read_rows(path, required=("abbreviation", "smiles"), known=COLUMNS)
    compounds: list[Compound] = []
    faults: list[Fault] = []
    for number, row in table:
        found = list(_row_faults(row, f"row {number}"))
        if not found:
            compounds.append(_compound(row, canonical_smiles(row["smiles"])))
        faults.extend(found)
    if faults:
        raise TableError(f"compounds table {path}", faults)
    return compounds


def _row_faults(row: Mapping[str, str], place: str) -> Iterator[Fault]:
    abbreviation = row["abbreviation"]
    unbalanced = abbreviation.count("(") != abbreviation.count(")")
    if not abbreviation or unbalanced or _BREAKS_GRAMMAR.search(abbreviation):
        yield Fault(
            f"{place}, column abbreviation",
            abbreviation,
            "empty, or holds / + : { } or an open bracket, or is ? or in",
            "choose a name without them; they have a meaning in formulations",
        )
    kind = row.get("kind") or "solvent"
    if kind not in KINDS:
        yield Fault(f"{place}, column kind", kind, "unknown kind", f"use one of {', '.join(KINDS)}")
    cas = row.get("cas", "")
    if cas and not is_cas(cas):
        yield Fault(
            f"{place}, column cas", cas, "no CAS number (check digit)", "correct it or leave empty"
        )
    try:
        canonical_smiles(row["smiles"])
    except ValueError as error:
        yield Fault(
            f"{place}, column smiles",
            row["smiles"],
            str(error),
            "write a neutral SMILES, salts with all ions, e.g. [Li+].F[P-](F)(F)(F)(F)F",
        )


def is_cas(text: str) -> bool:
    """Return whether `text` is a CAS registry number with a right check digit."""
    if not _CAS.fullmatch(text):
        return False
    digits = [int(character) for character in text.replace("-", "")]
    total = sum(weight * digit for weight, digit in enumerate(reversed(digits[:-1]), start=1))
    return total % 10 == digits[-1]


def _compound(row: Mapping[str, str], smiles: str) -> Compound:
    aliases = tuple(alias.strip() for alias in row.get("aliases", "").split(";") if alias.strip())
    return Compound(
        abbreviation=row["abbreviation"],
        smiles=smiles,
        kind=row.get("kind") or "solvent",
        name=row.get("name", ""),
        aliases=aliases,
        cas=row.get("cas", ""),
    )


@lru_cache(maxsize=1)
def shipped_compounds() -> CompoundRegistry:
    """Return the registry of the compounds that come with anolyte.

    Examples
    --------
    >>> from anolyte.datasets import shipped_compounds
    >>> shipped_compounds()["vinylene carbonate"].abbreviation
    'VC'
    """
    text = (files("anolyte.datasets") / "tables" / "compounds.csv").read_text("utf-8")
    # The shipped SMILES are canonical already (a test proves it), so start-up needs no RDKit.
    rows = csv.DictReader(text.splitlines())
    return CompoundRegistry(_compound(row, row["smiles"]) for row in rows)
