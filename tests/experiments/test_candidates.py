"""Candidate spaces: numbers to formulations and to matrices, without building the whole."""

from __future__ import annotations

import numpy as np
import pytest
from anolyte.datasets import METALS, Metal, parse, shipped_compounds
from anolyte.experiments.candidates import CandidateSpace
from anolyte.features import ElectrolyteFeaturizer
from anolyte.features.mixtures import Mixtures


def test_size_and_first_and_last(space: CandidateSpace) -> None:
    # 4 solvents alone, 6 pairs in 3 ratios, 4 solvents with TTE in 3 ratios; 2 salts,
    # 2 concentrations, and no additive or one of two.
    assert len(space) == (4 + 6 * 3 + 4 * 3) * 2 * 2 * 3
    assert str(space.electrolyte(0)) == "1 M LiFSI in EC"
    last = str(space.electrolyte(len(space) - 1))
    assert last == "2 M LiPF6 in F5DEE/TTE (1:3 v/v) + 2 wt% LiNO3"


def test_index_out_of_range(space: CandidateSpace) -> None:
    with pytest.raises(IndexError):
        space.electrolyte(len(space))
    with pytest.raises(IndexError):
        space.electrolyte(-1)


def test_candidates_are_distinct_and_canonical(space: CandidateSpace) -> None:
    texts = [str(space.electrolyte(index)) for index in range(len(space))]
    assert len(set(texts)) == len(space)
    assert all(str(parse(text)) == text for text in texts)


def test_matrix_agrees_with_the_formulations(space: CandidateSpace) -> None:
    """The array arithmetic of the space and the conversion of texts say the same."""
    featurizer = ElectrolyteFeaturizer()
    fast = featurizer.transform(space.mixtures(0, len(space)))
    texts = [str(space.electrolyte(index)) for index in range(len(space))]
    slow = featurizer.transform(Mixtures.from_electrolytes(texts, "Li"))
    assert np.allclose(fast, slow, rtol=1e-9, atol=1e-12)


def test_chunks_cover_the_space_once(space: CandidateSpace) -> None:
    covered = [index for start, stop in space.chunks(97) for index in range(start, stop)]
    assert covered == list(range(len(space)))


def test_diluent_alone_is_no_solvent() -> None:
    registry = shipped_compounds()
    with pytest.raises(ValueError, match="a solvent that is no diluent"):
        CandidateSpace.of("Li", [registry["LiFSI"]], [registry["TTE"]])


def test_salt_of_another_metal_is_refused() -> None:
    registry = shipped_compounds()
    with pytest.raises(ValueError, match="NaPF6 holds no Li"):
        CandidateSpace.of("Li", [registry["NaPF6"]], [registry["DME"]])


@pytest.mark.parametrize("metal", [metal for metal in METALS if metal != "Al"])
def test_default_space_of_each_metal(metal: Metal) -> None:
    space = CandidateSpace.default(metal)
    assert len(space) >= 1000 or metal == "K"
    assert all(f"[{metal}" in salt.smiles for salt in space.salts)
    assert np.isfinite(space.mixtures(0, 50).mole_fractions).all()
