"""A limit of the conductivity: judged by what is predicted, unknown where nothing is."""

from __future__ import annotations

import pytest
from anolyte.experiments import Constraint, Constraints
from anolyte.features import Mixtures
from anolyte.models.properties import shipped_properties
from anolyte.models.property_columns import Properties

# Of these 11.4, 2.3 and none mS/cm are predicted at 25 degrees C.
TEXTS = [
    "1 M LiPF6 in EC/DMC (1:1 v/v)",
    "LiFSI/DME/TTE (1:1.2:3 mol/mol)",
    "1 M LiFSI in H2O",
]


@pytest.fixture(scope="module")
def mixtures() -> Mixtures:
    return Mixtures.from_electrolytes(TEXTS, "Li")


def limited(limit: float, unknown: str = "flag") -> Constraints:
    return Constraints((Constraint("min_conductivity_mS_cm", limit, unknown),))  # type: ignore[arg-type]


def test_a_limit_keeps_what_conducts_and_what_is_unknown(mixtures: Mixtures) -> None:
    warm, cold = Properties(shipped_properties("Li")), Properties(shipped_properties("Li"), -15.0)
    assert limited(5).admits(mixtures, warm).tolist() == [True, False, True]
    assert limited(5, "drop").admits(mixtures, warm).tolist() == [True, False, False]
    assert limited(2).admits(mixtures, warm).tolist() == [True, True, True]
    assert limited(6).admits(mixtures, cold).tolist() == [False, True, True]


def test_what_is_not_predicted_is_flagged(mixtures: Mixtures) -> None:
    properties = Properties(shipped_properties("Li"))
    said = limited(5).flags(mixtures, properties)
    assert said == ["", "", "conductivity unknown"]
    assert str(limited(5).items[0]) == "a conductivity of at least 5 mS/cm (unknown: flag)"
    # Apart from what amounts say: that is asked of all candidates.
    assert limited(5).mask(mixtures).all()


def test_a_metal_without_a_model_takes_no_limit() -> None:
    with pytest.raises(ValueError, match="no model predicts the conductivity of Na"):
        limited(5).check(Properties(shipped_properties("Na")), "Na")
