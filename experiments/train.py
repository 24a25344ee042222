"""Train a model on measurements and say honestly how good it is."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from anolyte.datasets.ions import Metal
from anolyte.datasets.measurements import efficiencies, read_measurements
from anolyte.datasets.overview import known_measurements
from anolyte.datasets.store import STORE
from anolyte.features import DEFAULT_BLOCKS
from anolyte.features.mixtures import Floats
from anolyte.models.efficiency import MEMBERS, CoulombicEfficiencyModel
from anolyte.models.store import save_model
from anolyte.models.validation import CONTENDERS, Contender, compare, learning_curve

Progress = Callable[[str, int, int], None]

MODELS_FOLDER = Path("anolyte-models")


@dataclass(frozen=True)
class TrainingResult:
    """A trained model and what is known of it.

    Attributes
    ----------
    comparison
        Accuracy of the model and the baselines on unseen sources, see `validation.compare`;
        empty if validation was skipped.
    predictions
        Held-out LCE of each contender, in the order of `measurements`.
    curve
        Error against the number of training sources; empty after quick training.
    digest
        SHA-256 of the rows trained on.
    """

    model: CoulombicEfficiencyModel
    measurements: pd.DataFrame
    comparison: pd.DataFrame
    predictions: dict[str, Floats]
    curve: pd.DataFrame
    digest: str
    repeats: int


def gather(
    metal: Metal,
    data: str | Path | None = None,
    only_data: bool = False,
    store: str | Path = STORE,
) -> pd.DataFrame:
    """Return the efficiencies to train on: shipped, own (see `store`), and a further table's.

    Parameters
    ----------
    data
        A further table of the user's, CSV, TSV or XLSX.
    only_data
        Whether to use that table alone.
    store
        Folder of the project's own measurements; none need be there.

    Raises
    ------
    TableError
        With all faults of the user's table.
    ValueError
        If no row of the metal reports a plating/stripping efficiency.
    """
    tables = [] if only_data else [known_measurements(metal, store)]
    if data is not None:
        own = read_measurements(data, metal=metal)
        tables.append(own[own["metal"] == metal])
    rows = efficiencies(pd.concat(tables, ignore_index=True))
    if rows.empty:
        raise ValueError(f"no plating/stripping Coulombic efficiency of {metal} to train on")
    return rows


def digest(measurements: pd.DataFrame) -> str:
    """Return the SHA-256 of a measurement table's content, whatever machine it is on."""
    text = measurements.to_csv(index=False, lineterminator="\n", float_format="%.10g")
    return hashlib.sha256(text.encode()).hexdigest()


def train(
    measurements: pd.DataFrame,
    metal: Metal,
    blocks: Sequence[str] = DEFAULT_BLOCKS,
    members: Sequence[str] = MEMBERS,
    seed: int = 0,
    repeats: int = 5,
    quick: bool = False,
    progress: Progress | None = None,
) -> TrainingResult:
    """Validate on unseen sources, then fit on everything.

    Parameters
    ----------
    repeats
        How often the leave-source-out validation is repeated with other folds; 0 skips it.
    quick
        One repeat, no learning curve.
    """
    model = CoulombicEfficiencyModel(metal, blocks, members, seed)
    model.fit(measurements, progress)
    repeats = min(repeats, 1) if quick else repeats
    contender = Contender(tuple(blocks), tuple(members))
    contenders = {**CONTENDERS, "anolyte": contender}
    comparison = pd.DataFrame()
    predictions: dict[str, Floats] = {}
    if repeats:
        comparison, predictions = compare(
            measurements, contenders, repeats=repeats, progress=progress
        )
    curve = learning_curve(measurements, contender) if repeats and not quick else pd.DataFrame()
    return TrainingResult(
        model, measurements, comparison, predictions, curve, digest(measurements), repeats
    )


def model_folder(metal: str, folder: str | Path | None = None) -> Path:
    """Return where the model of a metal lives: the given folder or ``anolyte-models/<metal>``."""
    return Path(folder) if folder is not None else MODELS_FOLDER / metal


def save_training(result: TrainingResult, folder: Path) -> Path:
    """Save the model of a training with its provenance, see `models.store`."""
    facts = {
        "data_sha256": result.digest,
        "rows": len(result.measurements),
        "sources": int(result.measurements["source"].nunique()),
        "split": "leave-source-out",
    }
    return save_model(result.model, folder, facts)
