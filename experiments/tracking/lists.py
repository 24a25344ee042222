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

    write_table(frame.head(TABLE_ROWS).round(3), files / f"{name}.json")
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
