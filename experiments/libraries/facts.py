"""What filters know of a molecule: size, boiling and melting, groups, toxic classes, synthesis."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from anolyte.datasets.compounds.properties import cas_number, property_value
from anolyte.datasets.compounds.registry import Compound, molecule
from anolyte.features.blocks.fluorination import is_pfas
from anolyte.features.blocks.molecular import MolecularBlock, solvent_descriptors
from anolyte.features.molecules.donor import coordinating_sites
from anolyte.models.gates.substances import is_a

from .volatility import estimates

if TYPE_CHECKING:
    from rdkit.Chem import Mol

# Groups that make a molecule explode: Pletz' explosophores, as the encyclopedias list them, and
# the diazo and perchloryl groups.
EXPLOSIVE: Mapping[str, str] = {
    "nitrate or nitrite": "[OX2][$([NX3](=O)=O),$([NX3+](=O)[O-]),$([NX2]=O)]",
    "several nitro groups": "[N+](=O)[O-].[N+](=O)[O-]",
    "azo": "[#6][NX2]=[NX2][#6]",
    "azide": "[$([NX1-]=[NX2+]=[NX2]),$([NX2]=[NX2+]=[NX1-]),$([NX2-][NX2+]#[NX1])]",
    "diazo": "[#6]=[N+]=[N-]",
    "N-halogen": "[#7][F,Cl,Br,I]",
    "nitrile oxide": "[CX2]#[N+][O-]",
    "chlorate or perchlorate": "[OX2][Cl](=O)=O",
    "peroxide": "[OX2][OX2]",
    "N-nitro": "[NX3][N+](=O)[O-]",
}
# What reacts with a metal or with moisture before a cell is filled, see also the gates.
REACTIVE: Mapping[str, str] = {
    "isocyanate or ketene": "[NX2,CX3]=[CX2]=[OX1]",
    "anhydride": "[CX3](=O)[OX2][CX3]=O",
    "aldehyde": "[CX3;H1](=O)[#6]",
    "hemiacetal": "[OX2;H1][CX4][OX2]",
    "hypohalite": "[OX2][F,Cl,Br,I]",
    "alkyl bromide or iodide": "[CX4][Br,I]",
    "P-H, Si-H or B-H": "[P,Si,B;!H0]",
    "cumulated double bonds": "[#6]=[CX2]=[#6]",
    "three-membered ring": "[r3]",
    "enol ether of an alkyne": "[CX2]#[CX2][OX2,NX3]",
    "sulfenyl or disulfide": "[SX2][SX2,OX2,NX3]",
    "alpha-monofluoro ether": "[CX4;!$(C(F)F)](F)[OX2,NX3;!$(*C=O)][#6]",
}
# What water takes apart within the life of a cell.
HYDROLYSED: Mapping[str, str] = {
    "alkoxysilane": "[Si][OX2,NX3]",
    "orthoester": "[CX4]([OX2])([OX2])[OX2]",
    "borate ester": "[BX3][OX2]",
    "P-F": "[PX4,PX3]F",
}
_REACTS = ("acyl_halide", "n_halogen", "hydrolysable", "organometal", "hydride", "strong_amide")
_PROTIC = ("hydroxyl", "acid", "onium", "n_h")
# Crippen's logP among the descriptors of the block `molecular`.
_LOGP = [each.name for each in MolecularBlock.descriptors].index("solvent_logp")
_IARC = (("(1)", 1.0), ("(2A)", 2.0), ("(2B)", 3.0))
_NTP = (("Known", 1.0), ("Reasonably", 2.0))
FACTS = (
    "heavy_atoms",
    "molar_mass",
    "boiling_C",
    "boiling_measured",
    "melting_C",
    "melting_measured",
    "explosive",
    "reactive",
    "protic",
    "pfas",
    "sites",
    "synthesis",
    "iarc",
    "ntp",
    "hydrolyses",
    "logp",
)


def facts_of(compound: Compound) -> tuple[float, ...]:
    """Return the `FACTS` of a molecule.

    Measured points where there are any, else estimates; of a group whether it is there; the class
    of a list (1 is the worst) or 0 where the molecule is not on it.
    """
    mol = molecule(compound.smiles)
    guessed = estimates(compound.smiles)
    boiling, melting = (_measured(compound, f"{what}_point") for what in ("boiling", "melting"))
    iarc, ntp = toxic_classes(compound)
    return (
        float(mol.GetNumHeavyAtoms()),
        compound.molar_mass,
        guessed.boiling if boiling is None else boiling,
        float(boiling is not None),
        guessed.melting if melting is None else melting,
        float(melting is not None),
        float(any(mol.HasSubstructMatch(each) for each in _patterns("explosive"))),
        float(is_reactive(compound)),
        float(compound.smiles == "O" or any(is_a(compound.smiles, kind) for kind in _PROTIC)),
        float(is_pfas(compound)),
        coordinating_sites(compound),
        synthesis_score(compound),
        iarc,
        ntp,
        float(any(mol.HasSubstructMatch(each) for each in _patterns("hydrolysed"))),
        solvent_descriptors(compound)[_LOGP],
    )


@lru_cache(maxsize=3)
def _patterns(kind: str) -> tuple[Mol, ...]:
    from rdkit.Chem import MolFromSmarts

    groups = {"explosive": EXPLOSIVE, "reactive": REACTIVE, "hydrolysed": HYDROLYSED}[kind]
    return tuple(map(MolFromSmarts, groups.values()))


def is_reactive(compound: Compound) -> bool:
    """Whether a molecule holds one of `REACTIVE`, or reacts for a gate."""
    mol = molecule(compound.smiles)
    here = any(mol.HasSubstructMatch(each) for each in _patterns("reactive"))
    return here or any(is_a(compound.smiles, kind) for kind in _REACTS)


def _measured(compound: Compound, name: str) -> float | None:
    found = property_value(compound, name)
    return None if found is None or found.origin != "measured" else found.value


def toxic_classes(compound: Compound) -> tuple[float, float]:
    """Return the class of a molecule in the lists of IARC (1, 2A, 2B) and NTP, 0 if in neither.

    Examples
    --------
    >>> from anolyte.datasets import shipped_compounds
    >>> from anolyte.experiments.libraries.facts import toxic_classes
    >>> toxic_classes(shipped_compounds().from_smiles("c1ccccc1"))  # benzene
    (1.0, 1.0)
    """
    from chemicals import Carcinogen

    cas = compound.cas or cas_number(compound.smiles)
    if not cas:
        return (0.0, 0.0)
    told = list(Carcinogen(cas).values())
    return (
        next((level for sign, level in _IARC if told[0].endswith(sign)), 0.0),
        next((level for sign, level in _NTP if told[1].startswith(sign)), 0.0),
    )


def synthesis_score(compound: Compound) -> float:
    """Return RDKit's score of synthetic accessibility, from 1 (easy) to 10.

    Ertl and Schuffenhauer, J. Cheminformatics 1 (2009) 8, doi:10.1186/1758-2946-1-8.
    """
    return float(_scorer().calculateScore(molecule(compound.smiles)))


@lru_cache(maxsize=1)
def _scorer() -> Any:
    """Return the module that RDKit ships beside its packages."""
    from rdkit import RDConfig

    path = Path(RDConfig.RDContribDir) / "SA_Score" / "sascorer.py"
    spec = importlib.util.spec_from_file_location("rdkit_sascorer", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
