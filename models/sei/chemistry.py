"""What of an electrolyte decides about its SEI: few features, each with a reason.

For the composition, on Li, Na and K (Li et al., The contrast between monovalent and multivalent
metal battery anodes, review; Xiang et al., doi:10.1016/j.joule.2019.07.027):

carbonate    carbonates of the first shell, reduced to alkyl carbonates and polymers
weak F       S-F and P-F bonds per mole of mixture: the anions that give up fluoride first
aggregates   cations that touch several anions, which are carried to the metal and reduced
polymer      vinylene carbonate, which polymerises at the metal

and on zinc: fluorinated salts, which leave ZnF2, and organic molecules with O-H or N-H bonds,
which stay in the film beside the salt's products. For the function, on Mg, Ca and Al:

active       share of anions that leave no film that blocks: halides, hydrides, carbanions,
             disilazides, weakly coordinating alkoxyborates; 0 beside a solvent that the metal
             reduces (carbonate, ester, nitrile)
compounds    how many there are: what works has a second salt, a co-solvent or an additive
boron        borohydrides, borates and boranes, whose films let the cations pass
chelators    amines, amides and pyridines of the first shell, which keep anions off the metal
aluminate    share of alkoxyaluminates, which leave fluoride

and on Na and K the carbonates of the shell, on zinc the number of compounds; on Li all but one of
more than 600 reported films conduct. A feature of other metals is 0 there, so that each is a
contrast within its metals.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from anolyte.datasets.compounds.ions import atom_counts, metal_atoms
from anolyte.datasets.compounds.registry import Compound, fragment_charge, molecule
from anolyte.features.arrays import Flags, Floats
from anolyte.features.blocks.base import DescriptorBlock
from anolyte.features.blocks.first_shell import ShellBlock
from anolyte.features.blocks.fluorination import FluorinationBlock
from anolyte.features.blocks.solvation import cation_count
from anolyte.features.mixtures import Mixtures, divide
from anolyte.features.molecules.pairing import shell

from .rules import BLOCKED, PROTECTED

if TYPE_CHECKING:
    from rdkit.Chem import Mol

COMPOSITION = ("carbonate", "weak F", "aggregates", "polymer", "zinc: salt F", "zinc: O-H, N-H")
FUNCTION = (
    *("active", "compounds", "boron", "chelators", "aluminate"),
    *("sodium, potassium: carbonate", "zinc: compounds"),
)
# More compounds than this are not told apart.
MANY = 6
# Above this share of the shell a solvent that the metal reduces spoils active anions.
REDUCED_SHARE = 0.2
# Anions that leave no film that blocks, see above.
ACTIVE = (
    *("[#5;!H0]", "[Cl-,Br-,I-]", "[Cl,Br,I;$(*-[Mg,Al,Ca])]"),
    *("[C-]", "[#6;$(*-[Mg,Al,Ca])]", "[#7]([Si])[Si]"),
    "[B-]([OX2][CX4])([OX2])([OX2])[OX2]",
)
ALUMINATE = "[Al-][OX2]"
PROTIC = "[OX2H,NX3;!H0]"
POLYMER_FORMER = "O=c1occo1"
# What the species are compared by: see `species`.
PRESENCES = {
    "FSI": "FS(=O)(=O)[N-]S(=O)(=O)F",
    "TFSI": "FC(F)(F)S(=O)(=O)[N-]S(=O)(=O)C(F)(F)F",
    "PF6": "F[P-](F)(F)(F)(F)F",
    "BF4": "F[B-](F)(F)F",
    "AsF6": "F[As-](F)(F)(F)(F)F",
    "ClO4": "[O-][Cl+3]([O-])([O-])[O-]",
    "NO3": "[O-][N+](=O)[O-]",
    "OTf": "[O-]S(=O)(=O)C(F)(F)F",
    "SO4": "[O-]S(=O)(=O)[O-]",
    "oxalatoborate": "[B-]1OC(=O)C(=O)O1",
    "difluorophosphate": "[O-]P(=O)(F)F",
    "chloride": "[Cl-,$(Cl-[Al,Mg,Zn])]",
    "iodine": "[I]",
    "boron": "[#5]",
    "hydride": "[#5;!H0]",
    "aluminium": "[Al]",
    "organic cation": "[$([NX4+]),$([n+]),$([PX4+]),$([SX3+])]",
    "fluoroethylene carbonate": "O=C1OCC(F)O1",
    "carbonate": "O=C([OX2])[OX2]",
    "ether": "[CX4][OX2][CX4]",
    "water": "[OX2;H2]",
    "phosphorus": "[#15;!$([P-])]",
    "nitrogen": "[#7;!-;!+]",
    "sulfur": "[#16;!$(S[N-]);!$(S(=O)(=O)[O-])]",
    "fluorinated molecule": "[F;$(F[#6]);!$(FC*S(=O));!$(FC(F)(F)S)]",
    "double bond": "C=C",
    "protic": f"[#6].{PROTIC}",
}
_SHELL = ("shell_carbonate", "shell_ester", "shell_nitrile")
_CHELATORS = ("shell_amine", "shell_pyridine", "shell_amide")


@lru_cache(maxsize=128)
def _pattern(smarts: str) -> Mol:
    from rdkit.Chem import MolFromSmarts

    return MolFromSmarts(smarts)


@lru_cache(maxsize=65536)
def _matches(smiles: str, smarts: str) -> bool:
    return bool(molecule(smiles).HasSubstructMatch(_pattern(smarts)))


def _anions(compound: Compound) -> tuple[float, float, float]:
    """Return anions, active anions and alkoxyaluminates of a formula unit of a salt.

    A molecule with a metal atom, like a Grignard reagent, counts as one anion.
    """
    if not compound.is_salt and not metal_atoms(compound.smiles):
        return (0.0, 0.0, 0.0)
    parts = compound.ions or {compound.smiles: 1}
    found = np.zeros(3)
    for smiles, count in parts.items():
        if fragment_charge(smiles) <= 0:
            active = any(_matches(smiles, smarts) for smarts in ACTIVE)
            found += count * np.array([1.0, active, _matches(smiles, ALUMINATE)])
    return (float(found[0]), float(found[1]), float(found[2]))


def _molecules(compound: Compound) -> tuple[float, float, float]:
    """Return the O-H and N-H groups of an organic molecule, of a polymer former, boron atoms."""
    boron = float("B" in atom_counts(compound.smiles))
    if compound.is_salt or "C" not in atom_counts(compound.smiles):
        return (0.0, 0.0, boron)
    protic = float(_matches(compound.smiles, PROTIC))
    return (protic, float(_matches(compound.smiles, POLYMER_FORMER)), boron)


def _presences(compound: Compound) -> tuple[float, ...]:
    return tuple(float(_present(compound, name)) for name in PRESENCES)


def _present(compound: Compound, name: str) -> bool:
    if name == "protic":
        return bool(_molecules(compound)[0])
    return _matches(compound.smiles, PRESENCES[name])


def composition_features(mixtures: Mixtures) -> Floats:
    """Return what decides about the composition (n, 6), the columns `COMPOSITION`."""
    near, fluorine = _block(ShellBlock(), mixtures), _block(FluorinationBlock(), mixtures)
    molecules = mixtures.total(_molecules)
    protected = np.isin(mixtures.metals, PROTECTED)
    zinc = mixtures.metals == "Zn"
    columns = [
        (near["shell_carbonate"], protected),
        (fluorine["labile_S_F"] + fluorine["labile_P_F"], protected),
        (aggregates(mixtures), protected),
        (np.sqrt(molecules[:, 1]), protected),
        (fluorine["F_to_C_salt"], zinc),
        ((molecules[:, 0] > 0).astype(float), zinc),
    ]
    return np.column_stack([values * where for values, where in columns])


def function_features(mixtures: Mixtures) -> Floats:
    """Return what decides about the function (n, 7), the columns `FUNCTION`."""
    near = _block(ShellBlock(), mixtures)
    anions = mixtures.total(_anions)
    boron = mixtures.total(_molecules)[:, 2]
    reduced = np.sum([near[name] for name in _SHELL], axis=0)
    active = divide(anions[:, 1], anions[:, 0]) * (reduced < REDUCED_SHARE)
    compounds = np.minimum((mixtures.mole_fractions > 0).sum(axis=1), MANY).astype(float)
    blocked = np.isin(mixtures.metals, BLOCKED)
    columns = [
        (active, blocked),
        (compounds, blocked),
        ((boron > 0).astype(float), blocked),
        (np.sum([near[name] for name in _CHELATORS], axis=0), blocked),
        (divide(anions[:, 2], anions[:, 0]), blocked),
        (near["shell_carbonate"], np.isin(mixtures.metals, ("Na", "K"))),
        (compounds, mixtures.metals == "Zn"),
    ]
    return np.column_stack([values * where for values, where in columns])


def presences(mixtures: Mixtures) -> Flags:
    """Return which of `PRESENCES` each electrolyte (n, p) holds."""
    return np.asarray(mixtures.total(_presences) > 0)


def aggregates(mixtures: Mixtures) -> Floats:
    """Return the share of cations (n,) that touch several anions, see `pairing.shell`."""
    cations = mixtures.total(cation_count, mixtures.salts)[:, 0]
    return np.asarray(shell(mixtures, cations)[:, 3])


def _block(block: DescriptorBlock, mixtures: Mixtures) -> dict[str, Floats]:
    values = block.compute(mixtures)
    names = block.get_feature_names_out()
    return {str(name): values[:, column] for column, name in enumerate(names)}
