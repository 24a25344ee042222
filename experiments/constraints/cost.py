"""What a litre of an electrolyte costs, by the user's own prices per kilogram.

The litre is that of the whole, salts and all, mixed ideally. Water counts as free where it has no
price; any other compound without one makes the cost unknown.
"""

from __future__ import annotations

import numpy as np
from anolyte.datasets.compounds.densities import density
from anolyte.datasets.compounds.prices import PRICE
from anolyte.datasets.compounds.registry import Compound
from anolyte.features.arrays import Floats, Verdicts
from anolyte.features.mixtures import Mixtures

_WATER = "O"


def has_price(compound: Compound) -> bool:
    """Whether the price of a compound is known."""
    return PRICE in compound.measured or compound.smiles == _WATER


def _terms(compound: Compound) -> tuple[float, float, float]:
    """Return price, litres and whether the price is missing, of a mole of a compound."""
    kilograms = compound.molar_mass / 1000
    litres = kilograms / density(compound).value
    return (
        compound.measured.get(PRICE, 0.0) * kilograms,
        litres,
        float(not has_price(compound)),
    )


def cost_per_litre(mixtures: Mixtures) -> Floats:
    """Return the cost (n,) of a litre of each mixture; NaN where a price is missing."""
    price, litres, missing = mixtures.total(_terms).T
    return np.asarray(np.where(missing > 0, np.nan, price / litres))


def any_price(mixtures: Mixtures) -> bool:
    """Whether any compound of the mixtures carries a price."""
    return any(PRICE in compound.measured for compound in mixtures.compounds)


def at_most(mixtures: Mixtures, limit: float) -> Verdicts:
    """Return pass (1), fail (0) or unknown (-1) of each mixture (n,)."""
    cost = cost_per_litre(mixtures)
    return np.where(np.isnan(cost), -1, cost <= limit * (1 + 1e-9)).astype(np.int8)
