"""The JSON schema of space files: up to date, and of one mind with the reader."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import yaml
from anolyte.datasets.errors import InputError
from anolyte.experiments.cli.app import app
from anolyte.experiments.spaces.space_file import read_space, shipped_spaces
from anolyte.experiments.spaces.space_schema import json_schema
from jsonschema import Draft202012Validator
from typer.testing import CliRunner

SHIPPED = Path(str(files("anolyte.experiments") / "spaces" / "shipped"))
VALIDATOR = Draft202012Validator(json_schema())
PART = {"salts": {"compounds": ["LiFSI"], "amounts": [1]}, "solvents": {"compounds": ["DME"]}}


def space(**keys: Any) -> dict[str, Any]:
    return {"metal": "Li", "parts": {"a": {**PART, **keys}}}


def test_shipped_schema_is_that_of_the_models() -> None:
    """After a change: anolyte space schema > experiments/spaces/shipped/space.schema.json."""
    Draft202012Validator.check_schema(json_schema())
    assert json.loads((SHIPPED / "space.schema.json").read_text("utf-8")) == json_schema()


def test_command_prints_it() -> None:
    assert json.loads(CliRunner().invoke(app, ["space", "schema"]).output) == json_schema()


@pytest.mark.parametrize("metal", shipped_spaces())
def test_ready_made_spaces_name_their_schema_and_fit_it(metal: str) -> None:
    text = (SHIPPED / f"{metal}.yaml").read_text("utf-8")
    first = text.partition("\n")[0]
    assert first == "# yaml-language-server: $schema=space.schema.json"
    assert list(VALIDATOR.iter_errors(yaml.safe_load(text))) == []


@pytest.mark.parametrize(
    ("value", "place"),
    [
        ({"metal": "Fe", "parts": {"a": PART}}, "metal"),
        ({"metal": "Li", "parts": {}}, "parts"),
        ({"metal": "Li"}, "parts"),
        ({**space(), "colour": "red"}, "colour"),
        ({**space(), "constraints": {"max_pfas": 3}}, "constraints.max_pfas"),
        ({**space(), "constraints": {"max_pfas_wt_pct": "3"}}, "constraints.max_pfas_wt_pct"),
        ({**space(), "constraints": {"unknown": "perhaps"}}, "constraints.unknown"),
        (space(salts={"compounds": ["LiFSI"], "amounts": [0]}), "parts.a.salts.amounts[1]"),
        (space(salts={"compounds": "LiFSI", "amounts": [1]}), "parts.a.salts.compounds"),
        (space(salts={"amounts": [1]}), "parts.a.salts.compounds"),
        (space(solvents={"compounds": ["DME"], "kind": "v"}), "parts.a.solvents.kind"),
        (space(solvents={"compounds": ["DME"], "ratios": [1]}), "parts.a.solvents.ratios[1]"),
        (space(diluents={"compounds": ["TTE"], "parts": [-1]}), "parts.a.diluents.parts[1]"),
        (space(additives={"compounds": ["VC"], "amounts": [1]}), "parts.a.additives"),
        (space(about=3), "parts.a.about"),
    ],
)
def test_what_an_editor_marks_is_refused_with_its_place(
    tmp_path: Path, value: dict[str, Any], place: str
) -> None:
    assert list(VALIDATOR.iter_errors(value)) != []
    path = tmp_path / "space.yaml"
    path.write_text(yaml.safe_dump(value), "utf-8")
    with pytest.raises(InputError) as caught:
        read_space(path)
    assert [fault.place for fault in caught.value.faults] == [place]


@pytest.mark.parametrize(
    "value",
    [
        space(),
        space(about="One part.", additives=[{"compounds": ["VC"], "amounts": [1, 2.5]}]),
        space(salts={"compounds": ["LiFSI", "LiTFSI"], "pairs": [[1, 0.5]], "unit": "m"}),
        {**space(), "constraints": {"exclude": "pfas", "within_solubility": True}},
        {**space(), "constraints": {"max_components": {"limit": 4, "unknown": "drop"}}},
    ],
)
def test_what_an_editor_lets_pass_is_read(tmp_path: Path, value: dict[str, Any]) -> None:
    assert list(VALIDATOR.iter_errors(value)) == []
    path = tmp_path / "space.yaml"
    path.write_text(yaml.safe_dump(value), "utf-8")
    assert len(read_space(path).parts) == 1


def test_a_key_without_a_value_and_a_number_as_a_name(tmp_path: Path) -> None:
    path = tmp_path / "space.yaml"
    path.write_text(
        "metal: Li\nabout:\nparts:\n  1:\n    salts: {compounds: [LiFSI], amounts: [1, 1]}\n"
        "    solvents: {compounds: [DME], exclude: }\n    diluents:\n    additives:\n",
        "utf-8",
    )
    (part,) = read_space(path).parts
    assert part.name == "1"
    assert len(part) == 1
