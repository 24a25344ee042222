"""Who sits in the cation's first shell: solvent or anion? A transparent competition model.

Each cation has N sites (its usual coordination number). Per cation the solvents offer S
sites and the anions A; both bind by ideal competition for the free ones,

    x_s / x_a = r (S - x_s) / (A - x_a),   x_s + x_a = min(N, S + A),

where x_s and x_a are the sites taken and r = K_s / K_a with K = exp(strength / THETA),
averaged over the sites on offer. This is a quadratic equation in x_s, solved in closed form.
Strengths in kcal/mol:

    solvent   donor number + CHELATE for each further site of one molecule (at most two)
    anion     donor number + COULOMB z / (r_c + r_a)

with z the charge and r_c the Shannon radius of the cation, r_a the anion's radius. With
p = x_a / (x_s + x_a) the anions' share of the shell, and sites filled independently, a
cation without an anion is a solvent-separated pair (SSIP), (1 - p)^N; with one, a contact
pair (CIP), N p (1 - p)^(N-1); the rest are aggregates (AGG).

The three parameters are not measured: they were set so that the statements of the
literature gathered in ``tests/features/pairing_statements.csv`` come out in the right order.
The fractions order electrolytes; they are no substitute for Raman spectra or simulation.
"""

from __future__ import annotations

from functools import partial

import numpy as np
from anolyte.datasets.compounds.metals import CHARGES, METALS, ion_property, working_ion
from anolyte.datasets.compounds.registry import Compound

from ..arrays import Floats
from ..mixtures import Mixtures, divide, side_by_side
from .anions import anion_donor_number, anion_radius, binding_anions
from .donor import coordinating_sites, donor_number

THETA = 5.0
CHELATE = 1.5
COULOMB = 32.0
ANION_SITES = 2.0
# Keeps K finite for any donor number; e^12 decides every competition.
_MAX_EXPONENT = 12.0


def _boltzmann(strength: float) -> float:
    return float(np.exp(np.clip((strength - 20.0) / THETA, -_MAX_EXPONENT, _MAX_EXPONENT)))


def solvent_binding(compound: Compound) -> tuple[float, float]:
    """Return a molecule's sites, and sites times K."""
    if compound.is_salt:
        return (0.0, 0.0)
    sites = coordinating_sites(compound)
    chelation = CHELATE * float(np.clip(sites - 1, 0, 2))
    return (sites, sites * _boltzmann(donor_number(compound) + chelation))


def anion_binding(smiles: str, metal: str) -> float:
    """Return the sites times K of one anion towards a metal's ion."""
    charge = CHARGES[metal]  # type: ignore[index]
    radius = ion_property(working_ion(metal), "ionic_radius_Shannon_CN6") + anion_radius(smiles)
    return ANION_SITES * _boltzmann(anion_donor_number(smiles) + COULOMB * charge / radius)


def _salt_binding(compound: Compound, metal: str) -> tuple[float, float]:
    anions = binding_anions(compound)
    sites = sum(count * ANION_SITES for _, count in anions)
    return (sites, sum(count * anion_binding(smiles, metal) for smiles, count in anions))


# One function a metal, so that each has its own cached descriptor table.
_SALT_BINDING: dict[str, partial[tuple[float, float]]] = {
    metal: partial(_salt_binding, metal=metal) for metal in METALS
}


def coordination_numbers(mixtures: Mixtures) -> Floats:
    """Return the usual coordination number (n,) of each row's working ion."""
    result = np.zeros(len(mixtures))
    for metal, rows in mixtures.rows_by_metal.items():
        result[rows] = _coordination_number(metal)
    return result


def _coordination_number(metal: str) -> float:
    return ion_property(working_ion(metal), "usual_coordination_number")


def shell(mixtures: Mixtures, cations: Floats) -> Floats:
    """Return the anions' share p of the first shell and the SSIP, CIP, AGG fractions (n, 4).

    The result is read-only: it is kept with the mixtures for whoever asks again.

    Parameters
    ----------
    mixtures
        The n electrolytes.
    cations
        Metal cations per mole of mixture (n,).
    """
    kept = mixtures.derived.get(shell)
    if kept is None:
        kept = mixtures.derived[shell] = _shell(mixtures, cations)
        kept.flags.writeable = False
    return kept


def _shell(mixtures: Mixtures, cations: Floats) -> Floats:
    solvent = mixtures.total(solvent_binding, mixtures.solvents)
    result = np.zeros((4, len(mixtures))).T
    for metal, rows in mixtures.rows_by_metal.items():
        anions = mixtures.total(_SALT_BINDING[metal])[rows]
        places = _coordination_number(metal)
        result[rows] = _fractions(solvent[rows], anions, cations[rows], places)
    return result


def _fractions(solvent: Floats, anions: Floats, cations: Floats, places: float) -> Floats:
    s = divide(solvent[:, 0], cations)
    a = divide(anions[:, 0], cations)
    ratio = divide(
        divide(solvent[:, 1], solvent[:, 0]), divide(anions[:, 1], anions[:, 0]), empty=1.0
    )
    filled = np.minimum(places, s + a)
    taken = _solvent_sites_taken(s, a, filled, ratio)
    share = np.clip(divide(filled - taken, filled), 0.0, 1.0)
    without = (1 - share) ** (places - 1)
    separated = without * (1 - share)
    contact = places * share * without
    return side_by_side([share, separated, contact, 1 - separated - contact])


def _solvent_sites_taken(s: Floats, a: Floats, filled: Floats, ratio: Floats) -> Floats:
    """Solve x (a - filled + x) = ratio (s - x)(filled - x) for x within its bounds."""
    # (1 - r) x^2 + (a - filled + r (s + filled)) x - r s filled = 0, solved without
    # cancellation for any r; r = 1 leaves the linear equation.
    quadratic = 1 - ratio
    linear = a - filled + ratio * (s + filled)
    constant = -ratio * s * filled
    root = np.sqrt(np.maximum(linear**2 - 4 * quadratic * constant, 0.0))
    taken = divide(-2 * constant, linear + root)
    return np.clip(taken, np.maximum(filled - a, 0.0), np.minimum(s, filled))
