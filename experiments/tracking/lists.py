"""What the runs of a ranked list and of suggestions hold."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .contents import finite, model_id, model_name, sei_digest
from .mlflow_formats import write_table
from .run_record import DatasetFacts, readable

if TYPE_CHECKING:
    import pandas as pd

    from ..screening.ranked_list import RankedList
    from ..suggestions.suggest import Suggestions

TABLE_ROWS = 200
# Of a list of a library, whose table has a picture in each row.
DRAWN_ROWS = 100
# Electrolytes whose molecules are drawn.
PICTURED = 10
RANKED = "ranked_list"
SUGGESTED = "suggestions"


def screening_fields(
    ranked: RankedList, manifest: Mapping[str, Any], files: Path, space_file: str | Path | None
) -> dict[str, Any]:
    """Write the files of a ranked list's run to `files` and return the fields of its record.

    Parameters
    ----------
    manifest
        That of the model, see `models.store.read_manifest`.
    space_file
        The file that the space was read from, or the name of a ready-made one, to be kept
        beside the list.
    """
    from ..plots import figures as plots
    from ..plots.molecules import molecule_grid
    from ..screening.list_html import to_page

    frame = ranked.to_frame()
    write_list(frame, RANKED, files)
    (files / "space.json").write_text(json.dumps(ranked.space, indent=1, default=str), "utf-8")
    source = None if space_file is None else _space_source(space_file)
    if source is not None:
        shutil.copyfile(source, files / f"space{source.suffix}")
    if len(frame):
        plots.ranked_bars(frame).savefig(files / f"{RANKED}.png")
        # MLflow's table cuts long cells; a page shows them whole.
        page = to_page(frame, ranked.title, ranked.caveat, TABLE_ROWS)
        (files / f"{RANKED}.html").write_text(page, "utf-8")
        if "smiles" in frame:
            _write_library(ranked, files)
        else:
            molecule_grid(frame, PICTURED).savefig(files / "molecules.png")
    asked = {"criterion": ranked.criterion, "coverage": ranked.coverage, "top": len(ranked)}
    best = frame.head(1)
    figures = {f"best_{name}": best[name].iloc[0] for name in ("ce_pct", "ce_low") if len(best)}
    effort = {} if ranked.predicted is None else {"predicted": float(ranked.predicted)}
    if ranked.student is not None:
        effort |= ranked.student.facts()
    return {
        "tags": _model_tags(manifest),
        "params": readable({**ranked.space, **asked}),
        "metrics": finite({"screened": ranked.screened, **effort, **figures}.items()),
        "dataset": _trained_on(manifest),
        "tables": (f"{RANKED}.json",),
    }


def _write_library(ranked: RankedList, files: Path) -> None:
    """Write what a list of a library has beside others: a grid of molecules, SDF, what was read."""
    from ..libraries.sdf import write_sdf

    ranked.plot("molecules").savefig(files / "molecules.png")
    write_sdf(ranked.to_frame(), files / f"{RANKED}.sdf")
    said = getattr(ranked, "said", ())
    (files / "library.txt").write_text("\n".join(said) + "\n", "utf-8")


def _with_drawings(frame: pd.DataFrame, files: Path) -> pd.DataFrame:
    """Return rows with their molecules as pictures, in the way of MLflow's tables."""
    from anolyte.datasets.compounds.drawing import structure_png
    from anolyte.datasets.compounds.registry import Compound

    folder = Path("table_images") / RANKED
    (files / folder).mkdir(parents=True)
    cells = []
    for row, smiles in enumerate(frame["smiles"], start=1):
        path = folder / f"{row:03}.png"
        (files / path).write_bytes(structure_png(Compound(smiles, smiles)))
        place = path.as_posix()
        cells.append({"type": "image", "filepath": place, "compressed_filepath": place})
    drawn = frame.copy()
    drawn.insert(1, "molecule", cells)
    return drawn


def _space_source(name: str | Path) -> Path | None:
    """Return the file of a space; None if it is neither a file nor a ready-made space."""
    from importlib.resources import files

    from ..spaces.space_file import shipped_spaces

    if Path(name).is_file():
        return Path(name)
    shipped = str(name).partition(":")[0]
    if shipped not in shipped_spaces():
        return None
    return Path(str(files("anolyte.experiments") / "spaces" / "shipped" / f"{shipped}.yaml"))


def suggestions_fields(
    found: Suggestions, manifest: Mapping[str, Any], files: Path
) -> dict[str, Any]:
    """Write the files of a batch of suggestions to `files` and return its record's fields."""
    write_list(found.frame, SUGGESTED, files)
    counts = {"looked_at": found.looked_at, "left_out": found.left_out}
    return {
        "tags": _model_tags(manifest),
        "params": readable({"by": found.by, "batch": len(found.frame)}),
        "metrics": finite(counts.items()),
        "dataset": _trained_on(manifest),
        "tables": (f"{SUGGESTED}.json",),
    }


def write_list(frame: pd.DataFrame, name: str, files: Path) -> None:
    """Write a list whole as parquet and CSV, and its first rows as MLflow's table."""
    from anolyte.datasets.files.exports import write_csv

    shown = frame.head(DRAWN_ROWS if "smiles" in frame else TABLE_ROWS).round(3)
    shown = _with_drawings(shown, files) if "smiles" in frame else shown
    write_table(shown, files / f"{name}.json")
    frame.to_parquet(files / f"{name}.parquet", index=False)
    write_csv(frame, files / f"{name}.csv")


def _model_tags(manifest: Mapping[str, Any]) -> dict[str, str]:
    facts = manifest.get("facts", {})
    return {
        "model_id": model_id(manifest),
        "model_name": model_name(str(manifest["metal"])),
        "sei_sha256": sei_digest(manifest),
        "data_sha256": str(facts.get("data_sha256", "")),
        "evidence": str(manifest.get("evidence", "")),
        "blocks": ", ".join(map(str, manifest.get("blocks", []))),
        "seed": str(manifest.get("seed", "")),
        "split": str(facts.get("split", "")),
    }


def _trained_on(manifest: Mapping[str, Any]) -> DatasetFacts | None:
    digest = str(manifest.get("facts", {}).get("data_sha256", ""))
    metal = manifest["metal"]
    source = f"anolyte-{manifest['packages']['anolyte']}/measurements_{metal}.csv"
    name = f"{metal} Coulombic efficiencies"
    return DatasetFacts(name, digest[:16], source, "training of the model") if digest else None
