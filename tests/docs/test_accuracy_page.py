"""The kept evaluation, and the page of accuracy that is made of it."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from accuracy_page import accuracy_page, changed_since, headline_table, keep, provenance, read_kept
from anolyte.datasets.compounds.metals import METALS

KEPT = Path(__file__).resolve().parents[2] / "docs" / "evaluation.json"


@pytest.fixture(scope="module")
def kept() -> dict[str, Any]:
    return read_kept(KEPT)


def test_kept_evaluation_is_whole(kept: dict[str, Any]) -> None:
    assert set(kept["efficiency"]) == set(METALS)
    assert kept["packages"]["anolyte"]
    assert datetime.strptime(kept["date"], "%Y-%m-%d").replace(tzinfo=UTC).year >= 2026
    for one in kept["efficiency"].values():
        assert {"leave-source-out"} <= {row["split"] for row in one["accuracy"]}


def test_headline_has_the_figures_that_are_kept(kept: dict[str, Any]) -> None:
    rows = {line.split(" | ")[0].strip("| "): line for line in headline_table(kept).splitlines()}
    for metal, one in kept["efficiency"].items():
        ours = next(
            row
            for row in one["accuracy"]
            if (row["split"], row["model"]) == ("leave-source-out", "anolyte")
        )
        assert f"| {metal} | {one['measurements']} | {one['sources']} |" in rows[metal]
        assert f" {ours['rmse']:.2f} " in rows[metal]
        assert ("prior only" in rows[metal]) == one["prior_only"]


def test_readme_shows_the_same_headline(kept: dict[str, Any]) -> None:
    """Of the metals that have a model; the others share a row."""
    readme = (KEPT.parents[1] / "README.md").read_text("utf-8").splitlines()
    for row in headline_table(kept).splitlines():
        if "prior only" not in row:
            assert row in readme


def test_page_tells_every_split_and_every_contender(kept: dict[str, Any]) -> None:
    page = accuracy_page(kept)
    for metal, one in kept["efficiency"].items():
        section = page.split(f"\n## {metal}\n")[1].split("\n## ")[0]
        for row in one["accuracy"]:
            assert f'=== "{row["split"]}"' in section
            assert row["model"] in section
        assert all(reason in section for reason in one["skipped"].values())
    assert all(title in page for title in kept["sei"])
    assert "nan" not in page
    assert "None" not in page


def test_changed_rows_are_owned_up_to(kept: dict[str, Any]) -> None:
    other = {**kept["efficiency"]["Zn"], "data_sha256": "another"}
    stale = {**kept, "efficiency": {**kept["efficiency"], "Zn": other}}
    assert "Zn" in changed_since(stale)
    assert "have changed since" in provenance(stale)


def test_evaluation_is_kept_from_standard_input(kept: dict[str, Any], tmp_path: Path) -> None:
    found = {"efficiency": kept["efficiency"], "sei": kept["sei"]}
    out = tmp_path / "kept.json"
    script = KEPT.parent / "build" / "accuracy_page.py"
    command = [sys.executable, str(script), str(out)]
    subprocess.run(command, input=json.dumps(found), text=True, check=True, timeout=120)
    again = read_kept(out)
    assert {name: again[name] for name in found} == found
    assert again["command"] == kept["command"]


def test_figures_are_rounded(kept: dict[str, Any]) -> None:
    found = {"efficiency": {"Li": {"rmse": 0.123456789, "rows": 3}}, "sei": {"x": [{"y": 1 / 3}]}}
    rounded = keep(found, datetime(2026, 1, 2, tzinfo=UTC))
    assert rounded["efficiency"]["Li"] == {"rmse": 0.1235, "rows": 3}
    assert rounded["sei"] == {"x": [{"y": 0.3333}]}
    assert rounded["date"] == "2026-01-02"


def test_another_schema_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "kept.json"
    path.write_text('{"schema_version": 99}')
    with pytest.raises(ValueError, match="no kept evaluation"):
        read_kept(path)
