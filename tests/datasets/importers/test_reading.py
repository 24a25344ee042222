"""Published formats become rows of the schema."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from anolyte.datasets import METALS, parse, read_measurements
from anolyte.datasets.electrolytes.composition import resolve
from anolyte.datasets.errors import InputError
from anolyte.datasets.importers.reading import IMPORTERS, detect, import_rows

HELENA = """Electrolyte,CE,LCE,Solvent_1,Solvent_2,Salt_1,Method,Current,Capacity,Cycle,Reference
1 M LiFSI in DME,98.4,1.8,COCCOC:9.6,,[Li+].O=S(=O)(F)[N-]S(=O)(=O)F:1,Aurbach,0.5,1,10,10.1/x
bad,97,1.5,C1CC:3,,[Li+].F[P-](F)(F)(F)(F)F:1,,,,,10.1/y
"""


def test_helena(tmp_path: Path) -> None:
    path = tmp_path / "helena.csv"
    path.write_text(HELENA)
    rows, skipped = import_rows(path)
    (row,) = rows
    assert detect(path).name == "helena"
    electrolyte = parse(row["electrolyte"])
    assert {str(compound) for compound in electrolyte.compounds} == {"LiFSI", "DME"}
    fractions = dict(
        zip(
            map(str, resolve(electrolyte).compounds),
            resolve(electrolyte).mole_fractions,
            strict=True,
        )
    )
    assert fractions["DME"] == pytest.approx(9.6 / 10.6)
    assert (row["ce_pct"], row["ce_method"], row["current_mA_cm2"]) == ("98.4", "aurbach", "0.5")
    assert (row["source"], row["doi"]) == ("doi:10.1/x", "10.1/x")
    assert [fault.place for fault in skipped] == ["row 3"]


def test_padding_with_water_of_no_amount_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "helena.csv"
    path.write_text(HELENA.replace("COCCOC:9.6,,", "COCCOC:9.6,O:0.0,"))
    (row,), skipped = import_rows(path)
    assert {str(compound) for compound in parse(row["electrolyte"]).compounds} == {"LiFSI", "DME"}
    assert [fault.place for fault in skipped] == ["row 3"]


def test_unknown_format_names_the_known_ones(tmp_path: Path) -> None:
    path = tmp_path / "odd.csv"
    path.write_text("a,b\n1,2\n")
    with pytest.raises(InputError, match="helena needs Electrolyte"):
        import_rows(path)
    with pytest.raises(InputError, match="use one of helena"):
        import_rows(path, "excel")


@pytest.mark.parametrize("name", IMPORTERS)
def test_importers_describe_themselves(name: str) -> None:
    assert IMPORTERS[name].description
    assert IMPORTERS[name].required


def test_edb2(facts: Path, tmp_path: Path) -> None:
    source = facts / "external_li_edb2.csv"
    rows, skipped = import_rows(source)
    clean = pd.read_csv(source)["issues"].isna()
    assert len(rows) == clean.sum()
    assert len(skipped) == (~clean).sum()
    path = tmp_path / "edb2.csv"
    pd.DataFrame(rows).to_csv(path, index=False)
    assert len(read_measurements(path)) == len(rows)


def test_published_ratios(facts: Path) -> None:
    rows, skipped = import_rows(facts / "published_ratios_li.csv")
    assert (len(rows), len(skipped)) == (150, 0)
    assert float(rows[0]["ce_pct"]) == pytest.approx(80.0)


@pytest.mark.parametrize("metal", METALS)
def test_curated_tables(facts: Path, metal: str) -> None:
    path = facts / f"measurements_{metal.lower()}.csv"
    rows, skipped = import_rows(path)
    assert len(rows) == len(pd.read_csv(path))
    assert skipped == []
