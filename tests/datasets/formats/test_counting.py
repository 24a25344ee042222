"""One recipe in every way of counting: each answer reads back as the same electrolyte."""

from __future__ import annotations

import numpy as np
import pytest
from anolyte.datasets import parse
from anolyte.datasets.electrolytes.composition import resolve
from anolyte.datasets.formats.counting import COUNTS, molality, table

RECIPES = [
    "1 M LiPF6 in EC/DMC (1:1 v/v) + 2 wt% VC",
    "0.6 M LiTFSI + 0.4 M LiBOB in EC/EMC (5:5 w/w)",
    "LiFSI/DME/TTE (1:1.2:3 mol/mol)",
    "(6.6 M LiFSI in DME)/TTE (1:4 v/v) + 5 wt% (4 M LiNO3 in DMSO)",
    "1 M NaPF6 in DME",
    "5 m KFSI in G2",
    "0.25 M Mg(TFSI)2 + 0.5 M MgCl2 in DME",
    "1.5 M Ca(BH4)2 in THF",
    "2 M ZnSO4·7H2O in H2O + 50 mM glycine",
    "21 m LiTFSI in H2O",
    "AlCl3/[EMIm]Cl (1.3:1 mol/mol)",
    "1 m LiTFSI in [PYR13][FSI] + 10 vol% DME",
]


def fractions(text: str) -> dict[str, float]:
    found = resolve(parse(text))
    pairs = zip(found.compounds, found.mole_fractions, strict=True)
    return {str(compound): float(fraction) for compound, fraction in pairs}


@pytest.mark.parametrize("recipe", RECIPES)
@pytest.mark.parametrize("count", COUNTS)
def test_the_composition_stays(recipe: str, count: str) -> None:
    written = str(COUNTS[count](parse(recipe)))
    assert fractions(written) == pytest.approx(fractions(recipe), rel=2e-5)


@pytest.mark.parametrize("recipe", RECIPES)
def test_the_table_adds_up(recipe: str) -> None:
    counted = table(parse(recipe))
    assert counted["mol_pct"].sum() == pytest.approx(100)
    assert counted["wt_pct"].sum() == pytest.approx(100)
    # A litre weighs between petrol and molten salt.
    assert 700 < counted["g_per_l_solution"].sum() < 2500
    ratio = counted["g_per_l_solution"] / counted["wt_pct"]
    assert np.allclose(ratio, ratio.iloc[0])


def test_a_litre_of_solution_in_water_is_a_measured_one() -> None:
    salt = table(parse("2 M ZnSO4 in H2O")).iloc[0]
    assert salt["mol_per_l_solution"] == pytest.approx(2.0, rel=1e-6)
    with_additive = table(parse("2 M ZnSO4 in H2O + 50 mM glycine")).iloc[0]
    assert with_additive["mol_per_l_solution"] == pytest.approx(2.0, rel=0.01)


@pytest.mark.parametrize("text", ["? M LiFSI in DME", "1 M ? in DME", "AlCl3/[EMIm]Cl (? mol/mol)"])
def test_open_amounts_are_no_numbers(text: str) -> None:
    with pytest.raises(ValueError, match="leaves amounts open"):
        molality(parse(text))


def test_salts_alone_have_no_solvent_to_count_by() -> None:
    with pytest.raises(ValueError, match="no solvent to count by"):
        molality(parse("NaCl/AlCl3 (1:1 mol/mol)"))
    assert str(COUNTS["mass"](parse("NaCl/AlCl3 (1:1 mol/mol)"))).endswith("w/w)")
