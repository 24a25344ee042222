"""`anolyte convert`: one electrolyte in other formats and in every way of counting."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from .shared.console import (
    CompoundsOption,
    JsonOption,
    print_json,
    print_table,
    records,
    registry_with,
    tell,
)

if TYPE_CHECKING:
    from anolyte.datasets.electrolytes.electrolyte import Electrolyte


def convert_command(
    formulation: Annotated[
        str, typer.Argument(help="A formulation, unilyte's shorthand, or a composition id of Clio.")
    ],
    to: Annotated[
        str,
        typer.Option(
            "--to",
            help="molarity, molality, mole-fraction, mass, formulation, unilyte, clio, battinfo, "
            "json-ld or pybamm; all counts by default.",
        ),
    ] = "",
    compounds: CompoundsOption = None,
    json: JsonOption = False,
) -> None:
    """Print an electrolyte in another format; without --to, in every way of counting.

    Example:  anolyte convert "1 M LiPF6 in EC/DMC (1:1 v/v)" --to battinfo
    Example:  anolyte convert "DMC_EC|50_50|LiPF6|2"
    """
    from anolyte.datasets.formats.convert import as_electrolyte, convert

    electrolyte = as_electrolyte(formulation, registry_with(compounds))
    if not to:
        _every_count(electrolyte, json)
        return
    found = convert(electrolyte, to)
    if json or not isinstance(found, str):
        print_json(found)
    else:
        print(found)


def _every_count(electrolyte: Electrolyte, json: bool) -> None:
    from anolyte.datasets.formats.convert import FORMATS
    from anolyte.datasets.formats.counting import COUNTS, table
    from anolyte.datasets.formats.pybamm import parameters

    counted = table(electrolyte)
    texts: dict[str, str] = {}
    for name in ("formulation", *COUNTS, "unilyte", "clio"):
        try:
            texts[name] = FORMATS[name](electrolyte)
        except ValueError as error:
            tell(f"{name}: {error}")
    density = parameters(electrolyte)["Electrolyte density [kg.m-3]"] / 1000
    if json:
        print_json({**texts, "density_g_cm3": density, "compounds": records(counted)})
        return
    print_table(counted, str(electrolyte), ".5g")
    for name, text in texts.items():
        print(f"{name:14} {text}")
    print(f"{'density':14} {density:.4g} g/cm3, mixed ideally unless it was measured")
