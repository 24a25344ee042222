"""Print the lowest version that pyproject.toml allows of everything that anolyte imports."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

project = tomllib.loads((Path(__file__).parent.parent / "pyproject.toml").read_text())["project"]
for requirement in (*project["dependencies"], *project["optional-dependencies"]["cluster"]):
    bound = re.match(r"([\w.-]+)>=([\w.]+)", requirement)
    if bound is None:
        raise SystemExit(f"{requirement}: no lower bound")
    print(f"{bound[1]}=={bound[2]}")
