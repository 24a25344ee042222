"""Electrolytes from stocks: the plan adds up, says what cannot be made, and robots read it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from anolyte.datasets import TableError, parse
from anolyte.datasets.electrolytes.composition import resolve
from anolyte.datasets.electrolytes.grammar import parse_mixture
from anolyte.experiments.cli.app import app
from anolyte.experiments.mixing.plan import Mix, Pipette, plan
from anolyte.experiments.mixing.stocks import Stock, read_stocks
from anolyte.experiments.mixing.transfers import transfers, write_transfers
from typer.testing import CliRunner

TABLE = """stock,formulation,volume_mL,position
ether,DME,20,A1
diluent,TTE,20,A2
strong,4 M LiFSI in DME,10,A3
FEC,FEC,5,A4
nitrate,10 wt% LiNO3 in DME,5,A5
"""
EIGHT = [
    "1 M LiFSI in DME",
    "2 M LiFSI in DME",
    "3 M LiFSI in DME",
    "(4 M LiFSI in DME)/TTE (1:1 v/v)",
    "LiFSI/DME/TTE (1:3:3 mol/mol)",
    "1 M LiFSI in DME + 5 wt% FEC",
    "1 M LiFSI in DME + 1 wt% LiNO3",
    "2 M LiFSI in DME/TTE (1:1 v/v) + 2 wt% FEC",
]


@pytest.fixture
def stocks(tmp_path: Path) -> list[Stock]:
    path = tmp_path / "stocks.csv"
    path.write_text(TABLE)
    return read_stocks(path)


def fractions(stocks: list[Stock], mix: Mix) -> dict[str, float]:
    """Return mass fractions from the doses and the stocks' grams in a millilitre."""
    grams: dict[str, float] = {}
    for stock, dose in zip(stocks, mix.microlitres, strict=True):
        for compound, mass in stock.grams.items():
            grams[str(compound)] = grams.get(str(compound), 0.0) + mass * float(dose)
    whole = sum(grams.values())
    return {name: mass / whole for name, mass in grams.items() if mass}


def test_eight_from_five_stocks(stocks: list[Stock]) -> None:
    mixes = plan([parse(text) for text in EIGHT], stocks, 2.0, Pipette(step=0.1))
    for mix in mixes:
        assert mix.feasible
        assert mix.microlitres.sum() == pytest.approx(2000, abs=0.3)
        assert np.allclose(mix.microlitres / 0.1, np.round(mix.microlitres / 0.1))
        wanted = resolve(mix.electrolyte)
        shares = {str(c): w for c, w in zip(wanted.compounds, wanted.mass_fractions, strict=True)}
        # A step of 0.1 uL is 0.3 % of the smallest dose here.
        assert fractions(stocks, mix) == pytest.approx(shares, rel=3e-3)
        assert mix.largest_error < 3e-3
    exact = plan([parse(text) for text in EIGHT], stocks, 2.0, Pipette(step=1e-4))
    assert max(mix.largest_error for mix in exact) < 1e-5


def test_a_stock_in_the_litre_of_its_own_solution() -> None:
    stock = Stock("ZnSO4", parse_mixture("2 M ZnSO4 in H2O"))
    salt = next(c for c in stock.grams if c.kind == "salt")
    # M counts a litre of solution in water, and so does the vial.
    assert stock.grams[salt] == pytest.approx(2 * salt.molar_mass / 1000, rel=1e-6)
    dense = Stock("ZnSO4", parse_mixture("2 M ZnSO4 in H2O"), density=1.3)
    assert sum(dense.grams.values()) == pytest.approx(1.3)


def test_what_cannot_be_made_is_named_with_the_nearest(stocks: list[Stock]) -> None:
    texts = ["5 M LiFSI in DME", "1 M LiFSI in DEE", "1 M LiFSI in DME"]
    strong, other, made = plan([parse(text) for text in texts], stocks, 1.0)
    assert (strong.feasible, other.feasible, made.feasible) == (False, False, True)
    assert "LiFSI: 10.7 % too little" in strong.why
    # The nearest is the strongest stock itself.
    assert fractions(stocks, strong).keys() == {"LiFSI", "DME"}
    assert str(strong.nearest) == "4.60829 m LiFSI in DME"
    assert other.why == "no stock holds DEE"
    (liquid,) = plan([parse("1 M NaPF6 in DME")], stocks[:2], 1.0)
    assert (liquid.feasible, str(liquid.nearest)) == (False, "DME")


def test_all_share_what_is_at_hand(stocks: list[Stock]) -> None:
    three = [parse(text) for text in EIGHT[1:4]]
    plenty = plan(three, stocks, 5.0)
    strong = sum(float(mix.microlitres[2]) for mix in plenty) / 1000
    assert strong == pytest.approx(9.46, abs=0.02)
    enough = plan(three, stocks, 5.0, Pipette(dead=500))
    assert all(mix.feasible for mix in enough)
    short = plan(three, stocks, 5.0, Pipette(dead=2000))
    assert sum(float(mix.microlitres[2]) for mix in short) <= 8000.5
    assert not all(mix.feasible for mix in short)
    assert any(mix.why.startswith("the stocks do not suffice") for mix in short)
    with pytest.raises(ValueError, match="more than the 60 mL of stocks"):
        plan(three, stocks, 100.0)


@pytest.mark.parametrize(
    ("pipette", "doses"),
    [
        (Pipette(), [0.4, 0.6, 12.5]),
        (Pipette(step=5), [0.4, 12.4, 13]),
        (Pipette(least=10), [3, 7, 40]),
    ],
)
def test_rounding(pipette: Pipette, doses: list[float]) -> None:
    rounded = pipette.rounded(np.array(doses)).tolist()
    assert rounded in ([0, 1, 12], [0, 10, 15], [0, 10, 40])


def test_no_pipette_doses_steps_of_nothing() -> None:
    with pytest.raises(ValueError, match="step 0"):
        Pipette(step=0)
    with pytest.raises(ValueError, match="dead -1"):
        Pipette(dead=-1)


def test_transfers_go_stock_by_stock(stocks: list[Stock]) -> None:
    mixes = plan([parse(text) for text in [*EIGHT, "5 M LiFSI in DME"]], stocks, 1.0)
    steps = transfers(mixes, stocks)
    assert steps["step"].tolist() == list(range(1, len(steps) + 1))
    sources = steps["source"].drop_duplicates().tolist()
    assert sources == ["ether", "diluent", "FEC", "strong", "nitrate"]
    # One block a stock, so that one tip serves it.
    assert (steps["source"] != steps["source"].shift()).sum() == len(sources)
    assert steps["target_position"].unique().tolist() == [
        *("A6", "A7", "A8", "A10", "A11", "A12", "A9", "B1")
    ]
    assert "5 M LiFSI in DME" not in set(steps["target"])
    total = sum(mix.microlitres.sum() for mix in mixes if mix.feasible)
    assert steps["volume_ul"].sum() == pytest.approx(total)
    with pytest.raises(ValueError, match="A3 taken by a stock"):
        transfers(mixes, stocks, ["A3", *"BCDEFGH"])


def test_robots_read_them(stocks: list[Stock], tmp_path: Path) -> None:
    mixes = plan([parse(EIGHT[0])], stocks, 1.0)
    steps = transfers(mixes, stocks)
    write_transfers(steps, tmp_path / "ot.csv", "opentrons")
    opentrons = pd.read_csv(tmp_path / "ot.csv")
    assert opentrons.columns.tolist() == ["source_well", "target_well", "volume_ul"]
    assert opentrons.iloc[0].tolist() == ["A1", "A6", 681.0]
    numbered = [Stock(s.name, s.mixture, s.millilitres) for s in stocks]
    write_transfers(transfers(mixes, numbered), tmp_path / "cs.csv", "aurora")
    aurora = pd.read_csv(tmp_path / "cs.csv")
    assert aurora.columns.tolist() == ["Source Position", "Target Position", "Volume (uL)"]
    assert aurora.iloc[0].tolist() == [1, 6, 681]
    indexed = [Stock(s.name, s.mixture, s.millilitres, f"0,{n}") for n, s in enumerate(stocks)]
    write_transfers(transfers(mixes, indexed, ["mix_vessel"]), tmp_path / "bl.json", "batterylab")
    first = json.loads((tmp_path / "bl.json").read_text())[0]
    assert first["source_x_ind"] == 0
    assert (first["source_y_ind"], first["destination"]) == (0, "mix_vessel")
    assert first["volume_ul"] == 681.0
    with pytest.raises(ValueError, match="numbers its positions"):
        write_transfers(steps, tmp_path / "cs.csv", "aurora")
    with pytest.raises(ValueError, match=r"it is a \.json"):
        write_transfers(transfers(mixes, indexed), tmp_path / "bl.csv", "batterylab")
    with pytest.raises(ValueError, match="unknown robot"):
        write_transfers(steps, tmp_path / "x.csv", "chemspeed2")


def test_all_faults_of_a_table_of_stocks(tmp_path: Path) -> None:
    path = tmp_path / "stocks.csv"
    path.write_text(
        "stock,formulation,volume_mL,position\na,DMEE,20,A1\nb,? M LiFSI in DME,5,A2\n"
        "c,DME,much,A3\nd,DME,1,A4\nd,EC,1,A4\n"
    )
    with pytest.raises(TableError) as caught:
        read_stocks(path)
    places = [fault.place for fault in caught.value.faults]
    assert places == [
        "row 2, column formulation",
        "row 3, column formulation",
        "row 4, column volume_mL",
        "column name",
        "column position",
    ]


def test_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("stocks.csv").write_text(TABLE)
    done = CliRunner().invoke(
        app,
        ["mix", *EIGHT[:2], "5 M LiFSI in DME", "--transfers", "steps.csv", "--dead-volume", "50"],
    )
    assert done.exit_code == 2
    assert "not from these stocks: 5 M LiFSI in DME" in done.output
    assert "nearest: 4.60829 m LiFSI in DME" in done.output
    assert len(pd.read_csv("steps.csv")) == 4
    told = CliRunner().invoke(app, ["mix", EIGHT[0], "--json"])
    assert told.exit_code == 0
    assert json.loads(told.stdout)[0]["microlitres"]["ether"] == 681.0
