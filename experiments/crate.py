"""RO-Crate: the results of a command as a folder that says what is in it.

RO-Crate 1.1 (https://w3id.org/ro/crate/1.1): one ``ro-crate-metadata.json`` beside the files, in
JSON-LD and the terms of schema.org. Written by hand, since the crates are flat and need no more.
"""

from __future__ import annotations

import hashlib
import json
import mimetypes
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from anolyte.datasets.files.atomic import write_bytes
from anolyte.models.bundles.bundle import read_manifest

from .training.model_card import CARD, model_card

if TYPE_CHECKING:
    import pandas as pd

    from .evaluation.evaluate import Evaluation
    from .screening.ranked_list import RankedList

METADATA = "ro-crate-metadata.json"
SPECIFICATION = "https://w3id.org/ro/crate/1.1"
LICENSE = "https://www.apache.org/licenses/LICENSE-2.0"
_TYPES = {".md": "text/markdown", ".parquet": "application/vnd.apache.parquet"}
_SAID = {
    "ranked_list.csv": "the ranked list",
    "ranked_list.parquet": "the ranked list, lossless",
    "ranked_list.html": "the first rows as a page",
    "space.json": "the candidate space in words",
    "space.yaml": "the file of the candidate space",
    "report.html": "the report of the evaluation",
    "model.json": "the manifest of the model: recipe, data, versions, digests of its files",
    CARD: "the card of the model",
}


def check_crate(folder: Path | None) -> None:
    """Raise ValueError if a crate cannot be made there: it has to be a new or empty folder."""
    if folder is not None and folder.exists() and (folder.is_file() or any(folder.iterdir())):
        raise ValueError(f"{folder}: a crate is a new or empty folder")


def screening_crate(
    ranked: RankedList,
    model: str | Path | Mapping[str, Any],
    folder: Path,
    space_file: str | Path | None = None,
) -> Path:
    """Pack a ranked list: the list, its space, the model's manifest and card, the data's digest.

    Parameters
    ----------
    ranked
        The list.
    model
        Folder of the model that ranked it, or its manifest.
    folder
        New or empty.
    space_file
        The file that the space was read from, or the name of a ready-made one.

    Raises
    ------
    ValueError
        If the folder holds something.
    """
    from .tracking.lists import screening_fields

    manifest = model if isinstance(model, Mapping) else read_manifest(model)

    def fill(files: Path) -> None:
        screening_fields(ranked, manifest, files, space_file)
        (files / "ranked_list.json").unlink()
        (files / "model.json").write_text(json.dumps(manifest, indent=1, sort_keys=True), "utf-8")
        (files / CARD).write_text(model_card(manifest), "utf-8")

    digest = str(manifest.get("facts", {}).get("data_sha256", ""))
    told = f"A screening with anolyte by {ranked.criterion}."
    return _pack(folder, ranked.title, told, {ranked.metal: digest} if digest else {}, fill)


def evaluation_crate(
    evaluations: Sequence[Evaluation], sei: Mapping[str, pd.DataFrame], folder: Path
) -> Path:
    """Pack evaluations: their report and accuracy, the data's digests, see `screening_crate`."""
    from anolyte.datasets.files.exports import write_csv

    from .evaluation.report import write_report

    def fill(files: Path) -> None:
        write_report(evaluations, sei, files / "report.html")
        for each in evaluations:
            write_csv(each.summary().reset_index(), files / f"accuracy_{each.metal}.csv")

    metals = ", ".join(each.metal for each in evaluations)
    splits = dict.fromkeys(split for each in evaluations for split in each.splits)
    digests = {str(each.metal): each.digest for each in evaluations}
    told = f"Splits: {', '.join(splits)}."
    return _pack(folder, f"Accuracy of anolyte on {metals}", told, digests, fill)


def _pack(
    folder: Path,
    name: str,
    description: str,
    digests: Mapping[str, str],
    fill: Callable[[Path], None],
) -> Path:
    check_crate(folder)
    folder.mkdir(parents=True, exist_ok=True)
    fill(folder)
    described = metadata(folder, name, description, digests)
    # Last: a folder without it is no crate.
    return write_bytes(json.dumps(described, indent=1).encode(), folder / METADATA)


def metadata(
    folder: Path, name: str, description: str, digests: Mapping[str, str]
) -> dict[str, Any]:
    """Return the metadata of a crate with the files that lie in a folder.

    Parameters
    ----------
    digests
        SHA-256 of the measurements behind the results, by metal.
    """
    files = sorted(path for path in folder.iterdir() if path.name != METADATA)
    software = {
        "@id": "#anolyte",
        "@type": "SoftwareApplication",
        "name": "anolyte",
        "version": version("anolyte"),
    }
    root: dict[str, Any] = {
        "@id": "./",
        "@type": "Dataset",
        "name": name,
        "description": description,
        "datePublished": datetime.now(UTC).date().isoformat(),
        "license": {"@id": LICENSE},
        "hasPart": [{"@id": path.name} for path in files],
        "mentions": {"@id": "#made"},
    }
    if digests:
        root["identifier"] = [{"@id": f"#data-{metal}"} for metal in digests]
    made = {
        "@id": "#made",
        "@type": "CreateAction",
        "instrument": {"@id": "#anolyte"},
        "result": [{"@id": path.name} for path in files],
        "endTime": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    data = [
        {
            "@id": f"#data-{metal}",
            "@type": "PropertyValue",
            "propertyID": f"sha256 of the measurements of {metal}",
            "value": digest,
        }
        for metal, digest in digests.items()
    ]
    descriptor = {
        "@id": METADATA,
        "@type": "CreativeWork",
        "conformsTo": {"@id": SPECIFICATION},
        "about": {"@id": "./"},
    }
    licence = {"@id": LICENSE, "@type": "CreativeWork", "name": "Apache License 2.0"}
    graph = [descriptor, root, *map(_file, files), made, software, licence]
    return {
        "@context": f"{SPECIFICATION}/context",
        "@graph": [*graph, *data],
    }


def _file(path: Path) -> dict[str, Any]:
    data = path.read_bytes()
    kind = _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0]
    return {
        "@id": path.name,
        "@type": "File",
        "name": _SAID.get(path.name, path.stem.replace("_", " ")),
        "contentSize": str(len(data)),
        "encodingFormat": kind or "application/octet-stream",
        "sha256": hashlib.sha256(data).hexdigest(),
    }
