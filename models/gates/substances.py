"""What a gate has to know of one compound: what it binds, what it reacts with, where it boils.

Structures are read by SMARTS, properties are measured ones; what is not known gates nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from anolyte.datasets.compounds.densities import density
from anolyte.datasets.compounds.ions import metal_cations, organic_cations
from anolyte.datasets.compounds.properties import property_value
from anolyte.datasets.compounds.registry import Compound, fragment_charge, molecule
from anolyte.features.molecules.donor import coordinating_sites

if TYPE_CHECKING:
    from rdkit.Chem import Mol

WATERS = ("O", "[2H]O[2H]")
ROOM = 25.0

# What a molecule or ion holds of each kind counts once, however often.
REACTIVE: Mapping[str, tuple[str, ...]] = {
    "hydroxyl": ("[OX2;H1]", "[SX2;H1]"),
    "acid": (
        "[C,S,P,N;!$([N;H0]([#6])[#6])](=O)[OX2;H1]",
        "[F,Cl,Br,I;H1]",
        "[NX3;!H0]S(=O)=O",
        "[NX3;H1](C=O)C=O",
    ),
    "onium": ("[#7+;!H0]",),
    "acyl_halide": ("[CX3](=O)[F,Cl,Br,I]",),
    "n_halogen": ("[#7][F,Cl,Br,I]",),
    "nitro": ("[#6][N+](=O)[O-]", "[OX2][NX2]=O", "[OX2][N+](=O)[O-]"),
    "ketone": ("[#6][CX3](=O)[#6]", "[CX3;H1](=O)[#6]"),
    "amine": ("[NX3;!$([N]~[!#6;!#1]);!$([N][#6;!X4])][CX4]",),
    "organometal": (
        "[Li,Na,K,Mg,Ca,Zn,Al]~[#6]",
        "[#6-;!$([#6-]~[!#6;!#1]);!$([#6-]C#N);!$([#6-]C=O)]",
    ),
    "hydride": ("[B-;H4]", "[#1-]", "[Al,Mg,Zn,Li,Na;!H0]"),
    "strong_amide": (
        "[Li,Na,K,Mg,Ca,Zn,Al]~[NX3]",
        "[N-;X2;!$([N-]~[!#6;!#14;!#1]);!$([N-][#6;!X4])]",
    ),
    "n_h": ("[NX3,nX3;!H0]",),
    "unsaturated": ("[#6]=[OX1]", "[CX2]#[NX1]", "S=[OX1]"),
    "hydrolysable": ("[CX3](=O)[Cl,Br,I]", "[S,P](=O)[Cl,Br,I]", "[Si,B,P;X3,X4][Cl,Br,I]"),
    "lewis_acid": ("[BX3;H0]", "[AlX3]"),
}
# Donors that `coordinating_sites` leaves out because they bind weakly: half a site each. Liquid
# fluoromethanes, sulfuryl compounds and SO2 are solvents of working electrolytes all the same.
_WEAK_DONORS = (
    "[SX4](=O)(=O)[F,Cl]",
    "[SX4](=O)(=O)([OX2])[OX2]",
    "[SX2,SX3](=O)",
    "[PX4]=[NX2]",
    "[PX3][OX2]",
    "[BX3][OX2]",
    "[SX2;H0]",
    "[CX3]=[OX1]",
    "[NX2]=[#6]",
    "o",
    "[N+](=O)[O-]",
    "[CX4;H2,H3]F",
)


@lru_cache(maxsize=256)
def _pattern(smarts: str) -> Mol:
    from rdkit.Chem import MolFromSmarts

    return MolFromSmarts(smarts)


def fragment_charges(smiles: str) -> bool:
    """Whether a structure consists of ions."""
    return any(fragment_charge(part) for part in smiles.split("."))


@lru_cache(maxsize=8192)
def is_a(smiles: str, kind: str) -> bool:
    """Whether a structure is of a kind of `REACTIVE`; neither water nor an ion is unsaturated."""
    found = molecule(smiles)
    if kind == "unsaturated" and fragment_charges(smiles):
        return False
    return any(found.HasSubstructMatch(_pattern(each)) for each in REACTIVE[kind])


@lru_cache(maxsize=8192)
def binding_sites(compound: Compound) -> float:
    """Return the sites with which the neutral molecules of a compound can bind a cation.

    `coordinating_sites`, with half a site for each weak donor of a molecule that has none; of a
    hydrate its water.
    """
    if compound.is_salt:
        return float(waters(compound))
    sites = max(coordinating_sites(compound), float(waters(compound)))
    if sites or compound.kind == "diluent":
        return sites
    found = molecule(compound.smiles)
    return 0.5 * sum(len(found.GetSubstructMatches(_pattern(each))) for each in _WEAK_DONORS)


def neutral_parts(compound: Compound) -> list[str]:
    """Return the neutral molecules of a formula unit: the water of a hydrate, a solvent itself."""
    if compound.is_salt and not compound.ions:
        return []
    return [part for part in compound.smiles.split(".") if not fragment_charge(part)]


def waters(compound: Compound) -> int:
    """Return the water molecules per formula unit."""
    return sum(part in WATERS for part in neutral_parts(compound))


def cations_to_bind(compound: Compound) -> float:
    """Return the metal cations per formula unit that do not dissolve without a donor.

    None of what dissolves as a molecule: covalent halides and organometals, bulky amides.
    """
    molecular = not compound.ions or is_a(compound.smiles, "strong_amide")
    return 0.0 if molecular else float(sum(metal_cations(compound).values()))


def boils(compound: Compound) -> tuple[float, float]:
    """Return whether a solvent is a gas at room temperature, and beyond liquefaction."""
    if compound.is_salt:
        return (0.0, 0.0)
    boiling = property_value(compound, "boiling_point")
    critical = property_value(compound, "critical_temperature")
    beyond = critical is not None and critical.value < ROOM
    sublimes = compound.smiles == "O=C=O"
    gas = beyond or sublimes or (boiling is not None and boiling.value < ROOM)
    return (float(gas), float(beyond))


# Moles of each per mole of a compound; `litres` is the volume of the liquids.
AMOUNTS = (
    "neutral",
    "litres",
    "sites",
    "water",
    "salt",
    "ions",
    "to_bind",
    "organic_cation",
    "charge",
    "gas",
    "beyond_critical",
    "polymer",
    *REACTIVE,
)


def amounts_of(compound: Compound) -> tuple[float, ...]:
    """Return what one mole of a compound brings of each of `AMOUNTS`."""
    parts = neutral_parts(compound)
    is_solid = compound.kind == "salt"
    litres = 0.0 if is_solid else compound.molar_mass / density(compound).value / 1000
    charges = [fragment_charge(ion) * count for ion, count in compound.ions.items()]
    return (
        float(len(parts)),
        litres,
        binding_sites(compound),
        float(waters(compound)),
        float(compound.is_salt),
        float(sum(compound.ions.values())) if compound.ions else float(compound.is_salt),
        cations_to_bind(compound),
        float(sum(organic_cations(compound).values())),
        float(sum(charge for charge in charges if charge > 0)),
        *boils(compound),
        float(compound.is_polymer),
        *(float(is_a(compound.smiles, kind)) for kind in REACTIVE),
    )


def fusion(compound: Compound) -> tuple[float, float]:
    """Return melting point (degrees C) and enthalpy of fusion (kJ/mol); nan if one is unknown."""
    unknown = (float("nan"), float("nan"))
    if compound.is_salt:
        return unknown
    melting = property_value(compound, "melting_point")
    enthalpy = property_value(compound, "fusion_enthalpy")
    if melting is None or enthalpy is None or melting.origin != "measured":
        return unknown
    return melting.value, enthalpy.value
