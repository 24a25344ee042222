"""Ion pairing: the statements of the literature, and what must hold of any model of it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from anolyte.datasets import METALS, load_measurements
from anolyte.features.blocks.solvation import cation_count
from anolyte.features.mixtures import Mixtures, as_mixtures
from anolyte.features.molecules.pairing import shell

STATEMENTS = pd.read_csv(Path(__file__).with_name("pairing_statements.csv"))


def pairing(text: str, metal: str) -> dict[str, float]:
    mixtures = Mixtures.from_electrolytes([text], metal)
    ((share, separated, contact, aggregated),) = shell(
        mixtures, mixtures.total(cation_count, mixtures.salts)[:, 0]
    )
    return {
        "SSIP": separated,
        "CIP": contact,
        "AGG": aggregated,
        "pairs": 1 - separated,
        "share": share,
    }


def test_enough_statements_with_sources() -> None:
    assert len(STATEMENTS) >= 15
    assert STATEMENTS["source"].str.len().min() > 20


@pytest.mark.parametrize(
    "statement",
    STATEMENTS.to_dict("records"),
    ids=[f"{row.metal} {row.left} {row.relation} {row.right}" for row in STATEMENTS.itertuples()],
)
def test_statement_of_the_literature(statement: dict[str, str]) -> None:
    metal, quantity = statement["metal"], statement["quantity"]
    left = pairing(statement["left"], metal)[quantity]
    if statement["relation"] == "above":
        assert left > float(statement["right"])
        return
    right = pairing(statement["right"], metal)[quantity]
    if statement["relation"] == "more":
        assert left > right + 0.01
    else:  # an inert diluent leaves the shell as it is
        assert left > 0.9 * right


@pytest.mark.parametrize("metal", METALS)
def test_fractions_are_fractions(metal: str) -> None:
    mixtures = as_mixtures(load_measurements(metal), metal)
    fractions = shell(mixtures, mixtures.total(cation_count, mixtures.salts)[:, 0])
    assert (fractions >= -1e-12).all()
    assert (fractions <= 1 + 1e-12).all()
    assert fractions[:, 1:].sum(axis=1) == pytest.approx(np.ones(len(mixtures)))


def test_more_salt_never_separates_pairs() -> None:
    shares = [pairing(f"{c} M LiFSI in DME", "Li")["share"] for c in (0.1, 0.5, 1, 2, 4, 6, 10)]
    assert shares == sorted(shares)


def test_salt_without_solvent_is_all_anion() -> None:
    assert pairing("NaFSI/[Pyr13]FSI (2:8 mol/mol)", "Na")["share"] == pytest.approx(1)
