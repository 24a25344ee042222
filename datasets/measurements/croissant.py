"""Describe the shipped tables in Croissant (JSON-LD) for data-set search engines and loaders.

Run ``python -m anolyte.datasets.measurements.croissant`` in a checkout after changing a table: it
writes ``datasets/tables/croissant.json`` with the tables' columns and SHA-256 sums.
"""

from __future__ import annotations

import hashlib
import json
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

from ..files.shipped import shipped_table, shipped_table_names
from .schema import NUMBER_COLUMNS

FILE = "croissant.json"
# The context that the Croissant 1.0 specification prescribes.
CONTEXT: dict[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}


def describe() -> dict[str, Any]:
    """Return the Croissant description of the shipped tables as they are."""
    names = shipped_table_names()
    return {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "name": "anolyte-tables",
        "description": (
            "Coulombic efficiencies and SEI observations of electrolytes on Li, Na, K, Mg, Ca, "
            "Zn and Al metal anodes, with compounds, properties, ions and decomposition "
            "products; each row with its source."
        ),
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "license": "https://www.apache.org/licenses/LICENSE-2.0",
        "version": version("anolyte"),
        "datePublished": "2026-11-21",
        "creator": {"@type": "Organization", "name": "The anolyte developers"},
        "citeAs": "The anolyte developers. anolyte tables. Cite each value's own source too.",
        "distribution": [_file(name) for name in names],
        "recordSet": [_record_set(name) for name in names],
    }


def _file(name: str) -> dict[str, Any]:
    data = (files("anolyte.datasets") / "tables" / f"{name}.csv").read_bytes()
    return {
        "@type": "cr:FileObject",
        "@id": f"{name}.csv",
        "name": f"{name}.csv",
        "contentUrl": f"{name}.csv",
        "encodingFormat": "text/csv",
        "sha256": hashlib.sha256(data).hexdigest(),
    }


def _record_set(name: str) -> dict[str, Any]:
    return {
        "@type": "cr:RecordSet",
        "@id": name,
        "name": name,
        "field": [_field(name, str(column)) for column in shipped_table(name).columns],
    }


def _field(table: str, column: str) -> dict[str, Any]:
    number = column in NUMBER_COLUMNS and table.startswith("measurements")
    return {
        "@type": "cr:Field",
        "@id": f"{table}/{column}",
        "name": column,
        "dataType": "sc:Float" if number else "sc:Text",
        "source": {"fileObject": {"@id": f"{table}.csv"}, "extract": {"column": column}},
    }


def main() -> None:
    """Write the description beside the tables of this checkout."""
    path = Path(__file__).parents[1] / "tables" / FILE
    path.write_text(json.dumps(describe(), indent=1, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()
