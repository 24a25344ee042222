"""`anolyte space`: list and describe candidate spaces before anything is screened."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated

import typer

from .shared.console import JsonOption, print_json, print_table

if TYPE_CHECKING:
    from ..spaces.candidate_space import CandidateSpace

app = typer.Typer(
    help="List and describe candidate spaces, and the files that hold them.", no_args_is_help=True
)

# A sample of this many candidates is featurized to measure the rate.
SAMPLE = 10_000
EXAMPLES = 6


@app.command("list")
def list_command(json: JsonOption = False) -> None:
    """List the ready-made spaces and their parts.

    Example:  anolyte space list
    """
    import pandas as pd

    from ..spaces.space_file import read_space, shipped_spaces

    rows = [
        {"space": f"{space.name}:{part.name}", "metal": space.metal, "candidates": len(part)}
        for space in map(read_space, shipped_spaces())
        for part in space.parts
    ]
    if json:
        print_json(rows)
        return
    frame = pd.DataFrame(rows)
    frame["candidates"] = frame["candidates"].map("{:,}".format)
    print_table(frame, "Ready-made spaces; without :part a name means all parts of the metal")


@app.command("schema")
def schema_command() -> None:
    """Print the JSON schema of space files, by which editors complete and check them.

    Example:  anolyte space schema > space.schema.json
    """
    from ..spaces.space_schema import json_schema

    print_json(json_schema())


@app.command("families")
def families_command(json: JsonOption = False) -> None:
    """List the families of electrolytes with their rules, for --family and space files.

    Example:  anolyte space families
    """
    import pandas as pd
    from anolyte.features.families import FAMILIES

    rows = [
        {"family": name, "rule": each.rule, "source": each.source}
        for name, each in FAMILIES.items()
    ]
    if json:
        print_json(rows)
        return
    print_table(pd.DataFrame(rows), "Families of electrolytes, derived from the composition")


@app.command("describe")
def describe_command(
    space: Annotated[
        str, typer.Argument(help="A YAML file, or a ready-made space: Li, or a part Li:LHCE.")
    ],
    json: JsonOption = False,
) -> None:
    """Print size, axes, constraints, examples and the estimated time of a space.

    Example:  anolyte space describe Li:LHCE
    """
    from ..spaces.candidate_space import CandidateSpace
    from ..spaces.space_file import read_space

    found = CandidateSpace.read(space)
    facts: dict[str, object] = {"about": read_space(space).about, **found.describe()}
    facts["twins"] = _twins(found)
    facts["examples"] = [
        str(found.electrolyte(int(index))) for index in found.sample(EXAMPLES, seed=0)
    ]
    rate, satisfied = _measured(found)
    facts["candidates_per_second"] = round(rate)
    facts["estimated_seconds"] = round(len(found) / rate, 1)
    facts["satisfied_pct"] = round(100 * satisfied, 1)
    if json:
        print_json(facts)
        return
    _print(found, facts)


def _print(space: CandidateSpace, facts: dict[str, object]) -> None:
    import pandas as pd

    print(f"{space.name}: {len(space):,} candidates for {space.metal}")
    print(facts["about"])
    parts = [
        {
            "part": part.name,
            "solvent mixtures": f"{part.shape[0]:,}",
            "doses of salts": f"{part.shape[1]:,}",
            "sets of additives": f"{part.shape[2]:,}",
            "candidates": f"{len(part):,}",
        }
        for part in space.parts
    ]
    print_table(pd.DataFrame(parts))
    for key in ("salts", "concentrations", "solvents", "additives", "constraints", "twins"):
        values = facts[key]
        if isinstance(values, list) and values:
            print(f"{key}: {', '.join(map(str, values))}")
    print("examples:")
    for example in facts["examples"]:  # type: ignore[attr-defined]
        print(f"  {example}")
    if space.constraints:
        print(f"{facts['satisfied_pct']} % of a sample satisfy the constraints on amounts")
    rate, seconds = facts["candidates_per_second"], facts["estimated_seconds"]
    print(f"estimated time: {seconds:,} s to featurize ({rate:,} candidates/s measured here)")
    print("  the model's prediction comes on top")


def _twins(space: CandidateSpace) -> list[str]:
    """Return which parts share formulations, and how many."""
    return [
        f"{first.name} and {second.name} share {first.overlap(second):,}"
        for place, second in enumerate(space.parts)
        for first in space.parts[:place]
        if first.overlap(second)
    ]


def _measured(space: CandidateSpace) -> tuple[float, float]:
    """Return candidates featurized per second, and the share that the constraints keep."""
    from anolyte.features import ElectrolyteFeaturizer

    numbers = space.sample(SAMPLE)
    featurizer = ElectrolyteFeaturizer(metal=space.metal)
    # The first call fills the tables of compounds, once for the whole space.
    featurizer.transform(space.take(numbers[:10]))
    start = time.perf_counter()
    mixtures = space.take(numbers)
    keep = space.constraints.mask(mixtures)
    featurizer.transform(mixtures)
    return len(numbers) / (time.perf_counter() - start), float(keep.mean())
