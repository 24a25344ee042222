"""Gates: physical reasons why a mixture cannot be an electrolyte of its metal.

Each gate has a name, the sentence it says and its basis, and judges all mixtures at once. None
is learned from efficiencies: few coordinating sites, for instance, are no fault.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from anolyte.datasets.compounds.metals import METALS
from anolyte.features.arrays import Flags
from anolyte.features.mixtures import Mixtures

from .amounts import Amounts

DISSOLVES = "does not dissolve"
METAL = "reacts with the metal"
ITSELF = "reacts with itself"
LIQUID = "not a liquid"
POSSIBLE = "not possible"

# Fewer sites than this for a cation to bind leave most of them without any; working mixtures
# go down to 0.41 (5 M LiTFSI in EA/DCM (1:4 v/v), 96.5 %).
LEAST_SITES = 0.4
# Shares of the liquid, mol/mol: the main solvent, a main one, more than a trace.
HALF = 0.5
MAIN = 0.2
TRACE = 0.05
# A share of the mixture that two substances need to react noticeably.
TOUCH = 0.002
# Water molecules per cation charge of which hardly any is free: water-in-salt, hydrate melts.
BOUND_WATER = 4.0
# Mol of salt per litre of liquid; a litre of water itself is 55 mol.
MOST_SALT = 60.0
# More salt than this beside the other components (mol/mol, water aside) makes eutectics that no
# ideal solution describes.
EUTECTIC = 0.1
# Degrees C; the lowest melting mixtures of salts without an organic cation melt above.
SALTS_MELT = 35.0

_ALKALI = ("Li", "Na", "K")
_BASE = ("Li", "Na", "K", "Ca")
_PROTIC = ("water", "hydroxyl", "acid", "onium")


@dataclass(frozen=True)
class Gate:
    """One physical reason.

    Attributes
    ----------
    name
        What is wrong, in the words of the vocabulary.
    says
        Why, after the name; ``{metal}`` is the metal's symbol.
    basis
        On what ground.
    judge
        Marks the mixtures (n,) it holds for.
    culprits
        The kinds of substance that are to blame, of `substances.AMOUNTS`.
    metals
        Where it holds.
    doubtful
        Whether such mixtures exist that work: they are not left out.
    """

    name: str
    says: str
    basis: str
    judge: Callable[[Amounts], Flags]
    culprits: tuple[str, ...] = ()
    metals: tuple[str, ...] = METALS
    doubtful: bool = False


def _no(amounts: Amounts) -> Flags:
    return np.zeros(len(amounts.mixtures), dtype=bool)


def _without_donor(amounts: Amounts) -> Flags:
    held = amounts.total("sites", "organic_cation")
    return np.asarray((amounts["neutral"] > 0) & (held < LEAST_SITES * amounts["to_bind"]))


def _more_than_a_trace(*kinds: str) -> Callable[[Amounts], Flags]:
    """Return a judge of what reacts in small amounts; an assumed amount must be the most of it."""

    def judge(amounts: Amounts) -> Flags:
        found = amounts.above(TRACE, *kinds)
        if not found.any():
            return found
        return np.asarray(found & (~amounts.mixtures.amounts_assumed | amounts.above(HALF, *kinds)))

    return judge


_protic = _more_than_a_trace(*_PROTIC)


def _bound_water(amounts: Amounts) -> Flags:
    """Mark where water is the main solvent and nearly all of it binds cations."""
    if not amounts.has("water"):
        return _no(amounts)
    few = amounts["water"] <= BOUND_WATER * amounts["charge"]
    others = amounts.above(TRACE, "hydroxyl", "acid", "onium")
    return np.asarray(few & amounts.above(HALF, "water") & ~others)


def _both(one: tuple[str, ...], other: tuple[str, ...]) -> Callable[[Amounts], Flags]:
    def judge(amounts: Amounts) -> Flags:
        if not (amounts.has(*one) and amounts.has(*other)):
            return _no(amounts)
        return np.asarray((amounts.total(*one) > TOUCH) & (amounts.total(*other) > TOUCH))

    return judge


def _above(share: float, *kinds: str) -> Callable[[Amounts], Flags]:
    return lambda amounts: amounts.above(share, *kinds)


def _frozen(amounts: Amounts) -> Flags:
    dry = amounts["salt"] + amounts["neutral"] - amounts["water"]
    dilute = amounts["salt"] < EUTECTIC * dry
    return np.asarray(amounts.frozen() & dilute & ~amounts.mixtures.amounts_assumed)


def _salts_alone(amounts: Amounts) -> Flags:
    return np.asarray((amounts.liquid == 0) & (amounts.temperature < SALTS_MELT))


def _too_much_salt(amounts: Amounts) -> Flags:
    solid = amounts["salt"] - amounts["organic_cation"]
    litres = amounts["litres"]
    return np.asarray((litres > 0) & (solid > MOST_SALT * litres))


_CHEMISTRY = "structure: functional groups by SMARTS"

GATES: tuple[Gate, ...] = (
    Gate(
        DISSOLVES,
        "hardly a site in the liquid binds a cation, and there is no organic cation",
        "donor sites of the structures; fewer than 0.4 for a cation",
        _without_donor,
        ("to_bind",),
    ),
    Gate(
        DISSOLVES,
        "more salt than is known to dissolve",
        "aqueous_solubility.csv (CRC Handbook) and salt_limits.csv, with half as much again",
        lambda amounts: amounts.beyond_solubility(),
        ("to_bind",),
    ),
    Gate(
        METAL,
        "its acidic protons turn {metal} into hydrogen and a film",
        f"{_CHEMISTRY}; above 5 % (mol) of the liquid",
        lambda amounts: _protic(amounts) & ~_bound_water(amounts),
        _PROTIC,
        (*_BASE, "Mg"),
    ),
    Gate(
        METAL,
        "water reacts with {metal}, though nearly all of it is bound to cations",
        "water-in-salt electrolytes and hydrate melts: at most 4 water per cation charge",
        lambda amounts: _protic(amounts) & _bound_water(amounts),
        ("water",),
        (*_BASE, "Mg"),
        doubtful=True,
    ),
    Gate(
        METAL,
        "hydrogen evolves from protic solvents before {metal} is plated",
        "standard potential of Al3+/Al; aqueous electrolytes are reported all the same",
        _above(MAIN, "water", "hydroxyl"),
        ("water", "hydroxyl"),
        ("Al",),
        doubtful=True,
    ),
    Gate(
        METAL,
        "the acid dissolves {metal}",
        f"{_CHEMISTRY}; above a fifth of the liquid",
        _above(MAIN, "acid"),
        ("acid",),
        ("Zn", "Al"),
    ),
    Gate(
        METAL,
        "acyl halides and N-halogens are reduced at once",
        f"{_CHEMISTRY}; above 5 % (mol) of the liquid",
        _more_than_a_trace("acyl_halide", "n_halogen"),
        ("acyl_halide", "n_halogen"),
        (*_BASE, "Mg"),
    ),
    Gate(
        METAL,
        "nitro and nitrite groups oxidise it",
        f"{_CHEMISTRY}; above a fifth of the liquid",
        _above(MAIN, "nitro"),
        ("nitro",),
        (*_BASE, "Mg"),
    ),
    Gate(
        METAL,
        "ketones and aldehydes are reduced by {metal}",
        f"{_CHEMISTRY}; above a fifth of the liquid",
        _above(MAIN, "ketone"),
        ("ketone",),
        _BASE,
    ),
    Gate(
        METAL,
        "aliphatic amines dissolve it",
        f"{_CHEMISTRY}; above a fifth of the liquid; Mg and Ca work with chelating amines "
        "(review:li2023-contrast)",
        _above(MAIN, "amine"),
        ("amine",),
        _ALKALI,
    ),
    Gate(
        ITSELF,
        "an organometal, hydride or strong amide beside a protic compound: heat and flammable "
        "gas, do not mix",
        _CHEMISTRY,
        _both(("organometal", "hydride", "strong_amide"), _PROTIC),
        ("organometal", "hydride", "strong_amide", *_PROTIC),
    ),
    Gate(
        ITSELF,
        "an organometal beside what it adds to (C=O, CN, S=O) or takes a proton from (N-H)",
        _CHEMISTRY,
        _both(("organometal",), ("unsaturated", "n_h")),
        ("organometal", "unsaturated", "n_h"),
    ),
    Gate(
        ITSELF,
        "an acid halide beside a protic compound: heat and corrosive gas, do not mix",
        _CHEMISTRY,
        _both(("hydrolysable",), ("water", "hydroxyl", "n_h")),
        ("hydrolysable", "water", "hydroxyl", "n_h"),
    ),
    Gate(
        LIQUID,
        "a gas that no pressure makes a liquid at 25 C",
        "critical temperature (package chemicals); above a fifth of the liquid",
        _above(MAIN, "beyond_critical"),
        ("beyond_critical",),
    ),
    Gate(
        LIQUID,
        "a polymer is the solvent: a solid or a thick melt, and none was measured",
        "no row of the tables holds a polymer as its solvent; above half of the liquid, in units",
        _above(HALF, "polymer"),
        ("polymer",),
        doubtful=True,
    ),
    Gate(
        LIQUID,
        "the solvent is frozen",
        "ideal solubility of the solid (melting point and enthalpy of fusion of the CRC "
        "tables), 20 C of undercooling allowed; not with a tenth of salt, as eutectics have",
        _frozen,
        ("frozen",),
    ),
    Gate(
        LIQUID,
        "salts alone, without an organic cation, are solid",
        "alkali imides, the lowest melting of them, melt above 35 C",
        _salts_alone,
    ),
    Gate(
        POSSIBLE,
        "more salt than there is room for",
        "above 60 mol in a litre of liquid; a litre of water is 55 mol",
        _too_much_salt,
        ("salt",),
    ),
)


def judge(mixtures: Mixtures) -> Flags:
    """Return which gate of `GATES` holds for which mixture, as an array (g, n)."""
    amounts = Amounts(mixtures)
    flags = np.zeros((len(GATES), len(mixtures)), dtype=bool)
    for row, gate in enumerate(GATES):
        here = [rows for metal, rows in mixtures.rows_by_metal.items() if metal in gate.metals]
        if here:
            marked = gate.judge(amounts)
            for rows in here:
                flags[row, rows] = marked[rows]
    return flags
