"""Read YAML as plain values, and refuse what would harm or mislead before it is built.

Knows YAML alone; what a space file may hold is `space_schema`'s business.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from anolyte.datasets.errors import Fault, InputError

MAX_BYTES = 1_000_000
MAX_DIGITS = 18
# That are told; any one is a fault.
MAX_ALIASES = 10


def load_yaml(path: Path) -> Any:
    """Read a YAML file as plain values.

    Raises
    ------
    InputError
        If it is too large, no YAML, repeats a key, or uses anchors.
    """
    import yaml

    if path.stat().st_size > MAX_BYTES:
        fault = Fault(str(path), f"{path.stat().st_size} bytes", "too large", "split the file")
        raise InputError("cannot read the space", [fault])
    try:
        text = path.read_text("utf-8")
        # Aliases first: a few of them, nested, stand for more nodes than anyone can visit.
        faults = list(islice(_alias_faults(text), MAX_ALIASES))
        loader = yaml.SafeLoader(text)
        node = None if faults else loader.get_single_node()
        faults = faults or list(_node_faults(node))
        value = None if faults or node is None else loader.construct_document(node)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f"line {mark.line + 1}, column {mark.column + 1}" if mark else str(path)
        faults = [
            Fault(place, "", str(error.problem), "mend the YAML; quote [EMIm]Cl and the like")
        ]
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        faults = [Fault(str(path), str(error)[:60], "no YAML", "write it in YAML and UTF-8")]
    if faults:
        raise InputError(f"space {path}", faults)
    return value


def _alias_faults(text: str) -> Iterator[Fault]:
    import yaml

    for event in yaml.parse(text, yaml.SafeLoader):
        if isinstance(event, yaml.AliasEvent):
            place = f"line {event.start_mark.line + 1}"
            yield Fault(place, f"*{event.anchor}", "an alias", "write the values out")


def _node_faults(node: Any) -> Iterator[Fault]:
    """Yield keys that stand twice, of which YAML would keep the last, and endless integers."""
    import yaml

    if getattr(node, "tag", "").endswith(":int") and len(node.value) > MAX_DIGITS:
        place = f"line {node.start_mark.line + 1}"
        yield Fault(place, node.value, f"over {MAX_DIGITS} digits", "write a number that is meant")
    seen: set[str] = set()
    for key, value in node.value if isinstance(node, yaml.MappingNode) else ():
        if str(key.value) in seen:
            place = f"line {key.start_mark.line + 1}"
            yield Fault(place, str(key.value), "key given twice", "keep one of them")
        seen.add(str(key.value))
        yield from _node_faults(value)
    for item in node.value if isinstance(node, yaml.SequenceNode) else ():
        yield from _node_faults(item)
