"""The model to predict with: a folder's, a run's, or one trained now where there is none yet."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from anolyte.datasets.compounds.metals import Metal, as_metal
from anolyte.models.bundles.bundle import MANIFEST, load_model
from anolyte.models.efficiency.crossfit import Progress
from anolyte.models.efficiency.model import CoulombicEfficiencyModel

from ..tracking import find_model
from ..training.train import (
    gather,
    gather_others,
    learn_sei,
    model_folder,
    own_rows,
    save_training,
    train,
)

Tell = Callable[[str], None]
# Opened only around a training; gives what the training reports its progress to.
ProgressBar = Callable[[], AbstractContextManager[Progress | None]]


def load_or_train(
    metal: Metal,
    model: str | Path | None = None,
    uri: str | None = None,
    tell: Tell = print,
    progress_bar: ProgressBar = nullcontext,
) -> tuple[CoulombicEfficiencyModel, Path]:
    """Load a metal's model; where none was trained yet, train one on the shipped table.

    Parameters
    ----------
    metal
        The metal.
    model
        Its folder, or a run, version or alias in the tracking store, see
        `tracking.find_model`; by default ``anolyte-models/<metal>``.
    uri
        The tracking store.
    tell
        Told which model it is, where that is not plain.
    progress_bar
        Opened around a training.

    Returns
    -------
    tuple
        The model and its folder.

    Raises
    ------
    ModelFileError
        If there is no such model, or it is no model.
    ValueError
        If it is one of another metal.
    """
    found = None if model is None else Path(model)
    if found is not None and not found.is_dir():
        found = find_model(str(model), metal, uri)
        tell(f"Model: {found}")
    folder = model_folder(metal, found)
    if found is None and not (folder / MANIFEST).exists():
        tell(f"No {metal} model in {folder} yet: training one on the shipped table.")
        rows = gather(metal)
        tell(own_rows(rows))
        with progress_bar() as progress:
            result = train(
                rows,
                metal,
                gather_others(metal),
                repeats=0,
                progress=progress,
                sei=learn_sei(metal),
            )
        save_training(result, folder)
        return result.model, folder
    loaded = load_model(folder)
    if loaded.metal != metal:
        raise ValueError(f"the model {folder} is for {loaded.metal}, not for {metal}")
    return loaded, folder


def as_model(
    model: CoulombicEfficiencyModel | str | Path | None, metal: str, uri: str | None = None
) -> CoulombicEfficiencyModel:
    """Return a fitted model as it is, and any other that `load_or_train` finds or trains.

    Raises
    ------
    ValueError
        If it is one of another metal.
    """
    symbol = as_metal(metal)
    if not isinstance(model, CoulombicEfficiencyModel):
        return load_or_train(symbol, model, uri)[0]
    if model.metal != symbol:
        raise ValueError(f"the model is for {model.metal}, not for {symbol}")
    return model
