"""Plan: the volumes of stocks that make the wanted electrolytes, by linear programming.

For electrolyte t the volumes v_j of the stocks, and a scale s, solve

    sum_j v_j G_ij - s g_i = over_i - under_i,   sum_j v_j = V,   v, s, over, under >= 0,

where G_ij are the grams of compound i in a millilitre of stock j, g_i those in a gram of what is
wanted. The sum of all deviations, each weighted by 1 / max(g_i, `LEAST`), is made as small as it
can be, for all electrolytes together under the volumes at hand. It is 0 where the stocks can make
an electrolyte; else its mixture is the nearest one by that sum. Ideal mixing: volumes add up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from anolyte.datasets.compounds.registry import Compound
from anolyte.datasets.electrolytes.composition import resolve
from anolyte.datasets.electrolytes.electrolyte import Electrolyte, Mixture
from anolyte.datasets.formats.counting import as_molality
from anolyte.datasets.formats.portions import Portions, portions
from anolyte.features.arrays import Floats
from scipy.optimize import linprog
from scipy.sparse import block_diag

from .stocks import Stock

# Off by no more than this, relative to what each compound should be, counts as made.
EXACT = 1e-6
# A compound below this mass fraction weighs no more than one of it.
LEAST = 0.005
UL = 1000.0


@dataclass(frozen=True)
class Pipette:
    """What the robot or hand can dose, in microlitres.

    Attributes
    ----------
    step
        Volumes are multiples of it.
    least
        The smallest volume that is dosed; a smaller one becomes it or nothing.
    dead
        What stays in each stock vial and cannot be drawn.
    """

    step: float = 1.0
    least: float = 0.0
    dead: float = 0.0

    def __post_init__(self) -> None:
        for name in ("step", "least", "dead"):
            value = getattr(self, name)
            if not 0 <= value < float("inf") or (name == "step" and not value):
                raise ValueError(f"pipette: {name} {value:g}: give a volume in uL")

    def rounded(self, microlitres: Floats) -> Floats:
        """Return volumes (n,) as they are dosed."""
        steps = np.round(np.round(microlitres / self.step) * self.step, 6)
        small = (steps > 0) & (steps < self.least)
        return np.where(small, np.where(steps >= self.least / 2, self.least, 0.0), steps)


@dataclass(frozen=True)
class Mix:
    """How one electrolyte is mixed.

    Attributes
    ----------
    electrolyte
        What is wanted.
    microlitres
        Of each stock (n,), rounded to what the pipette can dose.
    feasible
        Whether the stocks can make it.
    why
        Why not, in words; nothing if they can.
    nearest
        What the volumes make: the electrolyte itself, or the nearest that the stocks can make.
    errors
        By how much the dosed mass fraction of each compound is off, relative to what is wanted;
        what does not belong in it is infinitely off.
    """

    electrolyte: Electrolyte
    microlitres: Floats
    feasible: bool
    why: str
    nearest: Mixture
    errors: dict[Compound, float] = field(default_factory=dict)

    @property
    def largest_error(self) -> float:
        """The largest of `errors`."""
        return max(self.errors.values(), default=0.0)


def plan(
    electrolytes: Sequence[Electrolyte],
    stocks: Sequence[Stock],
    millilitres: float,
    pipette: Pipette | None = None,
) -> list[Mix]:
    """Plan electrolytes from stocks.

    Parameters
    ----------
    electrolytes
        What is wanted.
    stocks
        What is at hand.
    millilitres
        Of each electrolyte.
    pipette
        Rounding and dead volume; steps of 1 uL by default.

    Raises
    ------
    ValueError
        If there are no stocks, the volume is not above 0, or an electrolyte leaves amounts open.

    Examples
    --------
    >>> from anolyte.experiments.mixing.plan import plan
    >>> from anolyte.datasets import parse
    >>> from anolyte.datasets.electrolytes.grammar import parse_mixture
    >>> from anolyte.experiments.mixing.stocks import Stock
    >>> stocks = [Stock(text, parse_mixture(text)) for text in ("DME", "4 M LiFSI in DME")]
    >>> made, not_made = plan([parse("2 M LiFSI in DME"), parse("5 M LiFSI in DME")], stocks, 1.0)
    >>> made.feasible, made.microlitres
    (True, array([416., 584.]))
    >>> not_made.feasible, not_made.why
    (False, 'DME: 11.6 % too much; LiFSI: 10.7 % too little')
    """
    if not stocks or not 0 < millilitres < float("inf"):
        raise ValueError("a plan needs stocks and a volume above 0 mL")
    pipette = pipette or Pipette()
    usable = np.array([max(1000 * stock.millilitres - pipette.dead, 0.0) for stock in stocks])
    wanted = [_Wanted(each, stocks) for each in electrolytes]
    # Alone first, so that what cannot be made takes nothing from what can.
    plenty = np.where(usable > 0, np.inf, 0.0)
    alone = [_solve([each], plenty, millilitres)[0] for each in wanted]
    possible = [n for n, each in enumerate(wanted) if each.deviation(alone[n]) <= EXACT]
    together = _solve([wanted[n] for n in possible], usable, millilitres) if possible else []
    volumes = {**dict(enumerate(alone)), **dict(zip(possible, together, strict=True))}
    return [each.mix(volumes[n], n in possible, pipette) for n, each in enumerate(wanted)]


class _Wanted:
    """One electrolyte and what the stocks hold of its compounds."""

    def __init__(self, electrolyte: Electrolyte, stocks: Sequence[Stock]) -> None:
        self.electrolyte, self.stocks = electrolyte, stocks
        self.portions = portions(electrolyte)
        composition = resolve(electrolyte)
        self.compounds = list(
            dict.fromkeys([*composition.compounds, *(c for s in stocks for c in s.grams)])
        )
        shares = dict(zip(composition.compounds, composition.mass_fractions, strict=True))
        self.target = np.array([float(shares.get(c, 0.0)) for c in self.compounds])
        self.grams = np.array([[s.grams.get(c, 0.0) for s in stocks] for c in self.compounds])
        self.weights = 1 / np.maximum(self.target, LEAST)

    def fractions(self, microlitres: Floats) -> Floats:
        """Return the mass fractions (k,) that volumes make."""
        mass = self.grams @ microlitres
        return np.asarray(mass / mass.sum() if mass.sum() else mass)

    def deviation(self, microlitres: Floats) -> float:
        """Return the largest weighted deviation of what volumes make."""
        return float((np.abs(self.fractions(microlitres) - self.target) * self.weights).max())

    def mix(self, exact: Floats, possible: bool, pipette: Pipette) -> Mix:
        """Return the mix of exact volumes (n,)."""
        feasible = self.deviation(exact) <= EXACT
        why = "" if feasible else self.reason(exact, possible)
        dosed = pipette.rounded(exact)
        made = self.fractions(dosed)
        errors = {
            c: abs(x / g - 1) if g else float("inf")
            for c, x, g in zip(self.compounds, made, self.target, strict=True)
            if g or x
        }
        nearest = self.electrolyte if feasible else self.nearest(exact)
        return Mix(self.electrolyte, dosed, feasible, why, nearest, errors)

    def reason(self, exact: Floats, possible: bool) -> str:
        """Return why an electrolyte cannot be made."""
        pairs = zip(self.compounds, self.target, self.grams, strict=True)
        missing = [str(c) for c, share, row in pairs if share and not row.any()]
        if missing:
            return f"no stock holds {', '.join(missing)}"
        made = self.fractions(exact)
        told = [
            f"{c}: {100 * abs(x / g - 1):.3g} % too {'much' if x > g else 'little'}"
            if g
            else f"{c}: {100 * x:.3g} wt% that do not belong in it"
            for c, x, g in zip(self.compounds, made, self.target, strict=True)
            if abs(x - g) * (1 / max(g, LEAST)) > EXACT
        ]
        short = "the stocks do not suffice; " if possible else ""
        return short + "; ".join(told)

    def nearest(self, exact: Floats) -> Mixture:
        """Return what volumes make, compounds in the roles that they were wanted in."""
        masses = zip(self.compounds, self.fractions(exact), strict=True)
        moles = {c: float(share) / c.molar_mass for c, share in masses if share > LEAST / 100}
        roles = self.portions
        salts = {c: n for c, n in moles.items() if c in roles.salts or c.kind == "salt"}
        extra = {c: n for c, n in moles.items() if c in roles.additives}
        salts = {c: n for c, n in salts.items() if c not in extra}
        base = {c: n for c, n in moles.items() if c not in salts and c not in extra}
        return as_molality(Portions(salts, base, extra))


def _solve(wanted: Sequence[_Wanted], usable: Floats, millilitres: float) -> list[Floats]:
    """Return the volumes (n,) in uL of each electrolyte, under what all may use together."""
    count = len(usable)
    blocks, rights, costs = [], [], []
    volume = UL * millilitres
    for each in wanted:
        k = len(each.compounds)
        # Columns: volumes as shares of the whole, scale, over, under.
        balance = np.hstack([each.grams, -each.target[:, None], -np.eye(k), np.eye(k)])
        whole = np.hstack([np.ones(count), np.zeros(2 * k + 1)])
        blocks.append(np.vstack([balance, whole]))
        rights.append(np.append(np.zeros(k), 1.0))
        # Ties go to the stocks that are listed first.
        costs.append(np.concatenate([1e-9 * np.arange(count), [0.0], each.weights, each.weights]))
    matrix = block_diag(blocks, format="csr")
    widths = [block.shape[1] for block in blocks]
    together = np.hstack([np.eye(count, width) for width in widths])
    limited = np.isfinite(usable)
    found = linprog(
        np.concatenate(costs),
        A_ub=together[limited] if limited.any() else None,
        b_ub=usable[limited] / volume if limited.any() else None,
        A_eq=matrix,
        b_eq=np.concatenate(rights),
        method="highs",
    )
    if not found.success:
        at_hand = float(usable.sum()) / UL
        raise ValueError(
            f"{len(wanted)} x {millilitres:g} mL are more than the {at_hand:g} mL of stocks that "
            "can be drawn: ask for less, or for fewer"
        )
    starts = np.cumsum([0, *widths[:-1]])
    return [volume * np.maximum(found.x[start : start + count], 0.0) for start in starts]
