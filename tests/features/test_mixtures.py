"""Electrolytes as rows of one matrix."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from anolyte.datasets.compounds.registry import Compound
from anolyte.datasets.electrolytes.composition import resolve
from anolyte.datasets.electrolytes.grammar import parse
from anolyte.datasets.errors import FormulationError
from anolyte.datasets.measurements.table import commonest_salt, load_measurements
from anolyte.features import Mixtures
from anolyte.features.mixtures import as_mixtures, divide, limited_ratio, side_by_side

TEXTS = [
    "1 M LiFSI in DME",
    "LiFSI/DME/TTE (1:1.2:3 mol/mol)",
    "1 M LiPF6 in EC/DMC (1:1 v/v) + 2 wt% VC",
]


def molar_mass(compound: Compound) -> tuple[float]:
    return (compound.molar_mass,)


@pytest.fixture
def mixtures() -> Mixtures:
    return Mixtures.from_electrolytes(TEXTS, "Li")


def test_each_row_is_the_composition_of_its_electrolyte(mixtures: Mixtures) -> None:
    assert len(mixtures) == 3
    assert mixtures.mole_fractions.shape == (3, len(mixtures.compounds))
    assert len(set(mixtures.compounds)) == len(mixtures.compounds)
    for text, row in zip(TEXTS, mixtures.mole_fractions, strict=True):
        composition = resolve(parse(text))
        expected = dict(zip(composition.compounds, composition.mole_fractions, strict=True))
        assert dict(zip(mixtures.compounds, row, strict=True)) == pytest.approx(
            {compound: expected.get(compound, 0.0) for compound in mixtures.compounds}
        )


def test_rows_of_all_shipped_metals_add_up_to_one() -> None:
    mixtures = as_mixtures(load_measurements("all"), "Li")
    np.testing.assert_allclose(mixtures.mole_fractions.sum(axis=1), 1)
    np.testing.assert_allclose(mixtures.amount(), 1)
    assert (mixtures.mole_fractions >= 0).all()


def test_salts_and_solvents_share_the_compounds(mixtures: Mixtures) -> None:
    assert (mixtures.salts ^ mixtures.solvents).all()
    salts = {str(c) for c, mask in zip(mixtures.compounds, mixtures.salts, strict=True) if mask}
    assert salts == {"LiFSI", "LiPF6"}
    np.testing.assert_allclose(
        mixtures.amount(mixtures.salts) + mixtures.amount(mixtures.solvents), 1
    )


def test_total_mean_and_extreme_by_hand(mixtures: Mixtures) -> None:
    row = mixtures.take(np.array([1]))
    dme, tte, lifsi = 90.122, 232.07, 187.07
    assert row.total(molar_mass)[0, 0] == pytest.approx(
        (lifsi + 1.2 * dme + 3 * tte) / 5.2, rel=1e-4
    )
    mean = (1.2 * dme + 3 * tte) / 4.2
    assert row.mean(molar_mass, row.solvents)[0, 0] == pytest.approx(mean, rel=1e-4)
    largest = row.extreme(molar_mass, row.solvents, largest=True)[0, 0]
    smallest = row.extreme(molar_mass, row.solvents, largest=False)[0, 0]
    assert (largest, smallest) == pytest.approx((tte, dme), rel=1e-4)


def test_absent_compounds_are_no_extremes(mixtures: Mixtures) -> None:
    smallest = mixtures.extreme(molar_mass, mixtures.solvents, largest=False)[:, 0]
    assert smallest == pytest.approx([90.122, 90.122, 86.046], rel=1e-4)


def test_empty_mask_gives_zero(mixtures: Mixtures) -> None:
    nothing = np.zeros(len(mixtures.compounds), dtype=bool)
    assert not mixtures.mean(molar_mass, nothing).any()
    assert not mixtures.extreme(molar_mass, nothing, largest=True).any()


def test_totals_asked_for_before_come_from_one_product(mixtures: Mixtures) -> None:
    masks = (None, mixtures.salts, mixtures.solvents)
    first = [mixtures.total(molar_mass, mask) for mask in masks]
    again = mixtures.take(slice(1, None))
    for mask, total in zip(masks, first, strict=True):
        np.testing.assert_allclose(again.total(molar_mass, mask), total[1:], rtol=1e-14)
    assert again.total(molar_mass) is again.total(molar_mass)
    with pytest.raises(ValueError, match="read-only"):
        again.total(molar_mass)[0] = 0.0


def test_extremes_of_each_row_are_those_of_its_compounds() -> None:
    # More compounds than fit one machine word, and sets that differ only beyond the first.
    mixtures = as_mixtures(load_measurements("all"), "Li")
    assert len(mixtures.compounds) > 64
    masses = mixtures.table(molar_mass)[:, 0]
    present = (mixtures.mole_fractions > 0) & mixtures.solvents
    expected = np.where(present, masses, 0.0).max(axis=1)
    found = mixtures.extreme(molar_mass, mixtures.solvents, largest=True)[:, 0]
    np.testing.assert_array_equal(found, expected)


def test_rows_of_each_metal_cover_all_rows() -> None:
    one = Mixtures.from_electrolytes(["1 M KFSI in DME"] * 2, "K")
    assert one.rows_by_metal == {"K": slice(None)}
    two = Mixtures.from_electrolytes(["1 M KFSI in DME"] * 3, ["K", "Na", "K"])
    rows = {metal: list(mask) for metal, mask in two.rows_by_metal.items()}  # type: ignore[arg-type]
    assert rows == {"K": [True, False, True], "Na": [False, True, False]}
    assert two.take(slice(0)).rows_by_metal == {}


def test_solvent_volume_of_a_molar_solution(mixtures: Mixtures) -> None:
    moles_per_litre = 868 / 90.122
    assert mixtures.solvent_litres[0] == pytest.approx(1 / (moles_per_litre + 1), rel=1e-4)


def test_taken_rows_keep_everything_of_theirs() -> None:
    mixtures = Mixtures.from_electrolytes(
        ["1 M LiFSI in DME", "? M ? in H2O", "1 M KFSI in DMB"], ["Li", "Zn", "K"]
    )
    taken = mixtures.take(np.array([2, 1]))
    assert list(taken.metals) == ["K", "Zn"]
    assert list(taken.amounts_assumed) == [False, True]
    assert list(taken.salt_assumed) == [False, True]
    assert list(taken.density_estimated) == [True, False]
    np.testing.assert_array_equal(taken.mole_fractions, mixtures.mole_fractions[[2, 1]])
    masked = mixtures.take(np.array([True, False, False]))
    assert list(masked.metals) == ["Li"]


@pytest.mark.parametrize("metal", ["Zn", "Na", "Mg"])
def test_unnamed_salt_becomes_the_commonest_of_its_metal(metal: str) -> None:
    mixtures = Mixtures.from_electrolytes(["1 M ? in H2O"], metal)
    assert commonest_salt(metal) in mixtures.compounds  # type: ignore[arg-type]
    assert list(mixtures.salt_assumed) == [True]


def test_descriptor_is_computed_once_for_each_compound(mixtures: Mixtures) -> None:
    calls: list[Compound] = []

    def count(compound: Compound) -> tuple[float]:
        calls.append(compound)
        return (1.0,)

    np.testing.assert_allclose(mixtures.total(count), 1)
    np.testing.assert_allclose(mixtures.mean(count, mixtures.solvents), 1)
    assert calls == list(mixtures.compounds)


@pytest.mark.parametrize(
    "given_as",
    [
        TEXTS,
        tuple(TEXTS),
        np.array(TEXTS),
        np.array(TEXTS, dtype=object).reshape(-1, 1),
        pd.Series(TEXTS, index=[7, 8, 9]),
        pd.DataFrame({"electrolyte": TEXTS}),
        pd.DataFrame({"electrolyte": TEXTS, "metal": ["li", "Li", "LI"]}),
        [parse(text) for text in TEXTS],
        [TEXTS[0], *map(parse, TEXTS[1:])],
    ],
    ids=["list", "tuple", "array", "column", "Series", "frame", "metals", "values", "mixed"],
)
def test_electrolytes_may_come_in_many_forms(given_as: object, mixtures: Mixtures) -> None:
    found = as_mixtures(given_as, "Li")
    assert found.compounds == mixtures.compounds
    np.testing.assert_array_equal(found.mole_fractions, mixtures.mole_fractions)
    assert list(found.metals) == ["Li"] * 3


def test_mixtures_pass_through_untouched(mixtures: Mixtures) -> None:
    assert as_mixtures(mixtures, "Na") is mixtures


def test_metal_column_wins_over_the_default() -> None:
    table = pd.DataFrame({"electrolyte": ["1 M KFSI in DME"] * 2, "metal": ["K", "Na"]})
    assert list(as_mixtures(table, "Li").metals) == ["K", "Na"]


def test_single_text_is_not_taken_for_a_sequence() -> None:
    with pytest.raises(ValueError, match="sequence of formulations, not one text"):
        as_mixtures("1 M LiFSI in DME", "Li")


def test_frame_without_electrolytes_is_refused() -> None:
    with pytest.raises(ValueError, match="needs the column 'electrolyte'"):
        as_mixtures(pd.DataFrame({"formulation": TEXTS}), "Li")


def test_broken_text_is_refused_with_its_fault() -> None:
    with pytest.raises(FormulationError, match="'DMCC': unknown compound; did you mean DMC"):
        Mixtures.from_electrolytes(["1 M LiFSI in DME", "1 M LiPF6 in EC/DMCC (1:1 v/v)"], "Li")


def test_unknown_metal_and_wrong_number_of_metals_are_refused() -> None:
    with pytest.raises(ValueError, match="unknown metal 'Pb'"):
        Mixtures.from_electrolytes(TEXTS, "Pb")
    with pytest.raises(ValueError, match=r"shorter|metals|length"):
        Mixtures.from_electrolytes(TEXTS, ["Li", "Na"])


def test_division_by_nothing_gives_the_stated_value() -> None:
    quotient = divide(np.array([1.0, 2.0]), np.array([2.0, 0.0]), empty=7.0)
    np.testing.assert_array_equal(quotient, [0.5, 7.0])
    assert divide(np.ones((2, 3)), np.zeros((2, 1))).shape == (2, 3)


def test_limited_ratio_is_bounded_and_0_where_there_is_nothing() -> None:
    ratio = limited_ratio(np.array([0.0, 0.0, 1.0, 1.0, 9.0]), np.array([0.0, 1, 0, 2, 1]), 5.0)
    np.testing.assert_array_equal(ratio, [0.0, 0.0, 5.0, 0.5, 5.0])


def test_columns_and_groups_side_by_side() -> None:
    columns = [np.array([1.0, 2.0]), np.array([[3.0, 4.0], [5.0, 6.0]]), np.array([True, False])]
    expected = [[1, 3, 4, 1], [2, 5, 6, 0]]
    np.testing.assert_array_equal(side_by_side(columns), expected)
    out = np.zeros((2, 4))
    side_by_side(columns, out=out)
    np.testing.assert_array_equal(out, expected)


def test_no_electrolytes_give_an_empty_table_or_a_clear_error() -> None:
    try:
        mixtures = Mixtures.from_electrolytes([], "Li")
    except ValueError as error:
        message = str(error)
    else:
        assert mixtures.total(molar_mass).shape == (0, 1)
        return
    assert "electrolyte" in message


def test_several_columns_of_text_are_refused() -> None:
    with pytest.raises(ValueError, match="column"):
        as_mixtures(np.array([TEXTS, TEXTS], dtype=object), "Li")


@pytest.mark.parametrize("cell", [None, float("nan"), 1])
def test_missing_formulation_is_refused_by_name(cell: object) -> None:
    with pytest.raises((ValueError, TypeError)):
        as_mixtures(["1 M LiFSI in DME", cell], "Li")
