"""The shipped conductivity models: physics inside of what was measured, nothing outside."""

from __future__ import annotations

import numpy as np
import pytest
from anolyte.models.properties import PropertyModel, get, of_metal, shipped_properties
from anolyte.models.properties.shipped import TABLE, stored_model, table_digest

SYSTEMS = ("LiPF6 in EC/DMC (1:1 v/v)", "LiPF6 in PC/DEC (1:1 w/w)", "LiFSI in DME", "LiBF4 in PC")


@pytest.fixture(scope="module")
def lithium_conductivity() -> PropertyModel:
    return shipped_properties("Li")["conductivity"]


@pytest.mark.parametrize("system", SYSTEMS)
def test_conductivity_has_a_maximum_in_concentration(
    lithium_conductivity: PropertyModel, system: str
) -> None:
    molar = np.arange(0.3, 2.6, 0.1) if "LiFSI" not in system else np.arange(0.4, 5.0, 0.2)
    told = lithium_conductivity.assess([f"{each:.1f} M {system}" for each in molar])
    value = told.value[~np.isnan(told.value)]
    assert 0 < np.argmax(value) < len(value) - 1
    assert value.max() > 1.1 * max(value[0], value[-1])


@pytest.mark.parametrize("system", SYSTEMS[:2])
def test_conductivity_rises_with_the_temperature(
    lithium_conductivity: PropertyModel, system: str
) -> None:
    each = [
        lithium_conductivity.assess([f"1 M {system}"], celsius=t).value[0]
        for t in range(-20, 55, 5)
    ]
    assert np.all(np.diff(each) > 0)


def test_predictions_are_near_what_was_measured(lithium_conductivity: PropertyModel) -> None:
    told = lithium_conductivity.assess(["1 M LiPF6 in EC/DMC (1:1 w/w)", "1 M LiFSI in DME"])
    # 12.1 (10.1016/j.jpowsour.2011.06.030) and 16.9 mS/cm (10.1038/ncomms7362).
    assert np.all(np.abs(told.value / [12.1, 16.9] - 1) < 0.2)
    assert np.all((told.low < [12.1, 16.9]) & (told.high > [12.1, 16.9]))


@pytest.mark.parametrize(
    ("formulation", "celsius", "reason"),
    [
        ("1 M LiFSI in H2O", 25, "not measured with H2O"),
        ("1 M LiI in DME", 25, "not measured with LiI"),
        ("1 M LiPF6 in EC/DMC (1:1 v/v)", -120, "colder than measured"),
        ("1 M LiPF6 in EC/DMC (1:1 v/v)", 200, "hotter than measured"),
        ("9 M LiPF6 in EC/DMC (1:1 v/v)", 25, "more concentrated than measured"),
        ("0.00001 M LiPF6 in EC/DMC (1:1 v/v)", 25, "more dilute than measured"),
    ],
)
def test_outside_of_what_was_measured_nothing_is_predicted(
    lithium_conductivity: PropertyModel, formulation: str, celsius: float, reason: str
) -> None:
    told = lithium_conductivity.assess([formulation], celsius)
    assert np.isnan([told.value[0], told.low[0], told.high[0]]).all()
    assert told.reason.tolist() == [reason]


def test_a_wider_interval_covers_more(lithium_conductivity: PropertyModel) -> None:
    narrow, wide = (
        lithium_conductivity.assess(["1 M LiTFSI in DME"], coverage=coverage)
        for coverage in (0.5, 0.9)
    )
    assert wide.low[0] < narrow.low[0] < narrow.value[0] < narrow.high[0] < wide.high[0]


def test_zinc_is_predicted_for_mixtures_of_its_salts_alone() -> None:
    models = shipped_properties("Zn")
    assert list(models) == [what.name for what in of_metal("Zn")]
    mixed = "1 m ZnCl2 + 0.5 m ZnSO4 + 0.2 m Zn(OAc)2 in H2O"
    for model in models.values():
        told = model.assess([mixed, "2 m ZnSO4 in H2O", "2 m Zn(OTf)2 in DME"])
        assert np.isnan(told.value).tolist() == [False, True, True]
        assert told.reason[1] == "measured for mixtures of 3 salts or more"
    oxygen, hydrogen = (models[name].assess([mixed]) for name in ("oxygen-onset", "hydrogen-onset"))
    assert 1.2 < oxygen.value[0] - hydrogen.value[0] < 3


@pytest.mark.parametrize(("name", "metal"), [("conductivity", "Li"), ("oxygen-onset", "Zn")])
def test_shipped_models_are_of_the_tables_as_they_are(name: str, metal: str) -> None:
    assert stored_model(name, metal)[TABLE] == table_digest(get(name), metal)


def test_metals_without_a_table_have_no_model() -> None:
    assert shipped_properties("Na") == {}
    with pytest.raises(ValueError, match="no table of the conductivity of Na: Li, Zn"):
        get("conductivity").rows("Na")
    with pytest.raises(ValueError, match="did you mean conductivity"):
        get("conductvity")
