"""RO-Crates and model cards: what is in a folder of results, and what a model is."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
import yaml
from anolyte.experiments.crate import METADATA, evaluation_crate, screening_crate
from anolyte.experiments.evaluation.evaluate import of_training
from anolyte.experiments.screening.screen import screen
from anolyte.experiments.spaces.candidate_space import CandidateSpace
from anolyte.experiments.training.model_card import CARD, model_card
from anolyte.experiments.training.train import TrainingResult
from anolyte.models import load_model
from anolyte.models.bundles.bundle import read_manifest


def entities(folder: Path) -> dict[str, dict[str, object]]:
    found = json.loads((folder / METADATA).read_text())
    assert found["@context"] == "https://w3id.org/ro/crate/1.1/context"
    return {each["@id"]: each for each in found["@graph"]}


def references(value: object) -> set[str]:
    if isinstance(value, dict):
        nested = set().union(*(references(part) for part in value.values()))
        return nested | ({value["@id"]} if set(value) == {"@id"} else set())
    return set().union(*map(references, value)) if isinstance(value, list) else set()


def check(folder: Path) -> dict[str, dict[str, object]]:
    """Check what RO-Crate demands: a descriptor, a root, an entity for each file and reference."""
    found = entities(folder)
    assert found[METADATA]["about"] == {"@id": "./"}
    root = found["./"]
    assert root["@type"] == "Dataset"
    assert {"name", "description", "datePublished", "license"} <= set(root)
    files = {path.name for path in folder.iterdir()} - {METADATA}
    assert {part["@id"] for part in root["hasPart"]} == files  # type: ignore[attr-defined]
    for name in files:
        assert found[name]["@type"] == "File"
        assert found[name]["sha256"] == hashlib.sha256((folder / name).read_bytes()).hexdigest()
    named = references(list(found.values())) - {"https://w3id.org/ro/crate/1.1"}
    assert named <= set(found)
    return found


def test_a_ranked_list_as_a_crate(
    space: CandidateSpace, trained: TrainingResult, model_folder: Path, tmp_path: Path
) -> None:
    ranked = screen(space, trained.model, top=3)
    folder = tmp_path / "crate"
    screening_crate(ranked, model_folder, folder)
    found = check(folder)
    assert {"ranked_list.csv", "space.json", "model.json", CARD} <= set(found)
    assert found["#data-Li"]["value"] == trained.digest
    assert json.loads((folder / "model.json").read_text())["metal"] == "Li"
    with pytest.raises(ValueError, match="new or empty folder"):
        screening_crate(ranked, model_folder, folder)


def test_an_evaluation_as_a_crate(trained: TrainingResult, tmp_path: Path) -> None:
    evaluation_crate([of_training(trained)], {}, tmp_path / "crate")
    found = check(tmp_path / "crate")
    assert {"report.html", "accuracy_Li.csv"} <= set(found)


def test_every_model_has_its_card(trained: TrainingResult, model_folder: Path) -> None:
    text = (model_folder / CARD).read_text()
    manifest = read_manifest(model_folder)
    assert text == model_card(manifest)
    header = yaml.safe_load(text.split("---")[1])
    assert header["license"] == "apache-2.0"
    assert f"{len(trained.measurements)} efficiencies on Li" in text
    assert trained.digest in text
    assert f"Evidence level of the metal: **{manifest['evidence']}**" in text
    for section in ("## Data", "## How it was made", "## Accuracy", "## Limits", "## Licence"):
        assert section in text
    # The card is no part of the model: it loads with and without it.
    assert load_model(model_folder).metal == "Li"


def test_a_card_shows_accuracy_by_split_and_says_prior_only(model_folder: Path) -> None:
    manifest = read_manifest(model_folder)
    table = {"anolyte": {"rmse": 0.31, "spearman": 0.6}, "mean": {"rmse": 0.45, "spearman": None}}
    facts = {**manifest["facts"], "own_rows": 4, "accuracy": {"leave-source-out": table}}
    text = model_card({**manifest, "facts": facts, "recipe": "prior only"})
    assert "| anolyte | 0.310 | 0.600 |\n| mean | 0.450 | - |" in text
    assert "Nothing beats the metal's mean" in text
    assert "4 of them are measurements of the project's own" in text
    assert "The project's own measurements are yours" in text
