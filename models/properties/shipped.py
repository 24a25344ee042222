"""The property models that come with anolyte: fitted once to the shipped tables.

``python -m anolyte.models.properties.shipped`` in a checkout fits them anew, after a change of a
table or of the model; a test sees that they are of the tables as they are.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from anolyte.datasets.files.shipped import shipped_table

from .model import PropertyModel
from .property import Property
from .registry import PROPERTIES, of_metal
from .stored import from_dict, to_dict

FOLDER = "fitted"
TABLE, TREES = "table_sha256", "trees"


def shipped_properties(metal: str) -> dict[str, PropertyModel]:
    """Return the models of the properties of a metal by name; perhaps none.

    Examples
    --------
    >>> from anolyte.models import shipped_properties
    >>> told = shipped_properties("Li")["conductivity"].assess(["1 M LiPF6 in EC/DMC (1:1 v/v)"])
    >>> told.value.round(0).tolist()
    [11.0]
    """
    return {what.name: _shipped(what.name, metal) for what in of_metal(metal)}


@lru_cache(maxsize=8)
def _shipped(name: str, metal: str) -> PropertyModel:
    from xgboost import XGBRegressor

    stored = stored_model(name, metal)
    trees = XGBRegressor()
    trees.load_model(bytearray(json.dumps(stored[TREES]).encode()))
    return from_dict(stored, trees)


def stored_model(name: str, metal: str) -> dict[str, Any]:
    """Return what is kept of a shipped model: `to_dict`, its trees, the digest of its table."""
    path = files("anolyte.models.properties") / FOLDER / f"{name}-{metal}.json.gz"
    found: dict[str, Any] = json.loads(gzip.decompress(path.read_bytes()))
    return found


def table_digest(what: Property, metal: str) -> str:
    """Return the SHA-256 of what a property's model is fitted to."""
    text = shipped_table(what.tables[metal]).to_csv(index=False, lineterminator="\n")
    return hashlib.sha256(text.encode()).hexdigest()


def _fit(what: Property, metal: str) -> bytes:
    model = PropertyModel(what, metal).fit(what.rows(metal))
    trees = json.loads(bytes(model.fitted_.trees.get_booster().save_raw("json")))
    kept = to_dict(model) | {TREES: trees, TABLE: table_digest(what, metal)}
    # No time within: the same model is the same file.
    return gzip.compress(json.dumps(kept, separators=(",", ":")).encode(), mtime=0)


def main() -> None:
    """Fit all models anew and keep them in the checkout."""
    folder = Path(__file__).parent / FOLDER
    folder.mkdir(exist_ok=True)
    for what in PROPERTIES.values():
        for metal in what.tables:
            (folder / f"{what.name}-{metal}.json.gz").write_bytes(_fit(what, metal))


if __name__ == "__main__":
    main()
