"""Gates: what cannot work is told from what is merely odd, with the reason in words."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from anolyte.datasets.measurements.table import load_measurements
from anolyte.features.mixtures import Mixtures, as_mixtures
from anolyte.models.gates.gates import GATES, judge
from anolyte.models.gates.verdicts import Verdicts, liquid_remarks

CASES = pd.read_csv(Path(__file__).parent / "gate_cases.csv", keep_default_na=False)


def verdicts(electrolyte: str, metal: str = "Li") -> Verdicts:
    return Verdicts.of(Mixtures.from_electrolytes([electrolyte], metal))


def told(verdict: Verdicts) -> str:
    return ["possible", "doubtful", "impossible"][int(verdict.weak[0]) + int(verdict.gated[0])]


def test_list_of_cases_is_long_enough() -> None:
    counts = CASES["expected"].value_counts()
    assert counts["impossible"] >= 60
    assert counts["possible"] + counts["doubtful"] >= 60
    assert set(CASES.loc[CASES["expected"] != "possible", "gate"]) == {g.name for g in GATES}


@pytest.mark.parametrize(
    ("metal", "electrolyte", "expected", "gate"),
    CASES[["metal", "electrolyte", "expected", "gate"]].to_numpy().tolist(),
)
def test_cases(metal: str, electrolyte: str, expected: str, gate: str) -> None:
    verdict = verdicts(electrolyte, metal)
    assert told(verdict) == expected
    assert gate in verdict.sentences()[0]
    assert bool(verdict.sentences()[0]) == (expected != "possible")


def test_cases_judged_together_as_alone() -> None:
    together = judge(Mixtures.from_electrolytes(CASES["electrolyte"], CASES["metal"]))
    for row, (electrolyte, metal) in enumerate(
        zip(CASES["electrolyte"], CASES["metal"], strict=True)
    ):
        alone = judge(Mixtures.from_electrolytes([electrolyte], metal))
        assert (together[:, row] == alone[:, 0]).all(), electrolyte


def test_nothing_that_cycles_is_gated() -> None:
    rows = load_measurements("all")
    verdict = Verdicts.of(Mixtures.from_electrolytes(rows["electrolyte"], rows["metal"]))
    good = (rows["ce_pct"] >= 90).to_numpy()
    assert good.sum() > 300
    assert rows.loc[good & verdict.weak, "electrolyte"].tolist() == []
    # Of all else only the one row that reports how water passivates magnesium.
    gated = rows[verdict.gated]
    assert gated["electrolyte"].tolist() == ["? M ? in H2O"]
    assert gated["metal"].tolist() == ["Mg"]
    assert gated["sei_function"].tolist() == ["passivates"]
    assert set(rows.loc[verdict.doubtful, "metal"]) == {"Al"}


def test_sentence_names_reason_metal_and_culprit() -> None:
    assert verdicts("1 M NaPF6 in DME/EtOH (1:1 v/v)", "Na").sentences() == [
        "reacts with the metal: its acidic protons turn Na into hydrogen and a film (EtOH)"
    ]


@pytest.mark.parametrize(
    ("donor", "expected"), [("0.1", "impossible"), ("0.5", "possible"), ("1.2", "possible")]
)
def test_few_sites_are_no_fault(donor: str, expected: str) -> None:
    assert told(verdicts(f"LiFSI/DME/TTE (1:{donor}:3 mol/mol)")) == expected


def test_assumed_amounts_dissolve() -> None:
    """An unknown amount counts as 1 M, which says nothing of what was dissolved."""
    assert told(verdicts("? M Mg(TFSI)2 in DME", "Mg")) == "possible"
    assert told(verdicts("1 M Mg(TFSI)2 in DME", "Mg")) == "impossible"


def test_assumed_amount_of_an_additive_gates_nothing() -> None:
    assert told(verdicts("? M LiTFSI in TEGDME + ? vol% H2O")) == "possible"
    assert told(verdicts("1 M LiTFSI in TEGDME + 2 vol% H2O")) == "impossible"
    assert told(verdicts("? M LiTFSI in H2O")) == "impossible"


def test_temperature_of_the_conditions_counts() -> None:
    electrolytes = [
        "1 M LiTFSI in DMSO2",
        "NaFSI/KFSI (1:1 mol/mol)",
        "0.5 M LiPF6 in benzene/DME (19:1 w/w)",
    ]
    for celsius, expected in (
        (25.0, [True, True, False]),
        (120.0, [False, False, False]),
        (-60.0, [True, True, True]),
    ):
        table = pd.DataFrame({"electrolyte": electrolytes, "temperature_C": celsius})
        mixtures = as_mixtures(table, "Li")
        frozen = judge(mixtures)[[gate.name == "not a liquid" for gate in GATES]].any(axis=0)
        assert frozen.tolist() == expected, celsius


def test_remarks_on_liquids() -> None:
    mixtures = Mixtures.from_electrolytes(
        ["0.3 M LiTFSI in FM", "1 M LiFSI in DME", "1 M LiTFSI in H2O/Toluene (1:1 v/v)"], "Li"
    )
    pressure, nothing, layers = liquid_remarks(mixtures)
    assert pressure == "liquid only under pressure"
    assert nothing == ""
    assert layers == "may not mix: Toluene with H2O by their Hansen parameters"


def test_every_gate_says_its_ground() -> None:
    assert all(gate.says and gate.basis and gate.metals for gate in GATES)


def test_order_and_company_change_nothing() -> None:
    mixtures = Mixtures.from_electrolytes(CASES["electrolyte"], CASES["metal"])
    backwards = np.arange(len(mixtures))[::-1]
    assert (judge(mixtures.take(backwards)) == judge(mixtures)[:, backwards]).all()
