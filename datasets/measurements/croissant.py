"""Describe the shipped tables in Croissant (JSON-LD) for data-set search engines and loaders.

Run ``python -m anolyte.datasets.measurements.croissant`` in a checkout after changing a table: it
writes ``datasets/tables/croissant.json`` with the tables' columns and SHA-256 sums. It needs
mlcroissant, which comes with the extra ``test``.
"""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..files.shipped import shipped_table, shipped_table_names
from .schema import NUMBER_COLUMNS

if TYPE_CHECKING:
    import mlcroissant

FILE = "croissant.json"
PUBLISHED = datetime(2026, 11, 21)


def describe() -> dict[str, Any]:
    """Return the Croissant description of the shipped tables as they are."""
    import mlcroissant

    names = shipped_table_names()
    found: dict[str, Any] = mlcroissant.Metadata(
        name="anolyte-tables",
        description=(
            "Coulombic efficiencies and SEI observations of electrolytes on Li, Na, K, Mg, Ca, "
            "Zn and Al metal anodes, with compounds, properties, ions and decomposition "
            "products; each row with its source."
        ),
        conforms_to="http://mlcommons.org/croissant/1.0",
        license=["https://www.apache.org/licenses/LICENSE-2.0"],
        version=version("anolyte"),
        date_published=PUBLISHED,
        creators=[mlcroissant.Organization(name="The anolyte developers")],
        cite_as="The anolyte developers. anolyte tables. Cite each value's own source too.",
        distribution=[_file(name) for name in names],
        record_sets=[_record_set(name) for name in names],
    ).to_json()
    return found


def _file(name: str) -> mlcroissant.FileObject:
    import mlcroissant

    file = f"{name}.csv"
    data = (files("anolyte.datasets") / "tables" / file).read_bytes()
    return mlcroissant.FileObject(
        id=file,
        name=file,
        content_url=file,
        encoding_formats=["text/csv"],
        sha256=hashlib.sha256(data).hexdigest(),
    )


def _record_set(name: str) -> mlcroissant.RecordSet:
    import mlcroissant

    columns = [str(column) for column in shipped_table(name).columns]
    fields = [_field(name, column) for column in columns]
    return mlcroissant.RecordSet(id=name, name=name, fields=fields)


def _field(table: str, column: str) -> mlcroissant.Field:
    from mlcroissant import DataType, Extract, Field, Source

    number = column in NUMBER_COLUMNS and table.startswith("measurements")
    source = Source(file_object=f"{table}.csv", extract=Extract(column=column))
    kinds = [DataType.FLOAT if number else DataType.TEXT]
    return Field(id=f"{table}/{column}", name=column, data_types=kinds, source=source)


def main() -> None:
    """Write the description beside the tables of this checkout."""
    path = Path(__file__).parents[1] / "tables" / FILE
    path.write_text(json.dumps(describe(), indent=1, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()
