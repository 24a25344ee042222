"""A property model as plain numbers and texts, ready for JSON, and back; its trees apart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from anolyte.datasets.compounds.registry import Compound, shipped_compounds
from anolyte.features.arrays import Floats

from ..efficiency.intervals import COVERAGES, ConformalScale
from .inputs import Inputs
from .mixture_process import MixtureProcess, Points
from .model import Fitted, PropertyModel
from .registry import get
from .seen import Seen

SCHEMA_VERSION = 1
KIND = "property"
# More points or compounds than any table here has: a file that says so is none of ours.
MOST_STORED, MOST_COMPOUNDS = 20_000, 5_000


def to_dict(model: PropertyModel) -> dict[str, Any]:
    """Return a fitted model without its trees."""
    fitted = model.fitted_
    process, points = fitted.process, fitted.process.points
    shares = points.liquids + points.salts
    return {
        "schema_version": SCHEMA_VERSION,
        "kind": KIND,
        "property": model.what.name,
        "metal": model.metal,
        "seed": model.seed,
        "sources": model.sources_,
        "rows": model.rows_,
        "floor": model.floor_,
        "interval_quantiles": {str(k): v for k, v in model.scale_.quantiles.items()},
        "identified": list(fitted.identified),
        "seen": fitted.seen.to_dict(),
        "process": {
            "mean": process.mean,
            "compounds": [compound.smiles for compound in points.compounds],
            "shares": [[[int(at), float(row[at])] for at in np.flatnonzero(row)] for row in shares],
            "place": points.place.tolist(),
            "weights": process.weights.tolist(),
        },
    }


def trees_columns(stored: Mapping[str, Any]) -> int:
    """Return how many numbers the trees of a stored model see."""
    return Inputs.width() + len(stored["identified"])


def from_dict(stored: Mapping[str, Any], trees: Any) -> PropertyModel:
    """Return the model that `to_dict` wrote, with its trees.

    Raises
    ------
    ValueError
        If it is of another schema, or misses or misnames something.
    """
    if stored.get("kind") != KIND or stored.get("schema_version") != SCHEMA_VERSION:
        raise ValueError(f"not a property model of schema {SCHEMA_VERSION}")
    model = PropertyModel(get(str(stored["property"])), str(stored["metal"]), int(stored["seed"]))
    model.sources_, model.rows_ = int(stored["sources"]), int(stored["rows"])
    quantiles = {float(k): float(v) for k, v in stored["interval_quantiles"].items()}
    if set(quantiles) != set(COVERAGES) or min(quantiles.values()) < 0:
        raise ValueError(f"interval_quantiles are not of {COVERAGES}, or below 0")
    model.scale_, model.floor_ = ConformalScale(quantiles), float(stored["floor"])
    identified = tuple(str(smiles) for smiles in stored["identified"])
    model.fitted_ = Fitted(
        _process(stored["process"]), trees, identified, Seen.from_dict(stored["seen"])
    )
    return model


def _process(stored: Mapping[str, Any]) -> MixtureProcess:
    smiles = [str(each) for each in stored["compounds"]]
    place = np.array(stored["place"], dtype=float)
    weights = np.array(stored["weights"], dtype=float)
    count = len(stored["shares"])
    if not 0 < count <= MOST_STORED or len(smiles) > MOST_COMPOUNDS:
        raise ValueError("a process of so many points or compounds")
    if place.shape != (count, 2) or weights.shape != (count,):
        raise ValueError("the points of the process differ in number")
    compounds = tuple(map(shipped_compounds().from_smiles, smiles))
    shares = _shares(stored["shares"], compounds)
    salts = np.array([compound.is_salt for compound in compounds])
    points = Points(compounds, shares * ~salts, shares * salts, place)
    return MixtureProcess(points, weights, float(stored["mean"]))


def _shares(rows: list[list[tuple[int, float]]], compounds: tuple[Compound, ...]) -> Floats:
    shares = np.zeros((len(rows), len(compounds)))
    for number, row in enumerate(rows):
        for at, share in row:
            if not 0 <= int(at) < len(compounds):
                raise ValueError(f"no compound {at}")
            shares[number, int(at)] = float(share)
    return shares
