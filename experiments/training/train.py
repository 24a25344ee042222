"""Train a model on measurements and say honestly how good it is."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
from anolyte.datasets.compounds.metals import METALS, Metal
from anolyte.datasets.measurements.overview import known_measurements
from anolyte.datasets.measurements.own import TABLE, own_count
from anolyte.datasets.measurements.splits import LATER, cut_years
from anolyte.datasets.measurements.table import efficiencies, read_measurements
from anolyte.features import DEFAULT_BLOCKS
from anolyte.models.bundles.bundle import save_model
from anolyte.models.efficiency.crossfit import Progress
from anolyte.models.efficiency.members import SCOPES
from anolyte.models.efficiency.model import FOLDS, CoulombicEfficiencyModel, too_few
from anolyte.models.efficiency.recipes import BLEND
from anolyte.models.efficiency.validation import (
    Contender,
    SplitResult,
    Validation,
    compare,
    learning_curve,
    on_split,
)
from anolyte.models.properties.shipped import shipped_properties
from anolyte.models.sei.model import SEIModel

from ..project import Project
from .ablation import ablation
from .model_card import write_card

# Further ones, on other folds, move the figures of lithium by 0.002 LCE and cost as much each.
REPEATS = 1
# Quick training looks at the metal's own rows alone, on fewer folds.
QUICK_SCOPES = ("own",)
QUICK_FOLDS = 4


@dataclass(frozen=True)
class TrainingResult:
    """A trained model and what is known of it.

    Attributes
    ----------
    validation
        Accuracy of the model and the baselines on unseen sources, see
        `validation.compare`; None if validation was skipped or there are too few sources.
    curve
        Error against the number of training sources; empty after quick training.
    digest
        SHA-256 of the rows trained on.
    ablation
        Error with each descriptor block alone and with each left out, see
        `ablation.ablation`; empty after quick training.
    later
        Accuracy on later literature, see `validation.on_split`; None after quick training, and
        where too few rows have a year.

    Examples
    --------
    >>> from anolyte.experiments import gather, train
    >>> result = train(gather("Al"), "Al")
    >>> len(result.measurements) == len(gather("Al")), len(result.digest)
    (True, 64)
    """

    model: CoulombicEfficiencyModel
    measurements: pd.DataFrame
    validation: Validation | None
    curve: pd.DataFrame
    digest: str
    repeats: int
    ablation: pd.DataFrame = field(default_factory=pd.DataFrame)
    later: SplitResult | None = None

    @property
    def comparison(self) -> pd.DataFrame:
        """The table of the validation; empty without one."""
        return pd.DataFrame() if self.validation is None else self.validation.table


def gather(
    metal: Metal,
    data: str | Path | pd.DataFrame | None = None,
    only_data: bool = False,
    store: str | Path | None = None,
) -> pd.DataFrame:
    """Return the efficiencies to train on: shipped, own (see `own`), and a further table's.

    Parameters
    ----------
    data
        A further table of the user's, CSV, TSV or XLSX, or as `read_measurements` read it.
    only_data
        Whether to use that table alone.
    store
        Folder of own measurements, by default that of the project; none need be there.

    Raises
    ------
    TableError
        With all faults of the user's table.
    ValueError
        If no row of the metal reports a plating/stripping efficiency.

    Examples
    --------
    >>> from anolyte.experiments import gather
    >>> sorted(set(gather("Mg")["metal"]))
    ['Mg']
    """
    tables = [] if only_data else [known_measurements(metal, _own_data(store))]
    if data is not None:
        own = data if isinstance(data, pd.DataFrame) else read_measurements(data, metal=metal)
        tables.append(own[own["metal"] == metal])
    rows = efficiencies(pd.concat(tables, ignore_index=True))
    if rows.empty:
        raise ValueError(f"no plating/stripping Coulombic efficiency of {metal} to train on")
    return rows


def gather_others(metal: Metal, store: str | Path | None = None) -> pd.DataFrame:
    """Return the efficiencies of all metals but one, shipped and own.

    Examples
    --------
    >>> from anolyte.experiments import gather_others
    >>> "Mg" in set(gather_others("Mg")["metal"])
    False
    """
    folder = _own_data(store)
    tables = [known_measurements(other, folder) for other in METALS if other != metal]
    return efficiencies(pd.concat(tables, ignore_index=True))


def learn_sei(
    metal: Metal | None = None, data: str | Path | None = None, store: str | Path | None = None
) -> SEIModel:
    """Return the SEI model of the labels of all metals: shipped, own, and a further table's.

    Parameters
    ----------
    metal
        Of rows of the further table that name none; without it each must name one.
    data, store
        As in `gather`.
    """
    tables = [known_measurements(store=_own_data(store))]
    if data is not None:
        tables.append(read_measurements(data, metal=metal))
    return SEIModel(repeats=0).fit(pd.concat(tables, ignore_index=True))


def own_rows(measurements: pd.DataFrame, store: str | Path | None = None) -> str:
    """Return how many of the gathered rows are the user's own, and from where, as a sentence."""
    table = (_own_data(store) / TABLE).resolve()
    if not table.exists():
        return f"None of these rows is your own: there is no {table}."
    return f"{own_count(measurements)} of these rows are your own, from {table}."


def _own_data(store: str | Path | None) -> Path:
    return Project.here().data if store is None else Path(store)


def digest(measurements: pd.DataFrame) -> str:
    """Return the SHA-256 of a measurement table's content, whatever machine it is on."""
    text = measurements.to_csv(index=False, lineterminator="\n", float_format="%.10g")
    return hashlib.sha256(text.encode()).hexdigest()


def untrained(
    metal: Metal, blocks: Sequence[str] = DEFAULT_BLOCKS, quick: bool = False, seed: int = 0
) -> CoulombicEfficiencyModel:
    """Return the model to train or to evaluate, see `train`."""
    scopes, folds = (QUICK_SCOPES, QUICK_FOLDS) if quick else (SCOPES, FOLDS)
    return CoulombicEfficiencyModel(metal, blocks, scopes, folds, seed, singles=not quick)


def train(  # noqa: PLR0913
    measurements: pd.DataFrame,
    metal: Metal,
    others: pd.DataFrame | None = None,
    blocks: Sequence[str] = DEFAULT_BLOCKS,
    seed: int = 0,
    repeats: int = REPEATS,
    quick: bool = False,
    progress: Progress | None = None,
    *,
    sei: SEIModel | None = None,
) -> TrainingResult:
    """Validate on unseen sources, then fit on everything.

    Parameters
    ----------
    measurements
        Efficiencies of the metal.
    others
        Efficiencies of other metals, for the pooled and corrected recipes.
    repeats
        How often the leave-source-out validation is repeated with other folds; 0 skips it.
    quick
        The metal's own rows alone, the blend of families alone, fewer folds, one repeat, no
        learning curve, no ablation.
    sei
        The SEI model that goes with it, see `learn_sei`; that of the shipped labels by default.

    Examples
    --------
    >>> from anolyte.experiments import gather, train
    >>> result = train(gather("Al"), "Al")
    >>> result.model.metal, result.model.evidence_  # two sources are too few to learn from
    ('Al', 'prior only')
    """
    model = untrained(metal, blocks, quick, seed)
    rest = None if quick else others
    repeats = min(repeats, 1) if quick else repeats
    validation = None
    if repeats and not too_few(measurements):
        validation = compare(model, measurements, rest, repeats, progress)
    known = None if validation is None else validation.held_out
    skill = None if validation is None else validation.skill
    model.fit(measurements, others=rest, held_out=known, skill=skill, sei=sei, progress=progress)
    model = model.with_properties(shipped_properties(metal))
    later = None
    curve = without = pd.DataFrame()
    if validation is not None and not quick:
        curve = learning_curve(measurements, Contender(model.blocks, BLEND))
        fold = model.fold_of_row(measurements)
        without = ablation(measurements, model.blocks, fold, seed, progress)
        later = _later_literature(model, measurements, rest, progress)
    return TrainingResult(
        model, measurements, validation, curve, digest(measurements), repeats, without, later
    )


def _later_literature(
    model: CoulombicEfficiencyModel,
    measurements: pd.DataFrame,
    others: pd.DataFrame | None,
    progress: Progress | None,
) -> SplitResult | None:
    """Return the accuracy on later literature; None where too few rows have a year."""
    if not cut_years(measurements):
        return None
    return on_split(model, measurements, others, LATER, QUICK_FOLDS, progress)


def model_folder(metal: str, folder: str | Path | None = None) -> Path:
    """Return where the model of a metal lives: the given folder, or the project's for it."""
    return Path(folder) if folder is not None else Project.here().models / metal


def save_training(result: TrainingResult, folder: str | Path) -> Path:
    """Save the model of a training with its provenance and its card, see `models.store`.

    Examples
    --------
    >>> from anolyte.experiments import gather, save_training, train
    >>> from anolyte.models import load_model
    >>> folder = save_training(train(gather("Al"), "Al"), "anolyte-models/Al")
    >>> load_model(folder).metal
    'Al'
    """
    facts = {
        "data_sha256": result.digest,
        "rows": len(result.measurements),
        "sources": int(result.measurements["source"].nunique()),
        "own_rows": own_count(result.measurements),
        "split": "none" if result.validation is None else "leave-source-out",
    }
    if result.validation is not None:
        facts["lso_rmse"] = round(float(result.comparison["rmse"]["anolyte"]), 4)
        later = {} if result.later is None else {LATER: _figures(result.later.table)}
        facts["accuracy"] = later | {"leave-source-out": _figures(result.comparison)}
    saved = save_model(result.model, folder, facts)
    write_card(saved)
    return saved


def _figures(table: pd.DataFrame) -> dict[Any, Any]:
    """Return a table of contenders as plain values, what is not known as None."""
    rounded = table.round(4).astype(object)
    return rounded.where(rounded.notna(), None).to_dict("index")
