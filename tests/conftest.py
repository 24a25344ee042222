"""What the tests share: the curated facts, electrolytes at random, a small model and runs."""

from __future__ import annotations

import hashlib
import json
import os
import pickle
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from anolyte.datasets.compounds.registry import Compound, shipped_compounds
from anolyte.datasets.electrolytes.grammar import Dose, Electrolyte, Share
from anolyte.experiments.spaces.candidate_space import CandidateSpace
from anolyte.experiments.tracking import RunReference, log_training, model_id, tracked
from anolyte.experiments.tracking.mlflow_store import MlflowStore
from anolyte.experiments.tracking.run_record import ChildRun, DatasetFacts, Metric
from anolyte.experiments.training.train import TrainingResult, gather, save_training, train
from anolyte.models.efficiency import families
from filelock import FileLock
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

FACTS = Path(__file__).resolve().parents[2] / "shared" / "facts"
STORED = Path(__file__).parent / "models" / "bundles" / "fixtures" / "Zn-schema-2"
# Real compounds that the registry does not hold: a text names them by structure only.
STRUCTURES = (
    "CCCOC(=O)OC",
    "C/C=C/CC",
    "CC(C)(C)C#N",
    "F[C@H](Cl)C(F)F",
    "[Li+].O=C([O-])C(F)(F)C(F)(F)F",
    "CC[N+](CC)(CC)CC.F[B-](F)(F)F",
)

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # As a runner in the background leaves it: the programs under test would not hear Ctrl-C.
    signal.signal(signal.SIGINT, signal.default_int_handler)
if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
    # As nohup leaves it.
    signal.signal(signal.SIGHUP, signal.SIG_DFL)

settings.register_profile(
    "fixed",
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "thousand", settings.get_profile("fixed"), derandomize=False, max_examples=1000
)
settings.load_profile("thousand" if int(os.environ.get("ANOLYTE_MOMENTS", "0")) else "fixed")


# Trees of each forest in tests. Growing a tree costs the same on a few rows as on many.
SMALL = {"random_forest": 20, "extra_trees": 20, "xgboost": 40}


@pytest.fixture(scope="session", autouse=True)
def small_forests() -> Iterator[dict[str, Any]]:
    """Grow forests of few trees in this process, and return how they are made elsewhere."""
    whole: dict[str, Any] = dict(families.FAMILIES)
    with pytest.MonkeyPatch.context() as patch:
        for name, trees in SMALL.items():

            def small(*given: Any, make: Any = whole[name], trees: int = trees) -> Any:
                return make(*given).set_params(n_estimators=trees)

            patch.setitem(families.FAMILIES, name, small)  # type: ignore[arg-type]
        yield whole


@pytest.fixture
def whole_forests(small_forests: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Grow forests as a program of its own does."""
    for name, make in small_forests.items():
        monkeypatch.setitem(families.FAMILIES, name, make)  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def facts() -> Path:
    """Folder of the curated facts, which lie beside the repository and not in it."""
    if not FACTS.is_dir():
        pytest.skip("the curated facts are not on this machine")
    return FACTS


@pytest.fixture(scope="session")
def electrolytes() -> SearchStrategy[Electrolyte]:
    """Any electrolyte that the grammar can write, however odd its amounts."""
    return _electrolytes(
        amounts=st.floats(1e-9, 1e9), percents=st.floats(1e-6, 30), ppm=st.floats(1e-6, 1e5)
    )


@pytest.fixture(scope="session")
def dilute_electrolytes() -> SearchStrategy[Electrolyte]:
    """Electrolytes with amounts that a laboratory might mix."""
    return _electrolytes(
        amounts=st.floats(0.01, 10), percents=st.floats(0.1, 5), ppm=st.floats(1, 1e4)
    )


@lru_cache
def _pools() -> tuple[list[Compound], list[Compound], list[Compound]]:
    """Return all compounds, the salts and the others."""
    registry = shipped_compounds()
    known = [*registry, *map(registry.from_smiles, STRUCTURES)]
    salts = [compound for compound in known if compound.is_salt]
    return known, salts, [compound for compound in known if not compound.is_salt]


@st.composite
def _electrolytes(
    draw: st.DrawFn,
    amounts: SearchStrategy[float],
    percents: SearchStrategy[float],
    ppm: SearchStrategy[float],
) -> Electrolyte:
    known, salts, neutral = _pools()
    in_ratio_form = draw(st.booleans())

    def some(pool: list[Compound], least: int, most: int) -> list[Compound]:
        return draw(st.lists(st.sampled_from(pool), min_size=least, max_size=most, unique=True))

    def additive(compound: Compound) -> Dose:
        # Moles of a polymer would be of its chains or of its units.
        moles = [] if compound.is_polymer else ["mol%", "M", "mM", "m"]
        units = ["wt%", "ppm", "g/L", *moles]
        # A salt has no volume, and without a liquid there is none to take a share of.
        if not compound.is_salt and any(each.kind != "salt" for each in base):
            units.append("vol%")
        unit = draw(st.sampled_from(units))
        by_unit = {"ppm": ppm} | dict.fromkeys(("M", "mM", "m", "g/L"), amounts)
        amount = by_unit.get(unit, percents)
        return Dose(draw(st.none() | amount), unit, compound)

    base = some(neutral, 1, 3)
    dissolved: list[Dose] = []
    if in_ratio_form:
        base = draw(st.permutations([*base, *some(salts, 1, 2)]))
    else:
        for salt in draw(
            st.lists(st.none() | st.sampled_from(salts), min_size=1, max_size=2, unique=True)
        ):
            unit = draw(st.sampled_from(["M", "mM", "m", "g/L"]))
            dissolved.append(Dose(draw(st.none() | amounts), unit, salt))
    kinds = ["w/w", "mol/mol"] if in_ratio_form else ["v/v", "w/w", "mol/mol"]
    kind = draw(st.sampled_from(kinds)) if len(base) > 1 else None
    is_known = kind is None or draw(st.booleans())
    parts = [None if not is_known else draw(amounts) if kind else 1.0 for _ in base]
    return Electrolyte(
        tuple(dissolved),
        tuple(Share(part, compound) for part, compound in zip(parts, base, strict=True)),
        kind,
        tuple(additive(compound) for compound in some(known, 0, 3)),
    )


@pytest.fixture(scope="session")
def lithium() -> pd.DataFrame:
    """The lithium rows of forty sources: as many as the other metals have, quick to learn."""
    rows = gather("Li")
    some = rows["source"].isin(rows["source"].unique()[:40])
    return rows[some].reset_index(drop=True)


@pytest.fixture(scope="session", autouse=True)
def one_core() -> Iterator[None]:
    """Let models be fitted one after the other in this process; the tests themselves share cores.

    What processes of their own change has tests of its own, of whole programs.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "cpu_count", lambda: 1)
        yield


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of what is made once, however many processes share the tests."""
    folder = tmp_path_factory.getbasetemp()
    return folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder


@pytest.fixture(scope="session")
def once(shared_folder: Path) -> Callable[[str, Callable[[], Any]], Any]:
    """Return what a function makes, which is called once for all processes; by its name."""

    def made(name: str, make: Callable[[], Any]) -> Any:
        kept = shared_folder / f"{name}.pickle"
        with FileLock(shared_folder / f"{name}.lock"):
            if not kept.exists():
                kept.write_bytes(pickle.dumps(make()))
        return pickle.loads(kept.read_bytes())

    return made


@pytest.fixture(scope="session")
def trained(lithium: pd.DataFrame, once: Callable[..., TrainingResult]) -> TrainingResult:
    """A training on few rows."""
    return once("trained", lambda: train(lithium, "Li", quick=True))


@pytest.fixture(scope="session")
def zinc_folder(shared_folder: Path) -> Path:
    """A zinc model of few rows and trees, which needs no training; nothing may change it.

    It is stored in schema 2, which takes seconds to read, so it is saved anew, with an SEI model;
    in a process of its own, for where one has computed children may hang.
    """
    folder = shared_folder / "zinc" / "Zn"
    renew = "import sys; from anolyte.models.bundles.bundle import load_model, save_model; "
    renew += "save_model(load_model(sys.argv[1]), sys.argv[2])"
    with FileLock(shared_folder / "zinc.lock"):
        if not folder.exists():
            folder.parent.mkdir(exist_ok=True)
            subprocess.run(
                [sys.executable, "-W", "ignore", "-c", renew, str(STORED), str(folder)], check=True
            )
    return folder


@pytest.fixture(scope="session")
def model_folder(trained: TrainingResult, shared_folder: Path) -> Path:
    """The saved model of `trained`; its files are the same for all processes, as its id wants."""
    folder = shared_folder / "models" / "Li"
    with FileLock(shared_folder / "models.lock"):
        return folder if folder.exists() else save_training(trained, folder)


@pytest.fixture(scope="session")
def logged(
    trained: TrainingResult, model_folder: Path, shared_folder: Path
) -> Callable[[Path], RunReference]:
    """Put a store with one logged training into a new folder: a copy of what was logged once."""
    made, told = shared_folder / "logged", shared_folder / "logged.json"
    with FileLock(shared_folder / "logged.lock"):
        if not told.exists():
            uri = f"sqlite:///{made / 'mlflow.db'}"
            reference = log_training(trained, model_folder, uri, "first try", made / "outbox")
            assert reference.waiting is None, str(reference)
            told.write_text(json.dumps([reference.run_id, reference.experiment]))

    def copy(folder: Path) -> RunReference:
        shutil.copytree(made, folder, dirs_exist_ok=True)
        run_id, experiment = json.loads(told.read_text())
        uri = f"sqlite:///{folder / 'mlflow.db'}"
        with pytest.warns(UserWarning, match="was moved or copied"):
            MlflowStore(uri)
        return RunReference(run_id, experiment, uri)

    return copy


@pytest.fixture(scope="session")
def space() -> CandidateSpace:
    registry = shipped_compounds()
    return CandidateSpace.of(
        "Li",
        salts=[registry["LiFSI"], registry["LiPF6"]],
        solvents=[registry[name] for name in ("EC", "DMC", "DME", "TTE", "F5DEE")],
        additives=[registry["FEC"], registry["LiNO3"]],
        concentrations=[1.0, 2.0],
    )


def _write_model(folder: Path, text: str) -> dict[str, Any]:
    """Write a model folder that is good enough to be found, and return its manifest."""
    folder.mkdir(parents=True)
    (folder / "part.skops").write_text(text)
    digest = hashlib.sha256(text.encode()).hexdigest()
    manifest = {"schema_version": 2, "metal": "Li", "files": {"part.skops": {"sha256": digest}}}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return manifest


def held_out_errors(errors: Any) -> pd.DataFrame:
    """Return a table of held-out errors of measurements, two a source."""
    rows = len(errors)
    return pd.DataFrame(
        {
            "electrolyte": [f"electrolyte {row}" for row in range(rows)],
            "source": [f"source {row // 2}" for row in range(rows)],
            "ce_pct": 98.0,
            "error": errors,
        }
    )


def _log_model(
    tmp_path: Path,
    uri: str,
    name: str,
    errors: Any,
    box: Path | None = None,
    **tags: str,
) -> RunReference:
    """Log a training with given held-out errors."""
    files = tmp_path / name
    manifest = _write_model(files / "model", name)
    held_out_errors(errors).to_parquet(files / "held_out.parquet")
    given = {"metal": "Li", "task": "coulombic-efficiency", "data_sha256": "one", **tags}
    given |= {"model_id": model_id(manifest), "model_name": "anolyte-ce-Li"}
    with tracked(
        "anolyte/Li/coulombic-efficiency", name, given, uri, box or tmp_path / "box"
    ) as run:
        return run.finish(
            files,
            params={"split": "leave-source-out", "folds": "8", "seed": "0", "repeats": "2"},
            metrics=(
                Metric("lso_rmse", float(np.sqrt(np.mean(errors**2)))),
                *(Metric("learning_curve_rmse", 1 / step, step) for step in (5, 10)),
            ),
            dataset=DatasetFacts("Li Coulombic efficiencies", "one", "measurements_Li.csv"),
            children=(ChildRun("ridge", {"family": "ridge"}, {}, (Metric("held_out_rmse", 0.3),)),),
            model="anolyte-ce-Li",
        )


@pytest.fixture(scope="session")
def log_model() -> Callable[..., RunReference]:
    """Log a training with given held-out errors, made without training."""
    return _log_model


@pytest.fixture(scope="session")
def held_out() -> Callable[[Any], pd.DataFrame]:
    """Return a table of held-out errors, two measurements a source."""
    return held_out_errors
