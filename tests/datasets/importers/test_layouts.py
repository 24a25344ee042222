"""Small tables in the layouts as they are published: columns as there, rows of our own."""

from __future__ import annotations

from pathlib import Path

import pytest
from anolyte.datasets import parse, read_measurements
from anolyte.datasets.electrolytes.composition import resolve
from anolyte.datasets.errors import Fault
from anolyte.datasets.importers.reading import detect, import_rows

FSI = "O=S(=O)(F)[N-]S(=O)(=O)F.[Li+]"
PF6 = "F[P-](F)(F)(F)(F)F.[Li+]"
Rows = tuple[list[dict[str, str]], list[Fault]]


def imported(folder: Path, text: str, layout: str) -> Rows:
    path = folder / "table.csv"
    path.write_text(text, "utf-8")
    assert detect(path).name == layout
    return import_rows(path)


def shares(text: str) -> dict[str, float]:
    found = resolve(parse(text))
    return dict(zip(map(str, found.compounds), found.mole_fractions.tolist(), strict=True))


ELECTROLYTOMICS = f"""solvent_1_smiles,solvent_2_smiles,solvent_3_smiles,salt_1_smiles,\
salt_2_smiles,additive_smiles,solv_1_ratio,solv_2_ratio,solv_3_ratio,salt_1_conc,salt_2_conc,\
protocol,current_density,CE,log(1-CE)
COCCOC,,,{FSI},,,1.0,0.0,0.0,2.5,0.0,2,0.5,0.9835,-4.1
O=C1OCCO1,COC(=O)OC,,{PF6},,O=c1occo1,0.25,0.75,0.0,1.0,0.0,-1,0.25,0.9,-2.3
C1COCO1,COCCOC,,{FSI},{PF6},,0.5,0.5,0.0,0.6,0.4,1,1.0,0.95,-3.0
C1COCO(,,,{FSI},,,1.0,0.0,0.0,1.0,0.0,2,0.5,0.9,-2.3
"""


def test_electrolytomics_as_published(tmp_path: Path) -> None:
    rows, skipped = imported(tmp_path, ELECTROLYTOMICS, "electrolytomics")
    assert [row["electrolyte"] for row in rows] == [
        "2.5 M LiFSI in DME",
        "1 M LiPF6 in EC/DMC (0.25:0.75 v/v) + ? wt% VC",
        "0.6 M LiFSI + 0.4 M LiPF6 in DOL/DME (0.5:0.5 v/v)",
    ]
    assert [row["ce_pct"] for row in rows] == ["98.35", "90", "95"]
    assert [row["current_mA_cm2"] for row in rows] == ["0.5", "0.25", "1.0"]
    assert "protocol code -1" in rows[1]["notes"]
    assert "taken as v/v" in rows[1]["notes"]
    assert "amount of the additive" in rows[1]["notes"]
    assert "v/v" not in rows[0]["notes"]
    assert [fault.place for fault in skipped] == ["row 5"]
    assert "solvent_1_smiles" in skipped[0].reason


IBM = f"""FORMULATION,LCE,FORMULATION_CANONICAL_SMILES
<formulation_start>COCCOC<sep>75.5<sep>{FSI}<sep>24.5<formulation_end>,1.8,x
<formulation_start>COCCOC<sep>75.5<sep>{FSI}<formulation_end>,1.8,x
"""


def test_mole_percents_between_tags(tmp_path: Path) -> None:
    (row,), skipped = imported(tmp_path, IBM, "ibm-lce")
    assert shares(row["electrolyte"])["LiFSI"] == pytest.approx(0.245)
    assert float(row["ce_pct"]) == pytest.approx(100 * (1 - 10**-1.8), abs=0.01)
    assert row["source"] == "kim2023"
    assert "pairs" in skipped[0].reason


S4 = f"""Electrolyte,CE (%),Method,Current (mA/cm2),Capacity (mAh/cm2),Cycle,Solvent,Salt,Reference
2 M LiFSI in DME,98.7,Average,0.5,1,100,COCCOC:9.6,{FSI}:2,41
2 M LiFSI in ?,98.7,Average,0.5,1,100,COCCOC,{FSI}:2,41
"""


def test_s4_with_units_in_its_names(tmp_path: Path) -> None:
    (row,), skipped = imported(tmp_path, S4, "s4")
    assert shares(row["electrolyte"])["LiFSI"] == pytest.approx(2 / 11.6)
    assert (row["ce_method"], row["capacity_mAh_cm2"], row["cycles"]) == ("average", "1", "100")
    assert row["source"] == "S4 reference 41"
    assert "SMILES:mol/L" in skipped[0].reason


def test_helena_names_its_papers_by_doi_or_number(tmp_path: Path) -> None:
    head = "Electrolyte,CE,Solvent_1,Solvent_2,Salt_1,Method,Current,Capacity,Cycle,Reference\n"
    line = f"1 M LiFSI in DME,98.4,COCCOC:9.6,,{FSI}:1,Aurbach,0.5,1,10,"
    rows, _ = imported(tmp_path, f"{head}{line}10.1000/182\n{line}17\n", "helena")
    assert [(row["source"], row.get("doi", "")) for row in rows] == [
        ("doi:10.1000/182", "10.1000/182"),
        ("S4 reference 17", ""),
    ]


CALISOL = """doi,k,T,c,salt,c units,solvent ratio type,EC,DMC,Ethylmonoglyme,XYZC
10.1000/182,9.5,298.15,1,LiPF6,mol/kg,w,0.3,0.7,0,0
10.1000/182,5.5,273.15,0.5,LiPF6,mol/l,v,0,0.5,0.5,0
10.1000/182,5.5,273.15,0.5,LiPF6,mol/l,v,0,0.5,0,0.5
10.1000/182,5.5,273.15,0.5,LiPF6,mol/l,by eye,0,1,0,0
"""


def test_conductivities_keep_their_temperature(tmp_path: Path) -> None:
    rows, skipped = imported(tmp_path, CALISOL, "calisol")
    assert [row["electrolyte"] for row in rows] == [
        "1 m LiPF6 in EC/DMC (0.3:0.7 w/w)",
        "0.5 M LiPF6 in DMC/DEE (0.5:0.5 v/v)",
    ]
    assert [row["conductivity_mS_cm"] for row in rows] == ["9.5", "5.5"]
    assert [row["temperature_C"] for row in rows] == ["25.00", "0.00"]
    assert "ce_pct" not in rows[0]
    assert "XYZC" in skipped[0].reason
    assert "by eye" in skipped[1].reason


def test_former_tables_of_ones_own_keep_what_they_say_of_the_sei(tmp_path: Path) -> None:
    head = "metal,electrolyte,ce_pct,source,sei_character\n"
    text = f"{head}Li,1 M LiFSI in DME,98,lab,mixed\nMg,0.5 M Mg(TFSI)2 in DME,,lab,Passivating\n"
    rows, _ = imported(tmp_path, text, "anolyte")
    assert [(row["sei_composition"], row["sei_function"]) for row in rows] == [
        ("mixed", ""),
        ("", "passivates"),
    ]


def test_imported_rows_are_measurements(tmp_path: Path) -> None:
    import pandas as pd

    rows, _ = imported(tmp_path, ELECTROLYTOMICS, "electrolytomics")
    path = tmp_path / "rows.csv"
    pd.DataFrame(rows).to_csv(path, index=False)
    assert read_measurements(path)["ce_pct"].tolist() == [98.35, 90, 95]
