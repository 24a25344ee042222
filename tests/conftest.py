"""What the tests share: the curated facts, and electrolytes built at random."""

from __future__ import annotations

from pathlib import Path

import pytest
from anolyte.datasets.compounds import Compound, shipped_compounds
from anolyte.datasets.electrolyte import Dose, Electrolyte, Share
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

FACTS = Path(__file__).resolve().parents[2] / "shared" / "facts"
# Real compounds that the registry does not hold: a text names them by structure only.
STRUCTURES = (
    "CCCOC(=O)OC",
    "C/C=C/CC",
    "CC(C)(C)C#N",
    "F[C@H](Cl)C(F)F",
    "[Li+].O=C([O-])C(F)(F)C(F)(F)F",
    "CC[N+](CC)(CC)CC.F[B-](F)(F)F",
)

settings.register_profile(
    "fixed",
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("fixed")


@pytest.fixture(scope="session")
def facts() -> Path:
    """Folder of the curated facts, which lie beside the repository and not in it."""
    if not FACTS.is_dir():
        pytest.skip("the curated facts are not on this machine")
    return FACTS


@pytest.fixture(scope="session")
def electrolytes() -> SearchStrategy[Electrolyte]:
    """Any electrolyte that the grammar can write, however odd its amounts."""
    return _electrolytes(
        amounts=st.floats(1e-9, 1e9), percents=st.floats(1e-6, 30), ppm=st.floats(1e-6, 1e5)
    )


@pytest.fixture(scope="session")
def dilute_electrolytes() -> SearchStrategy[Electrolyte]:
    """Electrolytes with amounts that a laboratory might mix."""
    return _electrolytes(
        amounts=st.floats(0.01, 10), percents=st.floats(0.1, 5), ppm=st.floats(1, 1e4)
    )


@st.composite
def _electrolytes(
    draw: st.DrawFn,
    amounts: SearchStrategy[float],
    percents: SearchStrategy[float],
    ppm: SearchStrategy[float],
) -> Electrolyte:
    registry = shipped_compounds()
    known = [*registry, *map(registry.from_smiles, STRUCTURES)]
    salts = [compound for compound in known if compound.is_salt]
    neutral = [compound for compound in known if not compound.is_salt]
    in_ratio_form = draw(st.booleans())

    def some(pool: list[Compound], least: int, most: int) -> list[Compound]:
        return draw(st.lists(st.sampled_from(pool), min_size=least, max_size=most, unique=True))

    def additive(compound: Compound) -> Dose:
        units = ["wt%", "mol%", "ppm", "M", "mM", "m"]
        # A salt has no volume, and without a liquid there is none to take a share of.
        if not compound.is_salt and any(each.kind != "salt" for each in base):
            units.append("vol%")
        unit = draw(st.sampled_from(units))
        amount = {"ppm": ppm, "M": amounts, "mM": amounts, "m": amounts}.get(unit, percents)
        return Dose(draw(st.none() | amount), unit, compound)

    base = some(neutral, 1, 3)
    dissolved: list[Dose] = []
    if in_ratio_form:
        base = draw(st.permutations([*base, *some(salts, 1, 2)]))
    else:
        for salt in draw(
            st.lists(st.none() | st.sampled_from(salts), min_size=1, max_size=2, unique=True)
        ):
            unit = draw(st.sampled_from(["M", "mM", "m"]))
            dissolved.append(Dose(draw(st.none() | amounts), unit, salt))
    kinds = ["w/w", "mol/mol"] if in_ratio_form else ["v/v", "w/w", "mol/mol"]
    kind = draw(st.sampled_from(kinds)) if len(base) > 1 else None
    is_known = kind is None or draw(st.booleans())
    parts = [None if not is_known else draw(amounts) if kind else 1.0 for _ in base]
    return Electrolyte(
        tuple(dissolved),
        tuple(Share(part, compound) for part, compound in zip(parts, base, strict=True)),
        kind,
        tuple(additive(compound) for compound in some(known, 0, 3)),
    )
