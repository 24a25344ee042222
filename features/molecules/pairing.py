"""Who sits in the cation's first shell: solvent or anion? A transparent competition model.

Each cation has N sites (its usual coordination number). Per cation the solvents offer S
sites and the anions A; both bind by ideal competition for the free ones,

    x_s / x_a = r (S - x_s) / (A - x_a),   x_s + x_a = min(N, S + A),

where x_s and x_a are the sites taken and r = K_s / K_a with K = exp(strength / THETA),
averaged over the sites on offer. This is a quadratic equation in x_s, solved in closed form.
Strengths in kcal/mol:

    solvent   donor number + CHELATE for each further site of one molecule (at most two)
              - CROWDING for each alkyl carbon beside an ether oxygen, see `crowding`
    anion     donor number + COULOMB z / (r_c + r_a)

with z the charge and r_c the Shannon radius of the cation, r_a the anion's radius. Let
p = x_a / (x_s + x_a) be the anions' share of the shell. How many anions k one cation has is
binomial over its N sites with the probability P of a site, but the first anion meets the whole
charge of the cation and is bound firmer than those after it by FIRST: the bare cation's weight
is multiplied by b = exp(-FIRST / THETA). P follows from the mean number of anions, N p:

    P = p (1 - (1 - b) (1 - P)^N)

A cation without an anion is a solvent-separated pair (SSIP), one with a single anion a contact
pair (CIP), one with more an aggregate (AGG).

The constants were fitted to the Raman fractions of 155 potassium ether electrolytes
(``pairing_raman.csv``) under the condition that the 28 statements of the literature of
``tests/features/molecules/pairing_statements.csv``, over six metals, stay in order; THETA was
kept. They order electrolytes; they are no substitute for a spectrum or a simulation.

THETA         kcal/mol; how much a difference in strength counts (kept: 3 to 8 fit alike)
CHELATE       kcal/mol; a glyme that holds the cation by two oxygens is held firmer than by one
CROWDING      kcal/mol; ethyl or longer ends keep the cation away: diethoxyethane solvates more
              weakly than dimethoxyethane (Chen et al., doi:10.1021/jacs.1c09006)
COULOMB       kcal A/mol; attraction of the charges, screened by the liquid
FIRST         kcal/mol; by how much the first anion is bound firmer than a further one. Without
              it the model had 0.19 too few contact pairs and as many aggregates too many
ANION_SITES   sites of the shell that an anion fills, between one (by one oxygen) and two
              (by two, or between two cations)
WIDE          A; a cation of this radius is held by both oxygens of an open-chain acetal (a
              chelate ring of four suits only a large ion). For lithium dimethoxymethane is
              known to bind by one (doi:10.1039/d4sc05319b); the spectra have it separate
              potassium's pairs better than dimethoxyethane
"""

from __future__ import annotations

from functools import partial

import numpy as np
from anolyte.datasets.compounds.metals import CHARGES, METALS, ion_property, working_ion
from anolyte.datasets.compounds.registry import Compound

from ..arrays import Floats
from ..mixtures import Mixtures, divide, side_by_side
from .anions import anion_donor_number, anion_radius, binding_anions
from .donor import coordinating_sites, crowding, donor_number

THETA = 5.0
CHELATE = 2.0
CROWDING = 4.0
COULOMB = 42.0
FIRST = 5.5
ANION_SITES = 1.65
WIDE = 1.2
# Keeps K finite for any donor number; e^12 decides every competition.
_MAX_EXPONENT = 12.0
# To 1e-10 for every share.
_NEWTON_STEPS = 4


def _boltzmann(strength: float) -> float:
    return float(np.exp(np.clip((strength - 20.0) / THETA, -_MAX_EXPONENT, _MAX_EXPONENT)))


def solvent_binding(compound: Compound, metal: str) -> tuple[float, float]:
    """Return a molecule's sites towards a metal's ion, and sites times K."""
    if compound.is_salt:
        return (0.0, 0.0)
    sites = coordinating_sites(compound, open_acetals=_cation_radius(metal) > WIDE)
    strength = donor_number(compound) - CROWDING * crowding(compound)
    return (sites, sites * _boltzmann(strength + CHELATE * float(np.clip(sites - 1, 0, 2))))


def anion_binding(smiles: str, metal: str) -> float:
    """Return the sites times K of one anion towards a metal's ion."""
    charge = CHARGES[metal]  # type: ignore[index]
    radius = _cation_radius(metal) + anion_radius(smiles)
    return ANION_SITES * _boltzmann(anion_donor_number(smiles) + COULOMB * charge / radius)


def _salt_binding(compound: Compound, metal: str) -> tuple[float, float]:
    anions = binding_anions(compound)
    sites = sum(count * ANION_SITES for _, count in anions)
    return (sites, sum(count * anion_binding(smiles, metal) for smiles, count in anions))


def _cation_radius(metal: str) -> float:
    return ion_property(working_ion(metal), "ionic_radius_Shannon_CN6")


# One function a metal, so that each has its own cached descriptor table.
_SALT_BINDING = {metal: partial(_salt_binding, metal=metal) for metal in METALS}
_SOLVENT_BINDING = {metal: partial(solvent_binding, metal=metal) for metal in METALS}


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
    solvent = mixtures.total_by_metal(_SOLVENT_BINDING, mixtures.solvents)
    anions = mixtures.total_by_metal(_SALT_BINDING)
    result = np.zeros((4, len(mixtures))).T
    for metal, rows in mixtures.rows_by_metal.items():
        places = _coordination_number(metal)
        result[rows] = _fractions(solvent[rows], anions[rows], cations[rows], places)
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
    bare = float(np.exp(-FIRST / THETA))
    filling = _filling(share, places, bare)
    without = (1 - filling) ** (places - 1)
    separated = bare * without * (1 - filling)
    contact = places * filling * without
    total = 1 - (1 - bare) * without * (1 - filling)
    separated, contact = separated / total, contact / total
    return side_by_side([share, separated, contact, 1 - separated - contact])


def _filling(share: Floats, places: float, bare: float) -> Floats:
    """Solve P = share (1 - (1 - bare) (1 - P)^places) for P.

    The difference of the sides is convex in P, below 0 at P = 0 and not below it at
    P = share: from there Newton's method comes down to the only root and never passes it.
    """
    filling = share
    for _ in range(_NEWTON_STEPS):
        lost = share * (1 - bare) * (1 - filling) ** (places - 1)
        excess = filling - share + lost * (1 - filling)
        filling = filling - excess / (1 - places * lost)
    return filling


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
