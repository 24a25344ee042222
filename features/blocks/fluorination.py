"""The block `fluorination`: where the fluorine is, how labile, and whether it counts as PFAS."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import ClassVar

from anolyte.datasets.compounds.registry import Compound, molecule

from ..arrays import Floats
from ..mixtures import Mixtures, divide, limited_ratio
from ..molecules.groups import group_count, pattern
from .base import Descriptor, DescriptorBlock

_OECD = (
    "OECD, Reconciling Terminology of the Universe of PFAS (2021): at least one fully "
    "fluorinated methyl or methylene carbon, without H, Cl, Br or I on it"
)
PFAS = (
    "[CX4](F)(F)(F)[!#1;!Cl;!Br;!I]",
    "[CX4;!$(C[#1,Cl,Br,I]);!$([CH])](F)(F)([!#1;!Cl;!Br;!I])[!#1;!Cl;!Br;!I]",
)
_POSITIONS: Mapping[str, str] = {
    "CF3": "[CX4](F)(F)F",
    "CF2": "[CX4;H0;!$(C(F)(F)F)](F)F",
    "CF2H": "[CX4;H1](F)F",
    "CFH": "[CX4;H1,H2;!$(C(F)F)]F",
}
_LABILE: Mapping[str, str] = {"S_F": "[#16]F", "P_F": "[#15]F", "B_F": "[#5]F"}
_RATIO_LIMIT = 20.0
_FLUORINE = 18.998403


@lru_cache(maxsize=8192)
def _matches(smiles: str, smarts: str) -> int:
    return len(molecule(smiles).GetSubstructMatches(pattern(smarts)))


def is_pfas(compound: Compound) -> bool:
    """Whether a compound, or an ion of it, is a PFAS by the OECD definition of 2021."""
    return any(_matches(compound.smiles, smarts) for smarts in PFAS)


def element_counts(compound: Compound) -> tuple[float, float, float, float]:
    """Return F, H and C atoms and the molar mass in g/mol."""
    fluorine = _matches(compound.smiles, "[#9]")
    carbon = _matches(compound.smiles, "[#6]")
    mol = molecule(compound.smiles)
    hydrogen = sum(atom.GetTotalNumHs() for atom in mol.GetAtoms())
    return float(fluorine), float(hydrogen), float(carbon), compound.molar_mass


def position_counts(compound: Compound) -> tuple[float, ...]:
    """Return the counts of `_POSITIONS`, then alpha- and beta-fluorinated ether positions."""
    own = (float(_matches(compound.smiles, smarts)) for smarts in _POSITIONS.values())
    ether = (group_count(compound, f"{place}_fluoro_ether") for place in ("alpha", "beta"))
    return (*own, *map(float, ether))


def labile_counts(compound: Compound) -> tuple[float, ...]:
    """Return the counts of `_LABILE`."""
    return tuple(float(_matches(compound.smiles, smarts)) for smarts in _LABILE.values())


def _pfas_mass(compound: Compound) -> tuple[float]:
    return (compound.molar_mass * is_pfas(compound),)


class FluorinationBlock(DescriptorBlock):
    """Degree of fluorination, positions, labile fluoride sources, PFAS share."""

    name: ClassVar[str] = "fluorination"
    descriptors: ClassVar[tuple[Descriptor, ...]] = (
        Descriptor("F_to_H_solvent", "1", "fluorine over hydrogen of neutral molecules"),
        Descriptor("F_to_C_solvent", "1", "fluorine over carbon of neutral molecules"),
        Descriptor("F_to_C_salt", "1", "fluorine over carbon of salts"),
        Descriptor("F_wt_pct_solvent", "wt%", "fluorine in the neutral molecules"),
        Descriptor("F_wt_pct", "wt%", "fluorine in the whole"),
        *(Descriptor(f"solvent_{name}", "1", f"mean count per neutral molecule, {smarts}")
          for name, smarts in _POSITIONS.items()),
        Descriptor("solvent_alpha_F", "1", "ether positions with F on the carbon beside O"),
        Descriptor("solvent_beta_F", "1", "ether positions with F one carbon further"),
        *(Descriptor(f"labile_{name}", "1", f"{name.replace('_', '-')} bonds per mole of mixture")
          for name in _LABILE),
        Descriptor("PFAS_wt_pct", "wt%", "compounds that are PFAS", _OECD),
    )  # fmt: skip

    def columns(self, mixtures: Mixtures) -> list[Floats]:
        """Return the 15 descriptors."""
        solvent = mixtures.total(element_counts, mixtures.solvents)
        salt = mixtures.total(element_counts, mixtures.salts)
        mass = solvent[:, 3] + salt[:, 3]
        return [
            limited_ratio(solvent[:, 0], solvent[:, 1], _RATIO_LIMIT),
            limited_ratio(solvent[:, 0], solvent[:, 2], _RATIO_LIMIT),
            limited_ratio(salt[:, 0], salt[:, 2], _RATIO_LIMIT),
            100 * _FLUORINE * divide(solvent[:, 0], solvent[:, 3]),
            100 * _FLUORINE * (solvent[:, 0] + salt[:, 0]) / mass,
            mixtures.mean(position_counts, mixtures.solvents),
            mixtures.total(labile_counts),
            100 * mixtures.total(_pfas_mass)[:, 0] / mass,
        ]
