"""What measurements say of an SEI: in words, and by their CE."""

from __future__ import annotations

import numpy as np
import pandas as pd
from anolyte.datasets.interphases.vocabulary import SEI_COMPOSITIONS, SEI_FUNCTIONS
from anolyte.features.mixtures import Mixtures
from anolyte.models.sei.labels import UNKNOWN, LabelledRows, labelled, says_sei, shipped_labels
from anolyte.models.sei.products import SPECIES
from anolyte.models.sei.rules import rule_scores

CE = {"ce_method": "average", "substrate": "", "notes": ""}


def held(rows: pd.DataFrame) -> LabelledRows:
    mixtures = Mixtures.from_electrolytes(rows["electrolyte"], "Mg")
    return LabelledRows.from_measurements(rows, mixtures)


def table(**columns: object) -> pd.DataFrame:
    return pd.DataFrame({"electrolyte": "0.4 M Mg(TFSI)2 in DME", "source": "notebook", **columns})


def test_rows_are_scored_without_their_own_publication() -> None:
    rows = shipped_labels()
    rows = rows[rows["electrolyte"] == "1 M NaFSI in Cl-EMC"].reset_index(drop=True)
    mixtures = Mixtures.from_electrolytes(rows["electrolyte"], rows["metal"])
    held_out = LabelledRows.from_measurements(rows, mixtures)
    chloride = SPECIES.index("NaCl")
    assert chloride in held_out.reported[0]
    assert held_out.rules[0, chloride] == 0
    assert rule_scores(mixtures).species[0, chloride] > 0


def test_a_high_efficiency_says_that_the_film_conducts_and_none_that_it_does_not() -> None:
    rows = table(ce_pct=[98.0, 0.0, 50.0, np.nan], **CE)
    told = [SEI_FUNCTIONS.index("conducts"), SEI_FUNCTIONS.index("passivates")]
    assert held(rows).function.tolist() == [*told, UNKNOWN, UNKNOWN]
    assert len(labelled(rows)) == 2
    assert not says_sei(rows)


def test_what_is_said_counts_before_the_efficiency() -> None:
    rows = table(ce_pct=[98.2], sei_function=["passivates"], **CE)
    assert held(rows).function.tolist() == [SEI_FUNCTIONS.index("passivates")]


def test_other_efficiencies_say_nothing() -> None:
    rows = table(ce_pct=[98.0, 98.0], **{**CE, "ce_method": ["full_cell", "average"]})
    assert held(rows).function.tolist()[0] == UNKNOWN


def test_labels_survive_missing_columns() -> None:
    rows = held(table(sei_species=["MgF2"], sei_composition=["mixed"]))
    assert rows.composition.tolist() == [SEI_COMPOSITIONS.index("mixed")]
    assert rows.function.tolist() == [UNKNOWN]
    assert rows.reported == ((SPECIES.index("MgF2"),),)


def test_one_publication_is_one_group_whether_it_tells_of_the_sei_or_the_efficiency() -> None:
    rows = table(
        doi=["10.1/a", "10.1/A"], sei_function=["passivates", ""], ce_pct=[np.nan, 0.0], **CE
    )
    assert len(set(held(rows).groups)) == 1
