"""The block `composition`: elemental ratios of the electrolyte.

The 13 ratios of Kim et al. 2023 (doi:10.1073/pnas.2214357120). Fractions count atoms of
all elements, hydrogen and cations included; "solvent" counts neutral molecules, "anion"
the anions; inorganic to organic is every element but H, C and the cation over C.
"""

from __future__ import annotations

from collections import Counter
from typing import ClassVar

from anolyte.datasets.compounds.ions import atom_counts, metal_atoms
from anolyte.datasets.compounds.registry import Compound, fragment_charge

from ..arrays import Floats
from ..mixtures import Mixtures, limited_ratio
from .base import Descriptor, DescriptorBlock

# A ratio over an element that is absent is unbounded; it is held at this.
RATIO_LIMIT = 100.0
_KIM = "Kim et al. 2023, doi:10.1073/pnas.2214357120"


def parts_of_atoms(compound: Compound) -> tuple[float, ...]:
    """Return atoms per formula unit: F, O, C, others, all of neutral parts, then of anions.

    Ten numbers: F, O, C, other elements but H (and, in a covalent salt, its metal), all
    atoms; five for the neutral molecules, five for the anions. An eleventh: atoms of cations.
    """
    neutral, anions, cations = Counter[str](), Counter[str](), 0
    for part in compound.smiles.split("."):
        charge = fragment_charge(part)
        atoms = Counter(atom_counts(part))
        if charge > 0:
            cations += sum(atoms.values())
        elif charge < 0:
            anions += atoms
        elif compound.kind == "salt" and (metals := metal_atoms(part)):
            # Drawn covalently (AlCl3, MeMgBr): the metal is the cation, the rest the anion.
            cations += sum(metals.values())
            anions += atoms - Counter(metals)
        else:
            neutral += atoms
    return (*_five(neutral), *_five(anions), float(cations))


def _five(atoms: Counter[str]) -> tuple[float, float, float, float, float]:
    total = sum(atoms.values())
    fluorine, oxygen, carbon = (float(atoms[element]) for element in ("F", "O", "C"))
    others = total - fluorine - oxygen - carbon - atoms["H"]
    return fluorine, oxygen, carbon, others, float(total)


class CompositionBlock(DescriptorBlock):
    """The 13 elemental ratios of Kim et al. 2023, see the module."""

    name: ClassVar[str] = "composition"
    descriptors: ClassVar[tuple[Descriptor, ...]] = (
        Descriptor("F_to_C", "1", "fluorine over carbon atoms", _KIM),
        Descriptor("O_to_C", "1", "oxygen over carbon atoms", _KIM),
        Descriptor("F_to_O", "1", "fluorine over oxygen atoms", _KIM),
        Descriptor("inorganic_to_organic", "1", "elements but H, C and cations over C", _KIM),
        *(
            Descriptor(
                f"{element}_fraction{suffix}", "1", f"{element} {whose} over all atoms", _KIM
            )
            for element in ("F", "O", "C")
            for suffix, whose in (
                ("", "atoms"),
                ("_solvent", "atoms of neutral molecules"),
                ("_anion", "atoms of anions"),
            )
        ),
    )

    def columns(self, mixtures: Mixtures) -> list[Floats]:
        """Return the 13 ratios."""
        counts = mixtures.total(parts_of_atoms)
        solvent, anion, cations = counts[:, :5], counts[:, 5:10], counts[:, 10]
        both = solvent + anion
        fluorine, oxygen, carbon, others, total = both.T
        total = total + cations
        ratios = [
            limited_ratio(fluorine, carbon, RATIO_LIMIT),
            limited_ratio(oxygen, carbon, RATIO_LIMIT),
            limited_ratio(fluorine, oxygen, RATIO_LIMIT),
            limited_ratio(fluorine + oxygen + others, carbon, RATIO_LIMIT),
        ]
        fractions = [
            part[:, element] / total for element in range(3) for part in (both, solvent, anion)
        ]
        return [*ratios, *fractions]
