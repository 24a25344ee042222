"""Filters: what rules a molecule out, or is to be known of it, before anything is predicted.

Each has a name, a basis and a policy: what fails it is dropped, flagged (kept, and said so) or
kept. What an estimate cannot tell within its error is doubtful, and flagged at most.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Literal, get_args

import numpy as np
from anolyte.datasets.compounds.metals import Metal
from anolyte.datasets.errors import Fault, InputError, choice
from anolyte.features.arrays import Flags, Floats, Verdicts

from .facts import FACTS
from .formulations import Role
from .volatility import BOILING_ERROR, MELTING_ERROR

Policy = Literal["drop", "flag", "keep"]
POLICIES: tuple[Policy, ...] = get_args(Policy)
PASS, DOUBT, FAIL = 0, 1, 2
# Atoms other than hydrogen: of the 188 solvents that were measured, eight have more.
MOST_ATOMS = 17
# Degrees C at which cells are filled.
ROOM = 25.0
# Of ten; ethers score 1 to 3, most drugs 2 to 5.
HARD = 4.5
# Octanol over water; 1 for the ethers and carbonates that hardly dissolve in it.
MOST_LOGP = 1.0
# Metals that plate from protic solvents.
_PROTIC_METALS = ("Zn", "Al")


@dataclass(frozen=True)
class Candidates:
    """What filters judge.

    Attributes
    ----------
    smiles
        Structures (n,).
    facts
        Their `facts.FACTS` (n, f).
    metal, role
        What they are for.
    purchasable
        Structures that can be bought, if the user says which.
    measured
        Structures that are in an electrolyte that the model learned from.
    aqueous
        Whether what they are added to holds water.
    """

    smiles: Sequence[str]
    facts: Floats
    metal: Metal
    role: Role
    purchasable: frozenset[str] | None = None
    measured: frozenset[str] = frozenset()
    aqueous: bool = False

    def __getitem__(self, name: str) -> Floats:
        return np.asarray(self.facts[:, FACTS.index(name)])


@dataclass(frozen=True)
class Filter:
    """One filter.

    Attributes
    ----------
    says
        What is wrong with what fails it.
    basis
        On what ground it judges.
    policy
        What becomes of what fails it, unless the user says otherwise.
    judge
        Returns `PASS`, `DOUBT` or `FAIL` for each molecule (n,).
    roles
        Where it is asked.
    """

    says: str
    basis: str
    policy: Policy
    judge: Callable[[Candidates], Verdicts]
    roles: tuple[Role, ...] = ("solvent", "diluent", "additive")


def _failing(found: Flags) -> Verdicts:
    return np.where(found, FAIL, PASS).astype(np.int8)


def _boils(them: Candidates) -> Verdicts:
    boiling, measured = them["boiling_C"], them["boiling_measured"] > 0
    error = np.where(measured, 0.0, BOILING_ERROR[1])
    surely = boiling + error < ROOM
    doubtful = boiling - error < ROOM
    return np.where(surely, FAIL, np.where(doubtful, DOUBT, PASS)).astype(np.int8)


def _frozen(them: Candidates) -> Verdicts:
    melting, measured = them["melting_C"], them["melting_measured"] > 0
    error = np.where(measured, 0.0, MELTING_ERROR[1])
    surely, doubtful = melting - error > ROOM, melting + error > ROOM
    return np.where(surely, FAIL, np.where(doubtful, DOUBT, PASS)).astype(np.int8)


def _protic(them: Candidates) -> Verdicts:
    return _failing((them["protic"] > 0) & (them.metal not in _PROTIC_METALS))


def _toxic(them: Candidates) -> Verdicts:
    iarc, ntp = them["iarc"], them["ntp"]
    worst = np.isin(iarc, (1, 2)) | (ntp == 1)
    return np.where(worst, FAIL, np.where((iarc > 0) | (ntp > 0), DOUBT, PASS)).astype(np.int8)


def _hard(them: Candidates) -> Verdicts:
    return _failing(them["synthesis"] > HARD)


def _sold(them: Candidates) -> Verdicts:
    if them.purchasable is None:
        return np.zeros(len(them.smiles), dtype=np.int8)
    return _failing(np.array([each not in them.purchasable for each in them.smiles], dtype=bool))


def _hydrolyses(them: Candidates) -> Verdicts:
    return _failing((them["hydrolyses"] > 0) & them.aqueous)


def _apart(them: Candidates) -> Verdicts:
    unlike = (them["logp"] > MOST_LOGP) & them.aqueous
    return np.where(unlike, DOUBT, PASS).astype(np.int8)


def _tried(them: Candidates) -> Verdicts:
    return _failing(np.array([each in them.measured for each in them.smiles], dtype=bool))


_LIQUIDS: tuple[Role, ...] = ("solvent", "diluent")
FILTERS: Mapping[str, Filter] = MappingProxyType(
    {
        "size": Filter(
            f"more than {MOST_ATOMS} atoms other than hydrogen",
            "all but 8 of the 188 solvents of the shipped tables have at most so many",
            "drop",
            lambda them: _failing(them["heavy_atoms"] > MOST_ATOMS),
        ),
        "explosive": Filter(
            "an explosive group",
            "explosophores after Pletz (nitrate, azo, azide, N-halogen, fulminate, chlorate, "
            "peroxide), by SMARTS",
            "drop",
            lambda them: _failing(them["explosive"] > 0),
        ),
        "reactive": Filter(
            "a group that reacts with metals or moisture",
            "isocyanates, acid halides, aldehydes, bromides, small rings, ... by SMARTS",
            "drop",
            lambda them: _failing(them["reactive"] > 0),
        ),
        "acidic": Filter(
            "acidic protons",
            "O-H, S-H, N-H and acids by SMARTS, as the gates; Zn and Al plate from protic liquids",
            "drop",
            _protic,
        ),
        "boils": Filter(
            f"boils below {ROOM:g} C",
            "measured (package chemicals), else group sums fitted to the CRC Handbook: mean "
            f"error {BOILING_ERROR[0]:g} K, nine of ten within {BOILING_ERROR[1]:g} K",
            "drop",
            _boils,
            _LIQUIDS,
        ),
        "melts": Filter(
            f"melts above {ROOM:g} C",
            "measured (package chemicals), else group sums fitted to the CRC Handbook: mean "
            f"error {MELTING_ERROR[0]:g} K, nine of ten within {MELTING_ERROR[1]:g} K",
            "flag",
            _frozen,
            _LIQUIDS,
        ),
        "pfas": Filter(
            "a PFAS",
            "OECD, Reconciling Terminology of the Universe of PFAS (2021), by SMARTS",
            "flag",
            lambda them: _failing(them["pfas"] > 0),
        ),
        "synthesis": Filter(
            f"hard to make: a score above {HARD:g} of 10",
            "RDKit's synthetic accessibility, doi:10.1186/1758-2946-1-8",
            "flag",
            _hard,
        ),
        "toxic": Filter(
            "a known carcinogen",
            "lists of IARC (1, 2A; 2B is doubtful) and NTP (known; reasonably anticipated is "
            "doubtful) in the package chemicals; what is on neither is not known to be harmless",
            "drop",
            _toxic,
        ),
        "coordinates": Filter(
            "binds the cation",
            "coordinating sites of the structure, as the descriptors count them",
            "flag",
            lambda them: _failing(them["sites"] > 0),
            ("diluent",),
        ),
        "hydrolyses": Filter(
            "water takes it apart",
            "alkoxysilanes, orthoesters, borates and P-F by SMARTS, where the base holds water",
            "drop",
            _hydrolyses,
            ("diluent", "additive"),
        ),
        "mixes": Filter(
            "does not mix with water",
            f"Crippen's logP above {MOST_LOGP:g}, where the base holds water: doubtful, no verdict",
            "flag",
            _apart,
            ("diluent",),
        ),
        "measured": Filter(
            "measured already", "the electrolytes that the model learned from", "flag", _tried
        ),
        "purchasable": Filter(
            "not in the list of what can be bought", "the list that the user gives", "drop", _sold
        ),
    }
)


@dataclass(frozen=True)
class Filtered:
    """What filters say of molecules.

    Attributes
    ----------
    verdicts
        Of each filter that was asked, `PASS`, `DOUBT` or `FAIL` for each molecule (n,).
    policies
        What becomes of what fails each.
    """

    verdicts: Mapping[str, Verdicts]
    policies: Mapping[str, Policy] = field(default_factory=dict)

    @property
    def kept(self) -> Flags:
        """Molecules (n,) that no filter drops."""
        dropping = [v == FAIL for name, v in self.verdicts.items() if self.policies[name] == "drop"]
        return np.asarray(~np.any(dropping, axis=0))

    def take(self, rows: Flags) -> Filtered:
        """Return what is said of some of the molecules."""
        return replace(self, verdicts={name: v[rows] for name, v in self.verdicts.items()})

    def flags(self) -> list[str]:
        """Return what is to be known of each molecule (n,), in words."""
        told: list[list[str]] = [[] for _ in next(iter(self.verdicts.values()))]
        for name, verdicts in self.verdicts.items():
            if self.policies[name] == "keep":
                continue
            for row in np.flatnonzero(verdicts):
                doubt = "perhaps " * int(verdicts[row] == DOUBT)
                told[row].append(doubt + FILTERS[name].says)
        return ["; ".join(each) for each in told]

    def summary(self) -> list[str]:
        """Return of each filter what it dropped and flagged, as sentences."""
        lines = []
        for name, verdicts in self.verdicts.items():
            failed, doubtful = int((verdicts == FAIL).sum()), int((verdicts == DOUBT).sum())
            if failed or doubtful:
                word = {"drop": "dropped", "flag": "flagged", "keep": "kept"}[self.policies[name]]
                perhaps = f", {doubtful:,} doubtful" if doubtful else ""
                lines.append(f"{name}: {failed:,} {word}{perhaps} ({FILTERS[name].says})")
        return lines


def filtered(them: Candidates, policies: Mapping[str, Policy] | None = None) -> Filtered:
    """Ask every filter of the role.

    Parameters
    ----------
    them
        The molecules.
    policies
        Of filters whose own is not wanted, see `read_policies`.
    """
    asked = {name: each for name, each in FILTERS.items() if them.role in each.roles}
    chosen = {name: each.policy for name, each in asked.items()} | dict(policies or {})
    return Filtered({name: each.judge(them) for name, each in asked.items()}, chosen)


def read_policies(text: str) -> dict[str, Policy]:
    """Read policies as a user writes them.

    Raises
    ------
    InputError
        With every name that is no filter, and every policy that is none.

    Examples
    --------
    >>> from anolyte.experiments.libraries.filters import read_policies
    >>> read_policies("pfas=drop, size=keep")
    {'pfas': 'drop', 'size': 'keep'}
    """
    found: dict[str, Policy] = {}
    faults = []
    for part in filter(None, map(str.strip, text.split(","))):
        name, _, policy = (word.strip().lower() for word in part.partition("="))
        if name not in FILTERS:
            faults.append(Fault("filters", part, "unknown filter", choice(name, tuple(FILTERS))))
        elif policy not in POLICIES:
            faults.append(Fault("filters", part, "unknown policy", choice(policy, POLICIES)))
        else:
            found[name] = policy
    if faults:
        raise InputError("cannot read the filters", faults)
    return found
