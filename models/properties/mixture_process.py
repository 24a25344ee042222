"""MixtureProcess: a Gaussian process of which the points are mixtures at a concentration.

Two mixtures are alike as far as their liquids and their salts are the same or of like structure:
with the shares v of the compounds (by volume among the neutral, by mole among the salts) and the
cosine of their Morgan bits b,

    s(x, x') = sum_kl v_k v'_l [ (1 - w) delta_kl + w cos(b_k, b_l) ],

and the covariance of two rows is

    exp(-|u - u'|^2 / 2) [ a0 + a1 s_liquids + a2 s_salts + a3 s_liquids s_salts ],

u holding the square root of the concentration and the reciprocal temperature: a value at one
concentration and temperature says less of one far off. Rows of one source share an offset, in
general and for the same compounds, that a prediction for a further source leaves out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from anolyte.datasets.compounds.densities import density
from anolyte.datasets.compounds.registry import Compound
from anolyte.features.arrays import Floats, Objects
from anolyte.features.blocks.fingerprints import morgan_bits
from anolyte.features.mixtures import Mixtures, divide

from ..threads import one_thread

# Variances: of all rows, of the liquids, of the salts, of both together.
AMPLITUDES = (0.3, 0.5, 0.3, 0.3)
# w of the module.
STRUCTURE = 0.5
# Of a source, of a source with the same compounds, and of a row.
SOURCE, SYSTEM, ROW = 0.01, 0.02, 0.01
# In sqrt(mol/L), and in 1000 K / T.
LENGTHS = (1.0, 1.5)


@dataclass(frozen=True, eq=False)
class Points:
    """Mixtures as the process sees them.

    Attributes
    ----------
    compounds
        Of the columns (k).
    liquids, salts
        Shares (n, k) of the neutral compounds by volume, of the salts by mole.
    place
        Square root of the concentration and reciprocal temperature (n, 2), in `LENGTHS`.
    """

    compounds: tuple[Compound, ...]
    liquids: Floats
    salts: Floats
    place: Floats

    @classmethod
    def of(cls, mixtures: Mixtures, concentration: Floats, reciprocal: Floats) -> Points:
        """Place mixtures (n) by concentration (n,) and reciprocal temperature (n,)."""
        volumes = [
            0.0 if c.is_salt else c.molar_mass / density(c).value for c in mixtures.compounds
        ]
        place = np.column_stack([np.sqrt(concentration), reciprocal]) / LENGTHS
        return cls(
            mixtures.compounds,
            _shares(mixtures.mole_fractions * volumes),
            _shares(mixtures.mole_fractions * mixtures.salts),
            place,
        )

    def __len__(self) -> int:
        return len(self.place)

    def covariance(self, other: Points) -> Floats:
        """Return the covariance (n, m) with other points."""
        bits, others = _directions(self.compounds), _directions(other.compounds)
        alike = STRUCTURE * bits @ others.T
        names = np.array([c.smiles for c in other.compounds])
        alike += (1 - STRUCTURE) * (np.array([c.smiles for c in self.compounds])[:, None] == names)
        liquids = self.liquids @ (alike @ other.liquids.T)
        salts = self.salts @ (alike @ other.salts.T)
        near = -0.5 * np.square(self.place).sum(axis=1)[:, None] + self.place @ other.place.T
        near -= 0.5 * np.square(other.place).sum(axis=1)
        every, by_liquids, by_salts, by_both = AMPLITUDES
        liquids *= by_liquids + by_both * salts
        liquids += every + by_salts * salts
        liquids *= np.exp(np.minimum(near, 0.0))
        return liquids


@dataclass(frozen=True, eq=False)
class MixtureProcess:
    """A fitted process.

    Attributes
    ----------
    points
        What it was fitted to (m).
    weights
        Of the points (m,) in a prediction.
    mean
        Of what was learned.
    """

    points: Points
    weights: Floats
    mean: float

    @classmethod
    def fit(cls, points: Points, target: Floats, sources: Objects) -> MixtureProcess:
        """Fit to values (m,) at points from sources (m,)."""
        from scipy.linalg import cho_factor, cho_solve

        mean = float(target.mean())
        same = sources[:, None] == sources[None, :]
        system = (points.liquids @ points.liquids.T) * (points.salts @ points.salts.T)
        with one_thread():
            noise = same * (SOURCE + SYSTEM * system) + ROW * np.eye(len(points))
            factor = cho_factor(points.covariance(points) + noise)
            return cls(points, cho_solve(factor, target - mean), mean)

    def predict(self, points: Points) -> Floats:
        """Return the values (n,) at points."""
        return np.asarray(points.covariance(self.points) @ self.weights + self.mean)


def _shares(amounts: Floats) -> Floats:
    return divide(amounts, amounts.sum(axis=1, keepdims=True))


def _directions(compounds: tuple[Compound, ...]) -> Floats:
    """Return the Morgan bits (k, b) of compounds, each row of length 1."""
    bits = np.array([morgan_bits(compound) for compound in compounds])
    return np.asarray(bits / np.maximum(np.linalg.norm(bits, axis=1, keepdims=True), 1e-12))
