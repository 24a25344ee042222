"""The card of a model: what it was made of, how good it is and what it may not be used for.

Made from the manifest alone, so that a card can be had of any model folder.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from anolyte.datasets.files.atomic import write_bytes
from anolyte.models.bundles.bundle import read_manifest
from anolyte.models.efficiency.recipes import PRIOR

CARD = "MODEL_CARD.md"
# Of a split's table, the figures that a reader compares models by.
_FIGURES = {"rmse": "RMSE / LCE", "mae": "MAE / LCE", "spearman": "Spearman"}
_LIMITS = (
    "It predicts the Coulombic efficiency of plating and stripping a metal anode, and nothing of "
    "cathodes, full cells, safety or calendar life.",
    "Efficiencies of 99.95 % or more are not told apart: the tables count them as 99.95 %.",
    "Reports of one electrolyte by several laboratories differ by 0.26 LCE (standard deviation): "
    "no error below that is meant.",
    "The intervals are calibrated on sources that the model has not seen; far from what was "
    "measured (a low domain score) they are too optimistic.",
    "Protocols differ between sources: rank electrolytes by it, and measure before you rely on it.",
)


def model_card(manifest: Mapping[str, Any]) -> str:
    """Return the card of a model as Markdown, with a header that model hubs read.

    Parameters
    ----------
    manifest
        See `anolyte.models.bundles.bundle.read_manifest`.

    Examples
    --------
    >>> from anolyte.experiments.training.model_card import model_card
    >>> from anolyte.experiments import gather, save_training, train
    >>> from anolyte.models.bundles.bundle import read_manifest
    >>> folder = save_training(train(gather("Al"), "Al"), "anolyte-models/Al")
    >>> print(model_card(read_manifest(folder)).splitlines()[7])
    # Coulombic efficiency on Al
    """
    return "\n".join(_lines(manifest)) + "\n"


def write_card(folder: str | Path) -> Path:
    """Write the card of a model into its folder."""
    folder = Path(folder)
    return write_bytes(model_card(read_manifest(folder)).encode(), folder / CARD)


def _lines(manifest: Mapping[str, Any]) -> Iterator[str]:
    metal, facts = manifest["metal"], manifest.get("facts", {})
    packages = manifest["packages"]
    yield from ("---", "library_name: anolyte", "license: apache-2.0", "tags:")
    yield from ("  - batteries", "  - tabular-regression", "---")
    yield f"# Coulombic efficiency on {metal}"
    yield ""
    yield (
        f"Predicts how much of the {metal} that is plated can be stripped again, from the "
        f"composition of the electrolyte. Made with anolyte {packages['anolyte']}."
    )
    yield from _data(metal, facts)
    yield from _made(manifest)
    yield from _further(manifest)
    yield from _accuracy(manifest, facts)
    yield from ("", "## Limits", "")
    yield from (f"- {limit}" for limit in _LIMITS)
    yield from _licence(facts)


def _data(metal: str, facts: Mapping[str, Any]) -> Iterator[str]:
    yield from ("", "## Data", "")
    if "rows" in facts:
        yield f"- {facts['rows']} efficiencies on {metal} from {facts['sources']} sources"
    if facts.get("own_rows"):
        yield f"- {facts['own_rows']} of them are measurements of the project's own"
    if "data_sha256" in facts:
        yield f"- SHA-256 of the rows: `{facts['data_sha256']}`"
    yield "- each row with its source in the tables of anolyte"


def _made(manifest: Mapping[str, Any]) -> Iterator[str]:
    versions = ", ".join(f"{name} {number}" for name, number in manifest["packages"].items())
    yield from ("", "## How it was made", "")
    blocks = ", ".join(manifest["blocks"])
    folds = manifest["folds"]
    yield f"- recipe: {manifest['recipe']}, chosen by nested validation over {folds} folds"
    yield f"- descriptors: {len(manifest['features'])} of the blocks {blocks}"
    yield f"- target: {manifest['target']}"
    yield f"- seed {manifest['seed']}; {versions}"


def _further(manifest: Mapping[str, Any]) -> Iterator[str]:
    if names := manifest.get("properties"):
        yield from ("", "## Further properties", "")
        told = ", ".join(str(name) for name in names)
        yield f"Beside the efficiency it predicts, inside of what was measured: {told}."
        yield f"How well: `anolyte evaluate --property {names[0]} --metal {manifest['metal']}`."


def _accuracy(manifest: Mapping[str, Any], facts: Mapping[str, Any]) -> Iterator[str]:
    yield from ("", "## Accuracy", "")
    yield f"Evidence level of the metal: **{manifest['evidence']}**."
    if manifest["recipe"] == PRIOR:
        yield "Nothing beats the metal's mean: every prediction is that mean, with a wide interval."
    for split, table in facts.get("accuracy", {}).items():
        yield from ("", f"On data not seen ({split}):", "")
        figures = {name: told for name, told in _FIGURES.items() if name in _any(table)}
        yield f"| model | {' | '.join(figures.values())} |"
        yield f"| --- |{' --- |' * len(figures)}"
        for name, row in table.items():
            yield f"| {name} | {' | '.join(_number(row[figure]) for figure in figures)} |"
    yield ""
    yield f"Every other split and baseline: `anolyte evaluate --metal {manifest['metal']}`."


def _any(table: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Any]:
    return next(iter(table.values()), {})


def _number(value: Any) -> str:
    return "-" if value is None else f"{value:.3f}"


def _licence(facts: Mapping[str, Any]) -> Iterator[str]:
    yield from ("", "## Licence", "")
    yield "Apache-2.0, as anolyte and its tables; cite the source of every value that you use."
    if facts.get("own_rows"):
        yield "The project's own measurements are yours: see to it before you hand the model on."
