"""Space files: the ready-made ones, the grammar, and every fault at once."""

from __future__ import annotations

import tracemalloc
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from anolyte.datasets import METALS, Metal, parse
from anolyte.datasets.errors import InputError
from anolyte.experiments.cli.app import app
from anolyte.experiments.spaces.candidate_space import CandidateSpace
from anolyte.experiments.spaces.space_file import read_space, shipped_spaces
from anolyte.features import ElectrolyteFeaturizer
from anolyte.features.mixtures import Mixtures
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

SIZES = {
    "Li": (29_008, 4_260, 6_888, 106_920, 13_020, 52_416, 67_500),
    "Na": (8_800, 23_562, 1_260, 8_880, 2_310, 6_900, 18_060),
    "K": (3_600, 840, 368, 64, 1_260, 348, 300, 4_110),
    "Mg": (1_020, 1_092, 8_400, 4_000, 120, 900, 3_072),
    "Ca": (612, 105, 210, 852, 1_260, 270, 660),
    "Zn": (35, 24, 720, 195, 240, 1_872, 59_580),
    "Al": (6_624, 900, 80, 72, 27, 552, 176),
}


class Spaces(dict[Metal, CandidateSpace]):
    """The ready-made spaces, each read when a test first asks for it."""

    def __missing__(self, metal: Metal) -> CandidateSpace:
        return self.setdefault(metal, CandidateSpace.read(metal))


SPACES = Spaces()


def write(folder: Path, text: str) -> Path:
    path = folder / "mine.yaml"
    path.write_text(text, "utf-8")
    return path


def test_there_is_a_ready_made_space_for_each_metal() -> None:
    assert shipped_spaces() == list(METALS)
    assert all(read_space(metal).about for metal in METALS)


@pytest.mark.parametrize("metal", METALS)
def test_sizes(metal: Metal) -> None:
    space = SPACES[metal]
    assert space.metal == metal
    assert tuple(map(len, space.parts)) == SIZES[metal]
    assert len(space) == sum(SIZES[metal])


@pytest.mark.parametrize("metal", METALS)
def test_no_formulation_stands_in_two_parts(metal: Metal) -> None:
    parts = SPACES[metal].parts
    assert [(a.name, b.name) for a, b in combinations(parts, 2) if a.overlap(b)] == []


@pytest.mark.parametrize("metal", METALS)
def test_matrices_agree_with_the_formulations(metal: Metal) -> None:
    space = SPACES[metal]
    numbers = space.sample(400, seed=1)
    texts = [str(space.electrolyte(int(number))) for number in numbers]
    fast, slow = space.take(numbers), Mixtures.from_electrolytes(texts, metal)
    columns = [fast.compounds.index(compound) for compound in slow.compounds]
    assert np.allclose(fast.mole_fractions[:, columns], slow.mole_fractions, rtol=1e-12, atol=0)
    assert (fast.density_estimated == slow.density_estimated).all()
    featurizer = ElectrolyteFeaturizer(metal=metal)
    assert np.allclose(
        featurizer.transform(fast), featurizer.transform(slow), rtol=1e-9, atol=1e-10
    )


@given(data=st.data(), metal=st.sampled_from(METALS))
def test_number_to_text_and_back(data: st.DataObject, metal: Metal) -> None:
    space = SPACES[metal]
    number = data.draw(st.integers(0, len(space) - 1))
    text = str(space.electrolyte(number))
    assert str(parse(text)) == text
    assert space.index(parse(text)) == number


@given(data=st.data())
def test_a_chunk_is_the_same_wherever_it_starts(data: st.DataObject) -> None:
    """Chunks may straddle parts."""
    space = SPACES["Ca"]
    start = data.draw(st.integers(0, len(space) - 1))
    stop = data.draw(st.integers(start + 1, min(start + 700, len(space))))
    chunk = space.mixtures(start, stop).mole_fractions
    whole = np.vstack([space.mixtures(n, n + 1).mole_fractions for n in (start, stop - 1)])
    assert np.array_equal(chunk[[0, -1]], whole)


def test_a_part_by_name() -> None:
    part = CandidateSpace.read("Li:LHCE")
    assert len(part) == 106_920
    assert part.name == "Li:LHCE"
    with pytest.raises(InputError, match="use one of carbonates, ethers, HCE"):
        CandidateSpace.read("Li:LHCEs")


def test_neither_a_file_nor_a_name() -> None:
    with pytest.raises(InputError, match=r"nowhere.yaml.*Li, Na, K, Mg, Ca, Zn, Al"):
        CandidateSpace.read("nowhere.yaml")


FILE = """
metal: Na
about: Everything that a part can hold.
constraints: {unknown: drop, max_components: 5}
parts:
  solution:
    salts: {compounds: [NaPF6, NaFSI], amounts: [1, 2], pairs: [[0.5, 0.5], [0.9, 0.1]], unit: m}
    solvents:
      compounds: [DME, "group:sulfone", EC]
      exclude: [element:F, DMSO2, ethyl methyl sulfone]
      at_least_one_of: [DME]
      ratios: [[1], [1, 1], [2, 2], [1, 1, 2]]
      kind: w/w
    diluents: {compounds: [TTE, DFB], parts: [0, 2]}
    additives:
      - {compounds: [FEC, VC], amounts: [1, 2]}
      - {compounds: [H2O], amounts: [50], unit: ppm}
    additives_per_candidate: [0, 2]
  molar:
    salts: {compounds: [NaFSI, NaTFSI], amounts: [1], pairs: [[0.7, 0.3]], unit: mol}
    solvents: {compounds: [DME, THF], ratios: [[1.2], [1, 1]]}
    diluents: {compounds: [TTE], parts: [3]}
"""


def test_the_grammar(tmp_path: Path) -> None:
    space = CandidateSpace.read(write(tmp_path, FILE))
    solution, molar = space.parts
    names = {str(compound) for compound in space.solvents}
    assert {"DME", "EC", "SL", "TTE", "DFB", "THF"} <= names
    assert not names & {"DMSO2", "FSL", "ethyl methyl sulfone"}
    assert all("DME" in map(str, base.compounds) for base in solution.bases)
    # 2:2 is 1:1, and the two salts come alone in two amounts or together in two pairs.
    assert len({base.key for base in solution.bases}) == len(solution.bases)
    assert len(solution.salts) == 2 * 2 + 2
    # None, or two of five doses that are not of the same compound.
    assert len(solution.additives) == 1 + 10 - 2
    texts = [str(space.electrolyte(number)) for number in range(len(space))]
    assert len(set(texts)) == len(space)
    assert "0.9 m NaPF6 + 0.1 m NaFSI in DME/EC (1:1 w/w) + 1 wt% FEC + 50 ppm H2O" in texts
    assert "1 m NaPF6 in DME/TTE (1:2 w/w)" in texts
    assert "NaFSI/NaTFSI/DME/THF/TTE (0.7:0.3:1:1:3 mol/mol)" in texts
    assert len(molar) == 3 * (2 + 1)
    assert [space.index(text) for text in texts] == list(range(len(space)))
    assert not space.constraints.mask(space.mixtures(0, len(space))).all()


def test_all_faults_at_once(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        """
metal: Fe
colour: red
constraints: {max_fluorine_wt_pct: lots, liquid: 3, unknown: perhaps, exclude: [LiPF7]}
parts:
  first:
    salts: {compounds: [LiPF6, NaPF6, DME], amounts: [0, one, true], unit: mol%}
    solvents: {compounds: [DMEE, "group:aether", "donor_nmber < 3"], ratios: [[1], 2], kind: v}
  second:
    salts: [LiPF6]
    solvents: {compounds: [DME, LiNO3], ratios: [[1]]}
    additives: [{compounds: [VC], amounts: [100]}]
    additives_per_candidate: [0.5]
  third:
    salts: {compounds: [LiPF6], amuonts: [1]}
    solvents: {compounds: [DME], ratios: [[1]]}
    diluents: {compounds: [DME, TTE], parts: [1]}
""",
    )
    with pytest.raises(InputError) as caught:
        CandidateSpace.read(path)
    places = {fault.place: fault for fault in caught.value.faults}
    assert {
        "metal",
        "colour",
        "constraints.max_fluorine_wt_pct",
        "constraints.liquid",
        "constraints.unknown",
        "constraints.exclude",
        "parts.first.salts.amounts[1]",
        "parts.first.salts.amounts[2]",
        "parts.first.salts.amounts[3]",
        "parts.first.salts.unit",
        "parts.first.salts.compounds",
        "parts.first.solvents.compounds[1]",
        "parts.first.solvents.compounds[2]",
        "parts.first.solvents.compounds[3]",
        "parts.first.solvents.ratios[2]",
        "parts.first.solvents.kind",
        "parts.second.salts",
        "parts.second.solvents.compounds",
        "parts.third.diluents.compounds",
        "parts.third.salts.amounts",
        "parts.third.salts.amuonts",
        "parts.second.additives[1].amounts",
        "parts.second.additives_per_candidate",
    } <= places.keys()
    assert "DME" in places["parts.first.solvents.compounds[1]"].remedy
    assert "did you mean amounts?" in places["parts.third.salts.amuonts"].remedy
    assert "use one of M, mM, m, mol" in places["parts.first.salts.unit"].remedy
    assert all(fault.reason and fault.remedy for fault in caught.value.faults)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("metal: [Li", "line"),
        ("metal: Li\nmetal: Na\nparts: {}", "line 2: 'metal': key given twice"),
        ("a: &x [1]\nb: *x", "line 2: .*an alias"),
        ("- 1\n- 2", "no mapping"),
        ("metal: Li", "parts: 'nothing': no parts"),
        ("", "no mapping"),
        ("metal: !!python/object/apply:os.getcwd []", "line 1"),
    ],
)
def test_no_space(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        CandidateSpace.read(write(tmp_path, text))


PART = "metal: {metal}\nparts:\n  p:\n    salts: {salts}\n    solvents: {solvents}\n"


@pytest.mark.parametrize(
    ("metal", "salts", "solvents", "message"),
    [
        ("Na", "{compounds: [LiPF6], amounts: [1]}", "{compounds: [DME]}", "holds no Na"),
        ("Na", "{compounds: [LiPF6, KPF6], pairs: [[1, 1]]}", "{compounds: [DME]}", "no pair"),
        ("Na", "{compounds: [NaPF6], amounts: [1]}", "{compounds: [DME], ratios: [[1, 1]]}", "few"),
        (
            "Na",
            "{compounds: [NaPF6], amounts: [1]}",
            "{compounds: ['kind:solvent'], ratios: [[1, 1, 1, 1]]}",
            "mixtures': too many",
        ),
        (
            "Na",
            "{compounds: [NaPF6], amounts: [1]}",
            "{compounds: [DME], exclude: ['group:ether']}",
            "nothing is left",
        ),
        (
            "Na",
            "{compounds: [NaPF6], amounts: [1]}",
            "{compounds: [DME], at_least_one_of: [EC]}",
            "no mixture holds one",
        ),
    ],
)
def test_part_that_cannot_be(
    tmp_path: Path, metal: str, salts: str, solvents: str, message: str
) -> None:
    path = write(tmp_path, PART.format(metal=metal, salts=salts, solvents=solvents))
    with pytest.raises(InputError, match=message):
        CandidateSpace.read(path)


def test_shares_of_two_measures_cannot_be_together(tmp_path: Path) -> None:
    text = PART.format(
        metal="Li", salts="{compounds: [LiPF6], amounts: [1]}", solvents="{compounds: [DME]}"
    )
    text += "    additives:\n      - {compounds: [VC], amounts: [1]}\n"
    text += "      - {compounds: [FEC], amounts: [1], unit: vol%}\n"
    assert len(CandidateSpace.read(write(tmp_path, text))) == 3
    text += "    additives_per_candidate: [2]\n"
    with pytest.raises(InputError, match="shares of two kinds"):
        CandidateSpace.read(write(tmp_path, text))


def test_ten_million_candidates_in_little_memory(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        """
metal: Li
parts:
  all:
    salts:
      compounds: [LiFSI, LiTFSI, LiPF6, LiDFOB, LiBF4, LiClO4]
      amounts: [0.5, 0.75, 1, 1.25, 1.5, 2, 3, 4]
      pairs: [[0.5, 0.5], [0.6, 0.4], [1, 1]]
    solvents:
      compounds: ["group:carbonate", DME, DEE, G2, THF, DOL]
      exclude: [pfas]
      ratios: [[1], [1, 1], [1, 3], [3, 1], [1, 1, 1]]
    diluents: {compounds: [TTE, BTFE, TFEO], parts: [0, 1, 2]}
    additives:
      - {compounds: [FEC, LiNO3, TMSB, 12C4], amounts: [0.5, 1, 2, 5]}
""",
    )
    space = CandidateSpace.read(path)
    assert len(space) > 10_000_000
    space.mixtures(0, 10)
    tracemalloc.start()
    for start in (0, len(space) // 2, len(space) - 10_000):
        assert len(space.mixtures(start, start + 10_000)) == 10_000
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    # Ten thousand rows of fifty columns are 4 MB; arithmetic holds a few such at a time.
    assert peak < 60e6
    last = str(space.electrolyte(len(space) - 1))
    assert space.index(last) == len(space) - 1


def test_command_line() -> None:
    run = CliRunner()
    listed = run.invoke(app, ["space", "list"])
    assert listed.exit_code == 0
    assert "Zn:eutectic" in listed.output
    described = run.invoke(app, ["space", "describe", "Mg:borohydrides"])
    assert described.exit_code == 0
    assert "120 candidates for Mg" in described.output
    assert "candidates/s measured here" in described.output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--space", "Li", "--salts", "LiFSI"], "--space says what --salts would say"),
        (["--space", "Li", "--metal", "Na"], "--metal Na, but the space Li is for Li"),
        (
            ["--space", "Na:LHCE", "--metal", "Li"],
            "--metal Li, but the space Na:LHCE is for Na: leave out --metal",
        ),
        (["--space", "Lithium"], "no such file or ready-made space"),
        (["--exclude", "LiPF7"], "did you mean LiPF6"),
        (["--space", "Zn", "--exclude", "kind:salt"], "no candidate satisfies"),
    ],
)
def test_screening_options_that_do_not_fit(arguments: list[str], message: str) -> None:
    done = CliRunner().invoke(app, ["screen", *arguments])
    assert message in str(done.exception)


def test_suggestions_for_another_metal_than_that_of_the_space() -> None:
    done = CliRunner().invoke(app, ["suggest", "--metal", "Li", "--space", "Na:LHCE"])
    assert "--metal Li, but the space Na:LHCE is for Na" in str(done.exception)
