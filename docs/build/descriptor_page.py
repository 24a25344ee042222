"""Write the page that lists every descriptor: ``python docs/build/descriptor_page.py``."""

from __future__ import annotations

import sys

from anolyte.features.featurizer import BLOCKS, DEFAULT_BLOCKS

_LONG = "fingerprints"


def catalogue() -> str:
    """Return the descriptors of all blocks as Markdown tables."""
    lines = ["<!-- made by: python docs/build/descriptor_page.py -->", ""]
    for name, block in BLOCKS.items():
        usual = "on by default" if name in DEFAULT_BLOCKS else "off by default"
        summary = (block.__doc__ or "").strip().splitlines()[0]
        lines += [f"## `{name}` ({usual})", "", summary, ""]
        if name == _LONG:
            lines += [f"{len(block.descriptors)} columns, one for each bit.", ""]
            continue
        lines += ["| descriptor | unit | definition | source |", "| --- | --- | --- | --- |"]
        for each in block.descriptors:
            # SMARTS would otherwise be read as links.
            definition = each.definition.replace("|", "\\|").replace("[", "\\[")
            lines.append(f"| `{each.name}` | {each.unit} | {definition} | {each.source} |")
        lines.append("")
    return "\n".join(lines)


def main() -> None:
    """Print the page."""
    sys.stdout.write(catalogue())


if __name__ == "__main__":
    main()
