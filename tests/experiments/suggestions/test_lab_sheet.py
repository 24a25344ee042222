"""Lab sheets: what is weighed gives back the formulation, and the conventions hold."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from anolyte.datasets import parse, shipped_compounds
from anolyte.datasets.compounds.densities import density
from anolyte.datasets.compounds.registry import Compound
from anolyte.datasets.electrolytes.composition import pieces, resolve
from anolyte.datasets.electrolytes.grammar import Dose, Electrolyte
from anolyte.datasets.measurements.table import load_measurements
from anolyte.experiments.suggestions.lab_sheet import (
    TO_FILL,
    Amount,
    amounts,
    flash_point,
    lab_sheet,
    remarks,
)
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy


def by_name(text: str, volume: float = 5.0) -> dict[str, Amount]:
    return {str(each.compound): each for each in amounts(parse(text), volume)}


def check_round_trip(electrolyte: Electrolyte, volume: float) -> None:
    composition = resolve(electrolyte)
    expected = dict(zip(composition.compounds, composition.mass_fractions, strict=True))
    recipe = amounts(electrolyte, volume)
    total = sum(each.mass_g for each in recipe)
    weighed: dict[Compound, float] = {}
    for each in recipe:
        assert isinstance(each.compound, Compound)
        # What is weighed as a hydrate counts as its salt and its water.
        for compound, count in pieces(each.compound):
            share = count * compound.molar_mass / each.compound.molar_mass
            weighed[compound] = weighed.get(compound, 0.0) + share * each.mass_g
    assert set(weighed) == set(expected)
    for compound, mass in weighed.items():
        assert mass / total == pytest.approx(expected[compound], rel=1e-5)


def test_solution_with_an_additive() -> None:
    recipe = by_name("1 M LiPF6 in EC/DMC (1:1 v/v) + 2 wt% VC")
    assert recipe["LiPF6"].mass_g == pytest.approx(0.005 * 151.905, rel=1e-4)
    assert recipe["EC"].volume_ml == 2.5
    assert recipe["DMC"].volume_ml == 2.5
    assert recipe["DMC"].mass_g == pytest.approx(2.5 * density(parse_one("DMC")).value, rel=1e-5)
    whole = sum(each.mass_g for each in recipe.values())
    assert recipe["VC"].mass_g / whole == pytest.approx(0.02, rel=1e-5)
    assert [each.role for each in recipe.values()] == ["salt", "solvent", "solvent", "additive"]
    assert recipe["LiPF6"].volume_ml is None
    assert "melts at 3" in remarks(recipe["EC"])


def parse_one(name: str) -> Compound:
    return parse(f"1 M LiFSI in {name}").base[0].compound


def test_molal_counts_the_kilogram_of_solvent() -> None:
    recipe = by_name("21 m LiTFSI in H2O", 10)
    kilograms = recipe["H2O"].mass_g / 1000
    moles = recipe["LiTFSI"].mass_g / recipe["LiTFSI"].compound.molar_mass
    assert moles / kilograms == pytest.approx(21, rel=1e-5)
    assert recipe["H2O"].volume_ml == pytest.approx(10)


def test_recipe_by_ratio_fills_the_volume_with_its_liquids() -> None:
    recipe = by_name("LiFSI/DME/TTE (1:1.2:3 mol/mol)", 3)
    moles = {name: each.mass_g / each.compound.molar_mass for name, each in recipe.items()}
    assert moles["DME"] / moles["LiFSI"] == pytest.approx(1.2, rel=1e-5)
    assert moles["TTE"] / moles["LiFSI"] == pytest.approx(3, rel=1e-5)
    liquids = (recipe[name].volume_ml or 0.0 for name in ("DME", "TTE"))
    assert sum(liquids) == pytest.approx(3, rel=1e-5)
    assert recipe["TTE"].role == "diluent"


def test_ionic_liquid_is_a_liquid_with_an_estimated_density() -> None:
    recipe = by_name("AlCl3/[EMIm]Cl (1.5:1 mol/mol)", 2)
    assert recipe["[EMIm]Cl"].volume_ml == pytest.approx(2, rel=1e-5)
    assert "density estimated" in remarks(recipe["[EMIm]Cl"])


def test_solvent_that_is_an_additive_too_is_one_line() -> None:
    electrolyte = parse("1 M LiPF6 in FEC/DMC (1:1 v/v) + 5 wt% FEC")
    check_round_trip(electrolyte, 5)
    recipe = by_name(str(electrolyte))
    assert len(recipe) == 3
    assert recipe["DMC"].volume_ml == 2.5
    assert (recipe["FEC"].volume_ml or 0) > 2.5


def test_salt_sets_the_scale_where_every_solvent_is_an_additive_too() -> None:
    electrolyte = parse("1 M LiPF6 in FEC + 5 wt% FEC")
    check_round_trip(electrolyte, 5)
    assert by_name(str(electrolyte))["LiPF6"].mass_g == pytest.approx(0.005 * 151.905, rel=1e-4)


def test_every_measured_electrolyte_can_be_mixed() -> None:
    texts = load_measurements("all")["electrolyte"].unique()
    known = [e for e in map(parse, texts) if not (e.has_unknown_amounts or e.has_unknown_salt)]
    assert len(known) > 250
    for electrolyte in known:
        check_round_trip(electrolyte, 1.0)


def completed(electrolyte: Electrolyte) -> Electrolyte:
    """Return the electrolyte with every open amount at 1, every open salt as LiClO4."""
    salt = shipped_compounds()["LiClO4"]

    def known(dose: Dose) -> Dose:
        return replace(dose, amount=dose.amount or 1.0, compound=dose.compound or salt)

    salts = {dose.compound: dose for dose in map(known, electrolyte.salts)}
    return replace(
        electrolyte,
        salts=tuple(salts.values()),
        base=tuple(replace(share, part=share.part or 1.0) for share in electrolyte.base),
        additives=tuple(map(known, electrolyte.additives)),
    )


@settings(max_examples=150)
@given(data=st.data(), volume=st.floats(0.1, 1000))
def test_amounts_give_back_the_composition(
    dilute_electrolytes: SearchStrategy[Electrolyte], data: st.DataObject, volume: float
) -> None:
    electrolyte = completed(data.draw(dilute_electrolytes))
    others = [dose.compound for dose in (*electrolyte.salts, *electrolyte.additives)]
    assume(any(share.compound not in others for share in electrolyte.base))
    check_round_trip(electrolyte, volume)
    if not set(others) & {share.compound for share in electrolyte.base}:
        in_base = {share.compound for share in electrolyte.base}
        liquids = [each for each in amounts(electrolyte, volume) if each.compound in in_base]
        # Where there is no liquid at all, the solids stand for it.
        filled = [each.volume_ml for each in liquids if each.volume_ml is not None]
        assert not filled or sum(filled) == pytest.approx(volume, rel=1e-5)


def test_what_cannot_be_weighed_is_refused() -> None:
    for text in ("? M NaPF6 in DME", "1 M ? in H2O", "1 M LiPF6 in EC/DMC (? v/v)"):
        with pytest.raises(ValueError, match="nothing to weigh"):
            amounts(parse(text), 5)
    for volume in (0.0, -1.0, float("nan"), float("inf")):
        with pytest.raises(ValueError, match="volume above 0"):
            amounts(parse("1 M LiFSI in DME"), volume)


def test_safety_comes_with_its_source_and_its_gaps() -> None:
    told = flash_point(parse("1 M LiFSI in DME/F5DEE (1:1 v/v)"))
    assert told.startswith("lowest known flash point: -")
    assert "DME (" in told
    assert told.endswith("none known of F5DEE")
    assert flash_point(parse("1 M LiFSI in F5DEE")) == ""
    gas = by_name("0.5 M LiTFSI in FM")["FM"]
    assert "liquefied gas" in remarks(gas)


def test_sheet_has_the_columns_to_fill_in() -> None:
    texts = ["1 M LiFSI in DME", "1 M LiPF6 in EC/DMC (1:1 v/v) + 2 wt% VC"]
    frame = pd.DataFrame({"rank": [1, 2], "electrolyte": texts})
    sheet = lab_sheet(frame, 5)
    assert list(sheet.columns[:2]) == ["rank", "electrolyte"]
    assert tuple(sheet.columns[-len(TO_FILL) :]) == TO_FILL
    assert (sheet[list(TO_FILL)] == "").all(axis=None)
    assert sheet["component_4"].tolist()[1] == "VC"
    assert pd.isna(sheet["component_4"].iloc[0])
    assert np.isclose(sheet["mass_1_g"].iloc[0], 0.005 * 187.07, rtol=1e-3)
