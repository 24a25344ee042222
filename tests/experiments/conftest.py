"""A small trained model and space that the tests of experiments share."""

from __future__ import annotations

from pathlib import Path

import pytest
from anolyte.datasets import shipped_compounds
from anolyte.experiments.candidates import CandidateSpace
from anolyte.experiments.train import TrainingResult, gather, save_training, train


@pytest.fixture(scope="session")
def trained() -> TrainingResult:
    return train(gather("Li"), "Li", quick=True)


@pytest.fixture(scope="session")
def model_folder(trained: TrainingResult, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_training(trained, tmp_path_factory.mktemp("models") / "Li")


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
