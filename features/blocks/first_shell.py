"""The block `shell`: what the cation's first shell is made of, diluents left outside.

Solvents share their part of the shell by amount, sites and binding strength, as in the
competition model of `pairing`; anions share theirs by amount. What is reduced first on the
metal, and makes the interphase, sits in this shell.
"""

from __future__ import annotations

from functools import partial
from typing import ClassVar

import numpy as np
from anolyte.datasets.compounds.ions import atom_counts
from anolyte.datasets.compounds.metals import METALS
from anolyte.datasets.compounds.registry import Compound

from ..arrays import Floats
from ..mixtures import Mixtures, divide
from ..molecules.groups import GROUPS, group_count
from ..molecules.pairing import shell, solvent_binding
from .base import Descriptor, DescriptorBlock
from .ions import ANIONS, anion_counts
from .solvation import cation_count

_PAIRING = "competition model of features.pairing"
_ATOMS = ("F", "C")


def bound_groups(compound: Compound, metal: str) -> tuple[float, ...]:
    """Return sites times K, then that times the count of each group, of F and of C atoms."""
    weight = solvent_binding(compound, metal)[1]
    if not weight:
        return (0.0,) * (1 + len(GROUPS) + len(_ATOMS))
    atoms = atom_counts(compound.smiles)
    counts = [group_count(compound, group) for group in GROUPS]
    counts += [atoms[element] for element in _ATOMS]
    return (weight, *(weight * count for count in counts))


# One function a metal, so that each has its own cached descriptor table.
_BOUND_GROUPS = {metal: partial(bound_groups, metal=metal) for metal in METALS}


class ShellBlock(DescriptorBlock):
    """Functional groups and anions of the first shell, each times its share of the shell."""

    name: ClassVar[str] = "shell"
    descriptors: ClassVar[tuple[Descriptor, ...]] = (
        *(
            Descriptor(f"shell_{name}", "1", f"mean count of {what} in the shell", _PAIRING)
            for name, what in (
                *((group, f"the group {group}") for group in GROUPS),
                *((element, f"{element} atoms of solvents") for element in _ATOMS),
            )
        ),
        *(
            Descriptor(f"shell_{name}", "1", f"share of {name} anions in the shell", _PAIRING)
            for name in (*ANIONS, "other")
        ),
    )

    def columns(self, mixtures: Mixtures) -> list[Floats]:
        """Return the 40 descriptors."""
        cations = mixtures.total(cation_count, mixtures.salts)[:, 0]
        share = shell(mixtures, cations)[:, :1]
        bound = mixtures.total_by_metal(_BOUND_GROUPS, mixtures.solvents)
        anions = mixtures.total(anion_counts, mixtures.salts)
        total = np.asarray(anions.sum(axis=1))[:, None]
        # One division a row, not one a column.
        return [
            bound[:, 1:] * divide(1 - share, bound[:, :1]),
            anions * divide(share, total),
        ]
