"""The formats of others: records that their schemas take, shorthands that read back."""

from __future__ import annotations

import json
import re
from typing import Any

import jsonschema
import pytest
from anolyte.datasets import convert, parse, shipped_compounds
from anolyte.datasets.errors import FormulationError
from anolyte.datasets.files.shipped import shipped_table
from anolyte.datasets.formats.clio import from_composition_id
from anolyte.datasets.formats.convert import FORMATS
from anolyte.datasets.formats.identity import emmo_class
from anolyte.experiments.cli.app import app
from typer.testing import CliRunner

ONE_A_METAL = {
    "Li": "1 M LiPF6 in EC/DMC (1:1 v/v) + 2 wt% VC",
    "Na": "1 M NaPF6 in EC/PC (1:1 w/w) + 5 vol% FEC",
    "K": "5 M KFSI in G2",
    "Mg": "0.25 M Mg(TFSI)2 + 0.5 M MgCl2 in DME",
    "Ca": "1.5 M Ca(BH4)2 in THF",
    "Zn": "2 M ZnSO4 in H2O/EG (7:3 v/v)",
    "Al": "AlCl3/[EMIm]Cl (1.3:1 mol/mol)",
}


def _part(properties: dict[str, Any], *required: str) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }


# What the published schema demands, as far as these records use it.
_TEXT = {"type": "string", "minLength": 1}
_QUANTITY = _part({"value": {"type": "number"}, "unit": _TEXT}, "value", "unit")
_PROPERTIES = {
    "type": "object",
    "propertyNames": {"pattern": "^[a-z][a-z0-9_]*$"},
    "additionalProperties": _QUANTITY,
}
_BLOCK = "[0-9a-hjkmnp-tv-z]{4}"
_COMPONENT = _part({"name": _TEXT, "property": _PROPERTIES, "comment": _TEXT}, "name")
_FAMILIES = ["organic", "aqueous", "ionic_liquid", "solid", "gel", "hybrid", "unknown"]
_SPEC = _part(
    {
        "id": {
            "type": "string",
            "pattern": f"^https://w3id\\.org/battinfo/spec/{_BLOCK}(?:-{_BLOCK}){{3}}$",
        },
        "short_id": {"type": "string", "pattern": "^[0-9a-hjkmnp-tv-z]{6,16}$"},
        "name": _TEXT,
        "family": {"enum": _FAMILIES},
        "salt": _part(
            {"name": _TEXT, "cation": _TEXT, "anion": _TEXT, "property": _PROPERTIES}, "name"
        ),
        "solvent_mixture": _part(
            {"component": {"type": "array", "minItems": 1, "items": _COMPONENT}}, "component"
        ),
        "additive": {"type": "array", "items": _COMPONENT},
    },
    *("id", "name", "family"),
)
SCHEMA = _part(
    {
        "schema_version": {"type": "string", "pattern": r"^\d+\.\d+\.\d+$"},
        "electrolyte_spec": _SPEC,
        "provenance": _part({"source_type": {"enum": ["other"]}, "source_name": _TEXT}),
        "notes": {"type": "array", "items": _TEXT},
    },
    *("schema_version", "electrolyte_spec", "provenance"),
)


@pytest.mark.parametrize("text", ONE_A_METAL.values(), ids=ONE_A_METAL)
def test_battinfo_takes_the_record(text: str) -> None:
    record = convert(text, "battinfo")
    jsonschema.validate(record, SCHEMA)
    assert record == convert(str(parse(text)), "battinfo")
    mixture = record["electrolyte_spec"]["solvent_mixture"]["component"]
    bases = {name for part in mixture for name in part["property"]}
    assert len(bases) == 1
    shares = [q["value"] for part in mixture for q in part["property"].values()]
    assert sum(shares) == pytest.approx(1, abs=1e-5)


def test_battinfo_says_what_it_has_no_room_for() -> None:
    record = convert(ONE_A_METAL["Mg"], "battinfo")
    spec = record["electrolyte_spec"]
    assert spec["salt"]["name"] == "MgCl2"
    assert (spec["salt"]["cation"], spec["salt"]["anion"]) == ("Mg2+", "Cl-")
    assert [each["name"] for each in spec["additive"]] == ["Mg(TFSI)2"]
    assert any("the record has room for one" in note for note in record["notes"])


@pytest.mark.parametrize(
    ("text", "family"),
    [
        (ONE_A_METAL["Li"], "organic"),
        (ONE_A_METAL["Zn"], "hybrid"),
        (ONE_A_METAL["Al"], "ionic_liquid"),
        ("2 M ZnSO4 in H2O", "aqueous"),
        ("NaCl/AlCl3 (1:1 mol/mol)", "unknown"),
    ],
)
def test_families_of_battinfo(text: str, family: str) -> None:
    assert convert(text, "battinfo")["electrolyte_spec"]["family"] == family


@pytest.mark.parametrize("text", ONE_A_METAL.values(), ids=ONE_A_METAL)
def test_json_ld_says_each_compound_and_its_amount(text: str) -> None:
    record = convert(text, "json-ld")
    assert record["@type"].endswith("Electrolyte")
    solvents = record["hasSolvent"]["hasConstituent"]
    listed = [*solvents, *record["hasSolute"], *record.get("hasAdditive", [])]
    names = {each["schema:alternateName"] for each in listed}
    assert names == {str(compound) for compound in parse(text).compounds}
    for each in listed:
        assert re.fullmatch(r"[A-Z]{14}-[A-Z]{10}-[A-Z]", each["schema:inChIKey"])
        assert each["hasProperty"][0]["@type"] == "MassFraction"
        assert len({amount["hasMeasurementUnit"] for amount in each["hasProperty"]}) == len(
            each["hasProperty"]
        )
    masses = [s["hasProperty"][0]["hasNumericalPart"]["hasNumberValue"] for s in solvents]
    assert sum(masses) == pytest.approx(1, abs=1e-5)
    assert json.loads(json.dumps(record)) == record


def test_classes_are_those_of_compounds_that_are_shipped() -> None:
    table = shipped_table("emmo_classes")
    known = shipped_compounds()
    assert all(known[row.compound].smiles == row.smiles for row in table.itertuples())
    assert table["emmo_class"].is_unique
    assert emmo_class(known["LiFSI"]) == "LithiumBisfluorosulfonylimide"
    assert emmo_class(known["TTE"]) == ""


@pytest.mark.parametrize(
    "text",
    [
        "1 M LiPF6 in EC/EMC (3:7 w/w) + 1 wt% LiDFOB",
        "1 M NaPF6 in G2 + 2 vol% FEC",
        "21 m LiTFSI in H2O",
        "1 M LiPF6 in EC/DMC/EMC (1:1:1 v/v) + 1 wt% VC + 2 wt% FEC",
    ],
)
def test_unilyte_reads_back(text: str) -> None:
    shorthand = convert(text, "unilyte")
    assert "/" not in shorthand
    assert str(parse(shorthand)) == text


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (ONE_A_METAL["Mg"], "2 salts"),
        ("1 M LiFSI in DME + 50 mM LiNO3", "50 mM LiNO3"),
        ("1 m LiTFSI in [PYR13][FSI]", r"the name \[Pyr13\]FSI"),
    ],
)
def test_unilyte_has_no_words_for_it(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        convert(text, "unilyte")


def test_clio_ids_both_ways() -> None:
    assert convert("2 m LiPF6 in EC/DMC (1:1 w/w)", "clio") == "DMC_EC|50_50|LiPF6|2"
    for text in ("DMC_EC|50_50|LiPF6|2", "H2O|100|ZnSO4|2.04", "DME|100|LiFSI_LiNO3|1.5_0.1"):
        assert convert(text, "clio") == text
        assert convert(str(from_composition_id(text)), "clio") == text


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("DMC_EC|50_50|LiPF6", "3 fields, not 4"),
        ("DMC_EC|50|LiPF6|2", "2 names and 1 numbers"),
        ("DMCC|100|LiPF7|x", "unknown compound"),
    ],
)
def test_what_is_wrong_with_an_id(text: str, reason: str) -> None:
    with pytest.raises(FormulationError, match=reason):
        from_composition_id(text)


def test_pybamm_is_given_si_units() -> None:
    values = convert("2 M ZnSO4 in H2O", "pybamm")
    assert values["Initial concentration in electrolyte [mol.m-3]"] == pytest.approx(2000)
    assert 1200 < values["Electrolyte density [kg.m-3]"] < 1400
    assert sum(values["composition"]["mole fractions"].values()) == pytest.approx(1, abs=1e-5)


def test_the_command() -> None:
    def run(*arguments: str, code: int = 0) -> str:
        done = CliRunner().invoke(app, ["convert", *arguments])
        assert done.exit_code == code, done.output
        return done.output

    assert run("DMC_EC|50_50|LiPF6|2", "--to", "molality").startswith("2 m LiPF6 in DMC/EC")
    assert json.loads(run(ONE_A_METAL["K"], "--to", "battinfo"))["schema_version"] == "0.1.0"
    every = run(ONE_A_METAL["Mg"])
    assert "mol_per_kg_solvent" in every
    assert "clio           DME|100|Mg(TFSI)2_MgCl2|0.29_0.58" in every
    assert "unilyte has no words for 2 salts" in every
    with pytest.raises(ValueError, match="unknown format 'batinfo': did you mean battinfo"):
        convert("1 M LiFSI in DME", "batinfo")
    assert set(json.loads(run(ONE_A_METAL["Li"], "--json"))) >= {"molality", "compounds"}
    assert set(FORMATS) >= {"battinfo", "json-ld", "pybamm"}
