"""The SEI of candidates, and how desirable it is on each metal."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd
from anolyte.datasets.files.project_root import DATA, project_root
from anolyte.datasets.measurements.overview import known_measurements
from anolyte.datasets.measurements.own import TABLE
from anolyte.features.arrays import Floats
from anolyte.features.mixtures import Mixtures

from .model import SEIModel
from .rules import BLOCKED, PROTECTED


def sei_model() -> SEIModel:
    """Return the SEI model of all labels, shipped and the project's own, fitted on first use."""
    table = project_root() / DATA / TABLE
    return _fitted(table.absolute(), table.stat().st_mtime_ns if table.exists() else 0)


@lru_cache(maxsize=1)
def _fitted(table: Path, _changed: int) -> SEIModel:
    return SEIModel(repeats=0).fit(known_measurements(store=table.parent))


def sei_desirability(mixtures: Mixtures) -> Floats:
    """Return how desirable the predicted SEI is (n,), from 0 to 1.

    On Li, Na and K an inorganic, fluoride-rich film from anions protects: the mean of
    p(inorganic-rich) + p(mixed)/2 and the share ``protective`` of `SEIModel.describe`. On Mg,
    Ca and Al the same products block the cation: the mean of 1 - p(passivating) and
    1 - ``passivating``. Zn is in neither group of the reviews, which name only passivating
    layers on it: 1 - p(passivating).

    Sources: Li et al., The contrast between monovalent and multivalent metal battery anodes
    (review), on fluorides on Li, Na, K and organic-rich films on Mg, Ca, Al; Xiang et al.,
    Joule 3 (2019) 2334, doi:10.1016/j.joule.2019.07.027; Brunklaus et al., Metal electrodes
    for next-generation rechargeable batteries (review), on passivating layers on Mg, Ca, Zn, Al.

    Examples
    --------
    >>> from anolyte.features import Mixtures
    >>> from anolyte.models import sei_desirability
    >>> texts = ["4 M NaFSI in DME", "1 M NaBPh4 in DME"]
    >>> anion_rich, bulky = sei_desirability(Mixtures.from_electrolytes(texts, "Na"))
    >>> bool(anion_rich > bulky)
    True
    """
    return _desirability(sei_model().predict_character(mixtures), mixtures)


def _desirability(character: pd.DataFrame, mixtures: Mixtures) -> Floats:
    shares = sei_model().describe(mixtures)
    wanted = character["inorganic-rich"] + character["mixed"] / 2
    protected = (wanted + shares["protective"]) / 2
    free = 1 - character["passivating"]
    unblocked = (free + 1 - shares["passivating"]) / 2
    groups = [np.isin(mixtures.metals, PROTECTED), np.isin(mixtures.metals, BLOCKED)]
    chosen = np.select(groups, [protected.to_numpy(), unblocked.to_numpy()], free.to_numpy())
    return np.asarray(chosen, dtype=float)


def sei_columns(mixtures: Mixtures, species: int = 3) -> pd.DataFrame:
    """Return what the SEI of mixtures will be.

    Returns
    -------
    pandas.DataFrame
        ``sei_character`` (the most probable), ``sei_probability`` (of it), ``sei_species`` (the
        likeliest, with what they stem from), ``sei_desirability``.
    """
    character = sei_model().predict_character(mixtures)
    listed = sei_model().predict_species(mixtures, species)
    listed["text"] = listed["species"] + " from " + listed["origin"]
    texts = listed.groupby("row")["text"].agg("; ".join)
    return pd.DataFrame(
        {
            "sei_character": character.idxmax(axis=1),
            "sei_probability": character.max(axis=1),
            "sei_species": texts.reindex(range(len(mixtures)), fill_value=""),
            "sei_desirability": _desirability(character, mixtures),
        }
    )
