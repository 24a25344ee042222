"""What MkDocs calls while it builds the documentation.

Adds the generated pages, lays the packages out where mkdocstrings finds them, renders the
notebooks, and refuses a site that loads anything from elsewhere.
"""

from __future__ import annotations

import json
import logging
import re
import shutil
from collections.abc import Iterator
from importlib.resources import files as resources
from pathlib import Path
from typing import TYPE_CHECKING

from accuracy_page import accuracy_page, headline_table, provenance, read_kept
from property_page import property_tables
from reference_pages import PACKAGES, api_page, command_reference

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parents[2]
API = ROOT / "build" / "api" / "anolyte"
NOTEBOOKS = ROOT / "experiments" / "notebooks"
# `make docs` runs the notebooks into here; without them the pages show code alone.
EXECUTED = ROOT / "build" / "notebooks"
# Results are told from code, and HTML is left alone.
NOTEBOOK_PAGE = """{%- extends 'markdown/index.md.j2' -%}
{%- block stream %}
``` { .text .result }
{{ output.text | strip_ansi | trim }}
```
{% endblock -%}
{%- block data_text %}
``` { .text .result }
{{ output.data['text/plain'] | strip_ansi }}
```
{% endblock -%}
{%- block data_html %}

<div class="result">{{ output.data['text/html'] | flat }}</div>

{% endblock -%}
"""
HEADLINE, PROVENANCE = "<!-- headline table -->", "<!-- provenance -->"
PROPERTIES = "<!-- conductivity table -->"
# What a browser would fetch by itself; links that a reader may follow are fine.
_LOADED = re.compile(
    r"<(?:script|img|iframe|source|embed)\b[^>]*\bsrc=[\"']?(?:https?:)?//[^>]*>"
    r"|<link\b(?![^>]*\brel=[\"']?(?:canonical|alternate|next|prev)\b)[^>]*\bhref=[\"']?(?:https?:)?//[^>]*>",
    re.IGNORECASE,
)
_LOADED_BY_STYLE = re.compile(r"(?:url\(|@import\s)[\"']?(?:https?:)?//[^\"')]+", re.IGNORECASE)

log = logging.getLogger("mkdocs.hooks.anolyte")


def on_startup(command: str, dirty: bool) -> None:
    """Copy the packages to where their place in the tree is their name.

    An editable installation maps four top folders to ``anolyte.*``, which a reader of source
    files cannot follow. Before anything else, because mkdocstrings looks for its paths at once.
    """
    shutil.rmtree(API, ignore_errors=True)
    for package in PACKAGES:
        ignored = shutil.ignore_patterns("__pycache__", "*.csv", "notebooks", "tables")
        source = Path(str(resources(package)))
        shutil.copytree(source, API / package.rpartition(".")[2], ignore=ignored)


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the generated pages."""
    from anolyte.experiments.cli.app import app
    from mkdocs.structure.files import File

    pages: dict[str, str | bytes] = {
        "commands.md": command_reference(app),
        "accuracy.md": accuracy_page(read_kept(ROOT / "docs" / "evaluation.json")),
    }
    for package in PACKAGES:
        pages[f"api/{package.rpartition('.')[2]}.md"] = api_page(package)
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        pages |= _notebook(path)
    for name, content in pages.items():
        files.append(File.generated(config, name, content=content))
    return files


def _notebook(path: Path) -> dict[str, str | bytes]:
    """Return the page of a notebook and its pictures, by their paths in the site."""
    from nbconvert import MarkdownExporter

    executed = EXECUTED / path.name
    if not executed.is_file():
        log.info("%s was not run: its page shows no results", path.name)
        executed = path
    exporter = MarkdownExporter(raw_template=NOTEBOOK_PAGE, filters={"flat": _flat})
    body, found = exporter.from_filename(str(executed))
    pictures = {f"notebooks/{path.stem}_{name}": data for name, data in found["outputs"].items()}
    for name in found["outputs"]:
        body = body.replace(f"]({name})", f"]({path.stem}_{name})")
    note = f"*From `experiments/notebooks/{path.name}`; `make notebooks` runs all of them.*"
    title, _, rest = body.strip().partition("\n")
    # Without a table of contents tables have room.
    page = f"---\nhide: [toc]\n---\n{title}\n\n{note}\n{rest}"
    return {f"notebooks/{path.stem}.md": page, **pictures}


def _flat(html: str) -> str:
    """Return HTML in which Markdown sees neither paragraphs nor indented code."""
    return " ".join(line.strip() for line in html.splitlines() if line.strip())


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Fill in the measured figures where a page asks for them."""
    if PROPERTIES in markdown:
        tables = property_tables(json.loads((ROOT / "docs" / "properties.json").read_text("utf-8")))
        markdown = markdown.replace(PROPERTIES, tables)
    if HEADLINE not in markdown and PROVENANCE not in markdown:
        return markdown
    kept = read_kept(ROOT / "docs" / "evaluation.json")
    return markdown.replace(HEADLINE, headline_table(kept)).replace(PROVENANCE, provenance(kept))


def on_post_build(config: MkDocsConfig) -> None:
    """Warn, which a strict build takes for an error, of everything loaded from elsewhere."""
    for place, loaded in _loaded_from_elsewhere(Path(config.site_dir)):
        log.warning("%s loads %s", place, loaded)


def _loaded_from_elsewhere(site: Path) -> Iterator[tuple[Path, str]]:
    for path in sorted(site.rglob("*.html")):
        for match in _LOADED.finditer(path.read_text("utf-8")):
            yield path.relative_to(site), match[0][:200]
    for path in sorted(site.rglob("*.css")):
        for match in _LOADED_BY_STYLE.finditer(path.read_text("utf-8")):
            yield path.relative_to(site), match[0][:200]
