"""The search box of the documentation, opened from a file as `make docs` leaves it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def site(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the documentation; the notebooks show no results, for they are not run."""
    folder = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", folder],
        cwd=ROOT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh tab; at the end there were no errors, and nothing was asked of any machine."""
    errors: list[str] = []
    asked: list[str] = []
    context = browser.new_context()
    context.on("weberror", lambda error: errors.append(str(error.error)))
    context.on("request", lambda request: asked.append(request.url))
    yield context.new_page()
    context.close()
    assert asked
    assert not errors
    assert [url for url in asked if not url.startswith(("file:", "about:", "data:"))] == []


@pytest.mark.parametrize(
    ("opened", "asked", "told"),
    [
        ("index.html", "conformal", "Models and their honesty"),
        ("api/models.html", "CandidateSpace", "CandidateSpace"),
    ],
)
def test_search_box_finds(site: Path, page: Page, opened: str, asked: str, told: str) -> None:
    from playwright.sync_api import expect

    page.goto((site / opened).as_uri())
    page.get_by_placeholder("Search").click()
    page.keyboard.type(asked)
    found = page.locator(".md-search-result__link").filter(has_text=told).first
    expect(found).to_be_visible()
    found.click()
    expect(page.locator("article").filter(has_text=told)).to_be_visible()


def test_search_box_says_that_there_is_nothing(site: Path, page: Page) -> None:
    from playwright.sync_api import expect

    page.goto((site / "index.html").as_uri())
    page.get_by_placeholder("Search").click()
    page.keyboard.type("zeppelin")
    expect(page.get_by_text("No matching documents")).to_be_visible()
