"""Fill the HTML templates in ``templates``; everything that is put in is escaped."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from .cells import cell

if TYPE_CHECKING:
    import pandas as pd
    from jinja2 import Environment


@lru_cache(maxsize=1)
def _templates() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    folder = str(files("anolyte.experiments") / "templates")
    found = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters["cell"] = cell
    found.filters["rows"] = _rows
    return found


def _rows(frame: pd.DataFrame) -> Iterator[tuple[Any, ...]]:
    return frame.itertuples(index=False, name=None)


def page(template: str, **values: Any) -> str:
    """Return a template filled in; a value that it asks for and does not get is an error."""
    return _templates().get_template(f"{template}.html.j2").render(values)
