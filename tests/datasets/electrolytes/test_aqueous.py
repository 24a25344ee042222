"""Salt solutions in water: densities of handbooks, and what M means there."""

from __future__ import annotations

import pytest
from anolyte.datasets.compounds.registry import shipped_compounds
from anolyte.datasets.electrolytes.aqueous import litres_of_solution, solution_density
from anolyte.datasets.electrolytes.composition import resolve
from anolyte.datasets.electrolytes.grammar import parse

REGISTRY = shipped_compounds()


# Of 20 % by mass at 20 or 25 degrees C, from handbook tables.
@pytest.mark.parametrize(
    ("salt", "value"), [("NaCl", 1.148), ("KCl", 1.133), ("ZnSO4", 1.232), ("ZnCl2", 1.187)]
)
def test_density_of_a_solution(salt: str, value: float) -> None:
    assert solution_density({REGISTRY[salt]: 0.2}) == pytest.approx(value, abs=0.006)


def test_water_alone_is_water() -> None:
    assert solution_density({}) == pytest.approx(0.997, abs=0.001)
    assert litres_of_solution({}) == pytest.approx(1)


def test_unmeasured_salts_and_strengths_have_no_density() -> None:
    assert solution_density({REGISTRY["Zn(OTf)2"]: 0.2}) is None
    assert solution_density({REGISTRY["ZnSO4"]: 0.7}) is None
    assert litres_of_solution({REGISTRY["ZnSO4"]: 9.0}) is None


def per_kilogram(text: str) -> float:
    """Return moles of the first salt per kilogram of water."""
    found = resolve(parse(text))
    amounts = dict(zip(map(str, found.compounds), found.mole_fractions, strict=True))
    salt = str(parse(text).salts[0].compound)
    return amounts[salt] / amounts["H2O"] / 18.015e-3


@pytest.mark.parametrize(
    ("text", "molality"),
    [
        # Volume of 2 mol in 1.019 L per litre of water.
        ("2 M ZnSO4 in H2O", 2.044),
        ("2 m ZnSO4 in H2O", 2.0),
        # Not measured: per litre of water.
        ("3 M Zn(OTf)2 in H2O", 3.009),
        # A mixture of solvents: per litre of it.
        ("2 M ZnSO4 in H2O/EG (99.999:0.001 v/v)", 2.006),
    ],
)
def test_molarity_in_water_is_of_the_solution_where_that_was_measured(
    text: str, molality: float
) -> None:
    assert per_kilogram(text) == pytest.approx(molality, rel=0.002)


def test_molarity_comes_back_from_masses() -> None:
    text = "2 M ZnSO4 in H2O"
    found = resolve(parse(text))
    masses = dict(zip(map(str, found.compounds), found.mass_fractions, strict=True))
    whole = solution_density({REGISTRY["ZnSO4"]: float(masses["ZnSO4"])})
    assert whole is not None
    per_litre = 1000 * whole * masses["ZnSO4"] / REGISTRY["ZnSO4"].molar_mass
    assert per_litre == pytest.approx(2.0, rel=1e-6)
