"""From written amounts to mole and mass fractions, against hand-made and published numbers."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from anolyte.datasets.compounds.metals import METALS
from anolyte.datasets.compounds.registry import shipped_compounds
from anolyte.datasets.electrolytes.composition import Composition, resolve
from anolyte.datasets.electrolytes.grammar import Dose, Electrolyte, parse
from anolyte.datasets.errors import FormulationError
from anolyte.datasets.measurements.table import commonest_salt, load_measurements
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

REGISTRY = shipped_compounds()
# g/mol and g/cm3, by hand from atomic weights and the compilation of Kim et al. 2023.
DME, EC, DMC, EMC, PC, FEC = 90.122, 88.062, 90.078, 104.105, 102.089, 106.052
LIFSI, LIPF6 = 187.07, 151.90
RHO_DME, RHO_EC, RHO_DMC, RHO_EMC, RHO_PC, RHO_FEC = 0.868, 1.32, 1.07, 1.006, 1.2, 1.454


def fractions(text: str) -> dict[str, float]:
    composition = resolve(parse(text))
    return dict(
        zip(map(str, composition.compounds), composition.mole_fractions.tolist(), strict=True)
    )


def mass_fractions(text: str) -> dict[str, float]:
    composition = resolve(parse(text))
    return dict(
        zip(map(str, composition.compounds), composition.mass_fractions.tolist(), strict=True)
    )


def normalised(moles: dict[str, float]) -> dict[str, float]:
    total = sum(moles.values())
    return {name: amount / total for name, amount in moles.items()}


# --- hand-made compositions


@pytest.mark.parametrize(
    ("text", "moles"),
    [
        pytest.param(
            "1 M LiFSI in DME", {"DME": 868 / DME, "LiFSI": 1}, id="mole per litre of solvent"
        ),
        pytest.param(
            "500 mM LiFSI in DME", {"DME": 868 / DME, "LiFSI": 0.5}, id="millimole per litre"
        ),
        pytest.param("2 m LiFSI in DME", {"DME": 1000 / DME, "LiFSI": 2}, id="mole per kilogram"),
        pytest.param(
            "1 M LiPF6 in EC/DMC (1:3 v/v)",
            {"EC": 250 * RHO_EC / EC, "DMC": 750 * RHO_DMC / DMC, "LiPF6": 1},
            id="volume ratio",
        ),
        pytest.param(
            "1.2 M LiPF6 in EC/EMC (3:7 w/w)",
            {
                "EC": 3 / EC,
                "EMC": 7 / EMC,
                "LiPF6": 1.2 * (3 / RHO_EC + 7 / RHO_EMC) / 1000,
            },
            id="mass ratio",
        ),
        pytest.param(
            "1 M LiPF6 in EC/DMC (2:3 mol/mol)",
            {"EC": 2, "DMC": 3, "LiPF6": (2 * EC / RHO_EC + 3 * DMC / RHO_DMC) / 1000},
            id="mole ratio",
        ),
        pytest.param(
            "0.6 M LiFSI + 0.4 M LiPF6 in DME",
            {"DME": 868 / DME, "LiFSI": 0.6, "LiPF6": 0.4},
            id="two salts",
        ),
        pytest.param(
            "1 M LiPF6 in DME + 0.5 M LiPF6",
            {"DME": 868 / DME, "LiPF6": 1.5},
            id="salt named twice",
        ),
        pytest.param(
            "1 M LiPF6 in DME + 50 mM LiFSI",
            {"DME": 868 / DME, "LiPF6": 1, "LiFSI": 0.05},
            id="additive per litre",
        ),
        pytest.param(
            "LiFSI/DME/TTE (1:1.2:3 mol/mol)",
            {"LiFSI": 1, "DME": 1.2, "TTE": 3},
            id="ratio form in moles",
        ),
        pytest.param(
            "LiFSI/DME (3:2 w/w)", {"LiFSI": 3 / LIFSI, "DME": 2 / DME}, id="ratio form in mass"
        ),
        pytest.param(
            "LiFSI/DME (1:10 mol/mol) + 0.1 M LiPF6",
            {"LiFSI": 1, "DME": 10, "LiPF6": 0.1 * 10 * DME / 868},
            id="the litre of a ratio form is that of its liquid",
        ),
        pytest.param(
            "AlCl3/[EMIm]Cl (1.5:1 mol/mol)", {"AlCl3": 1.5, "[EMIm]Cl": 1}, id="ionic liquid"
        ),
    ],
)
def test_composition_by_hand(text: str, moles: dict[str, float]) -> None:
    assert fractions(text) == pytest.approx(normalised(moles), rel=1e-3)


def test_weight_percent_is_of_the_whole() -> None:
    masses = mass_fractions("1 M LiFSI in DME + 2 wt% FEC")
    assert masses["FEC"] == pytest.approx(0.02)
    assert masses["DME"] / masses["LiFSI"] == pytest.approx(868 / LIFSI, rel=1e-3)


def test_mole_percent_is_of_the_whole() -> None:
    moles = fractions("1 M LiFSI in DME + 5 mol% FEC")
    assert moles["FEC"] == pytest.approx(0.05)
    assert moles["DME"] / moles["LiFSI"] == pytest.approx(868 / DME, rel=1e-3)


def test_parts_per_million_are_by_mass_of_the_whole() -> None:
    assert mass_fractions("1 M LiFSI in DME + 250 ppm H2O")["H2O"] == pytest.approx(250e-6)


def test_volume_percent_is_of_the_liquid_without_salts() -> None:
    masses = mass_fractions("1 M LiClO4 in PC + 5 vol% FEC")
    fec, pc = masses["FEC"] / RHO_FEC, masses["PC"] / RHO_PC
    assert fec / (fec + pc) == pytest.approx(0.05)


def test_shares_in_different_units_hold_together() -> None:
    composition = resolve(parse("1 M LiFSI in DME + 4 wt% EC + 5 vol% PC + 3 mol% FEC + 2 wt% VC"))
    names = list(map(str, composition.compounds))
    moles = dict(zip(names, composition.mole_fractions.tolist(), strict=True))
    masses = dict(zip(names, composition.mass_fractions.tolist(), strict=True))
    density = {"DME": RHO_DME, "EC": RHO_EC, "PC": RHO_PC, "FEC": RHO_FEC, "VC": 1.35}
    volumes = {name: masses[name] / density[name] for name in density}
    assert (masses["EC"], masses["VC"]) == pytest.approx((0.04, 0.02))
    assert volumes["PC"] / sum(volumes.values()) == pytest.approx(0.05)
    assert moles["FEC"] == pytest.approx(0.03)
    assert moles["DME"] / moles["LiFSI"] == pytest.approx(868 / DME, rel=1e-3)


def test_masses_and_moles_tell_the_same_story() -> None:
    composition = resolve(parse("1 M LiPF6 in EC/DMC (1:1 v/v) + 2 wt% VC"))
    molar_masses = [compound.molar_mass for compound in composition.compounds]
    masses = composition.mole_fractions * molar_masses
    np.testing.assert_allclose(composition.mass_fractions, masses / masses.sum())


def test_concentrations_grow_with_the_amount() -> None:
    amounts = [fractions(f"{molarity} M LiFSI in DME")["LiFSI"] for molarity in (0.1, 1, 4, 10)]
    assert all(low < high for low, high in itertools.pairwise(amounts))


# --- what the source does not say


@pytest.mark.parametrize(
    ("unknown", "stated"),
    [
        ("? M LiPF6 in DME", "1 M LiPF6 in DME"),
        ("? m LiPF6 in DME", "1 m LiPF6 in DME"),
        ("? mM LiPF6 in DME", "10 mM LiPF6 in DME"),
        ("1 M LiPF6 in EC/DMC (? v/v)", "1 M LiPF6 in EC/DMC (1:1 v/v)"),
        ("LiFSI/DME (? mol/mol)", "LiFSI/DME (1:1 mol/mol)"),
        ("1 M LiPF6 in EC + ? wt% VC", "1 M LiPF6 in EC + 2 wt% VC"),
        ("1 M LiPF6 in EC + ? vol% VC", "1 M LiPF6 in EC + 2 vol% VC"),
        ("1 M LiPF6 in EC + ? mol% VC", "1 M LiPF6 in EC + 2 mol% VC"),
        ("1 M LiPF6 in EC + ? mM VC", "1 M LiPF6 in EC + 10 mM VC"),
        ("1 M LiPF6 in EC + ? ppm H2O", "1 M LiPF6 in EC + 100 ppm H2O"),
        ("1 M LiPF6 in EC + ? M LiNO3", "1 M LiPF6 in EC + 2 wt% LiNO3"),
        ("1 M LiPF6 in EC + ? m LiNO3", "1 M LiPF6 in EC + 2 wt% LiNO3"),
    ],
)
def test_unknown_amount_becomes_the_stated_default(unknown: str, stated: str) -> None:
    assert fractions(unknown) == pytest.approx(fractions(stated))
    assert resolve(parse(unknown)).amounts_assumed
    assert not resolve(parse(stated)).amounts_assumed


def test_unnamed_salt_becomes_the_default_and_says_so() -> None:
    composition = resolve(parse("1 M ? in H2O"), REGISTRY["ZnSO4"])
    assert set(map(str, composition.compounds)) == {"ZnSO4", "H2O"}
    assert composition.salt_assumed
    assert not composition.amounts_assumed
    assert not resolve(parse("1 M ZnSO4 in H2O"), REGISTRY["ZnCl2"]).salt_assumed


def test_unnamed_salt_without_a_default_is_refused() -> None:
    with pytest.raises(ValueError, match=r"1 M \? in H2O: the salt is not named"):
        resolve(parse("1 M ? in H2O"))


@pytest.mark.parametrize(
    ("text", "estimated"),
    [
        ("1 M LiFSI in DMB", ["DMB"]),
        ("1 M LiFSI in DME/DMB (1:1 v/v) + 5 vol% MBE", ["DMB", "MBE"]),
        ("1 M LiFSI in DME", []),
        ("1 m LiFSI in DMB", []),
        ("LiFSI/DMB (1:2 mol/mol)", []),
        ("1 M LiFSI in DME + 2 wt% DMB", []),
    ],
)
def test_density_that_had_to_be_estimated_is_flagged(text: str, estimated: list[str]) -> None:
    assert sorted(map(str, resolve(parse(text)).densities_estimated)) == estimated


# --- any electrolyte


def assert_sound(composition: Composition) -> None:
    for each in (composition.mole_fractions, composition.mass_fractions):
        assert each.shape == (len(composition.compounds),)
        assert (each > 0).all()
        assert each.sum() == pytest.approx(1)
    assert len(set(composition.compounds)) == len(composition.compounds)


@settings(max_examples=300)
@given(data=st.data())
def test_fractions_of_any_electrolyte_are_positive_and_add_up(
    data: st.DataObject, dilute_electrolytes: SearchStrategy[Electrolyte]
) -> None:
    electrolyte = data.draw(dilute_electrolytes)
    composition = resolve(electrolyte, REGISTRY["NaPF6"])
    assert_sound(composition)
    assert set(electrolyte.compounds) <= set(composition.compounds)


@pytest.mark.parametrize("metal", METALS)
def test_fractions_of_every_shipped_electrolyte_are_positive_and_add_up(metal: str) -> None:
    for text in load_measurements(metal)["electrolyte"]:
        assert_sound(resolve(parse(text), commonest_salt(metal)))  # type: ignore[arg-type]


@settings(max_examples=200)
@given(data=st.data())
def test_written_order_does_not_matter(
    data: st.DataObject, dilute_electrolytes: SearchStrategy[Electrolyte]
) -> None:
    electrolyte = data.draw(dilute_electrolytes)

    def shuffled(items: tuple[object, ...]) -> tuple[object, ...]:
        return tuple(data.draw(st.permutations(items)))

    other = Electrolyte(
        shuffled(electrolyte.salts),  # type: ignore[arg-type]
        shuffled(electrolyte.base),  # type: ignore[arg-type]
        electrolyte.ratio_kind,
        shuffled(electrolyte.additives),  # type: ignore[arg-type]
    )
    first, second = (resolve(each, REGISTRY["NaPF6"]) for each in (electrolyte, other))
    assert set(first.compounds) == set(second.compounds)
    order = [second.compounds.index(compound) for compound in first.compounds]
    np.testing.assert_allclose(second.mole_fractions[order], first.mole_fractions, rtol=1e-9)
    assert set(first.densities_estimated) == set(second.densities_estimated)


@given(st.floats(0.01, 10), st.floats(1e-3, 1e3))
def test_only_the_ratio_of_the_parts_matters(part: float, factor: float) -> None:
    def moles(scale: float) -> dict[str, float]:
        base = parse("1 M LiPF6 in EC/DMC (1:1 v/v)").base
        shares = tuple(
            type(share)(value * scale, share.compound)
            for share, value in zip(base, (part, 1.0), strict=True)
        )
        electrolyte = Electrolyte((Dose(1.0, "M", REGISTRY["LiPF6"]),), shares, "v/v")
        composition = resolve(electrolyte)
        return dict(
            zip(map(str, composition.compounds), composition.mole_fractions.tolist(), strict=True)
        )

    assert moles(1.0) == pytest.approx(moles(factor))


# --- amounts that cannot be


@pytest.mark.parametrize(
    "text",
    [
        "1 M LiPF6 in EC + 60 wt% VC + 60 vol% FEC",
        "1 M LiPF6 in EC + 60 wt% VC + 600000 ppm FEC",
        "1 M LiPF6 in EC + 50 wt% VC + 500000 ppm FEC",
        "1 M LiPF6 in EC + 60 wt% VC + 60 mol% FEC",
        "1 M LiPF6 in EC + 99 wt% VC + ? wt% FEC",
    ],
)
def test_shares_that_leave_no_room_are_refused(text: str) -> None:
    with pytest.raises((FormulationError, ValueError)) as caught:
        resolve(parse(text))
    assert not isinstance(caught.value, np.linalg.LinAlgError)


@pytest.mark.parametrize("amount", ["5", "?"])
def test_volume_percent_of_a_salt_is_refused_or_resolved(amount: str) -> None:
    try:
        composition = resolve(parse(f"1 M LiPF6 in EC + {amount} vol% LiNO3"))
    except FormulationError:
        return
    assert_sound(composition)


def test_volume_percent_without_any_liquid_is_refused_or_resolved() -> None:
    try:
        composition = resolve(parse("LiPF6 + 2 vol% EC"))
    except FormulationError:
        return
    assert_sound(composition)


# --- published compositions


def published(folder: Path) -> Iterator[tuple[str, dict[str, float]]]:
    table = pd.read_csv(folder / "measurements_li.csv", dtype=str, keep_default_na=False)
    table = table[(table["mol_pct"] != "") & table["confidence"].isin(["high", "medium"])]
    for row in table.itertuples():
        pairs = (item.rsplit(":", 1) for item in str(row.mol_pct).split(";"))
        yield (
            str(row.electrolyte),
            {REGISTRY[name].abbreviation: float(percent) / 100 for name, percent in pairs},
        )


def test_mole_fractions_agree_with_the_published_ones(facts: Path) -> None:
    rows = list(published(facts))
    assert len(rows) == 127
    far = []
    for text, expected in rows:
        found = fractions(text)
        assert set(found) == set(expected), text
        deviation = max(abs(found[name] / expected[name] - 1) for name in expected)
        if deviation > 0.15:
            far.append((text, deviation))
    assert not far


def test_most_published_mole_fractions_are_met_closely(facts: Path) -> None:
    deviations = [
        max(abs(fractions(text)[name] / value - 1) for name, value in expected.items())
        for text, expected in published(facts)
    ]
    assert np.median(deviations) < 0.01


# --- mixtures in mixtures, hydrates, litres of solution


def test_diluted_parent_keeps_its_own_proportions() -> None:
    moles = fractions("(6.6 M LiFSI in DME)/TTE (1:4 v/v)")
    parent = fractions("6.6 M LiFSI in DME")
    assert moles["LiFSI"] / moles["DME"] == pytest.approx(parent["LiFSI"] / parent["DME"])
    # By volume of the parent with its salt: less of it than of DME alone.
    plain = fractions("6.6 M LiFSI in DME/TTE (1:4 v/v)")
    assert moles["TTE"] / moles["DME"] > plain["TTE"] / plain["DME"]


def test_electrolyte_and_more_solvent_by_weight() -> None:
    masses = mass_fractions("(1 M LiPF6 in EC/DEC (1:1 v/v))/FEC (90:10 w/w) + 1 wt% LiBOB")
    assert masses["LiBOB"] == pytest.approx(0.01)
    assert masses["FEC"] == pytest.approx(0.1 * 0.99)
    parent = mass_fractions("1 M LiPF6 in EC/DEC (1:1 v/v)")
    assert masses["EC"] == pytest.approx(0.9 * 0.99 * parent["EC"])


def test_additive_that_is_a_solution() -> None:
    masses = mass_fractions("1 M LiPF6 in DMC + 5 wt% (4 M LiNO3 in DMSO)")
    assert masses["LiNO3"] + masses["DMSO"] == pytest.approx(0.05)
    stock = mass_fractions("4 M LiNO3 in DMSO")
    assert masses["LiNO3"] / masses["DMSO"] == pytest.approx(stock["LiNO3"] / stock["DMSO"])


def test_mixture_by_moles_counts_the_moles_of_all_it_holds() -> None:
    moles = fractions("(LiFSI/DMC (2:5 mol/mol))/TTE (1:1 mol/mol)")
    assert moles == pytest.approx({"LiFSI": 1 / 7, "DMC": 2.5 / 7, "TTE": 0.5})


@pytest.mark.parametrize("unit", ["M", "m"])
def test_hydrate_in_water_is_the_same_solution(unit: str) -> None:
    assert fractions(f"2 {unit} ZnSO4·7H2O in H2O") == pytest.approx(
        fractions(f"2 {unit} ZnSO4 in H2O")
    )


def test_water_of_a_hydrate_joins_another_solvent() -> None:
    moles = fractions("0.5 m Zn(ClO4)2·6H2O in TMP")
    assert moles["H2O"] / moles["Zn(ClO4)2"] == pytest.approx(6)
    assert fractions("Zn(ClO4)2·6H2O/SN (1:8 mol/mol)") == pytest.approx(
        {"Zn(ClO4)2": 1 / 15, "H2O": 6 / 15, "SN": 8 / 15}
    )


def test_hydrate_by_weight_is_weighed_with_its_water() -> None:
    masses = mass_fractions("1 M LiClO4 in PC + 10 wt% ZnSO4·7H2O")
    assert masses["ZnSO4"] + masses["H2O"] == pytest.approx(0.1)


def test_litre_of_solution_holds_less_solvent() -> None:
    per_solution = fractions("4 M(solution) LiFSI in DME")
    per_solvent = fractions("4 M LiFSI in DME")
    assert per_solution["LiFSI"] > per_solvent["LiFSI"]
    dilute = [fractions(f"0.001 {unit} LiFSI in DME")["LiFSI"] for unit in ("M(solution)", "M")]
    assert dilute[0] == pytest.approx(dilute[1], rel=1e-3)
    composition = resolve(parse("4 M(solution) LiFSI in DME"))
    assert list(map(str, composition.densities_estimated)) == ["LiFSI"]


def test_more_salt_than_a_litre_of_solution_holds_is_refused() -> None:
    with pytest.raises(FormulationError, match="more salt than a litre holds"):
        resolve(parse("20 M(solution) LiFSI in DME"))


def test_gram_per_litre_counts_the_litre_of_solvent() -> None:
    masses = mass_fractions("1 M LiFSI in DME + 5 g/L LiNO3")
    assert masses["LiNO3"] / masses["DME"] == pytest.approx(5 / 868, rel=1e-3)


@pytest.mark.parametrize(
    ("unknown", "stated"),
    [
        ("1 M LiPF6 in EC/DMC (1:5 ?/?)", "1 M LiPF6 in EC/DMC (1:5 v/v)"),
        ("LiFSI/DME (1:5 ?/?)", "LiFSI/DME (1:5 mol/mol)"),
    ],
)
def test_ratio_of_unknown_kind_is_an_assumption(unknown: str, stated: str) -> None:
    assert fractions(unknown) == pytest.approx(fractions(stated))
    assert resolve(parse(unknown)).amounts_assumed


@pytest.mark.parametrize(
    "text",
    [
        "(1 M LiPF6 in EC/DEC (1:1 v/v))/FEC (90:10 w/w) + 1 wt% LiBOB",
        "0.1 M LiNO3 in (1 M LiPF6 in EC/DMC (1:1 w/w))",
        "1 M LiPF6 in (EC/DMC (1:1 v/v))/FEC (9:1 w/w)",
        "1 M LiPF6 in DMC + 5 wt% (4 M LiNO3 in DMSO)",
        "((1 M LiFSI in DME)/TTE (1:2 v/v))/FEC (9:1 w/w)",
        "4.6 M(solution) LiFSI in EC",
        "2 M ZnSO4·7H2O in H2O + 5 g/L glucose",
    ],
)
def test_new_forms_survive_their_text_and_are_sound(text: str) -> None:
    electrolyte = parse(text)
    assert str(electrolyte) == text
    assert parse(str(electrolyte)) == electrolyte
    assert_sound(resolve(electrolyte))


def test_salt_by_weight_is_as_much_as_its_moles() -> None:
    for grams, moles in (
        ("161.47 g/L ZnSO4 in H2O", "1 M ZnSO4 in H2O"),
        ("287.09 g/L LiTFSI in DOL/DME (1:1 v/v)", "1 M LiTFSI in DOL/DME (1:1 v/v)"),
        ("287.58 g/L ZnSO4·7H2O in H2O", "1 M ZnSO4·7H2O in H2O"),
    ):
        first, second = resolve(parse(grams)), resolve(parse(moles))
        assert first.compounds == second.compounds
        assert first.mole_fractions == pytest.approx(second.mole_fractions, rel=1e-3)


def test_percent_of_a_salt_is_of_the_whole_with_its_additives() -> None:
    found = resolve(parse("30 wt% KOH in H2O + 2 wt% ZnO"))
    shares = dict(zip(map(str, found.compounds), found.mass_fractions, strict=True))
    assert shares == pytest.approx({"KOH": 0.30, "H2O": 0.68, "ZnO": 0.02})


def test_polymer_counts_by_its_repeat_unit() -> None:
    units = resolve(parse("PEO/Li2SO4 (EO:Li = 16)"))
    assert dict(zip(map(str, units.compounds), units.mole_fractions * 16.5, strict=True)) == (
        pytest.approx({"PEO": 16.0, "Li2SO4": 0.5})
    )
    weighed = resolve(parse("2 M ZnSO4 in H2O + 1 wt% PEG400"))
    shares = dict(zip(map(str, weighed.compounds), weighed.mass_fractions, strict=True))
    assert shares["PEO"] == pytest.approx(0.01)
