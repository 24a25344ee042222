"""Constraints: what they leave out, what they mask, and what they say where nothing is known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from anolyte.datasets import shipped_compounds
from anolyte.datasets.errors import InputError
from anolyte.datasets.files.shipped import shipped_table
from anolyte.experiments.cli.shared.limits import constraints_of
from anolyte.experiments.constraints.constraint import Constraint, Constraints, Policy
from anolyte.experiments.constraints.rules import FAIL, PASS, RULES, UNKNOWN
from anolyte.experiments.spaces.candidate_space import CandidateSpace
from anolyte.features import ElectrolyteFeaturizer
from anolyte.features.families import family_names
from anolyte.features.mixtures import Mixtures


def verdicts(name: str, limit: float, texts: list[str], metal: str = "Li") -> list[int]:
    mixtures = Mixtures.from_electrolytes(texts, metal)
    return Constraint(name, limit).verdicts(mixtures).tolist()


@pytest.fixture(scope="module")
def lithium() -> CandidateSpace:
    return CandidateSpace.read("Li")


@pytest.mark.parametrize(
    ("name", "column", "limit"),
    [("max_fluorine_wt_pct", "F_wt_pct", 25.0), ("max_pfas_wt_pct", "PFAS_wt_pct", 40.0)],
)
def test_fluorine_agrees_with_the_descriptor(
    lithium: CandidateSpace, name: str, column: str, limit: float
) -> None:
    mixtures = lithium.take(lithium.sample(2000))
    featurizer = ElectrolyteFeaturizer(["fluorination"]).fit(mixtures)
    at = list(featurizer.get_feature_names_out()).index(column)
    share = featurizer.transform(mixtures)[:, at]
    keep = Constraints((Constraint(name, limit),)).mask(mixtures)
    assert (keep == (share <= limit)).all()
    assert 0 < keep.mean() < 1


def test_no_pfas_shortens_the_axes(lithium: CandidateSpace) -> None:
    space = lithium.constrained(Constraints((Constraint("max_pfas_wt_pct", 0.0),)))
    names = {str(compound) for compound in (*space.salts, *space.solvents)}
    assert "LiTFSI" not in names
    assert {"LiFSI", "DME", "Toluene", "FB"} <= names
    assert len(space) < len(lithium)
    assert space.constraints.mask(space.take(space.sample(1000))).all()
    # Nothing but what breaks the constraint is gone.
    kept = lithium.take(lithium.sample(1000))
    numbers = lithium.sample(1000)[space.constraints.mask(kept)]
    assert all(space.index(lithium.electrolyte(int(number))) >= 0 for number in numbers)


def test_banned_compounds_classes_elements_and_properties(lithium: CandidateSpace) -> None:
    banned = ("LiClO4", "element:S", "kind:diluent", "donor_number > 18")
    space = lithium.constrained(Constraints((Constraint("exclude", banned),)))
    names = {str(compound) for compound in (*space.salts, *space.solvents)}
    assert not names & {"LiClO4", "LiFSI", "LiTFSI", "TTE", "DME", "DMSO", "SL"}
    assert {"LiPF6", "EC", "DMC", "LiBF4"} <= names
    # No donor number of FEMC was measured: it is kept, and the list says so.
    assert "FEMC" in names
    flags = space.constraints.flags(Mixtures.from_electrolytes(["1 M LiPF6 in FEMC"], "Li"))
    assert flags[0].startswith("whether it is excluded unknown:")
    assert "FEMC" in flags[0]


@pytest.mark.parametrize(("policy", "held"), [("keep", True), ("flag", True), ("drop", False)])
def test_unknown_flash_points(lithium: CandidateSpace, policy: Policy, held: bool) -> None:
    """EC 143 C, DMC 18 C, of FEC none measured, of EMC only an estimate."""
    flash = Constraints((Constraint("min_flash_point_c", 60.0, policy),))
    space = lithium.constrained(flash)
    names = {str(compound) for compound in space.solvents}
    assert {"EC", "PC", "TEP"} <= names
    assert not names & {"DMC", "DME", "THF"}
    assert ("FEC" in names) is held
    assert ("EMC" in names) is held
    mixtures = Mixtures.from_electrolytes(
        ["1 M LiPF6 in EC", "1 M LiPF6 in EC/FEC (1:1 v/v)", "1 M LiPF6 in EC/DMC (1:1 v/v)"], "Li"
    )
    assert flash.mask(mixtures).tolist() == [True, held, False]
    said = ["", "flash point unknown: FEC", ""] if policy == "flag" else [""] * 3
    assert flash.flags(mixtures) == said


def test_liquid() -> None:
    texts = [
        "1 M LiFSI in DME",  # melts at -58 C, boils at 85 C
        "1 M LiFSI in DMSO",  # melts at 18 C
        "1 M LiFSI in DMSO/DME (1:9 v/v)",  # dissolved in the liquid
        "1 M LiFSI in FM",  # a gas
        "1 M LiPF6 in EC",  # no enthalpy of fusion known
        "LiFSI/DMSO (1:1 mol/mol)",  # no molecular solution
    ]
    assert verdicts("liquid_at_c", 25, texts) == [PASS, PASS, PASS, FAIL, UNKNOWN, UNKNOWN]
    assert verdicts("liquid_at_c", 0, texts) == [PASS, FAIL, PASS, FAIL, UNKNOWN, UNKNOWN]
    assert verdicts("liquid_at_c", 90, texts[:2]) == [FAIL, PASS]


def test_ideal_solubility_of_a_solid_falls_with_temperature() -> None:
    texts = [f"1 M LiFSI in DMSO/DME ({part}:{10 - part} v/v)" for part in range(1, 10)]
    warm, cold = (np.array(verdicts("liquid_at_c", t, texts)) for t in (10, -20))
    assert (np.diff(warm) <= 0).all()
    assert cold.sum() < warm.sum() < len(texts)


def test_viscosity_is_the_mean_of_logarithms() -> None:
    """DME 0.46 and PC 2.53 mPa s; of F5DEE nothing is measured."""
    texts = ["1 M LiFSI in DME", "1 M LiFSI in PC/DME (1:1 mol/mol)", "1 M LiFSI in F5DEE"]
    assert verdicts("max_viscosity_mPa_s", 0.6, texts) == [PASS, FAIL, UNKNOWN]
    assert verdicts("max_viscosity_mPa_s", 1.2, texts) == [PASS, PASS, UNKNOWN]
    trace = ["1 M LiFSI in PC + 1 wt% FEC", "1 M LiFSI in PC + 0.1 wt% TMSB"]
    assert verdicts("max_viscosity_mPa_s", 3, trace) == [PASS, PASS]


def test_solubility_by_limit_by_report_and_unknown() -> None:
    texts = [
        "0.5 M Mg(TFSI)2 in DME",
        "1 M Mg(TFSI)2 in DME",
        "1 M Mg(TFSI)2 in DMAc",
        "0.2 M Mg[Al(pftb)4]2 in DME",
        "2 M Mg[Al(pftb)4]2 in DME",
    ]
    assert verdicts("within_solubility", 1, texts, "Mg") == [PASS, FAIL, UNKNOWN, PASS, UNKNOWN]
    assert verdicts("within_solubility", 1, ["4 M LiFSI in DME", "1 M LiNO3 in EC"]) == [
        PASS,
        UNKNOWN,
    ]


def test_components_and_critical_elements() -> None:
    texts = ["1 M LiFSI in DME", "1 M LiFSI in EC/DMC (1:1 v/v) + 1 wt% VC", "1 M LiBOB in DME"]
    assert verdicts("max_components", 3, texts) == [PASS, FAIL, PASS]
    # Lithium and fluorine; lithium and boron.
    assert verdicts("max_critical_elements", 1, texts) == [FAIL, FAIL, FAIL]
    assert verdicts("max_critical_elements", 2, texts) == [PASS, PASS, PASS]
    assert verdicts("max_critical_elements", 2, ["1 M LiPF6 in DME"]) == [FAIL]


def test_anodic_limit_is_known_for_few_and_never_disproved() -> None:
    texts = ["0.3 M Mg[B(hfip)4]2 in DME", "0.5 M Mg(TFSI)2 in DME"]
    assert verdicts("min_anodic_limit_v", 4, texts, "Mg") == [PASS, UNKNOWN]
    assert verdicts("min_anodic_limit_v", 4.5, texts, "Mg") == [UNKNOWN, UNKNOWN]


def test_rules_state_their_basis_and_tables_their_source() -> None:
    assert all(rule.basis and rule.says for rule in RULES.values())
    for name in ("salt_limits", "critical_elements"):
        assert (shipped_table(name)["source"] != "").all()
    registry = shipped_compounds()
    assert all(registry[salt].is_salt for salt in shipped_table("salt_limits")["salt"])


def test_nothing_left(lithium: CandidateSpace) -> None:
    with pytest.raises(ValueError, match="no candidate satisfies: without kind:salt"):
        lithium.constrained(Constraints((Constraint("exclude", ("kind:salt",)),)))


def test_no_constraints_keep_everything(lithium: CandidateSpace) -> None:
    mixtures = lithium.mixtures(0, 5)
    assert not lithium.constraints
    assert lithium.constraints.mask(mixtures).all()
    assert lithium.constraints.flags(mixtures) == [""] * 5
    assert lithium.constrained(Constraints()) is lithium


def test_constraints_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(
        """
metal: Li
constraints:
  unknown: keep
  max_fluorine_wt_pct: 10
  min_flash_point_c: {limit: 30, unknown: drop}
  within_solubility: true
  exclude: [LiAsF6]
parts:
  p:
    salts: {compounds: [LiPF6, LiBOB, LiAsF6], amounts: [1]}
    solvents: {compounds: [EC, PC, DME], ratios: [[1], [1, 1]]}
    additives: [{compounds: [VC, LiNO3], amounts: [2]}]
""",
        "utf-8",
    )
    space = CandidateSpace.read(path)
    assert [each.unknown for each in space.constraints.items] == ["keep", "drop", "keep", "keep"]
    # DME flashes at -6 C, the flash point of VC is not known.
    assert len(space) == 2 * 3 * 2
    assert not {"DME", "LiAsF6", "VC"} & {str(c) for c in space.mixtures(0, 1).compounds}
    assert "at most 10 wt% fluorine" in space.describe()["constraints"]


def test_options_of_the_command_line() -> None:
    found = constraints_of("LiAsF6, pfas", "drop", {"liquid_at_c": -10.0, "max_components": None})
    assert found == Constraints(
        (
            Constraint("liquid_at_c", -10.0, "drop"),
            Constraint("exclude", ("LiAsF6", "pfas"), "drop"),
        )
    )
    with pytest.raises(InputError) as caught:
        constraints_of("LiAsF7", "perhaps", {"max_pfas_wt_pct": -1.0})
    assert {fault.place for fault in caught.value.faults} == {
        "--unknown",
        "constraints.exclude",
        "constraints.max_pfas_wt_pct",
    }


@pytest.mark.parametrize(
    ("name", "limit", "message"),
    [
        ("beauty", 1.0, "use one of exclude, family, max_fluorine_wt_pct"),
        ("max_components", -1.0, "below 0"),
        ("liquid_at_c", float("nan"), "no number"),
        ("exclude", (), "nothing to exclude"),
        ("exclude", ("element:Xyz",), "no symbol"),
        ("exclude", ("flavour > 3",), "unknown property"),
    ],
)
def test_impossible_constraint(name: str, limit: float, message: str) -> None:
    with pytest.raises(InputError, match=message):
        Constraint(name, limit)


def test_a_family_masks_candidates(lithium: CandidateSpace) -> None:
    space = lithium.constrained(constraints_of("", "flag", {}, family="lhce,HCE"))
    assert space.constraints.describe() == ["one of the families lhce, HCE"]
    mixtures = space.take(space.sample(2000))
    keep = space.constraints.mask(mixtures)
    assert 0 < keep.mean() < 1
    named = [{"HCE", "LHCE"} & {*text.split(", ")} for text in family_names(mixtures)]
    assert keep.tolist() == list(map(bool, named))
    with pytest.raises(InputError, match="family: 'liquid': unknown family"):
        constraints_of("", "flag", {}, family="liquid")
    with pytest.raises(InputError, match="no family"):
        Constraint("family", ())
