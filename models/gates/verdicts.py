"""What the gates say of mixtures: which are left out, which are weak, and why, in words."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from anolyte.datasets.compounds.properties import property_value
from anolyte.datasets.compounds.registry import Compound
from anolyte.features.arrays import Flags, Floats
from anolyte.features.mixtures import Mixtures

from .amounts import Amounts
from .gates import GATES, MAIN, Gate, judge
from .substances import AMOUNTS, amounts_of, binding_sites

_DOUBTFUL = np.array([gate.doubtful for gate in GATES])
# Compounds that are named in a sentence.
_NAMED = 3
# MPa^0.5; hexane and acetonitrile (19) do not mix, toluene and dimethyl sulfoxide (17) do.
_APART = 18.0
# Mole fraction from which a liquid can be a layer of its own.
_LAYER = 0.1


@dataclass(frozen=True)
class Verdicts:
    """The verdicts of `GATES` on mixtures.

    Attributes
    ----------
    mixtures
        The n mixtures.
    flags
        Array (g, n): which gate holds for which mixture.
    """

    mixtures: Mixtures
    flags: Flags

    @classmethod
    def of(cls, mixtures: Mixtures) -> Verdicts:
        """Judge mixtures."""
        return cls(mixtures, judge(mixtures))

    @property
    def gated(self) -> Flags:
        """Mixtures (n,) that cannot work: left out of lists."""
        return np.asarray(self.flags[~_DOUBTFUL].any(axis=0))

    @property
    def doubtful(self) -> Flags:
        """Mixtures (n,) that a gate makes doubtful only, such as water-in-salt on lithium."""
        return np.asarray(self.flags[_DOUBTFUL].any(axis=0) & ~self.gated)

    @property
    def weak(self) -> Flags:
        """Mixtures (n,) whose prediction is never better than weak: gated or doubtful."""
        return np.asarray(self.flags.any(axis=0))

    def sentences(self) -> list[str]:
        """Return why each mixture is gated or doubtful, empty where none is."""
        return [
            "; ".join(self._sentence(GATES[gate], row) for gate in np.flatnonzero(column))
            for row, column in enumerate(self.flags.T)
        ]

    def _sentence(self, gate: Gate, row: int) -> str:
        told = gate.says.format(metal=self.mixtures.metals[row])
        names = ", ".join(map(str, self._culprits(gate, row)))
        return f"{gate.name}: {told}" + (f" ({names})" if names else "")

    def _culprits(self, gate: Gate, row: int) -> list[Compound]:
        table = self.mixtures.table(amounts_of)
        columns = [AMOUNTS.index(kind) for kind in gate.culprits if kind in AMOUNTS]
        blamed = (self.mixtures.mole_fractions[row] > 0) & (table[:, columns] > 0).any(axis=1)
        return [self.mixtures.compounds[at] for at in np.flatnonzero(blamed)[:_NAMED]]


def liquid_remarks(mixtures: Mixtures) -> list[str]:
    """Return what is to be known of each mixture as a liquid: pressure, layers; else nothing."""
    amounts = Amounts(mixtures)
    under_pressure = amounts.above(MAIN, "gas") & ~amounts.above(MAIN, "beyond_critical")
    layers = _layers(mixtures)
    return [
        "; ".join(
            filter(
                None,
                ("liquid only under pressure" * bool(gas), f"may not mix: {pair}" * bool(pair)),
            )
        )
        for gas, pair in zip(under_pressure, layers, strict=True)
    ]


def _layers(mixtures: Mixtures) -> list[str]:
    """Return for each mixture a diluent that is far from all solvents in Hansen's space."""
    parameters = [_hansen(compound) for compound in mixtures.compounds]
    told = []
    for fractions in mixtures.mole_fractions:
        here = np.flatnonzero(fractions > _LAYER)
        known = [(mixtures.compounds[at], parameters[at]) for at in here if parameters[at]]
        told.append(_apart(known))
    return told


def _apart(known: list[tuple[Compound, tuple[float, float, float] | None]]) -> str:
    diluents = [(c, p) for c, p in known if p is not None and not binding_sites(c)]
    solvents = [(c, p) for c, p in known if p is not None and binding_sites(c)]
    for diluent, place in diluents:
        far = [solvent for solvent, other in solvents if _distance(place, other) > _APART]
        if far and len(far) == len(solvents):
            return f"{diluent} with {', '.join(map(str, far))} by their Hansen parameters"
    return ""


def _distance(one: tuple[float, float, float], other: tuple[float, float, float]) -> float:
    """Return the distance in Hansen's space in MPa^0.5, dispersion counted twice."""
    weights: Floats = np.array([2.0, 1.0, 1.0])
    return float(np.linalg.norm(weights * (np.array(one) - np.array(other))))


@lru_cache(maxsize=4096)
def _hansen(compound: Compound) -> tuple[float, float, float] | None:
    parts = [
        property_value(compound, f"hansen_{part}") for part in ("dispersion", "polar", "hydrogen")
    ]
    values = [part.value for part in parts if part is not None]
    return (values[0], values[1], values[2]) if len(values) == 3 else None
