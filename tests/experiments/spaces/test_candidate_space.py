"""Candidate spaces: numbers to formulations and to matrices, without building the whole."""

from __future__ import annotations

import numpy as np
import pytest
from anolyte.datasets import METALS, Metal, parse, shipped_compounds
from anolyte.datasets.electrolytes.electrolyte import RatioKind, Unit
from anolyte.datasets.electrolytes.grammar import Dose
from anolyte.experiments.spaces.axes import base_of
from anolyte.experiments.spaces.candidate_space import CandidateSpace
from anolyte.experiments.spaces.grid import Grid
from anolyte.features import ElectrolyteFeaturizer
from anolyte.features.mixtures import Mixtures
from hypothesis import given
from hypothesis import strategies as st


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


@pytest.mark.parametrize("metal", METALS)
def test_default_space_of_each_metal(metal: Metal) -> None:
    space = CandidateSpace.default(metal)
    assert len(space) >= 1000
    for index in space.sample(50):
        compounds = space.electrolyte(int(index)).compounds
        assert any(f"[{metal}" in compound.smiles for compound in compounds if compound.is_salt)
    assert np.isfinite(space.mixtures(0, 50).mole_fractions).all()


def test_habits_of_lithium_keep_their_size() -> None:
    assert len(CandidateSpace.default("Li")) == 617_400


def test_number_of_a_formulation(space: CandidateSpace) -> None:
    assert all(space.index(space.electrolyte(n)) == n for n in range(len(space)))
    # Neither the order of the solvents nor the scale of their ratio matters.
    assert space.index("1 M LiFSI in DMC/EC (2:2 v/v)") == space.index(
        "1 M LiFSI in EC/DMC (1:1 v/v)"
    )


@pytest.mark.parametrize(
    "text",
    [
        "1 M LiFSI in EC/DMC (1:1 w/w)",
        "1.1 M LiFSI in EC",
        "1 M LiBF4 in EC",
        "1 M LiFSI in EC + 2 wt% VC",
        "? M LiFSI in EC",
        "1 M ? in EC",
    ],
)
def test_formulation_outside_the_space(space: CandidateSpace, text: str) -> None:
    with pytest.raises(ValueError, match="does not hold"):
        space.index(text)


def test_sample_is_uniform_seeded_and_without_replacement(space: CandidateSpace) -> None:
    drawn = space.sample(200, seed=3)
    assert len(set(drawn.tolist())) == 200
    assert (space.sample(200, seed=3) == drawn).all()
    assert (space.sample(200, seed=4) != drawn).any()
    assert len(space.sample(10**9)) == len(space)
    counts = np.zeros(len(space))
    for seed in range(200):
        counts[space.sample(len(space) // 4, seed)] += 1
    # 200 draws of a quarter: 50 times each, with a standard deviation of 6.
    assert abs(counts.mean() - 50) < 1
    assert counts.min() > 20
    assert counts.max() < 80


def test_any_numbers_in_any_order(space: CandidateSpace) -> None:
    numbers = np.array([5, 400, 2, 399])
    whole = space.mixtures(0, len(space))
    assert np.allclose(space.take(numbers).mole_fractions, whole.mole_fractions[numbers])


def test_families_go_by_salts_and_solvents_across_parts() -> None:
    """The all-molar and the dissolved form of the same compounds are one family."""
    space = CandidateSpace.read("K")
    numbers = space.sample(3000)
    families = space.families(numbers)
    keys = []
    for number in numbers:
        electrolyte = space.electrolyte(int(number))
        salts = {dose.compound for dose in electrolyte.salts}
        keys.append(frozenset({share.compound for share in electrolyte.base} | salts))
    by_key: dict[frozenset[object], set[int]] = {}
    for key, family in zip(keys, families.tolist(), strict=True):
        by_key.setdefault(key, set()).add(family)
    assert all(len(found) == 1 for found in by_key.values())
    assert len(set(families.tolist())) == len(by_key)


UNITS = ("wt%", "vol%", "mol%", "ppm", "M", "mM", "m")
AMOUNTS = {"wt%": 3.0, "vol%": 4.0, "mol%": 2.0, "ppm": 500.0, "M": 0.1, "mM": 20.0, "m": 0.2}


@given(
    kind=st.sampled_from(("v/v", "w/w", "mol/mol")),
    salt_unit=st.sampled_from(("M", "mM", "m")),
    units=st.lists(st.sampled_from(UNITS), min_size=1, max_size=4, unique=True),
    solvents=st.lists(
        st.sampled_from(["EC", "DMC", "DME", "F5DEE", "H2O", "[EMIm]TFSI", "TTE", "FEC"]),
        min_size=1,
        max_size=3,
        unique=True,
    ),
    parts=st.lists(st.floats(0.1, 10), min_size=3, max_size=3),
)
def test_every_unit_agrees_with_the_conversion_of_texts(
    kind: RatioKind, salt_unit: Unit, units: list[Unit], solvents: list[str], parts: list[float]
) -> None:
    registry = shipped_compounds()
    mixed = [registry[name] for name in solvents]
    additives = [Dose(AMOUNTS[unit], unit, registry["VC"]) for unit in units]
    # A second additive joins where both are shares of the same measure.
    pairs = [(dose, Dose(1.5, dose.unit, registry["TMSB"])) for dose in additives]
    grid = Grid(
        "any",
        bases=(base_of(list(zip(mixed, parts, strict=False)), kind),),
        salts=((Dose(1.2, salt_unit, registry["LiFSI"]), Dose(0.3, "M", registry["LiBOB"])),),
        additives=((), *((dose,) for dose in additives), *pairs),
    )
    space = CandidateSpace("Li", (grid,))
    fast = space.mixtures(0, len(space))
    texts = [str(space.electrolyte(number)) for number in range(len(space))]
    slow = Mixtures.from_electrolytes(texts, "Li")
    columns = [fast.compounds.index(compound) for compound in slow.compounds]
    assert np.allclose(fast.mole_fractions[:, columns], slow.mole_fractions, rtol=1e-12, atol=0)
    assert (fast.density_estimated == slow.density_estimated).all()
