"""Typed access to the fields of a YAML file, collecting every fault with its place.

Knows YAML, lists and numbers; what they mean for a candidate space is `space_file`'s business.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from anolyte.datasets.compounds.registry import Compound, shipped_compounds
from anolyte.datasets.electrolytes.electrolyte import MAX_AMOUNT
from anolyte.datasets.errors import Fault, InputError

from ..constraints.selectors import Selector, named, read_selector

MAX_BYTES = 1_000_000
MAX_LIST = 2_000
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
        faults = faults or list(_node_faults(yaml.compose(text, yaml.SafeLoader)))
        value = None if faults else yaml.safe_load(text)
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


class Fields:
    """A mapping of the file at a place; what is wrong with it goes to `faults`."""

    def __init__(
        self, value: object, place: str, known: Sequence[str], faults: list[Fault]
    ) -> None:
        self.place = place
        self.faults = faults
        self.values: Mapping[str, Any] = {}
        if not isinstance(value, Mapping):
            self.fault("", value, "no mapping", f"write the keys {', '.join(known)} under it")
            return
        self.values = {str(key): item for key, item in value.items()}
        for key in self.values.keys() - set(known):
            self.fault(key, key, "unknown key", f"use {', '.join(known)}")

    def fault(self, key: str, value: object, reason: str, remedy: str) -> None:
        """Note a fault of a key."""
        place = ".".join(filter(None, (self.place, key))) or "file"
        shown = "nothing" if value is None else str(value)
        self.faults.append(Fault(place, shown, reason, remedy))

    def __contains__(self, key: str) -> bool:
        return self.values.get(key) is not None

    def text(self, key: str, default: str = "") -> str:
        """Return a text."""
        value = self.values.get(key, default)
        if not isinstance(value, str):
            self.fault(key, value, "no text", "write a text, in quotes if it looks like a number")
            return default
        return " ".join(value.split())

    def choice(self, key: str, options: Sequence[str], default: str) -> str:
        """Return one of some words."""
        value = str(self.values.get(key, default))
        if value not in options:
            self.fault(key, self.values.get(key), "unknown", f"use one of {', '.join(options)}")
            return default
        return value

    def items(self, key: str, needed: bool = True) -> list[Any]:
        """Return a list that is not empty."""
        value = self.values.get(key)
        if value is None and not needed:
            return []
        if not isinstance(value, list) or not value:
            self.fault(key, value, "no list", "write a list, e.g. [a, b]")
            return []
        if len(value) > MAX_LIST:
            self.fault(key, f"{len(value)} items", "too many", f"use up to {MAX_LIST}")
            return []
        return value

    def numbers(self, key: str, needed: bool = True, least: float | None = None) -> list[float]:
        """Return numbers: above 0, or from `least` on; each once."""
        found = [
            self.number(f"{key}[{place}]", item, least)
            for place, item in enumerate(self.items(key, needed), start=1)
        ]
        return list(dict.fromkeys(value for value in found if value is not None))

    def number(self, key: str, value: object, least: float | None = None) -> float | None:
        """Return a number above 0, or from `least` on; None after a fault."""
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            self.fault(key, value, "no number", "write a number with a decimal point")
            return None
        fits = value > 0 if least is None else value >= least
        if not fits or not math.isfinite(value) or value > MAX_AMOUNT:
            bound = "above 0" if least is None else f"of {least:g} or more"
            self.fault(key, value, "out of range", f"write a number {bound}")
            return None
        return float(value)

    def tuples(
        self, key: str, sizes: range, default: Sequence[Any] = ()
    ) -> list[tuple[float, ...]]:
        """Return lists of numbers above 0, each as long as `sizes` allows."""
        if key not in self and default:
            return [tuple(map(float, each)) for each in default]
        found: list[tuple[float, ...]] = []
        for place, item in enumerate(self.items(key, needed=not default), start=1):
            here = f"{key}[{place}]"
            if not isinstance(item, list) or len(item) not in sizes:
                lengths = f"{sizes[0]} to {sizes[-1]}" if len(sizes) > 1 else str(sizes[0])
                self.fault(here, item, "no list of the right length", f"write {lengths} numbers")
                continue
            numbers = [self.number(here, value) for value in item]
            found.append(tuple(value for value in numbers if value is not None))
        return list(dict.fromkeys(found))

    def selectors(self, key: str, needed: bool = True) -> list[Selector]:
        """Return selectors."""
        found: list[Selector] = []
        for place, item in enumerate(self.items(key, needed), start=1):
            try:
                found.append(read_selector(str(item)))
            except InputError as error:
                for fault in error.faults:
                    self.fault(f"{key}[{place}]", fault.value, fault.reason, fault.remedy)
        return found

    def compounds(self, kinds: Sequence[str], drop_unknown: bool) -> list[Compound]:
        """Return what ``compounds`` selects and ``exclude`` does not, each once.

        A class selects among the shipped compounds of some kinds, and only what it is known
        to hold for; a name selects its compound whatever its kind.
        """
        chosen: dict[Compound, None] = {}
        pool = [compound for compound in shipped_compounds() if compound.kind in kinds]
        for selector in self.selectors("compounds"):
            found = [named(selector.text)] if selector.is_name else filter(selector.test, pool)
            chosen.update(dict.fromkeys(found))
        banned = self.selectors("exclude", needed=False)
        kept = [
            compound
            for compound in chosen
            if not any(_bans(selector, compound, drop_unknown) for selector in banned)
        ]
        if chosen and not kept:
            self.fault("exclude", f"{len(chosen)} compounds", "nothing is left", "exclude less")
        elif not chosen and "compounds" in self:
            self.fault("compounds", self.values["compounds"], "selects nothing", "name compounds")
        return kept


def _bans(selector: Selector, compound: Compound, drop_unknown: bool) -> bool:
    answer = selector.test(compound)
    return drop_unknown if answer is None else answer
