"""Ion pairing: the statements of the literature, and what must hold of any model of it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from anolyte.datasets import METALS, load_measurements
from anolyte.datasets.files.shipped import shipped_table
from anolyte.features.blocks.solvation import cation_count
from anolyte.features.mixtures import Mixtures, as_mixtures
from anolyte.features.molecules.pairing import shell
from scipy.stats import spearmanr

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


@pytest.mark.parametrize(
    ("measured", "column", "rank"), [("free", 1, 0.54), ("cip", 2, 0.35), ("agg", 3, 0.65)]
)
def test_fractions_follow_raman_spectra(measured: str, column: int, rank: float) -> None:
    """155 potassium ethers; a forest on the amounts reaches 0.32 and 0.35 on unseen solvents."""
    table = shipped_table("pairing_raman")
    mixtures = Mixtures.from_electrolytes(table["electrolyte"], "K")
    fractions = shell(mixtures, mixtures.total(cation_count, mixtures.salts)[:, 0])[:, column]
    spectra = table[measured].astype(float).to_numpy()
    assert spearmanr(fractions, spectra).statistic >= rank
    assert abs(fractions.mean() - spectra.mean()) < 0.05


def test_an_open_acetal_holds_potassium_but_not_lithium_by_both_oxygens() -> None:
    texts = {"Li": "1.5 M LiFSI in {}", "K": "1.5 M KFSI in {}"}
    free = {
        (metal, ether): pairing(text.format(ether), metal)["SSIP"]
        for metal, text in texts.items()
        for ether in ("DMM", "DME")
    }
    assert free["Li", "DMM"] < 0.55 * free["Li", "DME"]
    assert free["K", "DMM"] > free["K", "DME"]


def test_metals_keep_their_own_strengths_side_by_side() -> None:
    texts, metals = ["1.5 M LiFSI in DMM", "1.5 M KFSI in DMM"], ["Li", "K"]
    both = Mixtures.from_electrolytes(texts, metals)
    fractions = shell(both, both.total(cation_count, both.salts)[:, 0])
    alone = [pairing(*each)["CIP"] for each in zip(texts, metals, strict=True)]
    assert fractions[:, 2] == pytest.approx(alone)


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
